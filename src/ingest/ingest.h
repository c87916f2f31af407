/*
 * The story of one message that is delivered: it is read, understood, and stored or kept in
 * quarantine.  Each of these functions runs in a child of the supervisor, to which it tells its
 * phases on the channel.
 */
#ifndef TLSRPT_INGEST_INGEST_H
#define TLSRPT_INGEST_INGEST_H

#include "tlsrpt/config.h"
#include "tlsrpt/process.h"
#include "tlsrpt/store.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* What the operator asked for.  Everything is borrowed. */
typedef struct {
	const Config *config;
	const char *store_uri; /* NULL if dry_run */
	StoreDirectory directory;
	bool dry_run, passthrough, reject;
	bool no_deadline; /* standard input is a terminal */
	bool by_https; /* the input is the body of a POST, not mail */
	int64_t input_length; /* how many bytes to read from the input; -1: all until its end */
} IngestOptions;

/* What became of a message; also the exit code of the child that works on it. */
typedef enum {
	INGEST_STORED = 0,
	INGEST_DUPLICATE = 1, /* all of its reports had been stored before */
	INGEST_KEPT = 2, /* in quarantine */
	INGEST_REFUSED = 65, /* EX_DATAERR */
	INGEST_NO_MEMORY = PROCESS_NO_MEMORY,
	INGEST_TOO_LARGE = 71,
	INGEST_RETRY = 75, /* EX_TEMPFAIL */
} IngestResult;

/* Reads a message from standard input into the file message_fd, and stores its reports. */
IngestResult ingest_work(const IngestOptions *options, int message_fd, int channel);

/*
 * Does the same with a message that is in message_fd already, after a child died of it.  The input
 * ended at input_ended_at (g_get_monotonic_time()).  Returns INGEST_RETRY and does not begin if
 * there is no memory now, so that want of memory cannot be what it dies of.
 */
IngestResult ingest_again(
	const IngestOptions *options, int message_fd, int64_t input_ended_at, int channel);

/*
 * Keeps the message in message_fd in quarantine because of a problem, without parsing it.  Waits
 * for locks until wait_until (g_get_monotonic_time()).
 */
IngestResult ingest_keep(const IngestOptions *options, int message_fd, const GError *problem,
	int64_t wait_until, int channel);

#endif
