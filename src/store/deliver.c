/*
 * Deliveries, as many as there are, are written as one batch: what they name is looked up, what is
 * missing is inserted, then all rows are written, and the totals added up and touched once.  So an
 * import does not pay for each report what is to be paid for a batch, and an engine over a network
 * is asked a fixed number of times.
 */
#include "deliver.h"

#include "hash.h"
#include "names.h"
#include "quarantine.h"
#include "totals.h"
#include "transaction.h"

#include "tlsrpt/count.h"
#include "tlsrpt/day.h"
#include "tlsrpt/error.h"
#include "tlsrpt/text_table.h"

#include <string.h>

/* What an incident is made of, and what a sender is: by names, which are the same if equal. */
typedef struct {
	const Name *domain, *type, *result, *mx, *kind;
} IncidentKey;

typedef struct {
	const Name *organization, *auth_domain, *contact, *submitter, *from_domain;
	int64_t auth;
} SenderKey;

typedef struct {
	SenderKey key;
	int64_t reporter, id;
} Sender;

/* An incident as it is, and with what the batch adds to it. */
typedef struct {
	IncidentKey key;
	int64_t id; /* 0 if it is not there */
	bool is_changed;
	char *old_mode; /* of the row, where mode may point to */
	const char *mode;
	int64_t mode_at, first_day, last_day; /* INT64_MIN, DAY_LAST, DAY_NONE: none */
} Incident;

#define DAY_LAST INT64_MAX

typedef struct {
	const Failure *failure;
	const Name *result_type, *mx, *sending_ip, *receiving_ip, *reason;
	guint incident; /* in the incidents of the report, or COUNT_NO_INCIDENT */
} FailureRow;

typedef struct {
	const Policy *policy;
	const Name *domain, *type, *text, *mx_list;
	guint first_failure; /* in the batch */
} PolicyRow;

/* One of the counts of a report. */
typedef struct {
	const Name *domain, *type;
	int64_t counts[2];
} CountRow;

typedef struct {
	Incident *incident;
	const char *mode;
	int64_t failed;
} IncidentRow;

/* A report on its way; its rows in the arrays of the batch begin at these places. */
typedef struct {
	const StoreDelivery *delivery;
	const StoreReport *one;
	StoreOutcome *outcome; /* NULL for one that is there already */
	int64_t id, day, received_day;
	bool same_id;
	const Name *organization, *report_domain;
	Sender *sender;
	guint policies, types, domains, incidents;
} Row;

typedef struct {
	Store *store;
	const Limits *limits;
	GArray *rows; /* of Row: reports that are new, once that is known */
	GArray *policies, *failures, *types, *domains, *incidents;
	GHashTable *senders; /* of Sender, by their keys */
	GHashTable *known_incidents; /* of Incident, by their keys */
	GPtrArray *sender_list, *incident_list; /* in the order in which they came */
} Batch;

static guint
hash_pointers(gconstpointer key, size_t n)
{
	const gsize *pointers = key;
	gsize hash = 0;

	for (size_t i = 0; i < n; i++)
		hash = (hash ^ pointers[i] >> 4) * 0x9e3779b1U;
	return (guint)(hash ^ hash >> 29);
}

static guint
hash_incident(gconstpointer key)
{
	return hash_pointers(key, sizeof(IncidentKey) / sizeof(gsize));
}

static gboolean
is_same_incident(gconstpointer a, gconstpointer b)
{
	return memcmp(a, b, sizeof(IncidentKey)) == 0;
}

static guint
hash_sender(gconstpointer key)
{
	return hash_pointers(key, sizeof(SenderKey) / sizeof(gsize));
}

static gboolean
is_same_sender(gconstpointer a, gconstpointer b)
{
	return memcmp(a, b, sizeof(SenderKey)) == 0;
}

static void
free_incident(gpointer data)
{
	Incident *incident = data;

	g_free(incident->old_mode);
	g_free(incident);
}

