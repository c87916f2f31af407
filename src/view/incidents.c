#include "incidents.h"

#include "tlsrpt/catalog.h"
#include "tlsrpt/day.h"
#include "tlsrpt/explain.h"
#include "tlsrpt/mta_sts.h"
#include "tlsrpt/report.h"
#include "tlsrpt/text_table.h"

#include <string.h>

const Column incident_columns[INCIDENT_COLUMNS] = {
	[INCIDENT_ID] = { "id", "Id", CELL_COUNT },
	[INCIDENT_DOMAIN] = { "policy_domain", "Domain", CELL_TEXT },
	[INCIDENT_POLICY_TYPE] = { "policy_type", NULL, CELL_TEXT },
	[INCIDENT_RESULT_TYPE] = { "result_type", "Failure", CELL_TEXT },
	[INCIDENT_MX] = { "receiving_mx_hostname", "MX", CELL_TEXT },
	[INCIDENT_MODE] = { "mode", NULL, CELL_WORD },
	[INCIDENT_FIRST] = { "first_seen", "First", CELL_DAY },
	[INCIDENT_LAST] = { "last_seen", "Last", CELL_DAY },
	[INCIDENT_DAYS] = { "days", NULL, CELL_COUNT },
	[INCIDENT_REPORTS] = { "reports", NULL, CELL_COUNT },
	[INCIDENT_ORGANIZATIONS] = { "organizations", "By", CELL_COUNT },
	[INCIDENT_FAILED] = { "failed_sessions", "Sessions", CELL_COUNT },
	[INCIDENT_NOTE] = { "note", NULL, CELL_TEXT },
	[INCIDENT_RESOLVED_AT] = { "resolved_at", NULL, CELL_TIME },
	[INCIDENT_STATE] = { "state", "State", CELL_WORD },
	[INCIDENT_LATE] = { "late", NULL, CELL_FLAG },
	[INCIDENT_PATTERN] = { "pattern", NULL, CELL_FLAG },
	[INCIDENT_LEARNING] = { "learning", NULL, CELL_FLAG },
	[INCIDENT_MEANING] = { "meaning", NULL, CELL_TEXT },
};

static void
history_free(gpointer data)
{
	IncidentHistory *history = data;

	g_array_unref(history->days);
	g_array_unref(history->resolutions);
	g_free(history);
}

/* Of an MTA-STS policy, with the days on which it was seen. */
typedef struct {
	const char *mode; /* static */
	int64_t first_day, last_day;
} DomainMode;

#define UNKNOWN (-1.0)

/* What organizations reported on a domain. */
typedef struct {
	int64_t since_day; /* from which on all is here */
	GArray *days; /* of ReportDay */
	DaySums *sums; /* of these; NULL as long as nobody asked */
	double baseline; /* likewise, below 0 */
} DomainTotals;

static void
totals_free(gpointer data)
{
	DomainTotals *totals = data;

	g_array_unref(totals->days);
	day_sums_free(totals->sums);
	g_free(totals);
}

static Incidents *
incidents_new(void)
{
	Incidents *incidents = g_new(Incidents, 1);

	incidents->histories =
		g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, history_free);
	incidents->totals = text_table_new(g_free, totals_free);
	incidents->organizations =
		g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
	incidents->report_days = text_table_new(g_free, NULL);
	incidents->modes = text_table_new(g_free, g_free);
	return incidents;
}

void
incidents_free(Incidents *incidents)
{
	if (incidents == NULL)
		return;
	g_hash_table_unref(incidents->histories);
	g_hash_table_unref(incidents->totals);
	g_hash_table_unref(incidents->organizations);
	g_hash_table_unref(incidents->report_days);
	g_hash_table_unref(incidents->modes);
	g_free(incidents);
}

const IncidentHistory *
incidents_history(const Incidents *incidents, const Cell *row)
{
	return g_hash_table_lookup(incidents->histories, &row[INCIDENT_ID].number);
}

