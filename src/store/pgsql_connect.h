/* A connection to PostgreSQL, and what its errors mean. */
#ifndef TLSRPT_STORE_PGSQL_CONNECT_H
#define TLSRPT_STORE_PGSQL_CONNECT_H

#include <glib.h>
#include <libpq-fe.h>
#include <stdbool.h>

/*
 * Connects to the first server of a URI that is as the URI wants it, in pipeline mode.  CONFIG if
 * libpq does not understand the URI, or if it holds a password; IO if no server can be reached.  No
 * error holds a part of the URI.
 */
PGconn *pgsql_connect(const char *uri, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Sets the error of a result, or of a connection that has none. Returns false. */
bool pgsql_fail(PGconn *pg, const PGresult *result, GError **error);

/* Whether a result says that there is no such table. */
bool pgsql_is_missing(const PGresult *result);

#endif
