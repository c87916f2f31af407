#include "totals.h"

#include "names.h"

#include "tlsrpt/report.h"

/* What is to be added to one row of a table of totals. */
typedef struct {
	int64_t key[TOTAL_KEYS];
	int64_t reports;
	int64_t counts[TOTAL_COUNTS];
	size_t place; /* index of the first report that adds to it */
} Total;

/* How two counts for the same row are merged. */
typedef enum {
	MERGE_SUM,
	MERGE_EARLIEST,
	MERGE_LATEST,
} Merge;

#define NONE SQL_STATEMENTS

/* From so many rows on a statement that merges them is faster, which takes longer to prepare. */
#define MERGE_FROM 32

/*
 * All statements take the number of reports, the counts and the key, as far as the kind has them.
 * One merges all rows with those that are there.  Else the first is tried for all rows, and the
 * second is for those on which the first had no effect.
 */
static const struct {
	int keys, counts;
	bool has_reports;
	Merge merges[TOTAL_COUNTS];
	SqlStatement merge, first, second;
} kinds[] = {
	[TOTAL_REPORTER_DAY] = { 2, 0, true, { MERGE_SUM }, SQL_MERGE_REPORTER_DAY, NONE, NONE },
	[TOTAL_DAILY] = { 4, 2, true, { MERGE_SUM, MERGE_SUM }, SQL_MERGE_DAILY, SQL_INSERT_DAILY,
		SQL_ADD_DAILY },
	[TOTAL_DAILY_TOTAL] = { 3, 3, true, { MERGE_SUM, MERGE_SUM, MERGE_LATEST },
		SQL_MERGE_DAILY_TOTAL, SQL_INSERT_DAILY_TOTAL, SQL_ADD_DAILY_TOTAL },
	[TOTAL_INCIDENT_DAY] = { 3, 2, true, { MERGE_SUM, MERGE_EARLIEST }, SQL_MERGE_INCIDENT_DAY,
		SQL_INSERT_INCIDENT_DAY, SQL_ADD_INCIDENT_DAY },
	[TOTAL_DAILY_SUM] = { 4, 2, true, { MERGE_SUM, MERGE_SUM }, SQL_MERGE_DAILY_SUM, NONE,
		NONE },
	[TOTAL_POLICY_SEEN] = { 4, 2, false, { MERGE_EARLIEST, MERGE_LATEST },
		SQL_MERGE_POLICY_SEEN, NONE, NONE },
	[TOTAL_INCIDENT_REASON] = { 3, 3, false, { MERGE_SUM, MERGE_EARLIEST, MERGE_LATEST }, NONE,
		SQL_ADD_INCIDENT_REASON, SQL_INSERT_INCIDENT_REASON },
};

/* Parameter types: all are numbers, and there are as many as the longest statement takes. */
static const char types[] = "iiiiiiii";

void
totals_clear(Totals *totals)
{
	for (size_t i = 0; i < TOTAL_KINDS; i++)
		g_clear_pointer(&totals->rows[i], g_array_unref);
}

static void
add_total(Totals *totals, TotalKind kind, const Total *total)
{
	if (totals->rows[kind] == NULL)
		totals->rows[kind] = g_array_new(FALSE, FALSE, sizeof(Total));
	g_array_append_vals(totals->rows[kind], total, 1);
}

void
totals_add(Totals *totals, TotalKind kind, const int64_t *key, const int64_t *counts)
{
	Total total = { .reports = 1 };

	for (int i = 0; i < kinds[kind].keys; i++)
		total.key[i] = key[i];
	for (int i = 0; i < kinds[kind].counts; i++)
		total.counts[i] = counts[i];
	if (totals->rows[kind] != NULL)
		total.place = totals->rows[kind]->len;
	add_total(totals, kind, &total);
}

static int
compare_keys(gconstpointer a, gconstpointer b)
{
	const Total *one = a, *other = b;

	for (size_t i = 0; i < TOTAL_KEYS; i++) {
		if (one->key[i] != other->key[i])
			return one->key[i] < other->key[i] ? -1 : 1;
	}
	return one->place < other->place ? -1 : one->place > other->place;
}

static bool
has_same_key(const Total *one, const Total *other)
{
	for (size_t i = 0; i < TOTAL_KEYS; i++) {
		if (one->key[i] != other->key[i])
			return false;
	}
	return true;
}

