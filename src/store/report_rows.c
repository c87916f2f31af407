/* One report as rows. */
#include "private.h"

#include "tlsrpt/count.h"
#include "tlsrpt/day.h"

#include <string.h>

/* A report on its way, with the ids that its rows share. */
typedef struct {
	Store *store;
	const StoreReport *one;
	const StoreMessage *message;
	int64_t received_at;
	int64_t organization, id, day;
	int64_t received_after; /* days after the day */
} Row;

static bool
intern_sender(Row *row, int64_t *sender, GError **error)
{
	static const char types[] = "itiiii";
	Store *store = row->store;
	const Report *report = row->one->report;
	const int64_t auth = row->one->auth;
	int64_t submitter, from, auth_domain;
	bool found;

	if (!store_intern(
		    store, SQL_SELECT_ORGANIZATION, report->organization, &row->organization, error)
		|| !store_intern(
			store, SQL_SELECT_DOMAIN, row->message->submitter, &submitter, error)
		|| !store_intern(store, SQL_SELECT_DOMAIN, row->message->from_domain, &from, error)
		|| !store_intern(
			store, SQL_SELECT_DOMAIN, row->one->auth_domain, &auth_domain, error))
		return false;
	if (!store_query(store,
		    store_bind(store, SQL_SELECT_SENDER, error, types, row->organization,
			    report->contact_info, submitter, from, auth, auth_domain),
		    &found, sender, error))
		return false;
	return found
		|| store_insert(store,
			store_bind(store, SQL_INSERT_SENDER, error, types, row->organization,
				report->contact_info, submitter, from, auth, auth_domain),
			sender, error);
}

static bool
insert_finding(const Row *row, int64_t number, FindingCode code, const char *path,
	const char *detail, GError **error)
{
	return store_run(row->store,
		store_bind(row->store, SQL_INSERT_FINDING, error, "iittt", row->id, number, path,
			finding_name(code), detail),
		error);
}

/* Whether the organization has sent a report under this id before. Mostly nobody has. */
static bool
find_same_id(const Row *row, bool *same_id, GError **error)
{
	Store *store = row->store;
	const char *id = row->one->report->report_id;
	const int64_t hash = store_hash(id);
	int64_t other;

	return store_query(store,
		       store_bind(
			       store, SQL_SELECT_REPORT_NAME, error, "ii", hash, row->organization),
		       same_id, &other, error)
		&& (!*same_id
			|| store_query(store,
				store_bind(store, SQL_SELECT_SAME_ID, error, "iit", hash,
					row->organization, id),
				same_id, &other, error));
}

static bool
insert_name(const Row *row, GError **error)
{
	return store_run(row->store,
		store_bind(row->store, SQL_INSERT_REPORT_NAME, error, "iii",
			store_hash(row->one->report->report_id), row->organization, row->id),
		error);
}

static bool
insert_report(Row *row, bool *same_id, GError **error)
{
	Store *store = row->store;
	const Report *report = row->one->report;
	int64_t sender, report_domain;

	if (!intern_sender(row, &sender, error)
		|| !store_intern(store, SQL_SELECT_DOMAIN, row->message->report_domain,
			&report_domain, error)
		|| !find_same_id(row, same_id, error)
		|| !store_insert(store,
			store_bind(store, SQL_INSERT_REPORT, error, "itiiii", sender,
				report->report_id, report_domain, report->start_at, report->end_at,
				row->received_at),
			&row->id, error)
		|| !store_run(store,
			store_bind(store, SQL_INSERT_IDENTITY, error, "bi", row->one->digest.bytes,
				(size_t)IDENTITY_SIZE, row->id),
			error)
		|| !insert_name(row, error))
		return false;

	const int64_t is_report = row->message->is_report, is_gzip = row->one->is_gzip;
	gsize size;
	const void *raw = g_bytes_get_data(row->one->raw, &size);
	return store_run(store,
		store_bind(store, SQL_INSERT_RAW, error, "ittttiiib", row->id,
			row->message->message_id, row->message->subject, row->one->file_name,
			row->one->media_type, is_report, row->message->sent_at, is_gzip, raw, size),
		error);
}

