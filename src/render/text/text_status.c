#include "tlsrpt/render.h"

#include "tlsrpt/day.h"

static int64_t
number(const Table *table, const char *key)
{
	return table_cell(table, 0, key)->number;
}

void
text_status(const Document *document, const Output *out)
{
	const Table *table = document_table(document, "status");
	const int64_t last = number(table, "last_received");
	g_autofree char *store = text_safe(table_text(table, 0, "store"), 0, out);
	g_autofree char *received = last != 0 ? time_text(last) : g_strdup("never");

	fprintf(out->file, "Store:          %s (schema version %" G_GINT64_FORMAT ")\n", store,
		number(table, "schema_version"));
	fprintf(out->file,
		"Reports:        %" G_GINT64_FORMAT ", with %" G_GINT64_FORMAT
		" policies and %" G_GINT64_FORMAT " failure rows\n",
		number(table, "reports"), number(table, "policies"), number(table, "failures"));
	if (*table_text(table, 0, "first_day") != '\0')
		fprintf(out->file, "Days:           %s to %s\n", table_text(table, 0, "first_day"),
			table_text(table, 0, "last_day"));
	fprintf(out->file, "Last received:  %s\n", received);
	fprintf(out->file, "Incidents:      %" G_GINT64_FORMAT "\n", number(table, "incidents"));
	fprintf(out->file,
		"Quarantine:     %" G_GINT64_FORMAT " messages, %" G_GINT64_FORMAT " bytes\n",
		number(table, "quarantined"), number(table, "quarantined_bytes"));
}
