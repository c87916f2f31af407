#include "tlsrpt/view_explain.h"

#include "problem_rows.h"

#include "tlsrpt/catalog.h"
#include "tlsrpt/error.h"
#include "tlsrpt/explain.h"

enum {
	NUMBER,
	KIND,
	MEANING,
	LEVEL,
	WHY,
	ONLY_REPORTER,
	STATE,
	ACCEPTED_UNTIL,
	HOLDS_MAIL,
	LATE,
	LEARNING,
	UNVERIFIED,
	MODE,
	DOMAINS,
	MX_HOSTS,
	RESULT_TYPES,
	POLICY_TYPES,
	FIRST_SEEN,
	LAST_SEEN,
	DAYS,
	SESSIONS,
	FAILED_SESSIONS,
	SHARE,
	UNVERIFIED_SESSIONS,
	NOTE,
	HAPPENED,
	EFFECT,
	CAUSES,
	FIXES,
	VERIFY,
	CHECKERS,
	SOURCE,
	COLUMNS
};

static const Column columns[COLUMNS] = {
	[NUMBER] = { "number", "Id", CELL_COUNT },
	[KIND] = { "kind", "Kind", CELL_NAME },
	[MEANING] = { "meaning", "Meaning", CELL_TEXT },
	[LEVEL] = { "level", "Level", CELL_ENUM },
	[WHY] = { "why", NULL, CELL_ENUM },
	[ONLY_REPORTER] = { "only_reporter", NULL, CELL_TEXT },
	[STATE] = { "state", "State", CELL_ENUM },
	[ACCEPTED_UNTIL] = { "accepted_until", NULL, CELL_TEXT },
	[HOLDS_MAIL] = { "holds_mail", NULL, CELL_FLAG },
	[LATE] = { "late", NULL, CELL_FLAG },
	[LEARNING] = { "learning", NULL, CELL_FLAG },
	[UNVERIFIED] = { "unverified", NULL, CELL_FLAG },
	[MODE] = { "mode", "Mode", CELL_ENUM },
	[DOMAINS] = { "domains", "Domains", CELL_NAMES },
	[MX_HOSTS] = { "mx_hosts", "MX", CELL_NAMES },
	[RESULT_TYPES] = { "result_types", NULL, CELL_NAMES },
	[POLICY_TYPES] = { "policy_types", NULL, CELL_NAMES },
	[FIRST_SEEN] = { "first_seen", "First seen", CELL_TEXT },
	[LAST_SEEN] = { "last_seen", "Last seen", CELL_TEXT },
	[DAYS] = { "days", NULL, CELL_COUNT },
	[SESSIONS] = { "sessions", NULL, CELL_COUNT },
	[FAILED_SESSIONS] = { "failed_sessions", "Failed", CELL_COUNT },
	[SHARE] = { "share", NULL, CELL_SHARE },
	[UNVERIFIED_SESSIONS] = { "unverified_sessions", NULL, CELL_COUNT },
	[NOTE] = { "note", NULL, CELL_TEXT },
	[HAPPENED] = { "happened", NULL, CELL_TEXT },
	[EFFECT] = { "effect", NULL, CELL_TEXT },
	[CAUSES] = { "causes", NULL, CELL_TEXT },
	[FIXES] = { "fixes", NULL, CELL_TEXT },
	[VERIFY] = { "verify", NULL, CELL_TEXT },
	[CHECKERS] = { "checkers", NULL, CELL_TEXT },
	[SOURCE] = { "source", NULL, CELL_TEXT },
};

enum { REASON_CODE, REASON_MEANING, REASON_FAILED, REASON_COLUMNS };

static const Column reason_columns[REASON_COLUMNS] = {
	[REASON_CODE] = { "failure_reason_code", "Reason", CELL_TEXT },
	[REASON_MEANING] = { "meaning", "Meaning", CELL_TEXT },
	[REASON_FAILED] = { "failed_sessions", "Failed", CELL_COUNT },
};

enum { WHO_NAME, WHO_FAILED, WHO_SESSIONS, WHO_LAST, WHO_COLUMNS };

