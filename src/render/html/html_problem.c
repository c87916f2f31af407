/* A problem as HTML for mail programs. */
#include "tlsrpt/render_problem.h"

#include "tlsrpt/html.h"

void
html_problem(const HtmlProblem *problem, FILE *file)
{
	g_autofree char *heading = html_escape(problem->heading, 0);

	fprintf(file,
		"<div style=\"border-left: 4px solid %s; padding-left: 12px; margin: 12px 0\">\n"
		"<h3 style=\"font-size: 1em; margin: 0\">%s</h3>\n<p>",
		problem->color, heading);
	for (size_t i = 0; i < problem->lines->len; i++) {
		g_autofree char *line = html_escape(g_ptr_array_index(problem->lines, i), 0);
		fprintf(file, "%s%s", i > 0 ? "<br>\n" : "", line);
	}
	fputs("</p>\n", file);
	for (size_t i = 0; i < problem->commands->len; i++)
		fprintf(file, "%s<code>%s</code>%s\n", i == 0 ? "<p>" : "<br>",
			(const char *)g_ptr_array_index(problem->commands, i),
			i + 1 == problem->commands->len ? "</p>" : "");
	fputs("</div>\n", file);
}
