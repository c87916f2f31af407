#include "tlsrpt/render.h"

#define KINDS 3 /* as many explanations a name may have */
#define INDENT 2

/* Where the text goes, and how it is to look. */
typedef struct {
	const TextStyle *style;
	FILE *out;
} Output;

/* A paragraph under a heading, folded, if there is one. */
static void
print_paragraph(const char *heading, const char *text, const Output *output)
{
	g_autofree char *indented = g_strdup_printf("%*s%s", INDENT, "", text);

	if (*text == '\0')
		return;
	fprintf(output->out, "\n%s\n", heading);
	text_paragraph(indented, INDENT, output->style, output->out);
}

static void
print_list(const char *heading, const char *lines, const Output *output)
{
	if (*lines == '\0')
		return;
	fprintf(output->out, "\n%s\n", heading);
	g_auto(GStrv) each = g_strsplit(lines, "\n", -1);
	for (char **line = each; *line != NULL; line++) {
		g_autofree char *item = g_strdup_printf("%*s- %s", INDENT, "", *line);
		text_paragraph(item, 2 * INDENT, output->style, output->out);
	}
}

/* Each in one line, however long, to be copied. */
static void
print_commands(const char *heading, const char *lines, const Output *output)
{
	if (*lines == '\0')
		return;
	fprintf(output->out, "\n%s\n", heading);
	g_auto(GStrv) each = g_strsplit(lines, "\n", -1);
	for (char **line = each; *line != NULL; line++)
		fprintf(output->out, "%*s%s\n", INDENT, "", *line);
}

static void
print_one(const Table *table, size_t row, const Output *output)
{
	fprintf(output->out, "%s (%s)\n%s.\n", table_text(table, row, "name"),
		table_text(table, row, "kind"), table_text(table, row, "meaning"));
	print_paragraph("What happened", table_text(table, row, "happened"), output);
	print_paragraph("Under MTA-STS in enforce mode", table_text(table, row, "enforce"), output);
	print_paragraph("Under MTA-STS in testing mode", table_text(table, row, "testing"), output);
	print_paragraph("Under DANE", table_text(table, row, "dane"), output);
	print_list("Usual causes, the likeliest first", table_text(table, row, "causes"), output);
	print_list("What to do", table_text(table, row, "fixes"), output);
	print_commands("To see if it works now (%D is the domain, %M the MX)",
		table_text(table, row, "verify"), output);
	print_paragraph("Source", table_text(table, row, "source"), output);
}

void
text_explain(const Document *document, const TextStyle *style, FILE *out)
{
	const Output output = { style, out };
	const Table *table = document_table(document, "explanations");

	if (table->rows->len > KINDS) {
		text_table(table, style, out);
		return;
	}
	/* All texts are ours. */
	for (size_t i = 0; i < table->rows->len; i++) {
		if (i > 0)
			fputs("\n\n", out);
		print_one(table, i, &output);
	}
}
