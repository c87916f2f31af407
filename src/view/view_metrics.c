/* The numbers that a monitoring system keeps: sums, incidents by state, who is silent, what waits. */
#include "tlsrpt/view_metrics.h"

#include "tlsrpt/day.h"
#include "tlsrpt/quarantine_state.h"
#include "tlsrpt/report.h"
#include "tlsrpt/view.h"

#include <string.h>

/* Adds the counts of a row to those of another. */
static void
add_counts(const Table *table, Cell *sum, const Cell *row)
{
	for (size_t i = 0; i < table->n_columns; i++) {
		if (table->columns[i].kind == CELL_COUNT)
			sum[i].number = count_add(sum[i].number, row[i].number);
	}
}

/*
 * Makes one row of all that are over the limit.  No other row has its labels, since one label of each table
 * is a word of this program.
 */
static void
limit_rows(Table *table)
{
	if (table->rows->len <= METRICS_MAX_ROWS)
		return;
	Cell *other = g_ptr_array_index(table->rows, METRICS_MAX_ROWS);
	for (guint i = METRICS_MAX_ROWS + 1; i < table->rows->len; i++)
		add_counts(table, other, g_ptr_array_index(table->rows, i));
	for (size_t i = 0; i < table->n_columns; i++) {
		if (table->columns[i].kind != CELL_COUNT)
			cell_set_text(&other[i], METRICS_OTHER);
	}
	table_truncate(table, METRICS_MAX_ROWS + 1);
}

/* --- what everybody says */

/* As in view_daily_sums(). */
enum { SUM_AUTH = 3, SUM_REPORTS };

/* Authenticated ones first, then by reports: any number of sessions can be in a report. */
static int
compare_sums(gconstpointer a, gconstpointer b)
{
	const Cell *one = *(Cell *const *)a, *other = *(Cell *const *)b;
	const bool passed = strcmp(row_text(one, SUM_AUTH), "pass") == 0;

	if (passed != (strcmp(row_text(other, SUM_AUTH), "pass") == 0))
		return passed ? -1 : 1;
	return (one[SUM_REPORTS].number < other[SUM_REPORTS].number)
		- (one[SUM_REPORTS].number > other[SUM_REPORTS].number);
}

static Document *
read_sums(const ProblemsQuestion *question, GError **error)
{
	g_autoptr(Document) daily = view_daily(question->store, question->filter, error);

	if (daily == NULL)
		return NULL;
	Document *document = view_daily_sums(daily);
	Table *sums = g_ptr_array_index(document->tables, 0);
	if (sums->rows->len > METRICS_MAX_ROWS)
		g_ptr_array_sort(sums->rows, compare_sums);
	limit_rows(sums);
	return document;
}

/* --- what believed reporters say */

static int
compare_domains(gconstpointer a, gconstpointer b)
{
	const DomainTotal *one = *(DomainTotal *const *)a, *other = *(DomainTotal *const *)b;

	if (one->failed_sessions != other->failed_sessions)
		return one->failed_sessions > other->failed_sessions ? -1 : 1;
	return strcmp(one->domain, other->domain);
}

static void
add_domains(Document *document, const Problems *problems)
{
	static const Column columns[] = {
		{ "policy_domain", NULL, CELL_NAME },
		{ "learning", NULL, CELL_WORD },
		{ "sessions", NULL, CELL_COUNT },
		{ "failed_sessions", NULL, CELL_COUNT },
	};
	Table *table = document_add_table(
		document, "domains", NULL, columns, G_N_ELEMENTS(columns));
	g_autoptr(GPtrArray) domains = g_ptr_array_new();

	g_ptr_array_extend(domains, problems->domains, NULL, NULL);
	g_ptr_array_sort(domains, compare_domains);
	for (guint i = 0; i < domains->len; i++) {
		const DomainTotal *domain = g_ptr_array_index(domains, i);
		Cell *cells = table_add_row(table);
		cell_set_text(&cells[0], domain->domain);
		cell_set_text(&cells[1], domain->learning ? "true" : "false");
		cells[2].number = domain->sessions;
		cells[3].number = domain->failed_sessions;
	}
	limit_rows(table);
}

enum {
	INCIDENT_DOMAIN,
	INCIDENT_POLICY_TYPE,
	INCIDENT_RESULT_TYPE,
	INCIDENT_MX,
	INCIDENT_KIND,
	INCIDENT_PROBLEM,
	INCIDENT_STATE,
	INCIDENT_LEVEL,
	INCIDENT_FAILED,
	INCIDENT_UNVERIFIED,
	INCIDENT_COLUMNS
};

