#include "tlsrpt/feed.h"

#include "tlsrpt/error.h"

#include "util.h"

#include <signal.h>
#include <string.h>

static bool
feed(const char *script, const char *text, int limit_s, GError **error)
{
	const char *const arguments[] = { "sh", "-c", script, NULL };
	g_autoptr(GBytes) input = g_bytes_new(text, strlen(text));

	return process_feed(arguments, input, limit_s, error);
}

static void
assert_failure(const char *script, int limit_s, const char *expected)
{
	g_autoptr(GError) error = NULL;

	g_assert_false(feed(script, "x", limit_s, &error));
	g_assert_error(error, TLSRPT_ERROR, TLSRPT_ERROR_IO);
	g_assert_cmpstr(error->message, ==, expected);
}

static void
test_reads(void)
{
	g_autofree char *many = g_strnfill(300000, 'x');
	g_autoptr(GError) error = NULL;

	g_assert_true(feed("[ \"$(cat)\" = 'a b' ]", "a b", 60, &error));
	g_assert_true(feed("[ $(wc -c) -eq 300000 ]", many, 60, &error));
	/* A program that does not read all, or nothing, is no failure by itself. */
	g_assert_true(feed("exec <&-; exit 0", many, 60, &error));
	g_assert_true(feed("true", "", 60, &error));
	g_assert_no_error(error);
}

static void
test_fails(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) input = g_bytes_new_static("", 0);
	const char *const nothing[] = { "/nonexistent/sendmail", NULL };

	assert_failure("exit 75", 60, "sh: exit status 75");
	assert_failure(
		"echo queue full >&2; echo more; exit 69", 60, "sh: exit status 69: queue full");
	assert_failure("kill -9 $$", 60, "sh: killed by signal 9");
	assert_failure("exec sleep 60", 1, "sh: it did not end in time");
	g_assert_false(process_feed(nothing, input, 60, &error));
	g_assert_error(error, TLSRPT_ERROR, TLSRPT_ERROR_IO);
	g_assert_nonnull(strstr(error->message, "/nonexistent/sendmail"));
}

/* Whoever started this program may ignore its children; they are waited for all the same. */
static void
test_ignored_children(void)
{
	signal(SIGCHLD, SIG_IGN);
	assert_failure("exit 3", 60, "sh: exit status 3");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/feed/reads", test_reads);
	g_test_add_func("/feed/fails", test_fails);
	g_test_add_func("/feed/ignored-children", test_ignored_children);
	return g_test_run();
}
