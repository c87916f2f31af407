/* A problem as HTML for mail programs. */
#include "tlsrpt/render_problem.h"

#include "tlsrpt/html.h"
#include "tlsrpt/layout.h"

/* Here the mail program breaks the lines. */
static char *
escape(const char *words)
{
	g_autofree char *text = g_strdelimit(g_strdup(words), LAYOUT_BLANKS, ' ');

	return html_escape(text, 0);
}

void
html_problem(const HtmlProblem *problem, FILE *file)
{
	g_autofree char *heading = escape(problem->heading);

	fprintf(file,
		"<div style=\"border-left: 4px solid %s; padding-left: 12px; margin: 12px 0\">\n"
		"<h3 style=\"font-size: 1em; margin: 0\">%s</h3>\n<p>",
		problem->color, heading);
	for (size_t i = 0; i < problem->lines->len; i++) {
		g_autofree char *line = escape(g_ptr_array_index(problem->lines, i));
		fprintf(file, "%s%s", i > 0 ? "<br>\n" : "", line);
	}
	fputs("</p>\n", file);
	for (size_t i = 0; i < problem->commands->len; i++)
		fprintf(file, "%s<code>%s</code>%s\n", i == 0 ? "<p>" : "<br>",
			(const char *)g_ptr_array_index(problem->commands, i),
			i + 1 == problem->commands->len ? "</p>" : "");
	fputs("</div>\n", file);
}
