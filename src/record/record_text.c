/* The TLSRPT record as it is published. */
#include "tlsrpt/record.h"

#include "tlsrpt/error.h"
#include "tlsrpt/hostname.h"
#include "tlsrpt/uri.h"

#include <string.h>

#define STRING_MAX_LENGTH 255 /* RFC 1035 section 3.3 */
#define RDATA_MAX_LENGTH 65535

/* What an address may have as it is: of RFC 6068's, what RFC 8460 does not want encoded. */
#define ADDRESS_KEEPS "$'()*+:"

static bool
has_scheme(const char *text)
{
	const char *colon = strchr(text, ':');

	/* A local part may have a colon only in quotes. */
	return colon != NULL && g_ascii_isalpha(*text)
		&& strspn(text, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "+-.")
			== (size_t)(colon - text);
}

/* user@example.com */
static char *
address_uri(const char *address)
{
	const char *at = strrchr(address, '@');
	g_autofree char *local = at != NULL ? g_strndup(address, (size_t)(at - address)) : NULL;
	g_autofree char *encoded = uri_encode(local != NULL ? local : address, ADDRESS_KEEPS);
	/* As an A-label, which everybody takes; what is no name is refused later. */
	g_autofree char *name = at != NULL ? hostname_stored_form(at + 1) : NULL;
	g_autofree char *domain =
		name != NULL ? g_steal_pointer(&name) : uri_encode(at != NULL ? at + 1 : "", ":");

	return at != NULL ? g_strconcat("mailto:", encoded, "@", domain, NULL)
			  : g_strconcat("mailto:", encoded, NULL);
}

/* What the ABNF wants encoded; all else stays as it is. */
static char *
encoded_uri(const char *uri)
{
	GString *encoded = g_string_new(NULL);

	for (; *uri != '\0'; uri++) {
		if (strchr(",!;", *uri) != NULL)
			g_string_append_printf(encoded, "%%%02X", (unsigned char)*uri);
		else
			g_string_append_c(encoded, *uri);
	}
	return g_string_free(encoded, FALSE);
}

static bool
check_uri(const char *uri, GError **error)
{
	const char *why;
	size_t wrong;
	Uri parts;

	if (uri_split(uri, strlen(uri), &parts, &wrong, &why))
		return true;
	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE, "--rua \"%s\": at character %zu: %s",
		uri, wrong + 1, why);
	return false;
}

static bool
check_as_record(const char *uri, const char *given, GError **error)
{
	g_autofree char *text = g_strconcat("v=TLSRPTv1; rua=", uri, NULL);
	g_autoptr(Record) record = record_check(RECORD_TLSRPT, text, strlen(text), NULL);
	const RecordProblem *worst = record_worst(record);

	if (worst == NULL || worst->severity != RECORD_ERROR)
		return true;
	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE, "--rua \"%s\": %s", given,
		worst->message);
	return false;
}

/* An address or a URI as a URI of the record; NULL if it can be none. */
static char *
rua_uri(const char *given, GError **error)
{
	const bool is_uri = has_scheme(given);

	if (is_uri && !check_uri(given, error))
		return NULL;
	g_autofree char *uri = is_uri ? encoded_uri(given) : address_uri(given);
	return check_as_record(uri, given, error) ? g_steal_pointer(&uri) : NULL;
}

char *
record_generate(const char *const *rua, GError **error)
{
	g_autoptr(GString) text = g_string_new("v=TLSRPTv1; rua=");

	for (size_t i = 0; rua[i] != NULL; i++) {
		g_autofree char *uri = rua_uri(rua[i], error);
		if (uri == NULL)
			return NULL;
		g_string_append_printf(text, "%s%s", i > 0 ? "," : "", uri);
	}
	if (text->len + text->len / STRING_MAX_LENGTH + 1 > RDATA_MAX_LENGTH) {
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE,
			"this would be a record of %zu bytes, which is more than a TXT record can have",
			text->len);
		return NULL;
	}
	return g_strdup(text->str);
}

char *
record_presentation(const char *data, size_t length)
{
	GString *text = g_string_sized_new(length);

	for (size_t i = 0; i < length; i++) {
		if (data[i] == '"' || data[i] == '\\')
			g_string_append_printf(text, "\\%c", data[i]);
		else if (g_ascii_isprint(data[i]))
			g_string_append_c(text, data[i]);
		else
			g_string_append_printf(text, "\\%03u", (unsigned char)data[i]);
	}
	return g_string_free(text, FALSE);
}

char *
record_zone_line(const char *name, const char *data, size_t length)
{
	GString *line = g_string_new(name);

	g_string_append(line, " IN TXT");
	for (size_t at = 0; at < length || at == 0; at += STRING_MAX_LENGTH) {
		g_autofree char *text =
			record_presentation(data + at, MIN(length - at, STRING_MAX_LENGTH));
		g_string_append_printf(line, " \"%s\"", text);
	}
	return g_string_free(line, FALSE);
}
