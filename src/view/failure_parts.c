/* Makes failures of incidents, and has them judged. */
#include "problem_parts.h"

#include "tlsrpt/mta_sts.h"
#include "tlsrpt/report.h"

#include "tlsrpt/catalog.h"

#include <string.h>

/*
 * Whether the incident was seen in the time, and by the organization, that was asked for: by believed
 * reporters if any of these ever saw it, so that what others add later makes no line of it.
 */
static bool
was_shown(const ProblemsOwn *own, const IncidentPart *part)
{
	for (guint i = 0; part->rows != NULL && i < part->rows->len; i++) {
		const SeenRow *row = &g_array_index(part->rows, SeenRow, i);
		if (is_shown(own, row->reporter, row->day)
			&& (!part->has_history || row_counts(part, row)))
			return true;
	}
	return false;
}

static bool
find_histories(ProblemsOwn *own, GError **error)
{
	for (guint i = 0; i < own->incidents->len; i++) {
		IncidentPart *part = g_ptr_array_index(own->incidents, i);
		part->shown.listed = was_shown(own, part);
		if (part->shown.listed && !incident_history_read(own, part, error))
			return false;
		part->shown.listed = part->shown.listed && was_shown(own, part);
	}
	return true;
}

static FailurePart **
failure_at(const IncidentPart *part)
{
	return part->shown.unverified ? &part->place->unverified : &part->place->believed;
}

/* Makes the failures that are listed. */
static void
list_failures(ProblemsOwn *own)
{
	for (guint i = 0; i < own->incidents->len; i++) {
		const IncidentPart *part = g_ptr_array_index(own->incidents, i);
		FailurePart **at = failure_at(part);
		if (!part->shown.listed || *at != NULL)
			continue;
		FailurePart *failure = *at = g_new0(FailurePart, 1);
		failure->shown.domain = part->shown.domain;
		failure->shown.kind = part->shown.kind;
		failure->shown.unverified = part->shown.unverified;
		failure->shown.incidents = g_ptr_array_new();
		failure->domain = part->domain;
		failure->parts = g_ptr_array_new();
		g_ptr_array_add(own->failures, failure);
	}
}

/* Adds an incident to its failure if that is listed. */
static bool
join_failure(ProblemsOwn *own, IncidentPart *part, GError **error)
{
	if (part->place->believed == NULL && part->place->unverified == NULL)
		return true;
	if (!incident_history_read(own, part, error))
		return false;
	FailurePart *failure = *failure_at(part);
	if (failure != NULL) {
		g_ptr_array_add(failure->parts, part);
		g_ptr_array_add(failure->shown.incidents, &part->shown);
	}
	return true;
}

bool
failures_find(ProblemsOwn *own, GError **error)
{
	if (!find_histories(own, error))
		return false;
	list_failures(own);
	for (guint i = 0; i < own->incidents->len && own->failures->len > 0; i++) {
		if (!join_failure(own, g_ptr_array_index(own->incidents, i), error))
			return false;
	}
	return true;
}

/* --- what a failure is judged by */

/* Whether a result type says that the policy itself fails, which stops no mail by itself. */
static bool
is_policy_failure(const char *result_type)
{
	static const char *const types[] = { "sts-policy-fetch-error", "sts-policy-invalid",
		"sts-webpki-invalid", NULL };

	return g_strv_contains(types, result_type);
}

static int
compare_days(gconstpointer a, gconstpointer b)
{
	const FailureDay *one = a, *other = b;

	if (one->day != other->day)
		return one->day < other->day ? -1 : 1;
	return one->reporter->id < other->reporter->id ? -1
						       : one->reporter->id > other->reporter->id;
}

