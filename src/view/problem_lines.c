/* Makes the lines that people are told of incidents and their failures, and puts them into order. */
#include "problem_parts.h"

#include "tlsrpt/compare.h"
#include "tlsrpt/explain.h"
#include "tlsrpt/report.h"
#include "tlsrpt/table.h"

#include <string.h>

/* A line while it is being made. */
typedef struct {
	Problem *problem;
	const char *kind;
	bool in_window, unverified;
	GPtrArray *parts; /* of IncidentPart *: those that are listed */
	GPtrArray *problems; /* of ProblemPart *: whose incidents it has */
	GHashTable *domains; /* names (const char *) */
	int64_t failed_sessions; /* a first estimate, to find the largest */
} Line;

/* The listed incidents of a problem that are believed, or those that are not. */
typedef struct {
	ProblemPart *problem;
	bool unverified;
	GPtrArray *parts; /* of IncidentPart * */
} Piece;

static void
piece_free(gpointer data)
{
	Piece *piece = data;

	g_ptr_array_unref(piece->parts);
	g_free(piece);
}

static void
line_free(gpointer data)
{
	Line *line = data;

	g_ptr_array_unref(line->parts);
	g_ptr_array_unref(line->problems);
	g_hash_table_unref(line->domains);
	g_free(line);
}

/* Sorts names, each of which is in the text pool. */
static void
sort_names(GPtrArray *names)
{
	g_ptr_array_sort(names, compare_texts);
}

static void
add_name(GPtrArray *names, const char *name)
{
	if (*name != '\0' && !g_ptr_array_find(names, name, NULL))
		g_ptr_array_add(names, (gpointer)name);
}

/* The pieces of each problem, in the order of their incidents. */
static GPtrArray *
cut_pieces(const ProblemsOwn *own)
{
	GPtrArray *pieces = g_ptr_array_new_with_free_func(piece_free);
	g_autoptr(GHashTable) believed = g_hash_table_new(NULL, NULL);
	g_autoptr(GHashTable) others = g_hash_table_new(NULL, NULL);

	for (guint i = 0; i < own->incidents->len; i++) {
		IncidentPart *part = g_ptr_array_index(own->incidents, i);
		if (!part->shown.listed)
			continue;
		GHashTable *of_class = part->shown.unverified ? others : believed;
		Piece *piece = g_hash_table_lookup(of_class, part->problem);
		if (piece == NULL) {
			piece = g_new0(Piece, 1);
			piece->problem = part->problem;
			piece->unverified = part->shown.unverified;
			piece->parts = g_ptr_array_new();
			g_ptr_array_add(pieces, piece);
			g_hash_table_insert(of_class, part->problem, piece);
		}
		g_ptr_array_add(piece->parts, part);
	}
	return pieces;
}

/* The domains of a piece with an incident in W or, if there are none, in the time that was asked for. */
static GPtrArray *
domains_of(const Piece *piece, bool *in_window)
{
	GPtrArray *names = g_ptr_array_new();
	g_autoptr(GHashTable) found = g_hash_table_new(NULL, NULL);

	*in_window = false;
	for (guint i = 0; i < piece->parts->len; i++) {
		const IncidentPart *part = g_ptr_array_index(piece->parts, i);
		*in_window = *in_window || part->days->len > 0;
	}
	for (guint i = 0; i < piece->parts->len; i++) {
		const IncidentPart *part = g_ptr_array_index(piece->parts, i);
		if ((!*in_window || part->days->len > 0)
			&& g_hash_table_add(found, (gpointer)part->shown.domain))
			g_ptr_array_add(names, (gpointer)part->shown.domain);
	}
	sort_names(names);
	return names;
}

static char *
line_key(const Piece *piece, const GPtrArray *names, bool in_window)
{
	GString *key = g_string_new(piece->unverified ? "u" : "b");

	g_string_append_printf(key, "%s\n%s", in_window ? "w" : "", piece->problem->kind);
	for (guint i = 0; i < names->len; i++)
		g_string_append_printf(key, "\n%s", (const char *)g_ptr_array_index(names, i));
	return g_string_free(key, FALSE);
}

static int64_t
failed_sessions_of(const ProblemsOwn *own, const IncidentPart *part)
{
	int64_t sum = 0;

	for (guint i = 0; part->rows != NULL && i < part->rows->len; i++) {
		const SeenRow *row = &g_array_index(part->rows, SeenRow, i);
		if (row_counts(part, row) && is_shown(own, row->reporter, row->day))
			sum = count_add(sum, row->failed_sessions);
	}
	return sum;
}

