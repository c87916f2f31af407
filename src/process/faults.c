#include "tlsrpt/process.h"

#include "faults.h"
#include "sanitized.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sysexits.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/* Constructors that use no processor time for so many seconds in a row are taken to hang. */
#define STUCK_S 5
#define STUCK_NS INT64_C(1000000) /* so much is used by the handler of the alarm itself */

/*
 * The signals that a process gets for what it did itself, or from a timer or limit that whoever
 * started it has set.  SIGXFSZ and SIGPIPE are not among them, because they are ignored.
 */
static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS, SIGXCPU,
	SIGALRM, SIGVTALRM, SIGPROF };

static FaultManners fault_manners;

/* Calls only what is safe in a signal handler, since the program may be in any state. */
static void
drain_input(void)
{
	static char buffer[4096];
	struct pollfd poller = { .fd = STDIN_FILENO, .events = POLLIN };
	struct termios terminal;
	ssize_t got;

	/* isatty() is not among the functions that POSIX calls safe here; this one is. */
	if (fault_manners.drain_ms == 0 || tcgetattr(STDIN_FILENO, &terminal) == 0)
		return;
	do {
		got = poll(&poller, 1, fault_manners.drain_ms) == 1
			? read(STDIN_FILENO, buffer, sizeof(buffer))
			: -1;
	} while (got > 0);
}

static void
write_text(int descriptor, const char *text)
{
	const ssize_t written = write(descriptor, text, strlen(text));

	(void)written; /* if it fails, there is nothing to be done about it */
}

static void
on_fault(G_GNUC_UNUSED int number)
{
	if (fault_manners.complaint != NULL)
		write_text(STDERR_FILENO, fault_manners.complaint);
	drain_input();
	if (fault_manners.answer != NULL)
		write_text(STDOUT_FILENO, fault_manners.answer);
	_exit(fault_manners.answer != NULL ? EX_OK : EX_TEMPFAIL);
}

static int64_t
processor_time(void)
{
	struct timespec time = { 0 };

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* Runs every second until the constructors are done. */
static void
on_alarm(int number)
{
	static int64_t used;
	static int idle_s;
	const int64_t now = processor_time();

	idle_s = now - used > STUCK_NS ? 0 : idle_s + 1;
	used = now;
	if (idle_s >= STUCK_S)
		on_fault(number);
	alarm(1);
}

void
process_catch_faults(void)
{
	/* A handler that runs because the stack is full needs another one. */
	static _Alignas(16) char handler_stack[64 * 1024];
	const stack_t stack = { .ss_sp = handler_stack, .ss_size = sizeof(handler_stack) };
	struct sigaction action = { .sa_handler = on_fault, .sa_flags = SA_ONSTACK };
	sigset_t set;

	/* A sanitizer reports a fault better. */
	if (SANITIZED)
		return;
	sigfillset(&action.sa_mask);
	sigemptyset(&set);
	sigaltstack(&stack, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(faults); i++) {
		sigaction(faults[i], &action, NULL);
		sigaddset(&set, faults[i]);
	}
	action.sa_handler = on_alarm;
	sigaction(SIGALRM, &action, NULL);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	alarm(1);
}

void
process_constructed(void)
{
	alarm(0);
	if (!SANITIZED)
		signal(SIGALRM, on_fault);
}

void
faults_release(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(faults) && !SANITIZED; i++)
		signal(faults[i], SIG_DFL);
}

void
process_set_fault_manners(const FaultManners *manners)
{
	fault_manners = *manners;
}

bool
fault_is_caught(int number)
{
	for (size_t i = 0; i < G_N_ELEMENTS(faults); i++) {
		if (number == faults[i])
			return !SANITIZED;
	}
	return false;
}
