/* All problems with what proves them: the hosts that sent, the reports, and the incidents in them. */
#include "problem_rows.h"

#include "tlsrpt/day.h"
#include "tlsrpt/view.h"

enum { MORE_HOSTS = PROBLEM_COLUMNS, PROVEN_COLUMNS };

static const Column proven_columns[PROVEN_COLUMNS] = {
	PROBLEM_ROW_COLUMNS,
	[MORE_HOSTS] = { "more_hosts", NULL, CELL_COUNT },
};

enum { HOST_PROBLEM, HOST_ADDRESS, HOST_FAILED, HOST_COLUMNS };

static const Column host_columns[HOST_COLUMNS] = {
	[HOST_PROBLEM] = { "problem", NULL, CELL_WORD },
	[HOST_ADDRESS] = { "sending_mta_ip", NULL, CELL_TEXT },
	[HOST_FAILED] = { "failed_sessions", NULL, CELL_COUNT },
};

enum {
	INCIDENT_ID,
	INCIDENT_PROBLEM,
	INCIDENT_DOMAIN,
	INCIDENT_POLICY_TYPE,
	INCIDENT_RESULT_TYPE,
	INCIDENT_MX,
	INCIDENT_KIND,
	INCIDENT_FIRST,
	INCIDENT_LAST,
	INCIDENT_DAYS,
	INCIDENT_REPORTS,
	INCIDENT_REPORTERS,
	INCIDENT_FAILED,
	INCIDENT_UNVERIFIED_SESSIONS,
	INCIDENT_IS_UNVERIFIED,
	INCIDENT_NOTE,
	INCIDENT_RESOLVED_AT,
	INCIDENT_COLUMNS
};

static const Column incident_columns[INCIDENT_COLUMNS] = {
	[INCIDENT_ID] = { "id", NULL, CELL_COUNT },
	[INCIDENT_PROBLEM] = { "problem", NULL, CELL_WORD },
	[INCIDENT_DOMAIN] = { "policy_domain", NULL, CELL_TEXT },
	[INCIDENT_POLICY_TYPE] = { "policy_type", NULL, CELL_TEXT },
	[INCIDENT_RESULT_TYPE] = { "result_type", NULL, CELL_TEXT },
	[INCIDENT_MX] = { "receiving_mx_hostname", NULL, CELL_TEXT },
	[INCIDENT_KIND] = { "kind", NULL, CELL_TEXT },
	[INCIDENT_FIRST] = { "first_seen", NULL, CELL_TEXT },
	[INCIDENT_LAST] = { "last_seen", NULL, CELL_TEXT },
	[INCIDENT_DAYS] = { "days", NULL, CELL_COUNT },
	[INCIDENT_REPORTS] = { "reports", NULL, CELL_COUNT },
	[INCIDENT_REPORTERS] = { "reporters", NULL, CELL_COUNT },
	[INCIDENT_FAILED] = { "failed_sessions", NULL, CELL_COUNT },
	[INCIDENT_UNVERIFIED_SESSIONS] = { "unverified_sessions", NULL, CELL_COUNT },
	[INCIDENT_IS_UNVERIFIED] = { "unverified", NULL, CELL_FLAG },
	[INCIDENT_NOTE] = { "note", NULL, CELL_TEXT },
	[INCIDENT_RESOLVED_AT] = { "resolved_at", NULL, CELL_TIME },
};

typedef struct {
	Table *problems, *hosts, *incidents;
	EvidenceTables evidence;
} Tables;

static void
add_hosts(Table *table, const Problem *problem, const char *number)
{
	for (size_t i = 0; i < problem->hosts->len; i++) {
		const ProblemHost *host = g_ptr_array_index(problem->hosts, i);
		Cell *cells = table_add_row(table);
		cell_set_text(&cells[HOST_PROBLEM], number);
		cell_set_text(&cells[HOST_ADDRESS], host->address);
		cells[HOST_FAILED].number = host->failed_sessions;
	}
}

static void
add_incident(Table *table, const Incident *incident, const char *number)
{
	Cell *cells = table_add_row(table);

	cells[INCIDENT_ID].number = incident->id;
	cell_set_text(&cells[INCIDENT_PROBLEM], number);
	cell_set_text(&cells[INCIDENT_DOMAIN], incident->domain);
	cell_set_text(&cells[INCIDENT_POLICY_TYPE], incident->policy_type);
	cell_set_text(&cells[INCIDENT_RESULT_TYPE], incident->result_type);
	cell_set_text(&cells[INCIDENT_MX], incident->mx);
	cell_set_text(&cells[INCIDENT_KIND], incident->kind);
	cell_set_day_text(&cells[INCIDENT_FIRST], incident->first_seen);
	cell_set_day_text(&cells[INCIDENT_LAST], incident->last_seen);
	cells[INCIDENT_DAYS].number = incident->days;
	cells[INCIDENT_REPORTS].number = incident->reports;
	cells[INCIDENT_REPORTERS].number = incident->reporters;
	cells[INCIDENT_FAILED].number = incident->failed_sessions;
	cells[INCIDENT_UNVERIFIED_SESSIONS].number = incident->unverified_sessions;
	cells[INCIDENT_IS_UNVERIFIED].number = incident->unverified;
	cell_set_text(&cells[INCIDENT_NOTE], incident->note);
	cells[INCIDENT_RESOLVED_AT].number = incident->resolved_at;
}

static void
add_problem(const Tables *tables, const Problem *problem)
{
	g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, problem->number);
	Cell *cells = table_add_row(tables->problems);

	problem_row_fill(cells, problem);
	cells[MORE_HOSTS].number = (int64_t)problem->more_hosts;
	problem_add_evidence(&tables->evidence, problem);
	add_hosts(tables->hosts, problem, number);
	for (size_t i = 0; i < problem->incidents->len; i++) {
		const Incident *incident = g_ptr_array_index(problem->incidents, i);
		if (incident->listed)
			add_incident(tables->incidents, incident, number);
	}
}

Document *
view_failures(const ProblemsQuestion *question, GError **error)
{
	g_autoptr(Document) document = document_new("failures");
	Tables tables;
	ProblemsQuestion in_full = *question;

	tables.problems = document_add_table(
		document, "problems", NULL, proven_columns, PROVEN_COLUMNS);
	tables.evidence = problem_add_evidence_tables(document);
	tables.hosts = document_add_table(document, "hosts", NULL, host_columns, HOST_COLUMNS);
	tables.incidents = document_add_table(
		document, "incidents", NULL, incident_columns, INCIDENT_COLUMNS);
	in_full.in_full = true;
	in_full.without_silences = true;
	g_autoptr(Problems) problems = problems_read(&in_full, error);
	if (problems == NULL)
		return NULL;
	for (size_t i = 0; i < problems->problems->len; i++)
		add_problem(&tables, g_ptr_array_index(problems->problems, i));
	return g_steal_pointer(&document);
}
