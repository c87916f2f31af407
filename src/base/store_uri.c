#include "tlsrpt/store_uri.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

#define HIDDEN "***"

/* Whether a parameter has a secret as its value: password, sslpassword, oauth_client_secret. */
static bool
is_secret(const char *name, size_t length)
{
	g_autofree char *encoded = g_strndup(name, length);
	g_autofree char *plain = g_uri_unescape_string(encoded, NULL);
	g_autofree char *lower = g_ascii_strdown(plain != NULL ? plain : encoded, -1);

	return strstr(lower, "password") != NULL || strstr(lower, "passwd") != NULL
		|| strstr(lower, "secret") != NULL;
}

static void
append_parameters(GString *text, const char *at)
{
	for (;;) {
		const size_t length = strcspn(at, "&");
		const char *equals = memchr(at, '=', length);
		const size_t name = equals != NULL ? (size_t)(equals - at) : length;
		if (equals != NULL && is_secret(at, name)) {
			g_string_append_len(text, at, (gssize)name);
			g_string_append(text, "=" HIDDEN);
		} else {
			g_string_append_len(text, at, (gssize)length);
		}
		if (at[length] == '\0')
			return;
		g_string_append_c(text, '&');
		at += length + 1;
	}
}

char *
store_uri_printable(const char *uri)
{
	const char *scheme = strstr(uri, "://");

	if (scheme == NULL)
		return g_strdup(uri);

	const char *start = scheme + strlen("://");
	/* The last "@": a password may have one that is not encoded, and "/" and "?" as well. */
	const char *host = strrchr(start, '@');
	const char *colon = host != NULL ? memchr(start, ':', (size_t)(host - start)) : NULL;
	const char *rest = colon != NULL ? host : start;
	GString *text = g_string_new(NULL);

	g_string_append_len(text, uri, (colon != NULL ? colon : start) - uri);
	if (colon != NULL)
		g_string_append(text, ":" HIDDEN);
	const size_t path = strcspn(rest, "?");
	g_string_append_len(text, rest, (gssize)path);
	if (rest[path] == '?') {
		g_string_append_c(text, '?');
		append_parameters(text, rest + path + 1);
	}
	return g_string_free(text, FALSE);
}
