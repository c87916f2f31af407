/* Collects the names that the reports of a batch refer to. */
#include "deliver_batch.h"

#include "hash.h"

#include "tlsrpt/day.h"
#include "tlsrpt/text_table.h"

#include <string.h>

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

void
batch_init(Batch *batch, Store *store, const Limits *limits)
{
	*batch = (Batch){
		.store = store,
		.limits = limits,
		.duplicates = g_array_new(FALSE, FALSE, sizeof(Duplicate)),
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

void
batch_clear(Batch *batch)
{
	g_array_unref(batch->duplicates);
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
		.kind = want(batch, NAME_KIND, count->kind),
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

	if (sender != NULL) {
		sender->first_day = MIN(sender->first_day, row->received_day);
		return sender;
	}
	sender = g_new0(Sender, 1);
	sender->key = key;
	sender->first_day = row->received_day;
	g_hash_table_insert(batch->senders, &sender->key, sender);
	g_ptr_array_add(batch->sender_list, sender);
	return sender;
}

/* Adds to the batch all names that a report refers to. */
void
batch_add_row(Batch *batch, Row *row)
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

Row
batch_row(const StoreDelivery *delivery, const StoreReport *one, StoreOutcome *outcome)
{
	return (Row){
		.delivery = delivery,
		.one = one,
		.outcome = outcome,
		.day = one->report->day,
		.received_day = day_of(delivery->received_at),
	};
}

/* Adds those reports to the batch that the store does not have yet. */
bool
batch_add_new(Batch *batch, const StoreDelivery *deliveries, size_t n, StoreOutcome *outcomes,
	GError **error)
{
	g_auto(Task) identities = QUERY(SQL_SELECT_IDENTITY, "b");
	Task *const tasks[] = { &identities };
	g_autoptr(GHashTable) digests = g_hash_table_new(digest_hash, digest_equal);
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
			const Duplicate duplicate = { &deliveries[i], one, &outcomes[i] };
			Row row = batch_row(&deliveries[i], one, &outcomes[i]);
			if (identities.results[place] != 0
				|| !g_hash_table_add(digests, (gpointer)one->digest.bytes))
				g_array_append_val(batch->duplicates, duplicate);
			else
				batch_add_row(batch, &row);
		}
	}
	return true;
}
