/* What proves a problem: the reasons that senders gave, the hosts that sent, and the reports. */
#include "problem_parts.h"

#include "tlsrpt/compare.h"
#include "tlsrpt/explain.h"
#include "tlsrpt/report.h"

#include <string.h>

#define REASONS_SHOWN 3
#define HOSTS_SHOWN 10
#define REPORTS_SHOWN 10

/* --- reasons */

static int
compare_reasons(gconstpointer a, gconstpointer b)
{
	const ProblemReason *one = *(const ProblemReason *const *)a;
	const ProblemReason *other = *(const ProblemReason *const *)b;

	return one->failed_sessions != other->failed_sessions
		? compare_integers(other->failed_sessions, one->failed_sessions)
		: strcmp(one->code, other->code);
}

static void
add_reason(ProblemsOwn *own, GHashTable *reasons, StoreRows *rows)
{
	const char *code = text_pool_add(own->texts, store_rows_text(rows, REASON_OF_CODE));
	ProblemReason *reason = g_hash_table_lookup(reasons, code);

	if (*code == '\0')
		return;
	if (reason == NULL) {
		const Explanation *explanation = explain(EXPLAIN_REASON_CODE, code);
		reason = g_new0(ProblemReason, 1);
		reason->code = code;
		reason->meaning = explanation != NULL ? explanation->meaning : NULL;
		g_hash_table_insert(reasons, (gpointer)code, reason);
	}
	reason->failed_sessions = count_add(
		reason->failed_sessions, store_rows_int(rows, REASON_OF_FAILED_SESSIONS));
}

static bool
read_reasons_of(ProblemsOwn *own, const Problem *problem, const Incident *incident,
	GHashTable *reasons, GError **error)
{
	const StoreFilter *filter = own->question->filter;
	g_autoptr(StoreRows) rows = store_ask_about(own->question->store, STORE_REASONS_OF,
		incident->id, filter->since_day, filter->until_day, error);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		const Reporter *reporter = reporters_find(
			own->reporters, store_rows_int(rows, REASON_OF_REPORTER));
		if (reporter != NULL && (reporter->believed || problem->unverified))
			add_reason(own, reasons, rows);
	}
	return ok;
}

static bool
read_reasons(ProblemsOwn *own, Problem *problem, GError **error)
{
	g_autoptr(GHashTable)
		reasons = g_hash_table_new(NULL, NULL); /* the pool has each code once */
	GHashTableIter iter;
	gpointer reason;

	for (guint i = 0; i < problem->incidents->len; i++) {
		const Incident *incident = g_ptr_array_index(problem->incidents, i);
		if (incident->listed && !read_reasons_of(own, problem, incident, reasons, error))
			return false;
	}
	g_hash_table_iter_init(&iter, reasons);
	while (g_hash_table_iter_next(&iter, NULL, &reason))
		g_ptr_array_add(problem->reasons, reason);
	g_ptr_array_sort(problem->reasons, compare_reasons);
	if (problem->reasons->len > REASONS_SHOWN) {
		problem->more_reasons = problem->reasons->len - REASONS_SHOWN;
		g_ptr_array_set_size(problem->reasons, REASONS_SHOWN);
	}
	return true;
}

/* --- hosts and reports */

static int
compare_hosts(gconstpointer a, gconstpointer b)
{
	const ProblemHost *one = *(const ProblemHost *const *)a;
	const ProblemHost *other = *(const ProblemHost *const *)b;

	return one->failed_sessions != other->failed_sessions
		? compare_integers(other->failed_sessions, one->failed_sessions)
		: strcmp(one->address, other->address);
}

/* The latest first. */
static int
compare_reports(gconstpointer a, gconstpointer b)
{
	const ProblemReport *one = *(const ProblemReport *const *)a;
	const ProblemReport *other = *(const ProblemReport *const *)b;

	return one->day != other->day ? compare_integers(other->day, one->day)
				      : compare_integers(other->id, one->id);
}

/* What has been found of a problem. */
typedef struct {
	GHashTable *hosts; /* address, which the pool has once, to ProblemHost */
	GHashTable *reports; /* int64_t * to ProblemReport */
} Found;

static void
found_free(gpointer data)
{
	Found *found = data;

	g_hash_table_unref(found->hosts);
	g_hash_table_unref(found->reports);
	g_free(found);
}

