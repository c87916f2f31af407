/*
 * Written out here, since from one version of json-c to the next the same tree prints differently;
 * contrib/schema has what may be in it.
 */
#include "tlsrpt/render.h"

#include "tlsrpt/report.h"

#include <string.h>

#define SCHEMA_VERSION 1
#define INDENT 2 /* columns a level */

/* Text that is no valid UTF-8 would make the whole no JSON. */
static void
write_string(const char *text, FILE *out)
{
	static const char special[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
	g_autofree char *valid = g_utf8_validate(text, -1, NULL) ? NULL
								 : g_utf8_make_valid(text, -1);

	putc('"', out);
	for (const char *at = valid != NULL ? valid : text; *at != '\0'; at++) {
		const char *found = strchr(special, *at);
		if (found != NULL)
			fprintf(out, "\\%c", letters[found - special]);
		else if ((unsigned char)*at < 0x20)
			fprintf(out, "\\u%04x", (unsigned)*at);
		else
			putc(*at, out);
	}
	putc('"', out);
}

static void
write_text(const char *text, FILE *out)
{
	if (text != NULL)
		write_string(text, out);
	else
		fputs("null", out);
}

static void
write_number(int64_t number, FILE *out)
{
	fprintf(out, "%" G_GINT64_FORMAT, number);
}

/* Six digits are enough for a share, and the same on every machine. */
static void
write_share(double share, FILE *out)
{
	char text[32];

	fputs(share < 0 ? "null" : g_ascii_formatd(text, sizeof(text), "%.6f", share), out);
}

/* A new line with its indentation; nothing where all is to be in one line. */
static void
write_break(int level, FILE *out)
{
	if (level >= 0)
		fprintf(out, "\n%*s", level * INDENT, "");
}

/* What is within something on a level: one deeper, or in one line, too. */
static int
deeper(int level)
{
	return level >= 0 ? level + 1 : level;
}

static void
write_bars(const GArray *bars, int level, FILE *out)
{
	putc('[', out);
	for (size_t i = 0; i < bars->len; i++) {
		if (i > 0)
			putc(',', out);
		write_break(deeper(level), out);
		write_share(g_array_index(bars, double, i), out);
	}
	if (bars->len > 0)
		write_break(level, out);
	putc(']', out);
}

static void
write_cell(const Cell *cell, CellKind kind, int level, FILE *out)
{
	g_autofree char *text = NULL;

	switch (kind) {
	case CELL_TEXT:
	case CELL_WORD:
		write_text(cell->text, out);
		break;
	case CELL_COUNT:
		write_number(cell->number, out);
		break;
	case CELL_FLAG:
		fputs(cell->number != 0 ? "true" : "false", out);
		break;
	case CELL_SECONDS:
		if (cell->number >= 0)
			write_number(cell->number, out);
		else
			fputs("null", out);
		break;
	case CELL_SHARE:
		write_share(cell->share, out);
		break;
	case CELL_DAY:
		text = day_text(cell->number);
		write_text(text, out);
		break;
	case CELL_TIME:
		text = cell->number != 0 ? time_text(cell->number) : NULL;
		write_text(text, out);
		break;
	case CELL_BARS:
		write_bars(cell->bars, level, out);
		break;
	}
}

/* A level below 0 is one line without blanks. */
static void
write_row(const Table *table, size_t index, int level, FILE *out)
{
	const Cell *cells = g_ptr_array_index(table->rows, index);
	bool first = true;

	putc('{', out);
	for (size_t j = 0; j < table->n_columns; j++) {
		if (table->columns[j].key == NULL)
			continue;
		if (!first)
			putc(',', out);
		write_break(deeper(level), out);
		write_string(table->columns[j].key, out);
		fputs(level >= 0 ? ": " : ":", out);
		write_cell(&cells[j], table->columns[j].kind, deeper(level), out);
		first = false;
	}
	if (!first)
		write_break(level, out);
	putc('}', out);
}

static void
write_table(const Table *table, FILE *out)
{
	write_break(1, out);
	write_string(table->key, out);
	fputs(": [", out);
	for (size_t i = 0; i < table->rows->len; i++) {
		if (i > 0)
			putc(',', out);
		write_break(2, out);
		write_row(table, i, 2, out);
	}
	if (table->rows->len > 0)
		write_break(1, out);
	putc(']', out);
}

void
render_json(const Document *document, G_GNUC_UNUSED const TextStyle *style, FILE *out)
{
	fprintf(out, "{\n  \"schema\": \"tlsrpt/%s\",\n  \"version\": %d", document->schema,
		SCHEMA_VERSION);
	for (size_t i = 0; i < document->tables->len; i++) {
		putc(',', out);
		write_table(g_ptr_array_index(document->tables, i), out);
	}
	fputs("\n}\n", out);
}

void
render_ndjson(const Document *document, G_GNUC_UNUSED const TextStyle *style, FILE *out)
{
	if (document->tables->len == 0)
		return;

	const Table *table = g_ptr_array_index(document->tables, 0);
	for (size_t i = 0; i < table->rows->len; i++) {
		write_row(table, i, -1, out);
		putc('\n', out);
	}
}
