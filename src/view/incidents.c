#include "incidents.h"

#include "tlsrpt/catalog.h"
#include "tlsrpt/day.h"
#include "tlsrpt/explain.h"
#include "tlsrpt/mta_sts.h"
#include "tlsrpt/report.h"
#include "tlsrpt/store_note.h"
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
	[INCIDENT_STATE] = { "state", "State", CELL_ENUM },
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

/* The mode of an MTA-STS policy, and the days on which the policy was seen. */
typedef struct {
	MtaStsMode mode;
	int64_t first_day, last_day;
} DomainMode;

#define UNKNOWN (-1.0)

/* What organizations reported on a domain. */
typedef struct {
	int64_t since_day; /* all totals from this day on have been read */
	GArray *days; /* of ReportDay */
	DaySums *sums; /* of these totals; NULL until they are needed */
	double baseline; /* likewise; UNKNOWN until it is needed */
} DomainTotals;

static void
totals_free(gpointer data)
{
	DomainTotals *totals = data;

	g_array_unref(totals->days);
	day_sums_free(totals->sums);
	g_free(totals);
}

static StoreFilter
window_of(const StoreFilter *filter)
{
	return (StoreFilter){ .domain = filter->domain,
		.authenticated_only = filter->authenticated_only,
		.since_day = filter->window_day,
		.until_day = filter->today };
}

