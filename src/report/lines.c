#include "tlsrpt/lines.h"

#include <glib.h>
#include <string.h>

#define BLANKS " \t\n\r\f"

static const char *const sts_keys[] = { "version", "mode", "max_age", "mx" };

bool
lines_is_one(LineKind kind, const char *text)
{
	int colons = 0;

	for (; *text != '\0'; text++) {
		if (*text == '\\' && kind != LINES_OTHER)
			return false;
		if (kind == LINES_STS && *text == ':' && ++colons > 1)
			return false;
		if (kind == LINES_TLSA && (*text == ',' || *text == ';'))
			return false;
		if (kind == LINES_NAMES && strchr(",; []\"'", *text) != NULL)
			return false;
	}
	return true;
}

/* Appends the text between two positions, unless it is blank. */
static void
add(GPtrArray *lines, const char *from, const char *to, const char *around)
{
	while (from < to && strchr(around, *from) != NULL)
		from++;
	while (to > from && strchr(around, to[-1]) != NULL)
		to--;
	if (to == from)
		return;
	char *line = g_strndup(from, (gsize)(to - from));
	/* A record in parentheses can contain line ends. */
	g_ptr_array_add(lines, g_strdelimit(line, "\r\n", ' '));
}

/* Whether a key of an MTA-STS policy and its colon begin here. */
static bool
is_at_key(const char *text)
{
	for (size_t i = 0; i < G_N_ELEMENTS(sts_keys); i++) {
		const size_t length = strlen(sts_keys[i]);
		if (g_ascii_strncasecmp(text, sts_keys[i], length) != 0)
			continue;
		text += length;
		return text[strspn(text, " \t")] == ':';
	}
	return false;
}

/* One line of a policy, which may have several keys. */
static void
add_sts(GPtrArray *lines, const char *from, const char *to)
{
	const char *start = from;

	for (const char *at = from + 1; at < to; at++) {
		if (strchr(" \t,;", at[-1]) == NULL || !is_at_key(at))
			continue;
		add(lines, start, at, BLANKS ",;");
		start = at;
	}
	add(lines, start, to, start == from ? BLANKS : BLANKS ",;");
}

/* Whether a line comes from a zone file, in which ";" begins a comment. */
static bool
is_zone_line(const char *from, const char *to)
{
	g_autofree char *line = g_ascii_strup(from, (gssize)(to - from));

	return strstr(line, "TLSA ") != NULL || strstr(line, "TYPE52 ") != NULL;
}

static void
add_tlsa(GPtrArray *lines, const char *from, const char *to)
{
	const char *start = from;

	for (const char *at = from; at < to; at++) {
		if (*at == ';' && is_zone_line(start, at)) {
			add(lines, start, at, BLANKS);
			return;
		}
		if (*at == ',' || *at == ';') {
			add(lines, start, at, BLANKS);
			start = at + 1;
		}
	}
	add(lines, start, to, BLANKS);
}

/* Whether blanks in a text stand between names, each with a dot, and not in some other text. */
static bool
has_names_only(const char *from, const char *to)
{
	g_autofree char *text = g_strndup(from, (gsize)(to - from));
	g_auto(GStrv) words = g_strsplit(text, " ", -1);

	for (char **word = words; *word != NULL; word++) {
		if (**word != '\0' && strchr(*word, '.') == NULL)
			return false;
	}
	return true;
}

static void
add_names(GPtrArray *lines, const char *from, const char *to)
{
	static const char around[] = BLANKS "[]\"'";
	const char *separators = has_names_only(from, to) ? ",; \t" : ",;";

	while (from < to) {
		const size_t length = strcspn(from, separators);
		const char *end = from + MIN(length, (size_t)(to - from));
		add(lines, from, end, around);
		from = end + 1;
	}
}

static void
add_line(GPtrArray *lines, LineKind kind, const char *from, const char *to)
{
	switch (kind) {
	case LINES_OTHER:
		add(lines, from, to, BLANKS);
		break;
	case LINES_STS:
		add_sts(lines, from, to);
		break;
	case LINES_TLSA:
		add_tlsa(lines, from, to);
		break;
	case LINES_NAMES:
		add_names(lines, from, to);
		break;
	}
}

/* The text with real line ends in place of those that were escaped once too often. */
static char *
unescape_line_ends(const char *text)
{
	GString *result = g_string_new(NULL);

	for (; *text != '\0'; text++) {
		if (*text == '\\' && (text[1] == 'n' || text[1] == 'r')) {
			g_string_append_c(result, '\n');
			text++;
		} else {
			g_string_append_c(result, *text);
		}
	}
	return g_string_free(result, FALSE);
}

char **
lines_split(LineKind kind, const char *text)
{
	g_autofree char *plain = kind != LINES_OTHER ? unescape_line_ends(text)
						    : g_strndup(text, strlen(text));
	GPtrArray *lines = g_ptr_array_new();
	const char *start = plain;
	for (char *c = plain; *c != '\0'; c++) {
		if (g_ascii_iscntrl(*c) && *c != '\n' && *c != '\r')
			*c = ' ';
	}
	int open = 0; /* open parentheses, in which a record spans lines (RFC 1035 section 5.1) */

	for (const char *at = plain; *at != '\0'; at++) {
		if (kind == LINES_TLSA && *at == '(')
			open++;
		if (kind == LINES_TLSA && *at == ')')
			open--;
		if ((*at == '\n' || *at == '\r') && open <= 0) {
			add_line(lines, kind, start, at);
			start = at + 1;
		}
	}
	add_line(lines, kind, start, start + strlen(start));
	g_ptr_array_add(lines, NULL);
	return (char **)g_ptr_array_free(lines, FALSE);
}

char *
lines_from_member(LineKind kind, const char *key, const char *value)
{
	static const char *const ages[] = { "max-age", "maxage", NULL };
	static const char *const hosts[] = { "mxs", "mx-host", "mx_host", "mx-hosts", "mx_hosts",
		NULL };
	g_autofree char *lower = g_ascii_strdown(key, -1);

	if (kind == LINES_STS && g_strv_contains(ages, lower))
		key = "max_age";
	else if (kind == LINES_STS && g_strv_contains(hosts, lower))
		key = "mx";
	return g_strdup_printf("%s: %s", key, value);
}
