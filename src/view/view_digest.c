/*
 * The weekly digest: one week, compared with the weeks before it.  The week ends with a whole day.  It
 * is judged as if that day were today, with a window of just this week, so that it does not matter at
 * which hour the digest is made.
 */
#include "incidents.h"
#include "incident_notes.h"

#include "tlsrpt/catalog.h"
#include "tlsrpt/day.h"
#include "tlsrpt/explain.h"
#include "tlsrpt/report.h"
#include "tlsrpt/store_note.h"
#include "tlsrpt/view_digest.h"

#include <string.h>

#define WEEK_DAYS 7

enum { FROM, TO, TIME, FIRST_DAY, LAST_DAY, WELL, RECEPTION, LAST_RECEIVED, DOMAINS, LEARNING_DOMAINS, NEW,
	RECURRING, ONGOING, GLITCHES, RESOLVED, SILENT, QUARANTINED, DIGEST_COLUMNS };

static const Column digest_columns[DIGEST_COLUMNS] = {
	[FROM] = { "from", NULL, CELL_TEXT },
	[TO] = { "to", NULL, CELL_TEXT },
	[TIME] = { "time", NULL, CELL_TIME },
	[FIRST_DAY] = { "first_day", "From", CELL_DAY },
	[LAST_DAY] = { "last_day", "To", CELL_DAY },
	[WELL] = { "well", "Well", CELL_FLAG },
	[RECEPTION] = { "reception", NULL, CELL_ENUM },
	[LAST_RECEIVED] = { "last_received", NULL, CELL_TIME },
	[DOMAINS] = { "domains", "Domains", CELL_COUNT },
	[LEARNING_DOMAINS] = { "learning", NULL, CELL_COUNT },
	[NEW] = { "new", "New", CELL_COUNT },
	[RECURRING] = { "recurring", "Recurring", CELL_COUNT },
	[ONGOING] = { "ongoing", "Ongoing", CELL_COUNT },
	[GLITCHES] = { "glitches", "Glitches", CELL_COUNT },
	[RESOLVED] = { "resolved", "Resolved", CELL_COUNT },
	[SILENT] = { "silent", "Silent", CELL_COUNT },
	[QUARANTINED] = { "quarantined", "Quarantined", CELL_COUNT },
};

enum { DOMAIN, SESSIONS, FAILED, SHARE, SHARE_BEFORE, BASELINE, REPORTERS, LEARNING, DOMAIN_COLUMNS };

static const Column domain_columns[DOMAIN_COLUMNS] = {
	[DOMAIN] = { "policy_domain", "Domain", CELL_TEXT },
	[SESSIONS] = { "sessions", "Sessions", CELL_COUNT },
	[FAILED] = { "failed_sessions", "Failed", CELL_COUNT },
	[SHARE] = { "failed_share", "Share", CELL_SHARE },
	[SHARE_BEFORE] = { "failed_share_before", "Before", CELL_SHARE },
	[BASELINE] = { "baseline", "Usual", CELL_SHARE },
	[REPORTERS] = { "reporters", "Reporters", CELL_COUNT },
	[LEARNING] = { "learning", NULL, CELL_FLAG },
};

enum { P_DOMAIN, P_RESULT_TYPE, P_STATE, P_ALARM, P_INCIDENTS, P_FAILED, P_ORGANIZATIONS, P_FIRST,
	P_LAST, P_MEANING, P_ENFORCE, P_TESTING, P_DANE, PROBLEM_COLUMNS };

static const Column problem_columns[PROBLEM_COLUMNS] = {
	[P_DOMAIN] = { "policy_domain", "Domain", CELL_TEXT },
	[P_RESULT_TYPE] = { "result_type", "Failure", CELL_TEXT },
	[P_STATE] = { "state", "State", CELL_ENUM },
	[P_ALARM] = { "alarm", NULL, CELL_ENUM },
	[P_INCIDENTS] = { "incidents", NULL, CELL_TEXT }, /* ids, separated by commas */
	[P_FAILED] = { "failed_sessions", "Sessions", CELL_COUNT },
	[P_ORGANIZATIONS] = { "organizations", "By", CELL_COUNT },
	[P_FIRST] = { "first_seen", "First", CELL_DAY },
	[P_LAST] = { "last_seen", "Last", CELL_DAY },
	[P_MEANING] = { "meaning", NULL, CELL_TEXT },
	/* What the failure does to mail, in each mode under which it was seen. */
	[P_ENFORCE] = { "enforce", NULL, CELL_TEXT },
	[P_TESTING] = { "testing", NULL, CELL_TEXT },
	[P_DANE] = { "dane", NULL, CELL_TEXT },
};

