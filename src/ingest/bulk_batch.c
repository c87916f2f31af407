#include "bulk_batch.h"

#include "outcome.h"

#include "tlsrpt/error.h"
#include "tlsrpt/hooks.h"
#include "tlsrpt/store.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/*
 * How much one transaction holds: so much that its own cost is small (a tenth of all, with 100
 * typical messages), and so little that a delivery does not notice that it has to wait (about 10 ms
 * of processor time).  The bounds do not depend on time, because then a loaded machine would commit
 * more often and have even more to do.
 */
#define ROWS_MAX 2000
#define BYTES_MAX ((gsize)1 << 20) /* of messages */

/* What a report and a policy cost to store, measured in rows of failures. */
#define ROWS_OF_REPORT 10
#define ROWS_OF_POLICY 2

#define WAIT_US (INT64_C(60) * G_USEC_PER_SEC) /* for the lock of those who write */

/* A message that waits to be stored. */
typedef struct {
	Intake *intake;
	char *name;
} Waiting;

struct Batch {
	const WorkerOptions *options;
	Store *store; /* NULL until it is first needed */
	GArray *waiting; /* of Waiting */
	gsize size; /* of the waiting messages, in bytes */
	size_t rows; /* about how many rows they will need */
	BulkCounts counts;
	GString *lines;
};

static void
waiting_clear(gpointer data)
{
	Waiting *waiting = data;

	intake_free(waiting->intake);
	g_free(waiting->name);
}

Batch *
batch_new(const WorkerOptions *options)
{
	Batch *batch = g_new0(Batch, 1);

	batch->options = options;
	batch->waiting = g_array_new(FALSE, FALSE, sizeof(Waiting));
	g_array_set_clear_func(batch->waiting, waiting_clear);
	batch->lines = g_string_new(NULL);
	return batch;
}

void
batch_free(Batch *batch)
{
	store_close(batch->store);
	g_array_unref(batch->waiting);
	g_string_free(batch->lines, TRUE);
	g_free(batch);
}

BulkCounts *
batch_counts(Batch *batch)
{
	return &batch->counts;
}

void
batch_say(Batch *batch, LogEvent event, const char *name, const char *text)
{
	if (event == LOG_DONE && !batch->options->verbose)
		return;
	g_string_append_c(batch->lines, (char)event);
	g_string_append_printf(batch->lines, "%s: %s", name, text);
	g_string_append_c(batch->lines, '\0');
}

static size_t
rows_of(const Intake *intake)
{
	size_t rows = 0;

	for (guint i = 0; i < intake->reports->len; i++) {
		const Report *report = g_array_index(intake->reports, StoreReport, i).report;
		rows += ROWS_OF_REPORT + ROWS_OF_POLICY * report->policies->len
			+ report_failures(report);
	}
	return rows;
}

void
batch_add(Batch *batch, Intake *intake, char *name, gsize size)
{
	const Waiting waiting = { intake, name };

	g_array_append_val(batch->waiting, waiting);
	batch->size += size;
	batch->rows += rows_of(intake);
}

bool
batch_is_full(const Batch *batch)
{
	return batch->counts.messages >= BATCH_MESSAGES_MAX || batch->rows >= ROWS_MAX
		|| batch->size >= BYTES_MAX || batch->lines->len >= LINES_BYTES_MAX / 2;
}

static bool
is_hopeless(const GError *error)
{
	return error_quarantine_reason(error) == NULL
		&& !g_error_matches(error, TLSRPT_ERROR, TLSRPT_ERROR_IO)
		&& !g_error_matches(error, TLSRPT_ERROR, TLSRPT_ERROR_STORE_REFUSED)
		&& !g_error_matches(error, TLSRPT_ERROR, TLSRPT_ERROR_STORE_CONFLICT);
}

