#include "text_steps.h"

static void
print_one(const Table *table, size_t row, const Output *out)
{
	fprintf(out->file, "%s (%s)\n%s.\n", table_text(table, row, "name"),
		table_text(table, row, "kind"), table_text(table, row, "meaning"));
	text_step("What happened", table_text(table, row, "happened"), out);
	text_step("Under MTA-STS in enforce mode", table_text(table, row, "enforce"), out);
	text_step("Under MTA-STS in testing mode", table_text(table, row, "testing"), out);
	text_step("Under DANE", table_text(table, row, "dane"), out);
	text_step_list("Usual causes, the likeliest first", table_text(table, row, "causes"), out);
	text_step_list("What to do", table_text(table, row, "fixes"), out);
	text_step_commands(table_text(table, row, "verify"), out);
	text_step_list("Who tells more", table_text(table, row, "checkers"), out);
	text_step("Source", table_text(table, row, "source"), out);
}

/* Sentences are hard to read in long lines, however wide the terminal is. */
#define WIDTH_MAX 80

void
text_explain(const Document *document, const Output *wide)
{
	Output narrow = *wide, *out = &narrow;
	narrow.width = MIN(wide->width, WIDTH_MAX);
	const Table *table = document_table(document, "explanations");

	if (table->rows->len > 1)
		text_table(table, out);
	else
		/* These texts are our own, so they need not be escaped. */
		print_one(table, 0, out);
}
