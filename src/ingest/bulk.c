/*
 * Bulk mode.  This process walks through the names and hands them out to workers, several at a
 * time. Workers parse the messages, and each of them stores its own, many in one transaction, so
 * that this process sees neither a message nor the store.
 */
#include "bulk.h"

#include "bulk_pool.h"
#include "ingest_log.h"
#include "ingest_store.h"
#include "walk.h"

#include "tlsrpt/error.h"
#include "tlsrpt/process.h"
#include "tlsrpt/progress.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#define TASK_FILES_MAX BATCH_MESSAGES_MAX /* since the end of a task ends a transaction, too */
#define TASK_FILE_BYTES_MAX (4 * MIB) /* so that one worker does not get all large files */
#define MAKE_WAIT_US (INT64_C(60) * G_USEC_PER_SEC)

typedef struct {
	const BulkOptions *options;
	Pool *pool;
	GString *names; /* not handed out yet; each ends with a NUL */
	int n_names;
	int64_t n_bytes; /* in the files with those names */
	BulkCounts counts; /* of names that were not handed out */
	int64_t total_bytes; /* in all files; 0 if unknown */
	Progress progress;
	GError *error; /* set if the import has to stop */
} Bulk;

static void
show_progress(const BulkCounts *counts, gpointer data)
{
	Bulk *bulk = data;

	if (bulk->options->shows_progress)
		progress_show(&bulk->progress, counts->bytes / KIB, bulk->total_bytes / KIB);
}

/* Prints a line in the place of the progress bar. */
static void
say(LogEvent event, const char *text, gpointer data)
{
	Bulk *bulk = data;

	progress_end(&bulk->progress);
	log_line(event, text);
}

static bool
hand_out(Bulk *bulk)
{
	if (bulk->n_names == 0)
		return true;
	const bool ok = pool_give(bulk->pool, bulk->names->str, bulk->names->len, &bulk->error);
	g_string_truncate(bulk->names, 0);
	bulk->n_names = 0;
	bulk->n_bytes = 0;
	return ok;
}

static bool
take_file(const char *name, int64_t size, gpointer data)
{
	Bulk *bulk = data;
	const size_t length = strlen(name) + 1;

	if (bulk->names->len + length > TASK_BYTES_MAX && !hand_out(bulk))
		return false;
	g_string_append_len(bulk->names, name, (gssize)length);
	bulk->n_names++;
	bulk->n_bytes += size;
	return (bulk->n_names < TASK_FILES_MAX && bulk->n_bytes < TASK_FILE_BYTES_MAX)
		|| hand_out(bulk);
}

static bool
take_problem(const char *name, const GError *error, gpointer data)
{
	Bulk *bulk = data;
	g_autofree char *text = g_strdup_printf("%s: %s", name, error->message);

	bulk->counts.files++;
	if (error_quarantine_reason(error) != NULL)
		bulk->counts.bad++;
	else
		bulk->counts.failed++;
	say(LOG_FAILED, text, bulk);
	return true;
}

static bool
add_size(G_GNUC_UNUSED const char *name, int64_t size, gpointer data)
{
	Bulk *bulk = data;

	bulk->total_bytes += size;
	return process_stop_signal() == 0;
}

static bool
pass_by(G_GNUC_UNUSED const char *name, G_GNUC_UNUSED const GError *error,
	G_GNUC_UNUSED gpointer data)
{
	return true;
}

static bool
walk_names(Bulk *bulk, const WalkVisitor *visitor)
{
	for (const char *const *name = bulk->options->names; name != NULL && *name != NULL;
		name++) {
		if (!walk(*name, visitor))
			return false;
	}
	return true;
}

/* Finds out how many bytes there are, for the progress bar. */
static void
measure(Bulk *bulk)
{
	const WalkVisitor visitor = { add_size, pass_by, bulk };

	if (bulk->progress.is_terminal && bulk->options->shows_progress
		&& !bulk->options->names_from_stdin)
		walk_names(bulk, &visitor);
}

static bool
take_all(Bulk *bulk)
{
	const WalkVisitor visitor = { take_file, take_problem, bulk };

	return walk_names(bulk, &visitor)
		&& (!bulk->options->names_from_stdin
			|| walk_list(STDIN_FILENO, &visitor, &bulk->error))
		&& hand_out(bulk) && pool_finish(bulk->pool, &bulk->error);
}

