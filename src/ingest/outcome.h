/* The line that is logged for a message that was stored or kept. */
#ifndef TLSRPT_INGEST_OUTCOME_H
#define TLSRPT_INGEST_OUTCOME_H

#include "tlsrpt/store.h"

#include <glib.h>

/*
 * What became of a message.  reports is an array of StoreReport; problem says why the message went
 * to quarantine, and is NULL if it did not.  Caller frees.
 */
char *outcome_text(const GArray *reports, const GError *problem, const StoreOutcome *outcome);

void outcome_log(const GArray *reports, const GError *problem, const StoreOutcome *outcome);

#endif
