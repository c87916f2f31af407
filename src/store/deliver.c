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
#include "replace.h"
#include "transaction.h"

#include "tlsrpt/error.h"

/* Writes what the rows refer to, and the rows. */
static bool
write_all(Batch *batch, GError **error)
{
	const bool ok = batch->store->driver->is_remote ? batch_write_heads_remote(batch, error)
							: batch_write_heads(batch, error);

	return ok && batch_write_rows(batch, error);
}

/* Writes a batch whose names were looked up; *over says whether it added more than it may. */
static bool
write_measured(Batch *batch, bool *over, GError **error)
{
	const StoreDriver *driver = batch->store->driver;
	StoreConnection *connection = batch->store->connection;
	int64_t before, after;

	*over = false;
	if (!batch_is_heavy(batch))
		return write_all(batch, error);
	if (!driver->used(connection, &before, error) || !driver->save(connection, error)
		|| !write_all(batch, error) || !driver->used(connection, &after, error))
		return false;
	*over = after - before > batch_allowance(batch);
	return !*over || driver->restore(connection, error);
}

/* Makes a batch of the reports that are new, and looks up their names. */
static bool
begin_batch(Batch *batch, const StoreDelivery *deliveries, size_t n, StoreOutcome *outcomes,
	GError **error)
{
	if (batch->store->driver->is_remote)
		return batch_add_new_remote(batch, deliveries, n, outcomes, error);
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

/*
 * Goes over the reports that are stored already, some of them by this batch, in the order in which
 * they came.
 */
static bool
take_duplicates(const Batch *batch, GError **error)
{
	for (guint i = 0; i < batch->duplicates->len; i++) {
		const Duplicate *one = &g_array_index(batch->duplicates, Duplicate, i);
		bool replaced;
		if (!replace_worse(
			    batch->store, one->delivery, one->one, batch->limits, &replaced, error))
			return false;
		one->outcome->replaced += replaced;
		one->outcome->duplicates += !replaced;
	}
	return true;
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
	if (!batch_count_day(&batch, error))
		return false;
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
	return take_duplicates(&batch, error);
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

	for (size_t i = 0; i < work->n; i++) {
		work->outcomes[i] = (StoreOutcome){ 0 };
		if (work->deliveries[i].quarantine != NULL && !store_be_alone(store, error))
			return false;
	}
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

	return store_transact_beside(store, deliver, &work, error);
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
