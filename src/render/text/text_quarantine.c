#include "text.h"

#include "tlsrpt/day.h"
#include "tlsrpt/escape.h"
#include "tlsrpt/view.h"

#include <string.h>

/* How far the lines below an id are indented. */
#define INDENT 6

/* One message: when and why it was quarantined, its sender and its subject. */
static void
print_message(const Table *table, size_t row, const Output *out)
{
	g_autofree char *received = time_text(table_number(table, row, "received_time"));
	g_autofree char *line = g_strdup_printf("%4" G_GINT64_FORMAT "  %s  %s, %" G_GINT64_FORMAT
						" bytes",
		table_number(table, row, "id"), received, table_text(table, row, "reason"),
		table_number(table, row, "size"));
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

/* What became of one message. */
static void
print_fate(const Table *table, size_t row, const Output *out)
{
	g_autofree char *reason = text_safe(table_text(table, row, "reason"), 0, out);
	g_autofree char *detail = text_safe(table_text(table, row, "detail"), 0, out);
	const int64_t stored = table_number(table, row, "stored");
	const int64_t known = table_number(table, row, "duplicates");
	g_autoptr(GString) line = g_string_new(NULL);

	g_string_printf(line, "%4" G_GINT64_FORMAT "  %s", table_number(table, row, "id"),
		table_text(table, row, "outcome"));
	if (table_number(table, row, "outcome") == FATE_GONE)
		g_string_append(line, ": it is in quarantine no more");
	if (stored > 0)
		g_string_append_printf(line, ", %" G_GINT64_FORMAT " stored", stored);
	if (known > 0)
		g_string_append_printf(line, ", %" G_GINT64_FORMAT " stored before", known);
	if (*reason != '\0')
		g_string_append_printf(line, ": %s: %s", reason, detail);
	text_paragraph(line->str, INDENT, out);
}

/* Prints a message line by line.  All other control characters are escaped. */
static void
print_escaped(const char *data, size_t size, const Output *out)
{
	for (const char *end = data + size; data < end;) {
		const char *newline = memchr(data, '\n', (size_t)(end - data));
		const char *stop = newline != NULL ? newline : end;
		/* Lines of mail end in CR LF, so the CR is left out.  A NUL would end the text. */
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

/* Prints a whole message: byte for byte, unless that would go to a terminal. */
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

static void
print_rows(const Table *table, void (*print)(const Table *table, size_t row, const Output *out),
	const Output *out)
{
	if (table->rows->len == 0)
		fprintf(out->file, "No message is in quarantine.\n");
	for (size_t i = 0; i < table->rows->len; i++)
		print(table, i, out);
}

void
text_quarantine(const Document *document, const Output *out)
{
	if (document->bytes != NULL)
		print_bytes(document->bytes, out);
	else
		print_rows(document_table(document, "quarantined"), print_message, out);
}

void
text_quarantine_fates(const Document *document, const Output *out)
{
	print_rows(document_table(document, "fates"), print_fate, out);
}