static const Column reporter_columns[WHO_COLUMNS] = {
	[WHO_NAME] = { "reporter", "Reporter", CELL_TEXT },
	[WHO_FAILED] = { "failed_sessions", "Failed", CELL_COUNT },
	[WHO_SESSIONS] = { "sessions", "Sessions", CELL_COUNT },
	[WHO_LAST] = { "last_seen", "Last seen", CELL_DAY },
};

enum { OF_DOMAIN, OF_MODE, OF_HOLDS_MAIL, OF_FAILED, OF_SESSIONS, OF_COLUMNS };

static const Column domain_columns[OF_COLUMNS] = {
	[OF_DOMAIN] = { "domain", "Domain", CELL_NAME },
	[OF_MODE] = { "mode", "Mode", CELL_ENUM },
	[OF_HOLDS_MAIL] = { "holds_mail", "Holds mail", CELL_FLAG },
	[OF_FAILED] = { "failed_sessions", "Failed", CELL_COUNT },
	[OF_SESSIONS] = { "sessions", "Sessions", CELL_COUNT },
};

static void
set_mode(Cell *cell, MtaStsMode mode)
{
	cell_set_enum(cell, mode, mode == MTA_STS_NO_MODE ? NULL : mta_sts_mode_name(mode));
}

static void
add_effect(Cell *cell, const char *where, const char *effect)
{
	g_autofree char *line = effect != NULL ? g_strdup_printf("%s: %s", where, effect) : NULL;

	if (line != NULL)
		cell_append_text(cell, "\n", line);
}

/* What the failure does to mail under each policy that it was reported for. */
static void
set_effect(Cell *cell, const Problem *problem, const Explanation *explanation)
{
	const bool sts = problem_has_policy_type(problem, POLICY_TYPE_STS);

	if (sts && (problem->mode == MTA_STS_ENFORCE || problem->mode == MTA_STS_NO_MODE))
		add_effect(cell, "MTA-STS in enforce mode", explanation->enforce);
	if (sts && (problem->mode == MTA_STS_TESTING || problem->mode == MTA_STS_NO_MODE))
		add_effect(cell, "MTA-STS in testing mode", explanation->testing);
	if (sts && problem->mode == MTA_STS_NONE)
		add_effect(cell, "MTA-STS in mode none",
			"The policy asks for nothing, so the mail is delivered.");
	if (problem_has_policy_type(problem, POLICY_TYPE_TLSA))
		add_effect(cell, "DANE", explanation->dane);
	if (problem_has_policy_type(problem, POLICY_TYPE_NONE))
		add_effect(cell, "Without a policy",
			"No policy stops the mail: senders go on without a check, and most of them "
			"without TLS if need be.");
}

static void
set_lines(Cell *cell, const char *const *lines, const Problem *problem)
{
	g_autofree char *filled = explained_lines(lines, problem->domains, problem->mx_hosts);

	cell_set_text(cell, filled);
}

static void
set_explanation(Cell *cells, const Problem *problem)
{
	const Explanation *explanation = explain_kind(problem->kind);

	if (explanation == NULL)
		explanation = explain_kind("validation-failure");
	const char *const happened[] = { explanation->happened, NULL };
	cell_set_text(&cells[MEANING], explanation->meaning);
	set_lines(&cells[HAPPENED], happened, problem);
	set_effect(&cells[EFFECT], problem, explanation);
	set_lines(&cells[CAUSES], explanation->causes, problem);
	set_lines(&cells[FIXES], explanation->fixes, problem);
	set_lines(&cells[VERIFY], explanation->verify, problem);
	set_lines(&cells[CHECKERS], explanation->checkers, problem);
	cell_set_text(&cells[SOURCE], explanation->source);
}

static void
set_verdict(Cell *cells, const Problem *problem)
{
	cell_set_enum(&cells[LEVEL], problem->level, failure_level_name(problem->level));
	cell_set_enum(&cells[WHY], problem->why, failure_why_name(problem->why));
	cell_set_text(&cells[ONLY_REPORTER], problem->only != NULL ? problem->only->name : NULL);
	cell_set_enum(&cells[STATE], problem->state, failure_state_name(problem->state));
	cell_set_day_text(&cells[ACCEPTED_UNTIL], problem->accepted_until);
	cells[HOLDS_MAIL].number = problem->holds_mail;
	cells[LATE].number = problem->late;
	cells[LEARNING].number = problem->learning;
	cells[UNVERIFIED].number = problem->unverified;
	set_mode(&cells[MODE], problem->mode);
}

