#include "recount.h"

#include "names.h"
#include "totals.h"

#include "tlsrpt/count.h"
#include "tlsrpt/brief.h"
#include "tlsrpt/day.h"
#include "tlsrpt/store_read.h"

#include <string.h>

typedef enum {
	KEY_DAILY, /* ids: domain, policy type */
	KEY_DAILY_TOTAL, /* domain */
	KEY_INCIDENT_DAY, /* incident, its domain */
	KEY_POLICY_SEEN, /* domain, policy type, policy text */
	KEY_REPORTER_DAY,
} KeyKind;

#define KEY_IDS 3

/* A row of the totals by its key, and what the report has added to it. */
typedef struct {
	KeyKind kind;
	int64_t day, reporter;
	int64_t ids[KEY_IDS];
	int64_t counts[2];
	/* incidents */
	int64_t domain; /* of all its policies; 0 if folded from several domains */
	int64_t counts_at; /* of the report */
	const char *mode;
} Key;

/*
 * The statements for the rows of each kind.  Their last parameters are the key, beginning with the
 * day.
 */
static const struct {
	SqlStatement select, subtract, clean, set;
	int ids, counts;
} kinds[] = {
	[KEY_DAILY] = { SQL_SELECT_DAILY, SQL_SUBTRACT_DAILY, SQL_CLEAN_DAILY, SQL_SET_DAILY, 2,
		2 },
	[KEY_DAILY_TOTAL] = { SQL_SELECT_DAILY_TOTAL, SQL_SUBTRACT_DAILY_TOTAL,
		SQL_CLEAN_DAILY_TOTAL, SQL_SET_DAILY_TOTAL, 1, 2 },
	[KEY_INCIDENT_DAY] = { SQL_SELECT_INCIDENT_DAY, SQL_SUBTRACT_INCIDENT_DAY,
		SQL_CLEAN_INCIDENT_DAY, SQL_SET_INCIDENT_DAY, 1, 1 },
};

/* Whether the row sums up the reports of one reporting day. */
static bool
is_of_day(const Key *key)
{
	return key->kind < G_N_ELEMENTS(kinds);
}

/* The values of a statement's parameters, in their order. */
typedef struct {
	int64_t values[12];
	size_t n;
} Values;

static void
add_value(Values *values, int64_t value)
{
	values->values[values->n++] = value;
}

static void
add_key(Values *values, const Key *key)
{
	add_value(values, key->day);
	for (int i = 0; i < kinds[key->kind].ids; i++)
		add_value(values, key->ids[i]);
	add_value(values, key->reporter);
}

static StoreStatement *
bind_values(Store *store, SqlStatement which, const Values *values, GError **error)
{
	StoreStatement *statement = store_bind(store, which, error, "");

	for (size_t i = 0; statement != NULL && i < values->n; i++)
		store->driver->bind_int(statement, (int)i + 1, values->values[i]);
	return statement;
}

static bool
run_values(Store *store, SqlStatement which, const Values *values, GError **error)
{
	return store_run(store, bind_values(store, which, values, error), error);
}

/* --- the keys of a report */

/*
 * Finds the id of a name; sets *found to false if the store does not have that name, and otherwise
 * leaves it alone.
 */
static bool
find(Store *store, NameTable table, const char *name, bool *found, int64_t *id, GError **error)
{
	if (!store_find_name(store, table, name, id, error))
		return false;
	*found = *found && *id > 0;
	return true;
}

static bool
add_types(Store *store, const GArray *types, Key key, GArray *keys, GError **error)
{
	for (size_t i = 0; i < types->len; i++) {
		const TypeCount *count = &g_array_index(types, TypeCount, i);
		bool found = true;
		key.kind = KEY_DAILY;
		key.counts[0] = count->successful_sessions;
		key.counts[1] = count->failed_sessions;
		if (!find(store, NAME_DOMAIN, count->policy_domain, &found, &key.ids[0], error)
			|| !find(store, NAME_POLICY_TYPE, count->policy_type, &found, &key.ids[1],
				error))
			return false;
		if (found)
			g_array_append_val(keys, key);
	}
	return true;
}

