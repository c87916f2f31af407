/* Collects what nothing refers to any longer. */
#ifndef TLSRPT_STORE_COLLECT_H
#define TLSRPT_STORE_COLLECT_H

#include "statement.h"

/*
 * Deletes the incidents that have neither days nor notes, and then the names, senders and reporters
 * that no row refers to, in short transactions beside other writers.  *collected is how many rows
 * were deleted; *longest_us is raised as by store_in_batches().
 */
bool store_collect(Store *store, int64_t *collected, int64_t *longest_us, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

#endif
