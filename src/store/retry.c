/* Takes messages out of quarantine again. */
#include "tlsrpt/store_write.h"

#include "deliver.h"
#include "quarantine.h"
#include "transaction.h"

void
store_quarantined_free(StoreQuarantined *quarantined)
{
	if (quarantined == NULL)
		return;
	g_free(quarantined->reason);
	g_free(quarantined->detail);
	g_free(quarantined->sender);
	g_free(quarantined->subject);
	g_bytes_unref(quarantined->gzip);
	g_free(quarantined);
}

static StoreQuarantined *
read_row(Store *store, StoreStatement *row)
{
	const StoreDriver *driver = store->driver;
	StoreQuarantined *quarantined = g_new0(StoreQuarantined, 1);

	quarantined->id = driver->column_int(row, QUARANTINED_ID);
	quarantined->received_at = driver->column_int(row, QUARANTINED_RECEIVED_AT);
	quarantined->reason = g_strdup(driver->column_text(row, QUARANTINED_REASON));
	quarantined->detail = g_strdup(driver->column_text(row, QUARANTINED_DETAIL));
	quarantined->sender = g_strdup(driver->column_text(row, QUARANTINED_SENDER));
	quarantined->subject = g_strdup(driver->column_text(row, QUARANTINED_SUBJECT));
	quarantined->size = driver->column_int(row, QUARANTINED_SIZE);
	return quarantined;
}

static void
free_row(gpointer data)
{
	store_quarantined_free(data);
}

GPtrArray *
store_list_quarantine(Store *store, GError **error)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(free_row);
	StoreStatement *rows = store_bind(store, SQL_LIST_QUARANTINED, error, "");
	StepResult result = STEP_ERROR;

	if (rows == NULL)
		return NULL;
	while ((result = store->driver->step(rows, error)) == STEP_ROW)
		g_ptr_array_add(list, read_row(store, rows));
	store->driver->reset(rows);
	return result == STEP_DONE ? g_steal_pointer(&list) : NULL;
}

GArray *
store_list_waiting(Store *store, GError **error)
{
	return store_list(store, store_bind(store, SQL_LIST_WAITING, error, ""), error);
}

StoreQuarantined *
store_read_quarantined(Store *store, int64_t id, GError **error)
{
	StoreStatement *row = store_bind(store, SQL_READ_QUARANTINED, error, "i", id);
	StoreQuarantined *quarantined = NULL;

	if (row == NULL)
		return NULL;
	if (store->driver->step(row, error) == STEP_ROW) {
		size_t size;
		const void *content = store->driver->column_blob(row, QUARANTINED_CONTENT, &size);
		quarantined = read_row(store, row);
		quarantined->gzip = g_bytes_new(content, size);
	}
	store->driver->reset(row);
	return quarantined;
}

static bool
end(Store *store, bool ok, GError **error)
{
	if (ok)
		return store_commit(store, error);
	store_rollback(store);
	return false;
}

bool
store_drop_quarantined(Store *store, int64_t id, bool *dropped, GError **error)
{
	return store_begin(store, error)
		&& end(store, quarantine_delete(store, id, dropped, error), error);
}

/*
 * Deletes the message from quarantine first, so that nothing is stored of a message that somebody
 * else has dropped meanwhile.
 */
static bool
retry(Store *store, int64_t id, const StoreDelivery *delivery, const Limits *limits,
	StoreOutcome *outcome, bool *there, GError **error)
{
	const bool ok = delivery->quarantine != NULL
		? quarantine_keep(store, id, delivery, there, error)
		: quarantine_delete(store, id, there, error);

	return ok && (!*there || store_reports(store, delivery, 1, limits, outcome, error));
}

bool
store_retry(Store *store, int64_t id, const StoreDelivery *delivery, const Limits *limits,
	StoreOutcome *outcome, bool *there, GError **error)
{
	*outcome = (StoreOutcome){ 0 };
	return store_begin(store, error)
		&& end(store, retry(store, id, delivery, limits, outcome, there, error), error);
}