static bool
insert_findings(const Row *row, bool same_id, GError **error)
{
	const Report *report = row->one->report;

	for (size_t i = 0; i < report->findings->len; i++) {
		const Finding *finding = &g_array_index(report->findings, Finding, i);
		if (!insert_finding(
			    row, (int64_t)i, finding->code, finding->path, finding->detail, error))
			return false;
	}
	return !same_id
		|| insert_finding(row, report->findings->len, FINDING_SAME_ID, "$.report-id",
			report->report_id, error);
}

/* The id of an address, 0 for none. */
static bool
intern_ip(Store *store, const char *ip, int64_t *id, GError **error)
{
	*id = 0;
	return *ip == '\0' || store_intern(store, SQL_SELECT_DOMAIN, ip, id, error);
}

static bool
insert_failure(
	const Row *row, int64_t policy, int64_t number, const Failure *failure, GError **error)
{
	Store *store = row->store;
	int64_t result_type, mx, sending_ip, receiving_ip;

	return store_intern(
		       store, SQL_SELECT_RESULT_TYPE, failure->result_type, &result_type, error)
		&& store_intern(
			store, SQL_SELECT_DOMAIN, failure->receiving_mx_hostname, &mx, error)
		&& intern_ip(store, failure->sending_mta_ip, &sending_ip, error)
		&& intern_ip(store, failure->receiving_ip, &receiving_ip, error)
		&& store_run(store,
			store_bind(store, SQL_INSERT_FAILURE, error, "iiiiinnttt", policy, number,
				result_type, mx, failure->failed_sessions, sending_ip, receiving_ip,
				store_name(failure->receiving_mx_helo),
				store_name(failure->additional_information),
				store_name(failure->failure_reason_code)),
			error);
}

static bool
add_policy_seen(const Row *row, int64_t domain, int64_t type, int64_t text, GError **error)
{
	static const char types[] = "iiiii";
	Store *store = row->store;
	const int64_t organization = row->organization, day = row->day;
	bool written;

	if (!store_write(store,
		    store_bind(store, SQL_EXTEND_POLICY_SEEN, error, types, day, domain, type, text,
			    organization),
		    &written, error))
		return false;
	if (!written
		&& !store_write(store,
			store_bind(store, SQL_INSERT_POLICY_SEEN, error, types, domain, type, text,
				organization, day),
			&written, error))
		return false;
	return written
		|| store_run(store,
			store_bind(store, SQL_PREDATE_POLICY_SEEN, error, types, day, domain, type,
				text, organization),
			error);
}

static bool
insert_policy(const Row *row, const Policy *policy, GError **error)
{
	Store *store = row->store;
	int64_t domain, type, text, mx_list, id;

	if (!store_intern(store, SQL_SELECT_DOMAIN, policy->policy_domain, &domain, error)
		|| !store_intern(store, SQL_SELECT_POLICY_TYPE, policy->policy_type, &type, error)
		|| !store_intern(store, SQL_SELECT_POLICY_TEXT, policy->policy_text, &text, error)
		|| !store_intern(store, SQL_SELECT_MX_LIST, policy->mx_hosts, &mx_list, error)
		|| !store_insert(store,
			store_bind(store, SQL_INSERT_POLICY, error, "iiiiiii", row->id, domain,
				type, text, mx_list, policy->successful_sessions,
				policy->failed_sessions),
			&id, error)
		|| !add_policy_seen(row, domain, type, text, error))
		return false;
	for (size_t i = 0; i < policy->failures->len; i++) {
		if (!insert_failure(row, id, (int64_t)i,
			    &g_array_index(policy->failures, Failure, i), error))
			return false;
	}
	return true;
}

