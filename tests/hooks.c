/*
 * Makes the work fail where $TLSRPT_TEST_FAULT says: "PLACE:FAULT".  In the test binary alone.
 */
#include "../src/ingest/hooks.h"

#include <glib.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
take_all_memory(void)
{
	for (;;)
		memset(g_malloc(1 << 20), 1, 1 << 20);
}

/* Fills the stack; the result keeps the compiler from making a loop of it. */
static int
overflow_stack(int depth)
{
	volatile char room[4096];

	room[0] = (char)depth;
	return depth < INT_MAX ? overflow_stack(depth + 1) + room[0] : 0;
}

/* Says that it is there, and where to send a signal. */
static void
announce(void)
{
	const char *file = g_getenv("TLSRPT_TEST_PID_FILE");
	g_autofree char *pid = g_strdup_printf("%d %d\n", (int)getppid(), (int)getpid());

	if (file != NULL)
		g_file_set_contents(file, pid, -1, NULL);
}

static void
fail_with(const char *fault)
{
	announce();
	if (strcmp(fault, "segv") == 0)
		raise(SIGSEGV);
	else if (strcmp(fault, "abort") == 0)
		abort();
	else if (strcmp(fault, "trap") == 0)
		g_error("no memory");
	else if (strcmp(fault, "stack") == 0)
		exit(overflow_stack(0));
	else if (strcmp(fault, "cpu") == 0)
		raise(SIGXCPU);
	else if (strcmp(fault, "kill") == 0)
		raise(SIGKILL);
	else if (strcmp(fault, "term") == 0)
		raise(SIGTERM);
	else if (strcmp(fault, "exit") == 0)
		_exit(3);
	else if (strcmp(fault, "memory") == 0)
		take_all_memory();
	else if (strcmp(fault, "sleep") == 0)
		sleep(600);
	else if (strcmp(fault, "spin") == 0)
		for (;;)
			continue;
}

/* The place of a message is called "FILE#NUMBER", without the file's directory. */
void
test_hook_message(const char *file, int64_t number)
{
	g_autofree char *base = g_path_get_basename(file);
	g_autofree char *place = g_strdup_printf("%s#%" G_GINT64_FORMAT, base, number);

	test_hook(place);
}

int
test_idle_ms(int idle_ms)
{
	const char *wanted = g_getenv("TLSRPT_TEST_IDLE_MS");

	return wanted != NULL ? atoi(wanted) : idle_ms;
}

void
test_hook(const char *place)
{
	const char *wanted = g_getenv("TLSRPT_TEST_FAULT");
	const size_t length = strlen(place);

	if (wanted != NULL && strncmp(wanted, place, length) == 0 && wanted[length] == ':')
		fail_with(wanted + length + 1);
}