static void
merge(TotalKind kind, Total *total, const Total *more)
{
	total->reports += more->reports;
	for (int i = 0; i < kinds[kind].counts; i++) {
		const int64_t count = more->counts[i];
		switch (kinds[kind].merges[i]) {
		case MERGE_SUM:
			total->counts[i] = count_add(total->counts[i], count);
			break;
		case MERGE_EARLIEST:
			total->counts[i] = MIN(total->counts[i], count);
			break;
		case MERGE_LATEST:
			total->counts[i] = MAX(total->counts[i], count);
			break;
		}
	}
}

/* Sorts the rows by key and merges rows that have the same key. */
static void
add_up(TotalKind kind, GArray *rows)
{
	guint n = 0;

	if (rows->len < 2)
		return;
	g_array_sort(rows, compare_keys);
	for (guint i = 1; i < rows->len; i++) {
		Total *last = &g_array_index(rows, Total, n);
		const Total *next = &g_array_index(rows, Total, i);
		if (has_same_key(last, next))
			merge(kind, last, next);
		else
			g_array_index(rows, Total, ++n) = *next;
	}
	g_array_set_size(rows, n + 1);
}

static void
add_parameters(Task *task, TotalKind kind, const Total *total)
{
	int64_t numbers[sizeof(types)];
	size_t n = 0;

	if (kinds[kind].has_reports)
		numbers[n++] = total->reports;
	for (int i = 0; i < kinds[kind].counts; i++)
		numbers[n++] = total->counts[i];
	for (int i = 0; i < kinds[kind].keys; i++)
		numbers[n++] = total->key[i];
	task_add_numbers(task, numbers);
}

static Task
task_of(TotalKind kind, int which)
{
	const int width = kinds[kind].keys + kinds[kind].counts + (kinds[kind].has_reports ? 1 : 0);

	return TASK(which, types + sizeof(types) - 1 - width);
}

/* Whether the rows of a kind are merged by one statement. */
static bool
is_merged(const Store *store, TotalKind kind, const GArray *rows)
{
	return kinds[kind].merge != NONE
		&& (kinds[kind].first == NONE || store->driver->is_remote
			|| rows->len >= MERGE_FROM);
}

/* The rows on which the first statement had no effect. */
static GArray *
rows_left(const GArray *rows, const Task *task)
{
	GArray *left = g_array_new(FALSE, FALSE, sizeof(Total));

	for (guint i = 0; i < task->n; i++) {
		if (task->results[i] == 0)
			g_array_append_val(left, g_array_index(rows, Total, i));
	}
	return left;
}

/* --- a limit for the reason codes of an incident: a reporter can make up any number */

#define CODES_MAX 20
#define FOLDED 0 /* marks a folded code; no row has this id */

static int
compare_places(gconstpointer a, gconstpointer b)
{
	const Total *one = a, *other = b;

	return one->place < other->place ? -1 : one->place > other->place;
}

static bool
is_of_same_pair(const Total *one, const Total *other)
{
	return one->key[0] == other->key[0] && one->key[1] == other->key[1];
}

/* Counts the codes that each pair of incident and reporter has already; rows are sorted by pair. */
static bool
count_codes(Store *store, const GArray *rows, int64_t other, GArray *pairs, GError **error)
{
	g_auto(Task) task = QUERY(SQL_COUNT_INCIDENT_REASONS, "iii");
	Task *const tasks[] = { &task };

	for (guint i = 0; i < rows->len; i++) {
		const Total *row = &g_array_index(rows, Total, i);
		if (i > 0 && is_of_same_pair(row, row - 1))
			continue;
		g_array_append_vals(pairs, row, 1);
		task_add(&task, row->key[0], row->key[1], other);
	}
	if (!store_perform(store, tasks, G_N_ELEMENTS(tasks), error))
		return false;
	for (guint i = 0; i < pairs->len; i++)
		g_array_index(pairs, Total, i).reports = task.results[i];
	return true;
}

/* Marks the rows whose codes are beyond the limit; *folds says whether there are any. */
static void
mark_folded(GArray *rows, GArray *pairs, int64_t other, bool *folds)
{
	*folds = false;
	g_array_sort(rows, compare_places);
	for (guint i = 0; i < rows->len; i++) {
		Total *row = &g_array_index(rows, Total, i);
		Total *pair = NULL;
		for (guint j = 0; pair == NULL; j++) {
			if (is_of_same_pair(&g_array_index(pairs, Total, j), row))
				pair = &g_array_index(pairs, Total, j);
		}
		if (row->key[2] == other || pair->reports++ < CODES_MAX)
			continue;
		row->key[2] = FOLDED;
		*folds = true;
	}
}

