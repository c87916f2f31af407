/*
 * A storage backend: one table of functions, in a file of its own.  All other files of the store
 * use it only through this table, with SQL that every backend understands (sql.h).
 *
 * There are three kinds of errors, which say what the caller does next.  STORE_CONFLICT: another
 * writer interfered, so repeat the transaction, including its first query.  STORE_REFUSED: the
 * database does not accept the content of the message, and never will.  Any other error comes from
 * the machine, not from the message.
 */
#ifndef TLSRPT_STORE_DRIVER_H
#define TLSRPT_STORE_DRIVER_H

#include "schema.h"
#include "sql.h"

#include "tlsrpt/store.h"

typedef struct StoreConnection StoreConnection;
typedef struct StoreStatement StoreStatement;

typedef enum {
	STEP_ERROR,
	STEP_ROW,
	STEP_DONE,
} StepResult;

typedef enum {
	VALUE_NULL,
	VALUE_INT,
	VALUE_TEXT,
	VALUE_BLOB,
} ValueType;

typedef struct {
	ValueType type;
	int64_t number; /* the value or, for a blob, its size */
	const void *bytes;
} StoreValue;

/* A statement, and the rows of parameters with which it is run one after the other. */
typedef struct {
	StoreStatement *statement;
	const StoreValue *values; /* row after row */
	size_t width, n; /* parameters per row, number of rows */
	int64_t *changes; /* if not NULL, how many rows each parameter row has written */
	bool is_plain; /* an insert that may take several rows of parameters at once, in any order */
	/* If not NULL, called for each result; row is the index of the parameters that gave it. */
	void (*answer)(void *data, size_t row, StoreStatement *statement);
	void *data;
} StoreTask;

typedef struct {
	const char *scheme; /* of the URI; the first driver also takes plain paths */
	Engine engine; /* whose variant of the schema it uses */
	bool is_remote; /* a question costs a round trip: those of RemoteStatement are used, too */
	const char *(*sql)(int which); /* the text of a SqlStatement or RemoteStatement */

	/* Opens a store for writing; makes an empty one if there is none. */
	StoreConnection *(*open)(const char *address, const StoreOptions *options, GError **error);
	void (*close)(StoreConnection *connection);

	/* Opens an existing store for reading; all that is read is the state of one moment. */
	StoreConnection *(*open_reader)(const char *address, GError **error);
	bool (*is_stale)(const StoreConnection *connection); /* see store_is_stale() */

	/* Whether the database has a store's schema. STORE_FOREIGN if it holds something else. */
	bool (*has_schema)(StoreConnection *connection, bool *has, GError **error);
	/*
	 * If not NULL, used in place of has_schema(): *version is 0 without a schema.  digest is for
	 * the caller to free.
	 */
	bool (*read_version)(
		StoreConnection *connection, int64_t *version, char **digest, GError **error);

	/*
	 * Called before and after a migration.  During a migration references between rows are not
	 * checked, since it copies whole tables.
	 */
	bool (*set_migrating)(StoreConnection *connection, bool migrating, GError **error);
	/*
	 * As begin(), for making the schema or changing it.  Where there is no store yet, an empty
	 * one is prepared in the same turn.  *begun is false if another process was doing this and
	 * has ended by now: the caller then looks at what that process has done.
	 */
	bool (*begin_schema)(StoreConnection *connection, bool *begun, GError **error);

	/*
	 * Begins a transaction.  Waits until options->wait_until.  An engine with one writer at a
	 * time gives each its turn; one with many does so where is_alone: then nobody else writes
	 * until the transaction ends.
	 */
	bool (*begin)(StoreConnection *connection, bool is_alone, GError **error);
	bool (*commit)(StoreConnection *connection, GError **error); /* durable when true */
	void (*rollback)(StoreConnection *connection); /* harmless if none was begun */

	/* Replaces options->wait_until, for callers that write for a long time. */
	void (*wait_until)(StoreConnection *connection, int64_t until);
	int64_t (*changes)(StoreConnection *connection); /* rows written by the last statement */
	/* Inside a transaction: restore() takes back what was written since the last save(). */
	bool (*save)(StoreConnection *connection, GError **error);
	bool (*restore)(StoreConnection *connection, GError **error);
	/* How many bytes of the database are in use, with what the transaction at hand has written. */
	bool (*used)(StoreConnection *connection, int64_t *bytes, GError **error);
	/*
	 * Returns at most the given number of unused pages to the file system, inside a
	 * transaction; *left receives how many remain.
	 */
	bool (*give_back)(StoreConnection *connection, int pages, int64_t *left, GError **error);
	/*
	 * Moves what was written from the WAL into the database file, as far as readers permit.
	 * Called in the writers' turn.
	 */
	bool (*settle)(StoreConnection *connection, GError **error);

	/* Runs statements that have no parameters and no results. */
	bool (*execute)(StoreConnection *connection, const char *sql, GError **error);

	/* The text of the statement must outlive it. Parameters count from 1. */
	StoreStatement *(*prepare)(StoreConnection *connection, const char *sql, GError **error);
	void (*finalize)(StoreStatement *statement);
	/*
	 * Performs tasks in their order; over a network, all of them in one round trip.  Tasks without
	 * answers and changes may be put off until the next question or the commit, and so may their
	 * errors.
	 */
	bool (*perform)(
		StoreConnection *connection, const StoreTask *tasks, size_t n, GError **error);

	/* The same by single parameters and rows, for reading. */
	void (*bind_int)(StoreStatement *statement, int parameter, int64_t value);
	/* Bound memory stays the caller's, and must last until the reset. */
	void (*bind_text)(StoreStatement *statement, int parameter, const char *value);
	void (*bind_blob)(StoreStatement *statement, int parameter, const void *value, size_t size);
	StepResult (*step)(StoreStatement *statement, GError **error);
	int (*columns)(StoreStatement *statement); /* the number of columns */
	int64_t (*column_int)(StoreStatement *statement, int column); /* from 0 */
	const char *(*column_text)(StoreStatement *statement, int column); /* NULL: SQL NULL */
	/* Borrowed until the next step. */
	const void *(*column_blob)(StoreStatement *statement, int column, size_t *size);
	void (*reset)(StoreStatement *statement);

	/* Gives the files of a store to an owner; -1 leaves one as it is. */
	bool (*give)(const char *address, int64_t uid, int64_t gid, GError **error);
	/*
	 * If not NULL, what makes a store, as a text for somebody who may do that; caller frees.
	 */
	char *(*script)(const Schema *schema);
} StoreDriver;

extern const StoreDriver sqlite_driver;

/* What a module exports under the name STORE_MODULE. */
typedef struct {
	const char *version; /* of the program of which it is a part */
	const StoreDriver *driver;
} StoreModule;

#define STORE_MODULE "tlsrpt_store_module"

#endif
