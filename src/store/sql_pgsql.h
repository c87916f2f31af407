/* What PostgreSQL is told in other words than SQLite, and what it alone is told. */
#ifndef TLSRPT_STORE_SQL_PGSQL_H
#define TLSRPT_STORE_SQL_PGSQL_H

#include "sql.h"

/* The text of a SqlStatement or RemoteStatement, with its parameters as ?1 to ?n. */
const char *sql_pgsql_statement(int which);

/*
 * The text that inserts many rows in their order, given as an array for each parameter, in place of
 * one that has "VALUES (...)" with parameters ?1 to ?n; types are those of the elements.  Caller
 * frees.
 */
char *sql_pgsql_of_rows(const char *sql, const char *const *types, size_t width);

/* How transactions begin. */
extern const char *const sql_pgsql_settings; /* of one: ?1 how long a statement may take, in ms */
extern const char *const sql_pgsql_settings_of_reader;
extern const char *const sql_pgsql_share; /* beside others who write */
extern const char *const sql_pgsql_alone;

/* Whether there are tables; an error for want of one would end the transaction. */
extern const char *const sql_pgsql_has_tables;

/* Version, digest, and whether a commit is durable. */
extern const char *const sql_pgsql_version;

/* Making the schema. */
extern const char
	*const sql_pgsql_find_role; /* ?1 its name; whether it exists, whether it is ours */
extern const char *const sql_pgsql_roles[]; /* their names, the owner first, NULL at the end */
extern const char *const sql_pgsql_make_role; /* its name follows */
extern const char
	*const sql_pgsql_join_owner; /* whoever makes the schema becomes a member of the owner */
extern const char *const sql_pgsql_make_schema; /* belongs to the owner, who goes on */
extern const char *const sql_pgsql_grants;

/* All that in one script for psql, which may run it again; caller frees. */
char *sql_pgsql_script(const Schema *schema);

#endif