static bool
add_domains(Store *store, const GArray *domains, Key key, GArray *keys, GError **error)
{
	for (size_t i = 0; i < domains->len; i++) {
		const DomainCount *count = &g_array_index(domains, DomainCount, i);
		bool found = true;
		key.kind = KEY_DAILY_TOTAL;
		key.counts[0] = count->sessions;
		key.counts[1] = count->failed_sessions;
		if (!find(store, NAME_DOMAIN, count->policy_domain, &found, &key.ids[0], error))
			return false;
		if (found)
			g_array_append_val(keys, key);
	}
	return true;
}

static bool
add_incidents(Store *store, const GArray *incidents, Key key, GArray *keys, GError **error)
{
	for (size_t i = 0; i < incidents->len; i++) {
		const IncidentCount *count = &g_array_index(incidents, IncidentCount, i);
		int64_t domain = 0, type = 0, result = 0, mx = 0, kind = 0;
		bool found = true, has = false;
		key.kind = KEY_INCIDENT_DAY;
		key.counts[0] = count->failed_sessions;
		key.mode = count->mode;
		if (!find(store, NAME_DOMAIN, count->policy_domain, &found, &domain, error)
			|| !find(store, NAME_POLICY_TYPE, count->policy_type, &found, &type, error)
			|| !find(
				store, NAME_RESULT_TYPE, count->result_type, &found, &result, error)
			|| !find(store, NAME_DOMAIN, count->receiving_mx_hostname, &found, &mx,
				error)
			|| !find(store, NAME_KIND, count->kind, &found, &kind, error)
			|| !store_query(store,
				store_bind(store, SQL_SELECT_INCIDENT, error, "iiiii", domain, type,
					result, mx, kind),
				&has, &key.ids[0], error))
			return false;
		key.ids[1] = domain;
		key.domain = *count->policy_domain != '\0' ? domain : 0;
		if (found && has)
			g_array_append_val(keys, key);
	}
	return true;
}

static bool
add_policies(Store *store, const GArray *policies, Key key, GArray *keys, GError **error)
{
	for (size_t i = 0; i < policies->len; i++) {
		const Policy *policy = &g_array_index(policies, Policy, i);
		bool found = true;
		key.kind = KEY_POLICY_SEEN;
		if (!find(store, NAME_DOMAIN, policy->policy_domain, &found, &key.ids[0], error)
			|| !find(store, NAME_POLICY_TYPE, policy->policy_type, &found, &key.ids[1],
				error)
			|| !find(store, NAME_POLICY_TEXT, policy->policy_text, &found, &key.ids[2],
				error))
			return false;
		if (found)
			g_array_append_val(keys, key);
	}
	return true;
}

GArray *
recount_keys(Store *store, const Report *report, int64_t reporter, int64_t received_at,
	const Limits *limits, GError **error)
{
	g_autoptr(GArray) types = count_types(report);
	g_autoptr(GArray) domains = count_domains(types);
	g_autoptr(GArray) incidents = count_incidents(report, limits->incidents, NULL);
	g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(Key));
	Key key = { .day = report->day,
		.reporter = reporter,
		.counts_at = report_counts_at(report),
		.mode = "" };
	const Key received = { .kind = KEY_REPORTER_DAY,
		.day = day_of(received_at),
		.reporter = reporter,
		.mode = "" };

	if (!add_types(store, types, key, keys, error)
		|| !add_domains(store, domains, key, keys, error)
		|| !add_incidents(store, incidents, key, keys, error)
		|| (!report_is_brief(report)
			&& !add_policies(store, report->policies, key, keys, error)))
		return NULL;
	g_array_append_val(keys, received);
	return g_steal_pointer(&keys);
}

static bool
is_same_row(const Key *one, const Key *other)
{
	return one->kind == other->kind && one->day == other->day
		&& one->reporter == other->reporter
		&& memcmp(one->ids, other->ids, sizeof(one->ids)) == 0;
}

static const Key *
find_row(const GArray *keys, const Key *key)
{
	for (size_t i = 0; i < keys->len; i++) {
		const Key *other = &g_array_index(keys, Key, i);
		if (is_same_row(key, other))
			return other;
	}
	return NULL;
}

bool
recount_subtract(Store *store, const GArray *keys, GError **error)
{
	for (size_t i = 0; i < keys->len; i++) {
		const Key *key = &g_array_index(keys, Key, i);
		Values values = { 0 };
		if (key->kind == KEY_REPORTER_DAY
			&& !store_run(store,
				store_bind(store, SQL_SUBTRACT_REPORTER_DAY, error, "ii",
					key->reporter, key->day),
				error))
			return false;
		if (!is_of_day(key))
			continue;
		for (int j = 0; j < kinds[key->kind].counts; j++)
			add_value(&values, key->counts[j]);
		add_key(&values, key);
		if (!run_values(store, kinds[key->kind].subtract, &values, error))
			return false;
	}
	return true;
}