static DomainTotals *
totals_of_domain(const Incidents *incidents, const char *domain)
{
	DomainTotals *totals = g_hash_table_lookup(incidents->totals, domain);

	if (totals == NULL) {
		totals = g_new0(DomainTotals, 1);
		totals->since_day = G_MAXINT64;
		totals->baseline = UNKNOWN;
		totals->days = g_array_new(FALSE, TRUE, sizeof(ReportDay));
		g_hash_table_insert(incidents->totals, g_strdup(domain), totals);
	}
	return totals;
}

/* What follows from the totals does so no more. */
static void
totals_changed(DomainTotals *totals)
{
	g_clear_pointer(&totals->sums, day_sums_free);
	totals->baseline = UNKNOWN;
}

static const DaySums *
sums_of_domain(const Incidents *incidents, const char *domain)
{
	DomainTotals *totals = totals_of_domain(incidents, domain);

	if (totals->sums == NULL)
		totals->sums = day_sums_new(totals->days);
	return totals->sums;
}

static double
baseline_of_domain(
	const Incidents *incidents, const char *domain, const IncidentRules *rules, int64_t today)
{
	DomainTotals *totals = totals_of_domain(incidents, domain);

	if (totals->baseline < 0)
		totals->baseline = incident_baseline(totals->days, rules, today);
	return totals->baseline;
}

const GArray *
incidents_totals(const Incidents *incidents, const char *domain)
{
	return totals_of_domain(incidents, domain)->days;
}

/* Whether the sender reported no policy with it, where the newest one tells under which it happened. */
static bool
lacks_mode(const Cell *row)
{
	/* Of these the policy that held before does not matter, or not to everybody. */
	static const char *const policy_failures[] = { "sts-policy-fetch-error",
		"sts-policy-invalid", "sts-webpki-invalid", NULL };

	return *row_text(row, INCIDENT_MODE) == '\0'
		&& strcmp(row_text(row, INCIDENT_POLICY_TYPE), POLICY_TYPE_STS) == 0
		&& !g_strv_contains(policy_failures, row_text(row, INCIDENT_RESULT_TYPE));
}

const char *
incidents_mode(const Incidents *incidents, const Cell *row)
{
	const DomainMode *newest = lacks_mode(row)
		? g_hash_table_lookup(incidents->modes, row_text(row, INCIDENT_DOMAIN))
		: NULL;

	return newest != NULL ? newest->mode : row_text(row, INCIDENT_MODE);
}

bool
incidents_is_learning(const Incidents *incidents, const char *domain, const IncidentRules *rules)
{
	return GPOINTER_TO_INT(g_hash_table_lookup(incidents->report_days, domain))
		< rules->learning;
}

Alarm
incidents_alarm(const Incidents *incidents, const Cell *row, const IncidentRules *rules,
	int64_t today)
{
	const IncidentHistory *history = incidents_history(incidents, row);
	const char *domain = row_text(row, INCIDENT_DOMAIN);
	const DaySums *sums = sums_of_domain(incidents, domain);
	const IncidentState state = incident_state(history, rules, today);

	if (state == INCIDENT_RESOLVED || state == INCIDENT_QUIET)
		return ALARM_NONE;
	if (incident_is_pattern(history, sums))
		return ALARM_PATTERN;
	return incident_is_unusual(
		       history, sums, baseline_of_domain(incidents, domain, rules, today))
		? ALARM_UNUSUAL
		: ALARM_NONE;
}

/* The answer has these columns in the same order, but for the organizations. */
static int
column_of(int cell)
{
	return cell < INCIDENT_ORGANIZATIONS ? cell : cell - 1;
}

