/*
 * The newest reports that have a problem, and the hosts that sent in them.
 *
 * The store does not know which report has an incident, but who has seen it on which day, and what somebody
 * sent on a day.  So the reports of a day of a reporter are looked through, for all problems at once: the
 * newest days first, and of one day the reporter who saw most of all, since he mostly saw all the others.
 * However large the store is, no more than some thousand failures are looked at; the worst problems come
 * first, and where it ends before the last of them, these are told without a report.
 */
#include "problem_order.h"
#include "problem_parts.h"

#include "tlsrpt/compare.h"
#include "tlsrpt/report.h"

#include <string.h>

#define REPORTS_WANTED 3
#define REPORTS_WANTED_IN_FULL 10
#define HOSTS_SHOWN 10
#define FAILURES_READ 4000
#define FAILURES_READ_IN_FULL 10000

/* A day of a reporter, on which it saw some problem. */
typedef struct {
	int64_t day;
	const Reporter *reporter;
	int64_t weight; /* failed sessions of all problems that it saw */
} Pair;

typedef struct {
	ProblemsOwn *own;
	int64_t *weights; /* of each reporter, by its index */
	GHashTable *asked; /* of Pair *: what was looked through */
	GHashTable *
		hosts; /* line to the table of its hosts: address, which the pool has once, to ProblemHost */
	guint wanted; /* reports of a line */
	size_t failures_left; /* that may still be looked at */
} Search;

/* --- where to look */

static guint
hash_pair(gconstpointer key)
{
	const Pair *pair = key;

	return g_int64_hash(&pair->day) * 31 + g_int64_hash(&pair->reporter->id);
}

static gboolean
is_same_pair(gconstpointer a, gconstpointer b)
{
	const Pair *one = a, *other = b;

	return one->day == other->day && one->reporter == other->reporter;
}

static int
compare_pairs(gconstpointer a, gconstpointer b)
{
	const Pair *one = a, *other = b;
	const int orders[] = {
		compare_integers(other->day, one->day),
		compare_integers(one->reporter->first_timer, other->reporter->first_timer),
		compare_integers(other->weight, one->weight),
		strcmp(one->reporter->name, other->reporter->name),
		compare_integers(one->reporter->id, other->reporter->id),
	};

	for (size_t i = 0; i < G_N_ELEMENTS(orders); i++) {
		if (orders[i] != 0)
			return orders[i];
	}
	return 0;
}

/* How much each reporter has seen of all problems. */
static void
weigh(Search *search, const Problems *problems)
{
	for (guint i = 0; i < problems->problems->len; i++) {
		const Problem *line = g_ptr_array_index(problems->problems, i);
		for (guint j = 0; j < line->reporters->len; j++) {
			const ProblemReporter *one = g_ptr_array_index(line->reporters, j);
			int64_t *weight = &search->weights[one->reporter->index];
			*weight = count_add(*weight, one->failed_sessions);
		}
	}
}

/* Who saw a line on which days, in the order in which they are looked at. */
static GArray *
pairs_of(const Search *search, const Problem *line)
{
	GArray *pairs = g_array_new(FALSE, FALSE, sizeof(Pair));

	for (guint i = 0; i < line->incidents->len; i++) {
		/* An Incident is the first member of its IncidentPart. */
		const IncidentPart *part = g_ptr_array_index(line->incidents, i);
		for (guint j = 0; part->line == line && j < part->rows->len; j++) {
			const SeenRow *row = &g_array_index(part->rows, SeenRow, j);
			const Pair pair = { row->day, row->reporter,
				search->weights[row->reporter->index] };
			if (row_counts(part, row) && is_shown(search->own, row->reporter, row->day))
				g_array_append_val(pairs, pair);
		}
	}
	g_array_sort(pairs, compare_pairs);
	return pairs;
}

/* --- what is found there */

static void
add_host(Search *search, const Problem *line, StoreRows *rows)
{
	const char *address = text_pool_add(
		search->own->texts, store_rows_text(rows, FAILURE_BY_SENDING_IP));
	GHashTable *hosts = g_hash_table_lookup(search->hosts, line);

	if (*address == '\0' || !search->own->question->in_full)
		return;
	if (hosts == NULL) {
		hosts = g_hash_table_new(NULL, NULL);
		g_hash_table_insert(search->hosts, (gpointer)line, hosts);
	}
	ProblemHost *host = g_hash_table_lookup(hosts, address);
	if (host == NULL) {
		host = g_new0(ProblemHost, 1);
		host->address = address;
		g_ptr_array_add(line->hosts, host);
		g_hash_table_insert(hosts, (gpointer)address, host);
	}
	host->failed_sessions = count_add(
		host->failed_sessions, store_rows_int(rows, FAILURE_BY_FAILED_SESSIONS));
}

