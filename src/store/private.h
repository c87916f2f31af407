/* What the files of the store share. */
#ifndef TLSRPT_STORE_PRIVATE_H
#define TLSRPT_STORE_PRIVATE_H

#include "driver.h"
#include "sql.h"

struct Store {
	const StoreDriver *driver;
	StoreConnection *connection;
	StoreStatement *statements[SQL_STATEMENTS]; /* prepared when first used */
};

/* The driver for a URI, and the address that it takes. UNSUPPORTED for an unknown scheme. */
const StoreDriver *store_find_driver(const char *uri, const char **address, GError **error);

/*
 * A statement with its parameters: a letter each in types, "i" int64_t, "t" const char * (NULL is
 * NULL), "b" const void * and size_t.  Bound memory must last until store_reset().  NULL on
 * failure.
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

/* Stores one report, inside a transaction. */
bool store_report(Store *store, const StoreDelivery *delivery, const StoreReport *one,
	const Limits *limits, StoreOutcome *outcome, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Keeps one message in quarantine, inside a transaction; *kept is false if it is there already. */
bool store_quarantine(Store *store, const StoreDelivery *delivery, int64_t limit, bool *kept,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
