#include "tlsrpt/suggest.h"

#include <glib.h>

static const char *const names[] = { "summary", "failures", "trend", "reports", "show", "note",
	"record", "reopen", "resolve", "reprocess", NULL };

static void
test_suggestions(void)
{
	static const struct {
		const char *given, *expected;
	} cases[] = {
		{ "failure", "failures" }, /* the beginning */
		{ "sum", "summary" },
		{ "sumary", "summary" }, /* a letter too few */
		{ "summmary", "summary" }, /* too much */
		{ "trand", "trend" }, /* wrong */
		{ "tredn", "trend" }, /* two swapped */
		{ "faliurse", "failures" }, /* two errors */
		{ "shwo", "show" },
		{ "ntoe", "note" },
		{ "nots", "note" },
		{ "sh", "show" },
		{ "nb", NULL }, /* two errors in a short word */
		{ "flaiursee", NULL }, /* three errors */
		{ "banana", NULL },
		{ "", NULL },
		{ "a-word-that-is-far-too-long-to-be-a-mistyped-name", NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_test_message("\"%s\"", cases[i].given);
		g_assert_cmpstr(suggest(cases[i].given, names), ==, cases[i].expected);
	}
}

static void
test_nothing_to_choose_from(void)
{
	static const char *const none[] = { NULL };

	g_assert_null(suggest("show", none));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/suggest/suggestions", test_suggestions);
	g_test_add_func("/suggest/nothing-to-choose-from", test_nothing_to_choose_from);
	return g_test_run();
}