static void
batch_init(Batch *batch, Store *store, const Limits *limits)
{
	*batch = (Batch){
		.store = store,
		.limits = limits,
		.rows = g_array_new(FALSE, TRUE, sizeof(Row)),
		.policies = g_array_new(FALSE, FALSE, sizeof(PolicyRow)),
		.failures = g_array_new(FALSE, FALSE, sizeof(FailureRow)),
		.types = g_array_new(FALSE, FALSE, sizeof(CountRow)),
		.domains = g_array_new(FALSE, FALSE, sizeof(CountRow)),
		.incidents = g_array_new(FALSE, FALSE, sizeof(IncidentRow)),
		.senders = g_hash_table_new(hash_sender, is_same_sender),
		.known_incidents = g_hash_table_new(hash_incident, is_same_incident),
		.sender_list = g_ptr_array_new_with_free_func(g_free),
		.incident_list = g_ptr_array_new_with_free_func(free_incident),
	};
	store_begin_names(store);
}

static void
batch_clear(Batch *batch)
{
	g_array_unref(batch->rows);
	g_array_unref(batch->policies);
	g_array_unref(batch->failures);
	g_array_unref(batch->types);
	g_array_unref(batch->domains);
	g_array_unref(batch->incidents);
	g_hash_table_unref(batch->senders);
	g_hash_table_unref(batch->known_incidents);
	g_ptr_array_unref(batch->sender_list);
	g_ptr_array_unref(batch->incident_list);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Batch, batch_clear)

/* --- what the reports name */

static const Name *
want(const Batch *batch, NameTable table, const char *text)
{
	return store_want_name(batch->store, table, text);
}

static void
add_failures(Batch *batch, const Policy *policy)
{
	for (size_t i = 0; i < policy->failures->len; i++) {
		const Failure *failure = &g_array_index(policy->failures, Failure, i);
		const FailureRow row = {
			.failure = failure,
			.result_type = want(batch, NAME_RESULT_TYPE, failure->result_type),
			.mx = want(batch, NAME_DOMAIN, failure->receiving_mx_hostname),
			.sending_ip = want(batch, NAME_ADDRESS, failure->sending_mta_ip),
			.receiving_ip = want(batch, NAME_ADDRESS, failure->receiving_ip),
			.reason = want(batch, NAME_REASON, failure->failure_reason_code),
		};
		g_array_append_val(batch->failures, row);
	}
}

static void
add_policies(Batch *batch, const Report *report)
{
	for (size_t i = 0; i < report->policies->len; i++) {
		const Policy *policy = &g_array_index(report->policies, Policy, i);
		const PolicyRow row = {
			.policy = policy,
			.domain = want(batch, NAME_DOMAIN, policy->policy_domain),
			.type = want(batch, NAME_POLICY_TYPE, policy->policy_type),
			.text = want(batch, NAME_POLICY_TEXT, policy->policy_text),
			.mx_list = want(batch, NAME_MX_LIST, policy->mx_hosts),
			.first_failure = batch->failures->len,
		};
		g_array_append_val(batch->policies, row);
		add_failures(batch, policy);
	}
}

static Incident *
find_incident(Batch *batch, const IncidentCount *count)
{
	const IncidentKey key = {
		.domain = want(batch, NAME_DOMAIN, count->policy_domain),
		.type = want(batch, NAME_POLICY_TYPE, count->policy_type),
		.result = want(batch, NAME_RESULT_TYPE, count->result_type),
		.mx = want(batch, NAME_DOMAIN, count->receiving_mx_hostname),
		.kind = want(batch, NAME_KIND, count->result_type), /* as yet */
	};
	Incident *incident = g_hash_table_lookup(batch->known_incidents, &key);

	if (incident != NULL)
		return incident;
	incident = g_new0(Incident, 1);
	*incident = (Incident){
		.key = key,
		.mode = "",
		.mode_at = INT64_MIN,
		.first_day = DAY_LAST,
		.last_day = DAY_NONE,
	};
	g_hash_table_insert(batch->known_incidents, &incident->key, incident);
	g_ptr_array_add(batch->incident_list, incident);
	return incident;
}