static void
add_host(ProblemsOwn *own, Found *found, StoreRows *rows)
{
	const char *address = text_pool_add(
		own->texts, store_rows_text(rows, FAILURE_ROW_SENDING_IP));
	ProblemHost *host = g_hash_table_lookup(found->hosts, address);

	if (*address == '\0')
		return;
	if (host == NULL) {
		host = g_new0(ProblemHost, 1);
		host->address = address;
		g_hash_table_insert(found->hosts, (gpointer)address, host);
	}
	host->failed_sessions = count_add(
		host->failed_sessions, store_rows_int(rows, FAILURE_ROW_FAILED_SESSIONS));
}

static void
add_report(ProblemsOwn *own, Found *found, StoreRows *rows, const Reporter *reporter)
{
	const int64_t id = store_rows_int(rows, FAILURE_ROW_REPORT);

	if (g_hash_table_contains(found->reports, &id))
		return;
	ProblemReport *report = g_new0(ProblemReport, 1);
	report->id = id;
	report->report_id = text_pool_add(own->texts, store_rows_text(rows, FAILURE_ROW_REPORT_ID));
	report->organization = reporter->name;
	report->day = store_rows_int(rows, FAILURE_ROW_DAY);
	g_hash_table_insert(found->reports, &report->id, report);
}

/* Which line an incident is in: int64_t * to Found. */
static GHashTable *
find_places(const Problems *problems, GPtrArray *all)
{
	GHashTable *places = g_hash_table_new(g_int64_hash, g_int64_equal);

	for (guint i = 0; i < problems->problems->len; i++) {
		const Problem *problem = g_ptr_array_index(problems->problems, i);
		Found *found = g_new(Found, 1);
		found->hosts = g_hash_table_new(NULL, NULL);
		found->reports = g_hash_table_new(g_int64_hash, g_int64_equal);
		g_ptr_array_add(all, found);
		for (guint j = 0; j < problem->incidents->len; j++) {
			const Incident *incident = g_ptr_array_index(problem->incidents, j);
			if (incident->listed)
				g_hash_table_insert(places, (gpointer)&incident->id, found);
		}
	}
	return places;
}

static GPtrArray *
take(GHashTable *found, GCompareFunc compare, guint shown, size_t *more)
{
	GPtrArray *list = g_ptr_array_new_with_free_func(g_free);
	GHashTableIter iter;
	gpointer one;

	g_hash_table_iter_init(&iter, found);
	while (g_hash_table_iter_next(&iter, NULL, &one))
		g_ptr_array_add(list, one);
	g_ptr_array_sort(list, compare);
	if (list->len > shown) {
		*more = list->len - shown;
		g_ptr_array_set_size(list, (gint)shown);
	}
	return list;
}

static bool
read_failure_rows(ProblemsOwn *own, Problems *problems, GError **error)
{
	const StoreFilter *filter = own->question->filter;
	g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(found_free);
	g_autoptr(GHashTable) places = find_places(problems, all);
	g_autoptr(StoreRows)
		rows = store_ask(own->question->store, STORE_FAILURE_ROWS, filter, error);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		const int64_t id = store_rows_int(rows, FAILURE_ROW_INCIDENT);
		const IncidentPart *part = g_hash_table_lookup(own->incidents_by_id, &id);
		const Reporter *reporter = reporters_find(
			own->reporters, store_rows_int(rows, FAILURE_ROW_REPORTER));
		Found *found = g_hash_table_lookup(places, &id);
		if (found == NULL || part == NULL || reporter == NULL
			|| (!reporter->believed && !part->shown.unverified)
			|| !is_shown(own, reporter, store_rows_int(rows, FAILURE_ROW_DAY)))
			continue;
		add_host(own, found, rows);
		add_report(own, found, rows, reporter);
	}
	for (guint i = 0; i < all->len; i++) {
		Problem *problem = g_ptr_array_index(problems->problems, i);
		const Found *found = g_ptr_array_index(all, i);
		problem->hosts = take(
			found->hosts, compare_hosts, HOSTS_SHOWN, &problem->more_hosts);
		problem->reports = take(
			found->reports, compare_reports, REPORTS_SHOWN, &problem->more_reports);
	}
	return ok;
}

bool
evidence_read(ProblemsOwn *own, Problems *problems, GError **error)
{
	for (guint i = 0; i < problems->problems->len; i++) {
		if (!read_reasons(own, g_ptr_array_index(problems->problems, i), error))
			return false;
	}
	return !own->question->in_full || read_failure_rows(own, problems, error);
}
