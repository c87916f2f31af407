#include "ingest.h"

#include "dryrun.h"
#include "exits.h"
#include "hooks.h"
#include "intake.h"
#include "log.h"
#include "outcome.h"
#include "process.h"

#include "tlsrpt/error.h"
#include "tlsrpt/inflate.h"
#include "tlsrpt/input.h"
#include "tlsrpt/store.h"
#include "tlsrpt/store_uri.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#define IDLE_MS (300 * 1000)
#define DRAIN_IDLE_MS (30 * 1000)
#define PATIENT_WAIT_US (INT64_C(30) * G_USEC_PER_SEC) /* where there is no deadline */
#define MARGIN_US (INT64_C(100) * 1000) /* to give up before the supervisor does */

/* A message being worked on. */
typedef struct {
	const IngestOptions *options;
	GBytes *message;
	int64_t received_at; /* epoch seconds */
	int64_t wait_until; /* for locks */
	int phase_fd; /* -1 if nobody wants to know */
} Work;

static void
tell_phase(const Work *work, IngestPhase phase)
{
	const char byte = (char)phase;

	/* A supervisor that does not know the phase would judge wrongly. */
	if (work->phase_fd >= 0 && write(work->phase_fd, &byte, 1) != 1)
		_exit(INGEST_RETRY);
}

static bool
map_message(int message_fd, GBytes **message, GError **error)
{
	g_autoptr(GError) problem = NULL;
	GMappedFile *file = g_mapped_file_new_from_fd(message_fd, FALSE, &problem);

	if (file == NULL) {
		g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_IO,
			"cannot map the message into memory");
		return false;
	}
	*message = g_mapped_file_get_bytes(file);
	g_mapped_file_unref(file);
	return true;
}

static bool
read_message(const Work *work, int message_fd, GError **error)
{
	const int64_t limit = work->options->config->limits.message;
	const int idle_ms = work->options->no_deadline ? -1 : TEST_IDLE_MS(IDLE_MS);
	int64_t length;

	if (!input_read(STDIN_FILENO, message_fd, work->options->input_length, limit, idle_ms,
		    &length, error))
		return false;
	if (length > limit) {
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_TOO_LARGE,
			"the message is over the limit message=%" G_GINT64_FORMAT, limit);
		return false;
	}
	return true;
}

/* The message is whole. */
static bool
begin(Work *work, int message_fd, int64_t input_ended_at, GError **error)
{
	work->received_at = g_get_real_time() / G_USEC_PER_SEC;
	work->wait_until = input_ended_at
		+ (work->options->no_deadline
				? PATIENT_WAIT_US
				: work->options->config->deadline_ms * 1000 * 5 / 8 - MARGIN_US);
	return map_message(message_fd, &work->message, error);
}

/* The message without the line that differs from one delivery to the next. */
static void
message_digest(GBytes *bytes, Digest *digest)
{
	g_autoptr(GBytes) message = input_without_from_line(bytes);
	gsize size;
	const void *data = g_bytes_get_data(message, &size);

	digest_bytes(data, size, digest);
}

/* Stores reports and, if there is a problem, the message in quarantine; all in one transaction. */
static bool
store_all(const Work *work, const StoreMessage *message, const GArray *reports,
	const GError *problem, StoreOutcome *outcome, GError **error)
{
	const IngestOptions *options = work->options;
	g_autoptr(GBytes) gzip = NULL;
	StoreQuarantine quarantine = { 0 };
	StoreDelivery delivery = {
		.message = message,
		.reports = reports != NULL ? (const StoreReport *)(const void *)reports->data : NULL,
		.n_reports = reports != NULL ? reports->len : 0,
		.received_at = work->received_at,
	};
	bool created = false;

	if (problem != NULL) {
		gzip = gzip_deflate(work->message, error);
		if (gzip == NULL)
			return false;
		quarantine.class = intake_quarantine_class(problem);
		quarantine.reason = error_quarantine_reason(problem);
		quarantine.detail = problem->message;
		quarantine.gzip = gzip;
		quarantine.size = (int64_t)g_bytes_get_size(work->message);
		message_digest(work->message, &quarantine.digest);
		delivery.quarantine = &quarantine;
	}

	const StoreOptions how = { .wait_until = work->wait_until, .directory = options->directory };
	g_autoptr(Store) store = store_open(options->store_uri, &how, &created, error);
	if (store == NULL)
		return false;
	if (created) {
		g_autofree char *uri = store_uri_printable(options->store_uri);
		g_autofree char *text = g_strdup_printf("made the store %s", uri);
		log_private(text);
	}
	return store_deliver(store, &delivery, &options->config->limits, outcome, error);
}

