/*
 * A batch for an engine to which each question is a round trip.  The first trip looks up everything
 * by its text: names, senders and incidents.  The second inserts the names that are missing, and
 * takes ids for the rows that are.  Then all ids are known, and all rows go out with the commit.
 *
 * Others write at the same time.  Whoever inserts the same row fails with STORE_CONFLICT and begins
 * again with the look-up.
 */
#include "deliver_batch.h"

#include "hash.h"

#include <string.h>

/* --- the look-up */

/* The tasks of a look-up beside those of names. */
typedef struct {
	Task identities, senders, incidents, same_ids;
	GPtrArray *digests; /* of contacts */
} LookUp;

static void
look_up_clear(LookUp *look_up)
{
	task_clear(&look_up->identities);
	task_clear(&look_up->senders);
	task_clear(&look_up->incidents);
	task_clear(&look_up->same_ids);
	g_ptr_array_unref(look_up->digests);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LookUp, look_up_clear)

static void
ask_for_senders(Batch *batch, LookUp *look_up)
{
	look_up->senders.answer = batch_take_sender;
	look_up->senders.data = batch;
	for (guint i = 0; i < batch->sender_list->len; i++) {
		const SenderKey *key = &((const Sender *)batch->sender_list->pdata[i])->key;
		uint8_t *contact = store_text_digest(key->contact->text);
		g_ptr_array_add(look_up->digests, contact);
		task_add(&look_up->senders, key->organization->text, key->auth,
			key->auth_domain->text, contact, (size_t)IDENTITY_SIZE,
			key->submitter->text, key->from_domain->text);
	}
}

static void
ask_for_incidents(Batch *batch, LookUp *look_up)
{
	look_up->incidents.answer = batch_take_incident;
	look_up->incidents.data = batch;
	for (guint i = 0; i < batch->incident_list->len; i++) {
		const IncidentKey *key = &((const Incident *)batch->incident_list->pdata[i])->key;
		task_add(&look_up->incidents, key->domain->text, key->type->text, key->result->text,
			key->mx->text, key->kind->text);
	}
}

static void
ask_for_reports(const Batch *batch, LookUp *look_up)
{
	for (guint i = 0; i < batch->rows->len; i++) {
		const Row *row = &g_array_index(batch->rows, Row, i);
		const char *id = row->one->report->report_id;
		task_add(&look_up->identities, row->one->digest.bytes, (size_t)IDENTITY_SIZE);
		task_add(&look_up->same_ids, store_hash(id), id, row->organization->text);
	}
}

/* Looks up all that the batch refers to.  Reports that turn out to be stored are added to stored. */
static bool
look_up_all(Batch *batch, GHashTable *stored, GError **error)
{
	g_auto(LookUp) look_up = {
		.identities = QUERY(SQL_SELECT_IDENTITY, "b"),
		.senders = TASK(SQL_FIND_SENDER, "titbtt"),
		.incidents = TASK(SQL_FIND_INCIDENT, "ttttt"),
		.same_ids = QUERY(SQL_LIST_FIRST_SAME_IDS, "itt"),
		.digests = g_ptr_array_new_with_free_func(g_free),
	};
	Task *const tasks[] = { &look_up.identities, &look_up.senders, &look_up.incidents,
		&look_up.same_ids };

	ask_for_senders(batch, &look_up);
	ask_for_incidents(batch, &look_up);
	ask_for_reports(batch, &look_up);
	if (!store_look_up_names_and(batch->store, tasks, G_N_ELEMENTS(tasks), error))
		return false;
	g_autofree bool *is_earlier = g_new0(bool, batch->rows->len);
	for (guint i = 0; i < batch->rows->len; i++) {
		const Row *row = &g_array_index(batch->rows, Row, i);
		is_earlier[i] = look_up.same_ids.results[i] != 0;
		if (look_up.identities.results[i] != 0)
			g_hash_table_add(stored, (gpointer)row->one->digest.bytes);
	}
	batch_mark_same_ids(batch, is_earlier);
	return true;
}

