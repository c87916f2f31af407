#include "view/alert_changes.h"

#include "tlsrpt/day.h"

#include "util.h"

#include <string.h>

#define NOW INT64_C(1795176000)

/* "p12,p15 2" as an alarm whose title is its first subject with "!"; "p12 2 1" is one since tomorrow,
 * and "p12 2 -9 3" one since nine days ago that was last seen three days ago. */
static StandingAlarm *
alarm_of(const char *text)
{
	g_auto(GStrv) words = g_strsplit(text, " ", 4);
	g_auto(GStrv) subjects = g_strsplit(words[0], ",", -1);
	StandingAlarm *alarm = g_new(StandingAlarm, 1);

	alarm->subjects = g_ptr_array_new_with_free_func(g_free);
	for (char **subject = subjects; *subject != NULL; subject++)
		g_ptr_array_add(alarm->subjects, g_strdup(*subject));
	alarm->level = atoi(words[1]);
	alarm->title = g_strconcat(subjects[0], "!", NULL);
	alarm->since_day = words[2] != NULL ? day_of(NOW) + g_ascii_strtoll(words[2], NULL, 10)
					    : DAY_NONE;
	alarm->last_day = day_of(NOW);
	if (words[2] != NULL && words[3] != NULL)
		alarm->last_day -= g_ascii_strtoll(words[3], NULL, 10);
	return alarm;
}

/* "p12 2; s7 1" likewise; told ones have the title of their line behind the level. */
static GPtrArray *
alarms_of(const char *text)
{
	GPtrArray *alarms = g_ptr_array_new_with_free_func((GDestroyNotify)standing_alarm_free);
	g_auto(GStrv) each = g_strsplit(text, "; ", -1);

	for (char **one = each; *one != NULL; one++)
		g_ptr_array_add(alarms, alarm_of(*one));
	return alarms;
}

static GPtrArray *
told_of(const char *text)
{
	GPtrArray *told = g_ptr_array_new_with_free_func((GDestroyNotify)store_told_free);
	g_auto(GStrv) each = g_strsplit(text, "; ", -1);

	for (char **one = each; *one != NULL; one++) {
		g_auto(GStrv) words = g_strsplit(*one, " ", 3);
		StoreTold *item = g_new(StoreTold, 1);
		*item = (StoreTold){ g_strdup(words[0]), atoi(words[1]), NOW - 5,
			g_strdup(words[2]) };
		g_ptr_array_add(told, item);
	}
	return told;
}

/* "began, -, over s7! | p12 2 p12!": changes of each, what is over, what is remembered. */
static char *
text_of(const AlertChanges *changes)
{
	static const char *const names[] = {
		[CHANGE_NONE] = "-",
		[CHANGE_STANDS] = "stands",
		[CHANGE_BEGAN] = "began",
		[CHANGE_WORSE] = "worse",
		[CHANGE_OVER] = "over",
	};
	GString *text = g_string_new(NULL);

	for (size_t i = 0; i < changes->changes->len; i++)
		g_string_append_printf(
			text, "%s ", names[g_array_index(changes->changes, AlertChange, i)]);
	for (size_t i = 0; i < changes->over->len; i++)
		g_string_append_printf(text, "over %s ",
			((StoreTold *)g_ptr_array_index(changes->over, i))->title);
	g_string_append_c(text, '|');
	for (size_t i = 0; i < changes->told->len; i++) {
		const StoreTold *told = g_ptr_array_index(changes->told, i);
		g_string_append_printf(text, " %s %d %s%s", told->subject, told->level, told->title,
			told->at == NOW ? "" : "*");
	}
	return g_string_free(text, FALSE);
}

static const AlertRules all = { NOW, ALERT_WARNING, true, false };
static const AlertRules critical = { NOW, ALERT_CRITICAL, true, false };
static const AlertRules first = { NOW, ALERT_WARNING, false, false };
static const AlertRules blind = { NOW, ALERT_WARNING, true, true };