/* Adds a piece to a line. */
static void
join_line(const ProblemsOwn *own, Line *line, const Piece *piece)
{
	g_ptr_array_add(line->problems, piece->problem);
	for (guint i = 0; i < piece->parts->len; i++) {
		IncidentPart *part = g_ptr_array_index(piece->parts, i);
		g_ptr_array_add(line->parts, part);
		g_hash_table_add(line->domains, (gpointer)part->shown.domain);
		line->failed_sessions = count_add(
			line->failed_sessions, failed_sessions_of(own, part));
	}
}

static Line *
start_line(const Piece *piece, bool in_window)
{
	Line *line = g_new0(Line, 1);

	line->kind = piece->problem->kind;
	line->in_window = in_window;
	line->unverified = piece->unverified;
	line->parts = g_ptr_array_new();
	line->problems = g_ptr_array_new();
	line->domains = g_hash_table_new(NULL, NULL);
	return line;
}

/* Of a kind and domain, in W or not, believed or not. */
static char *
place_key(const Line *line, const char *domain)
{
	return g_strdup_printf(
		"%d%d\n%s\n%s", line->in_window, line->unverified, line->kind, domain);
}

/* The largest line of each place, by its key. */
static GHashTable *
largest_lines(const GPtrArray *lines)
{
	GHashTable *largest = text_table_new(g_free, NULL);

	for (guint i = 0; i < lines->len; i++) {
		Line *line = g_ptr_array_index(lines, i);
		GHashTableIter iter;
		gpointer domain;
		g_hash_table_iter_init(&iter, line->domains);
		while (g_hash_table_iter_next(&iter, &domain, NULL)) {
			char *key = place_key(line, domain);
			const Line *other = g_hash_table_lookup(largest, key);
			if (other == NULL || line->failed_sessions > other->failed_sessions)
				g_hash_table_insert(largest, key, line);
			else
				g_free(key);
		}
	}
	return largest;
}

/* Puts pieces with an MX together, by the domains that they have. */
static void
join_by_domains(const ProblemsOwn *own, const GPtrArray *pieces, GPtrArray *lines)
{
	g_autoptr(GHashTable) by_key = text_table_new(g_free, NULL);

	for (guint i = 0; i < pieces->len; i++) {
		const Piece *piece = g_ptr_array_index(pieces, i);
		bool in_window;
		if (*piece->problem->mx == '\0')
			continue;
		g_autoptr(GPtrArray) names = domains_of(piece, &in_window);
		g_autofree char *key = line_key(piece, names, in_window);
		Line *line = g_hash_table_lookup(by_key, key);
		if (line == NULL) {
			line = start_line(piece, in_window);
			g_ptr_array_add(lines, line);
			g_hash_table_insert(by_key, g_steal_pointer(&key), line);
		}
		join_line(own, line, piece);
	}
}

/* Puts those without an MX to the largest line of their kind and domain. */
static void
join_largest(const ProblemsOwn *own, const GPtrArray *pieces, GPtrArray *lines)
{
	g_autoptr(GHashTable) largest = largest_lines(lines);

	for (guint i = 0; i < pieces->len; i++) {
		const Piece *piece = g_ptr_array_index(pieces, i);
		bool in_window;
		if (*piece->problem->mx != '\0')
			continue;
		g_autoptr(GPtrArray) names = domains_of(piece, &in_window);
		Line *own_line = start_line(piece, in_window);
		g_autofree char *key = place_key(own_line, g_ptr_array_index(names, 0));
		Line *line = g_hash_table_lookup(largest, key);
		if (line == NULL) {
			line = own_line;
			g_ptr_array_add(lines, line);
		} else {
			line_free(own_line);
		}
		join_line(own, line, piece);
	}
}

/* --- what a line says */

static int
compare_shares(double a, double b)
{
	return a > b ? -1 : a < b;
}

/* Of what is no alarm, what the operator has not dealt with comes first. */
static int
rank_of_state(FailureState state)
{
	static const int ranks[] = { [STATE_RESOLVED] = 3,
		[STATE_ACCEPTED] = 1,
		[STATE_QUIET] = 2,
		[STATE_RECURRING] = 0,
		[STATE_NEW] = 0,
		[STATE_ONGOING] = 0 };

	return ranks[state];
}