/* The row of an incident, and its history without days and resolutions. */
static void
read_incident(StoreRows *rows, Incidents *incidents, Cell *cells)
{
	static const int texts[] = { INCIDENT_DOMAIN, INCIDENT_POLICY_TYPE, INCIDENT_RESULT_TYPE,
		INCIDENT_MX, INCIDENT_MODE, INCIDENT_NOTE };
	static const int numbers[] = { INCIDENT_ID, INCIDENT_FIRST, INCIDENT_LAST, INCIDENT_DAYS,
		INCIDENT_REPORTS, INCIDENT_FAILED, INCIDENT_RESOLVED_AT };
	enum { BEFORE_WINDOW = INCIDENT_RESOLVED_AT, FIRST_DAY, FIRST_RECEIVED };

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		cell_set_text(&cells[texts[i]], store_rows_text(rows, column_of(texts[i])));
	for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
		cells[numbers[i]].number = store_rows_int(rows, column_of(numbers[i]));
	const Explanation *explanation =
		explain(EXPLAIN_RESULT_TYPE, row_text(cells, INCIDENT_RESULT_TYPE));
	cell_set_text(&cells[INCIDENT_MEANING], explanation != NULL ? explanation->meaning : NULL);

	IncidentHistory *history = g_new0(IncidentHistory, 1);
	history->before_window = store_rows_is_null(rows, BEFORE_WINDOW)
		? DAY_NONE
		: store_rows_int(rows, BEFORE_WINDOW);
	history->first_day = store_rows_int(rows, FIRST_DAY);
	history->first_received_day = day_of(store_rows_int(rows, FIRST_RECEIVED));
	history->days = g_array_new(FALSE, FALSE, sizeof(IncidentDay));
	history->resolutions = g_array_new(FALSE, FALSE, sizeof(Resolution));
	g_hash_table_insert(incidents->histories,
		g_memdup2(&cells[INCIDENT_ID].number, sizeof(int64_t)), history);
}

static bool
read_incidents(Store *store, const StoreFilter *filter, Incidents *incidents, Table *table,
	GError **error)
{
	g_autoptr(StoreRows) rows = store_ask(store, STORE_INCIDENTS, filter, error);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has)
		read_incident(rows, incidents, table_add_row(table));
	return ok;
}

/* By how many each was seen. */
static bool
count_organizations(Store *store, const StoreFilter *filter, const Table *table, GError **error)
{
	g_autoptr(StoreRows) rows = store_ask(store, STORE_INCIDENT_ORGANIZATIONS, filter, error);
	g_autoptr(GHashTable) by_id = g_hash_table_new(g_int64_hash, g_int64_equal);
	bool has = false, ok = rows != NULL;

	for (size_t i = 0; i < table->rows->len; i++) {
		Cell *cells = g_ptr_array_index(table->rows, i);
		g_hash_table_insert(by_id, &cells[INCIDENT_ID].number, cells);
	}
	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		const int64_t id = store_rows_int(rows, 0);
		Cell *cells = g_hash_table_lookup(by_id, &id);
		if (cells != NULL)
			cells[INCIDENT_ORGANIZATIONS].number = store_rows_int(rows, 1);
	}
	return ok;
}

/* The rows of a question that has a row for each organization. */
static bool
read_days(Store *store, StoreQuestion question, const StoreFilter *window, Incidents *incidents,
	GError **error)
{
	g_autoptr(StoreRows) rows = store_ask(store, question, window, error);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		const int64_t id = store_rows_int(rows, 0);
		const IncidentDay day = { store_rows_int(rows, 1), store_rows_int(rows, 2),
			store_rows_int(rows, 3) };
		IncidentHistory *history = g_hash_table_lookup(incidents->histories, &id);
		if (history != NULL)
			g_array_append_val(history->days, day);
	}
	return ok;
}

