/* A message parsed where it can do no harm. */
#ifndef TLSRPT_TLSRPT_TRIAL_H
#define TLSRPT_TLSRPT_TRIAL_H

#include "tlsrpt/config.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Parses a message in a process of its own, under the limits of a delivery, and forgets the result:
 * whether this process may do so, too.  What the message does there is an error that
 * error_quarantine_reason() knows (CRASHED, TOO_COSTLY); IO, INTERRUPTED and NO_MEMORY are not its
 * fault.
 */
bool trial_parse(GBytes *message, int64_t received_at, const Config *config, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

#endif
