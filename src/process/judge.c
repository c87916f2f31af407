#include "tlsrpt/process.h"

#include "tlsrpt/error.h"

#include <signal.h>
#include <sys/wait.h>

/*
 * A message whose work has taken this part of its time as processor time is too costly.  It is not
 * more, since on a busy machine each process gets a part of a processor.
 */
#define COSTLY_PART 4

static GError *
new_error(TlsrptError code, const char *text)
{
	return g_error_new_literal(TLSRPT_ERROR, code, text);
}

GError *
process_over_memory(void)
{
	return new_error(TLSRPT_ERROR_TOO_COSTLY, "parsing needs more memory than it may take");
}

int
process_result(const Child *child)
{
	return WEXITSTATUS(child->status);
}

static GError *
over_time(void)
{
	return new_error(TLSRPT_ERROR_TOO_COSTLY, "parsing takes more time than it may take");
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
 * A child that got no more memory: it is the message's fault if the child had come near to our
 * limit. Half of the limit is near, since a buffer that grows is asked for at twice its size.
 */
static GError *
judge_want_of_memory(const Child *child, int64_t memory)
{
	if (process_memory_limit(memory) == MEMORY_OURS && child->peak >= memory / 2)
		return process_over_memory();
	return new_error(TLSRPT_ERROR_NO_MEMORY, "no memory");
}

static GError *
judge_exit(const Child *child, int64_t memory)
{
	const int code = WEXITSTATUS(child->status);

	if (code == PROCESS_NO_MEMORY)
		return judge_want_of_memory(child, memory);
	if (child->is_result != NULL && child->is_result(code))
		return NULL;
	return new_error(TLSRPT_ERROR_INTERRUPTED, "the work ended in an unknown way");
}

/* A death by a signal that we have not sent. */
static GError *
judge_death(const Child *child, int64_t memory)
{
	const int number = WIFSIGNALED(child->status) ? WTERMSIG(child->status) : 0;

	if (child->phase != PHASE_PARSING || (number != SIGXCPU && !is_crash(number)))
		return new_error(TLSRPT_ERROR_INTERRUPTED, "the work was killed");
	if (number == SIGXCPU)
		return over_time();
	if (number == SIGTRAP) /* GLib ends a process that gets no memory like this */
		return judge_want_of_memory(child, memory);
	/* Want of memory shows itself in many ways. */
	if (process_memory_limit(memory) == MEMORY_THEIRS)
		return new_error(TLSRPT_ERROR_NO_MEMORY,
			"the work died, perhaps because of the memory limit that the program was "
			"started with");
	return g_error_new(
		TLSRPT_ERROR, TLSRPT_ERROR_CRASHED, "the parser crashed (signal %d)", number);
}

/* A child that was killed while it was storing: it may have waited, or the message may cost too much. */
static GError *
over_time_storing(const Child *child)
{
	if (child->limit_us > 0 && child->cpu_us >= child->limit_us / COSTLY_PART)
		return new_error(
			TLSRPT_ERROR_TOO_COSTLY, "storing takes more time than it may take");
	return new_error(TLSRPT_ERROR_STORE_BUSY, "the store takes too long");
}

GError *
process_judge(const Child *child, int64_t memory)
{
	if (process_stop_signal() != 0)
		return new_error(TLSRPT_ERROR_INTERRUPTED, "interrupted by a signal");
	if (WIFEXITED(child->status))
		return judge_exit(child, memory);
	if (child->timed_out)
		return child->phase == PHASE_PARSING ? over_time() : over_time_storing(child);
	return judge_death(child, memory);
}
