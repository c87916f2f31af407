/* The monitoring check: which alarms there are, and how severe each of them is. */
#include "tlsrpt/view_check.h"

#include "problem_rows.h"

#include "tlsrpt/day.h"
#include "tlsrpt/report.h"
#include "tlsrpt/threshold.h"

#include <string.h>

enum {
	STATUS,
	DOMAINS_CHECKED,
	DOMAINS_LEARNING,
	LAST_RECEIVED,
	ALL_SESSIONS,
	ALL_FAILED,
	ALL_SHARE,
	GLITCHES,
	BACKGROUND,
	UNVERIFIED,
	CHECK_COLUMNS
};

static const Column check_columns[CHECK_COLUMNS] = {
	[STATUS] = { "status", "Status", CELL_ENUM },
	[DOMAINS_CHECKED] = { "domains", "Domains", CELL_COUNT },
	[DOMAINS_LEARNING] = { "learning", "Learning", CELL_COUNT },
	[LAST_RECEIVED] = { "last_received", "Last received", CELL_TIME },
	[ALL_SESSIONS] = { "sessions", NULL, CELL_COUNT },
	[ALL_FAILED] = { "failed_sessions", NULL, CELL_COUNT },
	[ALL_SHARE] = { "failed_share", NULL, CELL_SHARE },
	[GLITCHES] = { "glitches", NULL, CELL_COUNT },
	[BACKGROUND] = { "background", NULL, CELL_COUNT },
	[UNVERIFIED] = { "unverified", NULL, CELL_COUNT },
};

enum {
	SEVERITY = PROBLEM_COLUMNS,
	ALARM,
	COMMAND, /* to find out more */
	CHECKED_COLUMNS
};

static const Column checked_columns[CHECKED_COLUMNS] = {
	PROBLEM_ROW_COLUMNS,
	[SEVERITY] = { "severity", NULL, CELL_ENUM },
	[ALARM] = { "alarm", NULL, CELL_ENUM },
	[COMMAND] = { "command", NULL, CELL_TEXT },
};

enum { LABEL, VALUE, UNIT, WARNING, CRITICAL, MINIMUM, MAXIMUM, PERFDATA_COLUMNS };

static const Column perfdata_columns[PERFDATA_COLUMNS] = {
	[LABEL] = { "label", NULL, CELL_WORD },
	[VALUE] = { "value", NULL, CELL_WORD },
	[UNIT] = { "unit", NULL, CELL_WORD },
	[WARNING] = { "warning", NULL, CELL_WORD },
	[CRITICAL] = { "critical", NULL, CELL_WORD },
	[MINIMUM] = { "minimum", NULL, CELL_WORD },
	[MAXIMUM] = { "maximum", NULL, CELL_WORD },
};

typedef struct {
	const CheckOptions *options;
	Threshold warning, critical;
	const char *domain; /* that was asked for; or NULL */
	const Problems *found;
	Table *problems;
	EvidenceTables evidence;
	double worst_share; /* of failed sessions in the window, by domain; or CELL_NOTHING */
} Check;

static void
set_status(Cell *cell, CheckStatus status)
{
	static const char *const names[] = {
		[CHECK_OK] = "OK",
		[CHECK_WARNING] = "WARNING",
		[CHECK_CRITICAL] = "CRITICAL",
		[CHECK_UNKNOWN] = "UNKNOWN",
	};

	cell_set_enum(cell, status, names[status]);
}

static void
set_alarm(Cell *cell, CheckedAlarm alarm)
{
	static const char *const names[] = {
		[CHECKED_FAILURE] = "failure",
		[CHECKED_SHARE] = "share",
		[CHECKED_SILENT] = "silent",
		[CHECKED_STOPPED] = "stopped",
		[CHECKED_NO_REPORTS] = "no-reports",
		[CHECKED_UNAUTHENTICATED] = "unauthenticated",
		[CHECKED_QUARANTINE] = "quarantine-full",
		[CHECKED_DAY_LIMIT] = "day-limit",
	};

	cell_set_enum(cell, alarm, names[alarm]);
}

static Cell *
add_problem(Check *check, CheckStatus severity, CheckedAlarm alarm, const char *command)
{
	Cell *row = table_add_row(check->problems);

	problem_row_set_level(row, severity == CHECK_WARNING ? LEVEL_WARNING : LEVEL_CRITICAL);
	set_status(&row[SEVERITY], severity);
	set_alarm(&row[ALARM], alarm);
	cell_set_text(&row[COMMAND], command);
	row[PROBLEM_SHARE].share = CELL_NOTHING;
	return row;
}

/* --- failures */

static char *
command_for(const Problem *problem)
{
	const char *domain = g_ptr_array_index(problem->domains, 0);

	return problem->domains->len == 1 && *domain != '\0'
		? g_strdup_printf("tlsrpt failures --domain %s", domain)
		: g_strdup("tlsrpt failures");
}

static void
add_failure(Check *check, const Problem *problem)
{
	const bool is_critical = problem->level == LEVEL_CRITICAL;
	g_autofree char *command = command_for(problem);
	Cell *row = add_problem(
		check, is_critical ? CHECK_CRITICAL : CHECK_WARNING, CHECKED_FAILURE, command);

	problem_row_fill(row, problem);
	problem_add_evidence(&check->evidence, problem);
}