static bool
add_daily(const Row *row, const TypeCount *count, GError **error)
{
	static const char types[] = "iiiiiii";
	Store *store = row->store;
	const int64_t auth = row->one->auth;
	int64_t domain, type;
	bool is_new;

	if (!store_intern(store, SQL_SELECT_DOMAIN, count->policy_domain, &domain, error)
		|| !store_intern(store, SQL_SELECT_POLICY_TYPE, count->policy_type, &type, error)
		|| !store_write(store,
			store_bind(store, SQL_INSERT_DAILY, error, types, row->day, domain, type,
				row->organization, auth, count->successful_sessions,
				count->failed_sessions),
			&is_new, error))
		return false;
	return is_new
		|| store_run(store,
			store_bind(store, SQL_ADD_DAILY, error, types, count->successful_sessions,
				count->failed_sessions, row->day, domain, type, row->organization,
				auth),
			error);
}

/* What the organizations say together: of a domain (incident 0), or of one of its incidents. */
static bool
add_domain_day(const Row *row, int64_t domain, int64_t incident, int64_t sessions, int64_t failed,
	GError **error)
{
	Store *store = row->store;
	const int64_t auth = row->one->auth;
	bool is_there;

	if (!store_write(store,
		    store_bind(store, SQL_ADD_DOMAIN_DAY, error, "iiiiii", sessions, failed,
			    row->day, domain, incident, auth),
		    &is_there, error))
		return false;
	return is_there
		|| store_run(store,
			store_bind(store, SQL_INSERT_DOMAIN_DAY, error, "iiiiii", row->day, domain,
				incident, auth, sessions, failed),
			error);
}

static bool
add_daily_total(const Row *row, const DomainCount *count, GError **error)
{
	static const char types[] = "iiiiiii";
	Store *store = row->store;
	const int64_t auth = row->one->auth;
	int64_t domain;
	bool is_new;

	if (!store_intern(store, SQL_SELECT_DOMAIN, count->policy_domain, &domain, error)
		|| !add_domain_day(row, domain, 0, count->sessions, count->failed_sessions, error)
		|| !store_write(store,
			store_bind(store, SQL_INSERT_DAILY_TOTAL, error, types, row->day, domain,
				row->organization, auth, count->sessions, count->failed_sessions,
				row->received_after),
			&is_new, error))
		return false;
	return is_new
		|| store_run(store,
			store_bind(store, SQL_ADD_DAILY_TOTAL, error, types, count->sessions,
				count->failed_sessions, row->received_after, row->day, domain,
				row->organization, auth),
			error);
}

static bool
extend_incident(const Row *row, const IncidentCount *count, int64_t incident, GError **error)
{
	static const char types[] = "itii";
	Store *store = row->store;
	const int64_t start_at = row->one->report->start_at;
	bool is_newest;

	if (!store_write(store,
		    store_bind(store, SQL_EXTEND_INCIDENT, error, types, start_at, count->mode,
			    row->day, incident),
		    &is_newest, error))
		return false;
	return is_newest
		|| store_run(store,
			store_bind(store, SQL_UPDATE_INCIDENT, error, types, start_at, count->mode,
				row->day, incident),
			error);
}

/* The ids of the incident that a count is of, which then knows of the report, and of its domain. */
static bool
intern_incident(const Row *row, const IncidentCount *count, int64_t *incident, int64_t *domain,
	GError **error)
{
	Store *store = row->store;
	int64_t type, result, mx;
	bool found;

	if (!store_intern(store, SQL_SELECT_DOMAIN, count->policy_domain, domain, error)
		|| !store_intern(store, SQL_SELECT_POLICY_TYPE, count->policy_type, &type, error)
		|| !store_intern(store, SQL_SELECT_RESULT_TYPE, count->result_type, &result, error)
		|| !store_intern(store, SQL_SELECT_DOMAIN, count->receiving_mx_hostname, &mx, error)
		|| !store_query(store,
			store_bind(store, SQL_SELECT_INCIDENT, error, "iiii", *domain, type, result,
				mx),
			&found, incident, error))
		return false;
	if (found)
		return extend_incident(row, count, *incident, error);
	return store_insert(store,
		store_bind(store, SQL_INSERT_INCIDENT, error, "iiiitii", *domain, type, result, mx,
			count->mode, row->one->report->start_at, row->day),
		incident, error);
}

