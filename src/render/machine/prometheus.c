/* The text format of the Prometheus textfile collector. */
#include "tlsrpt/render.h"

#include <string.h>

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

/* A metric, and the column that its numbers are from. */
typedef struct {
	const char *metric, *help, *column;
} Gauge;

/* The columns that make the labels of a sample, in the order of the table. */
static const char *const labels[] = { "policy_domain", "policy_type", "organization", "auth",
	NULL };

/* Prints a gauge with a sample for each row of the table. */
static void
print_gauge(const Gauge *gauge, const Table *table, const Output *out)
{
	fprintf(out->file, "# HELP %s %s\n# TYPE %s gauge\n", gauge->metric, gauge->help,
		gauge->metric);
	for (size_t i = 0; i < table->rows->len; i++) {
		const Cell *cells = g_ptr_array_index(table->rows, i);
		int64_t number = 0;
		fprintf(out->file, "%s{", gauge->metric);
		for (size_t j = 0; j < table->n_columns; j++) {
			const char *key = table->columns[j].key;
			if (strcmp(key, gauge->column) == 0)
				number = cells[j].number;
			if (!g_strv_contains(labels, key))
				continue;
			if (strcmp(key, labels[0]) != 0)
				putc(',', out->file);
			write_label(key, cells[j].text, out);
		}
		fprintf(out->file, "} %" G_GINT64_FORMAT "\n", number);
	}
}

void
prometheus_daily(const Document *document, const Output *out)
{
	static const Gauge gauges[] = {
		{ "tlsrpt_successful_sessions", "Sessions with TLS as the policy asks for it.",
			"successful_sessions" },
		{ "tlsrpt_failed_sessions", "Sessions without TLS as the policy asks for it.",
			"failed_sessions" },
		{ "tlsrpt_reports", "Reports.", "reports" },
	};
	const Table *sums = g_ptr_array_index(document->tables, 0);

	for (size_t i = 0; i < G_N_ELEMENTS(gauges); i++)
		print_gauge(&gauges[i], sums, out);
}
