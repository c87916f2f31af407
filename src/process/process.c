#include "tlsrpt/process.h"

#include "tlsrpt/error.h"
#include "tlsrpt/limits.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

void
process_wait(int child, ProcessEnd *end)
{
	struct rusage usage = { 0 };

	*end = (ProcessEnd){ 0 };
	while (wait4(child, &end->status, 0, &usage) < 0 && errno == EINTR)
		continue;
	end->peak = (int64_t)usage.ru_maxrss * KIB;
}

static const int stop_signals[] = { SIGTERM, SIGHUP, SIGINT };
static volatile sig_atomic_t stop_signal;

static void
on_stop_signal(int number)
{
	stop_signal = number;
}

static void
set_stop_handler(void (*handler)(int))
{
	const struct sigaction action = { .sa_handler = handler };

	for (size_t i = 0; i < sizeof(stop_signals) / sizeof(*stop_signals); i++)
		sigaction(stop_signals[i], &action, NULL);
}

void
process_catch_stop_signals(void)
{
	set_stop_handler(on_stop_signal);
}

void
process_release_stop_signals(void)
{
	set_stop_handler(SIG_DFL);
}

int
process_stop_signal(void)
{
	return stop_signal;
}

void
process_add_stop_signals(sigset_t *set)
{
	for (size_t i = 0; i < sizeof(stop_signals) / sizeof(*stop_signals); i++)
		sigaddset(set, stop_signals[i]);
}

bool
process_die_with_parent(int parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	return getppid() == parent;
}

static bool
is_crash(int number)
{
	static const int crashes[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS };

	for (size_t i = 0; i < G_N_ELEMENTS(crashes); i++) {
		if (number == crashes[i])
			return true;
	}
	return false;
}

/*
 * Whether it was our limit that a process had come near to.  What fails last may be half of all: a
 * buffer that grows is asked for at twice its size.
 */
static bool
was_near_limit(int64_t memory, const ProcessEnd *end)
{
	return process_memory_limit(memory) == MEMORY_OURS && end->peak >= memory / 2;
}

GError *
process_out_of_memory(int64_t memory, const ProcessEnd *end)
{
	if (was_near_limit(memory, end))
		return g_error_new_literal(TLSRPT_ERROR, TLSRPT_ERROR_TOO_COSTLY,
			"it takes more memory than it may");
	return g_error_new_literal(TLSRPT_ERROR, TLSRPT_ERROR_NO_MEMORY, "no memory");
}

GError *
process_overtime(void)
{
	return g_error_new_literal(
		TLSRPT_ERROR, TLSRPT_ERROR_TOO_COSTLY, "it takes longer than it may");
}

GError *
process_death(const ProcessEnd *end, int64_t memory)
{
	const int number = WIFSIGNALED(end->status) ? WTERMSIG(end->status) : 0;

	if (number == SIGXCPU)
		return process_overtime();
	if (!is_crash(number))
		return NULL;
	if (number == SIGTRAP) /* how GLib ends a process that gets no memory */
		return process_out_of_memory(memory, end);
	/* Want of memory shows itself in many ways. */
	if (process_memory_limit(memory) == MEMORY_THEIRS)
		return g_error_new_literal(TLSRPT_ERROR, TLSRPT_ERROR_NO_MEMORY,
			"the work died, perhaps of the memory limit that it was started with");
	return g_error_new(TLSRPT_ERROR, TLSRPT_ERROR_CRASHED, "the parser died of it (signal %d)",
		number);
}
