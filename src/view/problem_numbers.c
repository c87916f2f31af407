/*
 * The numbers under which lines are told.  What is in a line changes from day to day: an MX is seen no
 * more, another sender names none.  So that a line keeps its number meanwhile, the problems that usually
 * share a line have one number, whichever of them is there: those of a domain at MX that only this domain
 * has, and one without an MX together with the oldest one of its kind and domain that has one.
 */
#include "problem_parts.h"

/* What nobody believed has seen takes part in nothing, so that no stranger chooses a number. */
static bool
takes_part(const IncidentPart *part)
{
	return !part->has_history || !part->shown.unverified;
}

/* Whether it has an MX that only one domain has, or had. */
static bool
is_private(const ProblemPart *problem)
{
	return *problem->mx != '\0' && !problem->is_shared;
}

/* Begins with the number of each problem itself, and finds out which of them several domains have. */
static void
begin_numbers(const ProblemsOwn *own)
{
	for (guint i = 0; i < own->incidents->len; i++) {
		const IncidentPart *part = g_ptr_array_index(own->incidents, i);
		ProblemPart *problem = part->problem;
		const IncidentPart *first = g_ptr_array_index(problem->incidents, 0);
		problem->told = problem->number;
		problem->is_shared = problem->is_shared || part->domain != first->domain;
	}
}

/* Finds the problem with an MX that first had an incident of a kind and domain. */
static void
find_homes(const ProblemsOwn *own)
{
	for (guint i = 0; i < own->incidents->len; i++) {
		const IncidentPart *part = g_ptr_array_index(own->incidents, i);
		if (*part->shown.mx != '\0' && takes_part(part) && part->place->home == NULL)
			part->place->home = part->problem;
	}
}

/* Finds of the private problems of each place the one with the lowest number. */
static void
find_lowest(const ProblemsOwn *own)
{
	for (guint i = 0; i < own->incidents->len; i++) {
		const IncidentPart *part = g_ptr_array_index(own->incidents, i);
		PlacePart *place = part->place;
		if (is_private(part->problem) && takes_part(part)
			&& (place->lowest == NULL || part->problem->told < place->lowest->told))
			place->lowest = part->problem;
	}
}

void
numbers_settle(ProblemsOwn *own)
{
	begin_numbers(own);
	find_homes(own);
	for (guint i = 0; i < own->incidents->len; i++) {
		const IncidentPart *part = g_ptr_array_index(own->incidents, i);
		ProblemPart *home = part->place->home;
		if (*part->shown.mx == '\0' && takes_part(part) && home != NULL)
			home->told = MIN(home->told, part->problem->number);
	}
	find_lowest(own);
	for (guint i = 0; i < own->incidents->len; i++) {
		const IncidentPart *part = g_ptr_array_index(own->incidents, i);
		if (is_private(part->problem) && takes_part(part))
			part->problem->told = MIN(part->problem->told, part->place->lowest->told);
	}
	for (guint i = 0; i < own->incidents->len; i++) {
		const IncidentPart *part = g_ptr_array_index(own->incidents, i);
		const ProblemPart *home = part->place->home;
		if (*part->shown.mx == '\0' && takes_part(part) && home != NULL)
			part->problem->told = home->told;
	}
}
