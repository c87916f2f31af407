/*
 * Reads stored reports anew from the bytes that were received, as if they were delivered to this
 * version of the program.  First all reports are parsed and compared, for which the writers' lock
 * is not needed; then only those that differ are written.
 */
#include "tlsrpt/store_write.h"

#include "hash.h"
#include "names.h"
#include "replace.h"
#include "transaction.h"

#include "tlsrpt/brief.h"
#include "tlsrpt/day.h"
#include "tlsrpt/error.h"
#include "tlsrpt/kind.h"
#include "tlsrpt/voucher.h"

#include <string.h>

typedef struct {
	Store *store;
	const StoreReading *reading;
	const StoreWatch *watch;
	StoreReprocessed *result;
	const GArray *ids;
	GArray *differing; /* of int64_t: the ids of reports that differ */
	size_t next; /* index into differing of the next one to write */
	bool renamed; /* whether any organization or report-id has changed: see same_id below */
} Reprocess;

/* A report as it was received, and as this version of the program reads it. */
typedef struct {
	StoreSource source;
	GPtrArray *strings; /* the texts that source points to */
	StoredReport *stored;
	Report *report; /* NULL if it cannot be parsed, or was pruned */
	Digest digest;
	KnownReport known; /* which has that digest; often the same report, or none */
	bool same_id; /* whether an earlier report of the same organization has its report-id */
	bool differs;
} Examined;

