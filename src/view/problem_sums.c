/* Adds up what lines, failures and incidents come to. */
#include "problem_lines.h"
#include "problem_order.h"

#include "tlsrpt/report.h"
#include "tlsrpt/table.h"

/* Sums of a line, or of a failure, over what was asked for. */
typedef struct {
	const ProblemsOwn *own;
	bool unverified;
	GHashTable *reporters; /* Reporter to ProblemReporter; NULL if they are not wanted */
	ProblemReporter *last; /* of them, since most come one after the other */
	bool *days; /* by the days that were read: whether it was seen */
	bool by_first_timers; /* nobody else has seen it in the domain that is being added */
	int64_t sessions, failed_sessions, unverified_sessions;
	int64_t reports; /* with it: of a reporter, domain and day the most that have one incident */
} Sums;

static size_t
days_read(const ProblemsOwn *own)
{
	return (size_t)(own->until_day - own->since_day + 1);
}

static int64_t
count_days(const Sums *sums)
{
	int64_t n = 0;

	for (size_t i = 0; i < days_read(sums->own); i++)
		n += sums->days[i];
	return n;
}

static ProblemReporter *
find_reporter(Sums *sums, const Reporter *reporter)
{
	if (sums->last != NULL && sums->last->reporter == reporter)
		return sums->last;
	sums->last = g_hash_table_lookup(sums->reporters, reporter);
	if (sums->last == NULL) {
		sums->last = g_new0(ProblemReporter, 1);
		sums->last->reporter = reporter;
		sums->last->last_day = DAY_NONE;
		g_hash_table_insert(sums->reporters, (gpointer)reporter, sums->last);
	}
	return sums->last;
}

static void
add_failed(Sums *sums, const Reporter *reporter, int64_t day, int64_t failed)
{
	int64_t *sum = reporter->believed ? &sums->failed_sessions : &sums->unverified_sessions;
	const bool counts = !reporter->believed || !reporter->first_timer || sums->by_first_timers;

	if (failed <= 0)
		return;
	*sum = count_add(*sum, counts ? failed : 0);
	if (sums->reporters == NULL || (!reporter->believed && !sums->unverified))
		return;
	ProblemReporter *one = find_reporter(sums, reporter);
	one->failed_sessions = count_add(one->failed_sessions, failed);
	one->last_day = MAX(one->last_day, day);
	sums->days[day - sums->own->since_day] = true;
}

/* Whether only first-timers, of those who are believed, have seen any of the incidents. */
static bool
only_first_timers_saw(const ProblemsOwn *own, const GPtrArray *parts)
{
	bool saw = false;

	for (guint i = 0; i < parts->len; i++) {
		const IncidentPart *part = g_ptr_array_index(parts, i);
		for (guint j = 0; part->rows != NULL && j < part->rows->len; j++) {
			const SeenRow *row = &g_array_index(part->rows, SeenRow, j);
			if (!row->reporter->believed || !is_shown(own, row->reporter, row->day))
				continue;
			if (!row->reporter->first_timer)
				return false;
			saw = true;
		}
	}
	return saw;
}

/* All that the first-timers who saw it, by what failed of each total, had with the domain. */
static int64_t
sessions_of_first_timers(const Sums *sums, const DomainPart *domain, const int64_t *failed)
{
	const Reporter *saw = NULL;
	int64_t sum = 0;

	for (guint i = 0; i < domain->totals->len; i++) {
		const ReporterDay *total = &g_array_index(domain->totals, ReporterDay, i);
		if (total->reporter == saw || !total->reporter->first_timer
			|| !total->reporter->believed || failed[i] <= 0)
			continue;
		saw = total->reporter;
		/* The totals of a reporter are together. */
		guint first = i;
		while (first > 0
			&& g_array_index(domain->totals, ReporterDay, first - 1).reporter == saw)
			first--;
		for (; first < domain->totals->len; first++) {
			const ReporterDay *one = &g_array_index(domain->totals, ReporterDay, first);
			if (one->reporter != saw)
				break;
			if (is_shown(sums->own, saw, one->day))
				sum = count_add(sum, one->sessions);
		}
	}
	return sum;
}

/*
 * Adds the failed sessions of incidents of one domain.  Of each reporter and day they are limited to the
 * failed sessions of the domain, since the same session may have failed at several MX.
 */
