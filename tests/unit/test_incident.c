/*
 * Every transition of an incident's state and every condition of an alarm, as rows of tables.  Days
 * are given from today (0): -7 is the first day of the window.
 */
#include "tlsrpt/day.h"
#include "tlsrpt/incident.h"

#include "util.h"

#define TODAY INT64_C(20780)
#define DAY_S 86400
#define NEVER 1000 /* no day */

static const IncidentRules rules = { .window = 7, .baseline = 28, .learning = 14, .silence = 4 };

/* "-20 -3" and the like, each with the organization after a colon: "-3:1". */
static void
parse_day(const char *text, int64_t *day, int64_t *organization)
{
	char *end;

	*day = TODAY + g_ascii_strtoll(text, &end, 10);
	*organization = *end == ':' ? g_ascii_strtoll(end + 1, NULL, 10) : 1;
}

/*
 * seen: the days, the first one first.  received: when the first report came; NEVER is the day after
 * the first one.  notes: "-3r" resolved at noon of that day, "-3R" at its midnight, "-1o" reopened.
 */
static void
make_history(const char *seen, int received, const char *notes, IncidentHistory *history)
{
	g_auto(GStrv) days = g_strsplit(seen, " ", -1);
	g_auto(GStrv) resolutions = g_strsplit(notes, " ", -1);

	*history = (IncidentHistory){
		.before_window = DAY_NONE,
		.days = g_array_new(FALSE, FALSE, sizeof(IncidentDay)),
		.resolutions = g_array_new(FALSE, FALSE, sizeof(Resolution)),
	};
	for (char **day = days; *day != NULL; day++) {
		IncidentDay one = { .failed_sessions = 1 };
		parse_day(*day, &one.day, &one.organization);
		if (day == days)
			history->first_day = one.day;
		if (one.day < TODAY - rules.window)
			history->before_window = one.day;
		else
			g_array_append_val(history->days, one);
	}
	history->first_received_day = received != NEVER ? TODAY + received : history->first_day + 1;
	for (char **note = resolutions; *note != NULL; note++) {
		char *kind;
		const int64_t day = TODAY + g_ascii_strtoll(*note, &kind, 10);
		const Resolution one = { day * DAY_S + (*kind == 'R' ? 0 : DAY_S / 2), *kind != 'o' };
		g_array_append_val(history->resolutions, one);
	}
}

static void
history_clear(IncidentHistory *history)
{
	g_array_unref(history->days);
	g_array_unref(history->resolutions);
}

typedef struct {
	const char *seen, *notes;
	int received;
	const char *state;
	bool late;
} StateRow;

