#include "pgsql_connect.h"

#include "tlsrpt/error.h"

#include <string.h>

#define CONNECT_SECONDS "2" /* for each host, unless the URI says otherwise */

/* What the caller can do about an error, by its SQLSTATE. */
static const struct {
	const char *state; /* the beginning of it */
	TlsrptError code;
} states[] = {
	{ "40001", TLSRPT_ERROR_STORE_CONFLICT }, /* another transaction came first */
	{ "40P01", TLSRPT_ERROR_STORE_CONFLICT }, /* a deadlock */
	{ "23505", TLSRPT_ERROR_STORE_CONFLICT }, /* a row that another has just inserted */
	{ "23503", TLSRPT_ERROR_STORE_CONFLICT }, /* one that another has just deleted */
	{ "23", TLSRPT_ERROR_STORE_REFUSED },
	{ "22", TLSRPT_ERROR_STORE_REFUSED }, /* data exceptions */
	{ "54", TLSRPT_ERROR_STORE_REFUSED }, /* limits of the server */
	{ "25006", TLSRPT_ERROR_STORE_READONLY }, /* a transaction that may only read */
	{ "55000", TLSRPT_ERROR_STORE_READONLY }, /* a lock that a standby does not give */
	{ "42501", TLSRPT_ERROR_STORE_READONLY }, /* a role that may not */
	{ "42", TLSRPT_ERROR_STORE_FOREIGN }, /* not the tables that the statements are for */
	{ "3F", TLSRPT_ERROR_STORE_FOREIGN },
	{ "53100", TLSRPT_ERROR_STORE_FULL }, /* the disk is */
	{ "53", TLSRPT_ERROR_STORE_BUSY }, /* out of memory, of connections */
	{ "55P03", TLSRPT_ERROR_STORE_BUSY }, /* a lock that others have */
	{ "57", TLSRPT_ERROR_STORE_BUSY }, /* it shuts down, starts up, or the time was over */
	{ "XX001", TLSRPT_ERROR_STORE_CORRUPT },
	{ "XX002", TLSRPT_ERROR_STORE_CORRUPT },
};

static TlsrptError
classify(const char *state)
{
	for (size_t i = 0; i < G_N_ELEMENTS(states); i++) {
		if (g_str_has_prefix(state, states[i].state))
			return states[i].code;
	}
	return TLSRPT_ERROR_IO;
}

bool
pgsql_is_missing(const PGresult *result)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);

	return g_strcmp0(state, "42P01") == 0 || g_strcmp0(state, "3F000") == 0;
}

/*
 * What libpq says of a connection, without the names of hosts and sockets, which are nobody's
 * business who gets this in a mail: "connection to server at ... failed: reason", a line a host.
 */
static char *
reasons_of(const PGconn *pg)
{
	static const char failed[] = " failed: ";
	g_auto(GStrv) lines = g_strsplit(PQerrorMessage(pg), "\n", -1);
	GString *text = g_string_new(NULL);

	for (char **line = lines; *line != NULL; line++) {
		const char *reason = strstr(*line, failed);
		reason = reason != NULL ? reason + strlen(failed) : *line;
		/* A line that begins with a tab continues the one before. */
		if (*reason == '\0' || *reason == '\t' || strstr(text->str, reason) != NULL)
			continue;
		g_string_append_printf(text, "%s%s", text->len > 0 ? "; " : "", reason);
	}
	return g_string_free(text, FALSE);
}

bool
pgsql_fail(PGconn *pg, const PGresult *result, GError **error)
{
	const char *state = result != NULL ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;

	if (state != NULL) {
		/* The other fields hold rows. */
		g_set_error(error, TLSRPT_ERROR, classify(state), "the store: %s",
			PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));
		return false;
	}
	g_autofree char *reasons = reasons_of(pg);
	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_IO, "the store: %s",
		*reasons != '\0' ? reasons : "the connection to the server is lost");
	return false;
}

/* What it says when it does not understand a URI may quote it, with all that is in it. */
static bool
check_uri(const char *uri, GError **error)
{
	PQconninfoOption *options = PQconninfoParse(uri, NULL);
	bool is_secret = false;

	if (options == NULL
		|| (!g_str_has_prefix(uri, "postgresql://")
			&& !g_str_has_prefix(uri, "postgres://"))) {
		PQconninfoFree(options);
		g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_CONFIG,
			"the store's URI is not one that libpq understands"
			" (postgresql://USER@HOST/DATABASE)");
		return false;
	}
	for (const PQconninfoOption *one = options; one->keyword != NULL; one++)
		is_secret |= one->val != NULL && strstr(one->keyword, "password") != NULL;
	PQconninfoFree(options);
	if (is_secret)
		g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_CONFIG,
			"the store's URI holds a password, which others could see: put it into"
			" ~/.pgpass or a service file");
	return !is_secret;
}

static void
say_nothing(G_GNUC_UNUSED void *data, G_GNUC_UNUSED const PGresult *result)
{
}

PGconn *
pgsql_connect(const char *uri, GError **error)
{
	/* What comes before the URI are defaults; what comes behind it is not to be changed. */
	const bool has_timeout = g_getenv("PGCONNECT_TIMEOUT") != NULL;
	const char *const names[] = { "fallback_application_name",
		has_timeout ? "fallback_application_name" : "connect_timeout", "dbname",
		"client_encoding", NULL };
	const char *const values[] = { "tlsrpt", has_timeout ? "tlsrpt" : CONNECT_SECONDS, uri,
		"UTF8", NULL };

	if (!check_uri(uri, error))
		return NULL;
	PGconn *pg = PQconnectdbParams(names, values, 1);
	if (PQstatus(pg) == CONNECTION_OK && PQsetnonblocking(pg, 1) == 0
		&& PQenterPipelineMode(pg) == 1) {
		PQsetNoticeReceiver(pg, say_nothing, NULL);
		return pg;
	}
	if (pg == NULL)
		g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_NO_MEMORY, "no memory");
	else
		pgsql_fail(pg, NULL, error);
	PQfinish(pg);
	return NULL;
}
