#include "tlsrpt/policy_history.h"

#include "util.h"

#define WINDOW 7
#define LEARNING 14

#define ENFORCE "version: STSv1\nmode: enforce\nmx: mx.example\nmax_age: 86400"
#define ENFORCE_2 "version: STSv1\nmode: enforce\nmx: mx.example\nmx: mx2.example\nmax_age: 86400"
#define TESTING "version: STSv1\nmode: testing\nmx: mx.example\nmax_age: 86400"
#define TESTING_2 "version: STSv1\nmode: testing\nmx: *.example\nmax_age: 86400"
#define NONE "version: STSv1\nmode: none\nmax_age: 86400"

/* That an organization saw a text. */
typedef struct {
	const char *text, *organization;
	int64_t first_day, last_day;
} SeenRow;

#define SEEN_MAX 8

static PolicyHistory *
make_history(const char *type, const SeenRow *rows)
{
	PolicyHistory *history = policy_history_new("example", type);

	for (size_t i = 0; i < SEEN_MAX && rows[i].text != NULL; i++)
		policy_history_add(history, rows[i].text, rows[i].organization, rows[i].first_day,
			rows[i].last_day);
	policy_history_sort(history);
	return history;
}

/* What is in it: "FIRST-LAST a FIRST-LAST b FIRST-LAST; ..."; caller frees. */
static char *
history_text(const PolicyHistory *history)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < history->policies->len; i++) {
		const SeenPolicy *policy = g_ptr_array_index(history->policies, i);
		g_string_append_printf(text, "%s%d-%d", i > 0 ? "; " : "", (int)policy->first_day,
			(int)policy->last_day);
		for (guint j = 0; j < policy->sights->len; j++) {
			const Sight *sight = &g_array_index(policy->sights, Sight, j);
			g_string_append_printf(text, " %s %d-%d", sight->organization,
				(int)sight->first_day, (int)sight->last_day);
		}
	}
	return g_string_free(text, FALSE);
}

/* The newest first; equal ones are one, in whatever form. */
static void
test_order(void)
{
	static const SeenRow rows[SEEN_MAX] = {
		{ TESTING, "b", 1, 5 },
		{ ENFORCE, "a", 7, 9 },
		{ "max_age: 86400\r\nMode: testing \r\nmx: MX.example.\r\nversion: STSv1", "b", 3, 8 },
		{ TESTING, "a", 2, 6 },
		{ "", "a", 4, 4 },
	};
	static const SeenRow tlsa[SEEN_MAX] = {
		{ "3 1 1 aa\n3 1 1 bb", "a", 1, 2 },
		{ "3 1 1 BB\n3 1 1 A A", "b", 3, 4 },
		{ "3 1 1 aa", "b", 1, 2 },
	};
	g_autoptr(PolicyHistory) history = make_history("sts", rows);
	g_autoptr(PolicyHistory) sets = make_history("tlsa", tlsa);
	g_autofree char *text = history_text(history);
	g_autofree char *of_sets = history_text(sets);

	g_assert_cmpstr(text, ==, "7-9 a 7-9; 4-4 a 4-4; 1-8 a 2-6 b 1-8");
	g_assert_cmpstr(of_sets, ==, "1-4 a 1-2 b 3-4; 1-2 b 1-2");
}