static void
examined_clear(Examined *examined)
{
	g_clear_pointer(&examined->strings, g_ptr_array_unref);
	g_clear_pointer(&examined->source.raw, g_bytes_unref);
	g_clear_pointer(&examined->stored, stored_report_free);
	g_clear_pointer(&examined->report, report_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Examined, examined_clear)

static void
free_unreadable(gpointer data)
{
	StoreUnreadable *unreadable = data;

	g_free(unreadable->reason);
	g_free(unreadable->detail);
	g_free(unreadable);
}

void
store_reprocessed_clear(StoreReprocessed *reprocessed)
{
	g_clear_pointer(&reprocessed->changed, g_array_unref);
	g_clear_pointer(&reprocessed->unreadable, g_ptr_array_unref);
}

/* --- what came */

/* Copies a text of the row so that it lives as long as examined; NULL for both "" and NULL. */
static const char *
keep_text(Examined *examined, const char *text)
{
	char *copy = text != NULL && *text != '\0' ? g_strdup(text) : NULL;

	if (copy != NULL)
		g_ptr_array_add(examined->strings, copy);
	return copy;
}

static void
take_source(Store *store, StoreStatement *row, Examined *examined)
{
	const StoreDriver *driver = store->driver;
	StoreSource *source = &examined->source;
	size_t size;

	source->received_at = driver->column_int(row, SOURCE_RECEIVED_AT);
	source->message.report_domain = keep_text(
		examined, driver->column_text(row, SOURCE_REPORT_DOMAIN));
	source->message.submitter = keep_text(examined, driver->column_text(row, SOURCE_SUBMITTER));
	source->message.from_domain = keep_text(
		examined, driver->column_text(row, SOURCE_FROM_DOMAIN));
	source->auth = (Auth)driver->column_int(row, SOURCE_AUTH);
	source->auth_domain = keep_text(examined, driver->column_text(row, SOURCE_AUTH_DOMAIN));
	source->message.subject = keep_text(examined, driver->column_text(row, SOURCE_SUBJECT));
	source->message.message_id = keep_text(
		examined, driver->column_text(row, SOURCE_MESSAGE_ID));
	source->file_name = keep_text(examined, driver->column_text(row, SOURCE_FILE_NAME));
	source->media_type = keep_text(examined, driver->column_text(row, SOURCE_MEDIA_TYPE));
	source->message.is_report = driver->column_int(row, SOURCE_IS_REPORT) != 0;
	source->message.sent_at = driver->column_int(row, SOURCE_SENT_AT);
	source->is_gzip = driver->column_int(row, SOURCE_IS_GZIP) != 0;
	const void *content = driver->column_blob(row, SOURCE_CONTENT, &size);
	source->raw = g_bytes_new(content, size);
}

/* Reads what was received of a report; *has is false for a pruned report. */
static bool
read_source(Store *store, int64_t id, Examined *examined, bool *has, GError **error)
{
	StoreStatement *row = store_bind(store, SQL_READ_SOURCE, error, "i", id);

	if (row == NULL)
		return false;
	const StepResult result = store->driver->step(row, error);
	*has = result == STEP_ROW;
	if (*has) {
		examined->source.id = id;
		take_source(store, row, examined);
	}
	store->driver->reset(row);
	return result != STEP_ERROR;
}

/* --- whether it is what is stored */

static bool
is_same_failure(const Failure *one, const Failure *other)
{
	return one->failed_sessions == other->failed_sessions
		&& strcmp(one->result_type, other->result_type) == 0
		&& strcmp(one->sending_mta_ip, other->sending_mta_ip) == 0
		&& strcmp(one->receiving_ip, other->receiving_ip) == 0
		&& strcmp(one->receiving_mx_hostname, other->receiving_mx_hostname) == 0
		&& strcmp(one->receiving_mx_helo, other->receiving_mx_helo) == 0
		&& strcmp(one->additional_information, other->additional_information) == 0
		&& strcmp(one->failure_reason_code, other->failure_reason_code) == 0
		&& strcmp(kind_of_failure(one), kind_of_failure(other)) == 0;
}

static bool
is_same_policy(const Policy *one, const Policy *other)
{
	if (one->successful_sessions != other->successful_sessions
		|| one->failed_sessions != other->failed_sessions
		|| strcmp(one->policy_type, other->policy_type) != 0
		|| strcmp(one->policy_domain, other->policy_domain) != 0
		|| strcmp(one->policy_text, other->policy_text) != 0
		|| strcmp(one->mx_hosts, other->mx_hosts) != 0
		|| one->failures->len != other->failures->len)
		return false;
	for (size_t i = 0; i < one->failures->len; i++) {
		if (!is_same_failure(&g_array_index(one->failures, Failure, i),
			    &g_array_index(other->failures, Failure, i)))
			return false;
	}
	return true;
}

static bool
is_same_finding(const Finding *finding, FindingCode code, const char *path, const char *detail)
{
	return finding->code == code && strcmp(finding->path, path) == 0
		&& strcmp(finding->detail, detail) == 0;
}

/* Compares the findings.  A stored report's finding about same_id, if any, is its last one. */
static bool
has_same_findings(const Report *report, bool same_id, const Report *stored)
{
	if (stored->findings->len != report->findings->len + same_id)
		return false;
	for (size_t i = 0; i < report->findings->len; i++) {
		const Finding *finding = &g_array_index(report->findings, Finding, i);
		if (!is_same_finding(&g_array_index(stored->findings, Finding, i), finding->code,
			    finding->path, finding->detail))
			return false;
	}
	return !same_id
		|| is_same_finding(&g_array_index(stored->findings, Finding, report->findings->len),
			FINDING_SAME_ID, "$.report-id", report->report_id);
}

static bool
has_same_name(const Report *report, const Report *stored)
{
	return strcmp(report->organization, stored->organization) == 0
		&& strcmp(report->report_id, stored->report_id) == 0;
}

static bool
is_same(const Report *report, bool same_id, const Report *stored)
{
	if (!has_same_name(report, stored)
		|| strcmp(report->contact_info, stored->contact_info) != 0
		|| report->start_at != stored->start_at || report->end_at != stored->end_at
		|| report->day != stored->day || report->policies->len != stored->policies->len
		|| !has_same_findings(report, same_id, stored))
		return false;
	for (size_t i = 0; i < report->policies->len; i++) {
		if (!is_same_policy(&g_array_index(report->policies, Policy, i),
			    &g_array_index(stored->policies, Policy, i)))
			return false;
	}
	return true;
}

/* --- one report */

static void
note_unreadable(Reprocess *work, int64_t id, const GError *problem)
{
	StoreUnreadable *unreadable = g_new(StoreUnreadable, 1);

	unreadable->id = id;
	unreadable->reason = g_strdup(error_quarantine_reason(problem));
	unreadable->detail = g_strdup(problem->message);
	g_ptr_array_add(work->result->unreadable, unreadable);
}

/* Parses one report anew and compares the result with what is stored. */
static bool
examine(Reprocess *work, int64_t id, Examined *examined, GError **error)
{
	Store *store = work->store;
	g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, id);
	GError *problem = NULL;
	int64_t other;
	bool has = false;

	examined->strings = g_ptr_array_new_with_free_func(g_free);
	if (!read_source(store, id, examined, &has, error))
		return false;
	if (!has)
		return true;
	examined->report = work->reading->parse(
		work->reading->data, &examined->source, &examined->digest, &problem);
	if (examined->report == NULL && error_quarantine_reason(problem) == NULL) {
		g_propagate_error(error, problem);
		return false;
	}
	if (examined->report == NULL) {
		note_unreadable(work, id, problem);
		g_error_free(problem);
		return true;
	}
	examined->stored = store_read_report(store, text, error);
	if (examined->stored == NULL
		|| !replace_read_known(
			store, &examined->digest, work->reading->reporters, &examined->known, error)
		|| !store_query(store,
			store_bind(store, SQL_SELECT_EARLIER_SAME_ID, error, "itti",
				store_hash(examined->report->report_id),
				examined->report->report_id, examined->report->organization, id),
			&examined->same_id, &other, error))
		return false;
	if (report_is_brief(examined->stored->report))
		report_make_brief(examined->report, work->reading->limits);
	examined->differs = examined->known.id != id
		|| !is_same(examined->report, examined->same_id, examined->stored->report);
	return true;
}

