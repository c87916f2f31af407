/* Transactions: single ones, and long work split into many. */
#ifndef TLSRPT_STORE_TRANSACTION_H
#define TLSRPT_STORE_TRANSACTION_H

#include "statement.h"

/* Begins a transaction; waits up to 60 seconds for the writers' turn. */
bool store_begin(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Commit or roll back what store_begin() has begun. */
bool store_commit(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void store_rollback(Store *store);

/* The work of one transaction, including its first query. */
typedef bool (*StoreWork)(Store *store, void *data, GError **error);

/*
 * Does the work in a transaction, in the writers' turn.  If another writer interfered, repeats the
 * whole work while the time to wait lasts; so work must reset all its results when it begins.
 */
bool store_transact(
	Store *store, StoreWork work, void *data, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * The same beside others who write, where the engine has many writers at a time.  store_be_alone()
 * is called before something that must not be done then; STORE_CONFLICT makes the next try one
 * alone.
 */
bool store_transact_beside(
	Store *store, StoreWork work, void *data, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool store_be_alone(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One step of long work; *more is false after the last step. */
typedef bool (*StoreStep)(void *work, bool *more, GError **error);

/*
 * Performs the steps in short transactions, with pauses between them in which other writers get
 * their turn; between, if not NULL, is called in each pause.  *longest_us is raised to the longest
 * time for which one transaction held the store.
 */
bool store_in_batches(Store *store, StoreStep step, void (*between)(void *work), void *work,
	int64_t *longest_us, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
