#include "supervise.h"

#include "exits.h"
#include "hooks.h"
#include "log.h"
#include "process.h"

#include "tlsrpt/error.h"
#include "tlsrpt/input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

/* Shares of the deadline, from the end of the input: first work, then quarantine, then an exit. */
#define WORK_SHARE(deadline_us) ((deadline_us) * 5 / 8)
#define KEEP_SHARE(deadline_us) ((deadline_us) * 15 / 16)

#define DRAIN_IDLE_MS (30 * 1000)

typedef struct {
	const IngestOptions *options;
	int message_fd;
	int64_t input_ended_at; /* g_get_monotonic_time() */
} Supervisor;

/* A child, and what became of it. */
typedef struct {
	pid_t pid;
	int phase_fd; /* read end */
	IngestPhase phase; /* the last that it told */
	bool timed_out; /* and was killed for it */
	ProcessEnd end;
} Child;

/* Blocks the signals that stop the supervisor; they arrive while it waits, with the mask before. */
static void
catch_stop_signals(sigset_t *before)
{
	sigset_t blocked;

	sigemptyset(&blocked);
	process_add_stop_signals(&blocked);
	sigprocmask(SIG_BLOCK, &blocked, before);
	process_catch_stop_signals();
}

static void
release_stop_signals(const sigset_t *before)
{
	process_release_stop_signals();
	sigprocmask(SIG_SETMASK, before, NULL);
}

/* Takes in the phases that the child has told; false when it has closed its end. */
static bool
read_phases(Child *child)
{
	char bytes[16];
	const ssize_t got = read(child->phase_fd, bytes, sizeof(bytes));

	if (got > 0)
		child->phase = (IngestPhase)bytes[got - 1];
	return got > 0 || (got < 0 && errno == EINTR);
}

/* How long to wait for the child at most; NULL for ever. */
static const struct timespec *
time_out(const Supervisor *supervisor, const Child *child, int64_t share_us, struct timespec *time)
{
	if (supervisor->options->no_deadline || child->phase == PHASE_READING)
		return NULL;

	const int64_t left =
		MAX(supervisor->input_ended_at + share_us - g_get_monotonic_time(), 0);
	time->tv_sec = left / G_USEC_PER_SEC;
	time->tv_nsec = left % G_USEC_PER_SEC * 1000;
	return time;
}

/* Waits for a child to end, and ends it if it must. */
static void
watch(Supervisor *supervisor, Child *child, int64_t share_us, const sigset_t *mask)
{
	struct pollfd poller = { .fd = child->phase_fd, .events = POLLIN };
	struct timespec time;

	for (;;) {
		const int ready = ppoll(&poller, 1, time_out(supervisor, child, share_us, &time), mask);
		if (process_stop_signal() != 0 || ready == 0) {
			child->timed_out = process_stop_signal() == 0;
			kill(child->pid, SIGKILL);
			break;
		}
		if (ready < 0)
			continue;
		const IngestPhase before = child->phase;
		if (!read_phases(child))
			break;
		if (before == PHASE_READING && child->phase != PHASE_READING)
			supervisor->input_ended_at = g_get_monotonic_time();
	}
	/* What it told before it died still counts. */
	while (child->timed_out && read_phases(child))
		continue;
	process_wait(child->pid, &child->end);
	close(child->phase_fd);
}

/*
 * Forks.  In the child, *child has pid 0, and *phase_fd is where it tells its phases.  The fork is
 * whole: nothing is running in this process but its one thread.
 */
static bool
start(Child *child, IngestPhase phase, int *phase_fd, const sigset_t *mask, GError **error)
{
	const pid_t parent = getpid();
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0) {
		error_errno("cannot make a pipe", error);
		return false;
	}
	*child = (Child){ .phase_fd = ends[0], .phase = phase };
	*phase_fd = ends[1];
	child->pid = fork();
	if (child->pid < 0) {
		error_errno("cannot start the work", error);
		close(ends[0]);
		close(ends[1]);
		return false;
	}
	if (child->pid > 0) {
		close(ends[1]);
		return true;
	}
	close(ends[0]);
	process_release_faults();
	release_stop_signals(mask);
	if (!process_die_with_parent(parent))
		_exit(EX_TEMPFAIL);
	return true;
}

static GError *
new_error(TlsrptError code, const char *text)
{
	return g_error_new_literal(TLSRPT_ERROR, code, text);
}

/* What is wrong with the result that the child has exited with, if anything. */
static GError *
judge_exit(const Supervisor *supervisor, const Child *child)
{
	switch ((IngestResult)WEXITSTATUS(child->end.status)) {
	case INGEST_STORED:
	case INGEST_DUPLICATE:
	case INGEST_KEPT:
	case INGEST_REFUSED:
	case INGEST_TOO_LARGE:
	case INGEST_RETRY:
		return NULL;
	case INGEST_NO_MEMORY:
		return process_out_of_memory(
			supervisor->options->config->limits.memory, &child->end);
	}
	return new_error(TLSRPT_ERROR_INTERRUPTED, "the work ended in an unknown way");
}

/*
 * What a child's end means, if it is not a result to be passed on (then NULL).  A death while
 * parsing is the message's doing, unless somebody else killed it.
 */