static const Column incident_columns[INCIDENT_COLUMNS] = {
	[INCIDENT_DOMAIN] = { "policy_domain", NULL, CELL_NAME },
	[INCIDENT_POLICY_TYPE] = { "policy_type", NULL, CELL_NAME },
	[INCIDENT_RESULT_TYPE] = { "result_type", NULL, CELL_NAME },
	[INCIDENT_MX] = { "receiving_mx", NULL, CELL_NAME },
	[INCIDENT_KIND] = { "kind", NULL, CELL_NAME },
	[INCIDENT_PROBLEM] = { "problem", NULL, CELL_WORD },
	[INCIDENT_STATE] = { "state", NULL, CELL_WORD },
	[INCIDENT_LEVEL] = { "level", NULL, CELL_WORD },
	[INCIDENT_FAILED] = { "failed_sessions", NULL, CELL_COUNT },
	[INCIDENT_UNVERIFIED] = { "unverified_sessions", NULL, CELL_COUNT },
};

static void
add_incident(Table *table, const Problem *problem, const DomainFailure *failure,
	const Incident *incident)
{
	g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, problem->number);
	Cell *cells = table_add_row(table);

	cell_set_text(&cells[INCIDENT_DOMAIN], incident->domain);
	cell_set_text(&cells[INCIDENT_POLICY_TYPE], incident->policy_type);
	cell_set_text(&cells[INCIDENT_RESULT_TYPE], incident->result_type);
	cell_set_text(&cells[INCIDENT_MX], incident->mx);
	cell_set_text(&cells[INCIDENT_KIND], incident->kind);
	cell_set_text(&cells[INCIDENT_PROBLEM], number);
	cell_set_text(&cells[INCIDENT_STATE], failure_state_name(failure->verdict.state));
	cell_set_text(&cells[INCIDENT_LEVEL], failure_level_name(failure->verdict.level));
	cells[INCIDENT_FAILED].number = incident->failed_sessions;
	cells[INCIDENT_UNVERIFIED].number = incident->unverified_sessions;
}

/* The failure of each incident. */
static GHashTable *
failures_by_incident(const Problems *problems)
{
	GHashTable *by_incident = g_hash_table_new(NULL, NULL);

	for (guint i = 0; i < problems->failures->len; i++) {
		DomainFailure *failure = g_ptr_array_index(problems->failures, i);
		for (guint j = 0; j < failure->incidents->len; j++)
			g_hash_table_insert(
				by_incident, g_ptr_array_index(failure->incidents, j), failure);
	}
	return by_incident;
}

/* In the order of the problems, so that the worst have rows of their own. */
static void
add_incidents(Document *document, const Problems *problems)
{
	Table *table = document_add_table(
		document, "incidents", NULL, incident_columns, INCIDENT_COLUMNS);
	g_autoptr(GHashTable) failures = failures_by_incident(problems);

	for (guint i = 0; i < problems->problems->len; i++) {
		const Problem *problem = g_ptr_array_index(problems->problems, i);
		for (guint j = 0; j < problem->incidents->len; j++) {
			const Incident *incident = g_ptr_array_index(problem->incidents, j);
			const DomainFailure *failure = g_hash_table_lookup(failures, incident);
			if (incident->listed && failure != NULL)
				add_incident(table, problem, failure, incident);
		}
	}
	limit_rows(table);
}

/* A row for each level and state, also if there is no such problem. */
static void
add_problems(Document *document, const Problems *problems)
{
	static const Column columns[] = {
		{ "level", NULL, CELL_WORD },
		{ "state", NULL, CELL_WORD },
		{ "problems", NULL, CELL_COUNT },
	};
	Table *table = document_add_table(
		document, "problems", NULL, columns, G_N_ELEMENTS(columns));
	int64_t numbers[LEVEL_NONE + 1][STATE_ONGOING + 1] = { 0 };

	for (guint i = 0; i < problems->problems->len; i++) {
		const Problem *problem = g_ptr_array_index(problems->problems, i);
		numbers[problem->level][problem->state]++;
	}
	for (FailureLevel level = LEVEL_CRITICAL; level <= LEVEL_NONE; level++) {
		for (FailureState state = STATE_RESOLVED; state <= STATE_ONGOING; state++) {
			Cell *cells = table_add_row(table);
			cell_set_text(&cells[0], failure_level_name(level));
			cell_set_text(&cells[1], failure_state_name(state));
			cells[2].number = numbers[level][state];
		}
	}
}

/* --- who is silent, and whether anything comes */

