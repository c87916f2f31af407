#include "tlsrpt/tlsa_changes.h"

#include "policy_rows.h"
#include "util.h"

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
	g_autoptr(PolicyHistory) history = policy_history_new("example", "tlsa");
	g_autoptr(GString) large = g_string_new(NULL);

	for (int i = 0; i < 20000; i++) {
		g_autofree char *name = g_strdup_printf("organization %d", i);
		g_autofree char *record = g_strdup_printf("3 1 1 %08x", i % 5000);
		policy_history_add(history, record, name, i % 90, 90);
		policy_history_add(history, record, "one", i % 90, 90);
		g_string_append_printf(large, "3 1 1 %08x\n", i);
	}
	policy_history_add(history, large->str, "one", 80, 90);
	policy_history_sort(history);
	const gint64 start = g_get_monotonic_time();
	g_autoptr(GArray) changes = tlsa_changes(history);
	g_assert_cmpint(g_get_monotonic_time() - start, <, 20 * G_USEC_PER_SEC);
	g_assert_cmpint(changes->len, <, 64 * 64);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/tlsa-changes/tlsa", test_tlsa);
	g_test_add_func("/tlsa-changes/many", test_many);
	return g_test_run();
}
