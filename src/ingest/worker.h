/*
 * A process of bulk mode that reads files, takes their messages apart and stores what is in them,
 * many in one transaction.  The process that hands out the work, pool.h, gets no message to see:
 * it sends names, and gets counts and lines to print.
 */
#ifndef TLSRPT_INGEST_WORKER_H
#define TLSRPT_INGEST_WORKER_H

#include "ingest.h"

#include <glib.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define TASK_BYTES_MAX ((size_t)64 * 1024) /* of its names, each with its NUL */
#define BATCH_MESSAGES_MAX 100 /* that a worker stores at once */
#define LINES_BYTES_MAX ((size_t)64 * 1024) /* of the lines in one answer */

/* Where in a task somebody is: in which file, and, in an mbox, before which message. */
typedef struct {
	int64_t file; /* from 0 */
	int64_t number; /* of messages of the file that are done */
	int64_t offset; /* in the file, of the next one */
} Position;

/* What a worker gets, with the names of the files behind it. */
typedef struct {
	Position start;
	Position suspect; /* where a worker died before; file is -1 if none did */
	bool skip; /* the message there is not to be looked at again */
} Task;

/* What has been done, all of it durable. */
typedef struct {
	int64_t files, messages, bytes; /* bytes of files, as far as they are done */
	int64_t stored, duplicates; /* reports */
	int64_t without; /* messages without a report */
	int64_t others; /* files that are neither mail nor a report */
	int64_t bad, failed; /* messages or files: damaged, to be tried again */
} BulkCounts;

typedef enum {
	ANSWER_BATCH, /* so much is done */
	ANSWER_DONE, /* and so is the task */
	ANSWER_STORE, /* the store has failed, and with it everything; a line says how */
} AnswerKind;

/* What a worker sends, with lines behind it, each a LogEvent as one byte, the text, and NUL. */
typedef struct {
	AnswerKind kind;
	Position reached;
	BulkCounts counts; /* since the last answer */
} Answer;

/* What a worker shows while it works, in memory that it shares with the pool. */
typedef struct {
	_Atomic int64_t serial; /* of the message that it works on; changes with each */
	_Atomic int phase; /* IngestPhase */
	Position at; /* sound once the worker is dead */
	bool in_mbox;
} WorkerSlot;

typedef struct {
	const IngestOptions *ingest;
	bool verbose; /* a line for each message */
	int turn; /* a file that the workers lock, so that only one of them waits for the store */
} WorkerOptions;

/*
 * Does what comes on a socket (SOCK_SEQPACKET) until that closes.  The result is the process's
 * exit code: INGEST_STORED, or INGEST_NO_MEMORY for too little memory while parsing.
 */
IngestResult worker_run(const WorkerOptions *options, int socket, WorkerSlot *slot);

/* What a message is called in a line: "NAME", or "NAME: message 3 (at byte 4711)". Caller frees. */
char *worker_name(const char *file, bool in_mbox, const Position *at);

#endif
