/* The whole story of one message. */
#ifndef TLSRPT_INGEST_INGEST_H
#define TLSRPT_INGEST_INGEST_H

#include "tlsrpt/config.h"
#include "tlsrpt/store.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* What the operator asked for. All borrowed. */
typedef struct {
	const Config *config;
	const char *store_uri; /* NULL with dry_run */
	StoreDirectory directory;
	bool dry_run, passthrough, reject;
	bool no_deadline; /* on a terminal */
} IngestOptions;

/* How far the work is; what the supervisor makes of a death depends on it. */
typedef enum {
	PHASE_READING = 'r',
	PHASE_PARSING = 'p',
	PHASE_STORING = 's',
} IngestPhase;

/* Exit code of the work, never of the program: out of memory while parsing. */
#define EXIT_NO_MEMORY 70

/*
 * Reads a message from standard input into the file message_fd, takes its reports and stores
 * them.  Tells each phase by a byte to phase_fd.  Returns the exit code.
 */
int ingest_work(const IngestOptions *options, int message_fd, int phase_fd);

/*
 * Keeps the message in message_fd in quarantine, without a look inside, because of error.  Waits
 * for locks until wait_until (g_get_monotonic_time()).  Returns the exit code.
 */
int ingest_keep(const IngestOptions *options, int message_fd, const GError *error,
	int64_t wait_until);

#endif