/* Fills the batch with the reports that are not among the stored ones, each of them once. */
static void
fill(Batch *batch, const StoreDelivery *deliveries, size_t n, StoreOutcome *outcomes,
	GHashTable *stored)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(digest_hash, digest_equal);

	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < deliveries[i].n_reports; j++) {
			const StoreReport *one = &deliveries[i].reports[j];
			const Duplicate duplicate = { &deliveries[i], one, &outcomes[i] };
			Row row = batch_row(&deliveries[i], one, &outcomes[i]);
			if (g_hash_table_contains(stored, one->digest.bytes)
				|| !g_hash_table_add(seen, (gpointer)one->digest.bytes))
				g_array_append_val(batch->duplicates, duplicate);
			else
				batch_add_row(batch, &row);
		}
	}
}

bool
batch_add_new_remote(Batch *batch, const StoreDelivery *deliveries, size_t n,
	StoreOutcome *outcomes, GError **error)
{
	g_autoptr(GHashTable) stored = g_hash_table_new(digest_hash, digest_equal);
	guint known = 0;

	fill(batch, deliveries, n, outcomes, stored);
	while (batch->rows->len > 0) {
		if (!look_up_all(batch, stored, error))
			return false;
		if (g_hash_table_size(stored) == known)
			break;
		/* Few batches have reports that are stored, and none of their names is wanted. */
		known = g_hash_table_size(stored);
		Store *store = batch->store;
		const Limits *limits = batch->limits;
		batch_clear(batch);
		batch_init(batch, store, limits);
		fill(batch, deliveries, n, outcomes, stored);
	}
	return true;
}

/* --- ids */

/* The tasks that take ids, one row for each. */
typedef struct {
	Task reporters, senders, incidents, reports, lock;
} Ids;

static void
ids_clear(Ids *ids)
{
	task_clear(&ids->reporters);
	task_clear(&ids->senders);
	task_clear(&ids->incidents);
	task_clear(&ids->reports);
	task_clear(&ids->lock);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Ids, ids_clear)

static bool
is_same_reporter(const SenderKey *one, const SenderKey *other)
{
	return one->organization == other->organization && one->auth == other->auth
		&& one->auth_domain == other->auth_domain;
}

/* The first sender of the batch with the same reporter; it may be the sender itself. */
static Sender *
first_of_reporter(const Batch *batch, const Sender *sender)
{
	guint i = 0;

	while (!is_same_reporter(
		&((const Sender *)batch->sender_list->pdata[i])->key, &sender->key))
		i++;
	return batch->sender_list->pdata[i];
}

static void
ask_for_ids(const Batch *batch, Ids *ids)
{
	for (guint i = 0; i < batch->sender_list->len; i++) {
		const Sender *sender = batch->sender_list->pdata[i];
		if (sender->reporter == 0 && first_of_reporter(batch, sender) == sender)
			task_add(&ids->reporters, (int64_t)0);
		if (sender->id == 0)
			task_add(&ids->senders, (int64_t)0);
	}
	for (guint i = 0; i < batch->incident_list->len; i++) {
		if (((const Incident *)batch->incident_list->pdata[i])->id == 0)
			task_add(&ids->incidents, (int64_t)0);
	}
	for (guint i = 0; i < batch->rows->len; i++)
		task_add(&ids->reports, (int64_t)0);
	if (ids->incidents.n > 0)
		task_add(&ids->lock);
}

/* --- rows */

