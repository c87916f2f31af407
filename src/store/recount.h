/* Takes out of the totals what one report has added to them. */
#ifndef TLSRPT_STORE_RECOUNT_H
#define TLSRPT_STORE_RECOUNT_H

#include "statement.h"

/*
 * The rows of the totals in which a report counts, except rows that do not exist; an array, caller
 * unrefs.
 */
GArray *recount_keys(Store *store, const Report *report, int64_t reporter, int64_t received_at,
	const Limits *limits, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Subtracts the report's counts from its rows, which stay even if they become empty. */
bool recount_subtract(Store *store, const GArray *keys, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Called when the report counts in its new form.  Deletes rows that have become empty, and
 * recomputes those that subtraction cannot correct: counts that had reached their maximum, the
 * reception of the first or the last report, the first and the last day, the policy mode.  Where a
 * report of that day was pruned, what can no longer be known stays as it is.
 */
bool recount_mend(Store *store, const GArray *before, const GArray *now, const Limits *limits,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
