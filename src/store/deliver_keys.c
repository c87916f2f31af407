/* Finds the ids of everything that the reports of a batch refer to, and inserts what is missing. */
#include "deliver_batch.h"

#include "hash.h"
#include "transaction.h"

#include "tlsrpt/error.h"
#include "tlsrpt/text_table.h"

#include <string.h>

void
batch_take_sender(void *data, size_t row, const Store *store, StoreStatement *statement)
{
	const Batch *batch = data;
	Sender *sender = batch->sender_list->pdata[row];

	sender->reporter = store->driver->column_int(statement, SENDER_REPORTER);
	sender->id = store->driver->column_int(statement, SENDER_ID);
}

void
batch_take_incident(void *data, size_t row, const Store *store, StoreStatement *statement)
{
	const StoreDriver *driver = store->driver;
	const Batch *batch = data;
	Incident *incident = batch->incident_list->pdata[row];

	incident->id = driver->column_int(statement, INCIDENT_ID);
	/* An incident that has nothing but notes was not seen on any day. */
	if (driver->column_text(statement, INCIDENT_MODE_AT) == NULL)
		return;
	incident->old_mode = g_strdup(driver->column_text(statement, INCIDENT_MODE));
	incident->mode = incident->old_mode;
	incident->mode_at = driver->column_int(statement, INCIDENT_MODE_AT);
	incident->first_day = driver->column_int(statement, INCIDENT_FIRST_DAY);
	incident->last_day = driver->column_int(statement, INCIDENT_LAST_DAY);
}

/*
 * Extends the time range of an incident by a report that has it, and takes the report's policy mode
 * if that is the latest.
 */
static void
extend_incident(Incident *incident, const Row *row, const char *mode)
{
	const int64_t at = report_counts_at(row->one->report);

	if (incident->mode_at <= at) {
		incident->is_changed |= incident->mode_at < at || strcmp(incident->mode, mode) != 0;
		incident->mode = mode;
		incident->mode_at = at;
	}
	incident->is_changed |= row->day < incident->first_day || row->day > incident->last_day;
	incident->first_day = MIN(incident->first_day, row->day);
	incident->last_day = MAX(incident->last_day, row->day);
}

void
batch_extend_incidents(const Batch *batch)
{
	for (guint i = 0; i < batch->rows->len; i++) {
		const Row *row = &g_array_index(batch->rows, Row, i);
		const guint end = END_OF(batch, row, incidents);
		for (guint j = row->incidents; j < end; j++) {
			const IncidentRow *one = &g_array_index(batch->incidents, IncidentRow, j);
			extend_incident(one->incident, row, one->mode);
		}
	}
}

/* --- earlier reports of an organization with the same report-id, which are rare */
static guint
hash_id(gconstpointer key)
{
	const Row *row = key;

	return text_hash(row->one->report->report_id) ^ GPOINTER_TO_UINT(row->organization);
}

static gboolean
is_same_id(gconstpointer a, gconstpointer b)
{
	const Row *one = a, *other = b;

	return one->organization == other->organization
		&& strcmp(one->one->report->report_id, other->one->report->report_id) == 0;
}

void
batch_mark_same_ids(const Batch *batch, const bool *is_earlier)
{
	g_autoptr(GHashTable) ids = g_hash_table_new(hash_id, is_same_id);

	for (guint i = 0; i < batch->rows->len; i++) {
		Row *row = &g_array_index(batch->rows, Row, i);
		if (row->outcome != NULL)
			row->same_id = !g_hash_table_add(ids, row) || is_earlier[i];
	}
}

/* Looks for them among the reports whose report-id has the same hash. */
static bool
find_same_ids(const Batch *batch, const Task *same_hashes, GError **error)
{
	g_auto(Task) same_ids = QUERY(SQL_SELECT_SAME_ID, "iti");
	Task *const tasks[] = { &same_ids };
	size_t place = 0;

	for (guint i = 0; i < same_hashes->n; i++) {
		const Row *row = &g_array_index(batch->rows, Row, i);
		const char *id = row->one->report->report_id;
		if (same_hashes->results[i] != 0)
			task_add(&same_ids, store_hash(id), id, row->organization->id);
	}
	if (!store_perform(batch->store, tasks, G_N_ELEMENTS(tasks), error))
		return false;
	g_autofree bool *is_earlier = g_new0(bool, batch->rows->len);
	for (guint i = 0; i < same_hashes->n; i++)
		is_earlier[i] = same_hashes->results[i] != 0 && same_ids.results[place++] != 0;
	batch_mark_same_ids(batch, is_earlier);
	return true;
}

