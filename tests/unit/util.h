/* What the unit tests share. */
#ifndef TLSRPT_TEST_UTIL_H
#define TLSRPT_TEST_UTIL_H

#include "tlsrpt/limits.h"
#include "tlsrpt/report.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <stdbool.h>
#include <string.h>

/* A row of a table for one limit: it, set to a value, allows one input and not the other. */
typedef struct {
	size_t offset; /* of the member in Limits */
	int64_t limit;
	const char *within, *over;
} LimitRow;

static inline Limits
default_limits(void)
{
	Limits limits;

	limits_init(&limits);
	return limits;
}

/* The default limits, one of them set. */
static inline Limits
limits_with(size_t offset, int64_t value)
{
	Limits limits = default_limits();

	memcpy((char *)&limits + offset, &value, sizeof(value));
	return limits;
}

/* Whether a case of this binary was skipped, which GLib's exit code does not tell. */
static bool any_skipped G_GNUC_UNUSED;

/* Skips the case, which returns then.  The test must end with run_tests(). */
static inline void
skip_case(const char *reason)
{
	any_skipped = true;
	g_test_skip(reason);
}

/* g_test_run(), but 77, which is a skip to ctest, if nothing failed and something was skipped. */
static inline int
run_tests(void)
{
	const int status = g_test_run();

	return status == 0 && any_skipped ? 77 : status;
}

/* JSON written with single quotes; caller frees. */
static inline char *
json_text(const char *text)
{
	return g_strdelimit(g_strdup(text), "'", '"');
}

static inline GBytes *
bytes_of(const char *text)
{
	return g_bytes_new(text, strlen(text));
}

/*
 * The first bytes of something in memory of just that size, so that the address sanitizer sees
 * whoever reads on.  Caller unrefs.
 */
static inline GBytes *
bytes_cut(GBytes *bytes, size_t size)
{
	return g_bytes_new(g_bytes_get_data(bytes, NULL), size);
}

/* "path=code(detail); path=code"; caller frees. */
static inline char *
findings_text(const Report *report)
{
	GString *text = g_string_new(NULL);

	for (size_t i = 0; i < report->findings->len; i++) {
		const Finding *finding = &g_array_index(report->findings, Finding, i);
		g_string_append_printf(text, "%s%s=%s", i > 0 ? "; " : "", finding->path,
			finding_name(finding->code));
		if (*finding->detail != '\0')
			g_string_append_printf(text, "(%s)", finding->detail);
	}
	return g_string_free(text, FALSE);
}

static inline void
assert_findings(const Report *report, const char *expected)
{
	g_autofree char *text = findings_text(report);

	g_assert_cmpstr(text, ==, expected);
}

/* A directory of the test's own; remove_tree() and free it. */
static inline char *
make_directory(void)
{
	g_autoptr(GError) error = NULL;
	char *path = g_dir_make_tmp("tlsrpt-unit-XXXXXX", &error);

	g_assert_no_error(error);
	return path;
}

static inline void
remove_tree(const char *path)
{
	GDir *directory = g_dir_open(path, 0, NULL);

	if (directory != NULL) {
		const char *name;
		while ((name = g_dir_read_name(directory)) != NULL) {
			g_autofree char *child = g_build_filename(path, name, NULL);
			remove_tree(child);
		}
		g_dir_close(directory);
	}
	g_remove(path);
}

#endif