/* Which one holds now: its text, or NULL. */
static void
test_now(void)
{
	static const struct {
		const char *now;
		SeenRow rows[SEEN_MAX];
	} rows[] = {
		{ NULL, { { NULL, NULL, 0, 0 } } },
		{ TESTING, { { TESTING, "a", 1, 1 } } },
		{ NULL, { { "", "a", 1, 1 } } },
		{ TESTING, { { TESTING, "a", 1, 1 }, { "", "a", 5, 9 } } },
		{ ENFORCE, { { TESTING, "a", 1, 9 }, { ENFORCE, "a", 10, 12 } } },
		/* Somebody keeps the old one. */
		{ ENFORCE, { { TESTING, "b", 1, 50 }, { ENFORCE, "a", 10, 50 } } },
		{ ENFORCE, { { TESTING, "b", 1, 50 }, { ENFORCE, "a", 10, 43 } } },
		/* Of one day: what most see. */
		{ ENFORCE, { { TESTING, "a", 1, 50 }, { ENFORCE, "b", 1, 50 }, { ENFORCE, "c", 1, 50 } } },
		/* It was withdrawn. */
		{ TESTING, { { TESTING, "b", 1, 50 }, { ENFORCE, "a", 10, 42 } } },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(PolicyHistory) history = make_history("sts", rows[i].rows);
		const SeenPolicy *now = policy_now(history, WINDOW);
		g_assert_cmpstr(now != NULL ? now->text : NULL, ==, rows[i].now);
		for (guint j = 0; j < history->policies->len; j++) {
			const SeenPolicy *one = g_ptr_array_index(history->policies, j);
			g_assert_cmpint(policy_is_current(history, one, WINDOW), ==, one == now);
		}
	}
}

static void
test_latest(void)
{
	static const SeenRow rows[SEEN_MAX] = {
		{ TESTING, "a", 1, 9 },
		{ ENFORCE, "a", 5, 9 },
		{ NONE, "a", 8, 8 },
		{ TESTING, "b", 1, 10 },
		{ ENFORCE, "b", 5, 9 },
		{ "", "b", 11, 11 },
		{ "", "c", 1, 1 },
	};
	g_autoptr(PolicyHistory) history = make_history("sts", rows);
	g_autoptr(GPtrArray) names = policy_organizations(history);
	g_autoptr(MtaSts) expected = mta_sts_parse(TESTING "\nfuture: x");
	const Sight *sight = NULL;

	/* Of the last day the one that came later. */
	g_assert_cmpstr(policy_latest(history, "a", &sight)->text, ==, ENFORCE);
	g_assert_cmpint(sight->first_day, ==, 5);
	g_assert_cmpstr(policy_latest(history, "b", &sight)->text, ==, TESTING);
	g_assert_cmpint(sight->last_day, ==, 10);
	g_assert_null(policy_latest(history, "c", &sight));
	g_assert_null(policy_latest(history, "d", NULL));
	g_assert_cmpint(names->len, ==, 2);
	g_assert_cmpstr(policy_equal(history, expected)->text, ==, TESTING);
}

/* Sets of several MX hold at once. */
static void
test_current_sets(void)
{
	static const SeenRow rows[SEEN_MAX] = {
		{ "3 1 1 aa", "a", 1, 50 },
		{ "3 1 1 bb", "b", 10, 43 },
		{ "3 1 1 cc", "c", 1, 42 },
		{ "3 1 1 dd", "a", 1, 49 },
	};
	g_autoptr(PolicyHistory) history = make_history("tlsa", rows);

	for (guint i = 0; i < history->policies->len; i++) {
		const SeenPolicy *policy = g_ptr_array_index(history->policies, i);
		g_assert_cmpint(policy_is_current(history, policy, WINDOW), ==,
			strcmp(policy->text, "3 1 1 aa") == 0
				|| strcmp(policy->text, "3 1 1 bb") == 0);
	}
}