static bool
look_up_keys(Batch *batch, GError **error)
{
	g_auto(Task) senders = TASK(SQL_SELECT_SENDER, "iiiiii");
	g_auto(Task) incidents = TASK(SQL_SELECT_INCIDENT, "iiiii");
	g_auto(Task) same_hashes = QUERY(SQL_SELECT_SAME_HASH, "ii");
	g_auto(Task) ids = QUERY(SQL_TAKE_REPORT_ID, "i");
	Task *const tasks[] = { &senders, &incidents, &same_hashes, &ids };

	senders.answer = batch_take_sender;
	incidents.answer = batch_take_incident;
	senders.data = incidents.data = batch;
	for (guint i = 0; i < batch->sender_list->len; i++) {
		const SenderKey *key = &((const Sender *)batch->sender_list->pdata[i])->key;
		task_add(&senders, key->organization->id, key->auth, key->auth_domain->id,
			key->contact->id, key->submitter->id, key->from_domain->id);
	}
	for (guint i = 0; i < batch->incident_list->len; i++) {
		const IncidentKey *key = &((const Incident *)batch->incident_list->pdata[i])->key;
		task_add(&incidents, key->domain->id, key->type->id, key->result->id, key->mx->id,
			key->kind->id);
	}
	for (guint i = 0; i < batch->rows->len; i++) {
		const Row *row = &g_array_index(batch->rows, Row, i);
		if (row->outcome == NULL)
			continue;
		task_add(&same_hashes, store_hash(row->one->report->report_id),
			row->organization->id);
		task_add(&ids, (int64_t)ids.n + 1);
	}
	if (!store_perform(batch->store, tasks, G_N_ELEMENTS(tasks), error))
		return false;
	for (guint i = 0; i < ids.n; i++)
		/* There is no answer before the first report. */
		g_array_index(batch->rows, Row, i).id = ids.results[i] != 0 ? ids.results[i]
									    : (int64_t)i + 1;
	return find_same_ids(batch, &same_hashes, error);
}

static bool
fail_conflict(GError **error)
{
	g_set_error_literal(
		error, TLSRPT_ERROR, TLSRPT_ERROR_STORE_CONFLICT, "another writer was in the way");
	return false;
}

/*
 * Inserts the new reporters.  A reporter may have several senders; he is inserted at the first
 * sender that is new.
 */
static bool
insert_reporters(Batch *batch, GError **error)
{
	g_auto(Task) task = QUERY(SQL_INSERT_REPORTER, "iii");
	g_auto(Task) again = QUERY(SQL_SELECT_REPORTER, "iii");
	Task *const tasks[] = { &task }, *const look_ups[] = { &again };
	g_autoptr(GPtrArray) inserted = g_ptr_array_new();

	for (guint i = 0; i < batch->sender_list->len; i++) {
		Sender *sender = batch->sender_list->pdata[i];
		const SenderKey *key = &sender->key;
		if (sender->reporter != 0)
			continue;
		task_add(&task, key->organization->id, key->auth, key->auth_domain->id);
		task_add(&again, key->organization->id, key->auth, key->auth_domain->id);
		g_ptr_array_add(inserted, sender);
	}
	if (!store_perform(batch->store, tasks, 1, error))
		return false;
	bool all = true;
	for (guint i = 0; i < inserted->len; i++)
		all = all && task.results[i] != 0;
	if (!all && !store_perform(batch->store, look_ups, 1, error))
		return false;
	for (guint i = 0; i < inserted->len; i++)
		((Sender *)inserted->pdata[i])->reporter = all ? task.results[i] : again.results[i];
	return true;
}

static bool
insert_senders(Batch *batch, GError **error)
{
	g_auto(Task) task = QUERY(SQL_INSERT_SENDER, "iiiii");
	Task *const tasks[] = { &task };
	size_t place = 0;

	if (!insert_reporters(batch, error))
		return false;
	for (guint i = 0; i < batch->sender_list->len; i++) {
		const Sender *sender = batch->sender_list->pdata[i];
		const SenderKey *key = &sender->key;
		if (sender->reporter == 0)
			return fail_conflict(error);
		if (sender->id == 0)
			task_add(&task, sender->reporter, key->contact->id, key->submitter->id,
				key->from_domain->id, sender->first_day);
	}
	if (!store_perform(batch->store, tasks, 1, error))
		return false;
	for (guint i = 0; i < batch->sender_list->len; i++) {
		Sender *sender = batch->sender_list->pdata[i];
		if (sender->id == 0)
			sender->id = task.results[place++];
		if (sender->id == 0)
			return fail_conflict(error);
	}
	return true;
}

/* Inserts the new incidents in the order in which they arrived, so that the ids tell that order. */
static bool
insert_incidents(Batch *batch, GError **error)
{
	g_auto(Task) inserts = QUERY(SQL_INSERT_INCIDENT, "iiiiitiii");
	g_auto(Task) updates = TASK(SQL_SET_INCIDENT, "tiiii");
	Task *const tasks[] = { &inserts, &updates };
	size_t place = 0;

	for (guint i = 0; i < batch->incident_list->len; i++) {
		const Incident *one = batch->incident_list->pdata[i];
		const IncidentKey *key = &one->key;
		if (one->id == 0)
			task_add(&inserts, key->domain->id, key->type->id, key->result->id,
				key->mx->id, key->kind->id, one->mode, one->mode_at, one->first_day,
				one->last_day);
		else if (one->is_changed)
			task_add(&updates, one->mode, one->mode_at, one->first_day, one->last_day,
				one->id);
	}
	if (!store_perform(batch->store, tasks, G_N_ELEMENTS(tasks), error))
		return false;
	for (guint i = 0; i < batch->incident_list->len; i++) {
		Incident *one = batch->incident_list->pdata[i];
		if (one->id == 0)
			one->id = inserts.results[place++];
		if (one->id == 0)
			return fail_conflict(error);
	}
	return true;
}

bool
batch_write_heads(Batch *batch, GError **error)
{
	if (batch->rows->len == 0)
		return true;
	if (!store_insert_names(batch->store, error) || !look_up_keys(batch, error))
		return false;
	batch_extend_incidents(batch);
	return insert_senders(batch, error) && insert_incidents(batch, error);
}