static double
share_of_failure(const DomainFailure *failure)
{
	return share_of(failure->failed_sessions, failure->sessions);
}

static int
compare_failures(gconstpointer a, gconstpointer b)
{
	const DomainFailure *one = *(const DomainFailure *const *)a;
	const DomainFailure *other = *(const DomainFailure *const *)b;
	const int orders[] = {
		compare_integers((int)one->verdict.level, (int)other->verdict.level),
		compare_integers(
			rank_of_state(one->verdict.state), rank_of_state(other->verdict.state)),
		compare_integers(other->holds_mail, one->holds_mail),
		compare_shares(share_of_failure(one), share_of_failure(other)),
		compare_integers(other->failed_sessions, one->failed_sessions),
		strcmp(one->domain, other->domain),
	};

	for (size_t i = 0; i < G_N_ELEMENTS(orders); i++) {
		if (orders[i] != 0)
			return orders[i];
	}
	return 0;
}

/* By level, held mail, share and sessions; what is no alarm, by its state before these. */
static int
compare_problems(gconstpointer a, gconstpointer b)
{
	const Problem *one = *(const Problem *const *)a;
	const Problem *other = *(const Problem *const *)b;
	const bool is_alarm = one->level <= LEVEL_WARNING;
	const int orders[] = {
		compare_integers(one->unverified, other->unverified),
		compare_integers((int)one->level, (int)other->level),
		is_alarm ? 0
			 : compare_integers(rank_of_state(one->state), rank_of_state(other->state)),
		compare_integers(other->holds_mail, one->holds_mail),
		compare_shares(one->share, other->share),
		compare_integers(other->failed_sessions, one->failed_sessions),
		compare_integers(other->unverified_sessions, one->unverified_sessions),
		compare_integers(one->number, other->number),
	};

	for (size_t i = 0; i < G_N_ELEMENTS(orders); i++) {
		if (orders[i] != 0)
			return orders[i];
	}
	return 0;
}

static int
compare_ids(gconstpointer a, gconstpointer b)
{
	const Incident *one = *(const Incident *const *)a;
	const Incident *other = *(const Incident *const *)b;

	return compare_integers(one->id, other->id);
}

static int
compare_reporters(gconstpointer a, gconstpointer b)
{
	const ProblemReporter *one = *(const ProblemReporter *const *)a;
	const ProblemReporter *other = *(const ProblemReporter *const *)b;

	/* By name rather than by id, since the ids of what was taken in together are left to chance. */
	if (one->failed_sessions != other->failed_sessions)
		return compare_integers(other->failed_sessions, one->failed_sessions);
	const int order = strcmp(one->reporter->name, other->reporter->name);
	return order != 0 ? order : compare_integers(one->reporter->id, other->reporter->id);
}

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

static void
sum_line(const ProblemsOwn *own, const Line *line)
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
	g_ptr_array_sort(problem->reporters, compare_reporters);
}

/* --- sums of incidents and failures */

/*
 * What a single incident comes to.  Who has been counted is marked in seen, which has a place for each
 * reporter, with the id of the incident.
 */
static void
sum_incident(const ProblemsOwn *own, IncidentPart *part, int64_t *seen)
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

static void
sum_failure(const ProblemsOwn *own, FailurePart *failure)
{
	Sums sums = { .own = own, .unverified = failure->shown.unverified };

	sum_domain(&sums, failure->domain, failure->parts);
	failure->shown.failed_sessions = sums.failed_sessions;
	failure->shown.sessions = sums.sessions;
}

/* Takes over what an incident says. */
static void
describe(Problem *problem, IncidentPart *part)
{
	const Incident *incident = &part->shown;

	part->line = problem;
	add_name(problem->mx_hosts, incident->mx);
	add_name(problem->result_types, incident->result_type);
	add_name(problem->policy_types, incident->policy_type);
	if (problem->first_seen == DAY_NONE || incident->first_seen < problem->first_seen)
		problem->first_seen = incident->first_seen;
	problem->last_seen = MAX(problem->last_seen, incident->last_seen);
	if (part->note != NULL && part->note_at >= problem->note_at) {
		problem->note = part->note;
		problem->note_by = part->note_by;
		problem->note_at = part->note_at;
	}
	problem->resolved_at = MAX(problem->resolved_at, incident->resolved_at);
}

