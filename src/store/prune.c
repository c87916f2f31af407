/*
 * Retention.  The rows and the raw bytes of an old report are deleted; its own row and its identity
 * stay.  Totals are kept longer, notes and the incidents that have some for ever.  What nothing
 * refers to after that is collected (collect.c).
 */
#include "tlsrpt/day.h"
#include "tlsrpt/store_write.h"

#include "collect.h"
#include "quarantine.h"
#include "transaction.h"

#define PAGES_A_STEP 64
#define NO_SUMS SQL_STATEMENTS /* no statement: the table has no derived sums */

typedef struct {
	Store *store;
	const StoreRetention *retention;
	const StoreWatch *watch;
	StorePruned *pruned;
	GArray *list; /* of int64_t: the ids to delete */
	size_t next; /* index into list of the next id to delete */
	int64_t last_report; /* reports up to this id were looked at */
	int64_t last_key; /* last key looked at in the current table */
	int64_t pages_left;
} Prune;

static bool
forget(Prune *prune, SqlStatement which, int64_t id, int64_t *rows, GError **error)
{
	Store *store = prune->store;

	if (!store_run(store, store_bind(store, which, error, "i", id), error))
		return false;
	*rows += store->driver->changes(store->connection);
	return true;
}

static bool
prune_report(Prune *prune, int64_t id, GError **error)
{
	StorePruned *pruned = prune->pruned;
	int64_t raw = 0;

	return forget(prune, SQL_PRUNE_FAILURES, id, &pruned->failures, error)
		&& forget(prune, SQL_PRUNE_POLICIES, id, &pruned->policies, error)
		&& forget(prune, SQL_PRUNE_FINDINGS, id, &pruned->findings, error)
		&& forget(prune, SQL_PRUNE_RAW, id, &raw, error)
		&& forget(prune, SQL_PRUNE_REPORT, id, &pruned->reports, error);
}

/* Returns the next id of the list, which must have one; *more says whether others follow. */
static int64_t
take_next(Prune *prune, bool *more)
{
	const int64_t id = g_array_index(prune->list, int64_t, prune->next++);

	*more = prune->next < prune->list->len;
	return id;
}

static bool
step_reports(void *work, bool *more, GError **error)
{
	Prune *prune = work;

	return prune_report(prune, take_next(prune, more), error);
}

static bool
step_quarantine(void *work, bool *more, GError **error)
{
	Prune *prune = work;

	bool there;

	if (!quarantine_delete(prune->store, take_next(prune, more), &there, error))
		return false;
	prune->pruned->quarantined += there;
	return true;
}

static void
show_list(void *work)
{
	const Prune *prune = work;

	prune->watch->show(prune->watch->data, (int64_t)prune->next, prune->list->len);
}

/*
 * Deletes a report that arrived while the pruning went on and whose day's totals are about to be
 * deleted.  Otherwise it would stay stored and be counted in no total.
 */
static bool
prune_latecomers(Prune *prune, GError **error)
{
	Store *store = prune->store;
	const int64_t before = prune->retention->totals_before;
	bool found = true;

	while (found) {
		int64_t id;
		if (!store_query(store,
			    store_bind(store, SQL_FIND_PRUNABLE, error, "ii", prune->last_report,
				    before),
			    &found, &id, error)
			|| (found && !prune_report(prune, id, error)))
			return false;
		if (found)
			prune->last_report = id;
	}
	return true;
}

/*
 * Deletes one domain's rows of the oldest day in a table of daily totals, and the sums derived from
 * them.
 */
static bool
prune_oldest(Prune *prune, SqlStatement find, SqlStatement delete, SqlStatement delete_sums,
	int64_t *rows, bool *more, GError **error)
{
	Store *store = prune->store;
	int64_t day = 0, domain = 0;

	if (!prune_latecomers(prune, error))
		return false;
	StoreStatement *oldest = store_bind(
		store, find, error, "i", prune->retention->totals_before);
	if (oldest == NULL)
		return false;
	const StepResult result = store->driver->step(oldest, error);
	*more = result == STEP_ROW;
	if (*more) {
		day = store->driver->column_int(oldest, OLD_DAY);
		domain = store->driver->column_int(oldest, OLD_DOMAIN);
	}
	store->driver->reset(oldest);
	if (!*more)
		return result == STEP_DONE;
	if (!store_run(store, store_bind(store, delete, error, "ii", day, domain), error))
		return false;
	*rows += store->driver->changes(store->connection);
	return delete_sums == NO_SUMS
		|| store_run(
			store, store_bind(store, delete_sums, error, "ii", day, domain), error);
}

static bool
step_daily(void *work, bool *more, GError **error)
{
	Prune *prune = work;

	return prune_oldest(prune, SQL_FIND_OLD_DAILY, SQL_PRUNE_DAILY, NO_SUMS,
		&prune->pruned->daily, more, error);
}

static bool
step_daily_total(void *work, bool *more, GError **error)
{
	Prune *prune = work;

	return prune_oldest(prune, SQL_FIND_OLD_DAILY_TOTAL, SQL_PRUNE_DAILY_TOTAL,
		SQL_PRUNE_DAILY_SUM, &prune->pruned->daily_total, more, error);
}

