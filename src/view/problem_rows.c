#include "problem_rows.h"

#include "titles.h"

#include "tlsrpt/day.h"
#include "tlsrpt/explain.h"
#include "tlsrpt/hostname.h"
#include "tlsrpt/mta_sts.h"
#include "tlsrpt/catalog.h"

#include <string.h>

const Column problem_columns[PROBLEM_COLUMNS] = { PROBLEM_ROW_COLUMNS };

enum { REASON_PROBLEM, REASON_CODE, REASON_MEANING, REASON_FAILED, REASON_COLUMNS };

static const Column reason_columns[REASON_COLUMNS] = {
	[REASON_PROBLEM] = { "problem", NULL, CELL_WORD },
	[REASON_CODE] = { "failure_reason_code", NULL, CELL_TEXT },
	[REASON_MEANING] = { "meaning", NULL, CELL_TEXT },
	[REASON_FAILED] = { "failed_sessions", NULL, CELL_COUNT },
};

enum {
	REPORT_PROBLEM,
	REPORT_NUMBER,
	REPORT_SENDERS_ID,
	REPORT_ORGANIZATION,
	REPORT_DAY,
	REPORT_COLUMNS
};

static const Column report_columns[REPORT_COLUMNS] = {
	[REPORT_PROBLEM] = { "problem", NULL, CELL_WORD },
	[REPORT_NUMBER] = { "id", NULL, CELL_COUNT },
	[REPORT_SENDERS_ID] = { "report_id", NULL, CELL_TEXT },
	[REPORT_ORGANIZATION] = { "organization", NULL, CELL_TEXT },
	[REPORT_DAY] = { "day", NULL, CELL_DAY },
};

void
problem_row_set_names(Cell *cell, const GPtrArray *names)
{
	g_autoptr(GString) lines = g_string_new(NULL);

	for (size_t i = 0; i < names->len; i++) {
		const char *name = g_ptr_array_index(names, i);
		if (*name != '\0')
			g_string_append_printf(lines, "%s%s", lines->len > 0 ? "\n" : "", name);
	}
	cell_set_text(cell, lines->str);
}

bool
problem_has_policy_type(const Problem *problem, const char *policy_type)
{
	return g_ptr_array_find_with_equal_func(
		problem->policy_types, policy_type, g_str_equal, NULL);
}

/* What the failure does to mail under the policies that it is about. */
static void
set_effects(Cell *cells, const Problem *problem)
{
	const Explanation *explanation = explain_kind(problem->kind);

	if (explanation == NULL)
		return;
	if (problem_has_policy_type(problem, POLICY_TYPE_TLSA))
		cell_set_text(&cells[PROBLEM_DANE], explanation->dane);
	if (!problem_has_policy_type(problem, POLICY_TYPE_STS))
		return;
	if (problem->mode == MTA_STS_ENFORCE)
		cell_set_text(&cells[PROBLEM_ENFORCE], explanation->enforce);
	else if (problem->mode == MTA_STS_TESTING)
		cell_set_text(&cells[PROBLEM_TESTING], explanation->testing);
}

/* Why it has its level.  Of one reporter alone it says which. */
static void
set_why(Cell *cells, const Problem *problem)
{
	g_autofree char *only = problem->only != NULL
		? g_strdup_printf("only %s sees it: look at %s first", problem->only->name,
			problem->only->name)
		: NULL;

	cell_set_enum(&cells[PROBLEM_WHY], problem->why, failure_why_name(problem->why));
	cell_set_text(
		&cells[PROBLEM_WHY_TEXT], only != NULL ? only : failure_why_text(problem->why));
}

void
problem_row_set_level(Cell *cells, FailureLevel level)
{
	cell_set_enum(&cells[PROBLEM_LEVEL], level, failure_level_name(level));
}

static void
set_reporters(Cell *cell, const Problem *problem)
{
	for (size_t i = 0; i < problem->reporters->len; i++) {
		const ProblemReporter *reporter = g_ptr_array_index(problem->reporters, i);
		cell_append_text(cell, "\n", reporter->reporter->name);
	}
}

/* The ids of the incidents that were seen in the time asked for. */
static void
set_incidents(Cell *cell, const Problem *problem)
{
	for (size_t i = 0; i < problem->incidents->len; i++) {
		const Incident *incident = g_ptr_array_index(problem->incidents, i);
		g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, incident->id);
		if (incident->listed)
			cell_append_text(cell, ",", id);
	}
}

