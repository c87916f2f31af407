/* A problem as text: its first line, and what else is said of it. */
#include "text.h"

#include "tlsrpt/render_problem.h"

#include <string.h>

#define INDENT 5 /* of all lines but the first */

void
text_problem_line(const Table *problems, size_t row, const Output *out)
{
	g_autofree char *heading = problem_heading(problems, row);
	g_autofree char *safe = text_words(heading, out);

	text_paragraph(safe, INDENT, out);
}

void
text_problem(const Document *document, const Table *problems, size_t row, const Output *out)
{
	g_autoptr(GPtrArray) facts = problem_facts(document, problems, row);
	g_autofree char *command = problem_command(problems, row);

	text_problem_line(problems, row, out);
	for (size_t i = 0; i < facts->len; i++) {
		g_autofree char *safe = text_words(g_ptr_array_index(facts, i), out);
		text_say(out, INDENT, "   %s", safe);
	}
	if (command != NULL)
		text_say(out, INDENT, "   %s", command);
}
