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

typedef struct {
	const char *warning, *critical; /* ranges of the failed share in percent, or NULL */
	bool learning_ok; /* no report ever is all right */
	int64_t now; /* epoch seconds */
} CheckOptions;

/* "CRITICAL"; static. */
const char *check_status_name(CheckStatus status);

/*
 * The table "check" has the status, in one row; "problems" the alarms, the worst first; and
 * "perfdata" what is measured.  The document's exit code is the status.  The filter's domain and
 * authenticated_only count.  USAGE for a bad range; otherwise the errors of the store.
 */
Document *view_check(Store *store, const StoreFilter *filter, const IncidentRules *rules,
	const CheckOptions *options, GError **error);

#endif