/* The one MX that all incidents of the time asked for have, if a command can name it; else NULL. */
static const char *
only_mx(const Problem *problem)
{
	const char *mx = problem->mx_hosts->len == 1 ? g_ptr_array_index(problem->mx_hosts, 0)
						     : NULL;

	for (guint i = 0; i < problem->incidents->len && mx != NULL; i++) {
		const Incident *incident = g_ptr_array_index(problem->incidents, i);
		if (incident->listed && strcmp(incident->mx, mx) != 0)
			return NULL;
	}
	return mx != NULL && hostname_is_plain(mx) ? mx : NULL;
}

/* Result types are words of strangers, too: only such as RFC 8460 has them get into a command. */
static const char *
only_result_type(const Problem *problem)
{
	const char *type = problem->result_types->len == 1
		? g_ptr_array_index(problem->result_types, 0)
		: NULL;

	return type != NULL && g_ascii_islower(*type)
			&& strspn(type, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(type)
		? type
		: NULL;
}

static void
append_option(GString *command, const char *option, const char *value)
{
	if (value != NULL)
		g_string_append_printf(command, " %s %s", option, value);
}

/*
 * The command lists the reports with the problem; as it is to be short, it may list others with a failure at
 * the same MX, or of the same result type, too.
 */
static void
set_reports(Cell *cells, const Problem *problem)
{
	const char *mx = only_mx(problem);
	const char *domain = problem->domains->len == 1 ? g_ptr_array_index(problem->domains, 0)
							: NULL;
	g_autoptr(GString) command = g_string_new("tlsrpt reports --failed");
	g_autofree char *since = day_text(problem->since_day);
	g_autofree char *until = day_text(problem->until_day);

	append_option(command, "--mx", mx);
	append_option(command, "--domain",
		mx == NULL && domain != NULL && hostname_is_plain(domain) ? domain : NULL);
	append_option(command, "--result-type", mx == NULL ? only_result_type(problem) : NULL);
	append_option(command, "--since", since);
	append_option(command, "--until", problem->last_seen > problem->until_day ? until : NULL);
	cells[PROBLEM_REPORTS].number = problem->n_reports;
	cell_set_text(&cells[PROBLEM_REPORTS_COMMAND], command->str);
}

static void
fill_what(Cell *cells, const Problem *problem)
{
	g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, problem->number);
	g_autofree char *title = problem_title(problem);

	cell_set_text(&cells[PROBLEM_NUMBER], number);
	problem_row_set_level(cells, problem->level);
	cell_set_text(&cells[PROBLEM_TITLE], title);
	cell_set_text(&cells[PROBLEM_KIND], problem->kind);
	cell_set_text(&cells[PROBLEM_MEANING], problem->meaning);
	set_why(cells, problem);
	cell_set_enum(&cells[PROBLEM_STATE], problem->state, failure_state_name(problem->state));
	cells[PROBLEM_LATE].number = problem->late;
	cells[PROBLEM_LEARNING].number = problem->learning;
	cells[PROBLEM_IS_UNVERIFIED].number = problem->unverified;
	cells[PROBLEM_HOLDS_MAIL].number = problem->holds_mail;
}

static void
fill_where(Cell *cells, const Problem *problem)
{
	problem_row_set_names(&cells[PROBLEM_DOMAINS], problem->domains);
	problem_row_set_names(&cells[PROBLEM_MX], problem->mx_hosts);
	problem_row_set_names(&cells[PROBLEM_RESULT_TYPES], problem->result_types);
	problem_row_set_names(&cells[PROBLEM_POLICY_TYPES], problem->policy_types);
	cell_set_text(&cells[PROBLEM_MODE], mta_sts_mode_name(problem->mode));
	set_reporters(&cells[PROBLEM_REPORTERS], problem);
	set_incidents(&cells[PROBLEM_INCIDENTS], problem);
	set_reports(cells, problem);
	set_effects(cells, problem);
}

static void
fill_how_much(Cell *cells, const Problem *problem)
{
	cell_set_day_text(&cells[PROBLEM_FIRST], problem->first_seen);
	cell_set_day_text(&cells[PROBLEM_LAST], problem->last_seen);
	cells[PROBLEM_DAYS].number = problem->days;
	cells[PROBLEM_SESSIONS].number = problem->sessions;
	cells[PROBLEM_FAILED].number = problem->failed_sessions;
	cells[PROBLEM_SHARE].share = problem->share;
	cells[PROBLEM_UNVERIFIED].number = problem->unverified_sessions;
}

void
problem_row_fill(Cell *cells, const Problem *problem)
{
	fill_what(cells, problem);
	fill_where(cells, problem);
	fill_how_much(cells, problem);
	cells[PROBLEM_RESOLVED_AT].number = problem->resolved_at;
	cell_set_day_text(&cells[PROBLEM_ACCEPTED_UNTIL], problem->accepted_until);
	cell_set_text(&cells[PROBLEM_NOTE], problem->note);
	cell_set_text(&cells[PROBLEM_NOTE_BY], problem->note_by);
	cells[PROBLEM_NOTE_AT].number = problem->note != NULL ? problem->note_at : 0;
}