static Incidents *
incidents_new(const IncidentsQuestion *question)
{
	Incidents *incidents = g_new(Incidents, 1);

	incidents->question = *question;
	incidents->window = window_of(question->filter);
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

/* Forgets what was worked out from the totals, which have changed. */
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
baseline_of_domain(const Incidents *incidents, const char *domain)
{
	const IncidentsQuestion *question = &incidents->question;
	DomainTotals *totals = totals_of_domain(incidents, domain);

	if (totals->baseline < 0)
		totals->baseline = incident_baseline(
			totals->days, question->rules, question->filter->today);
	return totals->baseline;
}

const GArray *
incidents_totals(const Incidents *incidents, const char *domain)
{
	return totals_of_domain(incidents, domain)->days;
}

/*
 * Whether the sender reported no MTA-STS policy with an incident, so that the mode has to be taken from
 * the newest policy of the domain.
 */
static bool
lacks_mode(const Cell *row)
{
	/* The policy itself failed, so the mode of an earlier one says nothing about these failures. */
	static const char *const policy_failures[] = { "sts-policy-fetch-error",
		"sts-policy-invalid", "sts-webpki-invalid", NULL };

	return *row_text(row, INCIDENT_MODE) == '\0'
		&& strcmp(row_text(row, INCIDENT_POLICY_TYPE), POLICY_TYPE_STS) == 0
		&& !g_strv_contains(policy_failures, row_text(row, INCIDENT_RESULT_TYPE));
}

MtaStsMode
incidents_mode(const Incidents *incidents, const Cell *row)
{
	const DomainMode *newest = lacks_mode(row)
		? g_hash_table_lookup(incidents->modes, row_text(row, INCIDENT_DOMAIN))
		: NULL;

	return newest != NULL ? newest->mode : mta_sts_mode_of(row_text(row, INCIDENT_MODE));
}

bool
incidents_is_learning(const Incidents *incidents, const char *domain)
{
	return GPOINTER_TO_INT(g_hash_table_lookup(incidents->report_days, domain))
		< incidents->question.rules->learning;
}

Alarm
incidents_alarm(const Incidents *incidents, const Cell *row)
{
	const IncidentHistory *history = incidents_history(incidents, row);
	const char *domain = row_text(row, INCIDENT_DOMAIN);
	const DaySums *sums = sums_of_domain(incidents, domain);
	const IncidentState state = incident_state(
		history, incidents->question.rules, incidents->question.filter->today);

	if (state == INCIDENT_RESOLVED || state == INCIDENT_QUIET)
		return ALARM_NONE;
	if (incident_is_pattern(history, sums))
		return ALARM_PATTERN;
	return incident_is_unusual(history, sums, baseline_of_domain(incidents, domain))
		? ALARM_UNUSUAL
		: ALARM_NONE;
}

/* Fills the row of an incident, and begins its history; days and resolutions are added later. */
static void
read_incident(StoreRows *rows, Incidents *incidents, Cell *cells)
{
	static const struct {
		IncidentColumn cell;
		int column;
	} texts[] = {
		{ INCIDENT_DOMAIN, SEEN_INCIDENT_DOMAIN },
		{ INCIDENT_POLICY_TYPE, SEEN_INCIDENT_POLICY_TYPE },
		{ INCIDENT_RESULT_TYPE, SEEN_INCIDENT_RESULT_TYPE },
		{ INCIDENT_MX, SEEN_INCIDENT_MX },
		{ INCIDENT_MODE, SEEN_INCIDENT_MODE },
		{ INCIDENT_NOTE, SEEN_INCIDENT_NOTE },
	}, numbers[] = {
		{ INCIDENT_ID, SEEN_INCIDENT_ID },
		{ INCIDENT_FIRST, SEEN_INCIDENT_FIRST_SEEN },
		{ INCIDENT_LAST, SEEN_INCIDENT_LAST_SEEN },
		{ INCIDENT_DAYS, SEEN_INCIDENT_DAYS },
		{ INCIDENT_REPORTS, SEEN_INCIDENT_REPORTS },
		{ INCIDENT_FAILED, SEEN_INCIDENT_FAILED_SESSIONS },
		{ INCIDENT_RESOLVED_AT, SEEN_INCIDENT_RESOLVED_AT },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		cell_set_text(&cells[texts[i].cell], store_rows_text(rows, texts[i].column));
	for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
		cells[numbers[i].cell].number = store_rows_int(rows, numbers[i].column);
	const Explanation *explanation =
		explain(EXPLAIN_RESULT_TYPE, row_text(cells, INCIDENT_RESULT_TYPE));
	cell_set_text(&cells[INCIDENT_MEANING], explanation != NULL ? explanation->meaning : NULL);

	IncidentHistory *history = g_new0(IncidentHistory, 1);
	history->before_window = store_rows_is_null(rows, SEEN_INCIDENT_BEFORE_WINDOW)
		? DAY_NONE
		: store_rows_int(rows, SEEN_INCIDENT_BEFORE_WINDOW);
	history->first_day = store_rows_int(rows, SEEN_INCIDENT_FIRST_DAY);
	history->first_received_day = day_of(store_rows_int(rows, SEEN_INCIDENT_FIRST_RECEIVED));
	history->days = g_array_new(FALSE, FALSE, sizeof(IncidentDay));
	history->resolutions = g_array_new(FALSE, FALSE, sizeof(Resolution));
	g_hash_table_insert(incidents->histories,
		g_memdup2(&cells[INCIDENT_ID].number, sizeof(int64_t)), history);
}

/* The answer to a question about the time that was asked for. */
static StoreRows *
ask(const Incidents *incidents, StoreQuestion question, GError **error)
{
	return store_ask(incidents->question.store, question, incidents->question.filter, error);
}

/* The answer to a question about the window. */
static StoreRows *
ask_window(const Incidents *incidents, StoreQuestion question, GError **error)
{
	return store_ask(incidents->question.store, question, &incidents->window, error);
}

static bool
read_incidents(Incidents *incidents, Table *table, GError **error)
{
	g_autoptr(StoreRows) rows = ask(incidents, STORE_INCIDENTS, error);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has)
		read_incident(rows, incidents, table_add_row(table));
	return ok;
}

/* Counts the organizations that saw each incident. */
static bool
count_organizations(const Incidents *incidents, const Table *table, GError **error)
{
	g_autoptr(StoreRows) rows = ask(incidents, STORE_INCIDENT_ORGANIZATIONS, error);
	g_autoptr(GHashTable) by_id = g_hash_table_new(g_int64_hash, g_int64_equal);
	bool has = false, ok = rows != NULL;

	for (size_t i = 0; i < table->rows->len; i++) {
		Cell *cells = g_ptr_array_index(table->rows, i);
		g_hash_table_insert(by_id, &cells[INCIDENT_ID].number, cells);
	}
	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		const int64_t id = store_rows_int(rows, INCIDENT_ORGANIZATION_INCIDENT);
		Cell *cells = g_hash_table_lookup(by_id, &id);
		if (cells != NULL)
			cells[INCIDENT_ORGANIZATIONS].number = store_rows_int(rows, INCIDENT_ORGANIZATION_ORGANIZATIONS);
	}
	return ok;
}

/* Adds days to the histories, from a question that has a row for each day and organization. */
static bool
read_days(Incidents *incidents, StoreQuestion question, GError **error)
{
	g_autoptr(StoreRows) rows = ask_window(incidents, question, error);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		const int64_t id = store_rows_int(rows, INCIDENT_DAY_INCIDENT);
		const IncidentDay day = { store_rows_int(rows, INCIDENT_DAY_DAY), store_rows_int(rows, INCIDENT_DAY_ORGANIZATION),
			store_rows_int(rows, INCIDENT_DAY_FAILED_SESSIONS) };
		IncidentHistory *history = g_hash_table_lookup(incidents->histories, &id);
		if (history != NULL)
			g_array_append_val(history->days, day);
	}
	return ok;
}

