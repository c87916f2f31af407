#include "bulk_worker.h"

#include "bulk_batch.h"
#include "dryrun.h"
#include "walk.h"

#include "tlsrpt/error.h"
#include "tlsrpt/hooks.h"
#include "tlsrpt/input.h"
#include "tlsrpt/intake.h"
#include "tlsrpt/mbox.h"
#include "tlsrpt/message_read.h"
#include "tlsrpt/process.h"
#include "tlsrpt/user.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define HEAD_SIZE 4096 /* enough to tell what a file is */
#define BUFFER_SIZE (64 * (size_t)1024) /* most files are smaller and are read at once */

typedef struct {
	const WorkerOptions *options;
	int socket;
	WorkerSlot *slot;
	Batch *batch;
	Task task;
	Position at; /* where the message is that is being worked on */
	const char *name; /* of the file that is being worked on */
	bool in_mbox;
	int64_t modified_at; /* when the file was */
	char *buffer; /* holds the first BUFFER_SIZE bytes of the file */
} Worker;

char *
worker_name(const char *file, bool in_mbox, const Position *at)
{
	return in_mbox
		? g_strdup_printf("%s: message %" G_GINT64_FORMAT " (at byte %" G_GINT64_FORMAT ")",
			file, at->number + 1, at->offset)
		: g_strdup(file);
}

static char *
name_of(const Worker *worker)
{
	return worker_name(worker->name, worker->in_mbox, &worker->at);
}

/* Reports what is wrong with a file or message, and counts it. */
static void
complain(Worker *worker, const GError *error)
{
	g_autofree char *name = name_of(worker);
	BulkCounts *counts = batch_counts(worker->batch);

	if (error->code == TLSRPT_ERROR_TOO_LARGE || error_quarantine_reason(error) != NULL)
		counts->bad++;
	else
		counts->failed++;
	batch_say(worker->batch, LOG_FAILED, name, error->message);
}

/* Counts a message without a report, or a file that is none, and says so where everything is said. */
static void
count_without(Worker *worker, bool is_message, const char *text)
{
	BulkCounts *counts = batch_counts(worker->batch);

	counts->without += is_message;
	counts->others += !is_message;
	if (worker->options->verbose) {
		g_autofree char *name = name_of(worker);
		batch_say(worker->batch, LOG_DONE, name, text);
	}
}

static void
send_answer(const Worker *worker, AnswerKind kind)
{
	Answer answer = {
		.kind = kind,
		.reached = worker->at,
		.counts = *batch_counts(worker->batch),
	};
	const GString *lines = batch_lines(worker->batch);
	struct iovec parts[] = {
		{ &answer, sizeof(answer) },
		{ lines->str, lines->len },
	};
	const struct msghdr message = { .msg_iov = parts, .msg_iovlen = G_N_ELEMENTS(parts) };

	/* If it fails, the parent is gone, and there is nothing left to do. */
	if (sendmsg(worker->socket, &message, MSG_NOSIGNAL) < 0)
		exit(INGEST_RETRY);
	batch_reset(worker->batch);
}

/* Stores the batch, and tells the parent how far the work is. */
static void
finish_batch(Worker *worker, AnswerKind kind)
{
	g_autoptr(GError) error = NULL;

	atomic_store(&worker->slot->phase, PHASE_STORING);
	const bool ok = batch_store(worker->batch, &error);
	atomic_store(&worker->slot->phase, PHASE_READING);
	if (ok) {
		send_answer(worker, kind);
		return;
	}
	batch_reset(worker->batch);
	batch_say(worker->batch, LOG_FAILED, "stopped", error->message);
	send_answer(worker, ANSWER_STORE);
	exit(INGEST_RETRY);
}

/* Reports what is wrong with a message, and has its reports stored. */
static void
dispose(Worker *worker, Intake *intake, gsize size)
{
	const GError *problem = intake->problem;
	const bool keeps = problem == NULL || !worker->options->ingest->reject;

	if (problem != NULL && problem->code == TLSRPT_ERROR_NO_REPORT)
		count_without(worker, intake->mail != NULL, problem->message);
	else if (problem != NULL)
		complain(worker, problem);
	if (intake->reports->len > 0 && keeps)
		batch_add(worker->batch, intake, name_of(worker), size);
	else
		intake_free(intake);
}

static void
print(const Worker *worker, const Intake *intake)
{
	g_autofree char *name = name_of(worker);
	g_autoptr(GError) error = NULL;

	if (intake->reports->len > 0 && !dry_run_print(intake, name, &error))
		exit(INGEST_RETRY);
}

