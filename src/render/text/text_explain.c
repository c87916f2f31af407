#include "text.h"

#include <string.h>

#define INDENT 2

/* A folded paragraph under a heading, unless the text is empty. */
static void
print_paragraph(const char *heading, const char *text, const Output *out)
{
	g_autofree char *indented = g_strdup_printf("%*s%s", INDENT, "", text);

	if (*text == '\0')
		return;
	fprintf(out->file, "\n%s\n", heading);
	text_paragraph(indented, INDENT, out);
}

static void
print_list(const char *heading, const char *lines, const Output *out)
{
	if (*lines == '\0')
		return;
	fprintf(out->file, "\n%s\n", heading);
	g_auto(GStrv) each = g_strsplit(lines, "\n", -1);
	for (char **line = each; *line != NULL; line++) {
		g_autofree char *item = g_strdup_printf("%*s- %s", INDENT, "", *line);
		text_paragraph(item, 2 * INDENT, out);
	}
}

/* One command for a shell, which goes on in the next line where it is wider than the output. */
static void
print_command(const char *command, const Output *out)
{
	g_auto(GStrv) words = g_strsplit(command, " ", -1);
	int column = fprintf(out->file, "%*s%s", INDENT, "", words[0]);

	for (char **word = words + 1; *word != NULL; word++) {
		const bool is_last = word[1] == NULL;
		/* Room for a blank before the word, and for the sign that the command goes on. */
		if (column + 1 + (int)strlen(*word) + (is_last ? 0 : 2) > out->width)
			column = fprintf(out->file, " \\\n%*s%s", 2 * INDENT, "", *word) - 3;
		else
			column += fprintf(out->file, " %s", *word);
	}
	putc('\n', out->file);
}

static void
print_commands(const char *lines, const Output *out)
{
	if (*lines == '\0')
		return;
	fputs("\nTo see if it works now (put your own names into the first line)\n", out->file);
	fprintf(out->file, "%*s%s%s\n", INDENT, "",
		strstr(lines, "%D") != NULL ? "D=example.com " : "",
		strstr(lines, "%M") != NULL ? "M=mx.example.com" : "");
	g_autoptr(GString) commands = g_string_new(lines);
	g_string_replace(commands, "%D", "$D", 0);
	g_string_replace(commands, "%M", "$M", 0);
	g_auto(GStrv) each = g_strsplit(commands->str, "\n", -1);
	for (char **line = each; *line != NULL; line++)
		print_command(*line, out);
}

static void
print_one(const Table *table, size_t row, const Output *out)
{
	fprintf(out->file, "%s (%s)\n%s.\n", table_text(table, row, "name"),
		table_text(table, row, "kind"), table_text(table, row, "meaning"));
	print_paragraph("What happened", table_text(table, row, "happened"), out);
	print_paragraph("Under MTA-STS in enforce mode", table_text(table, row, "enforce"), out);
	print_paragraph("Under MTA-STS in testing mode", table_text(table, row, "testing"), out);
	print_paragraph("Under DANE", table_text(table, row, "dane"), out);
	print_list("Usual causes, the likeliest first", table_text(table, row, "causes"), out);
	print_list("What to do", table_text(table, row, "fixes"), out);
	print_commands(table_text(table, row, "verify"), out);
	print_list("Who tells more", table_text(table, row, "checkers"), out);
	print_paragraph("Source", table_text(table, row, "source"), out);
}

void
text_explain(const Document *document, const Output *out)
{
	const Table *table = document_table(document, "explanations");

	if (table->rows->len > 1)
		text_table(table, out);
	else
		/* These texts are our own, so they need not be escaped. */
		print_one(table, 0, out);
}
