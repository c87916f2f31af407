/*
 * The workers of bulk mode, as the process sees them that hands out the work.  If a worker dies,
 * the pool names the message that killed it, and starts another worker that goes on from there.
 */
#ifndef TLSRPT_INGEST_BULK_POOL_H
#define TLSRPT_INGEST_BULK_POOL_H

#include "bulk_worker.h"
#include "ingest_log.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct Pool Pool;

/* Functions that the pool calls to report what happens. */
typedef struct {
	void (*line)(LogEvent event, const char *text, gpointer data);
	void (*progress)(const BulkCounts *counts, gpointer data); /* several times a second */
	gpointer data;
} PoolListener;

/* TLSRPT_ERROR_IO if there is no memory for the workers. */
Pool *pool_new(const WorkerOptions *options, int jobs, const PoolListener *listener,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
void pool_free(Pool *pool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pool, pool_free)

/*
 * Hands out names of files, each of which ends with a NUL; all together have at most TASK_BYTES_MAX
 * bytes.  Waits until a worker is free.  Returns false if the work has to stop: with INTERRUPTED or
 * IO, or, if the store has failed, without an error, because a worker has reported that already.
 */
bool pool_give(Pool *pool, const char *names, size_t size, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* Waits until all workers are done.  Fails like pool_give(). */
bool pool_finish(Pool *pool, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What has been done up to now. */
const BulkCounts *pool_counts(const Pool *pool);

#endif