static void
add_problem(Document *document, const Problem *problem)
{
	Table *table = document_add_table(document, "problem", NULL, columns, COLUMNS);
	Cell *cells = table_add_row(table);

	cells[NUMBER].number = problem->number;
	cell_set_text(&cells[KIND], problem->kind);
	set_verdict(cells, problem);
	problem_row_set_names(&cells[DOMAINS], problem->domains);
	problem_row_set_names(&cells[MX_HOSTS], problem->mx_hosts);
	problem_row_set_names(&cells[RESULT_TYPES], problem->result_types);
	problem_row_set_names(&cells[POLICY_TYPES], problem->policy_types);
	cell_set_day_text(&cells[FIRST_SEEN], problem->first_seen);
	cell_set_day_text(&cells[LAST_SEEN], problem->last_seen);
	cells[DAYS].number = problem->days;
	cells[SESSIONS].number = problem->sessions;
	cells[FAILED_SESSIONS].number = problem->failed_sessions;
	cells[SHARE].share = problem->share;
	cells[UNVERIFIED_SESSIONS].number = problem->unverified_sessions;
	cell_set_text(&cells[NOTE], problem->note);
	set_explanation(cells, problem);
}

static void
add_reasons(Document *document, const Problem *problem)
{
	Table *table = document_add_table(
		document, "reasons", "Reasons", reason_columns, REASON_COLUMNS);

	for (guint i = 0; i < problem->reasons->len; i++) {
		const ProblemReason *reason = g_ptr_array_index(problem->reasons, i);
		Cell *cells = table_add_row(table);
		cell_set_text(&cells[REASON_CODE], reason->code);
		cell_set_text(&cells[REASON_MEANING], reason->meaning);
		cells[REASON_FAILED].number = reason->failed_sessions;
	}
}

static void
add_reporters(Document *document, const Problem *problem)
{
	Table *table = document_add_table(
		document, "reporters", "Reporters", reporter_columns, WHO_COLUMNS);

	for (guint i = 0; i < problem->reporters->len; i++) {
		const ProblemReporter *one = g_ptr_array_index(problem->reporters, i);
		Cell *cells = table_add_row(table);
		cell_set_text(&cells[WHO_NAME], one->reporter->name);
		cells[WHO_FAILED].number = one->failed_sessions;
		cells[WHO_SESSIONS].number = one->sessions;
		cells[WHO_LAST].number = one->last_day;
	}
}

static void
add_domains(Document *document, const Problem *problem)
{
	Table *table = document_add_table(
		document, "domains", "Domains", domain_columns, OF_COLUMNS);

	for (guint i = 0; i < problem->failures->len; i++) {
		const DomainFailure *failure = g_ptr_array_index(problem->failures, i);
		Cell *cells = table_add_row(table);
		cell_set_text(&cells[OF_DOMAIN], failure->domain);
		set_mode(&cells[OF_MODE], failure->mode);
		cells[OF_HOLDS_MAIL].number = failure->holds_mail;
		cells[OF_FAILED].number = failure->failed_sessions;
		cells[OF_SESSIONS].number = failure->sessions;
	}
}

Document *
explained_problem(const Problem *problem)
{
	Document *document = document_new("explain-problem");

	add_problem(document, problem);
	add_reasons(document, problem);
	add_reporters(document, problem);
	add_domains(document, problem);
	return document;
}

Document *
view_explain_problem(const ProblemsQuestion *question, int64_t number, GError **error)
{
	StoreFilter all_times = *question->filter;
	ProblemsQuestion earlier = *question;
	g_autoptr(Problems) problems = problems_read(question, error);

	if (problems == NULL)
		return NULL;
	const Problem *problem = problems_find(problems, number);
	if (problem != NULL)
		return explained_problem(problem);

	all_times.since_day = 0;
	earlier.filter = &all_times;
	g_autoptr(Problems) all = problems_read(&earlier, error);
	if (all == NULL)
		return NULL;
	problem = problems_find(all, number);
	if (problem != NULL)
		return explained_problem(problem);
	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE,
		"there is no problem %" G_GINT64_FORMAT "; tlsrpt failures lists them", number);
	return NULL;
}
