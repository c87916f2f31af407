/* The rules of failures: each sentence of the manual's ALARMS has a row. */
#include "tlsrpt/failure.h"

#include <stdio.h>
#include <string.h>

#define TODAY 20000
#define WINDOW 7

static const IncidentRules rules = { WINDOW, 28, 14, 4 };

/* --- reporters: "A" is a witness, "A2" another name under its key, "a" a first-timer */

#define REPORTERS_MAX 64

static Reporter reporters[REPORTERS_MAX];
static char names[REPORTERS_MAX][4];
static guint n_reporters;

static const Reporter *
reporter_named(const char *name)
{
	for (guint i = 0; i < n_reporters; i++) {
		if (strcmp(names[i], name) == 0)
			return &reporters[i];
	}
	g_assert_cmpuint(n_reporters, <, REPORTERS_MAX);
	Reporter *reporter = &reporters[n_reporters];
	g_strlcpy(names[n_reporters], name, sizeof(names[0]));
	*reporter = (Reporter){ .id = 1000 + n_reporters,
		.index = n_reporters,
		.organization = names[n_reporters],
		.auth = "pass",
		.auth_domain = "",
		.witness = names[n_reporters],
		.witness_number = *name,
		.name = names[n_reporters],
		.believed = true,
		.first_timer = g_ascii_islower(*name) };
	n_reporters++;
	return reporter;
}

/*
 * A report in words: "A -3 100 5 4t" is that reporter A reported for the day 3 days before today 100
 * sessions, 5 of them failed, of these 4 with the failure under a policy of type tlsa; without a letter it is
 * sts, "n" is neither, and "p" sts with a result type that says that the policy itself fails.  Without the
 * last figure it did not see the failure.
 */
static void
read_reports(const char *text, GArray *totals, GArray *days)
{
	g_auto(GStrv) lines = g_strsplit(text, ";", -1);

	for (char **line = lines; *line != NULL; line++) {
		char name[4], kind = 's';
		int day;
		gint64 sessions, failed, seen = 0;
		const int n = sscanf(*line,
			" %3s %d %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "%c",
			name, &day, &sessions, &failed, &seen, &kind);
		if (n < 4)
			continue;
		const Reporter *reporter = reporter_named(name);
		const ReporterDay total = { reporter, TODAY + day, sessions, failed,
			TODAY + day + 1 };
		const FailureDay one = { reporter, TODAY + day, seen, kind == 't',
			kind == 's' || kind == 'p', kind != 'p' };
		g_array_append_val(totals, total);
		if (days != NULL && n >= 5)
			g_array_append_val(days, one);
	}
	reporter_days_sort(totals);
}

static int
compare_days(gconstpointer a, gconstpointer b)
{
	const FailureDay *one = a, *other = b;

	return one->day < other->day ? -1 : one->day > other->day;
}

/* The verdict about a failure that was first seen in W, without any marks. */
static FailureVerdict
judge(const char *reports, const char *usual, MtaStsMode mode)
{
	g_autoptr(GArray) totals = g_array_new(FALSE, FALSE, sizeof(ReporterDay));
	g_autoptr(GArray) before = g_array_new(FALSE, FALSE, sizeof(ReporterDay));
	g_autoptr(GArray) days = g_array_new(FALSE, FALSE, sizeof(FailureDay));
	g_autoptr(GArray) seen = g_array_new(FALSE, FALSE, sizeof(int64_t));
	g_autoptr(GArray) marks = g_array_new(FALSE, FALSE, sizeof(Mark));
	g_autoptr(GArray) incidents = g_array_new(FALSE, FALSE, sizeof(SeenIncident));

	read_reports(reports, totals, days);
	read_reports(usual, before, NULL);
	g_array_sort(days, compare_days);
	for (guint i = 0; i < days->len; i++) {
		const FailureDay *day = &g_array_index(days, FailureDay, i);
		if (i == 0 || day->day != (day - 1)->day)
			g_array_append_val(seen, day->day);
	}
	const SeenIncident incident = { seen->len > 0 ? g_array_index(seen, int64_t, 0) : DAY_NONE,
		TODAY, DAY_NONE, seen, marks };
	g_array_append_val(incidents, incident);
	const FailureEvidence evidence = { .rules = &rules,
		.today = TODAY,
		.incidents = incidents,
		.totals = totals,
		.days = days,
		.usual = before,
		.mode = mode };
	return failure_judge(&evidence);
}

