/*
 * A process of bulk mode that reads files, understands their messages and stores them, many in one
 * transaction.  The process that hands out the work (bulk_pool.h) sends it names of files, and gets
 * back counts and lines to print; it never sees a message.
 */
#ifndef TLSRPT_INGEST_BULK_WORKER_H
#define TLSRPT_INGEST_BULK_WORKER_H

#include "ingest.h"

#include <glib.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define TASK_BYTES_MAX ((size_t)64 * 1024) /* of the names in a task, with their NULs */
#define BATCH_MESSAGES_MAX 100 /* at most in one transaction */
#define LINES_BYTES_MAX ((size_t)64 * 1024) /* of the lines in one answer */

/* A place in a task: a file and, if that is an mbox, the message before which it is. */
typedef struct {
	int64_t file; /* counts from 0 */
	int64_t number; /* how many messages of the file are done */
	int64_t offset; /* of the next message in the file */
} Position;

/* What a worker gets; the names of the files follow it. */
typedef struct {
	Position start;
	Position suspect; /* where a worker has died of a message; file is -1 if none has */
	bool skip; /* do not parse the message at suspect again */
} Task;

/* What has been done; everything counted is committed. */
typedef struct {
	int64_t files, messages, bytes; /* bytes: of the files, as far as they are done */
	int64_t stored, replaced, duplicates; /* reports */
	int64_t without; /* messages without a report */
	int64_t others; /* files that are neither mail nor a report */
	int64_t bad, failed; /* messages or files: damaged, and those to be tried again */
} BulkCounts;

typedef enum {
	ANSWER_BATCH, /* a part of the task is done */
	ANSWER_DONE, /* the task is done */
	ANSWER_STORE, /* the store has failed, so everything ends; a line says how it failed */
} AnswerKind;

/* What a worker sends.  Lines follow it, each of them a LogEvent in one byte, a text and a NUL. */
typedef struct {
	AnswerKind kind;
	Position reached;
	BulkCounts counts; /* since the last answer */
} Answer;

/* Where the work of a worker is, in memory that it shares with the pool. */
typedef struct {
	_Atomic int64_t serial; /* changes with each message that it works on */
	_Atomic int phase; /* ProcessPhase */
	Position at; /* to be read only when the worker is dead */
	bool in_mbox;
} WorkerSlot;

typedef struct {
	const IngestOptions *ingest;
	bool verbose; /* report each message, not only those that fail */
	int turn; /* a file; whoever has locked it is the one worker that waits for the store */
} WorkerOptions;

/*
 * Does the tasks that come on a socket (SOCK_SEQPACKET) until that is closed.  Returns the exit
 * code of the process.
 */
IngestResult worker_run(const WorkerOptions *options, int socket, WorkerSlot *slot);

/* The name of a message in a line: "FILE", or "FILE: message 3 (at byte 4711)".  Caller frees. */
char *worker_name(const char *file, bool in_mbox, const Position *at);

#endif
