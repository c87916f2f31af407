#include "policy_rows.h"
#include "util.h"

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
			g_assert_cmpint(
				policy_is_current(history, now, one, WINDOW), ==, one == now);
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
		g_assert_cmpint(policy_is_current(history, NULL, policy, WINDOW), ==,
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

/* What strangers may send without end takes no time without end. */
static void
test_many(void)
{
	g_autoptr(PolicyHistory) history = policy_history_new("example", "sts");

	for (int i = 0; i < 20000; i++) {
		g_autofree char *name = g_strdup_printf("organization %d", i);
		g_autofree char *text = g_strdup_printf("%s\nmx: mx%d.example", TESTING, i % 5000);
		policy_history_add(history, text, name, i % 90, 90);
	}
	const gint64 start = g_get_monotonic_time();
	policy_history_sort(history);
	g_assert_nonnull(policy_now(history, WINDOW));
	g_assert_cmpint(g_get_monotonic_time() - start, <, 20 * G_USEC_PER_SEC);
}

/* What senders make of a policy, and whether one of them may just have left a line out. */
static void
test_validity(void)
{
#define WHOLE "version: STSv1\nmode: testing\nmx: mx.example\nmax_age: 86400"
	static const struct {
		const char *text, *other;
		PolicyValidity validity;
	} rows[] = {
		{ WHOLE, NULL, POLICY_VALID },
		{ "version: STSv1\nmode: none\nmax_age: 86400", NULL, POLICY_VALID },
		{ "version: STSv1\nmode: testing\nnmx: mx.example\nmax_age: 86400", NULL,
			POLICY_INVALID },
		{ "mode: testing\nmx: mx.example\nmax_age: 86400", NULL, POLICY_INVALID },
		{ "version: STSv1\nmx: mx.example\nmax_age: 86400", NULL, POLICY_INVALID },
		{ "version: STSv1\nmode: testing\nmx: mx.example", NULL, POLICY_INVALID },
		{ "version: STSv1\nmode: trying\nmx: mx.example\nmax_age: 86400", WHOLE,
			POLICY_INVALID },
		/* Somebody else quotes the line. */
		{ "version: STSv1\nmode: testing\nmax_age: 86400", WHOLE, POLICY_PARTIAL },
		{ "mode: testing\nmx: mx.example\nmax_age: 86400", WHOLE, POLICY_PARTIAL },
		{ "mode: testing\nmx: mx.example", WHOLE, POLICY_PARTIAL },
		/* What differs besides is another policy. */
		{ "version: STSv1\nmode: testing\nmax_age: 86401", WHOLE, POLICY_INVALID },
		{ "version: STSv1\nmode: enforce\nmax_age: 86400", WHOLE, POLICY_INVALID },
		/* Nothing was quoted. */
		{ "", NULL, POLICY_PARTIAL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(PolicyHistory) history = policy_history_new("d.example", "sts");
		const SeenPolicy *found = NULL;
		policy_history_add(history, rows[i].text, "One", 10, 10);
		found = g_ptr_array_index(history->policies, 0);
		if (rows[i].other != NULL)
			policy_history_add(history, rows[i].other, "Other", 9, 9);
		policy_history_sort(history);
		g_test_message("%s", rows[i].text);
		g_assert_cmpint(policy_validity(history, found), ==, rows[i].validity);
	}
#undef WHOLE
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
	g_test_add_func("/policy-history/many", test_many);
	g_test_add_func("/policy-history/validity", test_validity);
	return g_test_run();
}