static void
test_due(void)
{
	static const struct {
		const char *old;
		int64_t old_first, newer_first, due;
	} rows[] = {
		{ "mode: testing\nmax_age: 86400", 1, 10, 11 },
		{ "mode: testing\nmax_age: 86401", 1, 10, 12 },
		{ "mode: testing\nmax_age: 604800", 1, 10, 17 },
		{ "mode: testing\nmax_age: 1", 1, 10, 11 },
		{ "mode: testing\nmax_age: 0", 1, 10, 10 },
		{ "mode: testing\nmax_age: 9999999999", 1, 10, 115751 },
		/* Not known, or not the older one. */
		{ "mode: testing", 1, 10, DAY_NONE },
		{ "mode: testing\nmax_age: 86400", 10, 10, DAY_NONE },
		{ "mode: testing\nmax_age: 86400", 11, 10, DAY_NONE },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const SeenRow seen[SEEN_MAX] = {
			{ rows[i].old, "a", rows[i].old_first, 90 },
			{ ENFORCE, "b", rows[i].newer_first, 90 },
		};
		g_autoptr(PolicyHistory) history = make_history("sts", seen);
		g_assert_cmpint(policy_due_day(policy_latest(history, "a", NULL),
					policy_latest(history, "b", NULL)),
			==, rows[i].due);
	}
}