/* Replaces what is stored of the report by what was parsed anew. */
static bool
replace(Reprocess *work, const Examined *examined, GError **error)
{
	const StoreSource *source = &examined->source;
	const StoreReport one = {
		.report = examined->report,
		.digest = examined->digest,
		.auth = source->auth,
		.auth_domain = source->auth_domain,
	};
	const StoreDelivery delivery = {
		.message = &source->message,
		.received_at = source->received_at,
	};
	g_autoptr(GArray) before = replace_take_out(
		work->store, examined->stored, work->reading->limits, error);
	const Replacement replacement = {
		.id = source->id,
		.delivery = &delivery,
		.one = &one,
		.before = before,
		.was_day = examined->stored->report->day,
		.same_id = examined->same_id,
	};

	return before != NULL
		&& replace_put_in(work->store, &replacement, work->reading->limits, error);
}

/* --- what was changed */

static int
compare_ids(gconstpointer a, gconstpointer b)
{
	const int64_t one = *(const int64_t *)a, other = *(const int64_t *)b;

	return (one > other) - (one < other);
}

/* Notes that a report was changed, once even if the second round changes it again. */
static void
note_changed(GArray *changed, int64_t id)
{
	if (g_array_binary_search(changed, &id, compare_ids, NULL))
		return;
	const bool in_order = changed->len == 0
		|| g_array_index(changed, int64_t, changed->len - 1) < id;
	g_array_append_val(changed, id);
	if (!in_order)
		g_array_sort(changed, compare_ids);
}

/* --- two that turn out to be the same report */

/* Whether a report stays, and not the other one with the same content, as if both came now. */
static bool
is_better(const Reprocess *work, const Examined *examined)
{
	const KnownReport *other = &examined->known;
	const StoreSource *source = &examined->source;
	const int rank = voucher_rank(source->auth, source->auth_domain,
		examined->report->contact_info, work->reading->reporters);

	return other->state != STATE_PRUNED
		&& (rank > other->rank
			|| (rank == other->rank && other->state == STATE_WHOLE
				&& source->id < other->id));
}

/* Deletes a report of which the other one is a copy, with what it has counted. */
static bool
merge_into(Reprocess *work, int64_t other, const StoredReport *copy, int64_t id, GError **error)
{
	Store *store = work->store;

	return (copy == NULL || replace_with_nothing(store, copy, work->reading->limits, error))
		&& store_run(store, store_bind(store, SQL_ADD_REWRITE, error, ""), error)
		&& store_run(store, store_bind(store, SQL_MOVE_IDENTITIES, error, "ii", id, other),
			error)
		&& store_run(store, store_bind(store, SQL_DELETE_REPORT, error, "i", id), error);
}