/* --- rows made anew */

/*
 * The ids of the reports of a day; 0 stands for any reporter or any domain.  The caller unrefs the
 * array.
 */
static GArray *
list_day(Store *store, int64_t day, int64_t state, int64_t reporter, int64_t domain, GError **error)
{
	const Values values = { .values = { day, state, reporter, domain }, .n = 4 };

	return store_list(
		store, bind_values(store, SQL_LIST_REPORTS_OF_DAY, &values, error), error);
}

/* Whether a report of that day was pruned, so that what it said is no longer known. */
static bool
has_pruned(Store *store, int64_t day, int64_t reporter, bool *has, GError **error)
{
	g_autoptr(GArray) list = list_day(store, day, STATE_PRUNED, reporter, 0, error);

	*has = list != NULL && list->len > 0;
	return list != NULL;
}

static StoredReport *
read_report(Store *store, int64_t id, GError **error)
{
	g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, id);

	return store_read_report(store, text, error);
}

/* The sums over all reports that count in a row. */
typedef struct {
	int64_t reports, counts[2];
	int64_t first_received_at, last_received_at;
} Sums;

static bool
add_report(
	Store *store, int64_t id, const Key *key, const Limits *limits, Sums *sums, GError **error)
{
	g_autoptr(StoredReport) stored = read_report(store, id, error);
	g_autoptr(GArray) keys = stored != NULL ? recount_keys(store, stored->report, key->reporter,
					 stored->received_at, limits, error)
						: NULL;

	if (keys == NULL)
		return false;
	for (size_t i = 0; i < keys->len; i++) {
		const Key *other = &g_array_index(keys, Key, i);
		if (!is_same_row(key, other))
			continue;
		for (int j = 0; j < kinds[key->kind].counts; j++)
			sums->counts[j] = count_add(sums->counts[j], other->counts[j]);
		sums->first_received_at = MIN(sums->first_received_at, stored->received_at);
		sums->last_received_at = MAX(sums->last_received_at, stored->received_at);
		sums->reports++;
	}
	return true;
}

static bool
make_anew(Store *store, const Key *key, const Limits *limits, GError **error)
{
	const int64_t domain = key->kind == KEY_INCIDENT_DAY ? key->domain : key->ids[0];
	Sums sums = { .first_received_at = INT64_MAX, .last_received_at = INT64_MIN };
	Values values = { 0 };
	bool unknown;

	if (!has_pruned(store, key->day, key->reporter, &unknown, error))
		return false;
	if (unknown)
		return true;
	g_autoptr(GArray)
		list = list_day(store, key->day, STATE_WHOLE, key->reporter, domain, error);
	if (list == NULL)
		return false;
	for (size_t i = 0; i < list->len; i++) {
		if (!add_report(store, g_array_index(list, int64_t, i), key, limits, &sums, error))
			return false;
	}
	if (sums.reports == 0)
		return true;
	add_value(&values, sums.reports);
	for (int i = 0; i < kinds[key->kind].counts; i++)
		add_value(&values, sums.counts[i]);
	if (key->kind == KEY_DAILY_TOTAL)
		add_value(&values, day_of(sums.last_received_at) - key->day);
	if (key->kind == KEY_INCIDENT_DAY)
		add_value(&values, day_of(sums.first_received_at) - key->day);
	add_key(&values, key);
	return run_values(store, kinds[key->kind].set, &values, error);
}

/*
 * Recomputes a row if only the old or only the new form of the report counts in it, or if a count
 * in it was at the maximum.
 */
static bool
mend_row(Store *store, const Key *key, bool one_sided, const Limits *limits, GError **error)
{
	Values values = { 0 };
	int64_t largest = 0;
	bool has;

	add_key(&values, key);
	if (!run_values(store, kinds[key->kind].clean, &values, error)
		|| !store_query(store, bind_values(store, kinds[key->kind].select, &values, error),
			&has, &largest, error))
		return false;
	return !has || (!one_sided && largest < COUNT_MAX) || make_anew(store, key, limits, error);
}