enum { S_ORGANIZATION, S_SINCE, S_DOMAINS, SILENT_COLUMNS };

static const Column silent_columns[SILENT_COLUMNS] = {
	[S_ORGANIZATION] = { "organization", "Reporter", CELL_TEXT },
	[S_SINCE] = { "since", "Silent since", CELL_DAY }, /* of its last report */
	[S_DOMAINS] = { "policy_domains", "Domains", CELL_TEXT }, /* one in each line */
};

typedef struct {
	const StoreFilter *days; /* the week, with its last day as today */
	const IncidentRules *rules;
	Incidents *incidents;
	const Table *rows; /* of all incidents of the week */
	const Table *all_notes;
	Cell *head;
	Table *domains, *problems, *open, *notes, *resolved, *silent;
	GHashTable *silent_rows; /* int64_t * to Cell, by organization */
} Week;

/* Adds a copy of a row of another table that has the same columns, none of them with bars. */
static void
copy_row(Table *table, const Cell *from)
{
	Cell *cells = table_add_row(table);

	for (size_t i = 0; i < table->n_columns; i++) {
		cells[i] = from[i];
		cells[i].text = g_strdup(from[i].text);
		cells[i].list = NULL;
	}
}

/* --- the figures of the domains */

typedef struct {
	int64_t sessions, failed;
	size_t reporters;
} Sums;

/* The sums from a first to a last day.  The totals are sorted by organization. */
static Sums
sums_of(const GArray *totals, int64_t first, int64_t last)
{
	Sums sums = { 0 };
	const ReportDay *counted = NULL;

	for (size_t i = 0; i < totals->len; i++) {
		const ReportDay *one = &g_array_index(totals, ReportDay, i);
		if (one->day < first || one->day > last)
			continue;
		sums.sessions = count_add(sums.sessions, one->sessions);
		sums.failed = count_add(sums.failed, one->failed_sessions);
		sums.reporters += counted == NULL || counted->organization != one->organization;
		counted = one;
	}
	return sums;
}

static void
add_domain(Week *week, const char *domain, const GArray *totals)
{
	const int64_t first = week->days->since_day, last = week->days->until_day;
	const Sums now = sums_of(totals, first, last);
	const Sums before = sums_of(totals, first - WEEK_DAYS, first - 1);
	const Sums usual = sums_of(totals, first - week->rules->baseline, first - 1);
	Cell *cells = table_add_row(week->domains);

	cell_set_text(&cells[DOMAIN], domain);
	cells[SESSIONS].number = now.sessions;
	cells[FAILED].number = now.failed;
	cells[SHARE].share = share_of(now.failed, now.sessions);
	cells[SHARE_BEFORE].share = share_of(before.failed, before.sessions);
	cells[BASELINE].share = usual.sessions > 0
		? incident_baseline(totals, week->rules, last)
		: CELL_NOTHING;
	cells[REPORTERS].number = (int64_t)now.reporters;
	cells[LEARNING].number = incidents_is_learning(week->incidents, domain);
	week->head[LEARNING_DOMAINS].number += cells[LEARNING].number;
}

static int
compare_domains(gconstpointer a, gconstpointer b)
{
	const Cell *one = *(const Cell *const *)a, *other = *(const Cell *const *)b;

	for (size_t i = 0; i < 2; i++) {
		const size_t column = i == 0 ? FAILED : SESSIONS;
		if (one[column].number != other[column].number)
			return one[column].number < other[column].number ? 1 : -1;
	}
	return g_strcmp0(one[DOMAIN].text, other[DOMAIN].text);
}

/* --- who went silent */

