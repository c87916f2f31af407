#include "tlsrpt/render.h"

#define KINDS 3 /* as many explanations a name may have */
#define INDENT 2

/* A paragraph under a heading, folded, if there is one. */
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

/* Each in one line, however long, to be copied. */
static void
print_commands(const char *heading, const char *lines, const Output *out)
{
	if (*lines == '\0')
		return;
	fprintf(out->file, "\n%s\n", heading);
	g_auto(GStrv) each = g_strsplit(lines, "\n", -1);
	for (char **line = each; *line != NULL; line++)
		fprintf(out->file, "%*s%s\n", INDENT, "", *line);
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
	print_commands("To see if it works now (%D is the domain, %M the MX)",
		table_text(table, row, "verify"), out);
	print_paragraph("Source", table_text(table, row, "source"), out);
}

void
text_explain(const Document *document, const Output *out)
{
	const Table *table = document_table(document, "explanations");

	if (table->rows->len > KINDS) {
		text_table(table, out);
		return;
	}
	/* All texts are ours. */
	for (size_t i = 0; i < table->rows->len; i++) {
		if (i > 0)
			fputs("\n\n", out->file);
		print_one(table, i, out);
	}
}