/* --- incidents */

typedef struct {
	char *mode;
	int64_t mode_at, first_day, last_day;
	bool has_days; /* whether incident_day still has rows of it */
	int64_t oldest_day, latest_day; /* of its rows in incident_day */
	bool has_notes;
} Incident;

static void
incident_free(Incident *incident)
{
	if (incident != NULL)
		g_free(incident->mode);
	g_free(incident);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Incident, incident_free)

/* Reads an incident; NULL without an error if it does not exist. */
static Incident *
read_incident(Store *store, int64_t id, GError **error)
{
	const StoreDriver *driver = store->driver;
	StoreStatement *row = store_bind(store, SQL_READ_INCIDENT, error, "i", id);
	Incident *incident = NULL;

	if (row == NULL)
		return NULL;
	if (driver->step(row, error) == STEP_ROW) {
		incident = g_new0(Incident, 1);
		incident->mode = g_strdup(driver->column_text(row, INCIDENT_MODE));
		incident->mode_at = driver->column_int(row, INCIDENT_MODE_AT);
		incident->first_day = driver->column_int(row, INCIDENT_FIRST_DAY);
		incident->last_day = driver->column_int(row, INCIDENT_LAST_DAY);
		incident->has_days = driver->column_text(row, INCIDENT_OLDEST_DAY) != NULL;
		incident->oldest_day = driver->column_int(row, INCIDENT_OLDEST_DAY);
		incident->latest_day = driver->column_int(row, INCIDENT_LATEST_DAY);
		incident->has_notes = driver->column_int(row, INCIDENT_HAS_NOTES) != 0;
	}
	driver->reset(row);
	return incident;
}

/*
 * Finds the policy mode that the latest report with the incident stated, if that report is still
 * known.
 */
static bool
find_mode(Store *store, const Key *key, const Limits *limits, Incident *incident, GError **error)
{
	bool unknown;

	if (!has_pruned(store, incident->last_day, 0, &unknown, error))
		return false;
	if (unknown) {
		/*
		 * No report of a later day states this mode, so it dates from the last day at the
		 * latest.
		 */
		incident->mode_at = MIN(
			incident->mode_at, (incident->last_day + 1) * DAY_SECONDS - 1);
		return true;
	}
	g_autoptr(GArray)
		list = list_day(store, incident->last_day, STATE_WHOLE, 0, key->domain, error);
	if (list == NULL)
		return false;
	for (size_t i = list->len; i-- > 0;) {
		g_autoptr(StoredReport)
			stored = read_report(store, g_array_index(list, int64_t, i), error);
		g_autoptr(GArray) keys = stored != NULL
			? recount_keys(store, stored->report, 0, stored->received_at, limits, error)
			: NULL;
		if (keys == NULL)
			return false;
		/*
		 * Search from the end: folded incidents come last, and one of the incidents kept as
		 * they are may have the same name as the folded one.
		 */
		for (size_t j = keys->len; j-- > 0;) {
			const Key *other = &g_array_index(keys, Key, j);
			if (other->kind != KEY_INCIDENT_DAY || other->ids[0] != key->ids[0])
				continue;
			g_free(incident->mode);
			incident->mode = g_strdup(other->mode);
			incident->mode_at = other->counts_at;
			return true;
		}
	}
	return true;
}

/* Whether no report has the incident on that day any longer. */
static bool
is_day_gone(Store *store, const Key *key, bool *gone, GError **error)
{
	const Values values = { .values = { key->day, key->ids[0] }, .n = 2 };
	int64_t reports;
	bool found;

	if (!store_query(store, bind_values(store, SQL_FIND_INCIDENT_DAY, &values, error), &found,
		    &reports, error))
		return false;
	*gone = !found;
	return true;
}

