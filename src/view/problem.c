/* Answers what is wrong: the story of how problems are found. */
#include "tlsrpt/problem.h"

#include "problem_parts.h"

#include <string.h>

static void
silence_free(gpointer data)
{
	Silence *silence = data;

	g_ptr_array_unref(silence->domains);
	g_free(silence);
}

void
problems_free(Problems *problems)
{
	if (problems == NULL)
		return;
	g_ptr_array_unref(problems->problems);
	g_ptr_array_unref(problems->silences);
	g_ptr_array_unref(problems->domains);
	g_ptr_array_unref(problems->incidents);
	g_ptr_array_unref(problems->failures);
	problems_own_free(problems->own);
	reporters_free(problems->reporters);
	g_free(problems);
}

static Problems *
problems_new(const ProblemsQuestion *question, Reporters *reporters)
{
	Problems *problems = g_new0(Problems, 1);

	problems->problems = g_ptr_array_new_with_free_func(problem_free);
	problems->silences = g_ptr_array_new_with_free_func(silence_free);
	problems->domains = g_ptr_array_new_with_free_func(g_free);
	problems->incidents = g_ptr_array_new();
	problems->failures = g_ptr_array_new();
	problems->reporters = reporters;
	problems->own = problems_own_new(question, reporters);
	return problems;
}

static void
list_incidents(Problems *problems)
{
	const GPtrArray *parts = problems->own->incidents;

	for (guint i = 0; i < parts->len; i++) {
		IncidentPart *part = g_ptr_array_index(parts, i);
		if (part->shown.listed)
			g_ptr_array_add(problems->incidents, &part->shown);
	}
}

/* Finds out whether messages cannot be kept, or wait for another day. */
static bool
read_quarantine(const ProblemsQuestion *question, Problems *problems, GError **error)
{
	return question->quarantine == 0
		|| quarantine_state_read(question->store, question->quarantine,
			question->filter->today, &problems->quarantine, error);
}

Problems *
problems_read(const ProblemsQuestion *question, GError **error)
{
	Reporters *reporters = reporters_read(question->store, question->believe, error);

	if (reporters == NULL)
		return NULL;
	g_autoptr(Problems) problems = problems_new(question, reporters);
	ProblemsOwn *own = problems->own;
	if (!incidents_parts_read(own, error) || !failures_find(own, error)
		|| !marks_read(own, error) || !domain_totals_read(own, problems, error)
		|| !failures_judge(own, error))
		return NULL;
	lines_make(own, problems);
	list_incidents(problems);
	if (!reasons_read(own, problems, error) || !evidence_read(own, problems, error)
		|| !arrivals_read(own, problems, error)
		|| !read_quarantine(question, problems, error)
		|| (!question->without_silences && !silences_read(own, problems, error)))
		return NULL;
	return g_steal_pointer(&problems);
}

const Problem *
problems_find(const Problems *problems, int64_t number)
{
	const Problem *found = NULL;

	for (guint i = 0; i < problems->problems->len; i++) {
		const Problem *problem = g_ptr_array_index(problems->problems, i);
		if (problem->number == number)
			return problem;
		for (guint j = 0; j < problem->incidents->len && found == NULL; j++) {
			const Incident *incident = g_ptr_array_index(problem->incidents, j);
			found = incident->id == number ? problem : NULL;
		}
	}
	return found;
}

const Silence *
problems_find_silence(const Problems *problems, int64_t number)
{
	for (guint i = 0; i < problems->silences->len; i++) {
		const Silence *silence = g_ptr_array_index(problems->silences, i);
		if (silence->number == number)
			return silence;
	}
	return NULL;
}

GArray *
problem_incident_ids(const Problem *problem, const char *domain)
{
	GArray *ids = g_array_new(FALSE, FALSE, sizeof(int64_t));

	for (guint i = 0; i < problem->incidents->len; i++) {
		const Incident *incident = g_ptr_array_index(problem->incidents, i);
		if (domain == NULL || strcmp(incident->domain, domain) == 0)
			g_array_append_val(ids, incident->id);
	}
	return ids;
}

double
problem_share_of(const Problem *problem, int64_t incident)
{
	const DomainFailure *worst = NULL;

	for (guint i = 0; i < problem->failures->len; i++) {
		const DomainFailure *failure = g_ptr_array_index(problem->failures, i);
		for (guint j = 0; j < failure->incidents->len; j++) {
			const Incident *one = g_ptr_array_index(failure->incidents, j);
			if (one->id == incident)
				return failure->verdict.share_since;
		}
		if (worst == NULL || failure->verdict.share_since > worst->verdict.share_since)
			worst = failure;
	}
	return worst != NULL ? worst->verdict.share_since : 0;
}
