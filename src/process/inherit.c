#include "tlsrpt/process.h"

#include "faults.h"

#ifdef TLSRPT_NO_CLOSE_RANGE
#include <dirent.h>
#endif
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whoever is in the group may read what the program makes. */
#define UMASK 027

/* What is opened here stays open, which GCC's analyser, since GCC 13, takes for a leak. */
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

/* Closes the descriptors that are open; without /proc, all that may be. */
void
process_close_from(int lowest)
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

void
process_close_from(int lowest)
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
	process_close_from(STDERR_FILENO + 1);

	for (int number = 1; number < NSIG; number++) {
		if (number != SIGKILL && number != SIGSTOP && !fault_is_caught(number))
			signal(number, SIG_DFL);
	}
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a file size limit is an error of write() then */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	umask(UMASK);
}