static void
add_counts(Batch *batch, const Report *report, guint first_failure)
{
	g_autoptr(GArray) types = count_types(report);
	g_autoptr(GArray) domains = count_domains(types);
	g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(guint));
	g_autoptr(GArray) incidents = count_incidents(report, batch->limits->incidents, places);

	for (size_t i = 0; i < types->len; i++) {
		const TypeCount *count = &g_array_index(types, TypeCount, i);
		const CountRow row = { want(batch, NAME_DOMAIN, count->policy_domain),
			want(batch, NAME_POLICY_TYPE, count->policy_type),
			{ count->successful_sessions, count->failed_sessions } };
		g_array_append_val(batch->types, row);
	}
	for (size_t i = 0; i < domains->len; i++) {
		const DomainCount *count = &g_array_index(domains, DomainCount, i);
		const CountRow row = { want(batch, NAME_DOMAIN, count->policy_domain), NULL,
			{ count->sessions, count->failed_sessions } };
		g_array_append_val(batch->domains, row);
	}
	for (size_t i = 0; i < incidents->len; i++) {
		const IncidentCount *count = &g_array_index(incidents, IncidentCount, i);
		const IncidentRow row = { find_incident(batch, count), count->mode,
			count->failed_sessions };
		g_array_append_val(batch->incidents, row);
	}
	for (guint i = 0; i < places->len; i++)
		g_array_index(batch->failures, FailureRow, first_failure + i).incident =
			g_array_index(places, guint, i);
}

static Sender *
find_sender(Batch *batch, const Row *row)
{
	const StoreMessage *message = row->delivery->message;
	const SenderKey key = {
		.organization = row->organization,
		.auth_domain = want(batch, NAME_DOMAIN, row->one->auth_domain),
		.contact = want(batch, NAME_CONTACT, row->one->report->contact_info),
		.submitter = want(batch, NAME_DOMAIN, message->submitter),
		.from_domain = want(batch, NAME_DOMAIN, message->from_domain),
		.auth = row->one->auth,
	};
	Sender *sender = g_hash_table_lookup(batch->senders, &key);

	if (sender != NULL)
		return sender;
	sender = g_new0(Sender, 1);
	sender->key = key;
	g_hash_table_insert(batch->senders, &sender->key, sender);
	g_ptr_array_add(batch->sender_list, sender);
	return sender;
}

/* Takes in all that a report names. */
static void
add_row(Batch *batch, Row *row)
{
	const Report *report = row->one->report;
	const guint first_failure = batch->failures->len;

	row->organization = want(batch, NAME_ORGANIZATION, report->organization);
	row->report_domain = want(batch, NAME_DOMAIN, row->delivery->message->report_domain);
	row->sender = find_sender(batch, row);
	row->policies = batch->policies->len;
	row->types = batch->types->len;
	row->domains = batch->domains->len;
	row->incidents = batch->incidents->len;
	add_policies(batch, report);
	add_counts(batch, report, first_failure);
	g_array_append_vals(batch->rows, row, 1);
}

static Row
row_of(const StoreDelivery *delivery, const StoreReport *one, StoreOutcome *outcome)
{
	return (Row){
		.delivery = delivery,
		.one = one,
		.outcome = outcome,
		.day = day_of(one->report->start_at),
		.received_day = day_of(delivery->received_at),
	};
}

static guint
hash_digest(gconstpointer key)
{
	guint hash;

	memcpy(&hash, key, sizeof(hash));
	return hash;
}

static gboolean
is_same_digest(gconstpointer a, gconstpointer b)
{
	return memcmp(a, b, IDENTITY_SIZE) == 0;
}