static void
take_failures(const Line *line, GHashTable *failures)
{
	Problem *problem = line->problem;
	g_autoptr(GHashTable) taken = g_hash_table_new(NULL, NULL);

	for (guint i = 0; i < line->parts->len; i++) {
		const DomainFailure *failure = g_hash_table_lookup(
			failures, g_ptr_array_index(line->parts, i));
		if (failure == NULL || !g_hash_table_add(taken, (gpointer)failure))
			continue;
		g_ptr_array_add(problem->failures, (gpointer)failure);
		problem->late = problem->late || failure->verdict.late;
		problem->learning = problem->learning || failure->learning;
		problem->mode = mode_stricter(problem->mode, failure->mode);
	}
	g_ptr_array_sort(problem->failures, compare_failures);
	const DomainFailure *worst = g_ptr_array_index(problem->failures, 0);
	problem->level = worst->verdict.level;
	problem->why = worst->verdict.why;
	problem->state = worst->verdict.state;
	problem->only = worst->verdict.why == WHY_ONE_REPORTER ? worst->verdict.only : NULL;
	problem->holds_mail = worst->holds_mail;
	problem->accepted_until = worst->verdict.accepted_until;
	if (problem->state != STATE_RESOLVED)
		problem->resolved_at = 0;
}

/* Its number is the lowest of its problems with an MX; others are only shown in its line. */
static int64_t
number_of(const Line *line)
{
	int64_t number = G_MAXINT64;

	for (guint i = 0; i < line->problems->len; i++) {
		const ProblemPart *problem = g_ptr_array_index(line->problems, i);
		if (i == 0 || *problem->mx != '\0')
			number = MIN(number, problem->told);
	}
	return number;
}

/*
 * Adds problems that are in no line today to the one that has their number, so that what the operator decides
 * of the number holds for them, too, when they come back.
 */
static void
join_quiet(const ProblemsOwn *own, const GPtrArray *pieces, const GPtrArray *lines)
{
	g_autoptr(GHashTable) shown = g_hash_table_new(NULL, NULL);
	g_autoptr(GHashTable)
		by_number = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	GHashTableIter iter;
	gpointer value;

	for (guint i = 0; i < pieces->len; i++)
		g_hash_table_add(shown, ((const Piece *)g_ptr_array_index(pieces, i))->problem);
	for (guint i = 0; i < lines->len; i++) {
		Line *line = g_ptr_array_index(lines, i);
		const int64_t number = number_of(line);
		if (!line->unverified
			&& (line->in_window || !g_hash_table_contains(by_number, &number)))
			g_hash_table_insert(by_number, g_memdup2(&number, sizeof(number)), line);
	}
	g_hash_table_iter_init(&iter, own->problems);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		const ProblemPart *problem = value;
		Line *line = g_hash_table_lookup(by_number, &problem->told);
		if (line != NULL && !g_hash_table_contains(shown, problem))
			g_ptr_array_add(line->problems, value);
	}
}

void
problem_free(gpointer data)
{
	Problem *problem = data;
	GPtrArray *const arrays[] = { problem->domains, problem->mx_hosts, problem->result_types,
		problem->policy_types, problem->reasons, problem->reporters, problem->hosts,
		problem->reports, problem->failures, problem->incidents };

	for (size_t i = 0; i < G_N_ELEMENTS(arrays); i++)
		g_ptr_array_unref(arrays[i]);
	g_free(problem);
}

static Problem *
problem_new(void)
{
	Problem *problem = g_new0(Problem, 1);

	problem->domains = g_ptr_array_new();
	problem->mx_hosts = g_ptr_array_new();
	problem->result_types = g_ptr_array_new();
	problem->policy_types = g_ptr_array_new();
	problem->reasons = g_ptr_array_new_with_free_func(g_free);
	problem->hosts = g_ptr_array_new_with_free_func(g_free);
	problem->reports = g_ptr_array_new_with_free_func(g_free);
	problem->reporters = g_ptr_array_new_with_free_func(g_free);
	problem->failures = g_ptr_array_new();
	problem->incidents = g_ptr_array_new();
	problem->first_seen = problem->last_seen = DAY_NONE;
	problem->accepted_until = DAY_NONE;
	return problem;
}

