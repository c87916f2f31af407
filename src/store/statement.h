/* A store, and its statements. */
#ifndef TLSRPT_STORE_STATEMENT_H
#define TLSRPT_STORE_STATEMENT_H

#include "driver.h"
#include "sql.h"

typedef struct Names Names; /* names.c */

struct Store {
	const StoreDriver *driver;
	StoreConnection *connection;
	int64_t wait_until; /* g_get_monotonic_time() after which there are no retries */
	StoreStatement *statements[SQL_ALL_STATEMENTS]; /* prepared when first used */
	Names *names; /* NULL before the first batch */
	bool is_alone; /* whether nobody else writes during the transaction at hand */
	bool wants_alone; /* it has failed since it was not: the next try will be */
};

/*
 * Binds the parameters of a statement.  types has a letter for each: "i" int64_t, "n" int64_t where
 * 0 means NULL, "t" const char * where NULL means NULL, "b" const void * and size_t.  Bound memory
 * must last until the statement is reset.  NULL on failure.
 */
StoreStatement *store_bind(Store *store, SqlStatement which, GError **error, const char *types,
	...) G_GNUC_WARN_UNUSED_RESULT;

/* Runs a statement that returns no rows. */
bool store_run(Store *store, StoreStatement *statement, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Runs a statement that writes at most one row; *written says whether it did. */
bool store_write(Store *store, StoreStatement *statement, bool *written,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Runs a query for at most one whole number; *found says whether there was a row. */
bool store_query(Store *store, StoreStatement *statement, bool *found, int64_t *value,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Runs a query for one whole number per row; returns an array of int64_t, caller unrefs. */
GArray *store_list(
	Store *store, StoreStatement *statement, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- one statement for many rows of parameters */

typedef struct {
	int which; /* a SqlStatement or RemoteStatement */
	const char *types; /* as for store_bind() */
	bool gives_number; /* a query, or an insert that returns an id */
	bool is_plain; /* an insert without results: of new rows, or it merges them */
	bool is_blind; /* whose results nobody asks for */
	GArray *values; /* of StoreValue, row by row; the caller owns what they point to */
	size_t n; /* rows */
	/*
	 * For each row, after it was performed: the number that it returned (0 if none), or how
	 * many rows it has written.
	 */
	int64_t *results;
	/* If not NULL, called for each result; row is the index of the parameters that gave it. */
	void (*answer)(void *data, size_t row, const Store *store, StoreStatement *statement);
	void *data;
} Task;

/* A g_auto(Task) is cleared by this at the end of its block. */
void task_clear(Task *task);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Task, task_clear)

/*
 * A task that writes rows, one that inserts new rows, one whose results are not asked for, and one
 * that asks for a number per row.
 */
#define TASK(which_, types_) ((Task){ .which = (which_), .types = (types_) })
#define INSERT(which_, types_) ((Task){ .which = (which_), .types = (types_), .is_plain = true })
#define BLIND(which_, types_) ((Task){ .which = (which_), .types = (types_), .is_blind = true })
#define QUERY(which_, types_) ((Task){ .which = (which_), .types = (types_), .gives_number = true })

/* Adds a row of parameters: arguments as for store_bind(). */
void task_add(Task *task, ...);

/* Adds a row of parameters that are all numbers. */
void task_add_numbers(Task *task, const int64_t *numbers);

/*
 * Performs tasks in this order, skipping those without rows.  An engine over a network is asked in
 * one round trip.
 */
bool store_perform(
	Store *store, Task *const *tasks, size_t n, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
