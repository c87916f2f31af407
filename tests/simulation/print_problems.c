/*
 * Prints what a store says of problems on a day, for a second opinion to compare, without those that only
 * strangers tell of:
 *
 *     print-problems STORE DAY [all|authenticated]
 *
 * A line each, its values separated by tabs, lists by commas.
 */
#include "tlsrpt/problem.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>

static void
print_list(const GPtrArray *texts)
{
	putchar('\t');
	for (guint i = 0; i < texts->len; i++)
		printf("%s%s", i > 0 ? "," : "", (const char *)g_ptr_array_index(texts, i));
}

static void
print_failure(const DomainFailure *failure)
{
	const FailureVerdict *verdict = &failure->verdict;

	printf("failure\t%s\t%s\t%s\t%s\t%s\t%d\t%d\t%.9f\n", failure->domain, failure->kind,
		failure_state_name(verdict->state), failure_level_name(verdict->level),
		failure_why_name(verdict->why), verdict->late, failure->learning, verdict->share);
}

static void
print_problem(const Problem *problem)
{
	printf("problem\t%" G_GINT64_FORMAT "\t%s\t%s\t%s", problem->number, problem->kind,
		failure_level_name(problem->level), failure_state_name(problem->state));
	print_list(problem->domains);
	print_list(problem->mx_hosts);
	putchar('\n');
}

static void
print_silence(const Silence *silence)
{
	printf("silence\t%" G_GINT64_FORMAT "\t%s\t%" G_GINT64_FORMAT "\t%d", silence->number,
		silence->witness, silence->last_received, silence->accepted);
	print_list(silence->domains);
	putchar('\n');
}

static void
print_problems(const Problems *problems)
{
	for (guint i = 0; i < problems->failures->len; i++) {
		const DomainFailure *failure = g_ptr_array_index(problems->failures, i);
		if (!failure->unverified)
			print_failure(failure);
	}
	for (guint i = 0; i < problems->problems->len; i++) {
		const Problem *problem = g_ptr_array_index(problems->problems, i);
		if (!problem->unverified)
			print_problem(problem);
	}
	for (guint i = 0; i < problems->silences->len; i++)
		print_silence(g_ptr_array_index(problems->silences, i));
	printf("arrivals\t%d\n", problems->arrivals.state);
}

int
main(int argc, char **argv)
{
	if (argc < 3)
		return EXIT_FAILURE;
	g_autoptr(GError) error = NULL;
	g_autoptr(Store) store = store_open_reader(argv[1], &error);
	if (store == NULL)
		g_error("%s", error->message);
	const IncidentRules rules = { .window = 7, .baseline = 28, .learning = 14, .silence = 4 };
	const BelieveRules believe = {
		.believe = argc > 3 && g_str_equal(argv[3], "authenticated") ? BELIEVE_AUTHENTICATED
									     : BELIEVE_ALL,
	};
	const int64_t today = g_ascii_strtoll(argv[2], NULL, 10);
	const StoreFilter filter = {
		.since_day = today - rules.window,
		.until_day = today,
		.window_day = today - rules.window,
		.today = today,
	};
	const ProblemsQuestion question = {
		.store = store, .filter = &filter, .rules = &rules, .believe = &believe
	};
	g_autoptr(Problems) problems = problems_read(&question, &error);
	if (problems == NULL)
		g_error("%s", error->message);
	print_problems(problems);
	return EXIT_SUCCESS;
}
