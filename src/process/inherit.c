#include "tlsrpt/process.h"

#include "faults.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whoever is in the group may read what the program makes. */
#define UMASK 027

static bool
open_if_closed(int descriptor)
{
	if (fcntl(descriptor, F_GETFD) >= 0)
		return false;

	/* The lowest free descriptor is this one, since those below are open. */
	const int null = open("/dev/null", O_RDWR);
	return null == descriptor;
}

void
process_disinherit(Inherited *inherited)
{
	sigset_t none;

	inherited->stdin_closed = open_if_closed(STDIN_FILENO);
	inherited->stdout_closed = open_if_closed(STDOUT_FILENO);
	open_if_closed(STDERR_FILENO);
	close_range(STDERR_FILENO + 1, ~0U, 0);

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
