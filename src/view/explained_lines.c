/* Fills names of the store into lines of the catalog, also into commands that an operator pastes. */
#include "tlsrpt/view_explain.h"

#include "tlsrpt/hostname.h"

#include <string.h>

#define MOST_MX 3 /* for which a command is repeated */

/* The plain names among the first ones, at most that many; caller unrefs. */
static GPtrArray *
plain_names(const GPtrArray *names, guint most)
{
	GPtrArray *plain = g_ptr_array_new();

	for (guint i = 0; i < names->len && plain->len < most; i++)
		if (hostname_is_plain(g_ptr_array_index(names, i)))
			g_ptr_array_add(plain, g_ptr_array_index(names, i));
	return plain;
}

static void
fill_in(GString *line, const char *place, const char *in_text, const char *name)
{
	if (name == NULL)
		return;
	g_string_replace(line, place, name, 0);
	g_string_replace(line, in_text, name, 0);
}

static void
append(GString *filled, const char *line, const char *domain, const char *mx)
{
	g_autoptr(GString) copy = g_string_new(line);

	fill_in(copy, "%D", "<domain>", domain);
	fill_in(copy, "%M", "<MX>", mx);
	g_string_append_printf(filled, "%s%s", filled->len > 0 ? "\n" : "", copy->str);
}

char *
explained_lines(const char *const *lines, const GPtrArray *domains, const GPtrArray *mx_hosts)
{
	g_autoptr(GPtrArray) plain_domains = plain_names(domains, 1);
	g_autoptr(GPtrArray) mx = plain_names(mx_hosts, MOST_MX);
	const char *domain = plain_domains->len > 0 ? g_ptr_array_index(plain_domains, 0) : NULL;
	GString *filled = g_string_new(NULL);

	for (const char *const *line = lines; line != NULL && *line != NULL; line++) {
		const guint times = strstr(*line, "%M") != NULL ? MAX(mx->len, 1) : 1;
		for (guint i = 0; i < times; i++)
			append(filled, *line, domain,
				i < mx->len ? g_ptr_array_index(mx, i) : NULL);
	}
	return g_string_free(filled, lines == NULL);
}
