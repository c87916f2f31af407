#include "alert_rows.h"

#include "alert_changes.h"
#include "titles.h"

#include "tlsrpt/catalog.h"
#include "tlsrpt/day.h"
#include "tlsrpt/explain.h"
#include "tlsrpt/mta_sts.h"

#include <string.h>

const Column alert_columns[ALERT_CHANGE_COLUMNS] = {
	[ALERT_CHANGE] = { "change", "Change", CELL_ENUM },
	[ALERT_PROBLEM] = { "problem", "Problem", CELL_WORD },
	[ALERT_LEVEL] = { "level", "Level", CELL_ENUM },
	[ALERT_TITLE] = { "title", "What", CELL_TEXT },
	[ALERT_KIND] = { "kind", NULL, CELL_TEXT },
	[ALERT_MEANING] = { "meaning", NULL, CELL_TEXT },
	[ALERT_WHY] = { "why", NULL, CELL_TEXT },
	[ALERT_STATE] = { "state", NULL, CELL_TEXT },
	[ALERT_DOMAINS] = { "policy_domains", NULL, CELL_NAMES },
	[ALERT_MX] = { "receiving_mx_hostnames", NULL, CELL_NAMES },
	[ALERT_RESULT_TYPES] = { "result_types", NULL, CELL_NAMES },
	[ALERT_POLICY_TYPES] = { "policy_types", NULL, CELL_NAMES },
	[ALERT_MODE] = { "mode", NULL, CELL_TEXT },
	[ALERT_FIRST] = { "first_seen", NULL, CELL_TEXT },
	[ALERT_LAST] = { "last_seen", NULL, CELL_TEXT },
	[ALERT_SESSIONS] = { "sessions", NULL, CELL_COUNT },
	[ALERT_FAILED] = { "failed_sessions", NULL, CELL_COUNT },
	[ALERT_SHARE] = { "failed_share", NULL, CELL_SHARE },
	[ALERT_UNVERIFIED] = { "unverified_sessions", NULL, CELL_COUNT },
	[ALERT_REPORTERS] = { "reporters", NULL, CELL_NAMES },
	[ALERT_ENFORCE] = { "enforce", NULL, CELL_TEXT },
	[ALERT_TESTING] = { "testing", NULL, CELL_TEXT },
	[ALERT_DANE] = { "dane", NULL, CELL_TEXT },
	[ALERT_NOTE] = { "note", NULL, CELL_TEXT },
	[ALERT_TOLD_AT] = { "told_at", NULL, CELL_TIME },
};

const Column reason_columns[REASON_COLUMNS] = {
	[REASON_PROBLEM] = { "problem", NULL, CELL_WORD },
	[REASON_CODE] = { "failure_reason_code", NULL, CELL_TEXT },
	[REASON_MEANING] = { "meaning", NULL, CELL_TEXT },
	[REASON_FAILED] = { "failed_sessions", NULL, CELL_COUNT },
};

static void
set_names(Cell *cell, const GPtrArray *names)
{
	for (size_t i = 0; i < names->len; i++)
		cell_append_text(cell, "\n", g_ptr_array_index(names, i));
}

static void
set_day(Cell *cell, int64_t day)
{
	g_autofree char *text = day != DAY_NONE ? day_text(day) : NULL;

	cell_set_text(cell, text);
}

static bool
has_name(const GPtrArray *names, const char *name)
{
	return g_ptr_array_find_with_equal_func((GPtrArray *)names, name, g_str_equal, NULL);
}

/* What the failure does to mail under the policies that it is about. */
static void
set_effects(Cell *cells, const Problem *problem)
{
	const Explanation *explanation = explain_kind(problem->kind);

	if (explanation == NULL)
		return;
	if (has_name(problem->policy_types, POLICY_TYPE_TLSA))
		cell_set_text(&cells[ALERT_DANE], explanation->dane);
	if (!has_name(problem->policy_types, POLICY_TYPE_STS))
		return;
	if (problem->mode == MTA_STS_ENFORCE)
		cell_set_text(&cells[ALERT_ENFORCE], explanation->enforce);
	else if (problem->mode == MTA_STS_TESTING)
		cell_set_text(&cells[ALERT_TESTING], explanation->testing);
}

/* Why it has its level, where that is more than the level says; caller frees. */
static char *
why_text(const Problem *problem)
{
	switch (problem->why) {
	case WHY_POLICY:
		return g_strdup("It stops no mail by itself.");
	case WHY_ONE_REPORTER:
		return problem->only != NULL ? g_strdup_printf("Only %s sees it: look at %s first.",
			       problem->only->name, problem->only->name)
					     : NULL;
	case WHY_SMALL_SHARE:
		return g_strdup("It is a small part of the sessions.");
	case WHY_FIRST_TIMER:
		return g_strdup("Only reporters that are new here see it.");
	case WHY_UNUSUAL:
		return g_strdup("It is no pattern, but far more than usual.");
	case WHY_HELD:
	case WHY_DELIVERED:
	case WHY_BACKGROUND:
	case WHY_GLITCH:
	case WHY_STATE:
	case WHY_OVER:
	case WHY_UNVERIFIED:
		break;
	}
	return NULL;
}

static void
set_level(Cell *cells, FailureLevel level)
{
	cell_set_enum(&cells[ALERT_LEVEL], level, failure_level_name(level));
}

