#include "text.h"

#include "tlsrpt/day.h"

#include <string.h>

static void
print_note(const Table *notes, size_t row, const Output *out)
{
	g_autofree char *kind = text_safe(table_text(notes, row, "kind"), 0, out);
	g_autofree char *author = text_safe(table_text(notes, row, "author"), 0, out);
	g_autofree char *time = time_text(table_number(notes, row, "time"));
	const char *until = table_text(notes, row, "until");
	g_autofree char *head = g_strdup_printf(
		"  %s %s by %s%s%s", time, kind, author, *until != '\0' ? ", until " : "", until);

	text_paragraph(head, 4, out);
	g_auto(GStrv) lines = g_strsplit(table_text(notes, row, "text"), "\n", -1);
	for (char **line = lines; *line != NULL; line++) {
		g_autofree char *safe = text_safe(*line, 0, out);
		g_autofree char *indented = g_strconcat("    ", safe, NULL);
		if (*safe != '\0')
			text_paragraph(indented, 4, out);
	}
}

void
text_notes(const Document *document, const Output *out)
{
	const Table *notes = document_table(document, "notes");
	const char *before = "";

	if (notes->rows->len == 0)
		fputs("There are no notes.\n", out->file);
	for (size_t i = 0; i < notes->rows->len; i++) {
		const char *problem = table_text(notes, i, "problem");
		if (strcmp(problem, before) != 0) {
			g_autofree char *title = text_safe(table_text(notes, i, "title"), 0, out);
			text_say(out, 5, "#%s %s", problem, title);
		}
		print_note(notes, i, out);
		before = problem;
	}
}