/* Deletes the old rows of the next key that has any, the sums derived from them first. */
static bool
prune_key(Prune *prune, SqlStatement find, SqlStatement delete, SqlStatement delete_sums,
	int64_t *rows, bool *more, GError **error)
{
	Store *store = prune->store;
	const int64_t before = prune->retention->totals_before;

	if (!prune_latecomers(prune, error)
		|| !store_query(store,
			store_bind(store, find, error, "ii", prune->last_key, before), more,
			&prune->last_key, error))
		return false;
	if (!*more)
		return true;
	if (delete_sums != NO_SUMS
		&& !store_run(store,
			store_bind(store, delete_sums, error, "ii", prune->last_key, before),
			error))
		return false;
	if (!store_run(
		    store, store_bind(store, delete, error, "ii", prune->last_key, before), error))
		return false;
	*rows += store->driver->changes(store->connection);
	return true;
}

static bool
step_incident_days(void *work, bool *more, GError **error)
{
	Prune *prune = work;

	if (!prune_key(prune, SQL_FIND_OLD_INCIDENT, SQL_PRUNE_INCIDENT_DAYS,
		    SQL_PRUNE_DAILY_SUMS_OF_INCIDENT, &prune->pruned->incident_days, more, error))
		return false;
	return !*more
		|| store_run(prune->store,
			store_bind(prune->store, SQL_PRUNE_INCIDENT_REASONS, error, "ii",
				prune->last_key, prune->retention->totals_before),
			error);
}

static bool
step_policy_seen(void *work, bool *more, GError **error)
{
	Prune *prune = work;

	return prune_key(prune, SQL_FIND_OLD_POLICY_SEEN, SQL_PRUNE_POLICY_SEEN, NO_SUMS,
		&prune->pruned->policy_seen, more, error);
}

static bool
step_give_back(void *work, bool *more, GError **error)
{
	Prune *prune = work;
	const int64_t before = prune->pages_left;

	if (!prune->store->driver->give_back(
		    prune->store->connection, PAGES_A_STEP, &prune->pages_left, error))
		return false;
	*more = prune->pages_left > 0 && (before < 0 || prune->pages_left < before);
	return true;
}

/* Performs the step for each id of a list. */
static bool
run_list(Prune *prune, GArray *list, StoreStep step, GError **error)
{
	if (list == NULL)
		return false;
	prune->list = list;
	prune->next = 0;
	return list->len == 0
		|| store_in_batches(
			prune->store, step, show_list, prune, &prune->pruned->longest_us, error);
}

static bool
run_reports(Prune *prune, GError **error)
{
	Store *store = prune->store;
	const int64_t before = prune->retention->before;
	bool found;

	if (!store_query(store, store_bind(store, SQL_LAST_REPORT, error, ""), &found,
		    &prune->last_report, error))
		return false;
	g_autoptr(GArray) list = store_list(store,
		store_bind(store, SQL_LIST_PRUNABLE, error, "ii", before, prune->last_report),
		error);
	return run_list(prune, list, step_reports, error);
}

static bool
run_quarantine(Prune *prune, GError **error)
{
	Store *store = prune->store;
	g_autoptr(GArray) list = store_list(store,
		store_bind(store, SQL_LIST_OLD_QUARANTINED, error, "i",
			prune->retention->before * DAY_SECONDS),
		error);

	return run_list(prune, list, step_quarantine, error);
}

static bool
run_totals(Prune *prune, GError **error)
{
	static const StoreStep steps[] = { step_daily, step_daily_total, step_incident_days,
		step_policy_seen };

	for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
		prune->last_key = 0;
		if (!store_in_batches(
			    prune->store, steps[i], NULL, prune, &prune->pruned->longest_us, error))
			return false;
	}
	return true;
}

static bool
run_give_back(Prune *prune, GError **error)
{
	Store *store = prune->store;

	prune->pages_left = -1;
	return store_in_batches(
		       store, step_give_back, NULL, prune, &prune->pruned->longest_us, error)
		&& store->driver->settle(store->connection, error);
}

bool
store_prune(Store *store, const StoreRetention *retention, const StoreWatch *watch,
	StorePruned *pruned, GError **error)
{
	Prune prune = {
		.store = store,
		.retention = retention,
		.watch = watch,
		.pruned = pruned,
	};

	*pruned = (StorePruned){ 0 };
	return run_reports(&prune, error) && run_quarantine(&prune, error)
		&& run_totals(&prune, error)
		&& store_collect(store, &pruned->collected, &pruned->longest_us, error)
		&& run_give_back(&prune, error);
}

bool
store_count_prunable(
	Store *store, const StoreRetention *retention, StorePruned *prunable, GError **error)
{
	int64_t *const members[] = {
		[PRUNABLE_REPORTS] = &prunable->reports,
		[PRUNABLE_POLICIES] = &prunable->policies,
		[PRUNABLE_FAILURES] = &prunable->failures,
		[PRUNABLE_FINDINGS] = &prunable->findings,
		[PRUNABLE_QUARANTINED] = &prunable->quarantined,
		[PRUNABLE_DAILY] = &prunable->daily,
		[PRUNABLE_DAILY_TOTAL] = &prunable->daily_total,
		[PRUNABLE_INCIDENT_DAYS] = &prunable->incident_days,
		[PRUNABLE_POLICY_SEEN] = &prunable->policy_seen,
	};
	StoreStatement *statement = store_bind(store, SQL_COUNT_PRUNABLE, error, "ii",
		retention->before, retention->totals_before);

	*prunable = (StorePruned){ 0 };
	if (statement == NULL)
		return false;
	const StepResult result = store->driver->step(statement, error);
	for (size_t i = 0; i < G_N_ELEMENTS(members) && result == STEP_ROW; i++)
		*members[i] = store->driver->column_int(statement, (int)i);
	store->driver->reset(statement);
	return result == STEP_ROW;
}