static void
add_failures(Check *check, FailureLevel level)
{
	for (guint i = 0; i < check->found->problems->len; i++) {
		const Problem *problem = g_ptr_array_index(check->found->problems, i);
		if (problem->level == level)
			add_failure(check, problem);
	}
}

/* --- who reports */

static void
add_silences(Check *check)
{
	for (guint i = 0; i < check->found->silences->len; i++) {
		const Silence *silence = g_ptr_array_index(check->found->silences, i);
		if (silence->accepted)
			continue;
		problem_row_fill_silence(add_problem(check, CHECK_WARNING, CHECKED_SILENT,
						 "tlsrpt summary --since 28d"),
			silence);
	}
}

/* Adds a problem if nothing comes that is believed. */
static void
add_arrivals(Check *check)
{
	const Arrivals *arrivals = &check->found->arrivals;
	const bool are_unauthenticated = arrivals->unverified_reports > 0;
	const bool is_domain_unknown = check->found->domains->len == 0;
	g_autofree char *command = check->domain != NULL
		? g_strdup_printf("tlsrpt record check %s", check->domain)
		: g_strdup("tlsrpt status");

	if (arrivals->state == ARRIVALS_STOPPED || are_unauthenticated) {
		Cell *row = add_problem(check, CHECK_UNKNOWN,
			are_unauthenticated ? CHECKED_UNAUTHENTICATED : CHECKED_STOPPED,
			"tlsrpt status");
		problem_row_fill_arrivals(row, arrivals);
		row[PROBLEM_UNVERIFIED].number = arrivals->unverified_reports;
	} else if (is_domain_unknown && !check->options->learning_ok) {
		Cell *row = add_problem(check, CHECK_UNKNOWN, CHECKED_NO_REPORTS, command);
		cell_set_text(&row[PROBLEM_TITLE], "no report ever came");
		cell_set_text(&row[PROBLEM_DOMAINS], check->domain);
	}
}

/* Adds a problem if messages cannot be kept, or wait for another day. */
static void
add_quarantine(Check *check)
{
	const QuarantineState *state = &check->found->quarantine;

	if (state->is_full)
		problem_row_fill_full_quarantine(
			add_problem(check, CHECK_UNKNOWN, CHECKED_QUARANTINE, "tlsrpt quarantine"));
	if (state->waiting > 0) {
		Cell *row = add_problem(
			check, CHECK_UNKNOWN, CHECKED_DAY_LIMIT, "tlsrpt quarantine");
		problem_row_fill_day_limit(row, state);
		row[PROBLEM_UNVERIFIED].number = state->waiting;
	}
}

/* --- shares */

static void
check_share(Check *check, const DomainTotal *domain)
{
	const double share = share_of(domain->failed_sessions, domain->sessions);

	if (share == CELL_NOTHING)
		return;
	check->worst_share = MAX(check->worst_share, share);
	const bool critical = check->options->critical != NULL
		&& threshold_alerts(&check->critical, share * 100);
	const bool warning = check->options->warning != NULL
		&& threshold_alerts(&check->warning, share * 100);
	if (!critical && !warning)
		return;
	g_autofree char *command = g_strdup_printf("tlsrpt trend --domain %s", domain->domain);
	Cell *row = add_problem(
		check, critical ? CHECK_CRITICAL : CHECK_WARNING, CHECKED_SHARE, command);
	cell_set_text(&row[PROBLEM_TITLE], "the failed share is out of its range");
	cell_set_text(&row[PROBLEM_DOMAINS], domain->domain);
	row[PROBLEM_SHARE].share = share;
	row[PROBLEM_FAILED].number = domain->failed_sessions;
	row[PROBLEM_SESSIONS].number = domain->sessions;
}

static int
rank(CheckStatus status)
{
	static const int ranks[] = {
		[CHECK_OK] = 0, [CHECK_WARNING] = 1, [CHECK_UNKNOWN] = 2, [CHECK_CRITICAL] = 3
	};

	return ranks[status];
}

/* By severity alone: within one they are in their order already. */
static int
compare_rows(gconstpointer a, gconstpointer b)
{
	const Cell *one = *(const Cell *const *)a, *other = *(const Cell *const *)b;

	return rank((CheckStatus)other[SEVERITY].number) - rank((CheckStatus)one[SEVERITY].number);
}

static void
find_problems(Check *check)
{
	add_quarantine(check);
	add_arrivals(check);
	add_failures(check, LEVEL_CRITICAL);
	add_failures(check, LEVEL_WARNING);
	for (guint i = 0; i < check->found->domains->len; i++)
		check_share(check, g_ptr_array_index(check->found->domains, i));
	add_silences(check);
	g_ptr_array_sort(check->problems->rows, compare_rows);
}

/* --- figures */

static int64_t
count_severity(const Check *check, CheckStatus severity)
{
	int64_t n = 0;

	for (guint i = 0; i < check->problems->rows->len; i++) {
		const Cell *row = g_ptr_array_index(check->problems->rows, i);
		n += row[SEVERITY].number == (int64_t)severity;
	}
	return n;
}