static GError *
judge(const Supervisor *supervisor, const Child *child)
{
	const bool parsing = child->phase == PHASE_PARSING;

	if (process_stop_signal() != 0)
		return new_error(TLSRPT_ERROR_INTERRUPTED, "interrupted by a signal");
	if (WIFEXITED(child->end.status))
		return judge_exit(supervisor, child);
	if (child->timed_out)
		return parsing ? process_overtime()
			       : new_error(TLSRPT_ERROR_STORE_BUSY, "the store takes too long");

	GError *death = parsing
		? process_death(&child->end, supervisor->options->config->limits.memory)
		: NULL;
	return death != NULL ? death : new_error(TLSRPT_ERROR_INTERRUPTED, "the work was killed");
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
	return (IngestResult)WEXITSTATUS(child->end.status);
}

/* Likewise, where nobody has read the input, which a mail system would take for a delivery. */
static IngestResult
give_up_unread(const Supervisor *supervisor, const GError *error)
{
	if (!supervisor->options->no_deadline && process_stop_signal() == 0)
		input_drain(STDIN_FILENO, TEST_IDLE_MS(DRAIN_IDLE_MS));
	return give_up(error);
}

/* Has a second child keep the message, which the first could not make sense of. */
static IngestResult
keep(Supervisor *supervisor, const GError *problem, const sigset_t *mask)
{
	const IngestOptions *options = supervisor->options;
	const int64_t share_us = KEEP_SHARE(options->config->deadline_ms * 1000);
	g_autoptr(GError) error = NULL;
	Child child;
	int phase_fd;

	if (options->dry_run || options->reject)
		return give_up(problem);
	if (!start(&child, PHASE_STORING, &phase_fd, mask, &error))
		return give_up(error);
	if (child.pid == 0) {
		const int64_t until = options->no_deadline
			? g_get_monotonic_time() + share_us
			: supervisor->input_ended_at + share_us;
		exit(ingest_keep(options, supervisor->message_fd, problem, until));
	}
	watch(supervisor, &child, share_us, mask);
	error = judge(supervisor, &child);
	return error != NULL ? give_up(error) : result_of(&child);
}

/*
 * Whether a death may have been the machine's fault although the message was being parsed: it had
 * no memory for a moment, and whatever asked for some then did not look whether it got any.
 */
static bool
is_doubtful(const Child *child, const GError *error)
{
	return child->phase == PHASE_PARSING
		&& (g_error_matches(error, TLSRPT_ERROR, TLSRPT_ERROR_NO_MEMORY)
			|| g_error_matches(error, TLSRPT_ERROR, TLSRPT_ERROR_CRASHED));
}

/* One that says that there was no memory although there was: the message asks for more than that. */
static GError *
judge_want(const Supervisor *supervisor, const Child *child, GError *error)
{
	if (!is_doubtful(child, error) || error->code != TLSRPT_ERROR_NO_MEMORY
		|| process_memory_limit(supervisor->options->config->limits.memory) != MEMORY_OURS)
		return error;
	g_error_free(error);
	return new_error(TLSRPT_ERROR_TOO_COSTLY, "it takes more memory than it may");
}

/*
 * Has another child try, for which there is memory.  If the message is the death of that one, too,
 * it is its fault, and the first error tells which.
 */
static GError *
try_again(Supervisor *supervisor, GError *doubt, Child *child, const sigset_t *mask)
{
	const IngestOptions *options = supervisor->options;
	GError *error = NULL;
	int phase_fd;

	if (!start(child, PHASE_STORING, &phase_fd, mask, &error)) {
		g_error_free(doubt);
		return error;
	}
	if (child->pid == 0)
		exit(ingest_again(
			options, supervisor->message_fd, supervisor->input_ended_at, phase_fd));
	watch(supervisor, child, WORK_SHARE(options->config->deadline_ms * 1000), mask);
	error = judge(supervisor, child);
	if (error != NULL)
		error = judge_want(supervisor, child, error);
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
	g_autoptr(GError) error = NULL;
	sigset_t mask;
	Child child;
	int phase_fd;

	TEST_HOOK("supervising");
	/* The message outlives the child that reads it. */
	supervisor.message_fd = memfd_create("message", MFD_CLOEXEC);
	if (supervisor.message_fd < 0) {
		error_errno("cannot keep a message in memory", &error);
		return give_up_unread(&supervisor, error);
	}
	catch_stop_signals(&mask);
	if (!start(&child, PHASE_READING, &phase_fd, &mask, &error))
		return give_up_unread(&supervisor, error);
	if (child.pid == 0)
		exit(ingest_work(options, supervisor.message_fd, phase_fd));

	watch(&supervisor, &child, WORK_SHARE(options->config->deadline_ms * 1000), &mask);
	error = judge(&supervisor, &child);
	if (error != NULL && child.phase == PHASE_READING)
		return give_up_unread(&supervisor, error);
	if (error != NULL && is_doubtful(&child, error))
		error = try_again(&supervisor, g_steal_pointer(&error), &child, &mask);
	if (error == NULL)
		return result_of(&child);
	return error_quarantine_reason(error) != NULL ? keep(&supervisor, error, &mask)
						      : give_up(error);
}
