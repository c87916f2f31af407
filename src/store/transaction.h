/* What is written together. */
#ifndef TLSRPT_STORE_TRANSACTION_H
#define TLSRPT_STORE_TRANSACTION_H

#include "statement.h"

/* Waits for the writers' turn as one who is not in a hurry, and begins. */
bool store_begin(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Ends what was begun, one way or the other. */
bool store_commit(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void store_rollback(Store *store);

/* What is written in one transaction, from its first look on. */
typedef bool (*StoreWork)(Store *store, void *data, GError **error);

/*
 * Does it in a transaction, in the writers' turn.  Where another writer was in the way, once more
 * from its first look on, as often as the time that may be waited allows; so work must set anew all
 * that it tells.
 */
bool store_transact(Store *store, StoreWork work, void *data, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* One step of a long work; *more is false after the last one. */
typedef bool (*StoreStep)(void *work, bool *more, GError **error);

/*
 * Does step after step in transactions that are short, with pauses between them in which others
 * have their turn; between, if not NULL, is called in each.  *longest_us grows to the longest time
 * that one of them held the store.
 */
bool store_in_batches(Store *store, StoreStep step, void (*between)(void *work), void *work,
	int64_t *longest_us, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