/* Takes in the reports that are not there yet. */
static bool
add_new(Batch *batch, const StoreDelivery *deliveries, size_t n, StoreOutcome *outcomes,
	GError **error)
{
	g_auto(Task) identities = QUERY(SQL_SELECT_IDENTITY, "b");
	Task *const tasks[] = { &identities };
	g_autoptr(GHashTable) digests = g_hash_table_new(hash_digest, is_same_digest);
	size_t place = 0;

	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < deliveries[i].n_reports; j++)
			task_add(&identities, deliveries[i].reports[j].digest.bytes,
				(size_t)IDENTITY_SIZE);
	}
	if (!store_perform(batch->store, tasks, G_N_ELEMENTS(tasks), error))
		return false;
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < deliveries[i].n_reports; j++, place++) {
			const StoreReport *one = &deliveries[i].reports[j];
			Row row = row_of(&deliveries[i], one, &outcomes[i]);
			if (identities.results[place] != 0
				|| !g_hash_table_add(digests, (gpointer)one->digest.bytes))
				outcomes[i].duplicates++;
			else
				add_row(batch, &row);
		}
	}
	return true;
}

/* --- what is made of names */

/* The number of a column of the row that is there. */
static void
take_sender(void *data, size_t row, const Store *store, StoreStatement *statement)
{
	const Batch *batch = data;
	Sender *sender = batch->sender_list->pdata[row];

	sender->reporter = store->driver->column_int(statement, SENDER_REPORTER);
	sender->id = store->driver->column_int(statement, SENDER_ID);
}

static void
take_incident(void *data, size_t row, const Store *store, StoreStatement *statement)
{
	const StoreDriver *driver = store->driver;
	const Batch *batch = data;
	Incident *incident = batch->incident_list->pdata[row];

	incident->id = driver->column_int(statement, INCIDENT_ID);
	/* One that only has notes has seen no day. */
	if (driver->column_text(statement, INCIDENT_MODE_AT) == NULL)
		return;
	incident->old_mode = g_strdup(driver->column_text(statement, INCIDENT_MODE));
	incident->mode = incident->old_mode;
	incident->mode_at = driver->column_int(statement, INCIDENT_MODE_AT);
	incident->first_day = driver->column_int(statement, INCIDENT_FIRST_DAY);
	incident->last_day = driver->column_int(statement, INCIDENT_LAST_DAY);
}

/* A report that has the incident. */
static void
extend_incident(Incident *incident, const Row *row, const char *mode)
{
	const int64_t at = row->one->report->start_at;

	if (incident->mode_at <= at) {
		incident->is_changed |=
			incident->mode_at < at || strcmp(incident->mode, mode) != 0;
		incident->mode = mode;
		incident->mode_at = at;
	}
	incident->is_changed |= row->day < incident->first_day || row->day > incident->last_day;
	incident->first_day = MIN(incident->first_day, row->day);
	incident->last_day = MAX(incident->last_day, row->day);
}

/* The end of a report's rows in an array of the batch, at whose next row they begin. */
#define END_OF(batch, row, member) \
	((guint)((row) - (const Row *)(void *)(batch)->rows->data) + 1 < (batch)->rows->len \
			? (row)[1].member \
			: (batch)->member->len)

static void
extend_incidents(const Batch *batch)
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

/* Whether there is an earlier report of the organization with the same id: mostly there is none. */
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

static void
find_same_ids(const Batch *batch, const Task *earlier)
{
	g_autoptr(GHashTable) ids = g_hash_table_new(hash_id, is_same_id);

	for (guint i = 0; i < batch->rows->len; i++) {
		Row *row = &g_array_index(batch->rows, Row, i);
		if (row->outcome == NULL)
			continue;
		row->same_id = earlier->results[i] != 0 || g_hash_table_contains(ids, row);
		g_hash_table_add(ids, row);
	}
}