#define ENFORCE MTA_STS_ENFORCE
#define TESTING MTA_STS_TESTING

static void
test_levels(void)
{
	static const struct {
		const char *what, *reports, *usual;
		MtaStsMode mode;
		FailureLevel level;
		FailureWhy why;
	} rows[] = {
		/* Pattern: enough failed sessions, and one of four shapes. */
		{ "two witnesses on a day", "A -3 10 2 2; B -3 10 2 2", "", ENFORCE, LEVEL_CRITICAL,
			WHY_HELD },
		{ "two witnesses a day apart", "A -3 10 2 2; B -2 10 2 2", "", ENFORCE,
			LEVEL_CRITICAL, WHY_HELD },
		{ "two witnesses two days apart", "A -4 10 2 2; B -2 10 2 2", "", ENFORCE,
			LEVEL_GLITCH, WHY_GLITCH },
		{ "two names under one key are one witness", "A -3 10 2 2; A2 -3 10 2 2", "",
			ENFORCE, LEVEL_GLITCH, WHY_GLITCH },
		{ "one reporter on two days that follow each other", "A -3 10 2 2; A -2 10 2 2", "",
			ENFORCE, LEVEL_CRITICAL, WHY_HELD },
		{ "that follow each other among those it reported on", "A -5 10 2 2; A -2 10 2 2",
			"", ENFORCE, LEVEL_CRITICAL, WHY_HELD },
		{ "not if it reported without it in between", "A -5 10 2 2; A -4 10 0; A -2 10 2 2",
			"", ENFORCE, LEVEL_GLITCH, WHY_GLITCH },
		{ "three days", "A -5 10 2 2; A -4 10 0; A -3 10 2 2; A -2 10 0; A -1 10 2 2", "",
			ENFORCE, LEVEL_CRITICAL, WHY_HELD },
		{ "a day on which all who reported had only failed sessions", "A -3 3 3 3", "",
			ENFORCE, LEVEL_CRITICAL, WHY_HELD },
		{ "at least three", "A -3 2 2 2", "", ENFORCE, LEVEL_GLITCH, WHY_GLITCH },
		{ "two if more than one reporter-day saw it", "A -3 1 1 1; B -3 1 1 1", "", ENFORCE,
			LEVEL_CRITICAL, WHY_HELD },
		{ "all, not some", "A -3 3 3 3; B -3 5 0", "", ENFORCE, LEVEL_GLITCH, WHY_GLITCH },
		/* At least 3 failed sessions, 2 if the raw share is 30 % or more. */
		{ "too few failed sessions", "A -3 100 1 1; B -3 100 1 1", "", ENFORCE,
			LEVEL_GLITCH, WHY_GLITCH },
		{ "three are enough", "A -3 100 2 2; B -3 100 1 1", "", ENFORCE, LEVEL_CRITICAL,
			WHY_HELD },
		{ "two of six are 30 %", "A -3 3 1 1; B -3 3 1 1", "", ENFORCE, LEVEL_CRITICAL,
			WHY_HELD },
		{ "two of seven are not", "A -3 4 1 1; B -3 3 1 1", "", ENFORCE, LEVEL_GLITCH,
			WHY_GLITCH },
		{ "the sessions before it was first seen do not count",
			"A -6 100 0; A -3 3 1 1; B -3 3 1 1", "", ENFORCE, LEVEL_CRITICAL,
			WHY_HELD },
		/* Failed sessions are at most those of the domain. */
		{ "rows of two MX over the same sessions", "A -3 100 2 4; B -3 100 0 4", "",
			ENFORCE, LEVEL_GLITCH, WHY_GLITCH },
		/* Background, under 0.1 % of W. */
		{ "background", "A -3 5000 2 2; B -3 5000 2 2", "", ENFORCE, LEVEL_BACKGROUND,
			WHY_BACKGROUND },
		{ "one tenth of a percent is none", "A -3 2000 2 2; B -3 2000 2 2", "", ENFORCE,
			LEVEL_WARNING, WHY_SMALL_SHARE },
		/* The first that matches. */
		{ "the policy itself", "A -3 10 2 2p; B -3 10 2 2p", "", ENFORCE, LEVEL_WARNING,
			WHY_POLICY },
		{ "one reporter alone, two others with success",
			"A -3 10 2 2; A -2 10 2 2; B -3 1 0; C -2 1 0", "", ENFORCE, LEVEL_WARNING,
			WHY_ONE_REPORTER },
		{ "or others with 20 sessions together", "A -3 10 2 2; A -2 10 2 2; B -3 20 0", "",
			ENFORCE, LEVEL_WARNING, WHY_ONE_REPORTER },
		{ "one other with 19 is not enough", "A -3 10 2 2; A -2 10 2 2; B -3 19 0", "",
			ENFORCE, LEVEL_CRITICAL, WHY_HELD },
		{ "nor success on other days", "A -3 10 2 2; A -2 10 2 2; B -4 90 0; C -1 90 0", "",
			ENFORCE, LEVEL_CRITICAL, WHY_HELD },
		{ "nor names under the same key",
			"A -3 10 2 2; A -2 10 2 2; A2 -3 99 0; A3 -3 99 0", "", ENFORCE,
			LEVEL_CRITICAL, WHY_HELD },
		{ "under half a percent since it was first seen", "A -3 500 2 2; B -3 500 2 2", "",
			ENFORCE, LEVEL_WARNING, WHY_SMALL_SHARE },
		{ "half a percent", "A -3 400 2 2; B -3 400 2 2", "", ENFORCE, LEVEL_CRITICAL,
			WHY_HELD },
		{ "tlsa, whatever the mode", "A -3 10 2 2t; B -3 10 2 2n", "", TESTING,
			LEVEL_CRITICAL, WHY_HELD },
		{ "sts in testing mode", "A -3 10 2 2; B -3 10 2 2", "", TESTING, LEVEL_WARNING,
			WHY_DELIVERED },
		{ "no policy found", "A -3 10 2 2n; B -3 10 2 2n", "", ENFORCE, LEVEL_WARNING,
			WHY_DELIVERED },
		/* No pattern: unusual. */
		{ "over 5 and over 5 %", "A -3 60 6 6; B -3 10 0", "", ENFORCE, LEVEL_WARNING,
			WHY_UNUSUAL },
		{ "not over 5", "A -3 60 5 5; B -3 10 0", "", ENFORCE, LEVEL_GLITCH, WHY_GLITCH },
		{ "not over 5 %", "A -3 120 6 6; B -3 10 0", "", ENFORCE, LEVEL_GLITCH,
			WHY_GLITCH },
		{ "the failed sessions of the domain count", "A -3 60 6 1; B -3 10 0", "", ENFORCE,
			LEVEL_WARNING, WHY_UNUSUAL },
		{ "not over three times its own baseline", "A -3 60 6 6; B -3 10 0",
			"A -20 100 4; B -20 9 0", ENFORCE, LEVEL_GLITCH, WHY_GLITCH },
		{ "the baseline of another does not matter", "A -3 60 6 6; B -3 10 0",
			"B -20 100 50", ENFORCE, LEVEL_WARNING, WHY_UNUSUAL },
		{ "who has reported failures alone has no baseline", "A -3 60 6 6; B -3 10 0",
			"A -20 100 100", ENFORCE, LEVEL_WARNING, WHY_UNUSUAL },
		/* First-timers. */
		{ "a first-timer is no witness", "A -3 10 2 2; b -3 10 2 2", "", ENFORCE,
			LEVEL_GLITCH, WHY_GLITCH },
		{ "what it alone sees can warn", "a -3 10 2 2; a -2 10 2 2", "", ENFORCE,
			LEVEL_WARNING, WHY_FIRST_TIMER },
		{ "two of them are no witnesses either", "a -3 10 2 2; b -3 10 2 2; C -3 9 0", "",
			ENFORCE, LEVEL_GLITCH, WHY_GLITCH },
		{ "it counts in no share but its own", "A -3 300 2 2; B -3 300 2 2; c -3 100000 0",
			"", ENFORCE, LEVEL_CRITICAL, WHY_HELD },
		{ "its success does not hide that all failed", "A -3 3 3 3; b -3 50 0", "", ENFORCE,
			LEVEL_CRITICAL, WHY_HELD },
		{ "its success makes nobody the only one",
			"A -3 9 2 2; A -2 9 2 2; b -3 50 0; c -3 50 0", "", ENFORCE, LEVEL_CRITICAL,
			WHY_HELD },
		{ "its tlsa makes nothing critical", "A -3 10 2 2; B -3 10 2 2; c -3 10 9 9t", "",
			TESTING, LEVEL_WARNING, WHY_DELIVERED },
		/* The end. */
		{ "reported on 3 days since", "A -6 9 9 9; A -3 9 0; A -2 9 0; A -1 9 0", "",
			ENFORCE, LEVEL_NONE, WHY_OVER },
		{ "on 2 days only", "A -6 9 9 9; A -2 9 0; A -1 9 0", "", ENFORCE, LEVEL_CRITICAL,
			WHY_HELD },
		{ "not all who saw it",
			"A -6 9 9 9; A -3 9 0; A -2 9 0; A -1 9 0; B -6 9 9 9; B -1 9 0", "",
			ENFORCE, LEVEL_CRITICAL, WHY_HELD },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const FailureVerdict verdict = judge(rows[i].reports, rows[i].usual, rows[i].mode);
		if (verdict.level != rows[i].level || verdict.why != rows[i].why)
			g_test_message("%s: %s, %s", rows[i].what,
				failure_level_name(verdict.level), failure_why_name(verdict.why));
		g_assert_cmpstr(
			failure_level_name(verdict.level), ==, failure_level_name(rows[i].level));
		g_assert_cmpstr(failure_why_name(verdict.why), ==, failure_why_name(rows[i].why));
	}
}

