#include "ingest.h"

#include "dryrun.h"
#include "exits.h"
#include "ingest_log.h"
#include "ingest_store.h"
#include "outcome.h"

#include "tlsrpt/error.h"
#include "tlsrpt/hooks.h"
#include "tlsrpt/input.h"
#include "tlsrpt/intake.h"
#include "tlsrpt/message_read.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#define IDLE_MS (300 * 1000)
#define DRAIN_IDLE_MS (30 * 1000)
#define PATIENT_WAIT_US (INT64_C(30) * G_USEC_PER_SEC) /* for locks, if there is no deadline */
#define MARGIN_US (INT64_C(100) * 1000) /* by which to give up before the supervisor does */

/* A message that is being worked on. */
typedef struct {
	const IngestOptions *options;
	int channel; /* to the supervisor */
	GBytes *message;
	int64_t received_at; /* epoch seconds */
	int64_t wait_until; /* for locks */
	Store *store; /* if it was opened before the parsing, else NULL */
} Work;

static bool
read_input(const IngestOptions *options, int message_fd, GError **error)
{
	const MessageSource source = {
		.descriptor = STDIN_FILENO,
		.length = options->input_length,
		.limit = options->config->limits.message,
		.idle_ms = options->no_deadline ? -1 : TEST_IDLE_MS(IDLE_MS),
	};

	return message_read(&source, message_fd, error);
}

/* Until when to wait for locks: for a share of the deadline, which runs since the input ended. */
static int64_t
wait_for_locks_until(const IngestOptions *options, int64_t input_ended_at)
{
	return input_ended_at
		+ (options->no_deadline ? PATIENT_WAIT_US
					: options->config->deadline_ms * 1000 * 5 / 8 - MARGIN_US);
}

/* Stores the reports and, if there is a problem, the message in quarantine: all or nothing. */
static bool
store(const Work *work, const Intake *intake, StoreOutcome *outcome, GError **error)
{
	const IngestOptions *options = work->options;
	StoreDelivery delivery = intake_delivery(intake);
	StoreQuarantine quarantine = { 0 };

	/* Without trusted mail systems nobody vouches for anything. */
	delivery.has_day_limit = *options->config->trusted_authserv_ids != NULL;
	if (intake->problem != NULL) {
		quarantine = intake_quarantine(intake, intake->problem);
		if (!intake_quarantine_message(&quarantine, work->message, error))
			return false;
		delivery.quarantine = &quarantine;
	}
	/* Kept at the end: the process exits soon, and SQLite would free thousands of pieces. */
	static Store *store;

	store = work->store != NULL ? work->store
				    : ingest_open_store(options, work->wait_until, error);
	const bool ok = store != NULL
		&& store_deliver(store, &delivery, &options->config->limits, outcome, error);
	if (!ok && work->store == NULL)
		store_close(store);
	g_bytes_unref(quarantine.gzip);
	return ok;
}

/* With --passthrough, writes the message to standard output, byte for byte. */
static bool
pass_through(const Work *work, GError **error)
{
	gsize size;
	const void *data = g_bytes_get_data(work->message, &size);

	if (!work->options->passthrough)
		return true;
	errno = 0;
	if (fwrite(data, 1, size, stdout) == size && fflush(stdout) == 0)
		return true;
	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_IO, "cannot pass the message on: %s",
		g_strerror(errno));
	return false;
}

static IngestResult
result_of_outcome(const Intake *intake, const StoreOutcome *outcome)
{
	if (intake->problem != NULL)
		return INGEST_KEPT;
	return outcome->stored + outcome->replaced > 0 ? INGEST_STORED : INGEST_DUPLICATE;
}

static IngestResult
fail(const GError *error)
{
	log_error(error);
	return result_of_error(error);
}

/*
 * Stores or keeps what has been understood.  A message whose reports the store does not take, since
 * they are too costly, becomes one that is kept for that reason.
 */
static bool
store_or_keep(const Work *work, Intake *intake, StoreOutcome *outcome, GError **error)
{
	GError *problem = NULL;

	if (intake->problem == NULL)
		TEST_HOOK("storing reports");
	if (store(work, intake, outcome, &problem))
		return true;
	if (error_quarantine_reason(problem) == NULL || work->options->reject) {
		g_propagate_error(error, problem);
		return false;
	}
	intake_leave_reports(intake, problem);
	return store(work, intake, outcome, error);
}

