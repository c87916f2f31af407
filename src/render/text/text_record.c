/* Records with a caret under what is wrong, or a line for a zone file. */
#include "tlsrpt/render.h"

#include <string.h>

#define INDENT 2
#define WIDTH_MIN 30
#define DOTS "..."

/* How many characters of the text the byte takes that begins there: one, "\"" or "\034" (RFC 1035). */
static size_t
width_of(const char *at)
{
	if (*at != '\\')
		return 1;
	return g_ascii_isdigit(at[1]) ? 4 : 2;
}

/* Where the byte of that column begins in the text. */
static size_t
place_of(const char *text, int64_t column)
{
	const char *at = text;

	for (int64_t i = 1; i < column && *at != '\0'; i++)
		at += width_of(at);
	return (size_t)(at - text);
}

/* The text, or what of it is around the place, and a caret below if there is a column. */
static void
print_excerpt(const char *text, int64_t column, const Output *out)
{
	const size_t full = (size_t)MAX(out->width - INDENT, WIDTH_MIN);
	const size_t length = strlen(text), place = place_of(text, column);
	/* The caret may be behind the last byte. */
	const size_t width = length < full ? length : full - 2 * strlen(DOTS);
	const size_t start = place < width ? 0 : MIN(place - width / 2, length - width);
	const size_t shown = MIN(length - start, width);

	fprintf(out->file, "%*s%s%.*s%s\n", INDENT, "", start > 0 ? DOTS : "", (int)shown,
		text + start, start + shown < length ? DOTS : "");
	if (column > 0)
		fprintf(out->file, "%*s^\n",
			INDENT + (int)(place - start + (start > 0 ? strlen(DOTS) : 0)), "");
}

static int64_t
number(const Table *table, size_t row, const char *key)
{
	return table_cell(table, row, key)->number;
}

static void
print_problem(const Table *problems, size_t row, int indent, const char *before, const Output *out)
{
	const int64_t column = number(problems, row, "column");
	g_autofree char *message = text_safe(table_text(problems, row, "message"), 0, out);
	g_autofree char *place = column > 0
		? g_strdup_printf("column %" G_GINT64_FORMAT ": ", column)
		: g_strdup("");
	g_autofree char *line = g_strconcat(
		before, table_text(problems, row, "severity"), ": ", place, message, NULL);

	text_paragraph(line, indent, out);
}

static void
print_head(const Table *records, size_t row, const Output *out)
{
	g_autofree char *name = text_safe(table_text(records, row, "name"), 0, out);
	g_autofree char *alias = text_safe(table_text(records, row, "alias"), 0, out);

	fprintf(out->file, "%s: %s\n", name, table_text(records, row, "status"));
	if (*alias != '\0')
		fprintf(out->file, "%*sby CNAME from %s\n", INDENT, "", alias);
}

static void
print_record(const Document *document, size_t row, const Output *out)
{
	const Table *records = document_table(document, "records");
	const Table *problems = document_table(document, "problems");
	const char *text = table_text(records, row, "text");
	bool shown = *text == '\0';

	print_head(records, row, out);
	for (size_t i = 0; i < problems->rows->len; i++) {
		const int64_t column = number(problems, i, "column");
		if (number(problems, i, "record") != (int64_t)row + 1)
			continue;
		if (column > 0 || !shown)
			print_excerpt(text, column, out);
		shown = true;
		print_problem(problems, i, 2 * INDENT, "  ", out);
	}
	if (!shown)
		print_excerpt(text, 0, out);
}

/* All but the line is a comment there. */
static void
print_zone_line(const Document *document, const Output *out)
{
	const Table *problems = document_table(document, "problems");
	const Output unfolded = { .file = out->file, .width = G_MAXINT, .ascii = out->ascii };

	/* Our own, and printable ASCII. */
	fprintf(out->file, "%s\n", table_text(document_table(document, "records"), 0, "zone_line"));
	for (size_t i = 0; i < problems->rows->len; i++)
		print_problem(problems, i, 0, "; ", &unfolded);
}

void
text_record(const Document *document, const Output *out)
{
	const Table *records = document_table(document, "records");

	if (*table_text(records, 0, "zone_line") != '\0') {
		print_zone_line(document, out);
		return;
	}
	for (size_t i = 0; i < records->rows->len; i++)
		print_record(document, i, out);
}