/* Adds the days of W on which an incident was seen, those after a first one. */
static void
add_days(const ProblemsOwn *own, const IncidentPart *part, int64_t after, GArray *days)
{
	const Incident *incident = &part->shown;

	for (guint i = 0; part->rows != NULL && i < part->rows->len; i++) {
		const SeenRow *row = &g_array_index(part->rows, SeenRow, i);
		const FailureDay day = {
			.reporter = row->reporter,
			.day = row->day,
			.failed_sessions = row->failed_sessions,
			.has_tlsa = strcmp(incident->policy_type, POLICY_TYPE_TLSA) == 0,
			.has_sts = strcmp(incident->policy_type, POLICY_TYPE_STS) == 0,
			.beyond_policy = !is_policy_failure(incident->result_type),
		};
		if (row_counts(part, row) && is_in_window(own, row->day) && row->day > after)
			g_array_append_val(days, day);
	}
}

/*
 * What reporters saw of the failure in W, one a reporter and day; if it came back after it was resolved, only
 * what came after that.  The incidents are those of the parts, in their order.
 */
static GArray *
days_of(const ProblemsOwn *own, const FailurePart *failure, const GArray *incidents)
{
	GArray *days = g_array_new(FALSE, FALSE, sizeof(FailureDay));
	const bool is_resolved = failure_is_resolved(incidents);
	guint kept = 0;

	for (guint i = 0; i < failure->parts->len; i++) {
		const SeenIncident *incident = &g_array_index(incidents, SeenIncident, i);
		add_days(own, g_ptr_array_index(failure->parts, i),
			is_resolved ? DAY_NONE : failure_resolved_day(incident), days);
	}
	/* Those of one incident are in this order already. */
	if (failure->parts->len > 1)
		g_array_sort(days, compare_days);
	for (guint i = 1; i < days->len; i++) {
		FailureDay *last = &g_array_index(days, FailureDay, kept);
		const FailureDay *day = &g_array_index(days, FailureDay, i);
		if (compare_days(last, day) != 0) {
			g_array_index(days, FailureDay, ++kept) = *day;
			continue;
		}
		last->failed_sessions = count_add(last->failed_sessions, day->failed_sessions);
		last->has_tlsa = last->has_tlsa || day->has_tlsa;
		last->has_sts = last->has_sts || day->has_sts;
		last->beyond_policy = last->beyond_policy || day->beyond_policy;
	}
	g_array_set_size(days, MIN(days->len, kept + 1));
	return days;
}

static GArray *
seen_incidents(const FailurePart *failure, const GArray *no_marks)
{
	GArray *incidents = g_array_new(FALSE, FALSE, sizeof(SeenIncident));

	for (guint i = 0; i < failure->parts->len; i++) {
		const IncidentPart *part = g_ptr_array_index(failure->parts, i);
		const SeenIncident one = {
			.first_day = part->shown.first_seen,
			.first_received_day = part->first_received_day,
			.before_window = part->before_window,
			.days = part->days,
			.marks = part->marks != NULL ? part->marks : no_marks,
		};
		g_array_append_val(incidents, one);
	}
	return incidents;
}

static bool
read_mode(ProblemsOwn *own, DomainPart *domain, GError **error)
{
	if (domain->has_mode)
		return true;
	g_autoptr(StoreRows) rows = store_ask_about(own->question->store, STORE_MODES_OF,
		domain->number, own->window_day, own->today, error);
	g_autoptr(GArray) seen = g_array_new(FALSE, FALSE, sizeof(ModeSeen));
	bool has = false, ok = rows != NULL;
	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		const ModeSeen one = {
			.reporter = reporters_find(
				own->reporters, store_rows_int(rows, MODE_REPORTER)),
			.mode = mta_sts_mode_of(
				mta_sts_mode(store_rows_text(rows, MODE_POLICY_TEXT))),
			.first_day = store_rows_int(rows, MODE_FIRST_DAY),
			.last_day = store_rows_int(rows, MODE_LAST_DAY),
		};
		if (one.reporter != NULL && one.reporter->believed)
			g_array_append_val(seen, one);
	}
	domain->mode = failure_mode(seen, own->question->rules, own->today);
	domain->has_mode = true;
	return ok;
}