/* Whether an organization fell silent in this week and is still silent, by the days on which it reported. */
static bool
went_silent(const Week *week, const ReportDay *days, size_t n, int64_t *since)
{
	const int64_t now = week->days->until_day + 1;

	*since = DAY_NONE;
	for (size_t i = 0; i < n; i++)
		*since = MAX(*since, days[i].received_day);
	/*
	 * The days by which reporter_is_silent() tells who used to be regular soon lie in the silence, so
	 * every day of the week is asked about.
	 */
	for (int64_t today = now - WEEK_DAYS + 1; today <= now; today++) {
		if (reporter_is_silent(days, n, week->rules, today))
			return *since < today;
	}
	return false;
}

static void
add_silent(Week *week, const char *domain, int64_t organization, int64_t since)
{
	const char *name = g_hash_table_lookup(week->incidents->organizations, &organization);
	Cell *cells = g_hash_table_lookup(week->silent_rows, &organization);

	if (cells == NULL) {
		cells = table_add_row(week->silent);
		g_hash_table_insert(
			week->silent_rows, g_memdup2(&organization, sizeof(int64_t)), cells);
		cells[S_ORGANIZATION].number = organization;
		cells[S_SINCE].number = since;
		cell_set_text(&cells[S_ORGANIZATION], name);
	}
	cells[S_SINCE].number = MIN(cells[S_SINCE].number, since);
	cell_append_text(&cells[S_DOMAINS], "\n", domain);
}

static void
find_silent(Week *week, const char *domain, const GArray *totals)
{
	const ReportDay *days = (const ReportDay *)(const void *)totals->data;

	for (size_t first = 0, next; first < totals->len; first = next) {
		int64_t since;
		for (next = first; next < totals->len
			&& days[next].organization == days[first].organization;)
			next++;
		if (went_silent(week, days + first, next - first, &since))
			add_silent(week, domain, days[first].organization, since);
	}
}

static int
compare_silent(gconstpointer a, gconstpointer b)
{
	const Cell *one = *(const Cell *const *)a, *other = *(const Cell *const *)b;
	const int order = g_strcmp0(one[S_ORGANIZATION].text, other[S_ORGANIZATION].text);

	return order != 0 ? order : g_strcmp0(one[S_DOMAINS].text, other[S_DOMAINS].text);
}

static int
compare_names(gconstpointer a, gconstpointer b)
{
	return strcmp(a, b);
}

/* The figures of all domains, and who went silent on them. */
static void
read_domains(Week *week)
{
	g_autoptr(GList) domains = g_hash_table_get_keys(week->incidents->totals);
	const bool stopped = week->head[RECEPTION].number != RECEPTION_REGULAR;

	g_autoptr(GHashTable)
		silent_rows = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	week->silent_rows = silent_rows;
	domains = g_list_sort(domains, compare_names);
	for (const GList *domain = domains; domain != NULL; domain = domain->next) {
		const GArray *totals = incidents_totals(week->incidents, domain->data);
		if (totals->len == 0)
			continue;
		add_domain(week, domain->data, totals);
		/* If no reports arrive at all, that is not the fault of each organization. */
		if (!stopped)
			find_silent(week, domain->data, totals);
	}
	/* A domain that was asked for has a row even if it has no reports. */
	if (week->days->domain != NULL && week->domains->rows->len == 0)
		add_domain(week, week->days->domain,
			incidents_totals(week->incidents, week->days->domain));
	g_ptr_array_sort(week->domains->rows, compare_domains);
	g_ptr_array_sort(week->silent->rows, compare_silent);
	week->head[DOMAINS].number = week->domains->rows->len;
	week->head[SILENT].number = week->silent->rows->len;
}

/* --- the problems */

static bool
is_open(const Cell *incident)
{
	return incident[INCIDENT_STATE].number != INCIDENT_RESOLVED;
}

static bool
same_problem(const Cell *one, const Cell *other)
{
	return strcmp(row_text(one, INCIDENT_DOMAIN), row_text(other, INCIDENT_DOMAIN)) == 0
		&& strcmp(row_text(one, INCIDENT_RESULT_TYPE), row_text(other, INCIDENT_RESULT_TYPE))
			== 0;
}

