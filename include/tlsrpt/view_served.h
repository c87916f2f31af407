/*
 * The MTA-STS policies that domains serve, as contrib/monitoring/tlsrpt-mta-sts found them: what it wrote
 * down, as a part of the monitoring check.
 */
#ifndef TLSRPT_VIEW_SERVED_H
#define TLSRPT_VIEW_SERVED_H

#include "tlsrpt/store_read.h"
#include "tlsrpt/table.h"

#include <stdint.h>

#define SERVED_MAX_BYTES ((size_t)4 * 1024 * 1024) /* of the text */
#define SERVED_MAX_AGE_S ((int64_t)2 * 86400) /* what is older is no answer any more */

/*
 * Adds the table "served" to a document of view_check(), the worst first, and makes the status and the exit
 * code worse if one of these is.  The text has lines of domain, epoch seconds, exit code of a monitoring
 * plugin and message, separated by tabs; other lines are passed over.  If it is NULL, the table is empty.
 * Of the filter only the domain matters; now is in epoch seconds.
 */
void view_check_add_served(
	Document *document, const char *text, const StoreFilter *filter, int64_t now);

#endif