/* In a child: opens the store, which makes it if it is missing. */
static int
open_store(G_GNUC_UNUSED int channel, void *data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Store)
		store = ingest_open_store(data, g_get_monotonic_time() + MAKE_WAIT_US, &error);

	if (store != NULL)
		return EX_OK;
	log_error(error);
	return EX_TEMPFAIL;
}

static bool
is_said(int code)
{
	return code == EX_OK || code == EX_TEMPFAIL;
}

/*
 * Whether there is a store to write to; logs why if there is none.  A child tries, because a
 * process that has opened SQLite must not fork any more.
 */
static bool
has_store(const IngestOptions *ingest)
{
	const ChildTask task = {
		.run = open_store,
		.data = (void *)ingest,
		.is_result = is_said,
		.phase = PHASE_STORING,
	};
	g_autoptr(GError) error = NULL;
	Child child;

	if (ingest->dry_run)
		return true;
	if (process_start(&task, &child, &error)) {
		process_watch(&child, 0);
		error = process_judge(&child, 0);
	}
	if (error != NULL)
		log_line(LOG_FAILED, error->message);
	return error == NULL && process_result(&child) == EX_OK;
}

/* Appends ", 3 bad"; nothing if the count is 0. */
static void
append_count(GString *text, int64_t count, const char *what)
{
	if (count > 0)
		g_string_append_printf(text, ", %" G_GINT64_FORMAT " %s", count, what);
}

static void
summarise(Bulk *bulk, const BulkCounts *counts, int64_t elapsed_us)
{
	g_autoptr(GString) text = g_string_new(NULL);

	g_string_printf(text,
		"%" G_GINT64_FORMAT " files, %" G_GINT64_FORMAT " messages: %" G_GINT64_FORMAT
		" reports %s",
		counts->files, counts->messages, counts->stored,
		bulk->options->ingest->dry_run ? "would be stored" : "stored");
	append_count(text, counts->replaced, "in place of a copy from a worse sender");
	append_count(text, counts->duplicates, "already stored");
	append_count(text, counts->without, "without a report");
	append_count(text, counts->others, "neither mail nor report");
	append_count(text, counts->bad, "bad");
	append_count(text, counts->failed, "to be tried again");
	g_string_append_printf(text, "; %.1f s", (double)elapsed_us / G_USEC_PER_SEC);
	progress_end(&bulk->progress);
	log_summary(text->str);
}

static void
add_counts_of(BulkCounts *sum, const BulkCounts *counts)
{
	sum->files += counts->files;
	sum->bad += counts->bad;
	sum->failed += counts->failed;
}

/* Takes in the files of all names; false if that had to stop before the end. */
static bool
run(Bulk *bulk, BulkCounts *counts)
{
	const WorkerOptions worker = {
		.ingest = bulk->options->ingest,
		.verbose = bulk->options->verbose,
		.turn = memfd_create("turn", MFD_CLOEXEC),
	};
	const PoolListener listener = { say, show_progress, bulk };
	bool ok = false;

	bulk->pool = pool_new(&worker, bulk->options->jobs, &listener, &bulk->error);
	if (bulk->pool != NULL) {
		measure(bulk);
		ok = take_all(bulk);
		*counts = *pool_counts(bulk->pool);
		pool_free(bulk->pool);
	}
	close(worker.turn);
	return ok;
}

IngestResult
bulk_run(const BulkOptions *options)
{
	Bulk bulk = { .options = options };
	BulkCounts counts = { 0 };
	const int64_t started_at = g_get_monotonic_time();

	process_catch_stop_signals(false);
	progress_begin(&bulk.progress, stderr, "KiB read");
	if (!has_store(options->ingest))
		return INGEST_RETRY;
	bulk.names = g_string_new(NULL);
	const bool ok = run(&bulk, &counts);
	add_counts_of(&counts, &bulk.counts);
	g_string_free(bulk.names, TRUE);
	if (bulk.error != NULL)
		say(LOG_FAILED, bulk.error->message, &bulk);
	g_clear_error(&bulk.error);
	summarise(&bulk, &counts, g_get_monotonic_time() - started_at);
	if (!ok || counts.failed > 0)
		return INGEST_RETRY;
	return counts.bad > 0 ? INGEST_REFUSED : INGEST_STORED;
}