static void
take(Worker *worker, GBytes *message)
{
	const IngestOptions *ingest = worker->options->ingest;
	g_autofree char *base = g_path_get_basename(worker->name);
	g_autofree char *file_name = g_utf8_make_valid(base, -1);
	const gsize size = g_bytes_get_size(message);
	g_autoptr(GError) error = NULL;

	atomic_store(&worker->slot->phase, PHASE_PARSING);
	TEST_HOOK_MESSAGE(worker->name, worker->at.number + 1);
	Intake *intake = intake_new_from_file(
		message, file_name, worker->modified_at, ingest->config, &error);
	if (intake == NULL)
		exit(INGEST_NO_MEMORY);
	atomic_store(&worker->slot->phase, PHASE_READING);
	/*
	 * A file without a report that only begins like JSON, like a configuration file, is not
	 * counted.
	 */
	if (intake->mail != NULL || intake->reports->len > 0
		|| !g_error_matches(intake->problem, TLSRPT_ERROR, TLSRPT_ERROR_NO_REPORT))
		batch_counts(worker->batch)->messages++;
	if (ingest->dry_run) {
		print(worker, intake);
		batch_counts(worker->batch)->stored += intake->reports->len;
		g_array_set_size(intake->reports, 0);
	}
	dispose(worker, intake, size);
}

/* Begins with a message; returns false if it is to be skipped, because workers died of it. */
static bool
begin_message(Worker *worker)
{
	const Position *suspect = &worker->task.suspect;
	const bool is_suspect = worker->at.file == suspect->file
		&& worker->at.number == suspect->number;

	/*
	 * If this message kills the worker once more, what came before it must be stored already.
	 */
	if (is_suspect)
		finish_batch(worker, ANSWER_BATCH);
	worker->slot->at = worker->at;
	worker->slot->in_mbox = worker->in_mbox;
	atomic_fetch_add(&worker->slot->serial, 1);
	return !is_suspect || !worker->task.skip;
}

static void
end_message(Worker *worker)
{
	if (worker->options->ingest->dry_run || batch_is_full(worker->batch))
		finish_batch(worker, ANSWER_BATCH);
}

static void
too_large(Worker *worker)
{
	g_autoptr(GError) error = NULL;

	batch_counts(worker->batch)->messages++;
	message_fail_too_large(worker->options->ingest->config->limits.message, &error);
	complain(worker, error);
}

static bool
take_mbox(Worker *worker, int descriptor, GError **error)
{
	const int64_t limit = worker->options->ingest->config->limits.message;
	g_autoptr(Mbox) mbox = mbox_new(descriptor, worker->at.offset, worker->at.number, limit);
	MboxMessage message;
	GError *problem = NULL;

	worker->in_mbox = true;
	while (mbox_next(mbox, &message, &problem)) {
		worker->at.offset = message.offset;
		if (!begin_message(worker))
			g_clear_pointer(&message.bytes, g_bytes_unref);
		else if (message.bytes == NULL)
			too_large(worker);
		else
			take(worker, message.bytes);
		g_clear_pointer(&message.bytes, g_bytes_unref);
		batch_counts(worker->batch)->bytes += message.end - message.offset;
		worker->at.number = message.number;
		worker->at.offset = message.end;
		end_message(worker);
	}
	if (problem != NULL)
		g_propagate_error(error, problem);
	return problem == NULL;
}

/* Takes a file that is one message or one report.  in_buffer bytes of it are in the buffer. */
static bool
take_whole(Worker *worker, int descriptor, int64_t size, size_t in_buffer, GError **error)
{
	const int64_t limit = worker->options->ingest->config->limits.message;

	if (MAX(size, (int64_t)in_buffer) > limit) {
		too_large(worker);
		return true;
	}
	if (in_buffer < BUFFER_SIZE) {
		g_autoptr(GBytes) all = g_bytes_new(worker->buffer, in_buffer);
		take(worker, all);
		return true;
	}
	g_autoptr(GBytes) message = message_read_file(descriptor, size, error);
	if (message == NULL)
		return false;
	take(worker, message);
	return true;
}

/* Whether the name or the directory of a file says that it is a message or a report. */
static bool
is_expected(const char *name)
{
	static const char *const suffixes[] = { ".eml", ".json", ".json.gz" };
	g_autofree char *directory = g_path_get_dirname(name);

	for (size_t i = 0; i < G_N_ELEMENTS(suffixes); i++) {
		if (g_str_has_suffix(name, suffixes[i]))
			return true;
	}
	/* The directories of a Maildir that hold messages. */
	return g_str_has_suffix(directory, "/cur") || g_str_has_suffix(directory, "/new");
}

