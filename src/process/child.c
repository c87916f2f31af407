#include "tlsrpt/process.h"

#include "faults.h"
#include "stop_signals.h"

#include "tlsrpt/error.h"
#include "tlsrpt/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

static bool
make_channel(const ChildTask *task, int ends[2], GError **error)
{
	if (task->by_socket)
		return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0
			|| error_errno("cannot make a socket", error);
	return pipe2(ends, O_CLOEXEC) == 0 || error_errno("cannot make a pipe", error);
}

/* Makes this process die with its parent.  Returns false if the parent is dead already. */
static bool
die_with_parent(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	return getppid() == parent;
}

_Noreturn static void
be_child(const ChildTask *task, int channel, pid_t parent)
{
	faults_release();
	stop_signals_release();
	if (!die_with_parent(parent))
		_exit(EX_TEMPFAIL);
	exit(task->run(channel, task->data));
}

bool
process_start(const ChildTask *task, Child *child, GError **error)
{
	const pid_t parent = getpid();
	int ends[2];

	*child = (Child){
		.phase = task->phase,
		.clock_starts_at = task->clock_starts_at != 0 ? task->clock_starts_at
							      : g_get_monotonic_time(),
		.is_result = task->is_result,
	};
	if (!make_channel(task, ends, error))
		return false;
	const pid_t pid = fork();
	if (pid == 0) {
		close(ends[0]);
		be_child(task, ends[1], parent);
	}
	if (pid < 0)
		error_errno("cannot start the work", error);
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		return false;
	}
	child->pid = pid;
	child->channel = ends[0];
	return true;
}

void
process_tell_phase(int channel, ProcessPhase phase)
{
	const char byte = (char)phase;

	/* A parent that does not know the phase would judge the end wrongly. */
	if (write(channel, &byte, 1) != 1)
		_exit(EX_TEMPFAIL);
}

/* Takes in the phases that the child has told; false when the child has closed its end. */
static bool
read_phases(Child *child)
{
	char bytes[16];
	const ssize_t got = read(child->channel, bytes, sizeof(bytes));

	if (got > 0)
		child->phase = (ProcessPhase)bytes[got - 1];
	return got > 0 || (got < 0 && errno == EINTR);
}

/* How long to wait for the child at most; NULL means without end. */
static const struct timespec *
time_left(const Child *child, int64_t limit_us, struct timespec *time)
{
	if (limit_us == 0 || child->phase == PHASE_READING)
		return NULL;

	const int64_t left = MAX(child->clock_starts_at + limit_us - g_get_monotonic_time(), 0);
	time->tv_sec = left / G_USEC_PER_SEC;
	time->tv_nsec = left % G_USEC_PER_SEC * 1000;
	return time;
}

void
process_watch(Child *child, int64_t limit_us)
{
	const sigset_t *mask = stop_signals_waiting_mask();
	struct pollfd poller = { .fd = child->channel, .events = POLLIN };
	struct timespec time;

	child->limit_us = limit_us;
	for (;;) {
		const int ready = ppoll(&poller, 1, time_left(child, limit_us, &time), mask);
		if (process_stop_signal() != 0 || ready == 0) {
			child->timed_out = process_stop_signal() == 0;
			kill(child->pid, SIGKILL);
			break;
		}
		if (ready < 0)
			continue;
		const ProcessPhase before = child->phase;
		if (!read_phases(child))
			break;
		if (before == PHASE_READING && child->phase != PHASE_READING)
			child->clock_starts_at = g_get_monotonic_time();
	}
	/* What the child told before it was killed still counts. */
	while (child->timed_out && read_phases(child))
		continue;
	process_reap(child);
}

bool
process_await(Child *child, int64_t limit_us, char *byte)
{
	const sigset_t *mask = stop_signals_waiting_mask();
	struct pollfd poller = { .fd = child->channel, .events = POLLIN };
	struct timespec time;
	int ready;

	child->clock_starts_at = g_get_monotonic_time();
	do
		ready = ppoll(&poller, 1, time_left(child, limit_us, &time), mask);
	while (ready < 0 && process_stop_signal() == 0);
	if (ready > 0 && read(child->channel, byte, 1) == 1)
		return true;
	child->timed_out = ready == 0;
	if (ready <= 0)
		kill(child->pid, SIGKILL);
	process_reap(child);
	return false;
}

static int64_t
microseconds(const struct timeval *time)
{
	return (int64_t)time->tv_sec * G_USEC_PER_SEC + time->tv_usec;
}

void
process_reap(Child *child)
{
	struct rusage usage = { 0 };

	close(child->channel);
	while (wait4(child->pid, &child->status, 0, &usage) < 0 && errno == EINTR)
		continue;
	child->peak = (int64_t)usage.ru_maxrss * KIB;
	child->cpu_us = microseconds(&usage.ru_utime) + microseconds(&usage.ru_stime);
	child->pid = 0;
}
