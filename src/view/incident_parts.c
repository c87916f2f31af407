/* Reads incidents as they are stored, with the days on which reporters saw them. */
#include "problem_parts.h"

#include "tlsrpt/report.h"

#include <string.h>

#define POOL_BLOCK 65536

static void
domain_free(gpointer data)
{
	DomainPart *domain = data;

	g_free(domain->places);
	g_array_unref(domain->totals);
	g_array_unref(domain->window);
	if (domain->usual != NULL)
		g_array_unref(domain->usual);
	g_free(domain);
}

static void
incident_free(gpointer data)
{
	IncidentPart *part = data;
	GArray *const arrays[] = { part->rows, part->days, part->marks };

	for (size_t i = 0; i < G_N_ELEMENTS(arrays); i++) {
		if (arrays[i] != NULL)
			g_array_unref(arrays[i]);
	}
	g_free(part);
}

static void
problem_part_free(gpointer data)
{
	ProblemPart *problem = data;

	g_ptr_array_unref(problem->incidents);
	g_free(problem);
}

static void
failure_free(gpointer data)
{
	FailurePart *failure = data;

	g_ptr_array_unref(failure->parts);
	g_ptr_array_unref(failure->shown.incidents);
	g_free(failure);
}

static guint
hash_place(gconstpointer key)
{
	const PlacePart *place = key;

	return g_int64_hash(&place->domain->number) * 31 + g_direct_hash(place->kind);
}

static gboolean
is_same_place(gconstpointer a, gconstpointer b)
{
	const PlacePart *one = a, *other = b;

	return one->domain == other->domain && one->kind == other->kind;
}

static bool
all_are_believed(const Reporters *reporters)
{
	const GPtrArray *list = reporters_all(reporters);

	for (guint i = 0; i < list->len; i++) {
		if (!((const Reporter *)g_ptr_array_index(list, i))->believed)
			return false;
	}
	return true;
}

ProblemsOwn *
problems_own_new(const ProblemsQuestion *question, const Reporters *reporters)
{
	const StoreFilter *filter = question->filter;
	ProblemsOwn *own = g_new0(ProblemsOwn, 1);

	own->question = question;
	own->today = filter->today;
	own->window_day = filter->today - question->rules->window;
	own->since_day = MIN(filter->since_day, own->window_day);
	own->until_day = MAX(filter->until_day, own->today);
	own->reporters = reporters;
	own->all_believed = all_are_believed(reporters);
	own->texts = text_pool_new(POOL_BLOCK);
	own->incidents = g_ptr_array_new_with_free_func(incident_free);
	own->incidents_by_id = g_hash_table_new(g_int64_hash, g_int64_equal);
	own->domains = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, domain_free);
	own->places = g_hash_table_new_full(hash_place, is_same_place, g_free, NULL);
	own->problems = text_table_new(g_free, problem_part_free);
	own->failures = g_ptr_array_new_with_free_func(failure_free);
	return own;
}

void
problems_own_free(ProblemsOwn *own)
{
	if (own == NULL)
		return;
	g_ptr_array_unref(own->failures);
	g_hash_table_unref(own->problems);
	g_hash_table_unref(own->places);
	g_hash_table_unref(own->incidents_by_id);
	g_ptr_array_unref(own->incidents);
	g_hash_table_unref(own->domains);
	text_pool_free(own->texts);
	g_free(own);
}

bool
is_in_window(const ProblemsOwn *own, int64_t day)
{
	return day >= own->window_day && day <= own->today;
}

bool
is_shown(const ProblemsOwn *own, const Reporter *reporter, int64_t day)
{
	const StoreFilter *filter = own->question->filter;

	return day >= filter->since_day && day <= filter->until_day
		&& (filter->organization == NULL
			|| strcmp(reporter->organization, filter->organization) == 0);
}

bool
row_counts(const IncidentPart *part, const SeenRow *row)
{
	return row->reporter->believed || part->shown.unverified;
}

static DomainPart *
find_domain(ProblemsOwn *own, int64_t number, const char *name)
{
	DomainPart *domain = g_hash_table_lookup(own->domains, &number);

	if (domain == NULL) {
		domain = g_new0(DomainPart, 1);
		domain->number = number;
		domain->name = text_pool_add(own->texts, name);
		domain->totals = g_array_new(FALSE, FALSE, sizeof(ReporterDay));
		domain->window = g_array_new(FALSE, FALSE, sizeof(ReporterDay));
		g_hash_table_insert(own->domains, &domain->number, domain);
	}
	return domain;
}