static void
add_silences(Document *document, const Problems *problems)
{
	static const Column columns[] = {
		{ "silence", NULL, CELL_WORD },
		{ "witness", NULL, CELL_NAME },
		{ "policy_domain", NULL, CELL_NAME },
		{ "state", NULL, CELL_WORD },
		{ "silences", NULL, CELL_COUNT },
	};
	Table *table = document_add_table(
		document, "silences", NULL, columns, G_N_ELEMENTS(columns));

	for (guint i = 0; i < problems->silences->len; i++) {
		const Silence *silence = g_ptr_array_index(problems->silences, i);
		g_autofree char *number = g_strdup_printf("s%" G_GINT64_FORMAT, silence->number);
		Cell *cells = table_add_row(table);
		cell_set_text(&cells[0], number);
		cell_set_text(&cells[1], silence->witness);
		cell_set_text(&cells[2], silence->domain);
		cell_set_text(&cells[3],
			failure_state_name(silence->accepted ? STATE_ACCEPTED : STATE_ONGOING));
		cells[4].number = 1;
	}
	limit_rows(table);
}

static void
add_arrivals(Document *document, const Arrivals *arrivals)
{
	static const Column columns[] = {
		{ "state", NULL, CELL_WORD },
		{ "is", NULL, CELL_COUNT },
	};
	static const char *const states[] = {
		[ARRIVALS_OK] = "ok",
		[ARRIVALS_NEVER] = "never",
		[ARRIVALS_STOPPED] = "stopped",
	};
	Table *table = document_add_table(
		document, "arrivals", NULL, columns, G_N_ELEMENTS(columns));

	for (size_t i = 0; i < G_N_ELEMENTS(states); i++) {
		Cell *cells = table_add_row(table);
		cell_set_text(&cells[0], states[i]);
		cells[1].number = arrivals->state == i;
	}
}

/* When the last report came; 0 is never.  Of a believed one only the day is known. */
static void
add_received(Document *document, const Arrivals *arrivals)
{
	static const Column columns[] = {
		{ "reporters", NULL, CELL_WORD },
		{ "last_received", NULL, CELL_COUNT },
	};
	Table *table = document_add_table(
		document, "received", NULL, columns, G_N_ELEMENTS(columns));
	Cell *cells = table_add_row(table);

	cell_set_text(&cells[0], "all");
	cells[1].number = arrivals->last_received_at;
	cells = table_add_row(table);
	cell_set_text(&cells[0], "believed");
	if (arrivals->last_received != DAY_NONE)
		cells[1].number = arrivals->last_received * DAY_SECONDS;
}

/* --- the quarantine */

static void
add_quarantine(Document *document, const QuarantineState *state)
{
	static const Column columns[] = {
		{ "authenticated", NULL, CELL_WORD },
		{ "messages", NULL, CELL_COUNT },
		{ "bytes", NULL, CELL_COUNT },
	};
	Table *table = document_add_table(
		document, "quarantine", NULL, columns, G_N_ELEMENTS(columns));
	Cell *cells = table_add_row(table);

	cell_set_text(&cells[0], "true");
	cells[1].number = state->messages - state->unvouched_messages;
	cells[2].number = state->bytes - state->unvouched_bytes;
	cells = table_add_row(table);
	cell_set_text(&cells[0], "false");
	cells[1].number = state->unvouched_messages;
	cells[2].number = state->unvouched_bytes;
}

static void
add_limits(Document *document, const Arrivals *arrivals, const QuarantineState *state)
{
	static const Column columns[] = {
		{ "unverified_reports", NULL, CELL_COUNT },
		{ "quarantine_limit", NULL, CELL_COUNT },
		{ "quarantine_full", NULL, CELL_COUNT },
		{ "waiting", NULL, CELL_COUNT },
	};
	Table *table = document_add_table(document, "limits", NULL, columns, G_N_ELEMENTS(columns));
	Cell *cells = table_add_row(table);

	cells[0].number = arrivals->unverified_reports;
	cells[1].number = state->limit;
	cells[2].number = state->is_full;
	cells[3].number = state->waiting;
}

Document *
view_metrics(const ProblemsQuestion *question, const MetricsOptions *options, GError **error)
{
	g_autoptr(Problems) problems = problems_read(question, error);
	QuarantineState quarantine;

	if (problems == NULL
		|| !quarantine_state_read(question->store, options->quarantine,
			day_of(options->now), &quarantine, error))
		return NULL;
	Document *document = read_sums(question, error);
	if (document == NULL)
		return NULL;
	add_domains(document, problems);
	add_incidents(document, problems);
	add_problems(document, problems);
	add_silences(document, problems);
	add_arrivals(document, &problems->arrivals);
	add_received(document, &problems->arrivals);
	add_quarantine(document, &quarantine);
	add_limits(document, &problems->arrivals, &quarantine);
	return document;
}
