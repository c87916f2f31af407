/* The state of a failure, a part of failure_judge(). */
#ifndef TLSRPT_VIEW_FAILURE_STATE_H
#define TLSRPT_VIEW_FAILURE_STATE_H

#include "tlsrpt/failure.h"

/* Sets the state, by the share that the verdict has and the sessions that this is a share of. */
void failure_set_state(const FailureEvidence *evidence, int64_t sessions, FailureVerdict *verdict);

#endif