void
alert_fill_problem(Cell *cells, const Problem *problem)
{
	g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, problem->number);
	g_autofree char *title = problem_title(problem);
	g_autofree char *why = why_text(problem);

	cell_set_text(&cells[ALERT_PROBLEM], number);
	set_level(cells, problem->level);
	cell_set_text(&cells[ALERT_TITLE], title);
	cell_set_text(&cells[ALERT_KIND], problem->kind);
	cell_set_text(&cells[ALERT_MEANING], problem->meaning);
	cell_set_text(&cells[ALERT_WHY], why);
	cell_set_text(&cells[ALERT_STATE], failure_state_name(problem->state));
	set_names(&cells[ALERT_DOMAINS], problem->domains);
	set_names(&cells[ALERT_MX], problem->mx_hosts);
	set_names(&cells[ALERT_RESULT_TYPES], problem->result_types);
	set_names(&cells[ALERT_POLICY_TYPES], problem->policy_types);
	cell_set_text(&cells[ALERT_MODE], mta_sts_mode_name(problem->mode));
	set_day(&cells[ALERT_FIRST], problem->first_seen);
	set_day(&cells[ALERT_LAST], problem->last_seen);
	cells[ALERT_SESSIONS].number = problem->sessions;
	cells[ALERT_FAILED].number = problem->failed_sessions;
	cells[ALERT_SHARE].share = problem->share;
	cells[ALERT_UNVERIFIED].number = problem->unverified_sessions;
	for (size_t i = 0; i < problem->reporters->len; i++) {
		const ProblemReporter *reporter = g_ptr_array_index(problem->reporters, i);
		cell_append_text(&cells[ALERT_REPORTERS], "\n", reporter->reporter->name);
	}
	set_effects(cells, problem);
	cell_set_text(&cells[ALERT_NOTE], problem->note);
}

void
alert_add_reasons(Table *reasons, const Problem *problem)
{
	g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, problem->number);

	for (size_t i = 0; i < problem->reasons->len; i++) {
		const ProblemReason *reason = g_ptr_array_index(problem->reasons, i);
		Cell *cells = table_add_row(reasons);
		cell_set_text(&cells[REASON_PROBLEM], number);
		cell_set_text(&cells[REASON_CODE], reason->code);
		cell_set_text(&cells[REASON_MEANING], reason->meaning);
		cells[REASON_FAILED].number = reason->failed_sessions;
	}
}

void
alert_fill_silence(Cell *cells, const Silence *silence)
{
	g_autofree char *number = g_strdup_printf("s%" G_GINT64_FORMAT, silence->number);
	g_autofree char *title = silence_title(silence);

	cell_set_text(&cells[ALERT_PROBLEM], number);
	set_level(cells, LEVEL_WARNING);
	cell_set_text(&cells[ALERT_TITLE], title);
	set_names(&cells[ALERT_DOMAINS], silence->domains);
	set_day(&cells[ALERT_LAST], silence->last_received);
	cell_set_text(&cells[ALERT_NOTE], silence->note);
	cells[ALERT_SHARE].share = CELL_NOTHING;
}

void
alert_fill_arrivals(Cell *cells, const Arrivals *arrivals)
{
	g_autofree char *title = arrivals_title(arrivals);
	g_autofree char *others = arrivals->unverified_reports > 0
		? g_strdup_printf("%" G_GINT64_FORMAT " reports came, none authenticated: look at "
				  "the milter and at trusted-authserv-ids.",
			arrivals->unverified_reports)
		: g_strdup("Does the mail with the reports still reach tlsrpt-ingest(1)? See the "
			   "queue and the log of the mail system.");

	set_level(cells, LEVEL_CRITICAL);
	cell_set_text(&cells[ALERT_TITLE], title);
	cell_set_text(&cells[ALERT_WHY], others);
	set_day(&cells[ALERT_LAST], arrivals->last_received);
	cells[ALERT_SHARE].share = CELL_NOTHING;
}

/* Why it is over, as far as is known. */
static const char *
why_over(const StoreTold *told, const Problem *problem)
{
	if (g_str_has_prefix(told->subject, "s"))
		return "Reports come again, or somebody accepted that none do.";
	if (!g_str_has_prefix(told->subject, "p"))
		return "Reports come again.";
	if (problem == NULL || problem->state == STATE_QUIET)
		return "Nobody reports it any more.";
	if (problem->state == STATE_RESOLVED)
		return "It was marked as resolved.";
	if (problem->state == STATE_ACCEPTED)
		return "It was accepted as it is.";
	if (problem->why == WHY_OVER)
		return "Whoever saw it has reported on three days since without it.";
	return "It goes on, but is no more than usual.";
}

void
alert_fill_over(Cell *cells, const StoreTold *told, const Problem *problem)
{
	if (problem != NULL)
		alert_fill_problem(cells, problem);
	else
		cells[ALERT_SHARE].share = CELL_NOTHING;
	set_level(cells, LEVEL_NONE);
	if (problem == NULL && strchr("ps", *told->subject) != NULL)
		cell_set_text(&cells[ALERT_PROBLEM],
			told->subject + g_str_has_prefix(told->subject, "p"));
	cell_set_text(&cells[ALERT_TITLE], told->title);
	cell_set_text(&cells[ALERT_WHY], why_over(told, problem));
	cells[ALERT_TOLD_AT].number = told->at;
}