/*
 * Adds days to the histories of incidents that were seen on several days.  These are patterns anyhow, so
 * it does not matter which organizations saw them.  A single day is left to STORE_LONE_DAYS.
 */
static bool
read_dates(Incidents *incidents, GError **error)
{
	g_autoptr(StoreRows) rows = ask_window(incidents, STORE_INCIDENT_DATES, error);
	GHashTableIter iter;
	gpointer data;
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		const int64_t id = store_rows_int(rows, INCIDENT_DATE_INCIDENT);
		const IncidentDay day = { .day = store_rows_int(rows, INCIDENT_DATE_DAY) };
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

/* The histories must have the days of all organizations, whichever was asked about. */
static bool
read_history(Incidents *incidents, GError **error)
{
	if (incidents->question.depth == INCIDENTS_IN_FULL)
		return read_days(incidents, STORE_INCIDENT_DAYS, error);
	return read_dates(incidents, error) && read_days(incidents, STORE_LONE_DAYS, error);
}

static bool
read_resolutions(Incidents *incidents, GError **error)
{
	g_autoptr(StoreRows) rows = ask(incidents, STORE_NOTES, error);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		const int64_t id = store_rows_int(rows, STORED_NOTE_INCIDENT);
		const NoteKind kind = note_kind_of(store_rows_text(rows, STORED_NOTE_KIND));
		const Resolution resolution = { store_rows_int(rows, STORED_NOTE_AT),
			kind == NOTE_RESOLVE };
		IncidentHistory *history = g_hash_table_lookup(incidents->histories, &id);
		if (history != NULL && (kind == NOTE_RESOLVE || kind == NOTE_REOPEN))
			g_array_append_val(history->resolutions, resolution);
	}
	return ok;
}

static bool
read_totals(Incidents *incidents, const StoreFilter *filter, GError **error)
{
	g_autoptr(StoreRows)
		rows = store_ask(incidents->question.store, STORE_ORGANIZATION_DAYS, filter, error);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		const ReportDay day = {
			.organization = store_rows_int(rows, ORGANIZATION_DAY_ORGANIZATION),
			.day = store_rows_int(rows, ORGANIZATION_DAY_DAY),
			.sessions = store_rows_int(rows, ORGANIZATION_DAY_SESSIONS),
			.failed_sessions = store_rows_int(rows, ORGANIZATION_DAY_FAILED_SESSIONS),
			.received_day = day_of(store_rows_int(rows, ORGANIZATION_DAY_RECEIVED_AT)),
		};
		DomainTotals *totals = totals_of_domain(incidents, store_rows_text(rows, ORGANIZATION_DAY_DOMAIN));
		totals->since_day = filter->since_day;
		totals_changed(totals);
		g_array_append_val(totals->days, day);
		if (!g_hash_table_contains(incidents->organizations, &day.organization))
			g_hash_table_insert(incidents->organizations,
				g_memdup2(&day.organization, sizeof(int64_t)),
				g_strdup(store_rows_text(rows, ORGANIZATION_DAY_NAME)));
	}
	return ok;
}

/* Reads the totals of one domain since a day, unless that is done, and forgets those read before. */
static bool
read_totals_since(Incidents *incidents, const char *domain, int64_t since_day, GError **error)
{
	StoreFilter filter = incidents->window;
	DomainTotals *totals = totals_of_domain(incidents, domain);

	if (totals->since_day <= since_day)
		return true;
	g_array_set_size(totals->days, 0);
	totals_changed(totals);
	totals->since_day = since_day;
	filter.domain = domain;
	filter.since_day = since_day;
	return read_totals(incidents, &filter, error);
}

static int64_t
first_total(const Incidents *incidents)
{
	return incidents->window.since_day
		- MAX(incidents->question.rules->baseline, REPORTER_DAYS);
}

