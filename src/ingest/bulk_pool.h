/*
 * The workers of bulk mode, seen from the process that hands out the work.  It opens neither a
 * message nor the store; whatever becomes of a worker, it names the message that did it, starts
 * another worker, and has it take up what was not finished.
 */
#ifndef TLSRPT_INGEST_BULK_POOL_H
#define TLSRPT_INGEST_BULK_POOL_H

#include "bulk_worker.h"
#include "ingest_log.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct Pool Pool;

/* Whom the pool tells what happens. */
typedef struct {
	void (*line)(LogEvent event, const char *text, gpointer data);
	void (*progress)(const BulkCounts *counts, gpointer data); /* now and then */
	gpointer data;
} PoolListener;

/* TLSRPT_ERROR_IO if the system gives no processes. */
Pool *pool_new(const WorkerOptions *options, int jobs, const PoolListener *listener,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
void pool_free(Pool *pool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pool, pool_free)

/*
 * Hands out names of files, each with its NUL, at most TASK_BYTES_MAX; waits until there is a
 * worker for them.  False if the work has to stop: INTERRUPTED, IO, or the store, of which a
 * worker has told already (then the error is not set).
 */
bool pool_give(Pool *pool, const char *names, size_t size, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* Waits until everything is done; fails likewise. */
bool pool_finish(Pool *pool, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What has been done. */
const BulkCounts *pool_counts(const Pool *pool);

#endif