static bool
add_incident_day(const Row *row, const IncidentCount *count, GError **error)
{
	Store *store = row->store;
	const int64_t auth = row->one->auth;
	int64_t incident, domain;
	bool is_new;

	if (!intern_incident(row, count, &incident, &domain, error)
		|| !add_domain_day(row, domain, incident, 0, count->failed_sessions, error)
		|| !store_write(store,
			store_bind(store, SQL_INSERT_INCIDENT_DAY, error, "iiiiii", incident,
				row->day, row->organization, auth, count->failed_sessions,
				row->received_after),
			&is_new, error))
		return false;
	return is_new
		|| store_run(store,
			store_bind(store, SQL_ADD_INCIDENT_DAY, error, "iiiii",
				count->failed_sessions, incident, row->day, row->organization, auth),
			error);
}

static bool
add_totals(const Row *row, const Limits *limits, GError **error)
{
	g_autoptr(GArray) types = count_types(row->one->report);
	g_autoptr(GArray) domains = count_domains(types);
	g_autoptr(GArray) incidents = count_incidents(row->one->report, limits->incidents, NULL);

	for (size_t i = 0; i < types->len; i++) {
		if (!add_daily(row, &g_array_index(types, TypeCount, i), error))
			return false;
	}
	for (size_t i = 0; i < domains->len; i++) {
		if (!add_daily_total(row, &g_array_index(domains, DomainCount, i), error))
			return false;
	}
	for (size_t i = 0; i < incidents->len; i++) {
		if (!add_incident_day(row, &g_array_index(incidents, IncidentCount, i), error))
			return false;
	}
	return true;
}

/* What a report consists of, and what it adds to the totals. */
static bool
insert_content(const Row *row, bool same_id, const Limits *limits, GError **error)
{
	const GArray *policies = row->one->report->policies;

	if (!insert_findings(row, same_id, error))
		return false;
	for (size_t i = 0; i < policies->len; i++) {
		if (!insert_policy(row, &g_array_index(policies, Policy, i), error))
			return false;
	}
	return add_totals(row, limits, error);
}

bool
store_report(Store *store, const StoreDelivery *delivery, const StoreReport *one,
	const Limits *limits, StoreOutcome *outcome, GError **error)
{
	Row row = {
		.store = store,
		.one = one,
		.message = delivery->message,
		.received_at = delivery->received_at,
		.day = day_of(one->report->start_at),
	};
	int64_t before;
	bool is_duplicate, same_id;

	row.received_after = day_of(row.received_at) - row.day;
	if (!store_query(store,
		    store_bind(store, SQL_SELECT_IDENTITY, error, "b", one->digest.bytes,
			    (size_t)IDENTITY_SIZE),
		    &is_duplicate, &before, error))
		return false;
	if (is_duplicate) {
		outcome->duplicates++;
		return true;
	}
	if (!insert_report(&row, &same_id, error)
		|| !insert_content(&row, same_id, limits, error))
		return false;
	outcome->stored++;
	outcome->same_id += same_id;
	return true;
}

bool
store_report_again(Store *store, const StoreDelivery *delivery, const StoreReport *one, int64_t id,
	bool same_id, const Limits *limits, GError **error)
{
	const Report *report = one->report;
	Row row = {
		.store = store,
		.one = one,
		.message = delivery->message,
		.received_at = delivery->received_at,
		.id = id,
		.day = day_of(report->start_at),
	};
	int64_t sender;

	row.received_after = day_of(row.received_at) - row.day;
	return intern_sender(&row, &sender, error)
		&& store_run(store,
			store_bind(store, SQL_UPDATE_REPORT, error, "itiii", sender,
				report->report_id, report->start_at, report->end_at, id),
			error)
		&& insert_name(&row, error) && insert_content(&row, same_id, limits, error);
}
