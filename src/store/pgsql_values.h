/* The parameters of a statement, in the form in which libpq sends them. */
#ifndef TLSRPT_STORE_PGSQL_VALUES_H
#define TLSRPT_STORE_PGSQL_VALUES_H

#include "driver.h"

#include <glib.h>

#define PGSQL_PARAMETERS_MAX 32

typedef struct {
	const char *values[PGSQL_PARAMETERS_MAX];
	int lengths[PGSQL_PARAMETERS_MAX], formats[PGSQL_PARAMETERS_MAX];
	unsigned types[PGSQL_PARAMETERS_MAX]; /* 0 if the server is to infer it */
	char numbers[PGSQL_PARAMETERS_MAX][24];
	GPtrArray *pieces; /* what had to be made for it */
} PgsqlValues;

/* Sets the parameters from one row of values. */
void pgsql_values_of_row(PgsqlValues *values, const StoreValue *row, size_t width);

/* The types of the parameters of a task, of which any may be NULL in some rows. */
void pgsql_types_of_task(unsigned *types, const StoreTask *task);

/* Sets one array for each column of all rows of a task. */
void pgsql_values_of_rows(PgsqlValues *values, const StoreTask *task);
void pgsql_values_clear(PgsqlValues *values);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PgsqlValues, pgsql_values_clear)

/*
 * The text that inserts all rows of a task at once, from arrays, in their order: it has
 * "VALUES (...)" with parameters ?1 to ?n; caller frees.
 */
char *pgsql_sql_of_rows(const char *sql, const StoreTask *task);

#endif