/* Those of an incident with several days, of which it does not matter who saw it. */
static bool
read_dates(Store *store, const StoreFilter *window, Incidents *incidents, GError **error)
{
	g_autoptr(StoreRows) rows = store_ask(store, STORE_INCIDENT_DATES, window, error);
	GHashTableIter iter;
	gpointer data;
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		const int64_t id = store_rows_int(rows, 0);
		const IncidentDay day = { .day = store_rows_int(rows, 1) };
		IncidentHistory *history = g_hash_table_lookup(incidents->histories, &id);
		if (history != NULL)
			g_array_append_val(history->days, day);
	}
	g_hash_table_iter_init(&iter, incidents->histories);
	while (ok && g_hash_table_iter_next(&iter, NULL, &data)) {
		IncidentHistory *history = data;
		if (history->days->len == 1)
			g_array_set_size(history->days, 0);
	}
	return ok;
}

/* A state is one of all organizations. */
static bool
read_history(Store *store, const StoreFilter *window, IncidentsDepth depth, Incidents *incidents,
	GError **error)
{
	if (depth == INCIDENTS_IN_FULL)
		return read_days(store, STORE_INCIDENT_DAYS, window, incidents, error);
	return read_dates(store, window, incidents, error)
		&& read_days(store, STORE_LONE_DAYS, window, incidents, error);
}

static bool
read_resolutions(Store *store, const StoreFilter *filter, Incidents *incidents, GError **error)
{
	g_autoptr(StoreRows) rows = store_ask(store, STORE_NOTES, filter, error);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		const int64_t id = store_rows_int(rows, 0);
		const char *kind = store_rows_text(rows, 5);
		const Resolution resolution = { store_rows_int(rows, 7),
			strcmp(kind, "resolve") == 0 };
		IncidentHistory *history = g_hash_table_lookup(incidents->histories, &id);
		if (history != NULL && strcmp(kind, "note") != 0)
			g_array_append_val(history->resolutions, resolution);
	}
	return ok;
}

static bool
read_totals(Store *store, const StoreFilter *filter, Incidents *incidents, GError **error)
{
	g_autoptr(StoreRows) rows = store_ask(store, STORE_ORGANIZATION_DAYS, filter, error);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		const ReportDay day = {
			.organization = store_rows_int(rows, 1),
			.day = store_rows_int(rows, 3),
			.sessions = store_rows_int(rows, 4),
			.failed_sessions = store_rows_int(rows, 5),
			.received_day = day_of(store_rows_int(rows, 6)),
		};
		DomainTotals *totals = totals_of_domain(incidents, store_rows_text(rows, 0));
		totals->since_day = filter->since_day;
		totals_changed(totals);
		g_array_append_val(totals->days, day);
		if (!g_hash_table_contains(incidents->organizations, &day.organization))
			g_hash_table_insert(incidents->organizations,
				g_memdup2(&day.organization, sizeof(int64_t)),
				g_strdup(store_rows_text(rows, 2)));
	}
	return ok;
}

/* Of one domain, in place of what is known of it from a later day on. */
static bool
read_totals_since(Store *store, const StoreFilter *window, int64_t since_day, const char *domain,
	Incidents *incidents, GError **error)
{
	const StoreFilter filter = { .domain = domain,
		.authenticated_only = window->authenticated_only,
		.since_day = since_day,
		.until_day = window->until_day };
	DomainTotals *totals = totals_of_domain(incidents, domain);

	if (totals->since_day <= since_day)
		return true;
	g_array_set_size(totals->days, 0);
	totals_changed(totals);
	totals->since_day = since_day;
	return read_totals(store, &filter, incidents, error);
}

static int64_t
first_total(const StoreFilter *window, const IncidentRules *rules)
{
	return window->since_day - MAX(rules->baseline, REPORTER_DAYS);
}

static StoreFilter
window_of(const StoreFilter *filter)
{
	return (StoreFilter){ .domain = filter->domain,
		.authenticated_only = filter->authenticated_only,
		.since_day = filter->window_day,
		.until_day = filter->today };
}