bool
incidents_read_totals(Incidents *incidents, const char *domain, GError **error)
{
	return read_totals_since(incidents, domain, first_total(incidents), error);
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

/*
 * The newest policy of each domain that has a mode: the one that was seen most recently.  If there are
 * several, it is the one of these that appeared last.
 */
static bool
read_modes(Incidents *incidents, GError **error)
{
	g_autoptr(StoreRows) rows = ask_window(incidents, STORE_POLICIES_SEEN, error);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		const char *domain = store_rows_text(rows, POLICY_SEEN_DOMAIN);
		const char *text = store_rows_text(rows, POLICY_SEEN_POLICY_TEXT);
		const DomainMode one = { mta_sts_mode_of(mta_sts_mode(text)),
			store_rows_int(rows, POLICY_SEEN_FIRST_DAY),
			store_rows_int(rows, POLICY_SEEN_LAST_DAY) };
		DomainMode *newest = g_hash_table_lookup(incidents->modes, domain);
		const char *type = store_rows_text(rows, POLICY_SEEN_POLICY_TYPE);
		if (one.mode == MTA_STS_NO_MODE || strcmp(type, POLICY_TYPE_STS) != 0)
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
 * Reads the totals of the domain of an incident, as far back as they are needed to judge it.  An
 * incident that is not unusual at a baseline of 0 is not unusual at any, so the days of the baseline
 * are not read for it.
 */
static bool
read_needed_totals(Incidents *incidents, const Cell *row, GError **error)
{
	const IncidentHistory *history = incidents_history(incidents, row);
	const char *domain = row_text(row, INCIDENT_DOMAIN);

	if (!incident_needs_totals(history))
		return true;
	if (!read_totals_since(incidents, domain, incidents->window.since_day, error))
		return false;
	const DaySums *sums = sums_of_domain(incidents, domain);
	if (incidents->question.depth == INCIDENTS_LISTED || incident_is_pattern(history, sums)
		|| !incident_is_unusual(history, sums, 0))
		return true;
	return incidents_read_totals(incidents, domain, error);
}

static bool
read_all_totals(Incidents *incidents, const Table *table, GError **error)
{
	StoreFilter all = incidents->window;

	if (incidents->question.depth == INCIDENTS_IN_FULL) {
		all.since_day = first_total(incidents);
		return read_totals(incidents, &all, error);
	}
	for (size_t i = 0; i < table->rows->len; i++) {
		if (!read_needed_totals(incidents, g_ptr_array_index(table->rows, i), error))
			return false;
	}
	return true;
}

static bool
count_report_days(Incidents *incidents, const StoreFilter *filter, bool *enough, GError **error)
{
	const int64_t wanted = incidents->question.rules->learning;
	g_autoptr(StoreRows)
		rows = store_ask(incidents->question.store, STORE_REPORT_DAYS, filter, error);
	bool has = false, ok = rows != NULL;

	*enough = true;
	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		const int64_t days = store_rows_int(rows, REPORT_DAY_DAYS);
		*enough = *enough && days >= wanted;
		g_hash_table_insert(incidents->report_days, g_strdup(store_rows_text(rows, REPORT_DAY_DOMAIN)),
			GINT_TO_POINTER((int)MIN(days, G_MAXINT)));
	}
	return ok;
}

/* Counts the last days first.  Only if a domain has too few of them, all days have to be counted. */
static bool
read_report_days(Incidents *incidents, GError **error)
{
	StoreFilter days = incidents->window;
	bool enough;

	days.since_day = days.until_day - 2 * incidents->question.rules->learning;
	if (!count_report_days(incidents, &days, &enough, error))
		return false;
	if (enough)
		return true;
	days.since_day = G_MININT32;
	return count_report_days(incidents, &days, &enough, error);
}

/* --- the order: the problem with the most failed sessions first */

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

/* Fills the cells of a row that are judgements. */
static void
judge(const Incidents *incidents, Cell *cells)
{
	const IncidentRules *rules = incidents->question.rules;
	const int64_t today = incidents->question.filter->today;
	const IncidentHistory *history = incidents_history(incidents, cells);
	const char *domain = row_text(cells, INCIDENT_DOMAIN);

	const IncidentState state = incident_state(history, rules, today);
	cell_set_enum(&cells[INCIDENT_STATE], state, incident_state_name(state));
	cells[INCIDENT_LATE].number = incident_is_late(history, rules, today);
	cells[INCIDENT_PATTERN].number = incident_is_pattern(
		history, sums_of_domain(incidents, domain));
	cells[INCIDENT_LEARNING].number = incidents_is_learning(incidents, domain);
}

Incidents *
incidents_read(const IncidentsQuestion *question, Table *table, GError **error)
{
	g_autoptr(Incidents) incidents = incidents_new(question);
	/* What is only weighed does not say how many organizations saw it. */
	const bool counts = question->depth != INCIDENTS_WEIGHED;

	if (!read_incidents(incidents, table, error)
		|| (counts && !count_organizations(incidents, table, error))
		|| !read_history(incidents, error) || !read_resolutions(incidents, error)
		|| !read_report_days(incidents, error) || !read_all_totals(incidents, table, error))
		return NULL;
	if (question->depth != INCIDENTS_LISTED && any_lacks_mode(table)
		&& !read_modes(incidents, error))
		return NULL;
	for (size_t i = 0; i < table->rows->len; i++)
		judge(incidents, g_ptr_array_index(table->rows, i));
	sort_by_group(table);
	return g_steal_pointer(&incidents);
}
