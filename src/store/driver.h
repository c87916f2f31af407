/*
 * What a storage backend is: one table of functions, in a file of its own.  All other files of
 * the store speak SQL that every backend understands (sql.h), and only through this table.
 */
#ifndef TLSRPT_STORE_DRIVER_H
#define TLSRPT_STORE_DRIVER_H

#include "tlsrpt/store.h"

typedef struct StoreConnection StoreConnection;
typedef struct StoreStatement StoreStatement;

typedef enum {
	STEP_ERROR,
	STEP_ROW,
	STEP_DONE,
} StepResult;

typedef struct {
	const char *scheme; /* of the URI; the first driver also takes plain paths */

	/* Opens a store; makes an empty one where there is none. */
	StoreConnection *(*open)(const char *address, const StoreOptions *options, GError **error);
	void (*close)(StoreConnection *connection);

	/* Opens a store that is there, to read its state of one moment. */
	StoreConnection *(*open_reader)(const char *address, GError **error);
	bool (*is_stale)(const StoreConnection *connection); /* see store_is_stale() */

	/* Whether a store was made there before. STORE_FOREIGN where something else is. */
	bool (*has_schema)(StoreConnection *connection, bool *has, GError **error);

	/*
	 * Before a migration, and after it: in it references to rows are not checked, since it copies
	 * whole tables, and SQL has the function store_hash().
	 */
	bool (*set_migrating)(StoreConnection *connection, bool migrating, GError **error);
	/*
	 * As begin(), for who is to make the schema or to change it: where there is none, the empty
	 * store is made ready for it in the same turn.  *begun is false where another process was at
	 * it just now, and has ended: what it has done is to be looked at then.
	 */
	bool (*begin_schema)(StoreConnection *connection, bool *begun, GError **error);

	/* One writer at a time, in turn; waits until options->wait_until. */
	bool (*begin)(StoreConnection *connection, GError **error);
	bool (*commit)(StoreConnection *connection, GError **error); /* durable when true */
	void (*rollback)(StoreConnection *connection); /* also where nothing was begun */

	/* Another options->wait_until, for those who write for long. */
	void (*wait_until)(StoreConnection *connection, int64_t until);
	int64_t (*changes)(StoreConnection *connection); /* rows of the last statement that wrote */
	/*
	 * Gives at most that many unused pages back to the file system, inside a transaction; *left
	 * is how many there are still.
	 */
	bool (*give_back)(StoreConnection *connection, int pages, int64_t *left, GError **error);
	/* Has the file take in what was written to it, as far as readers let it. In one's turn. */
	bool (*settle)(StoreConnection *connection, GError **error);

	/* Runs statements that take nothing and give nothing. */
	bool (*execute)(StoreConnection *connection, const char *sql, GError **error);

	/* The text of a statement lives as long as the statement. Parameters count from 1. */
	StoreStatement *(*prepare)(StoreConnection *connection, const char *sql, GError **error);
	void (*finalize)(StoreStatement *statement);
	void (*bind_int)(StoreStatement *statement, int parameter, int64_t value);
	/* Bound memory stays the caller's, and must last until the reset. */
	void (*bind_text)(StoreStatement *statement, int parameter, const char *value);
	void (*bind_blob)(StoreStatement *statement, int parameter, const void *value, size_t size);
	StepResult (*step)(StoreStatement *statement, GError **error);
	int64_t (*last_id)(StoreConnection *connection); /* of the row inserted last */
	int64_t (*column_int)(StoreStatement *statement, int column); /* from 0 */
	const char *(*column_text)(StoreStatement *statement, int column); /* NULL is NULL */
	/* Borrowed until the next step. */
	const void *(*column_blob)(StoreStatement *statement, int column, size_t *size);
	void (*reset)(StoreStatement *statement);

	/* Gives the files of a store to an owner; -1 leaves one as it is. */
	bool (*give)(const char *address, int64_t uid, int64_t gid, GError **error);
} StoreDriver;

extern const StoreDriver sqlite_driver;

#endif
