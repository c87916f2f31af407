#include "tlsrpt/html.h"

#include "tlsrpt/escape.h"

#include <glib.h>

char *
html_escape(const char *text, size_t limit)
{
	g_autofree char *safe = escape_terminal(text, limit);
	g_autofree char *escaped = g_markup_escape_text(safe, -1);
	/* &apos; is not in HTML 4, so some mail programs would show it as it is written. */
	g_auto(GStrv) parts = g_strsplit(escaped, "&apos;", -1);

	return g_strjoinv("&#39;", parts);
}

char *
html_cell(const Table *table, size_t row, const char *key, const char *unknown, size_t limit)
{
	return html_escape(table_text_or(table, row, key, unknown), limit);
}