/* Does it, passes the message on, and says so. */
static IngestResult
deliver(const Work *work, Intake *intake)
{
	StoreOutcome outcome = { 0 };
	g_autoptr(GError) error = NULL;

	process_tell_phase(work->channel, PHASE_STORING);
	TEST_HOOK("storing");
	if (!store_or_keep(work, intake, &outcome, &error) || !pass_through(work, &error))
		return fail(error);
	outcome_log(intake->reports, intake->problem, &outcome);
	return result_of_outcome(intake, &outcome);
}

/* With --dry-run, prints what would be stored. */
static IngestResult
print(const Work *work, const Intake *intake)
{
	g_autoptr(GError) error = NULL;

	/*
	 * The parsing is over: from now on nobody tries again, which would print all of it twice.
	 */
	process_tell_phase(work->channel, PHASE_STORING);
	if (!dry_run_print(intake, NULL, &error))
		return fail(error);
	return intake->problem != NULL ? fail(intake->problem) : INGEST_STORED;
}

/* Understands the message, and does with it what the options say. */
static IngestResult
take(const Work *work)
{
	const IngestOptions *options = work->options;
	g_autoptr(GError) error = NULL;

	process_tell_phase(work->channel, PHASE_PARSING);
	TEST_HOOK("parsing");
	g_autoptr(Intake) intake = intake_new(
		work->message, work->received_at, options->by_https, options->config, &error);
	if (intake == NULL)
		return g_error_matches(error, TLSRPT_ERROR, TLSRPT_ERROR_NO_MEMORY)
			? INGEST_NO_MEMORY
			: fail(error);
	if (options->dry_run)
		return print(work, intake);
	if (options->reject && intake->problem != NULL)
		return fail(intake->problem);
	return deliver(work, intake);
}

static void
confine(const IngestOptions *options)
{
	process_confine(options->config->limits.memory,
		options->no_deadline ? 0 : options->config->deadline_ms / 1000 + 2);
}

/* Begins the work on a message that is whole in a file. */
static bool
begin(Work *work, int message_fd, int64_t input_ended_at, GError **error)
{
	work->received_at = g_get_real_time() / G_USEC_PER_SEC;
	work->wait_until = wait_for_locks_until(work->options, input_ended_at);
	work->message = message_map(message_fd, error);
	return work->message != NULL;
}

/*
 * Opens a store that is on another machine, before the parsing, which needs no connection but this
 * one.  A failure is not the message's fault, whatever it holds.
 */
static bool
connect_to_store(Work *work, GError **error)
{
	const IngestOptions *options = work->options;

	if (options->dry_run || !store_is_remote(options->store_uri))
		return true;
	process_tell_phase(work->channel, PHASE_STORING);
	work->store = ingest_open_store(options, work->wait_until, error);
	return work->store != NULL;
}

static void
end(Work *work)
{
	g_bytes_unref(work->message);
	store_close(work->store);
}

IngestResult
ingest_work(const IngestOptions *options, int message_fd, int channel)
{
	Work work = { .options = options, .channel = channel };
	g_autoptr(GError) error = NULL;

	process_tell_phase(channel, PHASE_READING);
	TEST_HOOK("reading");
	if (!read_input(options, message_fd, &error)) {
		input_drain(STDIN_FILENO, TEST_IDLE_MS(DRAIN_IDLE_MS));
		return fail(error);
	}
	if (!begin(&work, message_fd, g_get_monotonic_time(), &error)
		|| !connect_to_store(&work, &error))
		return fail(error);
	confine(options);
	const IngestResult result = take(&work);
	end(&work);
	return result;
}

IngestResult
ingest_again(const IngestOptions *options, int message_fd, int64_t input_ended_at, int channel)
{
	Work work = { .options = options, .channel = channel };
	g_autoptr(GError) error = NULL;

	if (!begin(&work, message_fd, input_ended_at, &error) || !connect_to_store(&work, &error))
		return fail(error);
	confine(options);
	if (!process_has_room(options->config->limits.memory))
		g_set_error_literal(&error, TLSRPT_ERROR, TLSRPT_ERROR_NO_MEMORY, "no memory");
	const IngestResult result = error == NULL ? take(&work) : fail(error);
	end(&work);
	return result;
}

IngestResult
ingest_keep(const IngestOptions *options, int message_fd, const GError *problem, int64_t wait_until,
	int channel)
{
	Work work = { .options = options, .channel = channel };
	g_autoptr(Intake) intake = intake_new_unread(g_get_real_time() / G_USEC_PER_SEC, problem);
	g_autoptr(GError) error = NULL;

	work.received_at = intake->received_at;
	work.wait_until = wait_until;
	work.message = message_map(message_fd, &error);
	if (work.message == NULL)
		return fail(error);
	const IngestResult result = deliver(&work, intake);
	g_bytes_unref(work.message);
	return result;
}
