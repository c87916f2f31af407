/* The monitoring check: whether anything that the store knows is an alarm. */
#ifndef TLSRPT_VIEW_CHECK_H
#define TLSRPT_VIEW_CHECK_H

#include "tlsrpt/incident.h"
#include "tlsrpt/store_read.h"
#include "tlsrpt/table.h"

#include <glib.h>
#include <stdbool.h>

/* The exit codes of the Monitoring Plugins guidelines. */
typedef enum {
	CHECK_OK,
	CHECK_WARNING,
	CHECK_CRITICAL,
	CHECK_UNKNOWN,
} CheckStatus;

/* What a row of the table "problems" is about. */
typedef enum {
	PROBLEM_FAILURE, /* incidents of a domain and result type that are a pattern */
	PROBLEM_UNUSUAL, /* likewise, that are no pattern but over the baseline */
	PROBLEM_SHARE, /* the failed share of a domain is outside the operator's range */
	PROBLEM_SILENT, /* an organization that used to report does so no longer */
	PROBLEM_STOPPED, /* reports used to come daily, and none at all come any more */
	PROBLEM_NO_REPORTS, /* no report to judge by has ever arrived */
	PROBLEM_UNAUTHENTICATED, /* likewise, but unauthenticated ones have */
} ProblemKind;

typedef struct {
	const char *warning, *critical; /* ranges of the failed share in percent, or NULL */
	bool learning_ok; /* it is no alarm that no report has ever arrived */
	int64_t now; /* epoch seconds */
} CheckOptions;

/*
 * The table "check" has one row with the status, "problems" has the alarms, the worst one first, and
 * "perfdata" has the measured values.  The exit code of the document is the status.  Of the filter,
 * only domain, authenticated_only, window_day and today matter.  The error is USAGE for a bad range;
 * otherwise it is one of the store.
 */
Document *view_check(Store *store, const StoreFilter *filter, const IncidentRules *rules,
	const CheckOptions *options, GError **error);

#endif