/* If there is another report of the same content, deletes one of them; *stays is this one. */
static bool
merge_copies(Reprocess *work, int64_t id, bool *stays, GError **error)
{
	g_auto(Examined) examined = { 0 };
	g_autoptr(StoredReport) other = NULL;

	*stays = true;
	if (!examine(work, id, &examined, error))
		return false;
	const KnownReport *known = &examined.known;
	if (examined.stored == NULL || known->id == 0 || known->id == id)
		return true;
	note_changed(work->result->changed, id);
	*stays = is_better(work, &examined);
	if (!*stays)
		return merge_into(work, known->id, examined.stored, id, error);
	if (known->state == STATE_WHOLE) {
		g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, known->id);
		other = store_read_report(work->store, text, error);
		if (other == NULL)
			return false;
	}
	return merge_into(work, id, other, known->id, error);
}

/* --- all of them */

static bool
find_differing(Reprocess *work, GError **error)
{
	g_array_set_size(work->differing, 0);
	for (size_t i = 0; i < work->ids->len; i++) {
		const int64_t id = g_array_index(work->ids, int64_t, i);
		g_auto(Examined) examined = { 0 };
		if (!examine(work, id, &examined, error))
			return false;
		if (examined.differs)
			g_array_append_val(work->differing, id);
		work->watch->show(work->watch->data, (int64_t)i + 1, work->ids->len);
	}
	return true;
}

static bool
step_replace(void *data, bool *more, GError **error)
{
	Reprocess *work = data;
	const int64_t id = g_array_index(work->differing, int64_t, work->next++);
	g_auto(Examined) examined = { 0 };
	bool stays;

	*more = work->next < work->differing->len;
	/*
	 * Examine it again inside the transaction, since another writer may have changed it
	 * meanwhile.
	 */
	if (!merge_copies(work, id, &stays, error))
		return false;
	if (!stays)
		return true;
	if (!examine(work, id, &examined, error))
		return false;
	if (!examined.differs)
		return true;
	work->renamed |= !has_same_name(examined.report, examined.stored->report);
	note_changed(work->result->changed, id);
	return replace(work, &examined, error);
}

static void
show_replaced(void *data)
{
	const Reprocess *work = data;

	work->watch->show(work->watch->data, (int64_t)work->next, work->differing->len);
}

static bool
replace_differing(Reprocess *work, GError **error)
{
	work->next = 0;
	work->renamed = false;
	return work->differing->len == 0
		|| store_in_batches(work->store, step_replace, show_replaced, work,
			&work->result->longest_us, error);
}

static bool
run(Reprocess *work, bool dry_run, GError **error)
{
	GArray *changed = work->result->changed;

	if (!find_differing(work, error))
		return false;
	if (dry_run) {
		g_array_append_vals(changed, work->differing->data, work->differing->len);
		return true;
	}
	if (!replace_differing(work, error))
		return false;
	if (!work->renamed)
		return true;
	/*
	 * A changed organization or report-id may give a later report the finding that its
	 * report-id was used before.  A second round finds such reports.
	 */
	g_ptr_array_set_size(work->result->unreadable, 0);
	return find_differing(work, error) && replace_differing(work, error);
}

GArray *
store_list_reports(Store *store, const StoreFilter *filter, GError **error)
{
	int64_t domain, organization;

	if (!store_find_name(store, NAME_DOMAIN, filter->domain, &domain, error)
		|| !store_find_name(
			store, NAME_ORGANIZATION, filter->organization, &organization, error))
		return NULL;
	return store_list(store,
		store_bind(store, SQL_LIST_REPORTS, error, "iiii", filter->since_day,
			filter->until_day, domain, organization),
		error);
}

bool
store_reprocess(Store *store, const GArray *ids, const StoreReading *reading, bool dry_run,
	const StoreWatch *watch, StoreReprocessed *reprocessed, GError **error)
{
	Reprocess work = {
		.store = store,
		.reading = reading,
		.watch = watch,
		.result = reprocessed,
		.ids = ids,
		.differing = g_array_new(FALSE, FALSE, sizeof(int64_t)),
	};

	*reprocessed = (StoreReprocessed){
		.examined = ids->len,
		.changed = g_array_new(FALSE, FALSE, sizeof(int64_t)),
		.unreadable = g_ptr_array_new_with_free_func(free_unreadable),
	};
	const bool ok = run(&work, dry_run, error);
	g_array_unref(work.differing);
	return ok;
}