static void
test_only(void)
{
	const char *reports = "A -3 10 2 2; A -2 10 2 2; B -3 1 0; C -2 1 0";
	const FailureVerdict verdict = judge(reports, "", ENFORCE);

	g_assert_cmpstr(verdict.only->name, ==, "A");
	g_assert_cmpint(verdict.failed_sessions, ==, 4);
	g_assert_cmpfloat_with_epsilon(verdict.raw_share, 0.2, 1e-9);
}

static void
test_share(void)
{
	static const struct {
		const char *what, *reports;
		double share;
	} rows[] = {
		{ "nobody", "", 0 },
		{ "one counts whole", "A -1 10 4", 0.4 },
		{ "each next with three times those before", "A -1 10 0; B -1 100 100", 0.75 },
		{ "and so on", "A -1 10 0; B -1 100 100; C -1 1000 0", 30.0 / 160 },
		{ "no more than it has", "A -1 10 0; B -1 20 20", 20.0 / 30 },
		{ "in ascending order of their sessions", "A -1 100 100; B -1 10 0", 0.75 },
		{ "days are added up", "A -2 5 0; A -1 5 5; B -1 1000 0", 5.0 / 40 },
		{ "whoever had no sessions does not count", "A -1 0 0; B -1 10 5", 0.5 },
		{ "one key under many names is one",
			"A -1 10 5; B1 -1 30 0; B2 -1 90 0; B3 -1 900 0", 5.0 / 40 },
		{ "a giant", "A -1 50 1; B -1 50 1; C -1 9007199254740992 9007199254740992",
			(2 + 300.0) / 400 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GArray) totals = g_array_new(FALSE, FALSE, sizeof(ReporterDay));
		read_reports(rows[i].reports, totals, NULL);
		g_test_message("%s", rows[i].what);
		g_assert_cmpfloat_with_epsilon(
			robust_share(totals, TODAY - WINDOW, TODAY).share, rows[i].share, 1e-9);
	}
}

