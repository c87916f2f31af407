#include "text.h"

#include "tlsrpt/day.h"

static void
write_size(FILE *file, int64_t bytes)
{
	g_autofree char *size = g_format_size_full((guint64)MAX(bytes, 0), G_FORMAT_SIZE_IEC_UNITS);

	/* GLib puts a no-break space before the unit. */
	g_auto(GStrv) parts = g_strsplit(size, "\302\240", -1);
	g_autofree char *plain = g_strjoinv(" ", parts);
	fputs(plain, file);
}

static void
write_shares(const Table *shares, const Output *out)
{
	for (size_t i = 0; i < shares->rows->len; i++) {
		fprintf(out->file, "  %-14s%" G_GINT64_FORMAT ", ", table_text(shares, i, "auth"),
			table_number(shares, i, "reports"));
		write_size(out->file, table_number(shares, i, "bytes"));
		fputs(" as received\n", out->file);
	}
}

static void
write_part(const Table *table, const char *title, const char *count, const char *bytes,
	const Output *out)
{
	fprintf(out->file, "  %-14s%" G_GINT64_FORMAT ", ", title, table_number(table, 0, count));
	write_size(out->file, table_number(table, 0, bytes));
	fputc('\n', out->file);
}

static void
write_quarantine(const Table *status, const Table *table, const Output *out)
{
	const int64_t waiting = table_number(table, 0, "waiting");

	fprintf(out->file, "Quarantine:     %" G_GINT64_FORMAT " messages, ",
		table_number(status, 0, "quarantined"));
	write_size(out->file, table_number(status, 0, "quarantined_bytes"));
	fputs(" of ", out->file);
	write_size(out->file, table_number(table, 0, "limit"));
	fputc('\n', out->file);
	if (table_number(status, 0, "quarantined") > 0) {
		write_part(table, "authenticated", "authenticated", "authenticated_bytes", out);
		write_part(table, "others", "unauthenticated", "unauthenticated_bytes", out);
	}
	if (table_number(table, 0, "full") != 0)
		text_paragraph(
			"It is full of authenticated messages of the last 30 days, so what is not"
			" understood stays in the mail queue.  Look at it with tlsrpt quarantine,"
			" drop what is not needed, or raise quarantine= in the group [limits].",
			2, out);
	if (waiting > 0)
		fprintf(out->file,
			"  %" G_GINT64_FORMAT " of them wait for another day"
			" (unauthenticated-per-day)\n",
			waiting);
}

void
text_status(const Document *document, const Output *out)
{
	const Table *table = document_table(document, "status");
	const int64_t last = table_number(table, 0, "last_received");
	g_autofree char *store = text_safe(table_text(table, 0, "store"), 0, out);
	g_autofree char *received = last != 0 ? time_text(last) : g_strdup("never");

	fprintf(out->file, "Store:          %s (schema version %" G_GINT64_FORMAT ")\n", store,
		table_number(table, 0, "schema_version"));
	fprintf(out->file,
		"Reports:        %" G_GINT64_FORMAT ", with %" G_GINT64_FORMAT
		" policies and %" G_GINT64_FORMAT " failure rows\n",
		table_number(table, 0, "reports"), table_number(table, 0, "policies"),
		table_number(table, 0, "failures"));
	write_shares(document_table(document, "shares"), out);
	if (*table_text(table, 0, "first_day") != '\0')
		fprintf(out->file, "Days:           %s to %s\n", table_text(table, 0, "first_day"),
			table_text(table, 0, "last_day"));
	fprintf(out->file, "Last received:  %s\n", received);
	fprintf(out->file, "Incidents:      %" G_GINT64_FORMAT "\n",
		table_number(table, 0, "incidents"));
	write_quarantine(table, document_table(document, "quarantine"), out);
	if (table_number(table, 0, "free_bytes") >= 0) {
		fputs("Free space:     ", out->file);
		write_size(out->file, table_number(table, 0, "free_bytes"));
		fputc('\n', out->file);
	}
}
