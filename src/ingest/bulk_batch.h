/* Understood messages that wait to be stored together, with the lines and counts to report. */
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

/* The counts since batch_reset(). */
BulkCounts *batch_counts(Batch *batch);

/* Adds a line about a message.  A LOG_DONE is left out unless options->verbose is set. */
void batch_say(Batch *batch, LogEvent event, const char *name, const char *text);

/* Adds a message that has something to be stored.  Takes intake and name over. */
void batch_add(Batch *batch, Intake *intake, char *name, gsize size);

/* Whether the batch should be stored now. */
bool batch_is_full(const Batch *batch);

/*
 * Stores the messages in one transaction and drops them; lines and counts remain.  Fails only if
 * nothing can be stored at all.
 */
bool batch_store(Batch *batch, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The lines to be sent.  Valid until batch_reset(), which begins the next batch. */
const GString *batch_lines(const Batch *batch);
void batch_reset(Batch *batch);

#endif
