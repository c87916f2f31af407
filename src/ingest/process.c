#include "process.h"

#include "tlsrpt/error.h"

#ifdef TLSRPT_NO_CLOSE_RANGE
#include <dirent.h>
#endif
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
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

/* The group reads and writes too: what the files allow is for their owner to say. */
#define UMASK 007

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
		if (number != SIGKILL && number != SIGSTOP)
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

GError *
process_out_of_memory(int64_t memory)
{
	if (process_memory_limit(memory) == MEMORY_OURS)
		return g_error_new_literal(TLSRPT_ERROR, TLSRPT_ERROR_TOO_COSTLY,
			"it takes more memory than it may");
	return g_error_new_literal(TLSRPT_ERROR, TLSRPT_ERROR_NO_MEMORY, "no memory");
}

GError *
process_death(int number, int64_t memory)
{
	if (!is_fault(number))
		return NULL;
	if (number == SIGXCPU)
		return g_error_new_literal(TLSRPT_ERROR, TLSRPT_ERROR_TOO_COSTLY,
			"it takes longer than it may");
	if (number == SIGTRAP) /* how GLib ends a process that gets no memory */
		return process_out_of_memory(memory);
	/* Want of memory shows itself in many ways. */
	if (process_memory_limit(memory) == MEMORY_THEIRS)
		return g_error_new_literal(TLSRPT_ERROR, TLSRPT_ERROR_NO_MEMORY,
			"the work died, perhaps of the memory limit that it was started with");
	return g_error_new(TLSRPT_ERROR, TLSRPT_ERROR_CRASHED, "the parser died of it (signal %d)",
		number);
}