/* Adds to a problem what an incident does to mail under the policy that it is about. */
static void
set_effect(const Week *week, Cell *problem, const Cell *incident)
{
	const Explanation *explanation =
		explain(EXPLAIN_RESULT_TYPE, row_text(incident, INCIDENT_RESULT_TYPE));
	const char *type = row_text(incident, INCIDENT_POLICY_TYPE);
	const MtaStsMode mode = incidents_mode(week->incidents, incident);

	if (explanation == NULL)
		return;
	if (strcmp(type, POLICY_TYPE_TLSA) == 0)
		cell_set_text(&problem[P_DANE], explanation->dane);
	else if (mode == MTA_STS_ENFORCE)
		cell_set_text(&problem[P_ENFORCE], explanation->enforce);
	else if (mode == MTA_STS_TESTING)
		cell_set_text(&problem[P_TESTING], explanation->testing);
}

/* How important a state is to the reader: the more, the higher. */
static int
rank_of(IncidentState state)
{
	static const int ranks[] = { [INCIDENT_RESOLVED] = 0,
		[INCIDENT_QUIET] = 0,
		[INCIDENT_NEW] = 1,
		[INCIDENT_ONGOING] = 2,
		[INCIDENT_RECURRING] = 3 };

	return ranks[state];
}

/*
 * A problem has the most important state among its incidents of the worst alarm.  So a problem that is
 * new stays new, even if a glitch of the same kind is older.
 */
static void
set_state(Cell *problem, Alarm alarm, IncidentState state)
{
	const bool first = problem[P_ALARM].name == NULL;

	if (!first && (int64_t)alarm < problem[P_ALARM].number)
		return;
	if (first || (int64_t)alarm > problem[P_ALARM].number
		|| rank_of(state) > rank_of((IncidentState)problem[P_STATE].number))
		cell_set_enum(&problem[P_STATE], state, incident_state_name(state));
	cell_set_enum(&problem[P_ALARM], alarm, alarm_name(alarm));
}

static void
add_to_problem(Week *week, Cell *problem, GHashTable *organizations, const Cell *incident)
{
	const IncidentHistory *history = incidents_history(week->incidents, incident);
	g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, incident[INCIDENT_ID].number);

	cell_set_text(&problem[P_DOMAIN], incident[INCIDENT_DOMAIN].text);
	cell_set_text(&problem[P_RESULT_TYPE], incident[INCIDENT_RESULT_TYPE].text);
	cell_set_text(&problem[P_MEANING], incident[INCIDENT_MEANING].text);
	problem[P_FIRST].number = problem[P_INCIDENTS].text == NULL
		? incident[INCIDENT_FIRST].number
		: MIN(problem[P_FIRST].number, incident[INCIDENT_FIRST].number);
	problem[P_LAST].number = MAX(problem[P_LAST].number, incident[INCIDENT_LAST].number);
	problem[P_FAILED].number =
		count_add(problem[P_FAILED].number, incident[INCIDENT_FAILED].number);
	for (size_t i = 0; i < history->days->len; i++)
		g_hash_table_add(organizations,
			&g_array_index(history->days, IncidentDay, i).organization);
	problem[P_ORGANIZATIONS].number = g_hash_table_size(organizations);
	cell_append_text(&problem[P_INCIDENTS], ",", id);
	set_effect(week, problem, incident);
	set_state(problem, incidents_alarm(week->incidents, incident),
		(IncidentState)incident[INCIDENT_STATE].number);
	copy_row(week->open, incident);
}

/*
 * Adds the problem whose incidents begin at a row, if any of them is open.  Returns the row at which the
 * next problem begins.
 */
static size_t
add_problem(Week *week, size_t row)
{
	const GPtrArray *rows = week->rows->rows;
	g_autoptr(GHashTable) organizations = g_hash_table_new(g_int64_hash, g_int64_equal);
	const Cell *first = g_ptr_array_index(rows, row);
	Cell *problem = NULL;

	for (; row < rows->len && same_problem(first, g_ptr_array_index(rows, row)); row++) {
		const Cell *incident = g_ptr_array_index(rows, row);
		if (!is_open(incident))
			continue;
		if (problem == NULL)
			problem = table_add_row(week->problems);
		add_to_problem(week, problem, organizations, incident);
	}
	return row;
}

