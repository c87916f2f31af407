/* A store, and its statements. */
#ifndef TLSRPT_STORE_STATEMENT_H
#define TLSRPT_STORE_STATEMENT_H

#include "driver.h"
#include "sql.h"

typedef struct Names Names; /* names.c */

struct Store {
	const StoreDriver *driver;
	StoreConnection *connection;
	int64_t wait_until; /* g_get_monotonic_time() past which nothing is tried again */
	StoreStatement *statements[SQL_STATEMENTS]; /* prepared when first used */
	Names *names; /* NULL before the first one */
};

/*
 * A statement with its parameters: a letter each in types, "i" int64_t, "n" int64_t (0 is NULL),
 * "t" const char * (NULL is NULL), "b" const void * and size_t.  Bound memory must last until
 * the statement is reset.  NULL on failure.
 */
StoreStatement *store_bind(Store *store, SqlStatement which, GError **error, const char *types, ...)
	G_GNUC_WARN_UNUSED_RESULT;

/* Runs a statement that gives no rows. */
bool store_run(Store *store, StoreStatement *statement, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Runs a statement that writes one row, or none: *written. */
bool store_write(Store *store, StoreStatement *statement, bool *written, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* Runs a statement that gives one whole number, or no row: *found. */
bool store_query(Store *store, StoreStatement *statement, bool *found, int64_t *value,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Runs a statement that gives whole numbers, one a row; an array of int64_t, caller unrefs. */
GArray *store_list(Store *store, StoreStatement *statement, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* --- one statement for many rows of parameters */

typedef struct {
	SqlStatement which;
	const char *types; /* as of store_bind() */
	bool gives_number; /* a query, or an insert that gives an id */
	GArray *values; /* of StoreValue, row after row; the memory that they name is the caller's */
	size_t n; /* rows */
	/*
	 * Of each row, once it was performed: the number that it gave, 0 for none, or how many rows it
	 * has written.
	 */
	int64_t *results;
	/* If not NULL, is called for each row that the row of parameters of that number gives. */
	void (*answer)(void *data, size_t row, const Store *store, StoreStatement *statement);
	void *data;
} Task;

/* Tasks of this type are cleared at the end of their block. */
void task_clear(Task *task);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Task, task_clear)

/* A task that writes rows, and one that asks a number of each row. */
#define TASK(which_, types_) ((Task){ .which = (which_), .types = (types_) })
#define QUERY(which_, types_) \
	((Task){ .which = (which_), .types = (types_), .gives_number = true })

/* Adds a row: arguments as of store_bind(). */
void task_add(Task *task, ...);

/* A row of parameters that are all numbers. */
void task_add_numbers(Task *task, const int64_t *numbers);

/*
 * Performs tasks, those without rows left out, in this order, with one round trip to an engine that
 * is asked over a network.
 */
bool store_perform(Store *store, Task *const *tasks, size_t n, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

#endif
