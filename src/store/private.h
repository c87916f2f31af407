/* What the files of the store share. */
#ifndef TLSRPT_STORE_PRIVATE_H
#define TLSRPT_STORE_PRIVATE_H

#include "driver.h"
#include "sql.h"

struct Store {
	const StoreDriver *driver;
	StoreConnection *connection;
	StoreStatement *statements[SQL_STATEMENTS]; /* prepared when first used */
	GHashTable *names[SQL_NAME_TABLES]; /* ids; see names.c */
};

/* The driver for a URI, and the address that it takes. UNSUPPORTED for an unknown scheme. */
const StoreDriver *store_find_driver(const char *uri, const char **address, GError **error);

/*
 * A statement with its parameters: a letter each in types, "i" int64_t, "n" int64_t (0 is NULL),
 * "t" const char * (NULL is NULL), "b" const void * and size_t.  Bound memory must last until
 * the statement is reset.  NULL on failure.
 */
StoreStatement *store_bind(Store *store, SqlStatement which, GError **error, const char *types, ...)
	G_GNUC_WARN_UNUSED_RESULT;

/* Runs a statement that gives no rows. */
bool store_run(Store *store, StoreStatement *statement, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Runs a statement that inserts one row, and says its id. */
bool store_insert(Store *store, StoreStatement *statement, int64_t *id, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* Runs a statement that writes one row, or none: *written. */
bool store_write(Store *store, StoreStatement *statement, bool *written, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* Runs a statement that gives one whole number, or no row: *found. */
bool store_query(Store *store, StoreStatement *statement, bool *found, int64_t *value,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The bytes of a digest that a report is known by. */
#define IDENTITY_SIZE 16

/* The hash of a report-id, from -2^23 to 2^23 - 1; migrations have it as a function of SQL. */
int64_t store_hash(const char *text);

/* Stores one report, inside a transaction. */
bool store_report(Store *store, const StoreDelivery *delivery, const StoreReport *one,
	const Limits *limits, StoreOutcome *outcome, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * The same for a report that is there already, and of which nothing is left but its own row.
 * same_id: an earlier one of its organisation has its report-id.
 */
bool store_report_again(Store *store, const StoreDelivery *delivery, const StoreReport *one,
	int64_t id, bool same_id, const Limits *limits, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Keeps one message in quarantine, inside a transaction; *kept is false if it is there already. */
bool store_quarantine(Store *store, const StoreDelivery *delivery, int64_t limit, bool *kept,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* An interned value as its table has it: NULL for "". */
const char *store_name(const char *name);

/* The id of an interned value, which is inserted where it is new; NULL is "". */
bool store_intern(Store *store, SqlStatement select, const char *name, int64_t *id,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

void store_forget_names(Store *store);

/* Ends what was begun, one way or the other. */
bool store_commit(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void store_rollback(Store *store);

/* The id of a name; 0 for no name, -1 for a name that is not there. */
bool store_find_name(Store *store, SqlStatement select, const char *name, int64_t *id,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Waits for the writers' turn as one who is not in a hurry, and begins. */
bool store_begin(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One step of a long work; *more is false after the last one. */
typedef bool (*StoreStep)(void *work, bool *more, GError **error);

/*
 * Does step after step in transactions that are short, with pauses between them in which others
 * have their turn; between, if not NULL, is called in each.  *longest_us grows to the longest time that one of them held the store.
 */
bool store_in_batches(Store *store, StoreStep step, void (*between)(void *work), void *work,
	int64_t *longest_us, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Runs a statement that gives whole numbers, one a row; an array of int64_t, caller unrefs. */
GArray *store_list(Store *store, StoreStatement *statement, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

#endif