bool
incidents_read_totals(Incidents *incidents, Store *store, const StoreFilter *filter,
	const IncidentRules *rules, const char *domain, GError **error)
{
	const StoreFilter window = window_of(filter);

	return read_totals_since(store, &window, first_total(&window, rules), domain, incidents,
		error);
}

static bool
any_lacks_mode(const Table *table)
{
	for (size_t i = 0; i < table->rows->len; i++) {
		if (lacks_mode(g_ptr_array_index(table->rows, i)))
			return true;
	}
	return false;
}

/* The newest policy of each domain that says a mode: last seen last, of these first seen last. */
static bool
read_modes(Store *store, const StoreFilter *window, Incidents *incidents, GError **error)
{
	g_autoptr(StoreRows) rows = store_ask(store, STORE_POLICIES_SEEN, window, error);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		const char *domain = store_rows_text(rows, 0);
		const DomainMode one = { mta_sts_mode(store_rows_text(rows, 2)),
			store_rows_int(rows, 4), store_rows_int(rows, 5) };
		DomainMode *newest = g_hash_table_lookup(incidents->modes, domain);
		if (*one.mode == '\0' || strcmp(store_rows_text(rows, 1), POLICY_TYPE_STS) != 0)
			continue;
		if (newest == NULL)
			g_hash_table_insert(incidents->modes, g_strdup(domain),
				g_memdup2(&one, sizeof(one)));
		else if (one.last_day > newest->last_day
			|| (one.last_day == newest->last_day && one.first_day > newest->first_day))
			*newest = one;
	}
	return ok;
}

/*
 * The totals on which it depends what an incident is: those of its domain, as far back as needed.
 * What is not unusual where nothing is usual never is.
 */
static bool
read_needed_totals(Store *store, const StoreFilter *window, const IncidentRules *rules,
	IncidentsDepth depth, const Cell *row, Incidents *incidents, GError **error)
{
	const IncidentHistory *history = incidents_history(incidents, row);
	const char *domain = row_text(row, INCIDENT_DOMAIN);

	if (!incident_needs_totals(history))
		return true;
	if (!read_totals_since(store, window, window->since_day, domain, incidents, error))
		return false;
	const DaySums *sums = sums_of_domain(incidents, domain);
	if (depth == INCIDENTS_LISTED || incident_is_pattern(history, sums)
		|| !incident_is_unusual(history, sums, 0))
		return true;
	return read_totals_since(store, window, first_total(window, rules), domain, incidents,
		error);
}

static bool
read_all_totals(Store *store, const StoreFilter *window, const IncidentRules *rules,
	IncidentsDepth depth, const Table *table, Incidents *incidents, GError **error)
{
	StoreFilter all = *window;

	if (depth == INCIDENTS_IN_FULL) {
		all.since_day = first_total(window, rules);
		return read_totals(store, &all, incidents, error);
	}
	for (size_t i = 0; i < table->rows->len; i++) {
		if (!read_needed_totals(store, window, rules, depth,
			    g_ptr_array_index(table->rows, i), incidents, error))
			return false;
	}
	return true;
}

static bool
count_report_days(Store *store, const StoreFilter *filter, int64_t wanted, Incidents *incidents,
	bool *enough, GError **error)
{
	g_autoptr(StoreRows) rows = store_ask(store, STORE_REPORT_DAYS, filter, error);
	bool has = false, ok = rows != NULL;

	*enough = true;
	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		const int64_t days = store_rows_int(rows, 1);
		*enough = *enough && days >= wanted;
		g_hash_table_insert(incidents->report_days, g_strdup(store_rows_text(rows, 0)),
			GINT_TO_POINTER((int)MIN(days, G_MAXINT)));
	}
	return ok;
}