/* The problem of an incident; its number is the lowest id that any of its incidents had. */
static void
join_problem(ProblemsOwn *own, IncidentPart *part, int64_t number)
{
	const Incident *incident = &part->shown;
	g_autofree char *key = *incident->mx != '\0'
		? g_strjoin("\n", incident->kind, incident->mx, NULL)
		: g_strjoin("\n", incident->kind, "", incident->domain, NULL);
	ProblemPart *problem = g_hash_table_lookup(own->problems, key);

	if (problem == NULL) {
		problem = g_new0(ProblemPart, 1);
		problem->kind = incident->kind;
		problem->mx = incident->mx;
		problem->number = number;
		problem->incidents = g_ptr_array_new();
		g_hash_table_insert(own->problems, g_steal_pointer(&key), problem);
	}
	problem->number = MIN(problem->number, number);
	g_ptr_array_add(problem->incidents, part);
	part->problem = problem;
}

static PlacePart *
find_place(ProblemsOwn *own, const IncidentPart *part)
{
	const PlacePart key = { .domain = part->domain, .kind = part->shown.kind };
	PlacePart *place = g_hash_table_lookup(own->places, &key);

	if (place == NULL) {
		place = g_memdup2(&key, sizeof(key));
		g_hash_table_add(own->places, place);
	}
	return place;
}

static int64_t
day_or_none(StoreRows *rows, int column)
{
	return store_rows_is_null(rows, column) ? DAY_NONE : store_rows_int(rows, column);
}

static void
add_incident(ProblemsOwn *own, StoreRows *rows)
{
	IncidentPart *part = g_new0(IncidentPart, 1);
	Incident *incident = &part->shown;

	incident->id = store_rows_int(rows, ALL_INCIDENT_ID);
	part->domain = find_domain(own, store_rows_int(rows, ALL_INCIDENT_DOMAIN_NUMBER),
		store_rows_text(rows, ALL_INCIDENT_DOMAIN));
	incident->domain = part->domain->name;
	incident->policy_type = text_pool_add(
		own->texts, store_rows_text(rows, ALL_INCIDENT_POLICY_TYPE));
	incident->result_type = text_pool_add(
		own->texts, store_rows_text(rows, ALL_INCIDENT_RESULT_TYPE));
	incident->mx = text_pool_add(own->texts, store_rows_text(rows, ALL_INCIDENT_MX));
	const char *kind = store_rows_text(rows, ALL_INCIDENT_KIND);
	incident->kind = *kind != '\0' ? text_pool_add(own->texts, kind) : incident->result_type;
	part->place = find_place(own, part);
	part->first_day = day_or_none(rows, ALL_INCIDENT_FIRST_DAY);
	part->last_day = day_or_none(rows, ALL_INCIDENT_LAST_DAY);
	g_ptr_array_add(own->incidents, part);
	g_hash_table_insert(own->incidents_by_id, &incident->id, part);
	const int64_t problem = store_rows_is_null(rows, ALL_INCIDENT_PROBLEM)
		? incident->id
		: store_rows_int(rows, ALL_INCIDENT_PROBLEM);
	join_problem(own, part, MIN(problem, incident->id));
}

static bool
read_incidents(ProblemsOwn *own, GError **error)
{
	const StoreFilter all = { 0 };
	g_autoptr(StoreRows)
		rows = store_ask(own->question->store, STORE_ALL_INCIDENTS, &all, error);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has)
		add_incident(own, rows);
	return ok;
}

/* The filter for the time that is read, of all organizations. */
static StoreFilter
time_read(const ProblemsOwn *own)
{
	return (StoreFilter){ .domain = own->question->filter->domain,
		.since_day = own->since_day,
		.until_day = own->until_day };
}

/* A reporter is missing only if the store has just changed; then the command reads it again. */
static bool
read_totals(ProblemsOwn *own, GError **error)
{
	const StoreFilter filter = time_read(own);
	g_autoptr(StoreRows)
		rows = store_ask(own->question->store, STORE_FAILED_TOTALS, &filter, error);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		const int64_t number = store_rows_int(rows, TOTAL_DOMAIN);
		DomainPart *domain = g_hash_table_lookup(own->domains, &number);
		const ReporterDay total = {
			.reporter = reporters_find(
				own->reporters, store_rows_int(rows, TOTAL_REPORTER)),
			.day = store_rows_int(rows, TOTAL_DAY),
			.sessions = store_rows_int(rows, TOTAL_SESSIONS),
			.failed_sessions = store_rows_int(rows, TOTAL_FAILED_SESSIONS),
			.received_day = store_rows_int(rows, TOTAL_RECEIVED_DAY),
		};
		if (domain != NULL && total.reporter != NULL)
			g_array_append_val(domain->totals, total);
	}
	return ok;
}

