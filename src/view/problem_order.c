#include "problem_order.h"

#include "tlsrpt/compare.h"
#include "tlsrpt/problem.h"

#include <string.h>

int
problem_compare_reporters(gconstpointer a, gconstpointer b)
{
	const ProblemReporter *one = *(const ProblemReporter *const *)a;
	const ProblemReporter *other = *(const ProblemReporter *const *)b;

	/* By name rather than by id, since the ids of what was taken in together are left to chance. */
	if (one->failed_sessions != other->failed_sessions)
		return compare_integers(other->failed_sessions, one->failed_sessions);
	const int order = strcmp(one->reporter->name, other->reporter->name);
	return order != 0 ? order : compare_integers(one->reporter->id, other->reporter->id);
}

int
problem_compare_reasons(gconstpointer a, gconstpointer b)
{
	const ProblemReason *one = *(const ProblemReason *const *)a;
	const ProblemReason *other = *(const ProblemReason *const *)b;

	return one->failed_sessions != other->failed_sessions
		? compare_integers(other->failed_sessions, one->failed_sessions)
		: strcmp(one->code, other->code);
}

int
problem_compare_reports(gconstpointer a, gconstpointer b)
{
	const ProblemReport *one = *(const ProblemReport *const *)a;
	const ProblemReport *other = *(const ProblemReport *const *)b;

	return one->day != other->day ? compare_integers(other->day, one->day)
				      : compare_integers(other->id, one->id);
}
