/* What is in quarantine, counted by reason, in all documents: without a sender, subject or detail. */
#ifndef TLSRPT_VIEW_QUARANTINE_ROWS_H
#define TLSRPT_VIEW_QUARANTINE_ROWS_H

#include "tlsrpt/store_read.h"
#include "tlsrpt/table.h"
#include "tlsrpt/window.h"

#include <glib.h>
#include <stdint.h>

/* Adds an empty table with the key "quarantine". */
Table *quarantine_add_table(Document *document);

/*
 * Fills it, the commonest reason first; "this_week" counts what came in the week.  Adds the number of
 * all messages to *messages.
 */
bool quarantine_fill(Table *table, Store *store, const Window *week, int64_t *messages,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
