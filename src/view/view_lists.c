/* The plain lists: days, reports, daily totals, and the state of the store. */
#include "tlsrpt/day.h"
#include "tlsrpt/view.h"

#include "tlsrpt/count.h"
#include "tlsrpt/report.h"
#include "tlsrpt/text_table.h"

#include <string.h>

Document *
view_trend(Store *store, const StoreFilter *filter, GError **error)
{
	static const Column columns[] = {
		{ "day", "Day", CELL_DAY },
		{ "sessions", "Sessions", CELL_COUNT },
		{ "failed_sessions", "Failed", CELL_COUNT },
		{ "failed_share", "Share", CELL_SHARE },
		{ NULL, "", CELL_BARS },
		{ "reports", "Reports", CELL_COUNT },
	};
	g_autoptr(Document) document = document_new("trend");
	Table *table = document_add_table(document, "days", NULL, columns, G_N_ELEMENTS(columns));
	g_autoptr(StoreRows) rows = store_ask(store, STORE_DAYS, filter, error);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		Cell *cells = table_add_row(table);
		for (int i = 0; i < 3; i++)
			cells[i].number = store_rows_int(rows, i);
		cells[3].share = share_of(cells[2].number, cells[1].number);
		cells[4].bars = g_array_new(FALSE, FALSE, sizeof(double));
		g_array_append_val(cells[4].bars, cells[3].share);
		cells[5].number = store_rows_int(rows, DAY_REPORTS);
	}
	return ok ? g_steal_pointer(&document) : NULL;
}

/* --- reports */

enum {
	ID,
	ORGANIZATION,
	REPORT_ID,
	DOMAINS,
	DOMAIN_NAMES,
	START,
	END,
	DAY,
	RECEIVED,
	SESSIONS,
	FAILED,
	AUTH,
	AUTH_DOMAIN,
	FINDINGS,
	REPORT_COLUMNS
};

static const Column report_columns[REPORT_COLUMNS] = {
	[ID] = { "id", "Id", CELL_COUNT },
	[ORGANIZATION] = { "organization", "Organization", CELL_NAME },
	[REPORT_ID] = { "report_id", NULL, CELL_TEXT },
	[DOMAINS] = { "policy_domains", NULL, CELL_TEXT },
	[DOMAIN_NAMES] = { NULL, "Domains", CELL_NAMES },
	[START] = { "start_time", NULL, CELL_TIME },
	[END] = { "end_time", NULL, CELL_TIME },
	[DAY] = { NULL, "Day", CELL_DAY },
	[RECEIVED] = { "received_time", NULL, CELL_TIME },
	[SESSIONS] = { "sessions", "Sessions", CELL_COUNT },
	[FAILED] = { "failed_sessions", "Failed", CELL_COUNT },
	[AUTH] = { "auth", "Auth", CELL_WORD },
	[AUTH_DOMAIN] = { "auth_domain", NULL, CELL_TEXT },
	[FINDINGS] = { "findings", "Findings", CELL_COUNT },
};

/* Sets the sums of a report by the rule of count_types(), after all its policies were read. */
static void
finish_report(Cell *cells, const Report *policies)
{
	g_autoptr(GArray) types = count_types(policies);
	g_autoptr(GArray) domains = count_domains(types);
	g_autoptr(GString) names = g_string_new(NULL), lines = g_string_new(NULL);

	for (size_t i = 0; i < domains->len; i++) {
		const DomainCount *count = &g_array_index(domains, DomainCount, i);
		g_string_append_printf(names, "%s%s", i > 0 ? " " : "", count->policy_domain);
		g_string_append_printf(lines, "%s%s", i > 0 ? "\n" : "", count->policy_domain);
		cells[SESSIONS].number = count_add(cells[SESSIONS].number, count->sessions);
		cells[FAILED].number = count_add(cells[FAILED].number, count->failed_sessions);
	}
	cell_set_text(&cells[DOMAINS], names->str);
	cell_set_text(&cells[DOMAIN_NAMES], lines->str);
}

