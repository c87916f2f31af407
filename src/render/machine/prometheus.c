/* The text format of the Prometheus textfile collector. */
#include "tlsrpt/render.h"

/* Writes a label.  In its value only backslash, quote and line feed have to be escaped. */
static void
write_label(const char *name, const char *value, const Output *out)
{
	fprintf(out->file, "%s=\"", name);
	for (; value != NULL && *value != '\0'; value++) {
		if (*value == '\\' || *value == '"')
			putc('\\', out->file);
		if (*value == '\n')
			fputs("\\n", out->file);
		else
			putc(*value, out->file);
	}
	putc('"', out->file);
}

/* A metric, and the table and the column that its numbers are from. */
typedef struct {
	const char *metric, *help, *table, *column;
} Gauge;

static bool
is_label(const Column *column)
{
	return column->key != NULL && column->kind != CELL_COUNT;
}

/* Prints a row: its texts are the labels, in the order of the table. */
static void
print_sample(const Gauge *gauge, const Table *table, size_t row, const Output *out)
{
	const char *separator = "{";

	fputs(gauge->metric, out->file);
	for (size_t i = 0; i < table->n_columns; i++) {
		if (!is_label(&table->columns[i]))
			continue;
		fputs(separator, out->file);
		write_label(
			table->columns[i].key, table_text(table, row, table->columns[i].key), out);
		separator = ",";
	}
	fprintf(out->file, "%s %" G_GINT64_FORMAT "\n", *separator == ',' ? "}" : "",
		table_number(table, row, gauge->column));
}

static void
print_gauge(const Gauge *gauge, const Document *document, const Output *out)
{
	if (!document_has_table(document, gauge->table))
		return;
	const Table *table = document_table(document, gauge->table);
	fprintf(out->file, "# HELP %s %s\n# TYPE %s gauge\n", gauge->metric, gauge->help,
		gauge->metric);
	for (size_t i = 0; i < table->rows->len; i++)
		print_sample(gauge, table, i, out);
}

/* The first three are of the time asked for and of all reporters, the next five of believed ones. */
static const Gauge gauges[] = {
	{ "tlsrpt_successful_sessions",
		"Sessions with TLS as the policy asks for it, by all reporters.", "sums",
		"successful_sessions" },
	{ "tlsrpt_failed_sessions",
		"Sessions without TLS as the policy asks for it, by all reporters.", "sums",
		"failed_sessions" },
	{ "tlsrpt_reports", "Reports, of all reporters.", "sums", "reports" },
	{ "tlsrpt_domain_sessions", "Sessions, by believed reporters.", "domains", "sessions" },
	{ "tlsrpt_domain_failed_sessions",
		"Sessions without TLS as the policy asks for it, by believed reporters.", "domains",
		"failed_sessions" },
	{ "tlsrpt_incident_failed_sessions",
		"Failed sessions of an incident, by believed reporters.", "incidents",
		"failed_sessions" },
	{ "tlsrpt_incident_unverified_sessions",
		"Failed sessions of an incident, by reporters that are not believed.", "incidents",
		"unverified_sessions" },
	{ "tlsrpt_problems", "Problems, as tlsrpt failures numbers them.", "problems", "problems" },
	{ "tlsrpt_silences", "Who used to report and does so no longer.", "silences", "silences" },
	{ "tlsrpt_arrivals", "Whether believed reports come: 1 at the state that is true.",
		"arrivals", "is" },
	{ "tlsrpt_last_report_timestamp_seconds",
		"When the last report came, of believed reporters the start of the day; 0 is never.",
		"received", "last_received" },
	{ "tlsrpt_unverified_reports",
		"Reports of reporters that are not believed while no others come.", "limits",
		"unverified_reports" },
	{ "tlsrpt_quarantine_messages", "Messages in quarantine.", "quarantine", "messages" },
	{ "tlsrpt_quarantine_bytes", "Size of the messages in quarantine.", "quarantine", "bytes" },
	{ "tlsrpt_quarantine_limit_bytes", "What the quarantine can hold.", "limits",
		"quarantine_limit" },
	{ "tlsrpt_quarantine_full", "1 if there is no room left in quarantine.", "limits",
		"quarantine_full" },
	{ "tlsrpt_quarantine_waiting_messages",
		"Messages over the limit of a day, which wait in quarantine.", "limits",
		"waiting" },
};

void
prometheus_daily(const Document *document, const Output *out)
{
	for (size_t i = 0; i < G_N_ELEMENTS(gauges); i++)
		print_gauge(&gauges[i], document, out);
}