static void
test_states(void)
{
	static const StateRow rows[] = {
		/* new: first seen in the window, from its first to its last day */
		{ "0", "", NEVER, "new", false },
		{ "-7", "", NEVER, "new", false },
		{ "-7 -6 -5 0", "", NEVER, "new", false },
		/* or first received in it: late */
		{ "-10 -7", "", -2, "new", true },
		{ "-9 -7", "", -2, "new", false }, /* seven days are not late */
		{ "-24 -20 -7", "", -1, "new", true },
		{ "-8 -7", "", -8, "ongoing", false },
		/* ongoing */
		{ "-8 -7", "", NEVER, "new", false },
		{ "-9 -7", "", NEVER, "ongoing", false },
		{ "-40 -30 -20 -10 -1", "", NEVER, "ongoing", false },
		{ "-14 0", "", NEVER, "ongoing", false }, /* 13 silent days */
		/* recurring after 14 silent days, wherever in the window */
		{ "-15 0", "", NEVER, "recurring", false },
		{ "-22 -7", "", NEVER, "recurring", false },
		{ "-22 -7 -6 -5 -4 -3 -2 -1 0", "", NEVER, "recurring", false },
		{ "-400 -399 -1", "", NEVER, "recurring", false },
		/* the silence ended before the window */
		{ "-40 -8 -7", "", NEVER, "ongoing", false },
		{ "-23 -8 -1", "", NEVER, "ongoing", false },
		/* quiet: not in the window */
		{ "-8", "", -7, "quiet", false },
		{ "-8", "", 0, "quiet", true },
		{ "-8", "", -8, "quiet", false },
		{ "-30 -20 -8", "", NEVER, "quiet", false },
		{ "-24", "", 0, "quiet", true },
		/* resolved, and not seen on a day that starts after */
		{ "-3", "-2r", NEVER, "resolved", false },
		{ "-3", "-3r", NEVER, "resolved", false }, /* later on the same day */
		{ "-3", "-3R", NEVER, "resolved", false }, /* the day starts with it, not after */
		{ "-3", "-4r", NEVER, "new", false }, /* before it was ever seen */
		{ "-30", "-2r", NEVER, "resolved", false },
		{ "-30", "-29r", NEVER, "resolved", false },
		{ "-5 -3", "-3r", NEVER, "resolved", false },
		/* recurring after it was resolved */
		{ "-5 -3", "-4r", NEVER, "recurring", false },
		{ "-5 -3 -2 -1", "-4r", NEVER, "recurring", false },
		{ "-10 -3", "-9r", NEVER, "recurring", false },
		{ "-5 -3", "-4r -2r", NEVER, "resolved", false },
		{ "-5 -3 0", "-4r -2r", NEVER, "recurring", false },
		{ "-10 -9 -3", "-10r", NEVER, "ongoing", false }, /* it came back before the window */
		/* taken back */
		{ "-3", "-2r -1o", NEVER, "new", false },
		{ "-9 -3", "-2r -1o", NEVER, "ongoing", false },
		{ "-30", "-20r -1o", NEVER, "quiet", false },
		{ "-10 -3", "-9r -8o", NEVER, "ongoing", false },
		{ "-10 -3", "-9r -2o", NEVER, "recurring", false }, /* it was when it came back */
		{ "-3", "-2r -1o 0r", NEVER, "resolved", false },
		{ "-3", "-2o", NEVER, "new", false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		IncidentHistory history;
		make_history(rows[i].seen, rows[i].received, rows[i].notes, &history);
		g_test_message("seen %s, notes %s, received %d", rows[i].seen, rows[i].notes,
			rows[i].received);
		g_assert_cmpstr(incident_state_name(incident_state(&history, &rules, TODAY)), ==,
			rows[i].state);
		g_assert_cmpint(incident_is_late(&history, &rules, TODAY), ==, rows[i].late);
		history_clear(&history);
	}
}

/* The same history a day later, and so on: how it goes on by itself. */
static void
test_passing_of_time(void)
{
	static const struct {
		int later;
		const char *state;
	} rows[] = { { 0, "new" }, { 7, "new" }, { 8, "quiet" }, { 400, "quiet" } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		IncidentHistory history;
		const int64_t today = TODAY + rows[i].later;
		make_history("0", NEVER, "", &history);
		if (rows[i].later > rules.window) {
			history.before_window = TODAY;
			g_array_set_size(history.days, 0);
		}
		g_assert_cmpstr(incident_state_name(incident_state(&history, &rules, today)), ==,
			rows[i].state);
		history_clear(&history);
	}
}

/* "-3:1 100/5" per total: day, organization, sessions, failed ones. */
static GArray *
make_totals(const char *text)
{
	GArray *totals = g_array_new(FALSE, TRUE, sizeof(ReportDay));
	g_auto(GStrv) rows = g_strsplit(text, ", ", -1);

	for (char **row = rows; *row != NULL; row++) {
		ReportDay one = { 0 };
		const char *numbers = strchr(*row, ' ');
		char *failed;
		parse_day(*row, &one.day, &one.organization);
		one.sessions = g_ascii_strtoll(numbers, &failed, 10);
		one.failed_sessions = g_ascii_strtoll(failed + 1, NULL, 10);
		one.received_day = one.day + 1;
		g_array_append_val(totals, one);
	}
	return totals;
}

static void
test_pattern(void)
{
	static const struct {
		const char *seen, *totals;
		bool pattern;
	} rows[] = {
		{ "-3:1", "-3:1 100/1, -3:2 100/0", false },
		{ "-3:1", "-3:1 100/1", false },
		{ "-3:1 -3:2", "-3:1 100/1, -3:2 100/1", true }, /* two organizations */
		{ "-3:1 -2:1", "-3:1 100/1, -2:1 100/1", true }, /* two days */
		{ "-3:1 -1:2", "-3:1 100/1, -1:2 100/1", true },
		{ "-9:1 -3:1", "-3:1 100/1", false }, /* one of them before the window */
		{ "-9:2 -3:1", "-3:1 100/1, -9:2 5/5", false },
		{ "-3:1", "-3:1 4/4", true }, /* all of what is known of that day */
		{ "-3:1", "-3:1 4/4, -3:2 1/0", false }, /* another reported, too */
		{ "-3:1", "-3:1 4/4, -3:2 3/3", false },
		{ "-3:1", "-3:1 4/4, -2:2 9/0", true }, /* another day */
		{ "-3:1", "-3:1 4/3", false },
		{ "-3:1", "-3:1 0/0", false }, /* nothing was tried */
		{ "-9:1", "-9:1 4/4", false }, /* quiet */
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		IncidentHistory history;
		g_autoptr(GArray) totals = make_totals(rows[i].totals);
		g_autoptr(DaySums) sums = day_sums_new(totals);
		make_history(rows[i].seen, NEVER, "", &history);
		g_test_message("seen %s, totals %s", rows[i].seen, rows[i].totals);
		g_assert_cmpint(incident_is_pattern(&history, sums), ==, rows[i].pattern);
		history_clear(&history);
	}
}

static void
test_unusual(void)
{
	static const struct {
		const char *seen, *totals;
		double baseline;
		bool unusual;
	} rows[] = {
		{ "-3:1", "-3:1 100/6", 0, true },
		{ "-3:1", "-3:1 100/5", 0, false }, /* not more than five sessions */
		{ "-3:1", "-3:1 10/5", 0, false },
		{ "-3:1", "-3:1 120/6", 0, false }, /* not more than 5 % */
		{ "-3:1", "-3:1 119/6", 0, true },
		{ "-3:1", "-3:1 100/6", 0.02, false }, /* three times the baseline */
		{ "-3:1", "-3:1 100/7", 0.02, true },
		{ "-3:1", "-3:1 100/7", 0.016, true },
		{ "-3:1", "-3:1 100/0, -3:2 100/90", 0, false }, /* at another organization */
		{ "-3:1", "-3:1 100/0, -2:1 100/90", 0, false }, /* on another day */
		{ "-3:1 -2:1", "-3:1 100/0, -2:1 100/90", 0, true },
		{ "-3:1", "-2:1 100/90", 0, false }, /* nothing is known of that day */
		{ "-9:1", "-9:1 100/90", 0, false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		IncidentHistory history;
		g_autoptr(GArray) totals = make_totals(rows[i].totals);
		g_autoptr(DaySums) sums = day_sums_new(totals);
		make_history(rows[i].seen, NEVER, "", &history);
		g_test_message("seen %s, totals %s", rows[i].seen, rows[i].totals);
		g_assert_cmpint(
			incident_is_unusual(&history, sums, rows[i].baseline), ==, rows[i].unusual);
		history_clear(&history);
	}
}

static void
test_baseline(void)
{
	static const struct {
		const char *totals;
		double baseline;
	} rows[] = {
		{ "-8:1 100/10", 0.1 },
		{ "-35:1 100/10", 0.1 },
		{ "-36:1 100/10", 0 }, /* before it */
		{ "-7:1 100/10", 0 }, /* in the window */
		{ "-8:1 100/10, -9:1 300/0", 0.025 },
		{ "-8:1 100/10, -9:2 100/30", 0.2 },
		/* one that mails failures only says nothing of the share */
		{ "-8:1 100/10, -9:2 30/30, -10:2 7/7", 0.1 },
		{ "-8:1 100/10, -9:2 30/30, -10:2 10/0", 40.0 / 140 },
		{ "-8:2 30/30, -2:2 10/0", 0 }, /* its success is not of that time */
		{ "-8:1 0/0", 0 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GArray) totals = make_totals(rows[i].totals);
		g_test_message("%s", rows[i].totals);
		g_assert_cmpfloat_with_epsilon(incident_baseline(totals, &rules, TODAY),
			rows[i].baseline, 1e-12);
	}
}

static void
test_silence(void)
{
	static const struct {
		int first, step, last; /* reports on these days, each received on the day after */
		int also; /* and on this one */
		bool silent;
	} rows[] = {
		{ -30, 1, -1, NEVER, false },
		{ -30, 1, -5, NEVER, false }, /* received 4 days ago */
		{ -30, 1, -6, NEVER, true }, /* 5 days ago */
		{ -30, 1, -8, NEVER, true }, /* exactly 9 of the 13 days */
		{ -30, 1, -9, NEVER, false }, /* 8 of them: no longer regular */
		{ -12, 1, -4, NEVER, false }, /* received 3 days ago */
		{ -16, 1, -8, NEVER, true },
		{ -15, 1, -8, NEVER, false }, /* 8 days */
		{ -30, 2, -4, NEVER, false }, /* every other day is not regular */
		{ -26, 1, -6, NEVER, true },
		{ -17, 1, -6, -23, false }, /* a gap of 6: 9 days are allowed, 5 have passed */
		{ -17, 1, -6, -20, true }, /* a gap of 3: 4.5 days are, 5 have */
		{ -17, 1, -6, -21, false }, /* a gap of 4: 6 days are */
		{ -17, 1, -6, -29, true }, /* a gap that began before the 28 days is none */
		{ -30, 1, -6, 0, false }, /* it came back */
		{ -30, 1, -6, 1, true }, /* a day that is not yet does not count */
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GArray) days = g_array_new(FALSE, TRUE, sizeof(ReportDay));
		for (int day = -40; day <= 5; day++) {
			const bool reports = day == rows[i].also
				|| (day >= rows[i].first && day <= rows[i].last
					&& (day - rows[i].first) % rows[i].step == 0);
			const ReportDay one = { .day = TODAY + day, .received_day = TODAY + day + 1 };
			if (reports)
				g_array_append_val(days, one);
		}
		g_test_message("row %zu", i);
		g_assert_cmpint(reporter_is_silent((const ReportDay *)(void *)days->data, days->len,
					&rules, TODAY), ==, rows[i].silent);
	}
}

static void
test_stopped(void)
{
	g_assert_true(reports_have_stopped(9, TODAY - 3, TODAY));
	g_assert_false(reports_have_stopped(9, TODAY - 2, TODAY));
	g_assert_false(reports_have_stopped(8, TODAY - 3, TODAY));
	g_assert_true(reports_have_stopped(13, TODAY - 30, TODAY));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/incident/states", test_states);
	g_test_add_func("/incident/passing-of-time", test_passing_of_time);
	g_test_add_func("/incident/pattern", test_pattern);
	g_test_add_func("/incident/unusual", test_unusual);
	g_test_add_func("/incident/baseline", test_baseline);
	g_test_add_func("/incident/silence", test_silence);
	g_test_add_func("/incident/stopped", test_stopped);
	return g_test_run();
}