/* What believed reporters usually report about a domain. */
static bool
read_usual(ProblemsOwn *own, DomainPart *domain, GError **error)
{
	if (domain->usual != NULL)
		return true;
	g_autoptr(StoreRows) rows = store_ask_about(own->question->store, STORE_TOTALS_OF,
		domain->number, own->window_day - own->question->rules->baseline,
		own->window_day - 1, error);
	bool has = false, ok = rows != NULL;
	domain->usual = g_array_new(FALSE, FALSE, sizeof(ReporterDay));
	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		const ReporterDay total = {
			.reporter = reporters_find(
				own->reporters, store_rows_int(rows, TOTAL_REPORTER)),
			.day = store_rows_int(rows, TOTAL_DAY),
			.sessions = store_rows_int(rows, TOTAL_SESSIONS),
			.failed_sessions = store_rows_int(rows, TOTAL_FAILED_SESSIONS),
			.received_day = store_rows_int(rows, TOTAL_RECEIVED_DAY),
		};
		if (total.reporter != NULL && total.reporter->believed)
			g_array_append_val(domain->usual, total);
	}
	reporter_days_sort(domain->usual);
	return ok;
}

static bool
judge_verified(ProblemsOwn *own, FailurePart *failure, FailureEvidence *evidence, GError **error)
{
	evidence->totals = failure->domain->window;
	evidence->mode = failure->domain->mode;
	failure->shown.verdict = failure_judge(evidence);
	if (!failure->shown.verdict.unusual)
		return true;
	if (!read_usual(own, failure->domain, error))
		return false;
	evidence->usual = failure->domain->usual;
	failure->shown.verdict = failure_judge(evidence);
	return true;
}

/* What only unverified reporters see has a state, which is shown, and no alarm. */
static void
judge_unverified(FailurePart *failure, FailureEvidence *evidence, const GArray *nothing)
{
	evidence->totals = nothing;
	failure->shown.verdict = failure_judge(evidence);
	failure->shown.verdict.level = LEVEL_NONE;
	failure->shown.verdict.why = WHY_UNVERIFIED;
	failure->shown.verdict.only = NULL;
}

static bool
judge(ProblemsOwn *own, FailurePart *failure, GError **error)
{
	g_autoptr(GArray) no_marks = g_array_new(FALSE, FALSE, sizeof(Mark));
	g_autoptr(GArray) no_totals = g_array_new(FALSE, FALSE, sizeof(ReporterDay));
	g_autoptr(GArray) incidents = seen_incidents(failure, no_marks);
	g_autoptr(GArray) days = days_of(own, failure, incidents);
	DomainFailure *shown = &failure->shown;
	FailureEvidence evidence = {
		.rules = own->question->rules,
		.today = own->today,
		.incidents = incidents,
		.days = days,
	};

	if (!read_mode(own, failure->domain, error))
		return false;
	if (shown->unverified)
		judge_unverified(failure, &evidence, no_totals);
	else if (!judge_verified(own, failure, &evidence, error))
		return false;
	shown->mode = failure->domain->mode;
	shown->learning = failure->domain->learning;
	shown->first_seen = shown->last_seen = DAY_NONE;
	for (guint i = 0; i < shown->incidents->len; i++) {
		const Incident *incident = g_ptr_array_index(shown->incidents, i);
		const bool tlsa = strcmp(incident->policy_type, POLICY_TYPE_TLSA) == 0;
		const bool sts = strcmp(incident->policy_type, POLICY_TYPE_STS) == 0;
		shown->holds_mail = shown->holds_mail
			|| (incident->listed && !is_policy_failure(incident->result_type)
				&& (tlsa || (sts && shown->mode == MTA_STS_ENFORCE)));
		if (shown->first_seen == DAY_NONE || incident->first_seen < shown->first_seen)
			shown->first_seen = incident->first_seen;
		shown->last_seen = MAX(shown->last_seen, incident->last_seen);
	}
	return true;
}

bool
failures_judge(ProblemsOwn *own, GError **error)
{
	for (guint i = 0; i < own->failures->len; i++) {
		if (!judge(own, g_ptr_array_index(own->failures, i), error))
			return false;
	}
	return true;
}
