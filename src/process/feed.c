#include "tlsrpt/feed.h"

#include "tlsrpt/error.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOOK_US 10000 /* how often it is looked whether the program has ended */
#define WORDS_BYTES 1000 /* of what it printed */

/*
 * A file in memory with these bytes, to be read from its beginning; -1 on failure.  Unlike a pipe it
 * is never full, whatever the program reads, and a program that reads nothing ends nobody.
 */
static int
file_with(const void *bytes, gsize size)
{
	const int file = memfd_create("tlsrpt", MFD_CLOEXEC);
	gsize done = 0;

	while (file >= 0 && done < size) {
		const ssize_t n = write(file, (const char *)bytes + done, size - done);
		if (n < 0 && errno != EINTR) {
			close(file);
			return -1;
		}
		done += n > 0 ? (gsize)n : 0;
	}
	if (file >= 0)
		lseek(file, 0, SEEK_SET);
	return file;
}

/* Waits until the program has ended; kills it when its time is over.  Returns its wait status. */
static int
await(GPid pid, int limit_s, bool *timed_out)
{
	const gint64 until = g_get_monotonic_time() + (gint64)limit_s * G_USEC_PER_SEC;
	int status = 0;

	*timed_out = false;
	for (;;) {
		const pid_t ended = waitpid(pid, &status, *timed_out ? 0 : WNOHANG);
		if (ended == pid || (ended < 0 && errno != EINTR))
			return status;
		if (g_get_monotonic_time() < until) {
			g_usleep(LOOK_US);
		} else {
			kill(pid, SIGKILL);
			*timed_out = true;
		}
	}
}

/* The first line of what the program printed, behind ": ", or nothing; caller frees. */
static char *
first_words(int file)
{
	char words[WORDS_BYTES];
	const ssize_t size = pread(file, words, sizeof(words) - 1, 0);

	words[MAX(size, 0)] = '\0';
	words[strcspn(words, "\r\n")] = '\0';
	return g_strconcat(*words != '\0' ? ": " : "", words, NULL);
}

static bool
judge(const char *program, int status, bool timed_out, int printed, GError **error)
{
	if (!timed_out && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	g_autofree char *words = first_words(printed);
	g_autofree char *end = timed_out ? g_strdup("it did not end in time")
		: WIFEXITED(status)	 ? g_strdup_printf("exit status %d", WEXITSTATUS(status))
					 : g_strdup_printf("killed by signal %d", WTERMSIG(status));
	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_IO, "%s: %s%s", program, end, words);
	return false;
}

/* Starts the program with these descriptors; false with an error that names it. */
static bool
start(const char *const *arguments, int input, int printed, GPid *pid, GError **error)
{
	g_autoptr(GError) problem = NULL;

	/* If whoever started us does not care for children, their exit codes would get lost. */
	signal(SIGCHLD, SIG_DFL);
	if (g_spawn_async_with_fds(NULL, (char **)arguments, NULL,
		    G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_SEARCH_PATH, NULL, NULL, pid, input,
		    printed, printed, &problem))
		return true;
	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_IO, "%s", problem->message);
	return false;
}

bool
process_feed(const char *const *arguments, GBytes *input, int limit_s, GError **error)
{
	gsize size;
	const void *bytes = g_bytes_get_data(input, &size);
	const int file = file_with(bytes, size), printed = file_with(NULL, 0);
	bool ok = false, timed_out;
	GPid pid;

	if (file < 0 || printed < 0)
		error_errno("a file in memory", error);
	else if (start(arguments, file, printed, &pid, error)) {
		const int status = await(pid, limit_s, &timed_out);
		ok = judge(arguments[0], status, timed_out, printed, error);
	}
	if (file >= 0)
		close(file);
	if (printed >= 0)
		close(printed);
	return ok;
}
