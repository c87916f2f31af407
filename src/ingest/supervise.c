/*
 * This process starts up to three children, one after the other: the first reads, parses and stores
 * the message; if it dies while parsing and the machine may be to blame, a second one parses it again;
 * and if the message is to blame, a last one keeps it in quarantine without parsing it.
 */
#include "supervise.h"

#include "exits.h"
#include "ingest_log.h"

#include "tlsrpt/error.h"
#include "tlsrpt/hooks.h"
#include "tlsrpt/input.h"
#include "tlsrpt/process.h"

#include <sys/mman.h>
#include <unistd.h>

/*
 * Shares of the deadline, all counted from the end of the input.  Work may take the first; what is
 * left until the second is for quarantine; the rest is for this process to exit.
 */
#define WORK_SHARE(deadline_us) ((deadline_us) * 5 / 8)
#define KEEP_SHARE(deadline_us) ((deadline_us) * 15 / 16)

#define DRAIN_IDLE_MS (30 * 1000)

typedef struct {
	const IngestOptions *options;
	int message_fd; /* outlives the child that reads the message into it */
	int64_t input_ended_at; /* g_get_monotonic_time() */
	const GError *problem; /* for which the message is kept in quarantine */
} Supervisor;

static int64_t
memory_limit(const Supervisor *supervisor)
{
	return supervisor->options->config->limits.memory;
}

static int64_t
deadline_us(const Supervisor *supervisor)
{
	return supervisor->options->config->deadline_ms * 1000;
}

/* Has a child do the work, until that share of the deadline is over. */
static bool
run_child(const Supervisor *supervisor, ChildTask *task, int64_t share_us, Child *child,
	GError **error)
{
	task->data = (void *)supervisor;
	task->is_result = ingest_is_result;
	if (!process_start(task, child, error))
		return false;
	process_watch(child, supervisor->options->no_deadline ? 0 : share_us);
	return true;
}

static IngestResult
give_up(const GError *error)
{
	log_error(error);
	return result_of_error(error);
}

static IngestResult
result_of(const Child *child)
{
	return (IngestResult)process_result(child);
}

/*
 * Gives up before any child has read the input.  The input is still read to its end: a mail system
 * whose write fails may ignore our exit code and take the message for delivered.
 */
static IngestResult
give_up_unread(const Supervisor *supervisor, const GError *error)
{
	if (!supervisor->options->no_deadline && process_stop_signal() == 0)
		input_drain(STDIN_FILENO, TEST_IDLE_MS(DRAIN_IDLE_MS));
	return give_up(error);
}

/* In the first child. */
static int
work(int channel, void *data)
{
	const Supervisor *supervisor = data;

	return ingest_work(supervisor->options, supervisor->message_fd, channel);
}

/* In the second child, if the first one died and that may have been the machine's fault. */
static int
work_again(int channel, void *data)
{
	const Supervisor *supervisor = data;

	return ingest_again(
		supervisor->options, supervisor->message_fd, supervisor->input_ended_at, channel);
}

/* In the last child, which does not parse. */
static int
keep_message(int channel, void *data)
{
	const Supervisor *supervisor = data;
	const int64_t share_us = KEEP_SHARE(deadline_us(supervisor));
	const int64_t wait_until = supervisor->options->no_deadline
		? g_get_monotonic_time() + share_us
		: supervisor->input_ended_at + share_us;

	return ingest_keep(supervisor->options, supervisor->message_fd, supervisor->problem,
		wait_until, channel);
}

/* Has a child keep a message in quarantine that no child could parse. */
static IngestResult
keep(Supervisor *supervisor, const GError *problem)
{
	const IngestOptions *options = supervisor->options;
	ChildTask task = {
		.run = keep_message,
		.phase = PHASE_STORING,
		.clock_starts_at = supervisor->input_ended_at,
	};
	g_autoptr(GError) error = NULL;
	Child child;

	if (options->dry_run || options->reject)
		return give_up(problem);
	supervisor->problem = problem;
	if (!run_child(supervisor, &task, KEEP_SHARE(deadline_us(supervisor)), &child, &error))
		return give_up(error);
	/* That it cannot even be kept is never its fault. */
	child.limit_us = 0;
	error = process_judge(&child, memory_limit(supervisor));
	return error != NULL ? give_up(error) : result_of(&child);
}

/*
 * Whether the machine may be to blame for a child that died while it parsed the message.  It is if it
 * had no memory for a moment: libraries crash when an allocation fails that they do not check.
 */
static bool
is_doubtful(const Child *child, const GError *error)
{
	return child->phase == PHASE_PARSING
		&& (g_error_matches(error, TLSRPT_ERROR, TLSRPT_ERROR_NO_MEMORY)
			|| g_error_matches(error, TLSRPT_ERROR, TLSRPT_ERROR_CRASHED));
}

/*
 * Judges the second child, which was started only after enough memory was found to be free.  If even
 * that child got no memory, the message needs more than a message may, and is to blame.
 */
static GError *
judge_again(const Supervisor *supervisor, const Child *child)
{
	g_autoptr(GError) error = process_judge(child, memory_limit(supervisor));

	if (error == NULL || child->phase != PHASE_PARSING
		|| !g_error_matches(error, TLSRPT_ERROR, TLSRPT_ERROR_NO_MEMORY)
		|| process_memory_limit(memory_limit(supervisor)) != MEMORY_OURS)
		return g_steal_pointer(&error);
	return process_over_memory();
}

/*
 * Has a second child parse the same message, if enough memory is free.  If the second child dies as
 * well, the message is to blame, and is kept with the error of the first child.
 */
static GError *
try_again(Supervisor *supervisor, GError *doubt, Child *child)
{
	ChildTask task = {
		.run = work_again,
		.phase = PHASE_STORING,
		.clock_starts_at = supervisor->input_ended_at,
	};
	GError *error = NULL;

	if (run_child(supervisor, &task, WORK_SHARE(deadline_us(supervisor)), child, &error))
		error = judge_again(supervisor, child);
	if (error == NULL || error_quarantine_reason(error) == NULL
		|| error_quarantine_reason(doubt) == NULL) {
		g_error_free(doubt);
		return error;
	}
	g_error_free(error);
	return doubt;
}

IngestResult
supervise(const IngestOptions *options)
{
	Supervisor supervisor = { .options = options };
	ChildTask task = { .run = work, .phase = PHASE_READING };
	g_autoptr(GError) error = NULL;
	Child child;

	TEST_HOOK("supervising");
	supervisor.message_fd = memfd_create("message", MFD_CLOEXEC);
	if (supervisor.message_fd < 0) {
		error_errno("cannot keep a message in memory", &error);
		return give_up_unread(&supervisor, error);
	}
	process_catch_stop_signals(true);
	if (!run_child(&supervisor, &task, WORK_SHARE(deadline_us(&supervisor)), &child, &error))
		return give_up_unread(&supervisor, error);

	supervisor.input_ended_at = child.clock_starts_at;
	error = process_judge(&child, memory_limit(&supervisor));
	if (error != NULL && child.phase == PHASE_READING)
		return give_up_unread(&supervisor, error);
	if (error != NULL && is_doubtful(&child, error))
		error = try_again(&supervisor, g_steal_pointer(&error), &child);
	if (error == NULL)
		return result_of(&child);
	return error_quarantine_reason(error) != NULL ? keep(&supervisor, error) : give_up(error);
}