static void
sum_domain(Sums *sums, const DomainPart *domain, const GPtrArray *parts)
{
	g_autofree int64_t *failed = g_new0(int64_t, domain->totals->len);
	g_autofree int64_t *reports = g_new0(int64_t, domain->totals->len);

	sums->by_first_timers = only_first_timers_saw(sums->own, parts);
	for (guint i = 0; i < parts->len; i++) {
		const IncidentPart *part = g_ptr_array_index(parts, i);
		for (guint j = 0; part->rows != NULL && j < part->rows->len; j++) {
			const SeenRow *row = &g_array_index(part->rows, SeenRow, j);
			if (!is_shown(sums->own, row->reporter, row->day))
				continue;
			if (row->total == NO_TOTAL) {
				add_failed(sums, row->reporter, row->day, row->failed_sessions);
				if (row_counts(part, row))
					sums->reports = count_add(sums->reports, row->reports);
				continue;
			}
			failed[row->total] = count_add(failed[row->total], row->failed_sessions);
			if (row_counts(part, row))
				reports[row->total] = MAX(reports[row->total], row->reports);
		}
	}
	for (guint i = 0; i < domain->totals->len; i++) {
		const ReporterDay *total = &g_array_index(domain->totals, ReporterDay, i);
		add_failed(
			sums, total->reporter, total->day, MIN(failed[i], total->failed_sessions));
		sums->reports = count_add(sums->reports, reports[i]);
	}
	sums->sessions = count_add(sums->sessions, domain->shown_sessions);
	if (sums->by_first_timers && domain->has_others)
		sums->sessions = count_add(
			sums->sessions, sessions_of_first_timers(sums, domain, failed));
}

/* Adds, for those who reported the problem, all that they had with its domain. */
static void
add_sessions(const Sums *sums, const DomainPart *domain)
{
	const Reporter *reporter = NULL;
	ProblemReporter *one = NULL;

	for (guint i = 0; i < domain->totals->len; i++) {
		const ReporterDay *total = &g_array_index(domain->totals, ReporterDay, i);
		if (total->reporter != reporter)
			one = g_hash_table_lookup(sums->reporters, total->reporter);
		reporter = total->reporter;
		if (one != NULL && is_shown(sums->own, reporter, total->day))
			one->sessions = count_add(one->sessions, total->sessions);
	}
}

/* The incidents of a line by domain: DomainPart to GPtrArray of IncidentPart. */
static GHashTable *
by_domain(const Line *line)
{
	GHashTable *domains = g_hash_table_new_full(
		NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);

	for (guint i = 0; i < line->parts->len; i++) {
		IncidentPart *part = g_ptr_array_index(line->parts, i);
		GPtrArray *parts = g_hash_table_lookup(domains, part->domain);
		if (parts == NULL) {
			parts = g_ptr_array_new();
			g_hash_table_insert(domains, part->domain, parts);
		}
		g_ptr_array_add(parts, part);
	}
	return domains;
}

void
line_sum(const ProblemsOwn *own, const Line *line)
{
	Problem *problem = line->problem;
	g_autoptr(GHashTable) domains = by_domain(line);
	g_autofree bool *days = g_new0(bool, days_read(own));
	g_autoptr(GHashTable) reporters = g_hash_table_new(NULL, NULL);
	Sums sums = {
		.own = own, .unverified = line->unverified, .reporters = reporters, .days = days
	};
	GHashTableIter iter;
	gpointer domain, parts;

	g_hash_table_iter_init(&iter, domains);
	while (g_hash_table_iter_next(&iter, &domain, &parts))
		sum_domain(&sums, domain, parts);
	g_hash_table_iter_init(&iter, domains);
	while (g_hash_table_iter_next(&iter, &domain, NULL))
		add_sessions(&sums, domain);
	problem->sessions = sums.sessions;
	problem->failed_sessions = sums.failed_sessions;
	problem->unverified_sessions = sums.unverified_sessions;
	problem->share = share_of(sums.failed_sessions, sums.sessions);
	problem->n_reports = sums.reports;
	problem->days = count_days(&sums);
	g_hash_table_iter_init(&iter, reporters);
	while (g_hash_table_iter_next(&iter, NULL, &parts))
		g_ptr_array_add(problem->reporters, parts);
	g_ptr_array_sort(problem->reporters, problem_compare_reporters);
}

void
incident_sum(const ProblemsOwn *own, IncidentPart *part, int64_t *seen)
{
	Incident *incident = &part->shown;
	const GArray *totals = part->domain->totals;
	int64_t day = DAY_NONE;

	for (guint i = 0; i < part->rows->len; i++) {
		const SeenRow *row = &g_array_index(part->rows, SeenRow, i);
		if (!is_shown(own, row->reporter, row->day))
			continue;
		const int64_t failed = row->total == NO_TOTAL
			? row->failed_sessions
			: MIN(row->failed_sessions,
				g_array_index(totals, ReporterDay, row->total).failed_sessions);
		int64_t *sum = row->reporter->believed ? &incident->failed_sessions
						       : &incident->unverified_sessions;
		*sum = count_add(*sum, failed);
		if (!row_counts(part, row))
			continue;
		incident->reports = count_add(incident->reports, row->reports);
		/* The rows come by day. */
		incident->days += row->day != day;
		day = row->day;
		incident->reporters += seen[row->reporter->index] != incident->id;
		seen[row->reporter->index] = incident->id;
	}
}

void
failure_sum(const ProblemsOwn *own, FailurePart *failure)
{
	Sums sums = { .own = own, .unverified = failure->shown.unverified };

	sum_domain(&sums, failure->domain, failure->parts);
	failure->shown.failed_sessions = sums.failed_sessions;
	failure->shown.sessions = sums.sessions;
}
