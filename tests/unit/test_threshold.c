#include "tlsrpt/threshold.h"

#include "tlsrpt/error.h"

#include "util.h"

static void
test_ranges(void)
{
	static const struct {
		const char *text;
		double quiet, alert; /* a value of each kind; NAN for none */
	} rows[] = {
		{ "10", 0, -0.1 }, { "10", 10, 10.1 },
		{ "10:", 10, 9.9 }, { "10:", 1e9, -1 },
		{ "~:10", -1e9, 10.1 }, { "~:10", 10, 11 },
		{ "10:20", 10, 9.9 }, { "10:20", 20, 20.1 },
		{ "@10:20", 9.9, 10 }, { "@10:20", 20.1, 20 },
		{ "0", 0, 0.001 }, { "5.5", 5.5, 5.6 }, { ":3", 3, 3.1 }, { "-5:-1", -3, 0 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		Threshold threshold;
		g_test_message("%s", rows[i].text);
		g_assert_true(threshold_parse("-w", rows[i].text, &threshold, &error));
		g_assert_no_error(error);
		g_assert_false(threshold_alerts(&threshold, rows[i].quiet));
		g_assert_true(threshold_alerts(&threshold, rows[i].alert));
	}
}

static void
test_no_ranges(void)
{
	static const char *const texts[] = { "", "x", "10%", "10:5", "inf", "nan", "0x10", "1e3", "@",
		"~", "-", "5:x", "x:5", "1.2.3", " 5", "5 ", "~:", "-5", "5::6", "@@5" };

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GError) error = NULL;
		Threshold threshold;
		const bool ok = threshold_parse("--warning", texts[i], &threshold, &error);
		g_test_message("\"%s\"", texts[i]);
		/* From minus infinity to infinity: it is one, though it never alerts. */
		if (strcmp(texts[i], "~:") == 0) {
			g_assert_true(ok);
			continue;
		}
		g_assert_false(ok);
		g_assert_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE);
		g_assert_nonnull(strstr(error->message, "--warning"));
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/threshold/ranges", test_ranges);
	g_test_add_func("/threshold/no-ranges", test_no_ranges);
	return g_test_run();
}
