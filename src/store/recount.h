/* What one report has added to the totals, taken out again. */
#ifndef TLSRPT_STORE_RECOUNT_H
#define TLSRPT_STORE_RECOUNT_H

#include "statement.h"

/* The id of a reporter, 0 if he is not there. */
bool recount_find_reporter(Store *store, const char *organization, int64_t auth,
	const char *auth_domain, int64_t *reporter, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * The rows of the totals that a report counts in; an array, caller unrefs.  Rows that are not there
 * are left out.
 */
GArray *recount_keys(Store *store, const Report *report, int64_t reporter, int64_t received_at,
	const Limits *limits, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Takes the report's counts out of its rows, which stay even if nothing is left in them. */
bool recount_subtract(Store *store, const GArray *keys, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Once the report counts as it is now: removes rows in which nothing is left, and makes those anew
 * that a sum cannot mend: counts that had reached their maximum, when the first or the last report
 * came, the first and the last day, the mode.  Where a report of that day was pruned, what cannot
 * be known stays.
 */
bool recount_mend(Store *store, const GArray *before, const GArray *now, const Limits *limits,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