static size_t
place_of(const ProblemsOwn *own, const Reporter *reporter, int64_t day)
{
	return reporter->index * (size_t)(own->until_day - own->since_day + 1)
		+ (size_t)(day - own->since_day);
}

/* Makes the grid of places of a domain's totals, unless it would be too large. */
static void
make_places(const ProblemsOwn *own, DomainPart *domain)
{
	const size_t days = (size_t)(own->until_day - own->since_day + 1);
	const size_t n = reporters_all(own->reporters)->len * days;

	if (n > PLACES_MAX)
		return;
	domain->places = g_new(guint, n);
	for (size_t i = 0; i < n; i++)
		domain->places[i] = NO_TOTAL;
	for (guint i = 0; i < domain->totals->len; i++) {
		const ReporterDay *total = &g_array_index(domain->totals, ReporterDay, i);
		domain->places[place_of(own, total->reporter, total->day)] = i;
	}
}

static void
arrange_totals(const ProblemsOwn *own, DomainPart *domain)
{
	int64_t of_first_timers = 0;

	reporter_days_sort(domain->totals);
	make_places(own, domain);
	for (guint i = 0; i < domain->totals->len; i++) {
		const ReporterDay *total = &g_array_index(domain->totals, ReporterDay, i);
		if (!total->reporter->believed)
			continue;
		if (is_in_window(own, total->day))
			g_array_append_vals(domain->window, total, 1);
		if (!is_shown(own, total->reporter, total->day))
			continue;
		int64_t *sum = total->reporter->first_timer ? &of_first_timers
							    : &domain->shown_sessions;
		*sum = count_add(*sum, total->sessions);
		domain->has_others = domain->has_others || !total->reporter->first_timer;
	}
	if (!domain->has_others)
		domain->shown_sessions = of_first_timers;
}

static guint
index_of_total(const ProblemsOwn *own, const DomainPart *domain, const SeenRow *row)
{
	if (domain->places != NULL)
		return domain->places[place_of(own, row->reporter, row->day)];
	const ReporterDay *total = reporter_days_find(domain->totals, row->reporter, row->day);
	return total != NULL
		? (guint)(total - (const ReporterDay *)(const void *)domain->totals->data)
		: NO_TOTAL;
}

static bool
read_seen_days(ProblemsOwn *own, GError **error)
{
	const StoreFilter filter = time_read(own);
	g_autoptr(StoreRows)
		rows = store_ask(own->question->store, STORE_SEEN_DAYS, &filter, error);
	IncidentPart *part = NULL;
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		const int64_t id = store_rows_int(rows, SEEN_DAY_INCIDENT);
		if (part == NULL || part->shown.id != id)
			part = g_hash_table_lookup(own->incidents_by_id, &id);
		SeenRow row = {
			.reporter = reporters_find(
				own->reporters, store_rows_int(rows, SEEN_DAY_REPORTER)),
			.day = store_rows_int(rows, SEEN_DAY_DAY),
			.received_day = store_rows_int(rows, SEEN_DAY_RECEIVED_DAY),
			.reports = store_rows_int(rows, SEEN_DAY_REPORTS),
			.failed_sessions = store_rows_int(rows, SEEN_DAY_FAILED_SESSIONS),
		};
		if (part == NULL || row.reporter == NULL)
			continue;
		if (part->rows == NULL)
			part->rows = g_array_new(FALSE, FALSE, sizeof(SeenRow));
		row.total = index_of_total(own, part->domain, &row);
		g_array_append_val(part->rows, row);
	}
	return ok;
}

bool
incidents_parts_read(ProblemsOwn *own, GError **error)
{
	GHashTableIter iter;
	gpointer domain;

	if (!read_incidents(own, error) || !read_totals(own, error))
		return false;
	g_hash_table_iter_init(&iter, own->domains);
	while (g_hash_table_iter_next(&iter, NULL, &domain)) {
		if (((DomainPart *)domain)->totals->len > 0)
			arrange_totals(own, domain);
	}
	const bool ok = read_seen_days(own, error);
	/* The grids were for that alone, and with many domains they are large. */
	g_hash_table_iter_init(&iter, own->domains);
	while (g_hash_table_iter_next(&iter, NULL, &domain))
		g_clear_pointer(&((DomainPart *)domain)->places, g_free);
	return ok;
}

