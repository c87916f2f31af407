/* What the death of a process that takes messages apart says of the message it had. */
#ifndef TLSRPT_INGEST_DEATH_H
#define TLSRPT_INGEST_DEATH_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Of a death by a signal: status is that of waitpid(), memory the limit that the process was given.
 * CRASHED or TOO_COSTLY if it is the message's doing; INTERRUPTED if somebody else killed it;
 * NO_MEMORY if it came to a limit that is not ours.
 */
GError *death_while_parsing(int status, bool timed_out, int64_t memory);

/* Of a process that got no memory: TOO_COSTLY if it came to our limit, else NO_MEMORY. */
GError *death_out_of_memory(int64_t memory);

#endif