/* Gives the new senders and reporters their ids, and writes them. */
static void
add_senders(const Batch *batch, const Ids *ids, Task *reporters, Task *senders)
{
	size_t reporter = 0, place = 0;

	for (guint i = 0; i < batch->sender_list->len; i++) {
		Sender *sender = batch->sender_list->pdata[i];
		const SenderKey *key = &sender->key;
		const Sender *first = first_of_reporter(batch, sender);
		if (sender->reporter == 0 && first == sender) {
			sender->reporter = ids->reporters.results[reporter++];
			task_add(reporters, sender->reporter, key->organization->id, key->auth,
				key->auth_domain->id);
		}
		sender->reporter = first->reporter;
		if (sender->id != 0)
			continue;
		sender->id = ids->senders.results[place++];
		task_add(senders, sender->id, sender->reporter, key->contact->id,
			key->submitter->id, key->from_domain->id, sender->first_day);
	}
}

static int
compare_ids(gconstpointer a, gconstpointer b)
{
	const Incident *one = *(Incident *const *)a, *other = *(Incident *const *)b;

	return (one->id > other->id) - (one->id < other->id);
}

/*
 * New incidents are written in the order in which they came, so that the ids tell that order; others
 * in the order of their ids, so that no two writers wait for each other.
 */
static void
add_incidents(const Batch *batch, const Ids *ids, Task *inserts, Task *updates)
{
	g_autoptr(GPtrArray) changed = g_ptr_array_new();
	size_t place = 0;

	for (guint i = 0; i < batch->incident_list->len; i++) {
		Incident *one = batch->incident_list->pdata[i];
		const IncidentKey *key = &one->key;
		if (one->id == 0) {
			one->id = ids->incidents.results[place++];
			task_add(inserts, one->id, key->domain->id, key->type->id, key->result->id,
				key->mx->id, key->kind->id, one->mode, one->mode_at, one->first_day,
				one->last_day);
		} else if (one->is_changed) {
			g_ptr_array_add(changed, one);
		}
	}
	g_ptr_array_sort(changed, compare_ids);
	for (guint i = 0; i < changed->len; i++) {
		const Incident *one = changed->pdata[i];
		task_add(updates, one->mode, one->mode_at, one->first_day, one->last_day, one->id);
	}
}

static bool
write_keys(const Batch *batch, const Ids *ids, GError **error)
{
	g_auto(Task) reporters = INSERT(SQL_ADD_REPORTER, "iiii");
	g_auto(Task) senders = INSERT(SQL_ADD_SENDER, "iiiiii");
	/* One by one: each looks for those before it. */
	g_auto(Task) inserts = BLIND(SQL_ADD_INCIDENT, "iiiiiitiii");
	g_auto(Task) updates = BLIND(SQL_EXTEND_INCIDENT, "tiiii");
	Task *const tasks[] = { &reporters, &senders, &inserts, &updates };

	add_senders(batch, ids, &reporters, &senders);
	add_incidents(batch, ids, &inserts, &updates);
	return store_perform(batch->store, tasks, G_N_ELEMENTS(tasks), error);
}

bool
batch_write_heads_remote(Batch *batch, GError **error)
{
	g_auto(Ids) ids = {
		.reporters = QUERY(SQL_TAKE_REPORTER_ID, "i"),
		.senders = QUERY(SQL_TAKE_SENDER_ID, "i"),
		.incidents = QUERY(SQL_TAKE_INCIDENT_ID, "i"),
		.reports = QUERY(SQL_TAKE_REPORT_ID, "i"),
		.lock = BLIND(SQL_LOCK_INCIDENTS, ""),
	};
	Task *const tasks[] = { &ids.reporters, &ids.senders, &ids.incidents, &ids.reports,
		&ids.lock };

	if (batch->rows->len == 0)
		return true;
	ask_for_ids(batch, &ids);
	if (!store_insert_names_and(batch->store, tasks, G_N_ELEMENTS(tasks), error))
		return false;
	for (guint i = 0; i < batch->rows->len; i++)
		g_array_index(batch->rows, Row, i).id = ids.reports.results[i];
	batch_extend_incidents(batch);
	return write_keys(batch, &ids, error);
}