static void
test_holds_mail(void)
{
	static const struct {
		const char *policy_type, *result_type;
		bool holds;
	} rows[] = {
		{ "sts", "certificate-expired", true },
		{ "sts", "starttls-not-supported", true },
		{ "sts", "validation-failure", true },
		{ "sts", "sts-webpki-invalid", true },
		{ "sts", "what is not known", true },
		{ "sts", "tlsa-invalid", false },
		{ "sts", "dane-required", false },
		{ "tlsa", "certificate-expired", false },
		{ "tlsa", "dnssec-invalid", false },
		{ "no-policy-found", "starttls-not-supported", false },
		{ "no-policy-found", "sts-policy-fetch-error", true },
		{ "no-policy-found", "sts-policy-invalid", true },
		{ "", "sts-webpki-invalid", true },
		{ "", "", false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpint(failure_holds_mail(rows[i].policy_type, rows[i].result_type), ==,
			rows[i].holds);
}

/* Days on which an organization reported, each with 10 sessions. */
typedef struct {
	const char *organization;
	int64_t first_day, last_day, failed_sessions;
} DaysRow;

#define DAYS_MAX 4

static GArray *
make_days(const DaysRow *rows)
{
	GArray *days = g_array_new(FALSE, FALSE, sizeof(StsDay));

	for (int64_t day = 0; day < 100; day++) {
		for (size_t i = 0; i < DAYS_MAX && rows[i].organization != NULL; i++) {
			if (day < rows[i].first_day || day > rows[i].last_day)
				continue;
			const StsDay one = { day, rows[i].organization, 10, rows[i].failed_sessions };
			g_array_append_val(days, one);
		}
	}
	return days;
}

typedef struct {
	const char *name;
	SeenRow seen[SEEN_MAX];
	DaysRow days[DAYS_MAX];
	FailedHost failures[2];
	SeenRow without[SEEN_MAX]; /* of type no-policy-found */
	/* "VERDICT since N days M clean from F, R reporters, S sessions, last failure L, others" */
	const char *result; /* NULL: it is not in testing */
} TestingRow;

static const TestingRow testing_rows[] = {
	{ "enforce", { { ENFORCE, "a", 1, 50 } }, { { "a", 1, 50, 0 } }, { { 0 } }, { { 0 } }, NULL },
	{ "nothing quoted", { { "", "a", 1, 50 } }, { { "a", 1, 50, 0 } }, { { 0 } }, { { 0 } }, NULL },
	{ "no longer", { { TESTING, "a", 1, 40 }, { ENFORCE, "a", 41, 50 } }, { { "a", 1, 50, 0 } },
		{ { 0 } }, { { 0 } }, NULL },
	{ "one day too few", { { TESTING, "a", 38, 50 } }, { { "a", 38, 50, 0 } }, { { 0 } }, { { 0 } },
		"few-days 38 13 13 38 1 130 0 -" },
	{ "just enough", { { TESTING, "a", 37, 50 } }, { { "a", 37, 50, 0 } }, { { 0 } }, { { 0 } },
		"ready 37 14 14 37 1 140 0 -" },
	/* Its own days before it saw testing do not count, nor the day of the change. */
	{ "after mode none", { { NONE, "a", 1, 20 }, { TESTING, "a", 20, 50 } }, { { "a", 1, 50, 0 } },
		{ { 0 } }, { { 0 } }, "ready 21 30 30 21 1 300 0 -" },
	{ "after enforce again",
		{ { TESTING, "a", 1, 10 }, { ENFORCE, "a", 11, 30 }, { TESTING_2, "a", 31, 50 } },
		{ { "a", 1, 50, 0 } }, { { 0 } }, { { 0 } }, "ready 31 20 20 31 1 200 0 -" },
	{ "testing changed", { { TESTING, "a", 1, 30 }, { TESTING_2, "a", 31, 50 } },
		{ { "a", 1, 50, 0 } }, { { 0 } }, { { 0 } }, "ready 1 50 50 1 1 500 0 -" },
	{ "two senders", { { TESTING, "a", 31, 50 }, { TESTING, "b", 41, 50 } },
		{ { "a", 31, 50, 0 }, { "b", 31, 50, 0 } }, { { 0 } }, { { 0 } },
		"ready 31 20 20 31 2 300 0 -" },
	{ "one still sees none", { { TESTING, "a", 1, 50 }, { NONE, "b", 0, 50 } },
		{ { "a", 1, 50, 0 }, { "b", 1, 50, 0 } }, { { 0 } }, { { 0 } },
		"other-policy 1 50 50 1 1 500 0 - b" },
	/* Who saw it sees another one again: no day counts. */
	{ "back to none", { { NONE, "a", 1, 50 }, { TESTING, "a", 10, 45 } }, { { "a", 1, 50, 0 } },
		{ { 0 } }, { { 0 } }, "other-policy 10 0 0 - 0 0 0 - a" },
	{ "but it reports no more", { { TESTING, "a", 1, 50 }, { NONE, "b", 0, 42 } },
		{ { "a", 1, 50, 0 }, { "b", 1, 42, 0 } }, { { 0 } }, { { 0 } },
		"ready 1 50 50 1 1 500 0 -" },
	{ "just still", { { TESTING, "a", 1, 50 }, { NONE, "b", 0, 43 } },
		{ { "a", 1, 50, 0 }, { "b", 1, 43, 0 } }, { { 0 } }, { { 0 } },
		"other-policy 1 50 50 1 1 500 0 - b" },
	{ "one lost the policy", { { TESTING, "a", 1, 50 }, { TESTING, "b", 1, 45 } },
		{ { "a", 1, 50, 0 } }, { { 0 } }, { { "", "b", 46, 50 } },
		"other-policy 1 50 50 1 1 500 0 - b" },
	{ "and has it again", { { TESTING, "a", 1, 50 } }, { { "a", 1, 50, 0 } }, { { 0 } },
		{ { "", "a", 46, 46 } }, "ready 1 50 50 1 1 500 0 -" },
	{ "one that never had it", { { TESTING, "a", 1, 50 } }, { { "a", 1, 50, 0 } }, { { 0 } },
		{ { "", "c", 1, 50 } }, "ready 1 50 50 1 1 500 0 -" },
	{ "nobody reports", { { TESTING, "a", 1, 42 } }, { { "a", 1, 42, 0 } }, { { 0 } }, { { 0 } },
		"silent 1 42 42 1 1 420 0 -" },
	{ "failed in a summary", { { TESTING, "a", 1, 50 } },
		{ { "a", 1, 36, 0 }, { "a", 37, 37, 2 }, { "a", 38, 50, 0 } }, { { 0 } }, { { 0 } },
		"failures 1 50 13 38 1 500 2 37" },
	{ "long ago", { { TESTING, "a", 1, 50 } },
		{ { "a", 1, 35, 0 }, { "a", 36, 36, 2 }, { "a", 37, 50, 0 } }, { { 0 } }, { { 0 } },
		"ready 1 50 14 37 1 500 2 36" },
	{ "failed in a row", { { TESTING, "a", 1, 50 } }, { { "a", 1, 50, 0 } },
		{ { "sts", "certificate-expired", "mx.example", "a", 10, 40, 3 } }, { { 0 } },
		"failures 1 50 10 41 1 500 0 40" },
	{ "today", { { TESTING, "a", 1, 50 } }, { { "a", 1, 50, 0 } },
		{ { "sts", "certificate-expired", "mx.example", "a", 50, 50, 3 } }, { { 0 } },
		"failures 1 50 0 - 1 500 0 50" },
	{ "of DANE", { { TESTING, "a", 1, 50 } }, { { "a", 1, 50, 0 } },
		{ { "tlsa", "tlsa-invalid", "mx.example", "a", 10, 50, 3 } }, { { 0 } },
		"ready 1 50 50 1 1 500 0 -" },
	{ "fetching it", { { TESTING, "a", 1, 50 } }, { { "a", 1, 50, 0 } },
		{ { "no-policy-found", "sts-policy-fetch-error", "", "c", 10, 45, 3 } }, { { 0 } },
		"failures 1 50 5 46 1 500 0 45" },
	{ "before testing", { { NONE, "a", 1, 19 }, { TESTING, "a", 20, 50 } },
		{ { "a", 1, 50, 0 } }, { { "sts", "certificate-expired", "", "a", 1, 19, 3 } }, { { 0 } },
		"ready 20 31 31 20 1 310 0 -" },
	{ "by one that quotes nothing", { { TESTING, "a", 1, 50 }, { "", "c", 1, 50 } },
		{ { "a", 1, 50, 0 }, { "c", 1, 50, 1 } }, { { 0 } }, { { 0 } },
		"failures 1 50 0 - 1 500 0 50" },
};

static const char *
verdict_text(TestingVerdict verdict)
{
	static const char *const names[] = { [TESTING_READY] = "ready", [TESTING_SILENT] = "silent",
		[TESTING_OTHER_POLICY] = "other-policy", [TESTING_FAILURES] = "failures",
		[TESTING_FEW_DAYS] = "few-days" };

	return names[verdict];
}

static void
append_day(GString *text, int64_t day)
{
	if (day == DAY_NONE)
		g_string_append(text, " -");
	else
		g_string_append_printf(text, " %d", (int)day);
}

static char *
testing_text(const Testing *testing)
{
	GString *text = g_string_new(verdict_text(testing->verdict));

	append_day(text, testing->since);
	g_string_append_printf(text, " %d %d", (int)testing->days, (int)testing->clean_days);
	append_day(text, testing->clean_since);
	g_string_append_printf(text, " %d %d %d", (int)testing->reporters, (int)testing->sessions,
		(int)testing->failed_sessions);
	append_day(text, testing->last_failure);
	for (guint i = 0; i < testing->others->len; i++)
		g_string_append_printf(text, " %s", (char *)g_ptr_array_index(testing->others, i));
	return g_string_free(text, FALSE);
}

static void
test_testing(void)
{
	static const TestingRules rules = { 50, WINDOW, LEARNING };

	for (size_t i = 0; i < G_N_ELEMENTS(testing_rows); i++) {
		const TestingRow *row = &testing_rows[i];
		g_autoptr(PolicyHistory) history = make_history("sts", row->seen);
		g_autoptr(PolicyHistory) without = make_history("no-policy-found", row->without);
		g_autoptr(GArray) days = make_days(row->days);
		g_autoptr(GArray) failures = g_array_new(FALSE, FALSE, sizeof(FailedHost));
		g_autofree char *text = NULL;
		Testing testing;
		for (size_t j = 0; j < 2 && row->failures[j].policy_type != NULL; j++)
			g_array_append_val(failures, row->failures[j]);
		g_test_message("%s", row->name);
		const bool is_testing = testing_judge(history,
			without->policies->len > 0 ? without : NULL, days,
			failures, &rules, &testing);
		if (is_testing) {
			text = testing_text(&testing);
			testing_clear(&testing);
		}
		g_assert_cmpstr(text, ==, row->result);
	}
}

static void
append_names(GString *text, const char *before, const GPtrArray *names)
{
	g_string_append(text, before);
	for (guint i = 0; i < names->len; i++)
		g_string_append_printf(text, "%s%s", i > 0 ? "," : "",
			(char *)g_ptr_array_index(names, i));
}

/* "rollover NEW FIRST OLD LAST by a,b; ..."; caller frees. */
static char *
changes_text(const GArray *changes)
{
	static const char *const names[] = { [TLSA_ADDED] = "added", [TLSA_ROLLOVER] = "rollover",
		[TLSA_REPLACED] = "replaced" };
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < changes->len; i++) {
		const TlsaChange *change = &g_array_index(changes, TlsaChange, i);
		g_string_append_printf(text, "%s%s", i > 0 ? "; " : "", names[change->kind]);
		append_names(text, " ", change->new_records);
		append_day(text, change->new_since);
		append_names(text, " ", change->old_records);
		append_day(text, change->old_until);
		append_names(text, " by ", change->organizations);
	}
	return g_string_free(text, FALSE);
}

static void
test_tlsa(void)
{
	static const struct {
		const char *name, *changes;
		SeenRow rows[SEEN_MAX];
	} rows[] = {
		{ "nothing", "", { { NULL, NULL, 0, 0 } } },
		{ "one set", "", { { "3 1 1 aa\n3 1 1 bb", "a", 1, 50 } } },
		{ "added", "added 3 1 1 bb 20 3 1 1 aa 50 by a",
			{ { "3 1 1 aa", "a", 1, 19 }, { "3 1 1 aa\n3 1 1 bb", "a", 20, 50 } } },
		{ "rollover", "rollover 3 1 1 bb 20 3 1 1 aa 30 by a",
			{ { "3 1 1 aa", "a", 1, 19 }, { "3 1 1 aa\n3 1 1 bb", "a", 20, 30 },
				{ "3 1 1 bb", "a", 31, 50 } } },
		{ "rollover, the days of change", "rollover 3 1 1 bb 20 3 1 1 aa 31 by a",
			{ { "3 1 1 aa", "a", 1, 20 }, { "3 1 1 AA\n3 1 1 BB", "a", 20, 31 },
				{ "3 1 1 bb", "a", 31, 50 } } },
		{ "as two saw it", "rollover 3 1 1 bb 20 3 1 1 aa 32 by a,b",
			{ { "3 1 1 aa", "a", 1, 19 }, { "3 1 1 aa\n3 1 1 bb", "a", 20, 30 },
				{ "3 1 1 bb", "a", 31, 50 }, { "3 1 1 aa", "b", 1, 21 },
				{ "3 1 1 bb\n3 1 1 aa", "b", 22, 32 }, { "3 1 1 bb", "b", 33, 50 } } },
		/* One had no sessions in between; the other saw that they were together. */
		{ "one missed it", "rollover 3 1 1 bb 20 3 1 1 aa 30 by a",
			{ { "3 1 1 aa", "a", 1, 19 }, { "3 1 1 aa\n3 1 1 bb", "a", 20, 30 },
				{ "3 1 1 bb", "a", 31, 50 }, { "3 1 1 aa", "b", 1, 15 },
				{ "3 1 1 bb", "b", 35, 50 } } },
		{ "replaced", "replaced 3 1 1 bb 20 3 1 1 aa 19 by a,b",
			{ { "3 1 1 aa", "a", 1, 19 }, { "3 1 1 bb", "a", 20, 50 },
				{ "3 1 1 aa", "b", 1, 15 }, { "3 1 1 bb", "b", 25, 50 } } },
		{ "replaced within a day", "replaced 3 1 1 bb 20 3 1 1 aa 20 by a",
			{ { "3 1 1 aa", "a", 1, 20 }, { "3 1 1 bb", "a", 20, 50 } } },
		{ "twice", "replaced 3 1 1 cc 40 3 1 1 bb 39 by a; replaced 3 1 1 bb 20 3 1 1 aa 19 by a",
			{ { "3 1 1 aa", "a", 1, 19 }, { "3 1 1 bb", "a", 20, 39 },
				{ "3 1 1 cc", "a", 40, 50 } } },
		/* Two MX, each reported by itself: they are there side by side. */
		{ "two MX", "", { { "3 1 1 aa", "a", 1, 50 }, { "3 1 1 bb", "a", 5, 50 } } },
		{ "one of them no more", "", { { "3 1 1 aa", "a", 1, 30 }, { "3 1 1 bb", "a", 5, 50 } } },
		{ "one seen between", "", { { "3 1 1 aa", "a", 1, 50 }, { "3 1 1 bb", "a", 5, 5 } } },
		/* What different senders see of different MX is no change. */
		{ "two senders", "", { { "3 1 1 aa", "a", 1, 19 }, { "3 1 1 bb", "b", 20, 50 } } },
		{ "other parameters", "rollover 2 1 1 cc 20 3 1 1 aa,3 1 1 bb 25 by a",
			{ { "3 1 1 aa\n3 1 1 bb", "a", 1, 19 },
				{ "3 1 1 aa\n3 1 1 bb\n2 1 1 cc", "a", 20, 25 },
				{ "2 1 1 cc", "a", 26, 50 } } },
		{ "no text", "", { { "", "a", 1, 19 }, { "3 1 1 aa", "a", 20, 50 } } },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(PolicyHistory) history = make_history("tlsa", rows[i].rows);
		g_autoptr(GArray) changes = tlsa_changes(history);
		g_autofree char *text = changes_text(changes);
		g_test_message("%s", rows[i].name);
		g_assert_cmpstr(text, ==, rows[i].changes);
	}
}

/* What strangers may send without end takes no time without end. */
static void
test_many(void)
{
	g_autoptr(PolicyHistory) sts = policy_history_new("example", "sts");
	g_autoptr(PolicyHistory) tlsa = policy_history_new("example", "tlsa");
	g_autoptr(GString) large = g_string_new(NULL);

	for (int i = 0; i < 20000; i++) {
		g_autofree char *name = g_strdup_printf("organization %d", i);
		g_autofree char *text = g_strdup_printf("%s\nmx: mx%d.example", TESTING, i % 5000);
		g_autofree char *record = g_strdup_printf("3 1 1 %08x", i % 5000);
		policy_history_add(sts, text, name, i % 90, 90);
		policy_history_add(tlsa, record, name, i % 90, 90);
		policy_history_add(tlsa, record, "one", i % 90, 90);
		g_string_append_printf(large, "3 1 1 %08x\n", i);
	}
	policy_history_add(tlsa, large->str, "one", 80, 90);
	policy_history_sort(sts);
	policy_history_sort(tlsa);
	g_assert_nonnull(policy_now(sts, WINDOW));
	const gint64 start = g_get_monotonic_time();
	g_autoptr(GArray) changes = tlsa_changes(tlsa);
	g_assert_cmpint(g_get_monotonic_time() - start, <, 20 * G_USEC_PER_SEC);
	g_assert_cmpint(changes->len, <, 64 * 64);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/policy-history/order", test_order);
	g_test_add_func("/policy-history/now", test_now);
	g_test_add_func("/policy-history/latest", test_latest);
	g_test_add_func("/policy-history/current-sets", test_current_sets);
	g_test_add_func("/policy-history/due", test_due);
	g_test_add_func("/policy-history/holds-mail", test_holds_mail);
	g_test_add_func("/policy-history/testing", test_testing);
	g_test_add_func("/policy-history/tlsa", test_tlsa);
	g_test_add_func("/policy-history/many", test_many);
	return g_test_run();
}