static bool
look_up_keys(Batch *batch, GError **error)
{
	g_auto(Task) senders = TASK(SQL_SELECT_SENDER, "iiiiii");
	g_auto(Task) incidents = TASK(SQL_SELECT_INCIDENT, "iiiii");
	g_auto(Task) same_ids = QUERY(SQL_SELECT_SAME_ID, "iti");
	g_auto(Task) ids = QUERY(SQL_TAKE_REPORT_ID, "i");
	Task *const tasks[] = { &senders, &incidents, &same_ids, &ids };

	senders.answer = take_sender;
	incidents.answer = take_incident;
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
		const char *id = row->one->report->report_id;
		if (row->outcome == NULL)
			continue;
		task_add(&same_ids, store_hash(id), id, row->organization->id);
		task_add(&ids, (int64_t)ids.n + 1);
	}
	if (!store_perform(batch->store, tasks, G_N_ELEMENTS(tasks), error))
		return false;
	for (guint i = 0; i < ids.n; i++)
		g_array_index(batch->rows, Row, i).id = ids.results[i];
	find_same_ids(batch, &same_ids);
	return true;
}

static bool
fail_conflict(GError **error)
{
	g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_STORE_CONFLICT,
		"another writer was in the way");
	return false;
}

/* A reporter may have several senders: the first of them that is new inserts him. */
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
		((Sender *)inserted->pdata[i])->reporter =
			all ? task.results[i] : again.results[i];
	return true;
}

static bool
insert_senders(Batch *batch, GError **error)
{
	g_auto(Task) task = QUERY(SQL_INSERT_SENDER, "iiii");
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
				key->from_domain->id);
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

/* In the order in which they came, so that the numbers of incidents tell it. */
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

/* --- rows */

typedef enum {
	ROWS_REPORT,
	ROWS_IDENTITY,
	ROWS_REPORT_NAME,
	ROWS_RAW,
	ROWS_FINDING,
	ROWS_POLICY,
	ROWS_FAILURE,
	ROWS_TABLES
} RowsTable;

static void
add_finding(Task *tasks, const Row *row, int64_t number, FindingCode code, const char *path,
	const char *detail)
{
	task_add(&tasks[ROWS_FINDING], row->day, row->id, number, path, finding_name(code), detail);
}

static void
add_findings(Task *tasks, const Row *row)
{
	const Report *report = row->one->report;

	for (size_t i = 0; i < report->findings->len; i++) {
		const Finding *finding = &g_array_index(report->findings, Finding, i);
		add_finding(tasks, row, (int64_t)i, finding->code, finding->path, finding->detail);
	}
	if (row->same_id)
		add_finding(tasks, row, report->findings->len, FINDING_SAME_ID, "$.report-id",
			report->report_id);
}

static void
add_head(Task *tasks, const Row *row)
{
	const StoreReport *one = row->one;
	const StoreMessage *message = row->delivery->message;
	const int64_t is_report = message->is_report, is_gzip = one->is_gzip;

	task_add(&tasks[ROWS_REPORT_NAME], store_hash(one->report->report_id),
		row->organization->id, row->id);
	if (row->outcome == NULL)
		return;
	task_add(&tasks[ROWS_REPORT], row->id, row->day, row->sender->id, one->report->report_id,
		row->report_domain->id, one->report->start_at, one->report->end_at,
		row->delivery->received_at);
	gsize size;
	const void *raw = g_bytes_get_data(one->raw, &size);
	task_add(&tasks[ROWS_IDENTITY], one->digest.bytes, (size_t)IDENTITY_SIZE, row->id);
	task_add(&tasks[ROWS_RAW], row->day, row->id, message->message_id, message->subject,
		one->file_name, one->media_type, is_report, message->sent_at, is_gzip, raw,
		(size_t)size);
}

/* What a failure row is counted under; NULL if it is no incident. */
static const Incident *
incident_of(const Batch *batch, const Row *row, const FailureRow *failure)
{
	if (failure->incident == COUNT_NO_INCIDENT)
		return NULL;
	return g_array_index(batch->incidents, IncidentRow, row->incidents + failure->incident)
		.incident;
}

static void
add_failure(Task *tasks, const Batch *batch, const Row *row, int64_t policy, int64_t number,
	const FailureRow *one)
{
	const Failure *failure = one->failure;
	const Incident *incident = incident_of(batch, row, one);
	const int64_t incident_id = incident != NULL ? incident->id : 0;

	task_add(&tasks[ROWS_FAILURE], row->day, row->id, policy, number, incident_id,
		one->result_type->id, one->mx->id, one->sending_ip->id, one->receiving_ip->id,
		one->reason->id, failure->failed_sessions, failure->receiving_mx_helo,
		failure->additional_information);
}