/* Finds out by the first bytes of a file what it is, and takes in what it holds. */
static bool
take_file(Worker *worker, int descriptor, int64_t size, GError **error)
{
	const char *head = worker->buffer;
	size_t in_buffer;

	if (!message_read_start(descriptor, size, worker->buffer, BUFFER_SIZE, &in_buffer, error))
		return false;
	const size_t length = MIN(in_buffer, HEAD_SIZE);
	if (mbox_looks_like(head, length))
		return take_mbox(worker, descriptor, error);

	g_autoptr(GBytes) bytes = g_bytes_new_static(head, length);
	const InputKind kind = input_kind(bytes);
	const bool expected = is_expected(worker->name);
	if (!begin_message(worker))
		return true;
	if (length == 0 && expected) {
		g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_NOT_REPORT, "it is empty");
		return false;
	}
	g_autoptr(GBytes) plain = input_plain_message(bytes);
	gsize plain_length;
	const char *plain_head = g_bytes_get_data(plain, &plain_length);
	if ((kind == INPUT_MESSAGE && !input_looks_like_message(plain_head, plain_length))
		|| (kind != INPUT_MESSAGE && !expected
			&& size > worker->options->ingest->config->limits.message)) {
		count_without(worker, false, "neither a message nor a report");
		return true;
	}
	return take_whole(worker, descriptor, size, in_buffer, error);
}

/*
 * Opens a file with the rights of whoever started the program.  This process may have become the
 * owner of the store when it opened that.
 */
static int
open_as_started(const char *name)
{
	const uid_t now = geteuid();

	if (!user_switch(getuid()))
		return -1;
	const int descriptor = walk_open(AT_FDCWD, name, 0);
	const int problem = errno;
	if (!user_switch(now)) {
		if (descriptor >= 0)
			close(descriptor);
		return -1;
	}
	errno = problem;
	return descriptor;
}

static bool
open_and_take(Worker *worker, GError **error)
{
	const int descriptor = open_as_started(worker->name);
	struct stat status;

	if (descriptor < 0)
		return error_errno("cannot open it", error);
	bool ok = fstat(descriptor, &status) == 0 || error_errno("cannot read it", error);
	if (ok && !S_ISREG(status.st_mode)) {
		g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_NO_REPORT,
			"neither a file nor a directory");
		ok = false;
	}
	worker->modified_at = MIN((int64_t)status.st_mtime, g_get_real_time() / G_USEC_PER_SEC);
	const bool is_new = worker->at.offset == 0;
	ok = ok && take_file(worker, descriptor, status.st_size, error);
	if (ok && !worker->in_mbox && is_new)
		batch_counts(worker->batch)->bytes += status.st_size;
	close(descriptor);
	return ok;
}

static void
work_on_file(Worker *worker, const char *name)
{
	g_autoptr(GError) error = NULL;

	worker->name = name;
	worker->in_mbox = false;
	if (!open_and_take(worker, &error))
		complain(worker, error);
	batch_counts(worker->batch)->files++;
	worker->at = (Position){ .file = worker->at.file + 1 };
	end_message(worker);
}

static void
work(Worker *worker, const char *names, const char *end)
{
	int64_t file = 0;

	for (const char *name = names; name < end; name += strlen(name) + 1, file++) {
		if (file == worker->at.file)
			work_on_file(worker, name);
	}
	finish_batch(worker, ANSWER_DONE);
}

IngestResult
worker_run(const WorkerOptions *options, int socket, WorkerSlot *slot)
{
	g_autofree char *packet = g_malloc(sizeof(Task) + TASK_BYTES_MAX);
	g_autofree char *buffer = g_malloc(BUFFER_SIZE);
	Worker worker = {
		.options = options,
		.socket = socket,
		.slot = slot,
		.buffer = buffer,
	};
	ssize_t got;

	process_confine(options->ingest->config->limits.memory, 0);
	worker.batch = batch_new(options);
	while ((got = recv(socket, packet, sizeof(Task) + TASK_BYTES_MAX, 0))
		> (ssize_t)sizeof(Task)) {
		memcpy(&worker.task, packet, sizeof(Task));
		worker.at = worker.task.start;
		batch_reset(worker.batch);
		work(&worker, packet + sizeof(Task), packet + got);
	}
	batch_free(worker.batch);
	return INGEST_STORED;
}