static void
count_problem(Week *week, const Cell *problem)
{
	const int64_t state = problem[P_STATE].number;
	const size_t column = problem[P_ALARM].number == ALARM_NONE ? GLITCHES
		: state == INCIDENT_NEW				    ? NEW
		: state == INCIDENT_RECURRING			    ? RECURRING
								    : ONGOING;

	week->head[column].number++;
}

static void
find_problems(Week *week)
{
	for (size_t row = 0; row < week->rows->rows->len;)
		row = add_problem(week, row);
	for (size_t i = 0; i < week->problems->rows->len; i++)
		count_problem(week, g_ptr_array_index(week->problems->rows, i));
}

/* --- what the operator wrote */

static const Cell *
incident_of(const Table *table, int64_t id)
{
	for (size_t i = 0; i < table->rows->len; i++) {
		const Cell *cells = g_ptr_array_index(table->rows, i);
		if (cells[INCIDENT_ID].number == id)
			return cells;
	}
	return NULL;
}

/*
 * Whether a note resolved an incident that is resolved still.  It must have been written in the week, or
 * later if the incident was seen in the week.  next is the next note that resolves or reopens.
 */
static bool
settles(const Week *week, const Cell *note, const Cell *next)
{
	const int64_t day = day_of(note[NOTE_TIME].number);
	const Cell *seen = incident_of(week->rows, note[NOTE_INCIDENT].number);
	const bool last = next == NULL || next[NOTE_INCIDENT].number != note[NOTE_INCIDENT].number;

	return last && note[NOTE_KIND].number == NOTE_RESOLVE && day >= week->days->since_day
		&& (seen != NULL ? !is_open(seen) : day <= week->days->until_day);
}

/*
 * The next row that resolves or reopens an incident; plain notes do neither.  The notes of an incident
 * are sorted by time.
 */
static const Cell *
next_judgement(const Table *notes, size_t row)
{
	while (++row < notes->rows->len) {
		const Cell *cells = g_ptr_array_index(notes->rows, row);
		if (cells[NOTE_KIND].number != NOTE_NOTE)
			return cells;
	}
	return NULL;
}

static void
sort_notes(Week *week)
{
	for (size_t i = 0; i < week->all_notes->rows->len; i++) {
		const Cell *note = g_ptr_array_index(week->all_notes->rows, i);
		if (incident_of(week->open, note[NOTE_INCIDENT].number) != NULL)
			copy_row(week->notes, note);
		else if (settles(week, note, next_judgement(week->all_notes, i)))
			copy_row(week->resolved, note);
	}
	week->head[RESOLVED].number = week->resolved->rows->len;
}

/* --- whether anything came */

/* The answer to a question that has one row, at that row. */
static StoreRows *
ask_row(Store *store, StoreQuestion question, const StoreFilter *filter, GError **error)
{
	g_autoptr(StoreRows) rows = store_ask(store, question, filter, error);
	bool has = false;

	return rows != NULL && store_rows_next(rows, &has, error) ? g_steal_pointer(&rows) : NULL;
}

/* How many messages came into quarantine in the week. */
static bool
count_quarantined(Week *week, Store *store, GError **error)
{
	const StoreFilter days = { .since_day = week->days->since_day,
		.until_day = week->days->until_day };
	g_autoptr(StoreRows) rows = ask_row(store, STORE_QUARANTINE_COUNT, &days, error);

	if (rows != NULL)
		week->head[QUARANTINED].number = store_rows_int(rows, 0);
	return rows != NULL;
}

static bool
has_reports(const Week *week)
{
	GHashTableIter iter;
	gpointer domain;

	g_hash_table_iter_init(&iter, week->incidents->totals);
	while (g_hash_table_iter_next(&iter, &domain, NULL)) {
		const GArray *totals = incidents_totals(week->incidents, domain);
		if (sums_of(totals, week->days->since_day, week->days->until_day).reporters > 0)
			return true;
	}
	return false;
}