static int64_t
count_level(const Check *check, FailureLevel level)
{
	int64_t n = 0;

	for (guint i = 0; i < check->found->problems->len; i++)
		n += ((const Problem *)g_ptr_array_index(check->found->problems, i))->level
			== level;
	return n;
}

static Cell *
add_perfdata(Table *table, const char *label, const char *value, const char *unit)
{
	Cell *row = table_add_row(table);

	cell_set_text(&row[LABEL], label);
	cell_set_text(&row[VALUE], value);
	cell_set_text(&row[UNIT], unit);
	cell_set_text(&row[MINIMUM], "0");
	return row;
}

static void
add_count(Table *table, const char *label, int64_t count)
{
	g_autofree char *value = g_strdup_printf("%" G_GINT64_FORMAT, count);

	add_perfdata(table, label, value, NULL);
}

static void
measure(const Check *check, Table *table)
{
	const int64_t last = check->found->arrivals.last_received_at;
	char share[G_ASCII_DTOSTR_BUF_SIZE];

	add_count(table, "critical", count_severity(check, CHECK_CRITICAL));
	add_count(table, "warning", count_severity(check, CHECK_WARNING));
	add_count(table, "glitches", count_level(check, LEVEL_GLITCH));
	add_count(table, "background", count_level(check, LEVEL_BACKGROUND));
	add_count(table, "domains", check->found->domains->len);
	if (check->worst_share != CELL_NOTHING) {
		g_ascii_formatd(share, sizeof(share), "%.3f", check->worst_share * 100);
		Cell *row = add_perfdata(table, "failed_share", share, "%");
		cell_set_text(&row[WARNING], check->options->warning);
		cell_set_text(&row[CRITICAL], check->options->critical);
		cell_set_text(&row[MAXIMUM], "100");
	}
	if (last != 0) {
		g_autofree char *age = g_strdup_printf(
			"%" G_GINT64_FORMAT, MAX(check->options->now - last, 0));
		add_perfdata(table, "last_report", age, "s");
	}
}

static void
sum_up(const Check *check, Cell *row)
{
	const Problems *found = check->found;

	for (guint i = 0; i < found->domains->len; i++) {
		const DomainTotal *domain = g_ptr_array_index(found->domains, i);
		row[DOMAINS_LEARNING].number += domain->learning;
		row[ALL_SESSIONS].number = count_add(row[ALL_SESSIONS].number, domain->sessions);
		row[ALL_FAILED].number = count_add(row[ALL_FAILED].number, domain->failed_sessions);
	}
	row[DOMAINS_CHECKED].number = found->domains->len;
	row[LAST_RECEIVED].number = found->arrivals.last_received_at;
	row[ALL_SHARE].share = share_of(row[ALL_FAILED].number, row[ALL_SESSIONS].number);
	row[GLITCHES].number = count_level(check, LEVEL_GLITCH);
	row[BACKGROUND].number = count_level(check, LEVEL_BACKGROUND);
	for (guint i = 0; i < found->problems->len; i++)
		row[UNVERIFIED].number +=
			((const Problem *)g_ptr_array_index(found->problems, i))->unverified;
}

static bool
parse_thresholds(Check *check, GError **error)
{
	const CheckOptions *options = check->options;

	return (options->warning == NULL
		       || threshold_parse("--warning", options->warning, &check->warning, error))
		&& (options->critical == NULL
			|| threshold_parse(
				"--critical", options->critical, &check->critical, error));
}

Document *
view_check(const ProblemsQuestion *question, const CheckOptions *options, GError **error)
{
	g_autoptr(Document) document = document_new("check");
	Table *table = document_add_table(document, "check", NULL, check_columns, CHECK_COLUMNS);
	Table *problems = document_add_table(
		document, "problems", NULL, checked_columns, CHECKED_COLUMNS);
	const EvidenceTables evidence = problem_add_evidence_tables(document);
	Table *perfdata = document_add_table(
		document, "perfdata", NULL, perfdata_columns, PERFDATA_COLUMNS);
	StoreFilter window = *question->filter;
	ProblemsQuestion of_window = *question;
	Check check = { .options = options,
		.domain = window.domain,
		.problems = problems,
		.evidence = evidence,
		.worst_share = CELL_NOTHING };

	window.since_day = window.today - question->rules->window;
	window.until_day = window.today;
	window.organization = NULL;
	of_window.filter = &window;
	if (!parse_thresholds(&check, error))
		return NULL;
	g_autoptr(Problems) found = problems_read(&of_window, error);
	if (found == NULL)
		return NULL;
	check.found = found;
	find_problems(&check);
	measure(&check, perfdata);

	const Cell *worst = problems->rows->len > 0 ? g_ptr_array_index(problems->rows, 0) : NULL;
	document->exit_code = worst != NULL ? (int)worst[SEVERITY].number : CHECK_OK;
	Cell *row = table_add_row(table);
	set_status(&row[STATUS], (CheckStatus)document->exit_code);
	sum_up(&check, row);
	return g_steal_pointer(&document);
}
