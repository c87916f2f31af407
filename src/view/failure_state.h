/* The state of a failure, a part of failure_judge(). */
#ifndef TLSRPT_VIEW_FAILURE_STATE_H
#define TLSRPT_VIEW_FAILURE_STATE_H

#include "tlsrpt/failure.h"

/* Sets the state; share is that of the failure over W. */
void failure_set_state(const FailureEvidence *evidence, const RobustShare *share, FailureVerdict *verdict);

#endif