/* The message, byte for byte, to standard output. */
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

/* The parsing is over, and what is printed is not to be printed again. */
static bool
print(const Work *work, const Intake *intake, GError **error)
{
	tell_phase(work, PHASE_STORING);
	return dry_run_print(intake, NULL, error);
}

static bool
finish(const Work *work, const Intake *intake, IngestResult *result, GError **error)
{
	const bool keeps = !work->options->dry_run && !work->options->reject;
	StoreOutcome outcome = { 0 };

	if (intake->problem != NULL && !keeps) {
		if (work->options->dry_run && !print(work, intake, error))
			return false;
		g_propagate_error(error, g_error_copy(intake->problem));
		return false;
	}
	if (work->options->dry_run)
		return print(work, intake, error);

	tell_phase(work, PHASE_STORING);
	TEST_HOOK("storing");
	if (!store_all(work, &intake->message, intake->reports, intake->problem, &outcome, error)
		|| !pass_through(work, error))
		return false;
	outcome_log(intake->reports, intake->problem, &outcome);
	*result = intake->problem != NULL ? INGEST_KEPT
		: outcome.stored > 0	  ? INGEST_STORED
					  : INGEST_DUPLICATE;
	return true;
}

static IngestResult
fail(const GError *error)
{
	log_error(error);
	return result_of_error(error);
}

/* Takes the message apart, and does with it what is to be done. */
static IngestResult
take(const Work *work)
{
	const Config *config = work->options->config;
	g_autoptr(GError) error = NULL;

	tell_phase(work, PHASE_PARSING);
	TEST_HOOK("parsing");
	g_autoptr(Intake) intake = intake_new(
		work->message, work->received_at, work->options->by_https, config, &error);
	if (intake == NULL && g_error_matches(error, TLSRPT_ERROR, TLSRPT_ERROR_NO_MEMORY))
		return INGEST_NO_MEMORY;
	IngestResult result = INGEST_STORED;
	const bool ok = intake != NULL && finish(work, intake, &result, &error);
	return ok ? result : fail(error);
}

static void
confine(const IngestOptions *options)
{
	process_confine(options->config->limits.memory,
		options->no_deadline ? 0 : options->config->deadline_ms / 1000 + 2);
}

IngestResult
ingest_work(const IngestOptions *options, int message_fd, int phase_fd)
{
	Work work = { .options = options, .phase_fd = phase_fd };
	g_autoptr(GError) error = NULL;

	tell_phase(&work, PHASE_READING);
	TEST_HOOK("reading");
	if (!read_message(&work, message_fd, &error)) {
		input_drain(STDIN_FILENO, TEST_IDLE_MS(DRAIN_IDLE_MS));
		return fail(error);
	}
	if (!begin(&work, message_fd, g_get_monotonic_time(), &error))
		return fail(error);
	confine(options);
	const IngestResult result = take(&work);
	g_bytes_unref(work.message);
	return result;
}

IngestResult
ingest_again(const IngestOptions *options, int message_fd, int64_t input_ended_at, int phase_fd)
{
	Work work = { .options = options, .phase_fd = phase_fd };
	g_autoptr(GError) error = NULL;

	if (!begin(&work, message_fd, input_ended_at, &error))
		return fail(error);
	confine(options);
	if (!process_has_room(options->config->limits.memory)) {
		g_set_error_literal(&error, TLSRPT_ERROR, TLSRPT_ERROR_NO_MEMORY, "no memory");
		return fail(error);
	}
	const IngestResult result = take(&work);
	g_bytes_unref(work.message);
	return result;
}

IngestResult
ingest_keep(const IngestOptions *options, int message_fd, const GError *problem,
	int64_t wait_until)
{
	const StoreMessage message = { 0 };
	Work work = {
		.options = options,
		.received_at = g_get_real_time() / G_USEC_PER_SEC,
		.wait_until = wait_until,
		.phase_fd = -1,
	};
	StoreOutcome outcome = { 0 };
	g_autoptr(GError) error = NULL;

	if (!map_message(message_fd, &work.message, &error))
		return fail(error);
	const bool ok = store_all(&work, &message, NULL, problem, &outcome, &error)
		&& pass_through(&work, &error);
	g_bytes_unref(work.message);
	if (!ok)
		return fail(error);
	outcome_log(NULL, problem, &outcome);
	return INGEST_KEPT;
}