EvidenceTables
problem_add_evidence_tables(Document *document)
{
	EvidenceTables tables;

	tables.reasons = document_add_table(
		document, "reasons", NULL, reason_columns, REASON_COLUMNS);
	tables.reports = document_add_table(
		document, "reports", NULL, report_columns, REPORT_COLUMNS);
	return tables;
}

static void
add_report(Table *table, const char *number, const ProblemReport *report)
{
	Cell *cells = table_add_row(table);

	cell_set_text(&cells[REPORT_PROBLEM], number);
	cells[REPORT_NUMBER].number = report->id;
	cell_set_text(&cells[REPORT_SENDERS_ID], report->report_id);
	cell_set_text(&cells[REPORT_ORGANIZATION], report->reporter->name);
	cells[REPORT_DAY].number = report->day;
}

void
problem_add_evidence(const EvidenceTables *tables, const Problem *problem)
{
	g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, problem->number);

	for (size_t i = 0; i < problem->reasons->len; i++) {
		const ProblemReason *reason = g_ptr_array_index(problem->reasons, i);
		Cell *cells = table_add_row(tables->reasons);
		cell_set_text(&cells[REASON_PROBLEM], number);
		cell_set_text(&cells[REASON_CODE], reason->code);
		cell_set_text(&cells[REASON_MEANING], reason->meaning);
		cells[REASON_FAILED].number = reason->failed_sessions;
	}
	for (size_t i = 0; i < problem->reports->len; i++)
		add_report(tables->reports, number, g_ptr_array_index(problem->reports, i));
}

void
problem_row_fill_silence(Cell *cells, const Silence *silence)
{
	g_autofree char *number = g_strdup_printf("s%" G_GINT64_FORMAT, silence->number);
	g_autofree char *title = silence_title(silence);

	cell_set_text(&cells[PROBLEM_NUMBER], number);
	problem_row_set_level(cells, LEVEL_WARNING);
	cell_set_text(&cells[PROBLEM_TITLE], title);
	problem_row_set_names(&cells[PROBLEM_DOMAINS], silence->domains);
	cell_set_day_text(&cells[PROBLEM_LAST], silence->last_received);
	cell_set_text(&cells[PROBLEM_NOTE], silence->note);
	cells[PROBLEM_SHARE].share = CELL_NOTHING;
}

void
problem_row_fill_arrivals(Cell *cells, const Arrivals *arrivals)
{
	g_autofree char *title = arrivals_title(arrivals);
	g_autofree char *others = arrivals->unverified_reports > 0
		? g_strdup_printf("%" G_GINT64_FORMAT " reports came, none authenticated: look at "
				  "the milter and at trusted-authserv-ids.",
			arrivals->unverified_reports)
		: g_strdup("Does the mail with the reports still reach tlsrpt-ingest(1)? See the "
			   "queue and the log of the mail system.");

	problem_row_set_level(cells, LEVEL_CRITICAL);
	cell_set_text(&cells[PROBLEM_TITLE], title);
	cell_set_text(&cells[PROBLEM_WHY_TEXT], others);
	cell_set_day_text(&cells[PROBLEM_LAST], arrivals->last_received);
	cells[PROBLEM_SHARE].share = CELL_NOTHING;
}

void
problem_row_fill_full_quarantine(Cell *cells)
{
	problem_row_set_level(cells, LEVEL_CRITICAL);
	cell_set_text(&cells[PROBLEM_TITLE], QUARANTINE_FULL_TITLE);
	cell_set_text(&cells[PROBLEM_WHY_TEXT],
		"What is not understood stays in the mail queue: look with tlsrpt quarantine, and "
		"drop what is not needed");
	cells[PROBLEM_SHARE].share = CELL_NOTHING;
}

void
problem_row_fill_day_limit(Cell *cells, const QuarantineState *quarantine)
{
	g_autofree char *why = g_strdup_printf("%" G_GINT64_FORMAT
					       " unauthenticated message%s for another day",
		quarantine->waiting, quarantine->waiting == 1 ? " waits" : "s wait");

	problem_row_set_level(cells, LEVEL_WARNING);
	cell_set_text(&cells[PROBLEM_TITLE], DAY_LIMIT_TITLE);
	cell_set_text(&cells[PROBLEM_WHY_TEXT], why);
	cells[PROBLEM_SHARE].share = CELL_NOTHING;
}
