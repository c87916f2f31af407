#include "tlsrpt/window.h"

#include "tlsrpt/error.h"

#include "util.h"

/* 2026-11-23, a Monday. */
#define TODAY INT64_C(20780)

typedef struct {
	const char *since, *until;
	int64_t since_day, until_day; /* from TODAY */
} WindowRow;

static void
assert_windows(const WindowRow *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		g_autoptr(GError) error = NULL;
		Window window;
		const WindowRequest request = { rows[i].since, rows[i].until, 7, TODAY };
		const bool ok = window_parse(&request, &window, &error);
		g_assert_no_error(error);
		g_assert_true(ok);
		g_assert_cmpint(window.since_day - TODAY, ==, rows[i].since_day);
		g_assert_cmpint(window.until_day - TODAY, ==, rows[i].until_day);
	}
}

static void
assert_refused(const char *since, const char *until, const char *message)
{
	g_autoptr(GError) error = NULL;
	const WindowRequest request = { since, until, 7, TODAY };
	Window window;

	g_assert_false(window_parse(&request, &window, &error));
	g_assert_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE);
	g_assert_nonnull(strstr(error->message, message));
}

static void
test_defaults(void)
{
	static const WindowRow rows[] = {
		{ NULL, NULL, -7, 0 },
		{ "yesterday", NULL, -1, 0 },
		{ NULL, "yesterday", -8, -1 },
	};

	assert_windows(rows, G_N_ELEMENTS(rows));
}

static void
test_dates(void)
{
	static const WindowRow rows[] = {
		{ "2026-11-23", NULL, 0, 0 },
		{ "2026-11-01", NULL, -22, 0 },
		{ "2026-11-01", "2026-11-02", -22, -21 },
		{ "2026-11-01", "2026-11-01", -22, -22 },
		{ "2026-11-24", "2026-11-25", 1, 2 },
		{ "2024-02-29", "2024-03-01", -998, -997 },
		{ "1970-01-01", NULL, -TODAY, 0 },
		{ "1969-12-31", NULL, -TODAY - 1, 0 },
		{ " 2026-11-01 ", NULL, -22, 0 },
	};

	assert_windows(rows, G_N_ELEMENTS(rows));
}

static void
test_spans(void)
{
	static const WindowRow rows[] = {
		{ "0d", NULL, 0, 0 },
		{ "1d", NULL, -1, 0 },
		{ "7d", NULL, -7, 0 },
		{ "007d", NULL, -7, 0 },
		{ "7D", NULL, -7, 0 },
		{ "2w", NULL, -14, 0 },
		{ "2w", "1w", -14, -7 },
		{ "90d", "2d", -90, -2 },
		{ "100000d", NULL, -100000, 0 },
		{ "100000w", NULL, -700000, 0 },
	};

	assert_windows(rows, G_N_ELEMENTS(rows));
}

static void
test_words(void)
{
	static const WindowRow rows[] = {
		{ "today", NULL, 0, 0 },
		{ "Today", "TODAY", 0, 0 },
		{ "yesterday", "yesterday", -1, -1 },
		/* Today is a Monday: the latest before today. */
		{ "monday", NULL, -7, 0 },
		{ "last monday", NULL, -7, 0 },
		{ "Last Monday", NULL, -7, 0 },
		{ "sunday", NULL, -1, 0 },
		{ "saturday", NULL, -2, 0 },
		{ "friday", NULL, -3, 0 },
		{ "thursday", NULL, -4, 0 },
		{ "wednesday", NULL, -5, 0 },
		{ "tuesday", NULL, -6, 0 },
		{ "last tuesday", "last friday", -6, -3 },
	};

	assert_windows(rows, G_N_ELEMENTS(rows));
}

/* Each day of the week as seen from each: 1 to 7 days ago, and of that name. */
static void
test_every_weekday(void)
{
	static const char *const names[] = { "monday", "tuesday", "wednesday", "thursday", "friday",
		"saturday", "sunday" };

	/* Also around 1970, and before. */
	for (int64_t start = TODAY; start >= -14; start -= TODAY + 7) {
		for (int64_t today = start; today < start + 7; today++) {
			for (int i = 0; i < (int)G_N_ELEMENTS(names); i++) {
				const WindowRequest request = { names[i], NULL, 0, today };
				Window window;
				g_assert_true(window_parse(&request, &window, NULL));
				g_assert_cmpint(window.since_day, <, today);
				g_assert_cmpint(window.since_day, >=, today - 7);
				g_autoptr(GDateTime) time =
					g_date_time_new_from_unix_utc(window.since_day * 86400);
				g_assert_cmpint(g_date_time_get_day_of_week(time), ==, i + 1);
			}
		}
	}
}

static void
test_errors(void)
{
	static const char *const rows[] = { "", " ", "7", "d", "w", "-7d", "+7d", "7 d", "7m", "7dd",
		"0x7d", "100001d", "99999999999999999999d", "2026", "2026-11", "2026-11-1", "2026-11-31",
		"2026-13-01", "2026-00-01", "2025-02-29", "2026/11/01", "11/01/2026", "2026-11-01T00:00:00Z",
		"20261101", "20261101  ", "2026-11-01x", "mon", "last", "last ", "last  monday",
		"next monday", "last today", "last 7d", "tomorrow", "\xff", "m\xc3\xb6nday" };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		assert_refused(rows[i], NULL, "--since");
		assert_refused(NULL, rows[i], "--until");
	}
	assert_refused("yesterday", "2d", "--until is before --since");
	assert_refused("2026-11-24", NULL, "--until is before --since");
}

/* A week date of ISO 8601 is as long as a date, and is not what the message offers. */
static void
test_week_dates(void)
{
	assert_refused("2026-W47-1", NULL, "--since");
	assert_refused("2026-327 ", NULL, "--since");
}

/* How long to keep something. */
static void
test_days(void)
{
	static const char *const wrong[] = { "", "0d", "90", "d", "-1d", "1.5d", "90days", "100001d",
		"2026-11-01", "yesterday", " 90d" };
	int64_t days = 0;

	g_assert_true(window_parse_days("--keep", "90d", &days, NULL));
	g_assert_cmpint(days, ==, 90);
	g_assert_true(window_parse_days("--keep", "13w", &days, NULL));
	g_assert_cmpint(days, ==, 91);
	for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_false(window_parse_days("--keep", wrong[i], &days, &error));
		g_assert_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE);
		g_assert_true(g_str_has_prefix(error->message, "--keep: "));
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/window/defaults", test_defaults);
	g_test_add_func("/window/dates", test_dates);
	g_test_add_func("/window/spans", test_spans);
	g_test_add_func("/window/words", test_words);
	g_test_add_func("/window/every-weekday", test_every_weekday);
	g_test_add_func("/window/errors", test_errors);
	g_test_add_func("/window/week-dates", test_week_dates);
	g_test_add_func("/window/days", test_days);
	return g_test_run();
}
