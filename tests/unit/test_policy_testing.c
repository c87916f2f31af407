#include "tlsrpt/policy_testing.h"

#include "policy_rows.h"
#include "util.h"

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
		const TestingEvidence evidence = { history,
			without->policies->len > 0 ? without : NULL, days, failures };
		const bool is_testing = testing_judge(&evidence, &rules, &testing);
		if (is_testing) {
			text = testing_text(&testing);
			testing_clear(&testing);
		}
		g_assert_cmpstr(text, ==, row->result);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/policy-testing/holds-mail", test_holds_mail);
	g_test_add_func("/policy-testing/testing", test_testing);
	return g_test_run();
}
