/* The weekly digest: one week, compared with the weeks before it. */
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

/* What the document only passes on to those who make a mail of it. */
typedef struct {
	const char *from, *to; /* mail addresses, or NULL */
	int64_t now; /* epoch seconds */
} DigestOptions;

/*
 * The digest of the week that ends on filter->until_day.  Of the filter, domain and authenticated_only
 * matter, too.  The table "digest" sums the week up in one row.  "domains" has the figures of each
 * domain, and "problems" a row for each domain and result type; "incidents" has the incidents of these
 * problems, and "notes" what the operator wrote about them.  "resolved" has what was resolved in the
 * week, and "silent" the organizations that no longer report.
 */
Document *view_digest(Store *store, const StoreFilter *filter, const IncidentRules *rules,
	const DigestOptions *options, GError **error);

#endif
