/* The line that is logged of a message that was taken. */
#ifndef TLSRPT_INGEST_OUTCOME_H
#define TLSRPT_INGEST_OUTCOME_H

#include "tlsrpt/store.h"

#include <glib.h>

/*
 * What became of a message: reports is an array of StoreReport, or NULL; problem is why it went
 * to quarantine, or NULL.  Caller frees.
 */
char *outcome_text(const GArray *reports, const GError *problem, const StoreOutcome *outcome);

void outcome_log(const GArray *reports, const GError *problem, const StoreOutcome *outcome);

#endif
