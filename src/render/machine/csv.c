/* RFC 4180. */
#include "tlsrpt/render.h"

#include "tlsrpt/day.h"

#include <string.h>

/*
 * A spreadsheet takes a cell that begins like this for a formula, whatever it is quoted in; with an
 * apostrophe before it, it is text.
 */
static bool
is_formula(const char *text)
{
	return strchr("=+-@\t\r", *text) != NULL;
}

static void
write_field(const char *text, const Output *out)
{
	if (*text == '\0')
		return;

	const bool quote = strpbrk(text, ",\"\r\n") != NULL || is_formula(text);
	if (!quote) {
		fputs(text, out->file);
		return;
	}
	fputs(is_formula(text) ? "\"'" : "\"", out->file);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			putc('"', out->file);
		putc(*text, out->file);
	}
	putc('"', out->file);
}

/* With a point, whatever the locale has: a comma would make two cells. */
static void
write_share(double share, const Output *out)
{
	char text[32];

	fputs(g_ascii_formatd(text, sizeof(text), "%.6f", share), out->file);
}

static void
write_cell(const Cell *cell, CellKind kind, const Output *out)
{
	g_autofree char *text = NULL;

	switch (kind) {
	case CELL_TEXT:
	case CELL_WORD:
	case CELL_NAME:
	case CELL_NAMES:
		write_field(cell->text != NULL ? cell->text : "", out);
		break;
	case CELL_COUNT:
	case CELL_FLAG:
		fprintf(out->file, "%" G_GINT64_FORMAT, cell->number);
		break;
	case CELL_SECONDS:
		if (cell->number >= 0)
			fprintf(out->file, "%" G_GINT64_FORMAT, cell->number);
		break;
	case CELL_SHARE:
		if (cell->share >= 0)
			write_share(cell->share, out);
		break;
	case CELL_DAY:
		text = day_text(cell->number);
		fputs(text, out->file);
		break;
	case CELL_TIME:
		text = cell->number != 0 ? time_text(cell->number) : g_strdup("");
		fputs(text, out->file);
		break;
	case CELL_BARS:
		for (size_t i = 0; i < cell->bars->len; i++) {
			const double share = g_array_index(cell->bars, double, i);
			fputs(i > 0 ? " " : "", out->file);
			/* A day without anything is as in the text; "-" would begin a formula. */
			if (share < 0)
				putc('.', out->file);
			else
				write_share(share, out);
		}
		break;
	}
}

void
csv_document(const Document *document, const Output *out)
{
	if (document->tables->len == 0)
		return;

	const Table *table = g_ptr_array_index(document->tables, 0);
	for (size_t j = 0; j < table->n_columns; j++) {
		if (table->columns[j].key != NULL)
			fprintf(out->file, "%s%s", j > 0 ? "," : "", table->columns[j].key);
	}
	fputs("\r\n", out->file);
	for (size_t i = 0; i < table->rows->len; i++) {
		const Cell *cells = g_ptr_array_index(table->rows, i);
		for (size_t j = 0; j < table->n_columns; j++) {
			if (table->columns[j].key == NULL)
				continue;
			if (j > 0)
				putc(',', out->file);
			write_cell(&cells[j], table->columns[j].kind, out);
		}
		fputs("\r\n", out->file);
	}
}
