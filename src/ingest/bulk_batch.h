/* Messages that are taken apart and wait to be stored together, and what is to be said of them. */
#ifndef TLSRPT_INGEST_BULK_BATCH_H
#define TLSRPT_INGEST_BULK_BATCH_H

#include "bulk_worker.h"
#include "ingest_log.h"

#include "tlsrpt/intake.h"

#include <glib.h>
#include <stdbool.h>

typedef struct Batch Batch;

Batch *batch_new(const WorkerOptions *options);
void batch_free(Batch *batch);

/* The counts since the last answer. */
BulkCounts *batch_counts(Batch *batch);

/* Adds a line; one about what went well only if every message gets one. */
void batch_say(Batch *batch, LogEvent event, const char *name, const char *text);

/* Adds a message with something to be stored, by the name of the message. Takes both over. */
void batch_add(Batch *batch, Intake *intake, char *name, gsize size);

/* Whether enough is there to be stored. */
bool batch_is_full(const Batch *batch);

/*
 * Stores everything in one transaction, and forgets it; its lines and counts remain.  Fails only
 * where nothing else can be stored either.
 */
bool batch_store(Batch *batch, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The lines to be sent; valid until batch_reset(), which begins the next batch. */
const GString *batch_lines(const Batch *batch);
void batch_reset(Batch *batch);

#endif
