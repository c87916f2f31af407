#include "trial.h"

#include "hooks.h"
#include "intake.h"
#include "process.h"

#include "tlsrpt/error.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TRIAL_SURVIVED, TRIAL_NO_MEMORY, TRIAL_NO_PARENT };

/* Ends this process after the share of the deadline in which a delivery has to parse. */
static void
set_alarm(int64_t ms)
{
	const struct itimerval timer = {
		.it_value = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 },
	};

	signal(SIGALRM, SIG_DFL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

/* What GLib says as it dies for want of memory is said by the error. */
static void
be_silent(void)
{
	const FILE *null = freopen("/dev/null", "w", stderr);

	(void)null; /* or it is as loud as it was */
}

/* In the child: the result is its exit code. */
static int
try(GBytes *message, int64_t received_at, const Config *config)
{
	be_silent();
	set_alarm(MAX(config->deadline_ms * 5 / 8, 1));
	process_confine(config->limits.memory, config->deadline_ms / 1000 + 2);
	TEST_HOOK("parsing");
	g_autoptr(Intake) intake = intake_new(message, received_at, false, config, NULL);
	return intake != NULL ? TRIAL_SURVIVED : TRIAL_NO_MEMORY;
}

static GError *
judge(const ProcessEnd *end, int64_t memory)
{
	const int status = end->status;

	if (WIFEXITED(status) && WEXITSTATUS(status) == TRIAL_SURVIVED)
		return NULL;
	if (WIFEXITED(status) && WEXITSTATUS(status) == TRIAL_NO_MEMORY)
		return process_out_of_memory(memory, end);

	GError *death = WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM
		? process_overtime()
		: process_death(end, memory);
	return death != NULL ? death
			     : g_error_new_literal(TLSRPT_ERROR, TLSRPT_ERROR_INTERRUPTED,
				       "the work was killed");
}

bool
trial_parse(GBytes *message, int64_t received_at, const Config *config, GError **error)
{
	const pid_t parent = getpid();
	const pid_t child = fork();
	ProcessEnd end;

	if (child < 0) {
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_IO, "cannot start the work: %s",
			g_strerror(errno));
		return false;
	}
	/* The store that this process may have open is nothing to the child, not even at its end. */
	if (child == 0)
		_exit(process_die_with_parent(parent) ? try(message, received_at, config)
						      : TRIAL_NO_PARENT);
	process_wait(child, &end);

	GError *problem = judge(&end, config->limits.memory);
	if (problem != NULL)
		g_propagate_error(error, problem);
	return problem == NULL;
}
