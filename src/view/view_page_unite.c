/*
 * The problems of all answers, each once.  Of several domains that are asked about each has an answer of its own,
 * so that nothing about others gets onto the page; a problem that several of them have is told as in the answer
 * where it is worst, with what the other answers have of it.
 */
#include "problem_order.h"
#include "view_page_parts.h"

#include "tlsrpt/compare.h"
#include "tlsrpt/report.h"

#include <string.h>

#define REASONS_SHOWN 3

/* --- what is added up */

static void
add_names(GPtrArray *names, const GPtrArray *more)
{
	for (guint i = 0; i < more->len; i++) {
		gpointer name = g_ptr_array_index(more, i);
		if (!g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
			g_ptr_array_add(names, name);
	}
}

/* What the same reporter tells already; what is added for it, without numbers, if it tells nothing yet. */
static ProblemReporter *
find_reporter(GPtrArray *reporters, const ProblemReporter *other)
{
	for (guint i = 0; i < reporters->len; i++) {
		ProblemReporter *one = g_ptr_array_index(reporters, i);
		if (one->reporter->index == other->reporter->index)
			return one;
	}
	ProblemReporter *added = g_new0(ProblemReporter, 1);
	added->reporter = other->reporter;
	added->last_day = other->last_day;
	g_ptr_array_add(reporters, added);
	return added;
}

static void
add_reporters(Problem *to, const Problem *from)
{
	for (guint i = 0; i < from->reporters->len; i++) {
		const ProblemReporter *other = g_ptr_array_index(from->reporters, i);
		ProblemReporter *one = find_reporter(to->reporters, other);
		one->failed_sessions = count_add(one->failed_sessions, other->failed_sessions);
		one->sessions = count_add(one->sessions, other->sessions);
		one->last_day = MAX(one->last_day, other->last_day);
	}
	g_ptr_array_sort(to->reporters, problem_compare_reporters);
}

static void
add_reasons(Problem *to, const Problem *from)
{
	for (guint i = 0; i < from->reasons->len; i++) {
		const ProblemReason *other = g_ptr_array_index(from->reasons, i);
		ProblemReason *known = NULL;
		for (guint j = 0; j < to->reasons->len && known == NULL; j++) {
			ProblemReason *one = g_ptr_array_index(to->reasons, j);
			known = strcmp(one->code, other->code) == 0 ? one : NULL;
		}
		if (known != NULL)
			known->failed_sessions = count_add(
				known->failed_sessions, other->failed_sessions);
		else
			g_ptr_array_add(to->reasons, g_memdup2(other, sizeof(*other)));
	}
	g_ptr_array_sort(to->reasons, problem_compare_reasons);
	if (to->reasons->len > REASONS_SHOWN)
		g_ptr_array_set_size(to->reasons, REASONS_SHOWN);
}

static void
add_hosts(Problem *to, const Problem *from)
{
	for (guint i = 0; i < from->hosts->len; i++) {
		const ProblemHost *other = g_ptr_array_index(from->hosts, i);
		ProblemHost *known = NULL;
		for (guint j = 0; j < to->hosts->len && known == NULL; j++) {
			ProblemHost *one = g_ptr_array_index(to->hosts, j);
			known = strcmp(one->address, other->address) == 0 ? one : NULL;
		}
		if (known != NULL)
			known->failed_sessions = count_add(
				known->failed_sessions, other->failed_sessions);
		else
			g_ptr_array_add(to->hosts, g_memdup2(other, sizeof(*other)));
	}
}

/* The newest first. */
/* A report about several of the domains is one. */
static void
add_reports(Problem *to, const Problem *from)
{
	for (guint i = 0; i < from->reports->len; i++) {
		const ProblemReport *other = g_ptr_array_index(from->reports, i);
		bool is_known = false;
		for (guint j = 0; j < to->reports->len && !is_known; j++) {
			const ProblemReport *one = g_ptr_array_index(to->reports, j);
			is_known = one->id == other->id;
		}
		if (!is_known)
			g_ptr_array_add(to->reports, g_memdup2(other, sizeof(*other)));
	}
	g_ptr_array_sort(to->reports, problem_compare_reports);
}

static void
add_note(Problem *to, const Problem *from)
{
	if (from->note == NULL || (to->note != NULL && to->note_at >= from->note_at))
		return;
	to->note = from->note;
	to->note_by = from->note_by;
	to->note_at = from->note_at;
}

static void
unite(Problem *to, const Problem *from)
{
	add_names(to->domains, from->domains);
	add_names(to->mx_hosts, from->mx_hosts);
	add_names(to->result_types, from->result_types);
	add_names(to->policy_types, from->policy_types);
	to->sessions = count_add(to->sessions, from->sessions);
	to->failed_sessions = count_add(to->failed_sessions, from->failed_sessions);
	to->unverified_sessions = count_add(to->unverified_sessions, from->unverified_sessions);
	to->share = share_of(to->failed_sessions, to->sessions);
	to->first_seen = MIN(to->first_seen, from->first_seen);
	to->last_seen = MAX(to->last_seen, from->last_seen);
	to->holds_mail |= from->holds_mail;
	to->late |= from->late;
	to->learning |= from->learning;
	to->unverified &= from->unverified;
	add_reporters(to, from);
	add_reasons(to, from);
	add_hosts(to, from);
	add_reports(to, from);
	add_note(to, from);
}

/* --- all of them */

/* Whether it is worse or, if both are as bad, no single reporter is said to be the only one who sees it. */
static bool
is_told_rather(const Problem *one, const Problem *other)
{
	if (one->level != other->level)
		return one->level < other->level;
	if (one->holds_mail != other->holds_mail)
		return one->holds_mail;
	return one->only == NULL && other->only != NULL;
}

/* The worst first, as problem.h orders those of one answer. */
static int
compare_problems(gconstpointer a, gconstpointer b)
{
	const Problem *one = *(const Problem *const *)a, *other = *(const Problem *const *)b;

	if (one->level != other->level)
		return one->level < other->level ? -1 : 1;
	if (one->holds_mail != other->holds_mail)
		return one->holds_mail ? -1 : 1;
	if (one->share != other->share)
		return one->share > other->share ? -1 : 1;
	return one->failed_sessions != other->failed_sessions
		? compare_integers(other->failed_sessions, one->failed_sessions)
		: compare_integers(one->number, other->number);
}

/* Finds for each number the problem that is told. */
static GHashTable *
find_told(const PageView *view)
{
	GHashTable *told = g_hash_table_new(g_int64_hash, g_int64_equal);

	for (guint i = 0; i < view->answers->len; i++) {
		const Problems *answer = g_ptr_array_index(view->answers, i);
		for (guint j = 0; j < answer->problems->len; j++) {
			Problem *problem = g_ptr_array_index(answer->problems, j);
			const Problem *known = g_hash_table_lookup(told, &problem->number);
			if (known == NULL || is_told_rather(problem, known))
				g_hash_table_replace(told, &problem->number, problem);
		}
	}
	return told;
}

GPtrArray *
view_page_unite(const PageView *view)
{
	GPtrArray *problems = g_ptr_array_new();
	g_autoptr(GHashTable) told = find_told(view);

	for (guint i = 0; i < view->answers->len; i++) {
		const Problems *answer = g_ptr_array_index(view->answers, i);
		for (guint j = 0; j < answer->problems->len; j++) {
			Problem *problem = g_ptr_array_index(answer->problems, j);
			Problem *one = g_hash_table_lookup(told, &problem->number);
			if (one == problem)
				g_ptr_array_add(problems, problem);
			else
				unite(one, problem);
		}
	}
	if (view->answers->len > 1)
		g_ptr_array_sort(problems, compare_problems);
	return problems;
}
