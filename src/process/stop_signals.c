#include "stop_signals.h"

#include "tlsrpt/process.h"

static const int stop_signals[] = { SIGTERM, SIGHUP, SIGINT };
static volatile sig_atomic_t stop_signal;
static bool is_caught, is_held;
static sigset_t mask_before; /* if they are held */

static void
on_stop_signal(int number)
{
	stop_signal = number;
}

static void
set_stop_handler(void (*handler)(int))
{
	const struct sigaction action = { .sa_handler = handler };

	for (size_t i = 0; i < G_N_ELEMENTS(stop_signals); i++)
		sigaction(stop_signals[i], &action, NULL);
}

static void
hold_stop_signals(void)
{
	sigset_t held;

	sigemptyset(&held);
	for (size_t i = 0; i < G_N_ELEMENTS(stop_signals); i++)
		sigaddset(&held, stop_signals[i]);
	sigprocmask(SIG_BLOCK, &held, &mask_before);
	is_held = true;
}

void
process_catch_stop_signals(bool hold)
{
	if (hold)
		hold_stop_signals();
	set_stop_handler(on_stop_signal);
	is_caught = true;
}

void
stop_signals_release(void)
{
	if (is_caught)
		set_stop_handler(SIG_DFL);
	if (is_held)
		sigprocmask(SIG_SETMASK, &mask_before, NULL);
	is_caught = false;
	is_held = false;
}

const sigset_t *
stop_signals_waiting_mask(void)
{
	return is_held ? &mask_before : NULL;
}

int
process_stop_signal(void)
{
	return stop_signal;
}