/* Replaces the codes that are beyond the limit by "(other)". */
static bool
fold_codes(Store *store, GArray *rows, GError **error)
{
	g_autoptr(GArray) pairs = g_array_new(FALSE, FALSE, sizeof(Total));
	int64_t other;
	bool folds;

	if (!store_find_name(store, NAME_REASON, NAME_REASON_OTHER, &other, error)
		|| !count_codes(store, rows, other, pairs, error))
		return false;
	mark_folded(rows, pairs, other, &folds);
	if (folds && other < 0) {
		const Name *name = store_want_name(store, NAME_REASON, NAME_REASON_OTHER);
		if (!store_resolve_names(store, error))
			return false;
		other = name->id;
	}
	for (guint i = 0; i < rows->len; i++) {
		Total *row = &g_array_index(rows, Total, i);
		if (row->key[2] == FOLDED)
			row->key[2] = other;
	}
	add_up(TOTAL_INCIDENT_REASON, rows);
	return true;
}

static bool
write_codes(Store *store, GArray *rows, GError **error)
{
	g_auto(Task) adds = task_of(TOTAL_INCIDENT_REASON, SQL_ADD_INCIDENT_REASON);
	g_auto(Task) inserts = task_of(TOTAL_INCIDENT_REASON, SQL_INSERT_INCIDENT_REASON);
	Task *const first[] = { &adds }, *const second[] = { &inserts };

	if (!fold_codes(store, rows, error))
		return false;
	for (guint i = 0; i < rows->len; i++)
		add_parameters(&adds, TOTAL_INCIDENT_REASON, &g_array_index(rows, Total, i));
	if (!store_perform(store, first, 1, error))
		return false;
	g_autoptr(GArray) left = rows_left(rows, &adds);
	for (guint i = 0; i < left->len; i++)
		add_parameters(&inserts, TOTAL_INCIDENT_REASON, &g_array_index(left, Total, i));
	return store_perform(store, second, 1, error);
}

/* --- all of them */

static bool
write_rest(const Totals *totals, Store *store, const Task *first, GError **error)
{
	Task second[TOTAL_KINDS] = { 0 };
	Task *tasks[TOTAL_KINDS];
	g_autoptr(GArray) codes = NULL;

	for (size_t i = 0; i < TOTAL_KINDS; i++) {
		second[i] = task_of(i, kinds[i].second);
		tasks[i] = &second[i];
		if (totals->rows[i] == NULL || is_merged(store, i, totals->rows[i]))
			continue;
		g_autoptr(GArray) left = rows_left(totals->rows[i], &first[i]);
		for (guint j = 0; j < left->len && i != TOTAL_INCIDENT_REASON; j++)
			add_parameters(&second[i], i, &g_array_index(left, Total, j));
		if (i == TOTAL_INCIDENT_REASON && left->len > 0)
			codes = g_steal_pointer(&left);
	}
	const bool ok = store_perform(store, tasks, TOTAL_KINDS, error)
		&& (codes == NULL || write_codes(store, codes, error));
	for (size_t i = 0; i < TOTAL_KINDS; i++)
		task_clear(&second[i]);
	return ok;
}

/*
 * Over a network, one statement does it all, so that nobody has to wait for its results.  What it
 * does with a reason depends on those before it; so they go one by one, in the order in which they
 * came.
 */
static void
make_blind(TotalKind kind, Task *task, GArray *rows)
{
	task->is_blind = true;
	if (kind == TOTAL_INCIDENT_REASON)
		g_array_sort(rows, compare_places);
}

bool
totals_write(Totals *totals, Store *store, Task *const *tasks, size_t n, GError **error)
{
	Task first[TOTAL_KINDS] = { 0 };
	g_autofree Task **all = g_new(Task *, n + TOTAL_KINDS);

	for (size_t i = 0; i < n; i++)
		all[i] = tasks[i];
	for (size_t i = 0; i < TOTAL_KINDS; i++) {
		GArray *rows = totals->rows[i];
		all[n + i] = &first[i];
		if (rows == NULL)
			continue;
		add_up(i, rows);
		const bool merges = is_merged(store, i, rows);
		first[i] = task_of(i, (int)(merges ? kinds[i].merge : kinds[i].first));
		first[i].is_plain = merges;
		if (store->driver->is_remote)
			make_blind(i, &first[i], rows);
		for (guint j = 0; j < rows->len; j++)
			add_parameters(&first[i], i, &g_array_index(rows, Total, j));
	}
	const bool ok = store_perform(store, all, n + TOTAL_KINDS, error)
		&& (store->driver->is_remote || write_rest(totals, store, first, error));
	for (size_t i = 0; i < TOTAL_KINDS; i++)
		task_clear(&first[i]);
	return ok;
}
