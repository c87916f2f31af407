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

void
html_begin(const char *title, const char *below, FILE *file)
{
	g_autofree char *safe = html_escape(title, 0), *safe_below = html_escape(below, 0);

	fprintf(file,
		"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta name=\"viewport\" content=\"width=device-width\">\n"
		"<meta name=\"color-scheme\" content=\"light dark\">\n<title>%s</title>\n</head>\n"
		"<body style=\"font-family: sans-serif; line-height: 1.4; max-width: 48em; "
		"overflow-wrap: anywhere\">\n"
		"<h1 style=\"font-size: 1.3em\">%s</h1>\n<p>%s</p>\n",
		safe, safe, safe_below);
}

void
html_end(FILE *file)
{
	fputs("</body>\n</html>\n", file);
}

void
html_heading(const char *title, FILE *file)
{
	fprintf(file, "<h2 style=\"font-size: 1.1em\">%s</h2>\n", title);
}
