#include "tlsrpt/auth.h"

#include "tlsrpt/hostname.h"

#include <string.h>

#define DOMAIN_MAX_BYTES 253 /* RFC 1035 section 2.3.4, as text */

/*
 * A structured header field being read (RFC 5322 section 3.2, RFC 8601 section 2.2).  Where the
 * grammar is broken, the reader goes on at the next ";" and the broken result does not count.
 */
typedef struct {
	const char *at;
} Reader;

const char *
auth_name(Auth auth)
{
	static const char *const names[] = {
		[AUTH_UNCHECKED] = "unchecked",
		[AUTH_NONE] = "none",
		[AUTH_FAIL] = "fail",
		[AUTH_PASS] = "pass",
		[AUTH_HTTPS] = "https",
	};

	g_return_val_if_fail(auth >= AUTH_UNCHECKED && auth <= AUTH_HTTPS, "");
	return names[auth];
}

/* Skips white space and comments, which may be nested. */
static void
skip_cfws(Reader *reader)
{
	int depth = 0;

	for (; *reader->at != '\0'; reader->at++) {
		const char c = *reader->at;
		if (c == '(') {
			depth++;
		} else if (depth > 0 && c == ')') {
			depth--;
		} else if (depth > 0 && c == '\\' && reader->at[1] != '\0') {
			reader->at++;
		} else if (depth == 0 && strchr(" \t\r\n", c) == NULL) {
			return;
		}
	}
}

/* Takes the character if it comes next, after white space and comments. */
static bool
accept(Reader *reader, char c)
{
	skip_cfws(reader);
	if (*reader->at != c)
		return false;
	reader->at++;
	return true;
}

/*
 * Reads a quoted string, or a run of characters that are neither white space nor in stops, in lower
 * case.  NULL if neither comes next.  Caller frees.
 */
static char *
read_value(Reader *reader, const char *stops)
{
	GString *value = g_string_new(NULL);

	skip_cfws(reader);
	const bool quoted = *reader->at == '"';
	if (quoted) {
		for (reader->at++; *reader->at != '\0' && *reader->at != '"'; reader->at++) {
			if (*reader->at == '\\' && reader->at[1] != '\0')
				reader->at++;
			g_string_append_c(value, g_ascii_tolower(*reader->at));
		}
		if (*reader->at == '"')
			reader->at++;
	} else {
		for (; *reader->at != '\0' && strchr(" \t\r\n(;", *reader->at) == NULL
			&& strchr(stops, *reader->at) == NULL;
			reader->at++)
			g_string_append_c(value, g_ascii_tolower(*reader->at));
	}
	const bool none = !quoted && value->len == 0;
	return g_string_free(value, none);
}

/* Skips to the next ";" that is in neither a comment nor a quoted string, and over it. */
static bool
next_result(Reader *reader)
{
	while (*reader->at != '\0') {
		if (accept(reader, ';'))
			return true;
		g_autofree char *skipped = read_value(reader, "");
		if (skipped == NULL && *reader->at != '\0' && *reader->at != ';')
			reader->at++;
	}
	return false;
}

/* One resinfo: the result of a method and, if the method is dkim, the signing domain. */
typedef struct {
	char *method, *result, *domain;
} Result;

static void
result_clear(Result *result)
{
	g_free(result->method);
	g_free(result->result);
	g_free(result->domain);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Result, result_clear)

/* Reads "ptype.property=value".  The signing domain is header.d, or else the domain of header.i. */
static bool
read_property(Reader *reader, Result *result)
{
	g_autofree char *type = read_value(reader, ".=");
	if (type == NULL)
		return false;
	if (accept(reader, '=')) { /* reason= */
		g_autofree char *reason = read_value(reader, "");
		return reason != NULL;
	}

	g_autofree char *property = accept(reader, '.') ? read_value(reader, "=") : NULL;
	g_autofree char *value = property != NULL && accept(reader, '=') ? read_value(reader, "")
									 : NULL;
	if (value == NULL)
		return false;
	if (strcmp(type, "header") != 0)
		return true;

	const char *at = strrchr(value, '@');
	if (strcmp(property, "d") == 0) {
		g_free(result->domain);
		result->domain = g_strdup(value);
	} else if (strcmp(property, "i") == 0 && at != NULL && result->domain == NULL) {
		result->domain = g_strdup(at + 1);
	}
	return true;
}

