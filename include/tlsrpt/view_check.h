/* The monitoring check: whether anything that the store knows is an alarm. */
#ifndef TLSRPT_VIEW_CHECK_H
#define TLSRPT_VIEW_CHECK_H

#include "tlsrpt/problem.h"
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
	CHECKED_FAILURE, /* a problem of tlsrpt/problem.h */
	CHECKED_SHARE, /* the failed share of a domain is outside the operator's range */
	CHECKED_SILENT, /* a witness that used to report does so no longer */
	CHECKED_STOPPED, /* reports used to come daily, and none that is believed comes any more */
	CHECKED_NO_REPORTS, /* no report has ever arrived */
	CHECKED_UNAUTHENTICATED, /* reports come, and none of them is believed */
	CHECKED_QUARANTINE, /* it is full: messages that are not understood stay in the mail queue */
	CHECKED_DAY_LIMIT, /* reports that nobody vouches for wait for another day */
} CheckedAlarm;

typedef struct {
	const char *warning, *critical; /* ranges of the failed share in percent, or NULL */
	bool learning_ok; /* it is no alarm that no report has ever arrived */
	int64_t now; /* epoch seconds */
} CheckOptions;

/*
 * The table "check" has one row with the status, "problems" has the alarms, the worst one first,
 * "reasons" the commonest reason codes of those that are failures, and "perfdata" has the measured values.  The exit code of the document is the status.  Of the question's
 * filter only the domain and today matter: the check is about the window.  The error is USAGE for a bad
 * range; otherwise it is one of the store.
 */
Document *view_check(const ProblemsQuestion *question, const CheckOptions *options, GError **error);

#endif
