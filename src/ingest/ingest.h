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
	bool by_https; /* the input is the body of a POST, not mail */
	int64_t input_length; /* bytes that the input has; -1 for all until its end */
} IngestOptions;

/* What became of a message: also the exit code of the process that works on it. */
typedef enum {
	INGEST_STORED = 0,
	INGEST_DUPLICATE = 1, /* all of it was stored before */
	INGEST_KEPT = 2, /* in quarantine */
	INGEST_REFUSED = 65, /* EX_DATAERR */
	INGEST_NO_MEMORY = 70, /* while parsing */
	INGEST_TOO_LARGE = 71,
	INGEST_RETRY = 75, /* EX_TEMPFAIL */
} IngestResult;

/* How far the work is; what the supervisor makes of a death depends on it. */
typedef enum {
	PHASE_READING = 'r',
	PHASE_PARSING = 'p',
	PHASE_STORING = 's',
} IngestPhase;

/*
 * Reads a message from standard input into the file message_fd, takes its reports and stores
 * them.  Tells each phase by a byte to phase_fd.
 */
IngestResult ingest_work(const IngestOptions *options, int message_fd, int phase_fd);

/*
 * The same once more, after a process died of it, with the message in message_fd, whose input ended
 * at that time (g_get_monotonic_time()).  It does not begin where there is no memory to be had, so
 * that its own death would not be for want of that: INGEST_RETRY.
 */
IngestResult ingest_again(
	const IngestOptions *options, int message_fd, int64_t input_ended_at, int phase_fd);

/*
 * Keeps the message in message_fd in quarantine, without a look inside, because of error.  Waits
 * for locks until wait_until (g_get_monotonic_time()).
 */
IngestResult ingest_keep(const IngestOptions *options, int message_fd, const GError *error,
	int64_t wait_until);

#endif
