#include "tlsrpt/html.h"

#include "tlsrpt/escape.h"

#include <glib.h>

char *
html_escape(const char *text, size_t limit)
{
	g_autofree char *safe = escape_terminal(text, limit);
	g_autofree char *escaped = g_markup_escape_text(safe, -1);
	/* Of XML; mail programs that know no HTML but 4 show it as it is. */
	g_auto(GStrv) parts = g_strsplit(escaped, "&apos;", -1);

	return g_strjoinv("&#39;", parts);
}
