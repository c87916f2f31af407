/* Collects what nothing refers to any longer. */
#ifndef TLSRPT_STORE_COLLECT_H
#define TLSRPT_STORE_COLLECT_H

#include "statement.h"

/*
 * Deletes the incidents that have no days and whose numbers nothing needs, and then the names, senders and reporters
 * that no row refers to, in short transactions beside other writers.  *collected is how many rows
 * were deleted; *longest_us is raised as by store_in_batches().
 */
bool store_collect(Store *store, int64_t *collected, int64_t *longest_us,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Deletes an incident that has no days, with its reasons, within a transaction.  The incident itself
 * stays where its number is still needed: by notes, by the other incidents of its problem, or, if it
 * is the highest, so that the store gives no number twice.  *gone says whether it was deleted.
 */
bool store_forget_incident(
	Store *store, int64_t id, bool *gone, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
