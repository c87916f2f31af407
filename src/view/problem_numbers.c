/*
 * The numbers under which lines are told.  What is in a line changes from day to day: an MX is seen no
 * more, another sender names none.  So that a line keeps its number meanwhile, the problems that usually
 * share a line have one number, whichever of them is there: those of a domain at MX that only this domain
 * has, and one without an MX together with the oldest one of its kind and domain that has one.
 */
#include "problem_parts.h"

#include "tlsrpt/text_table.h"

/* What nobody believed has seen takes part in nothing, so that no stranger chooses a number. */
static bool
takes_part(const IncidentPart *part)
{
	return !part->has_history || !part->shown.unverified;
}

static char *
place_of(const IncidentPart *part)
{
	return g_strjoin("\n", part->shown.kind, part->shown.domain, NULL);
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

/* The problem with an MX that first had an incident of a kind and domain, by that place. */
static GHashTable *
find_homes(const ProblemsOwn *own)
{
	GHashTable *homes = text_table_new(g_free, NULL);

	for (guint i = 0; i < own->incidents->len; i++) {
		const IncidentPart *part = g_ptr_array_index(own->incidents, i);
		char *place = place_of(part);
		if (*part->shown.mx == '\0' || !takes_part(part)
			|| g_hash_table_contains(homes, place))
			g_free(place);
		else
			g_hash_table_insert(homes, place, part->problem);
	}
	return homes;
}

/* Of the private problems of each place the one with the lowest number. */
static GHashTable *
find_lowest(const ProblemsOwn *own)
{
	GHashTable *lowest = text_table_new(g_free, NULL);

	for (guint i = 0; i < own->incidents->len; i++) {
		const IncidentPart *part = g_ptr_array_index(own->incidents, i);
		if (!is_private(part->problem) || !takes_part(part))
			continue;
		char *place = place_of(part);
		const ProblemPart *other = g_hash_table_lookup(lowest, place);
		if (other == NULL || part->problem->told < other->told)
			g_hash_table_insert(lowest, place, part->problem);
		else
			g_free(place);
	}
	return lowest;
}

static ProblemPart *
find_at(GHashTable *problems, const IncidentPart *part)
{
	g_autofree char *place = place_of(part);

	return g_hash_table_lookup(problems, place);
}

void
numbers_settle(ProblemsOwn *own)
{
	begin_numbers(own);
	g_autoptr(GHashTable) homes = find_homes(own);
	for (guint i = 0; i < own->incidents->len; i++) {
		const IncidentPart *part = g_ptr_array_index(own->incidents, i);
		ProblemPart *home = find_at(homes, part);
		if (*part->shown.mx == '\0' && takes_part(part) && home != NULL)
			home->told = MIN(home->told, part->problem->number);
	}
	g_autoptr(GHashTable) lowest = find_lowest(own);
	for (guint i = 0; i < own->incidents->len; i++) {
		const IncidentPart *part = g_ptr_array_index(own->incidents, i);
		if (is_private(part->problem) && takes_part(part))
			part->problem->told = MIN(part->problem->told,
				((const ProblemPart *)find_at(lowest, part))->told);
	}
	for (guint i = 0; i < own->incidents->len; i++) {
		const IncidentPart *part = g_ptr_array_index(own->incidents, i);
		const ProblemPart *home = find_at(homes, part);
		if (*part->shown.mx == '\0' && takes_part(part) && home != NULL)
			part->problem->told = home->told;
	}
}