/* Reads "method/version = result" and its properties, up to the next ";". */
static bool
read_result(Reader *reader, Result *result)
{
	result->method = read_value(reader, "/=");
	if (result->method == NULL)
		return false;
	if (accept(reader, '/')) {
		g_autofree char *version = read_value(reader, "=");
		if (version == NULL || strcmp(version, "1") != 0)
			return false;
	}
	if (!accept(reader, '='))
		return false;
	result->result = read_value(reader, "");
	if (result->result == NULL)
		return false;
	for (skip_cfws(reader); *reader->at != ';' && *reader->at != '\0'; skip_cfws(reader)) {
		if (!read_property(reader, result))
			return false;
	}
	return true;
}

static bool
is_one_of(const char *text, char *const *list)
{
	return g_strv_contains((const char *const *)list, text);
}

/* What is known so far. */
typedef struct {
	const char *from_domain, *submitter;
	Auth auth;
	char *domain;
} Verdict;

/* A mail system writes down whatever is in a signature, which may be no name of a domain at all. */
static bool
can_be_domain(const char *text)
{
	return strlen(text) <= DOMAIN_MAX_BYTES && g_utf8_validate(text, -1, NULL);
}

static void
weigh(Verdict *verdict, const Result *result)
{
	if (strcmp(result->method, "dkim") != 0 || strcmp(result->result, "none") == 0)
		return;

	const char *domain = result->domain != NULL && can_be_domain(result->domain)
		? result->domain
		: "";
	const bool pass = strcmp(result->result, "pass") == 0 && verdict->from_domain != NULL
		&& hostname_is_aligned(domain, verdict->from_domain)
		&& (verdict->submitter == NULL || hostname_is_aligned(domain, verdict->submitter));
	if (verdict->auth == AUTH_PASS || (verdict->auth == AUTH_FAIL && !pass))
		return;
	verdict->auth = pass ? AUTH_PASS : AUTH_FAIL;
	g_free(verdict->domain);
	verdict->domain = *domain != '\0' ? g_strdup(domain) : NULL;
}

static void
read_authentication_results(const char *value, const AuthTrust *trust, Verdict *verdict)
{
	Reader reader = { value };
	g_autofree char *id = read_value(&reader, "=");

	if (id == NULL || !is_one_of(id, trust->authserv_ids))
		return;

	/* Reads the version of the field, which is absent, or 1. */
	g_autofree char *version = read_value(&reader, "");
	if (version != NULL && strcmp(version, "1") != 0)
		return;
	while (next_result(&reader)) {
		g_auto(Result) result = { 0 };
		if (read_result(&reader, &result))
			weigh(verdict, &result);
	}
}

/* Whether a trusted host has written the Received field. */
static bool
is_by_trusted(const char *value, const AuthTrust *trust)
{
	Reader reader = { value };

	while (skip_cfws(&reader), *reader.at != '\0' && *reader.at != ';') {
		g_autofree char *word = read_value(&reader, "");
		if (word == NULL)
			return false;
		if (strcmp(word, "by") == 0) {
			g_autofree char *host = read_value(&reader, "");
			return host != NULL && is_one_of(host, trust->hosts);
		}
	}
	return false;
}

Auth
auth_evaluate(const AuthField *fields, size_t n_fields, const AuthTrust *trust,
	const char *from_domain, const char *submitter, char **domain)
{
	Verdict verdict = { from_domain, submitter, AUTH_NONE, NULL };

	*domain = NULL;
	if (*trust->authserv_ids == NULL)
		return AUTH_UNCHECKED;
	for (size_t i = 0; i < n_fields; i++) {
		if (g_ascii_strcasecmp(fields[i].name, "Received") == 0) {
			if (!is_by_trusted(fields[i].value, trust))
				break;
		} else if (g_ascii_strcasecmp(fields[i].name, "Authentication-Results") == 0) {
			read_authentication_results(fields[i].value, trust, &verdict);
		}
	}
	*domain = verdict.domain;
	return verdict.auth;
}
