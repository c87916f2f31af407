/* Writes the rows of a batch, and adds to the totals. */
#include "deliver_batch.h"

#include "hash.h"
#include "totals.h"
#include "transaction.h"

#include "tlsrpt/brief.h"

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
add_raw(Task *tasks, const Row *row)
{
	const StoreReport *one = row->one;
	const StoreMessage *message = row->delivery->message;
	const int64_t is_report = message->is_report, is_gzip = one->is_gzip;
	gsize size;
	const void *raw = g_bytes_get_data(one->raw, &size);

	task_add(&tasks[ROWS_RAW], row->day, row->id, message->message_id, message->subject,
		one->file_name, one->media_type, is_report, message->sent_at, is_gzip, raw,
		(size_t)size);
}

static void
add_head(Task *tasks, const Row *row)
{
	const StoreReport *one = row->one;

	task_add(&tasks[ROWS_REPORT_NAME], store_hash(one->report->report_id),
		row->organization->id, row->id);
	if (one->raw != NULL)
		add_raw(tasks, row);
	if (row->outcome == NULL)
		return;
	task_add(&tasks[ROWS_REPORT], row->id, row->day, row->sender->id, one->report->report_id,
		row->report_domain->id, one->report->start_at, one->report->end_at,
		row->delivery->received_at);
	task_add(&tasks[ROWS_IDENTITY], one->digest.bytes, (size_t)IDENTITY_SIZE, row->id);
}

/* The incident that a failure row counts under; NULL if it counts under none. */
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

/*
 * The index of the first failure row of a policy, which is also the end of the preceding policy's
 * rows.
 */
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
	const bool is_brief = report_is_brief(row->one->report); /* has no policy texts */

	for (guint i = row->policies; i < end; i++) {
		const PolicyRow *one = &g_array_index(batch->policies, PolicyRow, i);
		const int64_t key[] = { one->domain->id, one->type->id, one->text->id,
			row->sender->reporter };
		const int64_t days[] = { row->day, row->day };
		const guint until = failures_from(batch, i + 1);
		if (!is_brief)
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

bool
batch_write_rows(Batch *batch, GError **error)
{
	Task tasks[ROWS_TABLES] = {
		[ROWS_REPORT] = INSERT(SQL_INSERT_REPORT, "iiitiiii"),
		[ROWS_IDENTITY] = INSERT(SQL_INSERT_IDENTITY, "bi"),
		[ROWS_REPORT_NAME] = INSERT(SQL_INSERT_REPORT_NAME, "iii"),
		[ROWS_RAW] = INSERT(SQL_INSERT_RAW, "iittttiiib"),
		[ROWS_FINDING] = INSERT(SQL_INSERT_FINDING, "iiittt"),
		[ROWS_POLICY] = INSERT(SQL_INSERT_POLICY, "iiiiiiiii"),
		[ROWS_FAILURE] = INSERT(SQL_INSERT_FAILURE, "iiiiniiiiiitt"),
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