/* Corrects an incident that the reprocessed report lost, or has with other values. */
static bool
mend_incident(Store *store, const Key *key, const Limits *limits, GError **error)
{
	GError *problem = NULL;
	g_autoptr(Incident) incident = read_incident(store, key->ids[0], &problem);
	const int64_t id = key->ids[0];
	bool gone = false;

	if (problem != NULL) {
		g_propagate_error(error, problem);
		return false;
	}
	if (incident == NULL)
		return true;
	if (!is_day_gone(store, key, &gone, error))
		return false;
	const int64_t gone_day = gone ? key->day : DAY_NONE;
	if (!incident->has_days && incident->first_day >= gone_day)
		return store_run(store,
			       store_bind(store, SQL_DELETE_REASONS_OF_INCIDENT, error, "i", id),
			       error)
			&& store_run(store,
				store_bind(store,
					incident->has_notes ? SQL_CLEAR_INCIDENT
							    : SQL_DELETE_INCIDENT,
					error, "i", id),
				error);
	/* Days before the oldest one left are days whose totals were pruned. */
	if (!incident->has_days) {
		incident->last_day = incident->first_day;
	} else {
		if (incident->first_day == gone_day || incident->first_day > incident->oldest_day)
			incident->first_day = incident->oldest_day;
		if (incident->last_day == gone_day || incident->last_day < incident->latest_day)
			incident->last_day = incident->latest_day;
	}
	return find_mode(store, key, limits, incident, error)
		&& store_run(store,
			store_bind(store, SQL_SET_INCIDENT, error, "tiiii", incident->mode,
				incident->mode_at, incident->first_day, incident->last_day, id),
			error);
}

/* --- policies */

static bool
query_seen(Store *store, SqlStatement which, const Key *key, int64_t day, bool *found,
	int64_t *seen, GError **error)
{
	const Values values = { .values = { day, key->reporter, key->ids[0], key->ids[1],
					key->ids[2] },
		.n = which == SQL_LAST_PRUNED ? 2 : 5 };

	return store_query(store, bind_values(store, which, &values, error), found, seen, error);
}

static bool
set_seen(Store *store, const Key *key, int64_t first, int64_t last, GError **error)
{
	const Values values = { .values = { first, last, key->ids[0], key->ids[1], key->ids[2],
					key->reporter },
		.n = 6 };

	return run_values(store, SQL_SET_POLICY_SEEN, &values, error);
}

static bool
read_seen(Store *store, const Key *key, bool *has, int64_t *first, int64_t *last, GError **error)
{
	const Values values = { .values = { key->ids[0], key->ids[1], key->ids[2], key->reporter },
		.n = 4 };
	StoreStatement *row = bind_values(store, SQL_READ_POLICY_SEEN, &values, error);

	if (row == NULL)
		return false;
	const StepResult result = store->driver->step(row, error);
	*has = result == STEP_ROW;
	if (*has) {
		*first = store->driver->column_int(row, SEEN_FIRST_DAY);
		*last = store->driver->column_int(row, SEEN_LAST_DAY);
	}
	store->driver->reset(row);
	return result != STEP_ERROR;
}

static bool
delete_seen(Store *store, const Key *key, GError **error)
{
	const Values values = { .values = { key->ids[0], key->ids[1], key->ids[2], key->reporter },
		.n = 4 };

	return run_values(store, SQL_DELETE_POLICY_SEEN, &values, error);
}

/*
 * Corrects the first and the last day of a policy that the reprocessed report turned out not to
 * have.
 */
static bool
mend_seen(Store *store, const Key *key, GError **error)
{
	int64_t first = 0, last = 0, day = 0;
	bool has, unknown, found = false;

	if (!read_seen(store, key, &has, &first, &last, error)
		|| !has_pruned(store, key->day, key->reporter, &unknown, error))
		return false;
	/* Where a pruned report of that day may have had the policy, the days stay as they are. */
	if (!has || unknown || (first != key->day && last != key->day))
		return true;
	if (first == key->day) {
		if (!query_seen(store, SQL_FIRST_SEEN, key, first, &found, &day, error))
			return false;
		if (!found && last == key->day)
			return delete_seen(store, key, error);
		first = found ? day : last;
	}
	if (last == key->day) {
		if (!query_seen(store, SQL_LAST_SEEN, key, last, &found, &day, error)
			|| (!found
				&& !query_seen(
					store, SQL_LAST_PRUNED, key, last, &found, &day, error)))
			return false;
		last = found ? MAX(day, first) : first;
	}
	return set_seen(store, key, first, last, error);
}

/* --- all of them */