/* Counts what has become of a message. */
static void
count(Batch *batch, const Waiting *waiting, const StoreOutcome *outcome)
{
	batch->counts.stored += (int64_t)outcome->stored;
	batch->counts.replaced += (int64_t)outcome->replaced;
	batch->counts.duplicates += (int64_t)outcome->duplicates;
	if (!batch->options->verbose)
		return;
	g_autofree char *text = outcome_text(waiting->intake->reports, NULL, outcome);
	batch_say(batch, LOG_DONE, waiting->name, text);
}

/*
 * Stores each message in a transaction of its own, since one of them may be the reason why all of
 * them together could not be stored.  If none can be stored, the store is the reason, and this
 * fails.
 */
static bool
store_each(Batch *batch, GError **error)
{
	const Limits *limits = &batch->options->ingest->config->limits;
	size_t done = 0;

	for (guint i = 0; i < batch->waiting->len; i++) {
		const Waiting *waiting = &g_array_index(batch->waiting, Waiting, i);
		const StoreDelivery delivery = intake_delivery(waiting->intake);
		StoreOutcome outcome;
		GError *problem = NULL;
		if (store_deliver(batch->store, &delivery, limits, &outcome, &problem)) {
			count(batch, waiting, &outcome);
			done++;
			continue;
		}
		if (is_hopeless(problem)
			|| (done == 0 && i + 1 == batch->waiting->len
				&& error_quarantine_reason(problem) == NULL)) {
			g_propagate_error(error, problem);
			return false;
		}
		batch_say(batch, LOG_FAILED, waiting->name, problem->message);
		batch->counts.failed++;
		g_error_free(problem);
	}
	return true;
}

static bool
store_all(Batch *batch, GError **error)
{
	const guint n = batch->waiting->len;
	g_autofree StoreDelivery *deliveries = g_new(StoreDelivery, n);
	g_autofree StoreOutcome *outcomes = g_new0(StoreOutcome, n);
	g_autoptr(GError) problem = NULL;

	for (guint i = 0; i < n; i++)
		deliveries[i] = intake_delivery(g_array_index(batch->waiting, Waiting, i).intake);
	if (!store_deliver_batch(batch->store, deliveries, n,
		    &batch->options->ingest->config->limits, outcomes, &problem)) {
		if (!is_hopeless(problem))
			return store_each(batch, error);
		g_propagate_error(error, g_steal_pointer(&problem));
		return false;
	}
	for (guint i = 0; i < n; i++)
		count(batch, &g_array_index(batch->waiting, Waiting, i), &outcomes[i]);
	return true;
}

static bool
open_store(Batch *batch, int64_t wait_until, GError **error)
{
	const IngestOptions *ingest = batch->options->ingest;
	const StoreOptions how = {
		.wait_until = wait_until,
		.directory = ingest->directory,
		/* The files still to come may be readable to root alone. */
		.stays_root = true,
	};

	if (batch->store != NULL) {
		store_wait_until(batch->store, wait_until);
		return true;
	}
	batch->store = store_open(ingest->store_uri, &how, NULL, error);
	return batch->store != NULL;
}

/*
 * Waits until this worker is the only one that waits for the store; otherwise a delivery would have
 * to wait for all of them.  The lock belongs to the process and ends with it.
 */
static void
take_turn(const Batch *batch, short type)
{
	struct flock lock = { .l_type = type, .l_whence = SEEK_SET };

	while (fcntl(batch->options->turn, F_SETLKW, &lock) != 0 && errno == EINTR)
		continue;
}

bool
batch_store(Batch *batch, GError **error)
{
	if (batch->waiting->len == 0)
		return true;

	take_turn(batch, F_WRLCK);
	TEST_HOOK("storing");
	const bool ok = open_store(batch, g_get_monotonic_time() + WAIT_US, error)
		&& store_all(batch, error);
	take_turn(batch, F_UNLCK);
	g_array_set_size(batch->waiting, 0);
	return ok;
}

const GString *
batch_lines(const Batch *batch)
{
	return batch->lines;
}

void
batch_reset(Batch *batch)
{
	batch->counts = (BulkCounts){ 0 };
	g_string_truncate(batch->lines, 0);
	batch->size = 0;
	batch->rows = 0;
}
