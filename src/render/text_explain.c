#include "tlsrpt/render.h"

#include <string.h>

#define WIDTH 78

/* A paragraph under a heading, folded, if there is one. */
static void
print_paragraph(const char *heading, const char *text, FILE *out)
{
	size_t column = 0;

	if (*text == '\0')
		return;
	fprintf(out, "\n%s\n ", heading);
	g_auto(GStrv) words = g_strsplit(text, " ", -1);
	for (char **word = words; *word != NULL; word++) {
		if (column > 0 && column + 2 + strlen(*word) > WIDTH) {
			fputs("\n ", out);
			column = 0;
		}
		fprintf(out, " %s", *word);
		column += 1 + strlen(*word);
	}
	putc('\n', out);
}

static void
print_list(const char *heading, const char *bullet, const char *lines, FILE *out)
{
	if (*lines == '\0')
		return;
	fprintf(out, "\n%s\n", heading);
	g_auto(GStrv) each = g_strsplit(lines, "\n", -1);
	for (char **line = each; *line != NULL; line++)
		fprintf(out, "  %s%s\n", bullet, *line);
}

static void
print_one(const Table *table, FILE *out)
{
	fprintf(out, "%s (%s)\n%s.\n", table_text(table, 0, "name"), table_text(table, 0, "kind"),
		table_text(table, 0, "meaning"));
	print_paragraph("What happened", table_text(table, 0, "happened"), out);
	print_paragraph("Under MTA-STS in enforce mode", table_text(table, 0, "enforce"), out);
	print_paragraph("Under MTA-STS in testing mode", table_text(table, 0, "testing"), out);
	print_paragraph("Under DANE", table_text(table, 0, "dane"), out);
	print_list("Usual causes, the likeliest first", "- ", table_text(table, 0, "causes"), out);
	print_list("What to do", "- ", table_text(table, 0, "fixes"), out);
	print_list("To see if it works now (%D is the domain, %M the MX)", "",
		table_text(table, 0, "verify"), out);
	print_paragraph("Source", table_text(table, 0, "source"), out);
}

void
text_explain(const Document *document, const TextStyle *style, FILE *out)
{
	const Table *table = document_table(document, "explanations");

	/* All texts are ours. */
	if (table->rows->len == 1)
		print_one(table, out);
	else
		text_table(table, style, out);
}
