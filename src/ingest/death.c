#include "death.h"

#include "process.h"

#include "tlsrpt/error.h"

#include <signal.h>
#include <sys/wait.h>

static bool
is_fault(int number)
{
	static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS,
		SIGXCPU };

	for (size_t i = 0; i < G_N_ELEMENTS(faults); i++) {
		if (number == faults[i])
			return true;
	}
	return false;
}

static GError *
new_error(TlsrptError code, const char *text)
{
	return g_error_new_literal(TLSRPT_ERROR, code, text);
}

GError *
death_out_of_memory(int64_t memory)
{
	if (process_memory_limit(memory) == MEMORY_OURS)
		return new_error(TLSRPT_ERROR_TOO_COSTLY, "it takes more memory than it may");
	return new_error(TLSRPT_ERROR_NO_MEMORY, "no memory");
}

GError *
death_while_parsing(int status, bool timed_out, int64_t memory)
{
	const int number = WTERMSIG(status);

	if (timed_out || number == SIGXCPU)
		return new_error(TLSRPT_ERROR_TOO_COSTLY, "it takes longer than it may");
	if (!is_fault(number))
		return new_error(TLSRPT_ERROR_INTERRUPTED, "the work was killed");
	if (number == SIGTRAP) /* how GLib ends a process that gets no memory */
		return death_out_of_memory(memory);
	/* Want of memory shows itself in many ways. */
	if (process_memory_limit(memory) == MEMORY_THEIRS)
		return new_error(TLSRPT_ERROR_NO_MEMORY,
			"the work died, perhaps of the memory limit that it was started with");
	return g_error_new(TLSRPT_ERROR, TLSRPT_ERROR_CRASHED,
		"the parser died of it (signal %d)", number);
}
