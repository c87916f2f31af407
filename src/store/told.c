#include "tlsrpt/store_told.h"

#include "transaction.h"

void
store_told_free(StoreTold *told)
{
	g_free(told->subject);
	g_free(told->title);
	g_free(told);
}

/* --- beginning and ending */

typedef struct {
	const StoreAlert *alert;
	StoreTelling *telling;
	bool *begun;
} Begin;

static bool
begin(Store *store, void *data, GError **error)
{
	const Begin *work = data;
	const StoreAlert *alert = work->alert;
	bool found;

	return store_run(store,
		       store_bind(store, SQL_INSERT_ALERT, error, "tt", alert->recipient,
			       alert->selection),
		       error)
		&& store_query(store,
			store_bind(store, SQL_SELECT_ALERT, error, "tt", alert->recipient,
				alert->selection),
			&found, &work->telling->alert, error)
		&& store_write(store,
			store_bind(store, SQL_BEGIN_ALERT, error, "iii", work->telling->alert,
				work->telling->at, (int64_t)TELLING_S),
			work->begun, error);
}

bool
store_begin_telling(Store *store, const StoreAlert *alert, int64_t now, StoreTelling *telling,
	bool *begun, GError **error)
{
	Begin work = { alert, telling, begun };

	telling->at = now;
	return store_transact(store, begin, &work, error);
}

typedef struct {
	const StoreTelling *telling;
	const GPtrArray *told;
} End;

static bool
remember(Store *store, const End *work, GError **error)
{
	const int64_t alert = work->telling->alert;

	if (!store_run(store, store_bind(store, SQL_DELETE_TOLD, error, "i", alert), error)
		|| !store_run(store,
			store_bind(store, SQL_SET_TOLD_AT, error, "ii", alert, work->telling->at),
			error))
		return false;
	for (size_t i = 0; i < work->told->len; i++) {
		const StoreTold *told = g_ptr_array_index(work->told, i);
		if (!store_run(store,
			    store_bind(store, SQL_INSERT_TOLD, error, "itiit", alert, told->subject,
				    (int64_t)told->level, told->at, told->title),
			    error))
			return false;
	}
	return true;
}

static bool
end(Store *store, void *data, GError **error)
{
	const End *work = data;

	return (work->told == NULL || remember(store, work, error))
		&& store_run(store,
			store_bind(store, SQL_END_ALERT, error, "ii", work->telling->alert,
				work->telling->at),
			error);
}

bool
store_end_telling(Store *store, const StoreTelling *telling, const GPtrArray *told, GError **error)
{
	End work = { telling, told };

	return store_transact(store, end, &work, error);
}

/* --- reading */

static bool
read_alert(Store *store, const StoreAlert *alert, int64_t *id, bool *ever, GError **error)
{
	StoreStatement *statement = store_bind(
		store, SQL_READ_ALERT, error, "tt", alert->recipient, alert->selection);

	if (statement == NULL)
		return false;
	const StepResult result = store->driver->step(statement, error);
	if (result == STEP_ROW) {
		*id = store->driver->column_int(statement, ALERT_ID);
		*ever = store->driver->column_int(statement, ALERT_TOLD_AT) != 0;
	}
	store->driver->reset(statement);
	return result != STEP_ERROR;
}

GPtrArray *
store_read_told(Store *store, const StoreAlert *alert, bool *ever, GError **error)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)store_told_free);
	int64_t id = 0;

	*ever = false;
	if (!read_alert(store, alert, &id, ever, error))
		return NULL;
	StoreStatement *statement = store_bind(store, SQL_READ_TOLD, error, "i", id);
	StepResult result = statement != NULL ? STEP_ROW : STEP_ERROR;
	while (result == STEP_ROW && (result = store->driver->step(statement, error)) == STEP_ROW) {
		StoreTold *told = g_new0(StoreTold, 1);
		g_ptr_array_add(list, told);
		told->subject = g_strdup(store->driver->column_text(statement, TOLD_SUBJECT));
		told->level = (int)store->driver->column_int(statement, TOLD_LEVEL);
		told->at = store->driver->column_int(statement, TOLD_AT);
		told->title = g_strdup(store->driver->column_text(statement, TOLD_TITLE));
	}
	if (statement != NULL)
		store->driver->reset(statement);
	return result == STEP_DONE ? g_steal_pointer(&list) : NULL;
}
