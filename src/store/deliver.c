/*
 * Writes any number of deliveries as one batch.  First the names in all reports are looked up and
 * the missing ones inserted; then all rows are written; last the totals are summed in memory, so
 * that each row of them is written once.  So an import pays certain costs once per batch instead of
 * once per report, and a database over a network is asked a fixed number of times.
 */
#include "deliver.h"

#include "deliver_batch.h"
#include "names.h"
#include "quarantine.h"
#include "transaction.h"

#include "tlsrpt/error.h"

/* Writes a batch whose names were looked up; *over says whether it added more than it may. */
static bool
write_measured(Batch *batch, bool *over, GError **error)
{
	const StoreDriver *driver = batch->store->driver;
	StoreConnection *connection = batch->store->connection;
	int64_t before, after;

	*over = false;
	if (!batch_is_heavy(batch))
		return batch_write_heads(batch, error) && batch_write_rows(batch, error);
	if (!driver->used(connection, &before, error)
		|| !driver->save(connection, error)
		|| !batch_write_heads(batch, error) || !batch_write_rows(batch, error)
		|| !driver->used(connection, &after, error))
		return false;
	*over = after - before > batch_allowance(batch);
	return !*over || driver->restore(connection, error);
}

/* Makes a batch of the reports that are new, and looks up their names. */
static bool
begin_batch(Batch *batch, const StoreDelivery *deliveries, size_t n, StoreOutcome *outcomes,
	GError **error)
{
	for (size_t i = 0; i < n; i++)
		outcomes[i].duplicates = 0;
	return batch_add_new(batch, deliveries, n, outcomes, error)
		&& store_look_up_names(batch->store, error);
}

static bool
fail_too_costly(GError **error)
{
	g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_TOO_COSTLY,
		"it would add more to the store than its size allows (growth= in the group [limits])");
	return false;
}

/* Writes the reports once; *again is set if they have got their brief form and are to be written again. */
static bool
try_reports(Store *store, const StoreDelivery *deliveries, size_t n, const Limits *limits,
	StoreOutcome *outcomes, bool *again, GError **error)
{
	g_auto(Batch) batch;
	bool over;

	*again = false;
	batch_init(&batch, store, limits);
	if (!begin_batch(&batch, deliveries, n, outcomes, error))
		return false;
	batch_limit_text(&batch, again);
	if (*again)
		return true;
	if (!write_measured(&batch, &over, error))
		return false;
	if (over)
		batch_make_brief(&batch, again);
	if (over)
		return *again || fail_too_costly(error);
	for (guint i = 0; i < batch.rows->len; i++) {
		const Row *row = &g_array_index(batch.rows, Row, i);
		row->outcome->stored++;
	}
	return true;
}

bool
store_reports(Store *store, const StoreDelivery *deliveries, size_t n, const Limits *limits,
	StoreOutcome *outcomes, GError **error)
{
	bool again = true;

	while (again) {
		if (!try_reports(store, deliveries, n, limits, outcomes, &again, error))
			return false;
	}
	return true;
}

bool
store_report_again(Store *store, const StoreDelivery *delivery, const StoreReport *one, int64_t id,
	int64_t was_day, bool same_id, const Limits *limits, GError **error)
{
	const Report *report = one->report;
	Row row = batch_row(delivery, one, NULL);
	g_auto(Batch) batch;

	row.id = id;
	row.same_id = same_id;
	batch_init(&batch, store, limits);
	batch_add_row(&batch, &row);
	return store_look_up_names(store, error) && batch_write_heads(&batch, error)
		&& store_run(store,
			store_bind(store, SQL_UPDATE_REPORT, error, "iitiii", row.day,
				row.sender->id, report->report_id, report->start_at, report->end_at,
				id),
			error)
		&& (row.day == was_day
			|| store_run(store,
				store_bind(store, SQL_UPDATE_RAW_DAY, error, "iii", row.day,
					was_day, id),
				error))
		&& batch_write_rows(&batch, error);
}

typedef struct {
	const StoreDelivery *deliveries;
	size_t n;
	const Limits *limits;
	StoreOutcome *outcomes;
} Work;

static bool
deliver(Store *store, void *data, GError **error)
{
	const Work *work = data;

	for (size_t i = 0; i < work->n; i++)
		work->outcomes[i] = (StoreOutcome){ 0 };
	if (!store_reports(store, work->deliveries, work->n, work->limits, work->outcomes, error))
		return false;
	for (size_t i = 0; i < work->n; i++) {
		if (work->deliveries[i].quarantine != NULL
			&& !store_quarantine(store, &work->deliveries[i], work->limits->quarantine,
				&work->outcomes[i].quarantined, error))
			return false;
	}
	return true;
}

bool
store_deliver_batch(Store *store, const StoreDelivery *deliveries, size_t n, const Limits *limits,
	StoreOutcome *outcomes, GError **error)
{
	Work work = { deliveries, n, limits, outcomes };

	return store_transact(store, deliver, &work, error);
}

bool
store_deliver(Store *store, const StoreDelivery *delivery, const Limits *limits,
	StoreOutcome *outcome, GError **error)
{
	StoreOutcome result = { 0 };

	if (!store_deliver_batch(store, delivery, 1, limits, &result, error))
		return false;
	*outcome = result;
	return true;
}
