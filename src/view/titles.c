#include "titles.h"

#include "tlsrpt/day.h"

#include <string.h>

#define TITLE_NAMES 2 /* so many MX hosts are in a title */
#define NAME_BYTES 253 /* the longest domain (RFC 1035 section 2.3.4) */

/* A name that is too long for one is cut between two characters. */
static void
append_name(GString *text, const char *name)
{
	const gsize length = strlen(name);
	const char *end;

	g_utf8_validate(name, (gssize)MIN(length, NAME_BYTES), &end);
	g_string_append_len(text, name, end - name);
	g_string_append(text, length > NAME_BYTES ? "..." : length == 0 ? "?" : "");
}

/* "a, b and 3 more"; caller frees. */
static char *
some_of(const GPtrArray *names, size_t shown)
{
	GString *text = g_string_new(NULL);

	for (size_t i = 0; i < names->len && i < shown; i++) {
		g_string_append(text, i > 0 ? ", " : "");
		append_name(text, g_ptr_array_index(names, i));
	}
	if (names->len > shown)
		g_string_append_printf(text, " and %zu more", names->len - shown);
	return g_string_free(text, FALSE);
}

char *
problem_title(const Problem *problem)
{
	g_autofree char *mx = some_of(problem->mx_hosts, TITLE_NAMES);
	g_autofree char *domains = some_of(problem->domains, 1);

	return g_strconcat(problem->kind, *mx != '\0' ? " at " : "", mx,
		*domains != '\0' ? " (" : "", domains, *domains != '\0' ? ")" : "", NULL);
}

char *
silence_title(const Silence *silence)
{
	g_autofree char *domains = some_of(silence->domains, 1);

	return *silence->witness != '\0'
		? g_strdup_printf("%s no longer reports about %s", silence->name, domains)
		: g_strdup_printf("nobody reports any more about %s", domains);
}

char *
arrivals_title(const Arrivals *arrivals)
{
	if (arrivals->state == ARRIVALS_NEVER || arrivals->last_received == DAY_NONE)
		return g_strdup("no report ever came");
	g_autofree char *day = day_text(arrivals->last_received);
	return g_strdup_printf("no reports since %s", day);
}
