/* The numbers that a monitoring system keeps: every table is labels and counts. */
#ifndef TLSRPT_VIEW_METRICS_H
#define TLSRPT_VIEW_METRICS_H

#include "tlsrpt/problem.h"
#include "tlsrpt/table.h"

#include <glib.h>
#include <stdint.h>

/*
 * The most rows of a table.  What is over it is one row more, the sum of the rest, in which every label is
 * METRICS_OTHER, so that a stranger who invents names cannot fill the memory of a monitoring system.
 */
#define METRICS_MAX_ROWS 2000
#define METRICS_OTHER "(other)"

/* What view_metrics() tells beside what is in the store. */
typedef struct {
	int64_t quarantine; /* its limit in bytes */
	int64_t now; /* epoch seconds */
} MetricsOptions;

/*
 * The document of view_daily_sums(), with the tables "domains", "incidents", "problems", "silences",
 * "arrivals", "received", "quarantine" and "limits" beside its sums.  The texts of a row are its labels,
 * and no two rows of a table have the same.  NULL with the errors of the store.
 */
Document *view_metrics(
	const ProblemsQuestion *question, const MetricsOptions *options, GError **error);

#endif