static bool
mend_key(Store *store, const Key *key, const Key *other, bool is_gone, const Limits *limits,
	GError **error)
{
	if (key->kind == KEY_POLICY_SEEN)
		return !is_gone || other != NULL || mend_seen(store, key, error);
	if (key->kind == KEY_REPORTER_DAY)
		return store_run(store,
			store_bind(store, SQL_CLEAN_REPORTER_DAY, error, "ii", key->reporter,
				key->day),
			error);
	if (!mend_row(store, key, other == NULL, limits, error))
		return false;
	/* What was written anew counts as the latest of its time, which another report may be. */
	if (key->kind != KEY_INCIDENT_DAY
		|| (is_gone && other != NULL && other->counts_at == key->counts_at
			&& strcmp(other->mode, key->mode) == 0))
		return true;
	return mend_incident(store, key, limits, error);
}

/*
 * Recomputes the failure reason codes that a reporter gave for an incident, from all reports still
 * stored.
 */
static bool
mend_reasons(Store *store, const Key *key, GError **error)
{
	const int64_t incident = key->ids[0], reporter = key->reporter;
	g_autoptr(GArray) days = store_list(store,
		store_bind(store, SQL_LIST_DAYS_OF_INCIDENT, error, "ii", incident, reporter),
		error);
	g_auto(Totals) totals = { 0 };

	for (guint i = 0; days != NULL && i < days->len; i++) {
		bool unknown;
		if (!has_pruned(store, g_array_index(days, int64_t, i), reporter, &unknown, error))
			return false;
		if (unknown)
			return true;
	}
	if (days == NULL
		|| !store_run(store,
			store_bind(store, SQL_DELETE_INCIDENT_REASONS, error, "ii", incident,
				reporter),
			error))
		return false;
	for (guint i = 0; i < days->len; i++) {
		const int64_t day = g_array_index(days, int64_t, i);
		StoreStatement *rows = store_bind(
			store, SQL_READ_REASONS_OF_DAY, error, "iii", day, reporter, incident);
		StepResult result = rows != NULL ? STEP_ROW : STEP_ERROR;
		while (result == STEP_ROW
			&& (result = store->driver->step(rows, error)) == STEP_ROW) {
			const int64_t code[] = { incident, reporter,
				store->driver->column_int(rows, OF_DAY_REASON) };
			const int64_t counts[] = { store->driver->column_int(rows, OF_DAY_SESSIONS),
				day, day };
			totals_add(&totals, TOTAL_INCIDENT_REASON, code, counts);
		}
		if (rows != NULL)
			store->driver->reset(rows);
		if (result != STEP_DONE)
			return false;
	}
	return totals_write(&totals, store, NULL, 0, error);
}

static bool
mend_all_reasons(Store *store, const GArray *keys, GError **error)
{
	for (guint i = 0; i < keys->len; i++) {
		const Key *key = &g_array_index(keys, Key, i);
		if (key->kind == KEY_INCIDENT_DAY && !mend_reasons(store, key, error))
			return false;
	}
	return true;
}

/* Recomputes the sums over all reporters from the current rows of each reporter. */
static bool
sum_up(Store *store, const GArray *keys, GError **error)
{
	for (size_t i = 0; i < keys->len; i++) {
		const Key *key = &g_array_index(keys, Key, i);
		const bool is_incident = key->kind == KEY_INCIDENT_DAY;
		const Values values = { .values = { key->day, key->ids[is_incident],
						is_incident ? key->ids[0] : 0 },
			.n = 3 };
		if (!is_incident && key->kind != KEY_DAILY_TOTAL)
			continue;
		if (!run_values(store, SQL_CLEAN_DAILY_SUM, &values, error)
			|| !run_values(store,
				is_incident ? SQL_SUM_INCIDENT_DAY : SQL_SUM_DAILY_TOTAL, &values,
				error))
			return false;
	}
	return true;
}

bool
recount_mend(
	Store *store, const GArray *before, const GArray *now, const Limits *limits, GError **error)
{
	/* The reasons come first, since an incident that has no days left is deleted below. */
	if (!mend_all_reasons(store, before, error))
		return false;
	for (size_t i = 0; i < before->len; i++) {
		const Key *key = &g_array_index(before, Key, i);
		if (!mend_key(store, key, find_row(now, key), true, limits, error))
			return false;
	}
	for (size_t i = 0; i < now->len; i++) {
		const Key *key = &g_array_index(now, Key, i);
		if (!mend_key(store, key, find_row(before, key), false, limits, error))
			return false;
	}
	return mend_all_reasons(store, now, error) && sum_up(store, before, error)
		&& sum_up(store, now, error);
}