/* --- states */

/* "r-3" is resolved 3 days before today, "o" reopened, "a-3:0.1" accepted with a share, "a-3:0.1:2" until +2. */
static GArray *
read_marks(const char *text)
{
	static const char kinds[] = "roa"; /* in the order of MarkKind */
	GArray *marks = g_array_new(FALSE, FALSE, sizeof(Mark));
	g_auto(GStrv) words = g_strsplit(text, " ", -1);

	for (char **word = words; *word != NULL; word++) {
		Mark mark = { .until_day = DAY_NONE };
		int day = 0, until = 0;
		const int n = sscanf(
			*word + (**word != '\0'), "%d:%lf:%d", &day, &mark.share, &until);
		if (n < 1)
			continue;
		mark.kind = (MarkKind)(strchr(kinds, **word) - kinds);
		mark.at = (TODAY + day) * DAY_SECONDS + DAY_SECONDS / 2;
		mark.until_day = n == 3 ? TODAY + until : DAY_NONE;
		g_array_append_val(marks, mark);
	}
	return marks;
}

static GArray *
read_days(const char *text)
{
	GArray *days = g_array_new(FALSE, FALSE, sizeof(int64_t));
	g_auto(GStrv) words = g_strsplit(text, " ", -1);

	for (char **word = words; *word != NULL; word++) {
		const int64_t day = TODAY + g_ascii_strtoll(*word, NULL, 10);
		if (**word != '\0')
			g_array_append_val(days, day);
	}
	return days;
}