/* All incidents that the problems of the line ever had, of the domains that were asked for. */
static void
take_incidents(const ProblemsOwn *own, const Line *line)
{
	const char *domain = own->question->filter->domain;

	for (guint i = 0; i < line->problems->len; i++) {
		const ProblemPart *problem = g_ptr_array_index(line->problems, i);
		for (guint j = 0; j < problem->incidents->len; j++) {
			const IncidentPart *part = g_ptr_array_index(problem->incidents, j);
			if ((domain == NULL || strcmp(part->shown.domain, domain) == 0)
				&& (part->shown.unverified == line->unverified
					|| !part->has_history))
				g_ptr_array_add(line->problem->incidents, (gpointer)&part->shown);
		}
	}
	g_ptr_array_sort(line->problem->incidents, compare_ids);
}

static void
fill_line(const ProblemsOwn *own, Line *line, GHashTable *failures)
{
	Problem *problem = line->problem = problem_new();
	const Explanation *explanation = explain_kind(line->kind);
	GHashTableIter iter;
	gpointer name;

	problem->number = number_of(line);
	problem->kind = line->kind;
	problem->meaning = explanation != NULL ? explanation->meaning : NULL;
	problem->unverified = line->unverified;
	g_hash_table_iter_init(&iter, line->domains);
	while (g_hash_table_iter_next(&iter, &name, NULL))
		g_ptr_array_add(problem->domains, name);
	for (guint i = 0; i < line->parts->len; i++)
		describe(problem, g_ptr_array_index(line->parts, i));
	problem->since_day = MAX(problem->first_seen, own->question->filter->since_day);
	problem->until_day = own->question->filter->until_day;
	sort_names(problem->domains);
	mx_sort(problem->mx_hosts, line->parts);
	sort_names(problem->result_types);
	sort_names(problem->policy_types);
	sum_line(own, line);
	take_failures(line, failures);
	take_incidents(own, line);
}

static void
take_number(Problem *problem, GHashTable *taken)
{
	for (guint i = 0;
		i < problem->incidents->len && g_hash_table_contains(taken, &problem->number);
		i++) {
		const Incident *incident = g_ptr_array_index(problem->incidents, i);
		problem->number = incident->id;
	}
	g_hash_table_add(taken, &problem->number);
}

/*
 * Where the incidents of one problem make two lines, since some were not seen in W, or nobody believed has seen
 * them, the later of these has a number of its own.
 */
static void
separate_numbers(const GPtrArray *lines)
{
	g_autoptr(GHashTable) taken = g_hash_table_new(g_int64_hash, g_int64_equal);

	for (int turn = 0; turn < 4; turn++) {
		for (guint i = 0; i < lines->len; i++) {
			const Line *line = g_ptr_array_index(lines, i);
			if (2 * line->unverified + !line->in_window == turn)
				take_number(line->problem, taken);
		}
	}
}

void
lines_make(ProblemsOwn *own, Problems *problems)
{
	g_autoptr(GPtrArray) pieces = cut_pieces(own);
	g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(line_free);
	g_autoptr(GHashTable) failures = g_hash_table_new(NULL, NULL); /* of each incident */

	numbers_settle(own);
	join_by_domains(own, pieces, lines);
	join_largest(own, pieces, lines);
	join_quiet(own, pieces, lines);
	for (guint i = 0; i < own->failures->len; i++) {
		FailurePart *failure = g_ptr_array_index(own->failures, i);
		sum_failure(own, failure);
		g_ptr_array_add(problems->failures, &failure->shown);
		for (guint j = 0; j < failure->parts->len; j++)
			g_hash_table_insert(
				failures, g_ptr_array_index(failure->parts, j), &failure->shown);
	}
	g_autofree int64_t *seen = g_new0(int64_t, reporters_all(own->reporters)->len);
	for (guint i = 0; i < own->incidents->len; i++) {
		IncidentPart *part = g_ptr_array_index(own->incidents, i);
		if (part->shown.listed)
			sum_incident(own, part, seen);
	}
	for (guint i = 0; i < lines->len; i++)
		fill_line(own, g_ptr_array_index(lines, i), failures);
	separate_numbers(lines);
	for (guint i = 0; i < lines->len; i++)
		g_ptr_array_add(problems->problems, ((Line *)g_ptr_array_index(lines, i))->problem);
	g_ptr_array_sort(problems->problems, compare_problems);
}
