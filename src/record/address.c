#include "tlsrpt/address.h"

#include "tlsrpt/hostname.h"

#include <glib.h>
#include <string.h>

/* atext of RFC 5322, with what RFC 6532 adds: all that is not ASCII */
static bool
is_atext(char c)
{
	return g_ascii_isalnum(c) || (unsigned char)c >= 0x80
		|| (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

/* 1*atext *("." 1*atext) */
static bool
is_dot_atom(const char *text)
{
	bool was_atext = false;

	for (; *text != '\0'; text++) {
		if (*text == '.' ? !was_atext : !is_atext(*text))
			return false;
		was_atext = *text != '.';
	}
	return was_atext;
}

/* <"> *(qtext / blank / "\" any) <">, without folding */
static bool
is_quoted_string(const char *text)
{
	if (*text++ != '"')
		return false;
	for (; *text != '\0' && *text != '"'; text++) {
		if (*text == '\\')
			text++;
		if (g_ascii_iscntrl(*text) && *text != '\t')
			return false;
	}
	return strcmp(text, "\"") == 0;
}

bool
address_is_local_part(const char *text, const UriPart *part)
{
	g_autofree char *local = uri_decode(text, part);

	return local != NULL && g_utf8_validate(local, -1, NULL)
		&& (is_dot_atom(local) || is_quoted_string(local));
}

char *
address_host(const char *text, const UriPart *part)
{
	g_autofree char *decoded = uri_decode(text, part);
	g_autofree char *name =
		decoded != NULL && g_utf8_validate(decoded, -1, NULL) ? hostname_stored_form(decoded) : NULL;

	if (name == NULL || *name == '.' || strstr(name, "..") != NULL || strchr(name, '*') != NULL)
		return NULL;
	return g_steal_pointer(&name);
}

bool
address_is_literal(const char *text, const UriPart *part)
{
	g_autofree char *decoded = uri_decode(text, part);

	/* domain-literal of RFC 5322, without white space */
	return decoded != NULL && g_regex_match_simple("^\\[[!-Z^-~]+\\]\\z", decoded, G_REGEX_RAW, 0);
}
