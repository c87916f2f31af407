/* How full the quarantine is. */
#ifndef TLSRPT_QUARANTINE_STATE_H
#define TLSRPT_QUARANTINE_STATE_H

#include "tlsrpt/store_read.h"

typedef struct {
	int64_t limit; /* quarantine= in the group [limits] */
	int64_t messages, bytes; /* as they count towards the limit */
	int64_t unvouched_messages, unvouched_bytes; /* those that nobody vouches for */
	int64_t waiting; /* messages over unauthenticated-per-day: it is in force while there are any */
	bool is_full; /* there is no room left, and none can be made */
} QuarantineState;

/* Reads it; today is in days since 1970-01-01. */
bool quarantine_state_read(Store *store, int64_t limit, int64_t today, QuarantineState *state,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
