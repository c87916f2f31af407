/* Makes the lines that people are told of incidents and their failures, and puts them into order. */
#include "problem_lines.h"

#include "tlsrpt/compare.h"
#include "tlsrpt/explain.h"
#include "tlsrpt/table.h"

#include <string.h>

static void
add_name(GPtrArray *names, const char *name)
{
	if (*name != '\0' && !g_ptr_array_find(names, name, NULL))
		g_ptr_array_add(names, (gpointer)name);
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

static int
compare_ids(gconstpointer a, gconstpointer b)
{
	const Incident *one = *(const Incident *const *)a;
	const Incident *other = *(const Incident *const *)b;

	return compare_integers(one->id, other->id);
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

	problem->number = line_number(line);
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
	g_ptr_array_sort(problem->domains, compare_texts);
	mx_sort(problem->mx_hosts, line->parts);
	g_ptr_array_sort(problem->result_types, compare_texts);
	g_ptr_array_sort(problem->policy_types, compare_texts);
	line_sum(own, line);
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

void
lines_make(ProblemsOwn *own, Problems *problems)
{
	g_autoptr(GHashTable) failures = g_hash_table_new(NULL, NULL); /* of each incident */

	numbers_settle(own);
	g_autoptr(GPtrArray) lines = lines_join(own);
	for (guint i = 0; i < own->failures->len; i++) {
		FailurePart *failure = g_ptr_array_index(own->failures, i);
		failure_sum(own, failure);
		g_ptr_array_add(problems->failures, &failure->shown);
		for (guint j = 0; j < failure->parts->len; j++)
			g_hash_table_insert(
				failures, g_ptr_array_index(failure->parts, j), &failure->shown);
	}
	g_autofree int64_t *seen = g_new0(int64_t, reporters_all(own->reporters)->len);
	for (guint i = 0; i < own->incidents->len; i++) {
		IncidentPart *part = g_ptr_array_index(own->incidents, i);
		if (part->shown.listed)
			incident_sum(own, part, seen);
	}
	for (guint i = 0; i < lines->len; i++)
		fill_line(own, g_ptr_array_index(lines, i), failures);
	separate_numbers(lines);
	for (guint i = 0; i < lines->len; i++)
		g_ptr_array_add(problems->problems, ((Line *)g_ptr_array_index(lines, i))->problem);
	g_ptr_array_sort(problems->problems, compare_problems);
}