/* How many reports of the pair a line has, and which of them is the oldest. */
static guint
count_reports(const Problem *line, const Pair *pair, ProblemReport **oldest)
{
	guint n = 0;

	*oldest = NULL;
	for (guint i = 0; i < line->reports->len; i++) {
		ProblemReport *report = g_ptr_array_index(line->reports, i);
		if (report->day != pair->day || report->reporter != pair->reporter)
			continue;
		n++;
		if (*oldest == NULL || report->id < (*oldest)->id)
			*oldest = report;
	}
	return n;
}

static bool
has_report(const Problem *line, int64_t id)
{
	for (guint i = line->reports->len; i > 0; i--) {
		if (((const ProblemReport *)g_ptr_array_index(line->reports, i - 1))->id == id)
			return true;
	}
	return false;
}

/* Adds the report of a row to the line, if it is among the newest of the pair; false if it is not. */
static bool
take_report(Search *search, const Problem *line, const Pair *pair, StoreRows *rows)
{
	const int64_t id = store_rows_int(rows, FAILURE_BY_REPORT);
	ProblemReport *report;

	if (has_report(line, id))
		return true;
	if (count_reports(line, pair, &report) < search->wanted || report == NULL) {
		report = g_new0(ProblemReport, 1);
		g_ptr_array_add(line->reports, report);
	} else if (id < report->id) {
		return false;
	}
	report->id = id;
	report->report_id = text_pool_add(
		search->own->texts, store_rows_text(rows, FAILURE_BY_REPORT_ID));
	report->reporter = pair->reporter;
	report->day = pair->day;
	return true;
}

static bool
look_through(Search *search, const Pair *pair, GError **error)
{
	ProblemsOwn *own = search->own;
	g_autoptr(StoreRows) rows = store_ask_about(own->question->store, STORE_FAILURES_BY,
		pair->reporter->id, pair->day, pair->day, error);
	bool has = false, ok = rows != NULL;

	while (ok && search->failures_left > 0 && (ok = store_rows_next(rows, &has, error))
		&& has) {
		const int64_t id = store_rows_int(rows, FAILURE_BY_INCIDENT);
		const IncidentPart *part = g_hash_table_lookup(own->incidents_by_id, &id);
		search->failures_left--;
		if (part != NULL && part->line != NULL
			&& (pair->reporter->believed || part->shown.unverified)
			&& take_report(search, part->line, pair, rows))
			add_host(search, part->line, rows);
	}
	return ok;
}

static bool
look_for(Search *search, const Problem *line, GError **error)
{
	g_autoptr(GArray) pairs = pairs_of(search, line);
	ProblemReport *oldest;
	guint found = 0;

	for (guint i = 0; i < pairs->len && found < search->wanted; i++) {
		const Pair *pair = &g_array_index(pairs, Pair, i);
		if (i > 0 && is_same_pair(pair, pair - 1))
			continue;
		if (!g_hash_table_contains(search->asked, pair)) {
			if (search->failures_left == 0)
				return true;
			g_hash_table_add(search->asked, g_memdup2(pair, sizeof(*pair)));
			if (!look_through(search, pair, error))
				return false;
		}
		found += count_reports(line, pair, &oldest);
	}
	return true;
}

/* --- the answer */

/* The newest first. */
static int
compare_hosts(gconstpointer a, gconstpointer b)
{
	const ProblemHost *one = *(const ProblemHost *const *)a;
	const ProblemHost *other = *(const ProblemHost *const *)b;

	return one->failed_sessions != other->failed_sessions
		? compare_integers(other->failed_sessions, one->failed_sessions)
		: strcmp(one->address, other->address);
}

static void
cut(const Search *search, Problem *line)
{
	g_ptr_array_sort(line->reports, problem_compare_reports);
	if (line->reports->len > search->wanted)
		g_ptr_array_set_size(line->reports, (gint)search->wanted);
	g_ptr_array_sort(line->hosts, compare_hosts);
	if (line->hosts->len > HOSTS_SHOWN) {
		line->more_hosts = line->hosts->len - HOSTS_SHOWN;
		g_ptr_array_set_size(line->hosts, HOSTS_SHOWN);
	}
}

static void
unref_table(gpointer table)
{
	g_hash_table_unref(table);
}

bool
evidence_read(ProblemsOwn *own, Problems *problems, GError **error)
{
	const bool in_full = own->question->in_full;
	g_autofree int64_t *weights = g_new0(int64_t, reporters_all(own->reporters)->len);
	g_autoptr(GHashTable) asked = g_hash_table_new_full(hash_pair, is_same_pair, g_free, NULL);
	g_autoptr(GHashTable) hosts = g_hash_table_new_full(NULL, NULL, NULL, unref_table);
	Search search = { own, weights, asked, hosts,
		in_full ? REPORTS_WANTED_IN_FULL : REPORTS_WANTED,
		in_full ? FAILURES_READ_IN_FULL : FAILURES_READ };

	weigh(&search, problems);
	for (guint i = 0; i < problems->problems->len && search.failures_left > 0; i++) {
		if (!look_for(&search, g_ptr_array_index(problems->problems, i), error))
			return false;
	}
	for (guint i = 0; i < problems->problems->len; i++)
		cut(&search, g_ptr_array_index(problems->problems, i));
	return true;
}
