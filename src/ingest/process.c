#include "process.h"

#include "tlsrpt/error.h"
#include "tlsrpt/limits.h"

#include <errno.h>
#ifdef TLSRPT_NO_CLOSE_RANGE
#include <dirent.h>
#endif
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

/* Shadow memory would count as data. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED true
#endif
#endif
#ifndef SANITIZED
#define SANITIZED false
#endif

/* The group may read. */
#define UMASK 027

/* Constructors of libraries are stuck if in so many seconds on end they do not use the processor. */
#define STUCK_S 5
#define STUCK_NS (1000 * 1000) /* the handler of the alarm takes some time, too */

/*
 * Signals that a process gets for what it did itself, or from a timer or a limit that it has from
 * whoever started it; but not SIGXFSZ and SIGPIPE, which are ignored.
 */
static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS, SIGXCPU,
	SIGALRM, SIGVTALRM, SIGPROF };

static FaultManners fault_manners;

/* Only what is safe in the handler of a signal; the rest of the program may be in any state. */
static void
drain_input(void)
{
	static char buffer[4096];
	struct pollfd poller = { .fd = STDIN_FILENO, .events = POLLIN };
	ssize_t got;

	if (fault_manners.drain_ms == 0 || isatty(STDIN_FILENO))
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

	(void)written; /* there is nothing left to be done about it */
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

/* Every second, until the constructors are done. */
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
	/* A full stack leaves no room on itself. */
	static _Alignas(16) char handler_stack[64 * 1024];
	const stack_t stack = { .ss_sp = handler_stack, .ss_size = sizeof(handler_stack) };
	struct sigaction action = { .sa_handler = on_fault, .sa_flags = SA_ONSTACK };
	sigset_t set;

	/* A sanitizer has more to say about a fault than that there was one. */
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
process_release_faults(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(faults) && !SANITIZED; i++)
		signal(faults[i], SIG_DFL);
}

void
process_set_fault_manners(const FaultManners *manners)
{
	fault_manners = *manners;
}

static bool
is_caught(int number)
{
	for (size_t i = 0; i < G_N_ELEMENTS(faults); i++) {
		if (number == faults[i])
			return !SANITIZED;
	}
	return false;
}

/* What is opened here stays open: GCC's analyser, which looks for descriptors since GCC 13, cannot know. */
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 13
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wanalyzer-fd-leak"
#endif

static bool
open_if_closed(int descriptor)
{
	if (fcntl(descriptor, F_GETFD) >= 0)
		return false;

	/* The lowest free descriptor is this one, since those below are open. */
	const int null = open("/dev/null", O_RDWR);
	return null == descriptor;
}

#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 13
#pragma GCC diagnostic pop
#endif

#ifdef TLSRPT_NO_CLOSE_RANGE

/* Those that are open; without /proc, all that may be. */
static void
close_from(int lowest)
{
	DIR *entries = opendir("/proc/self/fd");
	const struct dirent *entry;

	if (entries == NULL) {
		for (long i = lowest; i < sysconf(_SC_OPEN_MAX); i++)
			close((int)i);
		return;
	}
	while ((entry = readdir(entries)) != NULL) {
		const int descriptor = (int)strtol(entry->d_name, NULL, 10);
		if (descriptor >= lowest && descriptor != dirfd(entries))
			close(descriptor);
	}
	closedir(entries);
}

#else

static void
close_from(int lowest)
{
	close_range((unsigned)lowest, ~0U, 0);
}

#endif

void
process_disinherit(Inherited *inherited)
{
	sigset_t none;

	inherited->stdin_closed = open_if_closed(STDIN_FILENO);
	inherited->stdout_closed = open_if_closed(STDOUT_FILENO);
	open_if_closed(STDERR_FILENO);
	close_from(STDERR_FILENO + 1);

	for (int number = 1; number < NSIG; number++) {
		if (number != SIGKILL && number != SIGSTOP && !is_caught(number))
			signal(number, SIG_DFL);
	}
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a file size limit is an error of write() then */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	umask(UMASK);
}

/* Whether a limit is looser than a value that is to be one. */
static bool
is_looser(int resource, int64_t value)
{
	struct rlimit limit;

	return getrlimit(resource, &limit) == 0 && limit.rlim_cur > (rlim_t)value;
}

static void
lower(int resource, int64_t value)
{
	struct rlimit limit;

	if (is_looser(resource, value) && getrlimit(resource, &limit) == 0) {
		limit.rlim_cur = (rlim_t)value;
		setrlimit(resource, &limit);
	}
}

void
process_confine(int64_t memory, int64_t cpu_s)
{
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	lower(RLIMIT_CORE, 0); /* a core file holds somebody's mail */
	if (cpu_s > 0)
		lower(RLIMIT_CPU, cpu_s);
	if (!SANITIZED && memory > 0)
		lower(RLIMIT_DATA, memory);
}

MemoryLimit
process_memory_limit(int64_t memory)
{
	const int64_t ours = SANITIZED || memory <= 0 ? INT64_MAX : memory;

	if (!is_looser(RLIMIT_DATA, ours) || !is_looser(RLIMIT_AS, ours))
		return MEMORY_THEIRS;
	return ours == memory ? MEMORY_OURS : MEMORY_UNLIMITED;
}

bool
process_has_room(int64_t memory)
{
	const size_t size = (size_t)(SANITIZED || memory <= 0 ? 16 * MIB : memory / 2);
	void *room = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	/* The heap has its own opinion. */
	g_autofree void *piece = g_try_malloc(64 * KIB);

	if (room == MAP_FAILED)
		return false;
	munmap(room, size);
	return piece != NULL;
}

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
