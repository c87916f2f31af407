/* Not by GUri, which takes more than the ABNF, and does not say where a text is wrong. */
#include "tlsrpt/uri.h"

#include <arpa/inet.h>
#include <glib.h>
#include <string.h>

#define SUB_DELIMS "!$&'()*+,;="
#define USERINFO SUB_DELIMS ":"
#define PATH SUB_DELIMS ":@/"
#define QUERY PATH "?" /* and fragment */

/* What is being read. */
typedef struct {
	const char *text;
	size_t length, at;
	size_t *wrong;
	const char **why;
} Reader;

static bool
fail(const Reader *reader, size_t wrong, const char *why)
{
	*reader->wrong = wrong;
	*reader->why = why;
	return false;
}

static bool
is_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static bool
is_unreserved(char c)
{
	return g_ascii_isalnum(c) || is_one_of(c, "-._~");
}

/* Reads on while bytes are unreserved, percent-encoded or of the set; false for "%" without two digits. */
static bool
skip_characters(Reader *reader, const char *set)
{
	while (reader->at < reader->length) {
		const char c = reader->text[reader->at];
		if (is_unreserved(c) || is_one_of(c, set)) {
			reader->at++;
			continue;
		}
		if (c != '%')
			return true;
		for (size_t i = reader->at + 1; i <= reader->at + 2; i++) {
			if (i >= reader->length || !g_ascii_isxdigit(reader->text[i]))
				return fail(reader, i, "after \"%\" there are two hexadecimal digits");
		}
		reader->at += 3;
	}
	return true;
}

static bool
is_at(const Reader *reader, char c)
{
	return reader->at < reader->length && reader->text[reader->at] == c;
}

static UriPart
part_from(const Reader *reader, size_t start)
{
	return (UriPart){ true, start, reader->at - start };
}

static bool
read_scheme(Reader *reader, Uri *uri)
{
	const char *text = reader->text;

	while (reader->at < reader->length
		&& (g_ascii_isalpha(text[reader->at])
			|| (reader->at > 0
				&& (g_ascii_isdigit(text[reader->at])
					|| is_one_of(text[reader->at], "+-.")))))
		reader->at++;
	if (reader->at == 0 || !is_at(reader, ':'))
		return fail(reader, 0, "a URI begins with its scheme, as mailto: or https:");
	uri->scheme = part_from(reader, 0);
	reader->at++;
	return true;
}

/* "[" IPv6address or IPvFuture "]" */
static bool
read_ip_literal(Reader *reader, Uri *uri)
{
	const size_t start = reader->at;
	const char *open = reader->text + start;
	const char *close = memchr(open, ']', reader->length - start);
	struct in6_addr address;

	if (close == NULL)
		return fail(reader, start, "\"[\" without \"]\"");
	const size_t length = (size_t)(close - open - 1);
	g_autofree char *inside = g_strndup(open + 1, length);
	if (strlen(inside) != length
		|| (inet_pton(AF_INET6, inside, &address) != 1
			&& !g_regex_match_simple("^v[0-9a-f]+\\.[a-z0-9._~!$&'()*+,;=:-]+\\z", inside,
				G_REGEX_CASELESS | G_REGEX_RAW, 0)))
		return fail(reader, start + 1, "this is no IPv6 address");
	reader->at += (size_t)(close - open) + 1;
	uri->host = part_from(reader, start);
	return true;
}

static bool
read_host(Reader *reader, Uri *uri)
{
	const size_t start = reader->at;

	if (is_at(reader, '['))
		return read_ip_literal(reader, uri);
	if (!skip_characters(reader, SUB_DELIMS))
		return false;
	uri->host = part_from(reader, start);
	return true;
}

/* [ userinfo "@" ] host [ ":" port ] */
static bool
read_authority(Reader *reader, Uri *uri)
{
	const size_t start = reader->at;

	if (!skip_characters(reader, USERINFO))
		return false;
	if (is_at(reader, '@')) {
		uri->userinfo = part_from(reader, start);
		reader->at++;
	} else {
		reader->at = start;
	}
	if (!read_host(reader, uri))
		return false;
	if (is_at(reader, ':')) {
		const size_t port = ++reader->at;
		while (reader->at < reader->length && g_ascii_isdigit(reader->text[reader->at]))
			reader->at++;
		uri->port = part_from(reader, port);
	}
	if (reader->at < reader->length && !is_one_of(reader->text[reader->at], "/?#"))
		return fail(reader, reader->at, "this cannot be in the host of a URI");
	return true;
}

/* What comes after that character, if it is there. */
static bool
read_after(Reader *reader, char separator, UriPart *part)
{
	if (!is_at(reader, separator))
		return true;
	const size_t start = ++reader->at;
	if (!skip_characters(reader, QUERY))
		return false;
	*part = part_from(reader, start);
	return true;
}

bool
uri_split(const char *text, size_t length, Uri *uri, size_t *wrong, const char **why)
{
	Reader reader = { text, length, 0, wrong, why };

	*uri = (Uri){ 0 };
	if (!read_scheme(&reader, uri))
		return false;
	if (length - reader.at >= 2 && memcmp(text + reader.at, "//", 2) == 0) {
		reader.at += 2;
		if (!read_authority(&reader, uri))
			return false;
	}
	const size_t path = reader.at;
	if (!skip_characters(&reader, PATH))
		return false;
	uri->path = part_from(&reader, path);
	if (!read_after(&reader, '?', &uri->query) || !read_after(&reader, '#', &uri->fragment))
		return false;
	return reader.at == length
		|| fail(&reader, reader.at, "this cannot be in a URI, but percent-encoded");
}

bool
uri_has_scheme(const char *text, const Uri *uri, const char *scheme)
{
	return uri->scheme.length == strlen(scheme)
		&& g_ascii_strncasecmp(text + uri->scheme.start, scheme, uri->scheme.length) == 0;
}

char *
uri_decode(const char *text, const UriPart *part)
{
	GString *decoded = g_string_new(NULL);
	const char *at = text + part->start;

	for (const char *end = at + part->length; at < end; at++) {
		if (*at != '%') {
			g_string_append_c(decoded, *at);
			continue;
		}
		g_string_append_c(decoded,
			(char)(g_ascii_xdigit_value(at[1]) * 16 + g_ascii_xdigit_value(at[2])));
		at += 2;
	}
	const bool has_nul = strlen(decoded->str) != decoded->len;
	return g_string_free(decoded, has_nul);
}

char *
uri_encode(const char *text, const char *keep)
{
	GString *encoded = g_string_new(NULL);

	for (; *text != '\0'; text++) {
		if (is_unreserved(*text) || is_one_of(*text, keep))
			g_string_append_c(encoded, *text);
		else
			g_string_append_printf(encoded, "%%%02X", (unsigned char)*text);
	}
	return g_string_free(encoded, FALSE);
}