static void
set_reception(Cell *cell, Reception reception)
{
	static const char *const names[] = {
		[RECEPTION_REGULAR] = "regular",
		[RECEPTION_STOPPED] = "stopped",
		[RECEPTION_NONE] = "none",
		[RECEPTION_NEVER] = "never",
	};

	cell_set_enum(cell, reception, names[reception]);
}

static bool
read_reception(Week *week, Store *store, GError **error)
{
	const int64_t today = week->days->until_day + 1;
	const StoreFilter regular = { .since_day = REGULAR_SINCE(today),
		.until_day = REGULAR_UNTIL(today) };
	g_autoptr(StoreRows) rows = ask_row(store, STORE_RECEPTION, &regular, error);

	if (rows == NULL)
		return false;
	const int64_t last_received_at = store_rows_int(rows, 0);
	const size_t regular_days = (size_t)store_rows_int(rows, 1);
	week->head[LAST_RECEIVED].number = last_received_at;
	set_reception(&week->head[RECEPTION],
		g_hash_table_size(week->incidents->report_days) == 0 ? RECEPTION_NEVER
			: !has_reports(week)			     ? RECEPTION_NONE
			: reports_have_stopped(regular_days, day_of(last_received_at), today)
			? RECEPTION_STOPPED
			: RECEPTION_REGULAR);
	return true;
}

static bool
fill(Week *week, Store *store, GError **error)
{
	Cell *head = week->head;

	head[FIRST_DAY].number = week->days->since_day;
	head[LAST_DAY].number = week->days->until_day;
	if (!read_reception(week, store, error) || !count_quarantined(week, store, error))
		return false;
	read_domains(week);
	find_problems(week);
	sort_notes(week);
	head[WELL].number = head[RECEPTION].number == RECEPTION_REGULAR
		&& head[NEW].number + head[RECURRING].number + head[ONGOING].number
				+ head[SILENT].number
			== 0;
	return true;
}

static void
add_tables(Document *document, Week *week)
{
	week->head = table_add_row(
		document_add_table(document, "digest", NULL, digest_columns, DIGEST_COLUMNS));
	week->domains =
		document_add_table(document, "domains", NULL, domain_columns, DOMAIN_COLUMNS);
	week->problems =
		document_add_table(document, "problems", NULL, problem_columns, PROBLEM_COLUMNS);
	week->open =
		document_add_table(document, "incidents", NULL, incident_columns, INCIDENT_COLUMNS);
	week->notes = document_add_table(document, "notes", NULL, note_columns, NOTE_COLUMNS);
	week->resolved =
		document_add_table(document, "resolved", NULL, note_columns, NOTE_COLUMNS);
	week->silent =
		document_add_table(document, "silent", NULL, silent_columns, SILENT_COLUMNS);
}

Document *
view_digest(Store *store, const StoreFilter *filter, const IncidentRules *rules,
	const DigestOptions *options, GError **error)
{
	IncidentRules week_rules = *rules;
	StoreFilter days = { .domain = filter->domain,
		.authenticated_only = filter->authenticated_only,
		.since_day = filter->until_day - WEEK_DAYS + 1,
		.until_day = filter->until_day,
		.window_day = filter->until_day - WEEK_DAYS + 1,
		.today = filter->until_day };
	g_autoptr(Document) document = document_new("digest");
	g_autoptr(Document) scratch = document_new("digest");
	Table *rows =
		document_add_table(scratch, "incidents", NULL, incident_columns, INCIDENT_COLUMNS);
	Table *notes = document_add_table(scratch, "notes", NULL, note_columns, NOTE_COLUMNS);
	Week week = { .days = &days, .rules = &week_rules, .rows = rows, .all_notes = notes };

	week_rules.window = WEEK_DAYS - 1;
	add_tables(document, &week);
	cell_set_text(&week.head[FROM], options->from);
	cell_set_text(&week.head[TO], options->to);
	week.head[TIME].number = options->now;
	const IncidentsQuestion question = { store, &days, &week_rules, INCIDENTS_IN_FULL };
	g_autoptr(Incidents) incidents = incidents_read(&question, rows, error);
	if (incidents == NULL || !notes_read(store, &days, notes, error))
		return NULL;
	week.incidents = incidents;
	return fill(&week, store, error) ? g_steal_pointer(&document) : NULL;
}
