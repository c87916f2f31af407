#include "tlsrpt/render.h"

#include "tlsrpt/day.h"
#include "tlsrpt/escape.h"

#include <string.h>

/* The columns of a paragraph that follows the id. */
#define INDENT 6

/* One message: when, why, from whom, and what it says of itself. */
static void
print_message(const Table *table, size_t row, const Output *out)
{
	g_autofree char *received = time_text(table_cell(table, row, "received_time")->number);
	g_autofree char *line = g_strdup_printf("%4" G_GINT64_FORMAT "  %s  %s, %" G_GINT64_FORMAT
						" bytes",
		table_cell(table, row, "id")->number, received, table_text(table, row, "reason"),
		table_cell(table, row, "size")->number);
	g_autofree char *safe = text_safe(line, 0, out);

	fprintf(out->file, "%s\n", safe);
	static const char *const keys[] = { "sender", "subject", "detail" };
	static const char *const titles[] = { "From: ", "Subject: ", "" };
	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		g_autofree char *text = text_safe(table_text(table, row, keys[i]), 0, out);
		g_autofree char *titled = g_strdup_printf("%*s%s%s", INDENT, "", titles[i], text);
		if (*text != '\0')
			text_paragraph(titled, INDENT, out);
	}
}

/* What became of one. */
static void
print_fate(const Table *table, size_t row, const Output *out)
{
	const char *outcome = table_text(table, row, "outcome");
	g_autofree char *reason = text_safe(table_text(table, row, "reason"), 0, out);
	g_autofree char *detail = text_safe(table_text(table, row, "detail"), 0, out);
	const int64_t stored = table_cell(table, row, "stored")->number;
	const int64_t known = table_cell(table, row, "duplicates")->number;
	g_autoptr(GString) line = g_string_new(NULL);

	g_string_printf(
		line, "%4" G_GINT64_FORMAT "  %s", table_cell(table, row, "id")->number, outcome);
	if (strcmp(outcome, "gone") == 0)
		g_string_append(line, ": it is in quarantine no more");
	if (stored > 0)
		g_string_append_printf(line, ", %" G_GINT64_FORMAT " stored", stored);
	if (known > 0)
		g_string_append_printf(line, ", %" G_GINT64_FORMAT " stored before", known);
	if (*reason != '\0')
		g_string_append_printf(line, ": %s: %s", reason, detail);
	text_paragraph(line->str, INDENT, out);
}

/* Line by line: all else that a terminal would obey is escaped. */
static void
print_escaped(const char *data, size_t size, const Output *out)
{
	for (const char *end = data + size; data < end;) {
		const char *newline = memchr(data, '\n', (size_t)(end - data));
		const char *stop = newline != NULL ? newline : end;
		/* A CR before the LF is how lines of mail end; a NUL would end the text. */
		const size_t length = (size_t)(stop - data)
			- (newline != NULL && stop > data && stop[-1] == '\r');
		g_autoptr(GString) line = g_string_new_len(data, (gssize)length);
		for (size_t i = 0; i < line->len; i++) {
			if (line->str[i] == '\0')
				line->str[i] = '\1';
		}
		g_autofree char *safe = escape_terminal(line->str, 0);
		fprintf(out->file, "%s\n", safe);
		data = newline != NULL ? newline + 1 : end;
	}
}

/* The whole message, as it came where no terminal is. */
static void
print_bytes(GBytes *bytes, const Output *out)
{
	gsize size;
	const char *data = g_bytes_get_data(bytes, &size);

	if (out->is_terminal)
		print_escaped(data, size, out);
	else if (size > 0)
		fwrite(data, 1, size, out->file);
}

void
text_quarantine(const Document *document, const Output *out)
{
	const Table *table = g_ptr_array_index(document->tables, 0);
	if (document->bytes != NULL) {
		print_bytes(document->bytes, out);
		return;
	}
	const bool is_list = strcmp(table->key, "quarantined") == 0;

	if (table->rows->len == 0)
		fprintf(out->file, "No message is in quarantine.\n");
	for (size_t i = 0; i < table->rows->len; i++)
		(is_list ? print_message : print_fate)(table, i, out);
}
