/* The weekly digest: one week, against what was before. */
#ifndef TLSRPT_VIEW_DIGEST_H
#define TLSRPT_VIEW_DIGEST_H

#include "tlsrpt/incident.h"
#include "tlsrpt/store_read.h"
#include "tlsrpt/table.h"

#include <glib.h>

/* Whether reports came in the week, and if not, since when there were none. */
typedef enum {
	RECEPTION_REGULAR,
	RECEPTION_STOPPED, /* none for three days, where they used to come daily */
	RECEPTION_NONE, /* none in this week */
	RECEPTION_NEVER, /* none ever */
} Reception;

/* What it carries along, to be mailed. */
typedef struct {
	const char *from, *to; /* mail addresses, or NULL */
	int64_t now; /* epoch seconds */
} DigestOptions;

/*
 * The week that ends on filter->until_day; the filter's domain and authenticated_only count, too.
 * Tables: "digest" with one row that sums it up; "domains"; "problems", one for each domain and
 * result type, their "incidents" and the "notes" on these; what was "resolved" in that week; the
 * reporters that are "silent".  A problem's alarm is pattern, unusual or, where it is neither, glitch;
 * reception is regular, stopped (for three days), none (in this week) or never.
 */
Document *view_digest(Store *store, const StoreFilter *filter, const IncidentRules *rules,
	const DigestOptions *options, GError **error);

#endif