/* The failure rows of a policy begin here, or end where those of the one before it do. */
static guint
failures_from(const Batch *batch, guint policy)
{
	return policy < batch->policies->len
		? g_array_index(batch->policies, PolicyRow, policy).first_failure
		: batch->failures->len;
}

static void
add_content(Task *tasks, const Batch *batch, const Row *row)
{
	const guint end = END_OF(batch, row, policies);

	add_findings(tasks, row);
	for (guint i = row->policies; i < end; i++) {
		const PolicyRow *one = &g_array_index(batch->policies, PolicyRow, i);
		const int64_t number = i - row->policies;
		const guint from = failures_from(batch, i), until = failures_from(batch, i + 1);
		task_add(&tasks[ROWS_POLICY], row->day, row->id, number, one->domain->id,
			one->type->id, one->text->id, one->mx_list->id,
			one->policy->successful_sessions, one->policy->failed_sessions);
		for (guint j = from; j < until; j++)
			add_failure(tasks, batch, row, number, j - from,
				&g_array_index(batch->failures, FailureRow, j));
	}
}

/* --- totals */

static void
add_up_policies(Totals *totals, const Batch *batch, const Row *row)
{
	const guint end = END_OF(batch, row, policies);

	for (guint i = row->policies; i < end; i++) {
		const PolicyRow *one = &g_array_index(batch->policies, PolicyRow, i);
		const int64_t key[] = { one->domain->id, one->type->id, one->text->id,
			row->sender->reporter };
		const int64_t days[] = { row->day, row->day };
		const guint until = failures_from(batch, i + 1);
		totals_add(totals, TOTAL_POLICY_SEEN, key, days);
		for (guint j = one->first_failure; j < until; j++) {
			const FailureRow *failure = &g_array_index(batch->failures, FailureRow, j);
			const Incident *incident = incident_of(batch, row, failure);
			if (incident == NULL || failure->reason->id == NAME_UNKNOWN)
				continue;
			const int64_t pair[] = { incident->id, row->sender->reporter,
				failure->reason->id };
			const int64_t counts[] = { failure->failure->failed_sessions, row->day,
				row->day };
			totals_add(totals, TOTAL_INCIDENT_REASON, pair, counts);
		}
	}
}

static void
add_up_domains(Totals *totals, const Batch *batch, const Row *row)
{
	const guint types = END_OF(batch, row, types), domains = END_OF(batch, row, domains);
	const int64_t reporter = row->sender->reporter;

	for (guint i = row->types; i < types; i++) {
		const CountRow *one = &g_array_index(batch->types, CountRow, i);
		const int64_t key[] = { row->day, one->domain->id, one->type->id, reporter };
		totals_add(totals, TOTAL_DAILY, key, one->counts);
	}
	for (guint i = row->domains; i < domains; i++) {
		const CountRow *one = &g_array_index(batch->domains, CountRow, i);
		const int64_t key[] = { row->day, one->domain->id, reporter };
		const int64_t sum_key[] = { row->day, one->domain->id, 0, row->one->auth };
		const int64_t counts[] = { one->counts[0], one->counts[1],
			row->received_day - row->day };
		totals_add(totals, TOTAL_DAILY_TOTAL, key, counts);
		totals_add(totals, TOTAL_DAILY_SUM, sum_key, one->counts);
	}
}

static void
add_up_incidents(Totals *totals, const Batch *batch, const Row *row)
{
	const guint end = END_OF(batch, row, incidents);

	for (guint i = row->incidents; i < end; i++) {
		const IncidentRow *one = &g_array_index(batch->incidents, IncidentRow, i);
		const int64_t id = one->incident->id;
		const int64_t key[] = { id, row->day, row->sender->reporter };
		const int64_t sum_key[] = { row->day, one->incident->key.domain->id, id,
			row->one->auth };
		const int64_t counts[] = { one->failed, row->received_day - row->day };
		const int64_t sums[] = { 0, one->failed };
		totals_add(totals, TOTAL_INCIDENT_DAY, key, counts);
		totals_add(totals, TOTAL_DAILY_SUM, sum_key, sums);
	}
}

