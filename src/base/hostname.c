#include "tlsrpt/hostname.h"

#include <glib.h>
#include <string.h>

#define HOSTNAME_MAX 253 /* without the final dot (RFC 1035 section 2.3.4) */
#define LABEL_MAX 63

/* Nearly all names are in stored form already.  Whatever is at all unusual is left to GLib. */
bool
hostname_is_stored_form(const char *name, size_t length)
{
	size_t label = 0;

	if (length == 0 || length > HOSTNAME_MAX || name[length - 1] == '.')
		return false;
	for (size_t i = 0; i < length; i++) {
		const char c = name[i];
		if (c == '.')
			label = 0;
		else if ((!g_ascii_islower(c) && !g_ascii_isdigit(c) && c != '-' && c != '_'
				 && c != '*')
			|| ++label > LABEL_MAX)
			return false;
	}
	return true;
}

char *
hostname_stored_form(const char *name)
{
	if (hostname_is_stored_form(name, strlen(name)))
		return g_strdup(name);

	g_autofree char *ascii = g_hostname_to_ascii(name);

	/*
	 * GLib also returns NULL if it gets no memory.  Asked again, it either succeeds, or ends
	 * the process for want of memory, so that a good name is never taken for a bad one.
	 */
	if (ascii == NULL)
		ascii = g_hostname_to_ascii(name);
	if (ascii == NULL || *ascii == '\0')
		return NULL;

	size_t length = strlen(ascii);
	if (ascii[length - 1] == '.')
		ascii[--length] = '\0';
	if (length == 0 || ascii[length - 1] == '.')
		return NULL;
	for (char *c = ascii; *c != '\0'; c++) {
		if (!g_ascii_isalnum(*c) && strchr("-._*", *c) == NULL)
			return NULL;
		*c = g_ascii_tolower(*c);
	}
	return length <= HOSTNAME_MAX ? g_steal_pointer(&ascii) : NULL;
}

bool
hostname_is_plain(const char *name)
{
	return hostname_is_stored_form(name, strlen(name)) && strchr(name, '*') == NULL
		&& strchr(name, '.') != NULL && g_ascii_isalnum(*name);
}

bool
hostname_is_within(const char *name, char *const *domains)
{
	const size_t length = strlen(name);

	for (; *domains != NULL; domains++) {
		const size_t offset = length - strlen(*domains);
		if (length >= strlen(*domains) && strcmp(name + offset, *domains) == 0
			&& (offset == 0 || name[offset - 1] == '.'))
			return true;
	}
	return false;
}

bool
hostname_is_aligned(const char *one, const char *other)
{
	const bool swap = strlen(one) < strlen(other);
	const char *longer = swap ? other : one;
	const char *shorter = swap ? one : other;
	const size_t offset = strlen(longer) - strlen(shorter);

	return strchr(shorter, '.') != NULL && g_ascii_strcasecmp(longer + offset, shorter) == 0
		&& (offset == 0 || longer[offset - 1] == '.');
}