static Cell *
start_report(Table *table, StoreRows *rows)
{
	Cell *cells = table_add_row(table);

	cells[ID].number = store_rows_int(rows, REPORT_POLICY_REPORT);
	cell_set_text(&cells[ORGANIZATION], store_rows_text(rows, REPORT_POLICY_ORGANIZATION));
	cell_set_text(&cells[REPORT_ID], store_rows_text(rows, REPORT_POLICY_REPORT_ID));
	cells[START].number = store_rows_int(rows, REPORT_POLICY_START_AT);
	cells[END].number = store_rows_int(rows, REPORT_POLICY_END_AT);
	cells[DAY].number = day_of(cells[START].number);
	cells[RECEIVED].number = store_rows_int(rows, REPORT_POLICY_RECEIVED_AT);
	cell_set_text(&cells[AUTH], store_rows_text(rows, REPORT_POLICY_AUTH));
	cell_set_text(&cells[AUTH_DOMAIN], store_rows_text(rows, REPORT_POLICY_AUTH_DOMAIN));
	cells[FINDINGS].number = store_rows_int(rows, REPORT_POLICY_FINDINGS);
	return cells;
}

/* Whether a text is the one that is asked about, if any. */
static bool
is_asked(StoreRows *rows, int column, const char *asked)
{
	return asked == NULL || strcmp(store_rows_text(rows, column), asked) == 0;
}

/* The ids of incidents, an int64_t * each, that the question is about. */
static GHashTable *
read_incidents_asked(
	Store *store, const StoreFilter *filter, const ReportsQuestion *question, GError **error)
{
	const StoreFilter all = { 0 };
	g_autoptr(StoreRows) rows = store_ask(store, STORE_ALL_INCIDENTS, &all, error);
	g_autoptr(GHashTable)
		ids = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		const int64_t id = store_rows_int(rows, ALL_INCIDENT_ID);
		if (is_asked(rows, ALL_INCIDENT_DOMAIN, filter->domain)
			&& is_asked(rows, ALL_INCIDENT_RESULT_TYPE, question->result_type)
			&& is_asked(rows, ALL_INCIDENT_MX, question->mx))
			g_hash_table_add(ids, g_memdup2(&id, sizeof(id)));
	}
	return ok ? g_steal_pointer(&ids) : NULL;
}

/* The numbers of the reports that have a failure that is asked about. */
static GHashTable *
read_reports_asked(
	Store *store, const StoreFilter *filter, const ReportsQuestion *question, GError **error)
{
	g_autoptr(GHashTable) incidents = read_incidents_asked(store, filter, question, error);
	g_autoptr(StoreRows) rows = incidents != NULL
		? store_ask(store, STORE_FAILURE_ROWS, filter, error)
		: NULL;
	g_autoptr(GHashTable)
		ids = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		const int64_t incident = store_rows_int(rows, FAILURE_ROW_INCIDENT);
		const int64_t report = store_rows_int(rows, FAILURE_ROW_REPORT);
		if (g_hash_table_contains(incidents, &incident))
			g_hash_table_add(ids, g_memdup2(&report, sizeof(report)));
	}
	return ok ? g_steal_pointer(&ids) : NULL;
}

/* Takes away the reports that are not asked about. */
static bool
select_reports(Table *table, Store *store, const StoreFilter *filter,
	const ReportsQuestion *question, GError **error)
{
	const bool by_failure = question->result_type != NULL || question->mx != NULL;
	g_autoptr(GHashTable)
		asked = by_failure ? read_reports_asked(store, filter, question, error) : NULL;

	if (by_failure && asked == NULL)
		return false;
	void **rows = table->rows->pdata;
	guint n_kept = 0;
	for (guint i = 0; i < table->rows->len; i++) {
		Cell *cells = rows[i];
		if ((by_failure && !g_hash_table_contains(asked, &cells[ID].number))
			|| (question->failed && cells[FAILED].number == 0))
			continue;
		rows[i] = rows[n_kept];
		rows[n_kept++] = cells;
	}
	table_truncate(table, n_kept);
	return true;
}

