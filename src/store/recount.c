#include "recount.h"

#include "collect.h"
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

/* The keys of the rows that sum up the reports of one reporting day. */
static GArray *
keys_of_day(
	Store *store, const Report *report, int64_t reporter, const Limits *limits, GError **error)
{
	g_autoptr(GArray) types = count_types(report);
	g_autoptr(GArray) domains = count_domains(types);
	g_autoptr(GArray) incidents = count_incidents(report, limits->incidents, NULL);
	g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(Key));
	const Key key = { .day = report->day,
		.reporter = reporter,
		.counts_at = report_counts_at(report),
		.mode = "" };

	return add_types(store, types, key, keys, error)
			&& add_domains(store, domains, key, keys, error)
			&& add_incidents(store, incidents, key, keys, error)
		? g_steal_pointer(&keys)
		: NULL;
}

GArray *
recount_keys(Store *store, const Report *report, int64_t reporter, int64_t received_at,
	const Limits *limits, GError **error)
{
	g_autoptr(GArray) keys = keys_of_day(store, report, reporter, limits, error);
	const Key seen = { .day = report->day, .reporter = reporter, .mode = "" };
	const Key received = { .kind = KEY_REPORTER_DAY,
		.day = day_of(received_at),
		.reporter = reporter,
		.mode = "" };

	if (keys == NULL
		|| (!report_is_brief(report)
			&& !add_policies(store, report->policies, seen, keys, error)))
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

static guint
hash_row(gconstpointer data)
{
	const Key *key = data;
	guint64 hash = (guint64)key->kind * 31 + (guint64)key->day;

	hash = hash * 0x9e3779b97f4a7c15U + (guint64)key->reporter;
	for (int i = 0; i < KEY_IDS; i++)
		hash = hash * 0x9e3779b97f4a7c15U + (guint64)key->ids[i];
	return (guint)(hash ^ hash >> 32);
}

static gboolean
is_equal_row(gconstpointer a, gconstpointer b)
{
	return is_same_row(a, b);
}

/* The keys by their rows; of those with the same row the first. */
static GHashTable *
index_rows(const GArray *keys)
{
	GHashTable *rows = g_hash_table_new(hash_row, is_equal_row);

	for (guint i = 0; i < keys->len; i++) {
		Key *key = &g_array_index(keys, Key, i);
		if (!g_hash_table_contains(rows, key))
			g_hash_table_add(rows, key);
	}
	return rows;
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

/* What is known while the totals of one report are mended, so that nothing is asked twice. */
typedef struct {
	Store *store;
	const Limits *limits;
	GHashTable *pruned; /* of Pruned, by day and reporter */
	GHashTable *anew; /* of Sums, by the keys of rows that are to be made anew */
	GHashTable *read; /* of Counted, by report and reporter */
	int64_t keys_read; /* of all reports that were read */
} Mend;

typedef struct {
	int64_t day, reporter;
	bool has;
} Pruned;

static guint
hash_pruned(gconstpointer data)
{
	const Pruned *pruned = data;

	return (guint)pruned->day * 31 + (guint)pruned->reporter;
}

static gboolean
is_same_pruned(gconstpointer a, gconstpointer b)
{
	const Pruned *one = a, *other = b;

	return one->day == other->day && one->reporter == other->reporter;
}

/* Whether a report of that day was pruned, so that what it said is no longer known. */
static bool
has_pruned(const Mend *mend, int64_t day, int64_t reporter, bool *has, GError **error)
{
	const Pruned wanted = { day, reporter, false };
	Pruned *known = g_hash_table_lookup(mend->pruned, &wanted);

	if (known == NULL) {
		g_autoptr(GArray)
			list = list_day(mend->store, day, STATE_PRUNED, reporter, 0, error);
		if (list == NULL)
			return false;
		known = g_new(Pruned, 1);
		*known = (Pruned){ day, reporter, list->len > 0 };
		g_hash_table_add(mend->pruned, known);
	}
	*has = known->has;
	return true;
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

/* Where a report counts. */
typedef struct {
	GArray *keys;
	int64_t received_at;
} Counted;

static void
counted_free(gpointer data)
{
	Counted *counted = data;

	g_array_unref(counted->keys);
	g_free(counted);
}

/* How many reports are kept in memory; each may have many keys. */
#define READ_MAX 8

/*
 * How many keys are read at most.  A stranger can send any number of large reports of one day, and
 * mending what one of them has counted must not take longer than a delivery may.  Past it a reception
 * stays that was that of the report taken out, and so does a mode.
 */
#define READ_KEYS_MAX 100000

static guint
hash_place(gconstpointer data)
{
	const int64_t *place = data;

	return (guint)place[0] * 31 + (guint)place[1];
}

static gboolean
is_same_place(gconstpointer a, gconstpointer b)
{
	return memcmp(a, b, 2 * sizeof(int64_t)) == 0;
}

/* Where a stored report counts, as of that reporter; the result is valid until the next call. */
static const Counted *
read_counted(Mend *mend, int64_t id, int64_t reporter, GError **error)
{
	const int64_t place[] = { id, reporter };
	Counted *counted = g_hash_table_lookup(mend->read, place);

	if (counted != NULL)
		return counted;
	g_autoptr(StoredReport) stored = read_report(mend->store, id, error);
	GArray *keys = stored != NULL
		? keys_of_day(mend->store, stored->report, reporter, mend->limits, error)
		: NULL;
	if (keys == NULL)
		return NULL;
	if (g_hash_table_size(mend->read) >= READ_MAX)
		g_hash_table_remove_all(mend->read);
	counted = g_new(Counted, 1);
	*counted = (Counted){ keys, stored->received_at };
	mend->keys_read += keys->len;
	g_hash_table_insert(mend->read, g_memdup2(place, sizeof(place)), counted);
	return counted;
}

/* Adds what a report counts to the sums of those rows that are to be made anew. */
static bool
add_report(Mend *mend, int64_t id, int64_t reporter, GError **error)
{
	const Counted *counted = read_counted(mend, id, reporter, error);

	if (counted == NULL)
		return false;
	for (guint i = 0; i < counted->keys->len; i++) {
		const Key *key = &g_array_index(counted->keys, Key, i);
		Sums *sums = g_hash_table_lookup(mend->anew, key);
		if (sums == NULL)
			continue;
		for (int j = 0; j < kinds[key->kind].counts; j++)
			sums->counts[j] = count_add(sums->counts[j], key->counts[j]);
		sums->first_received_at = MIN(sums->first_received_at, counted->received_at);
		sums->last_received_at = MAX(sums->last_received_at, counted->received_at);
		sums->reports++;
	}
	return true;
}

static bool
set_row(Store *store, const Key *key, const Sums *sums, GError **error)
{
	Values values = { 0 };

	add_value(&values, sums->reports);
	for (int i = 0; i < kinds[key->kind].counts; i++)
		add_value(&values, sums->counts[i]);
	if (key->kind == KEY_DAILY_TOTAL)
		add_value(&values, day_of(sums->last_received_at) - key->day);
	if (key->kind == KEY_INCIDENT_DAY)
		add_value(&values, day_of(sums->first_received_at) - key->day);
	add_key(&values, key);
	return run_values(store, kinds[key->kind].set, &values, error);
}

/*
 * Makes the rows of a reporter's day anew for which that was found necessary, from one reading of his
 * reports of that day.
 */
static bool
make_anew(Mend *mend, int64_t day, int64_t reporter, GError **error)
{
	GHashTableIter iter;
	gpointer key, sums;
	bool unknown;

	if (g_hash_table_size(mend->anew) == 0)
		return true;
	if (!has_pruned(mend, day, reporter, &unknown, error))
		return false;
	if (unknown) {
		g_hash_table_remove_all(mend->anew);
		return true;
	}
	g_autoptr(GArray) list = list_day(mend->store, day, STATE_WHOLE, reporter, 0, error);
	if (list == NULL)
		return false;
	for (guint i = 0; i < list->len; i++) {
		if (mend->keys_read >= READ_KEYS_MAX) {
			g_hash_table_remove_all(mend->anew);
			return true;
		}
		if (!add_report(mend, g_array_index(list, int64_t, i), reporter, error))
			return false;
	}
	g_hash_table_iter_init(&iter, mend->anew);
	while (g_hash_table_iter_next(&iter, &key, &sums)) {
		if (((const Sums *)sums)->reports > 0 && !set_row(mend->store, key, sums, error))
			return false;
	}
	g_hash_table_remove_all(mend->anew);
	return true;
}

/*
 * Recomputes a row if only the old or only the new form of the report counts in it, or if a count
 * in it was at the maximum.
 */
static bool
mend_row(const Mend *mend, const Key *key, bool one_sided, GError **error)
{
	Store *store = mend->store;
	Values values = { 0 };
	int64_t largest = 0;
	bool has;

	add_key(&values, key);
	if (!run_values(store, kinds[key->kind].clean, &values, error)
		|| !store_query(store, bind_values(store, kinds[key->kind].select, &values, error),
			&has, &largest, error))
		return false;
	if (has && (one_sided || largest >= COUNT_MAX)) {
		Sums *sums = g_new(Sums, 1);
		*sums = (Sums){ .first_received_at = INT64_MAX, .last_received_at = INT64_MIN };
		g_hash_table_insert(mend->anew, (gpointer)key, sums);
	}
	return true;
}

/* --- incidents */

typedef struct {
	char *mode;
	int64_t mode_at, first_day, last_day;
	bool has_days; /* whether incident_day still has rows of it */
	int64_t oldest_day, latest_day; /* of its rows in incident_day */
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
	}
	driver->reset(row);
	return incident;
}

/*
 * Finds the policy mode that the latest report with the incident stated, if that report is still
 * known.
 */
static bool
find_mode(Mend *mend, const Key *key, Incident *incident, GError **error)
{
	bool unknown;

	if (!has_pruned(mend, incident->last_day, 0, &unknown, error))
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
	g_autoptr(GArray) list = list_day(
		mend->store, incident->last_day, STATE_WHOLE, 0, key->domain, error);
	if (list == NULL)
		return false;
	for (size_t i = list->len; i-- > 0 && mend->keys_read < READ_KEYS_MAX;) {
		const Counted *counted = read_counted(
			mend, g_array_index(list, int64_t, i), 0, error);
		if (counted == NULL)
			return false;
		const GArray *keys = counted->keys;
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

/* Leaves nothing of an incident that no report has any longer, except its number where that stays. */
static bool
clear_incident(Store *store, int64_t id, GError **error)
{
	bool gone;

	return store_forget_incident(store, id, &gone, error)
		&& (gone
			|| store_run(store, store_bind(store, SQL_CLEAR_INCIDENT, error, "i", id),
				error));
}

/* Corrects an incident that the reprocessed report lost, or has with other values. */
static bool
mend_incident(Mend *mend, const Key *key, GError **error)
{
	Store *store = mend->store;
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
		return clear_incident(store, id, error);
	/* Days before the oldest one left are days whose totals were pruned. */
	if (!incident->has_days) {
		incident->last_day = incident->first_day;
	} else {
		if (incident->first_day == gone_day || incident->first_day > incident->oldest_day)
			incident->first_day = incident->oldest_day;
		if (incident->last_day == gone_day || incident->last_day < incident->latest_day)
			incident->last_day = incident->latest_day;
	}
	return find_mode(mend, key, incident, error)
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
mend_seen(const Mend *mend, const Key *key, GError **error)
{
	Store *store = mend->store;
	int64_t first = 0, last = 0, day = 0;
	bool has, unknown, found = false;

	if (!read_seen(store, key, &has, &first, &last, error)
		|| !has_pruned(mend, key->day, key->reporter, &unknown, error))
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

/*
 * Mends a row in which the report counted, with is_gone, or in which it counts now.  other is the
 * same row on the other side, NULL if it is not there.  What was added needs no mending where nothing
 * had to be taken away.
 */
static bool
mend_key(Mend *mend, const Key *key, const Key *other, bool is_gone, GError **error)
{
	if (key->kind == KEY_POLICY_SEEN)
		return !is_gone || other != NULL || mend_seen(mend, key, error);
	if (key->kind == KEY_REPORTER_DAY)
		return store_run(mend->store,
			store_bind(mend->store, SQL_CLEAN_REPORTER_DAY, error, "ii", key->reporter,
				key->day),
			error);
	if (!mend_row(mend, key, is_gone && other == NULL, error))
		return false;
	/* What was written anew counts as the latest of its time, which another report may be. */
	if (key->kind != KEY_INCIDENT_DAY
		|| (is_gone && other != NULL && other->counts_at == key->counts_at
			&& strcmp(other->mode, key->mode) == 0))
		return true;
	return mend_incident(mend, key, error);
}

static bool
mend_keys(Mend *mend, const GArray *keys, const GArray *others, bool is_gone, GError **error)
{
	g_autoptr(GHashTable) rows = index_rows(others);

	for (guint i = 0; i < keys->len; i++) {
		const Key *key = &g_array_index(keys, Key, i);
		if (!mend_key(mend, key, g_hash_table_lookup(rows, key), is_gone, error))
			return false;
	}
	const Key *any = keys->len > 0 ? &g_array_index(keys, Key, 0) : NULL;
	return any == NULL || make_anew(mend, any->day, any->reporter, error);
}

/* --- the failure reason codes that a reporter gave for incidents */

/*
 * How many failure rows are read at most, likewise.  Past it the codes stay that the report taken out
 * has given.
 */
#define READ_ROWS_MAX 500000

typedef struct {
	Mend *mend;
	int64_t reporter;
	GHashTable *incidents; /* of int64_t, those whose codes are to be recomputed */
	GArray *days; /* of int64_t, on which the reporter had one of them */
	Totals totals;
	int64_t rows_read;
} Reasons;

static int
compare_numbers(gconstpointer a, gconstpointer b)
{
	const int64_t one = *(const int64_t *)a, other = *(const int64_t *)b;

	return (one > other) - (one < other);
}

/* Adds an incident, unless a report that was pruned may have given a code for it. */
static bool
add_incident(Reasons *reasons, const Key *key, GError **error)
{
	Mend *mend = reasons->mend;
	g_autoptr(GArray) days = store_list(mend->store,
		store_bind(mend->store, SQL_LIST_DAYS_OF_INCIDENT, error, "ii", key->ids[0],
			key->reporter),
		error);

	if (days == NULL)
		return false;
	for (guint i = 0; i < days->len; i++) {
		bool unknown;
		if (!has_pruned(
			    mend, g_array_index(days, int64_t, i), key->reporter, &unknown, error))
			return false;
		if (unknown)
			return true;
	}
	reasons->reporter = key->reporter;
	g_hash_table_add(reasons->incidents, (gpointer)&key->ids[0]);
	if (days->len > 0)
		g_array_append_vals(reasons->days, days->data, days->len);
	return true;
}

static bool
read_reasons_of(Reasons *reasons, int64_t day, int64_t report, GError **error)
{
	Store *store = reasons->mend->store;
	StoreStatement *rows = store_bind(
		store, SQL_READ_REASONS_OF_REPORT, error, "ii", day, report);
	StepResult result;

	if (rows == NULL)
		return false;
	while ((result = store->driver->step(rows, error)) == STEP_ROW
		&& reasons->rows_read++ < READ_ROWS_MAX) {
		const int64_t code[] = { store->driver->column_int(rows, OF_REPORT_INCIDENT),
			reasons->reporter, store->driver->column_int(rows, OF_REPORT_REASON) };
		const int64_t counts[] = { store->driver->column_int(rows, OF_REPORT_SESSIONS), day,
			day };
		if (g_hash_table_contains(reasons->incidents, &code[0]))
			totals_add(&reasons->totals, TOTAL_INCIDENT_REASON, code, counts);
	}
	store->driver->reset(rows);
	return result != STEP_ERROR;
}

/* Reads all reports of those days in the order in which they came, each once for all incidents. */
static bool
read_reasons(Reasons *reasons, GError **error)
{
	g_array_sort(reasons->days, compare_numbers);
	for (guint i = 0; i < reasons->days->len; i++) {
		const int64_t day = g_array_index(reasons->days, int64_t, i);
		if (i > 0 && day == g_array_index(reasons->days, int64_t, i - 1))
			continue;
		g_autoptr(GArray) list = list_day(
			reasons->mend->store, day, STATE_WHOLE, reasons->reporter, 0, error);
		if (list == NULL)
			return false;
		if (list->len > 0)
			g_array_sort(list, compare_numbers);
		for (guint j = 0; j < list->len && reasons->rows_read <= READ_ROWS_MAX; j++) {
			if (!read_reasons_of(reasons, day, g_array_index(list, int64_t, j), error))
				return false;
		}
	}
	return true;
}

static bool
write_reasons(Reasons *reasons, GError **error)
{
	Store *store = reasons->mend->store;
	GHashTableIter iter;
	gpointer incident;

	g_hash_table_iter_init(&iter, reasons->incidents);
	while (g_hash_table_iter_next(&iter, &incident, NULL)) {
		if (!store_run(store,
			    store_bind(store, SQL_DELETE_INCIDENT_REASONS, error, "ii",
				    *(const int64_t *)incident, reasons->reporter),
			    error))
			return false;
	}
	return totals_write(&reasons->totals, store, NULL, 0, error);
}

/* Recomputes the codes of the incidents that a report has, from all reports still stored. */
static bool
mend_reasons(Mend *mend, const GArray *keys, GError **error)
{
	g_autoptr(GHashTable) incidents = g_hash_table_new(g_int64_hash, g_int64_equal);
	g_autoptr(GArray) days = g_array_new(FALSE, FALSE, sizeof(int64_t));
	Reasons reasons = { .mend = mend, .incidents = incidents, .days = days };

	for (guint i = 0; i < keys->len; i++) {
		const Key *key = &g_array_index(keys, Key, i);
		if (key->kind == KEY_INCIDENT_DAY && !add_incident(&reasons, key, error))
			return false;
	}
	const bool ok = g_hash_table_size(incidents) == 0
		|| (read_reasons(&reasons, error)
			&& (reasons.rows_read > READ_ROWS_MAX || write_reasons(&reasons, error)));
	totals_clear(&reasons.totals);
	return ok;
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
	g_autoptr(GHashTable)
		pruned = g_hash_table_new_full(hash_pruned, is_same_pruned, g_free, NULL);
	g_autoptr(GHashTable) anew = g_hash_table_new_full(hash_row, is_equal_row, NULL, g_free);
	g_autoptr(GHashTable)
		read = g_hash_table_new_full(hash_place, is_same_place, g_free, counted_free);
	Mend mend = { store, limits, pruned, anew, read, 0 };

	/* The reasons come first, since an incident that has no days left is deleted below. */
	return mend_reasons(&mend, before, error) && mend_keys(&mend, before, now, true, error)
		&& mend_keys(&mend, now, before, false, error) && mend_reasons(&mend, now, error)
		&& sum_up(store, before, error) && sum_up(store, now, error);
}