static void
add_up(Totals *totals, const Batch *batch, const Row *row)
{
	const int64_t key[] = { row->sender->reporter, row->received_day };

	totals_add(totals, TOTAL_REPORTER_DAY, key, NULL);
	add_up_domains(totals, batch, row);
	add_up_incidents(totals, batch, row);
	add_up_policies(totals, batch, row);
}

/* --- all of it */

static bool
write_rows(Batch *batch, GError **error)
{
	Task tasks[ROWS_TABLES] = {
		[ROWS_REPORT] = TASK(SQL_INSERT_REPORT, "iiitiiii"),
		[ROWS_IDENTITY] = TASK(SQL_INSERT_IDENTITY, "bi"),
		[ROWS_REPORT_NAME] = TASK(SQL_INSERT_REPORT_NAME, "iii"),
		[ROWS_RAW] = TASK(SQL_INSERT_RAW, "iittttiiib"),
		[ROWS_FINDING] = TASK(SQL_INSERT_FINDING, "iiittt"),
		[ROWS_POLICY] = TASK(SQL_INSERT_POLICY, "iiiiiiiii"),
		[ROWS_FAILURE] = TASK(SQL_INSERT_FAILURE, "iiiiniiiiiitt"),
	};
	Task *all[ROWS_TABLES];
	g_auto(Totals) totals = { 0 };

	for (guint i = 0; i < batch->rows->len; i++) {
		const Row *row = &g_array_index(batch->rows, Row, i);
		add_head(tasks, row);
		add_content(tasks, batch, row);
		add_up(&totals, batch, row);
	}
	for (size_t i = 0; i < ROWS_TABLES; i++)
		all[i] = &tasks[i];
	const bool ok = totals_write(&totals, batch->store, all, ROWS_TABLES, error);
	for (size_t i = 0; i < ROWS_TABLES; i++)
		task_clear(&tasks[i]);
	return ok;
}

/* Everything that the rows of reports name. */
static bool
write_heads(Batch *batch, GError **error)
{
	if (batch->rows->len == 0)
		return true;
	if (!store_resolve_names(batch->store, error) || !look_up_keys(batch, error))
		return false;
	extend_incidents(batch);
	return insert_senders(batch, error) && insert_incidents(batch, error);
}

bool
store_reports(Store *store, const StoreDelivery *deliveries, size_t n, const Limits *limits,
	StoreOutcome *outcomes, GError **error)
{
	g_auto(Batch) batch;

	batch_init(&batch, store, limits);
	if (!add_new(&batch, deliveries, n, outcomes, error) || !write_heads(&batch, error)
		|| !write_rows(&batch, error))
		return false;
	for (guint i = 0; i < batch.rows->len; i++) {
		const Row *row = &g_array_index(batch.rows, Row, i);
		row->outcome->stored++;
		row->outcome->same_id += row->same_id;
	}
	return true;
}

bool
store_report_again(Store *store, const StoreDelivery *delivery, const StoreReport *one, int64_t id,
	int64_t was_day, bool same_id, const Limits *limits, GError **error)
{
	const Report *report = one->report;
	Row row = row_of(delivery, one, NULL);
	g_auto(Batch) batch;

	row.id = id;
	row.same_id = same_id;
	batch_init(&batch, store, limits);
	add_row(&batch, &row);
	return write_heads(&batch, error)
		&& store_run(store,
			store_bind(store, SQL_UPDATE_REPORT, error, "iitiii", row.day,
				row.sender->id, report->report_id, report->start_at, report->end_at,
				id),
			error)
		&& (row.day == was_day
			|| store_run(store,
				store_bind(store, SQL_UPDATE_RAW_DAY, error, "iii", row.day, was_day,
					id),
				error))
		&& write_rows(&batch, error);
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