Document *
view_reports(
	Store *store, const StoreFilter *filter, const ReportsQuestion *question, GError **error)
{
	g_autoptr(Document) document = document_new("reports");
	Table *table = document_add_table(
		document, "reports", NULL, report_columns, REPORT_COLUMNS);
	g_autoptr(StoreRows) rows = store_ask(store, STORE_REPORT_POLICIES, filter, error);
	g_autoptr(Report) policies = NULL;
	Cell *cells = NULL;
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		if (cells == NULL
			|| cells[ID].number != store_rows_int(rows, REPORT_POLICY_REPORT)) {
			if (cells != NULL)
				finish_report(cells, policies);
			g_clear_pointer(&policies, report_free);
			policies = report_new();
			cells = start_report(table, rows);
		}
		if (store_rows_is_null(rows, REPORT_POLICY_SUCCESSFUL_SESSIONS))
			continue; /* it has no policy */
		Policy *policy = report_add_policy(policies);
		policy->policy_domain = report_string(
			policies, store_rows_text(rows, REPORT_POLICY_DOMAIN));
		policy->policy_type = report_string(
			policies, store_rows_text(rows, REPORT_POLICY_POLICY_TYPE));
		policy->successful_sessions = store_rows_int(
			rows, REPORT_POLICY_SUCCESSFUL_SESSIONS);
		policy->failed_sessions = store_rows_int(rows, REPORT_POLICY_FAILED_SESSIONS);
	}
	if (cells != NULL)
		finish_report(cells, policies);
	return ok && select_reports(table, store, filter, question, error)
		? g_steal_pointer(&document)
		: NULL;
}

static const Column daily_columns[] = {
	{ "day", "Day", CELL_DAY },
	{ "policy_domain", "Domain", CELL_NAME },
	{ "policy_type", "Policy", CELL_NAME },
	{ "organization", "Organization", CELL_NAME },
	{ "auth", "Auth", CELL_WORD },
	{ "reports", "Reports", CELL_COUNT },
	{ "successful_sessions", "Successful", CELL_COUNT },
	{ "failed_sessions", "Failed", CELL_COUNT },
};

#define DAILY_COLUMNS G_N_ELEMENTS(daily_columns)

static bool
is_text(CellKind kind)
{
	return kind == CELL_TEXT || kind == CELL_WORD || kind == CELL_NAME;
}

/*
 * All texts of a row, which are its key without the day.  Each is preceded by its length, since a
 * stranger may write any character that could separate them.
 */
static char *
series_key(const Cell *cells)
{
	GString *key = g_string_new(NULL);

	for (size_t i = 0; i < DAILY_COLUMNS; i++) {
		const char *text = cells[i].text != NULL ? cells[i].text : "";
		if (is_text(daily_columns[i].kind))
			g_string_append_printf(key, "%zu:%s", strlen(text), text);
	}
	return g_string_free(key, FALSE);
}

Document *
view_daily_sums(const Document *daily)
{
	const Table *days = g_ptr_array_index(daily->tables, 0);
	Document *document = document_new("daily");
	/* Without the day. */
	Table *sums = document_add_table(
		document, "sums", NULL, daily_columns + 1, DAILY_COLUMNS - 1);
	g_autoptr(GHashTable) known = text_table_new(g_free, NULL);

	for (size_t i = 0; i < days->rows->len; i++) {
		const Cell *day = g_ptr_array_index(days->rows, i);
		char *key = series_key(day);
		Cell *sum = g_hash_table_lookup(known, key);
		const bool is_new = sum == NULL;
		if (is_new)
			sum = table_add_row(sums);
		for (size_t j = 1; j < DAILY_COLUMNS; j++) {
			if (is_new)
				cell_set_text(&sum[j - 1], day[j].text);
			sum[j - 1].number = count_add(sum[j - 1].number, day[j].number);
		}
		if (is_new)
			g_hash_table_insert(known, key, sum);
		else
			g_free(key);
	}
	return document;
}

Document *
view_daily(Store *store, const StoreFilter *filter, GError **error)
{
	g_autoptr(Document) document = document_new("daily");
	Table *table = document_add_table(document, "daily", NULL, daily_columns, DAILY_COLUMNS);
	g_autoptr(StoreRows) rows = store_ask(store, STORE_DAILY, filter, error);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		Cell *cells = table_add_row(table);
		for (int i = 0; i < (int)DAILY_COLUMNS; i++) {
			if (is_text(daily_columns[i].kind))
				cell_set_text(&cells[i], store_rows_text(rows, i));
			else
				cells[i].number = store_rows_int(rows, i);
		}
	}
	return ok ? g_steal_pointer(&document) : NULL;
}