static const struct {
	const AlertRules *rules;
	const char *alarms, *told, *expected;
} cases[] = {
	{ &all, "", "", "|" },
	{ &all, "p12 2", "", "began | p12 2 p12!" },
	{ &first, "p12 2; s7 1", "", "stands stands | p12 2 p12! s7 1 s7!" },
	/* What was told is told no more, and is remembered as of then. */
	{ &all, "p12 2", "p12 2 p12!", "- | p12 2 p12!*" },
	{ &all, "p12 2", "p12 1 p12!", "worse | p12 2 p12!*" },
	/* What eased is as bad as before: no news. */
	{ &all, "p12 1", "p12 2 p12!", "- | p12 2 p12!*" },
	{ &all, "", "p12 2 p12!", "over p12! | p12 0 p12!" },
	{ &all, "p3 1", "p12 2 p12!; s7 1 s7!",
		"began over p12! over s7! | p3 1 p3! p12 0 p12! s7 0 s7!" },
	/* Two problems in one line, now and later. */
	{ &all, "p12,p15 2", "", "began | p12 2 p12! p15 2 p12!" },
	{ &all, "p12 2; p15 2", "p12 2 p12!; p15 2 p12!", "- - | p12 2 p12!* p15 2 p15!*" },
	{ &all, "p12,p15 2", "p15 2 p15!", "- | p12 2 p12!* p15 2 p12!*" },
	{ &all, "", "p12 2 p12!; p15 2 p12!", "over p12! | p12 0 p12! p15 0 p12!" },
	{ &all, "p12 2", "p12 2 p12!; p15 2 p12!", "- | p12 2 p12!* p15 0 p12!" },
	{ &all, "p12 2", "p12 2 both; p15 2 both", "- | p12 2 p12!* p15 0 both" },
	/* Another had the number when it was told. */
	{ &all, "p12 2 0", "p12 2 p12!", "- | p12 2 p12!*" },
	{ &all, "p12 2 1", "p12 2 p12!", "began | p12 2 p12!" },
	{ &all, "s7 1 1", "s7 1 s7!; p1 1 p1!", "began over p1! | s7 1 s7! p1 0 p1!" },
	/* A problem that is in several lines, one for each domain that was asked for. */
	{ &all, "p12 2; p12 1", "", "began began | p12 2 p12!" },
	/* Only critical: a warning is told only as what is left of something critical. */
	{ &critical, "p12 1; p13 2", "", "- began | p13 2 p13!" },
	{ &critical, "p12 1", "p12 2 p12!", "- | p12 2 p12!*" },
	{ &critical, "", "p12 2 p12!", "over p12! | p12 0 p12!" },
	{ &critical, "p12 2", "p12 1 p12!", "worse | p12 2 p12!*" },
	/* Nothing comes in: nothing is over. */
	{ &blind, "arrivals 2", "p12 2 p12!", "began | arrivals 2 arrivals! p12 2 p12!*" },
	{ &all, "", "arrivals 2 arrivals!; p12 2 p12!",
		"over arrivals! over p12! | arrivals 0 arrivals! p12 0 p12!" },
	/* What was told to be over is no news by reports of days before, and is by those of days since. */
	{ &all, "", "p12 0 p12!", "| p12 0 p12!*" },
	{ &blind, "", "p12 0 p12!", "| p12 0 p12!*" },
	{ &all, "p12 2 -9 3", "p12 0 p12!", "- | p12 0 p12!*" },
	{ &all, "p12 2 -9 2", "p12 0 p12!", "began | p12 2 p12!" },
	{ &all, "p12,p15 2 -9 3", "p12 0 p12!", "began | p12 2 p12! p15 2 p12!" },
	{ &all, "p12,p15 2 -9 3", "p12 0 p12!; p15 0 p12!", "- | p12 0 p12!* p15 0 p12!*" },
	{ &all, "p12 2 1 3", "p12 0 p12!", "began | p12 2 p12!" },
};

static void
test_changes(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GPtrArray) alarms = alarms_of(cases[i].alarms);
		g_autoptr(GPtrArray) told = told_of(cases[i].told);
		g_autoptr(AlertChanges) changes = alert_changes(alarms, told, cases[i].rules);
		g_autofree char *text = text_of(changes);
		g_test_message("%s after %s", cases[i].alarms, cases[i].told);
		g_assert_cmpstr(text, ==, cases[i].expected);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/alert-changes/changes", test_changes);
	return g_test_run();
}