/* --- when an incident was seen */

/* Takes the days of the rows that count, and those of W each once. */
static void
take_rows(const ProblemsOwn *own, IncidentPart *part)
{
	Incident *incident = &part->shown;

	for (guint i = 0; part->rows != NULL && i < part->rows->len; i++) {
		const SeenRow *row = &g_array_index(part->rows, SeenRow, i);
		if (!row_counts(part, row) || row->day > own->today)
			continue;
		if (incident->first_seen == DAY_NONE || row->day < incident->first_seen)
			incident->first_seen = row->day;
		incident->last_seen = MAX(incident->last_seen, row->day);
		if (part->first_received_day == DAY_NONE
			|| row->received_day < part->first_received_day)
			part->first_received_day = row->received_day;
		if (row->day < own->window_day)
			part->before_window = MAX(part->before_window, row->day);
		/* The rows of an incident come by day. */
		else if (part->days->len == 0
			|| g_array_index(part->days, int64_t, part->days->len - 1) != row->day)
			g_array_append_val(part->days, row->day);
	}
}

/* Whether a day of the row counts for the incident; sets when its first report was received. */
static bool
take_ordered(const ProblemsOwn *own, IncidentPart *part, StoreRows *rows)
{
	const Reporter *reporter = reporters_find(
		own->reporters, store_rows_int(rows, ORDERED_DAY_REPORTER));
	const int64_t received_day = store_rows_int(rows, ORDERED_DAY_RECEIVED_DAY);

	if (reporter == NULL || (!reporter->believed && !part->shown.unverified))
		return false;
	if (part->first_received_day == DAY_NONE || received_day < part->first_received_day)
		part->first_received_day = received_day;
	return true;
}

/* Asks about the days before those that were read. */
static StoreRows *
ask_before(const ProblemsOwn *own, StoreQuestion question, const IncidentPart *part, GError **error)
{
	return store_ask_about(own->question->store, question, part->shown.id, G_MININT32,
		own->since_day - 1, error);
}

static bool
look_for_last(const ProblemsOwn *own, IncidentPart *part, GError **error)
{
	g_autoptr(StoreRows) rows = ask_before(own, STORE_LATEST_DAYS, part, error);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		if (!take_ordered(own, part, rows))
			continue;
		part->before_window = store_rows_int(rows, ORDERED_DAY_DAY);
		part->shown.first_seen = part->before_window;
		part->shown.last_seen = MAX(part->shown.last_seen, part->before_window);
		break;
	}
	return ok;
}

/*
 * Looks for the first day that counts, and on until a report is found that was received before W: then it
 * does not matter when the first one was.
 */
static bool
look_for_first(const ProblemsOwn *own, IncidentPart *part, GError **error)
{
	g_autoptr(StoreRows) rows = ask_before(own, STORE_EARLIEST_DAYS, part, error);
	bool has = false, found = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		if (!take_ordered(own, part, rows))
			continue;
		if (!found)
			part->shown.first_seen = store_rows_int(rows, ORDERED_DAY_DAY);
		found = true;
		if (part->first_received_day < own->window_day)
			break;
	}
	return ok;
}

/* Whether the first day that is stored is one that counts, so that none has to be looked for. */
static bool
knows_first(const ProblemsOwn *own, const IncidentPart *part)
{
	return own->all_believed && part->first_received_day != DAY_NONE
		&& part->first_received_day < own->window_day;
}

static bool
work_out(ProblemsOwn *own, IncidentPart *part, GError **error)
{
	Incident *incident = &part->shown;

	incident->first_seen = incident->last_seen = DAY_NONE;
	part->first_received_day = part->before_window = DAY_NONE;
	if (part->days != NULL)
		g_array_unref(part->days);
	part->days = g_array_new(FALSE, FALSE, sizeof(int64_t));
	take_rows(own, part);
	if (part->first_day == DAY_NONE || part->first_day >= own->since_day)
		return true;
	if (part->before_window == DAY_NONE && !look_for_last(own, part, error))
		return false;
	if (!knows_first(own, part))
		return look_for_first(own, part, error);
	incident->first_seen = part->first_day;
	return true;
}

bool
incident_history_read(ProblemsOwn *own, IncidentPart *part, GError **error)
{
	if (part->has_history)
		return true;
	part->has_history = true;
	if (!work_out(own, part, error))
		return false;
	if (part->shown.first_seen != DAY_NONE)
		return true;
	part->shown.unverified = true;
	return work_out(own, part, error);
}
