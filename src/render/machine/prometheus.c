/* The text format of the Prometheus textfile collector. */
#include "tlsrpt/render.h"

#include <string.h>

/* The value of a label: only these three are special. */
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

/*
 * A gauge with a sample for each row of the table: the number of the column value, with the text
 * columns in labels (in the table's order, ends with NULL) as its labels.
 */
static void
print_gauge(const char *metric, const char *help, const Table *table, const char *value,
	const char *const *labels, const Output *out)
{
	fprintf(out->file, "# HELP %s %s\n# TYPE %s gauge\n", metric, help, metric);
	for (size_t i = 0; i < table->rows->len; i++) {
		const Cell *cells = g_ptr_array_index(table->rows, i);
		int64_t number = 0;
		fprintf(out->file, "%s{", metric);
		for (size_t j = 0; j < table->n_columns; j++) {
			const char *key = table->columns[j].key;
			if (strcmp(key, value) == 0)
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
	static const char *const labels[] = { "policy_domain", "policy_type", "organization",
		"auth", NULL };
	const Table *sums = g_ptr_array_index(document->tables, 0);

	print_gauge("tlsrpt_successful_sessions", "Sessions with TLS as the policy asks for it.",
		sums, "successful_sessions", labels, out);
	print_gauge("tlsrpt_failed_sessions", "Sessions without TLS as the policy asks for it.",
		sums, "failed_sessions", labels, out);
	print_gauge("tlsrpt_reports", "Reports.", sums, "reports", labels, out);
}