/* Looks at the last days first: only where these are too few, all have to be counted. */
static bool
read_report_days(Store *store, const StoreFilter *filter, const IncidentRules *rules,
	Incidents *incidents, GError **error)
{
	StoreFilter days = { .domain = filter->domain,
		.authenticated_only = filter->authenticated_only,
		.since_day = filter->today - 2 * rules->learning,
		.until_day = filter->today };
	bool enough;

	if (!count_report_days(store, &days, rules->learning, incidents, &enough, error))
		return false;
	if (enough)
		return true;
	days.since_day = G_MININT32;
	return count_report_days(store, &days, rules->learning, incidents, &enough, error);
}

/* --- the order: the worst group first */

static char *
group_key(const Cell *cells)
{
	return g_strjoin("\n", row_text(cells, INCIDENT_DOMAIN), row_text(cells, INCIDENT_RESULT_TYPE),
		NULL);
}

static int
compare_numbers(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

static int
compare_rows(gconstpointer a, gconstpointer b, gpointer sums)
{
	const Cell *one = *(const Cell *const *)a, *other = *(const Cell *const *)b;
	g_autofree char *key = group_key(one), *other_key = group_key(other);
	const int groups = strcmp(key, other_key);

	if (groups != 0) {
		const int order = compare_numbers(*(int64_t *)g_hash_table_lookup(sums, other_key),
			*(int64_t *)g_hash_table_lookup(sums, key));
		return order != 0 ? order : groups;
	}
	const int order =
		compare_numbers(other[INCIDENT_FAILED].number, one[INCIDENT_FAILED].number);
	return order != 0 ? order
			  : compare_numbers(one[INCIDENT_ID].number, other[INCIDENT_ID].number);
}

static void
sort_by_group(Table *table)
{
	g_autoptr(GHashTable) sums = text_table_new(g_free, g_free);

	for (size_t i = 0; i < table->rows->len; i++) {
		const Cell *cells = g_ptr_array_index(table->rows, i);
		char *key = group_key(cells);
		int64_t *sum = g_hash_table_lookup(sums, key);
		if (sum == NULL)
			g_hash_table_insert(sums, key, sum = g_new0(int64_t, 1));
		else
			g_free(key);
		*sum = count_add(*sum, cells[INCIDENT_FAILED].number);
	}
	g_ptr_array_sort_with_data(table->rows, compare_rows, sums);
}

/* What is made of it all. */
static void
judge(const Incidents *incidents, const StoreFilter *filter, const IncidentRules *rules, Cell *cells)
{
	const IncidentHistory *history = incidents_history(incidents, cells);
	const char *domain = row_text(cells, INCIDENT_DOMAIN);

	cell_set_text(&cells[INCIDENT_STATE],
		incident_state_name(incident_state(history, rules, filter->today)));
	cells[INCIDENT_LATE].number = incident_is_late(history, rules, filter->today);
	cells[INCIDENT_PATTERN].number = incident_is_pattern(
		history, sums_of_domain(incidents, domain));
	cells[INCIDENT_LEARNING].number = incidents_is_learning(incidents, domain, rules);
}

Incidents *
incidents_read(Store *store, const StoreFilter *filter, const IncidentRules *rules,
	IncidentsDepth depth, Table *table, GError **error)
{
	g_autoptr(Incidents) incidents = incidents_new();
	const StoreFilter window = window_of(filter);

	/* An alarm does not tell of them. */
	if (!read_incidents(store, filter, incidents, table, error)
		|| (depth != INCIDENTS_WEIGHED && !count_organizations(store, filter, table, error))
		|| !read_history(store, &window, depth, incidents, error)
		|| !read_resolutions(store, filter, incidents, error)
		|| !read_report_days(store, filter, rules, incidents, error)
		|| !read_all_totals(store, &window, rules, depth, table, incidents, error))
		return NULL;
	if (depth != INCIDENTS_LISTED && any_lacks_mode(table)
		&& !read_modes(store, &window, incidents, error))
		return NULL;
	for (size_t i = 0; i < table->rows->len; i++)
		judge(incidents, filter, rules, g_ptr_array_index(table->rows, i));
	sort_by_group(table);
	return g_steal_pointer(&incidents);
}
