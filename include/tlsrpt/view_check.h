/* The monitoring check: what of all that is known is an alarm. */
#ifndef TLSRPT_VIEW_CHECK_H
#define TLSRPT_VIEW_CHECK_H

#include "tlsrpt/incident.h"
#include "tlsrpt/store_read.h"
#include "tlsrpt/table.h"

#include <glib.h>
#include <stdbool.h>

/* As the Monitoring Plugins guidelines number them: the exit code. */
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
	bool learning_ok; /* no report ever is all right */
	int64_t now; /* epoch seconds */
} CheckOptions;

/*
 * The table "check" has the status, in one row; "problems" the alarms, the worst first; and
 * "perfdata" what is measured.  The document's exit code is the status.  The filter's domain and
 * authenticated_only count.  USAGE for a bad range; otherwise the errors of the store.
 */
Document *view_check(Store *store, const StoreFilter *filter, const IncidentRules *rules,
	const CheckOptions *options, GError **error);

#endif