#define NEVER 999

static void
test_states(void)
{
	static const struct {
		const char *what;
		int first, received, before; /* days from today on, or NEVER */
		const char *days, *marks;
		FailureState state;
		bool late;
	} rows[] = {
		{ "first seen in W", -3, -2, NEVER, "-3", "", STATE_NEW, false },
		{ "on the first day of W", -7, -6, NEVER, "-7", "", STATE_NEW, false },
		{ "seen before, without a long gap", -30, -29, -9, "-3", "", STATE_ONGOING, false },
		{ "first received in W", -10, -2, -10, "-6", "", STATE_NEW, true },
		{ "and a window after its day", -9, -2, -9, "-6", "", STATE_NEW, false },
		{ "not in W", -30, -29, -9, "", "", STATE_QUIET, false },
		{ "14 silent days", -30, -29, -18, "-3", "", STATE_RECURRING, false },
		{ "13 silent days", -30, -29, -17, "-3", "", STATE_ONGOING, false },
		{ "resolved, and not seen since", -30, -29, -9, "-3", "r-3", STATE_RESOLVED,
			false },
		{ "not seen on a day after that", -30, -29, -9, "-3", "r-2", STATE_RESOLVED,
			false },
		{ "seen on a day after that", -30, -29, -9, "-3 -1", "r-2", STATE_RECURRING,
			false },
		{ "resolved before W, and back", -30, -29, -9, "-3", "r-8", STATE_RECURRING,
			false },
		{ "reopened", -30, -29, -9, "-3", "r-2 o-1", STATE_ONGOING, false },
		{ "resolved, quiet", -30, -29, -9, "", "r-2", STATE_RESOLVED, false },
		{ "accepted for good", -30, -29, -9, "-3", "a-2:0.5", STATE_ACCEPTED, false },
		{ "accepted until tomorrow", -30, -29, -9, "-3", "a-2:0.5:1", STATE_ACCEPTED,
			false },
		{ "accepted until today", -30, -29, -9, "-3", "a-2:0.5:0", STATE_ONGOING, false },
		{ "accepted, quiet", -30, -29, -9, "", "a-2:0.5", STATE_ACCEPTED, false },
		/* 20 of 100 sessions fail: over twice the share, and by more than 5 sessions. */
		{ "twice the share that was accepted", -30, -29, -9, "-3", "a-2:0.1",
			STATE_ACCEPTED, false },
		{ "over twice, by 4 sessions", -30, -29, -9, "-3", "a-2:0.08", STATE_ACCEPTED,
			false },
		{ "over twice, by 6 sessions", -30, -29, -9, "-3", "a-2:0.07", STATE_ONGOING,
			false },
		{ "accepted, then resolved", -30, -29, -9, "-3", "a-3:0.5 r-1", STATE_RESOLVED,
			false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GArray) totals = g_array_new(FALSE, FALSE, sizeof(ReporterDay));
		g_autoptr(GArray) days = g_array_new(FALSE, FALSE, sizeof(FailureDay));
		g_autoptr(GArray) seen = read_days(rows[i].days);
		g_autoptr(GArray) marks = read_marks(rows[i].marks);
		g_autoptr(GArray) incidents = g_array_new(FALSE, FALSE, sizeof(SeenIncident));
		const SeenIncident incident = { TODAY + rows[i].first, TODAY + rows[i].received,
			rows[i].before == NEVER ? DAY_NONE : TODAY + rows[i].before, seen, marks };
		g_array_append_val(incidents, incident);
		read_reports("A -1 80 0", totals, NULL);
		for (guint j = 0; j < seen->len; j++) {
			const FailureDay day = { .reporter = reporter_named("A"),
				.day = g_array_index(seen, int64_t, j),
				.failed_sessions = 20 / (int64_t)seen->len,
				.has_sts = true,
				.beyond_policy = true };
			const ReporterDay total = { day.reporter, day.day, 20 / (int64_t)seen->len,
				day.failed_sessions, day.day };
			if (day.day == TODAY - 1)
				continue;
			g_array_append_val(days, day);
			g_array_append_val(totals, total);
		}
		reporter_days_sort(totals);
		const FailureEvidence evidence = { .rules = &rules,
			.today = TODAY,
			.incidents = incidents,
			.totals = totals,
			.days = days };
		const FailureVerdict verdict = failure_judge(&evidence);
		g_test_message("%s", rows[i].what);
		g_assert_cmpstr(
			failure_state_name(verdict.state), ==, failure_state_name(rows[i].state));
		g_assert_cmpint(verdict.late, ==, rows[i].late);
		if (rows[i].state <= STATE_QUIET)
			g_assert_cmpint(verdict.level, ==, LEVEL_NONE);
	}
}

