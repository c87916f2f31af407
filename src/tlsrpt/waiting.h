/* Messages that wait in quarantine for another day. */
#ifndef TLSRPT_WAITING_H
#define TLSRPT_WAITING_H

#include "command.h"

/*
 * Tries those again that were over unauthenticated-per-day, the oldest first, within the limit of
 * today.  *stored is how many reports that gave.
 */
bool quarantine_retry_waiting(const Request *request, Store *store, int64_t *stored,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
