#include "tlsrpt/html.h"

#include "tlsrpt/escape.h"

#include <glib.h>

char *
html_escape(const char *text, size_t limit)
{
	g_autofree char *safe = escape_terminal(text, limit);

	return g_markup_escape_text(safe, -1);
}