/* A failure of two incidents is resolved if both are. */
static void
test_state_of_two(void)
{
	g_autoptr(GArray) totals = g_array_new(FALSE, FALSE, sizeof(ReporterDay));
	g_autoptr(GArray) days = g_array_new(FALSE, FALSE, sizeof(FailureDay));
	g_autoptr(GArray) seen = read_days("-3"), nothing = read_days("");
	g_autoptr(GArray) resolved = read_marks("r-2"), no_marks = read_marks("");
	const SeenIncident one = { TODAY - 30, TODAY - 29, TODAY - 9, seen, resolved };
	const SeenIncident open = { TODAY - 30, TODAY - 29, TODAY - 9, seen, no_marks };
	const SeenIncident quiet = { TODAY - 30, TODAY - 29, TODAY - 9, nothing, no_marks };
	const struct {
		SeenIncident other;
		FailureState state;
	} rows[] = { { one, STATE_RESOLVED }, { open, STATE_ONGOING }, { quiet, STATE_RESOLVED } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GArray) incidents = g_array_new(FALSE, FALSE, sizeof(SeenIncident));
		const FailureEvidence evidence = { .rules = &rules,
			.today = TODAY,
			.incidents = incidents,
			.totals = totals,
			.days = days };
		g_array_append_val(incidents, one);
		g_array_append_val(incidents, rows[i].other);
		g_assert_cmpint(failure_judge(&evidence).state, ==, rows[i].state);
	}
}

/* What was seen up to the resolution does not count for what comes back, unless it was opened again. */
static void
test_resolved_day(void)
{
	static const struct {
		const char *marks;
		int64_t day;
	} rows[] = { { "", DAY_NONE }, { "r-3", TODAY - 3 }, { "r-5 r-3", TODAY - 3 },
		{ "r-3 o-2", DAY_NONE }, { "r-3 o-2 r-1", TODAY - 1 }, { "r-3 a-2:0.5", DAY_NONE },
		{ "a-3:0.5 r-2", TODAY - 2 } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GArray) seen = read_days("-4 -1"), marks = read_marks(rows[i].marks);
		const SeenIncident incident = { TODAY - 30, TODAY - 29, TODAY - 9, seen, marks };
		g_assert_cmpint(failure_resolved_day(&incident), ==, rows[i].day);
	}
}

