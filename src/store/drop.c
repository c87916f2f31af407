/*
 * Takes one report out of the store with all that it has counted, as if it had never come.  Its own
 * row stays, so that the report does not count again when the same is delivered again, unless the
 * store is to forget it.
 */
#include "tlsrpt/store_write.h"

#include "tlsrpt/error.h"

#include "replace.h"
#include "transaction.h"

typedef struct {
	const char *id;
	bool forget;
	const Limits *limits;
	StoreDropped *dropped;
} Drop;

static bool
fail_unknown(const char *id, GError **error)
{
	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE, "there is no report \"%s\"", id);
	return false;
}

static bool
run_for(Store *store, SqlStatement which, int64_t id, GError **error)
{
	return store_run(store, store_bind(store, which, error, "i", id), error);
}

/* Whoever looks for new reports by their numbers must know that this one's may be given again. */
static bool
forget(Store *store, int64_t id, GError **error)
{
	return store_run(store, store_bind(store, SQL_ADD_REWRITE, error, ""), error)
		&& run_for(store, SQL_DELETE_IDENTITIES, id, error)
		&& run_for(store, SQL_DELETE_REPORT, id, error);
}

/* Finds a report that was dropped before; only its number is left to name it by. */
static bool
find_dropped(Store *store, const Drop *work, GError **error)
{
	int64_t id, state = STATE_WHOLE;
	bool found = false;

	if (!work->forget || !g_ascii_string_to_signed(work->id, 10, 1, G_MAXINT64, &id, NULL))
		return fail_unknown(work->id, error);
	if (!store_query(store, store_bind(store, SQL_SELECT_STATE, error, "i", id), &found, &state,
		    error))
		return false;
	if (!found || state != STATE_DROPPED)
		return fail_unknown(work->id, error);
	work->dropped->id = id;
	return true;
}

void
store_dropped_clear(StoreDropped *dropped)
{
	g_clear_pointer(&dropped->organization, g_free);
	g_clear_pointer(&dropped->report_id, g_free);
}

/* Says what of the report goes. */
static void
describe(const StoredReport *stored, StoreDropped *dropped)
{
	const Report *report = stored->report;

	dropped->id = stored->id;
	dropped->organization = g_strdup(report->organization);
	dropped->report_id = g_strdup(report->report_id);
	dropped->policies = report->policies->len;
	dropped->failures = (int64_t)report_failures(report);
	dropped->findings = report->findings->len;
}

/* Finds what is to be dropped; *stored is NULL for one that was dropped before. */
static bool
find(Store *store, const Drop *work, StoredReport **stored, GError **error)
{
	GError *problem = NULL;

	store_dropped_clear(work->dropped);
	*work->dropped = (StoreDropped){ .forgotten = work->forget };
	*stored = store_read_report(store, work->id, &problem);
	if (problem != NULL) {
		g_propagate_error(error, problem);
		return false;
	}
	if (*stored == NULL)
		return find_dropped(store, work, error);
	describe(*stored, work->dropped);
	if (!(*stored)->pruned)
		return true;
	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE,
		"report \"%s\" was pruned: what it has added to the totals is no longer known",
		work->id);
	return false;
}

static bool
drop(Store *store, void *data, GError **error)
{
	const Drop *work = data;
	g_autoptr(StoredReport) stored = NULL;

	return find(store, work, &stored, error)
		&& (stored == NULL || replace_with_nothing(store, stored, work->limits, error))
		&& (!work->forget || forget(store, work->dropped->id, error));
}

bool
store_drop_report(Store *store, const char *id, bool forget, const Limits *limits,
	StoreDropped *dropped, GError **error)
{
	Drop work = { id, forget, limits, dropped };

	*dropped = (StoreDropped){ 0 };
	return store_transact(store, drop, &work, error);
}

bool
store_find_droppable(
	Store *store, const char *id, bool forget, StoreDropped *droppable, GError **error)
{
	const Drop work = { id, forget, NULL, droppable };
	g_autoptr(StoredReport) stored = NULL;

	*droppable = (StoreDropped){ 0 };
	return find(store, &work, &stored, error);
}
