/* The Prometheus text format. */
#ifndef TLSRPT_PROMETHEUS_H
#define TLSRPT_PROMETHEUS_H

#include "tlsrpt/table.h"

#include <stdio.h>

/*
 * A gauge with a sample for each row of the table: the number of the column value, with the text
 * columns in labels (in the table's order, ends with NULL) as its labels.
 */
void render_prometheus(const char *metric, const char *help, const Table *table, const char *value,
	const char *const *labels, FILE *out);

#endif