static void
test_mode(void)
{
	static const struct {
		const char *what;
		struct {
			const char *who;
			MtaStsMode mode;
			int first, last;
		} seen[3];
		MtaStsMode mode;
	} rows[] = {
		{ "nobody", { { 0 } }, MTA_STS_NO_MODE },
		{ "one", { { "A", TESTING, -9, -1 } }, TESTING },
		{ "of a reporter the newest",
			{ { "A", ENFORCE, -9, -3 }, { "A", TESTING, -2, -1 } }, TESTING },
		{ "of several the strictest",
			{ { "A", ENFORCE, -9, -3 }, { "B", TESTING, -2, -1 } }, ENFORCE },
		{ "in W", { { "A", ENFORCE, -19, -8 }, { "B", TESTING, -2, -1 } }, TESTING },
		{ "not later than today", { { "A", TESTING, -2, 0 }, { "A", ENFORCE, 1, 9 } },
			TESTING },
		{ "first-timers set none", { { "a", ENFORCE, -2, -1 }, { "B", TESTING, -2, -1 } },
			TESTING },
		{ "none is a mode", { { "A", MTA_STS_NONE, -2, -1 } }, MTA_STS_NONE },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GArray) seen = g_array_new(FALSE, FALSE, sizeof(ModeSeen));
		for (size_t j = 0; j < G_N_ELEMENTS(rows[i].seen) && rows[i].seen[j].who != NULL;
			j++) {
			const ModeSeen one = { reporter_named(rows[i].seen[j].who),
				rows[i].seen[j].mode, TODAY + rows[i].seen[j].first,
				TODAY + rows[i].seen[j].last };
			g_array_append_val(seen, one);
		}
		g_test_message("%s", rows[i].what);
		g_assert_cmpint(failure_mode(seen, &rules, TODAY), ==, rows[i].mode);
	}
}

/* --- silences */

static void
test_silence(void)
{
	static const struct {
		const char *what;
		/* A character a day up to today: "+" with success, "-" with failures, "." none. */
		const char *days;
		WitnessState state;
	} rows[] = {
		{ "daily, then nothing for 6 days", "+++++++++++++......", WITNESS_SILENT },
		/* Received the day after: 4 days. */
		{ "for 5 days", "+++++++++++++.....", WITNESS_REPORTS },
		{ "9 of 13 days", "+.+++.++.++.+.......", WITNESS_SILENT },
		{ "8 of 13 days", "+.+.+.++.++.+.......", WITNESS_IRREGULAR },
		{ "the longest gap is 3 days: 7.5 days", "+++++++++++++..++++++++++.........",
			WITNESS_SILENT },
		{ "not yet", "+++++++++++++..++++++++++........", WITNESS_OVERDUE },
		{ "every report had failures", "-------------......", WITNESS_IRREGULAR },
		{ "all but one", "-----+-------......", WITNESS_SILENT },
		{ "28 days later", "+++++++++++++.............................", WITNESS_SILENT },
		{ "29 days later", "+++++++++++++..............................", WITNESS_GONE },
		{ "nothing at all", "", WITNESS_IRREGULAR },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GArray) days = g_array_new(FALSE, FALSE, sizeof(ReporterDay));
		const size_t n = strlen(rows[i].days);
		for (size_t j = 0; j < n; j++) {
			const int64_t day = TODAY - (int64_t)(n - 1 - j);
			const ReporterDay one = { reporter_named("A"), day, 10,
				rows[i].days[j] == '-' ? 2 : 0, day + 1 };
			if (rows[i].days[j] != '.')
				g_array_append_val(days, one);
		}
		g_test_message("%s", rows[i].what);
		g_assert_cmpint(witness_state(days, &rules, TODAY), ==, rows[i].state);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/failure/levels", test_levels);
	g_test_add_func("/failure/only", test_only);
	g_test_add_func("/failure/share", test_share);
	g_test_add_func("/failure/states", test_states);
	g_test_add_func("/failure/state-of-two", test_state_of_two);
	g_test_add_func("/failure/resolved-day", test_resolved_day);
	g_test_add_func("/failure/mode", test_mode);
	g_test_add_func("/failure/silence", test_silence);
	return g_test_run();
}
