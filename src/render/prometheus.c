/* The text format of the Prometheus textfile collector. */
#include "tlsrpt/prometheus.h"

#include <string.h>

/* The value of a label: only these three are special. */
static void
write_label(const char *name, const char *value, FILE *out)
{
	fprintf(out, "%s=\"", name);
	for (; value != NULL && *value != '\0'; value++) {
		if (*value == '\\' || *value == '"')
			putc('\\', out);
		if (*value == '\n')
			fputs("\\n", out);
		else
			putc(*value, out);
	}
	putc('"', out);
}

void
render_prometheus(const char *metric, const char *help, const Table *table, const char *value,
	const char *const *labels, FILE *out)
{
	fprintf(out, "# HELP %s %s\n# TYPE %s gauge\n", metric, help, metric);
	for (size_t i = 0; i < table->rows->len; i++) {
		const Cell *cells = g_ptr_array_index(table->rows, i);
		int64_t number = 0;
		fprintf(out, "%s{", metric);
		for (size_t j = 0; j < table->n_columns; j++) {
			const char *key = table->columns[j].key;
			if (strcmp(key, value) == 0)
				number = cells[j].number;
			if (!g_strv_contains(labels, key))
				continue;
			if (strcmp(key, labels[0]) != 0)
				putc(',', out);
			write_label(key, cells[j].text, out);
		}
		fprintf(out, "} %" G_GINT64_FORMAT "\n", number);
	}
}
