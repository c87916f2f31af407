/* A line that people are told, while it is being made of incidents. */
#ifndef TLSRPT_VIEW_PROBLEM_LINES_H
#define TLSRPT_VIEW_PROBLEM_LINES_H

#include "problem_parts.h"

typedef struct {
	Problem *problem;
	const char *kind;
	bool in_window, unverified;
	GPtrArray *parts; /* of IncidentPart *: those that are listed */
	GPtrArray *problems; /* of ProblemPart *: whose incidents it has */
	GHashTable *domains; /* names (const char *) */
	int64_t failed_sessions; /* a first estimate, to find the largest */
} Line;

/*
 * Puts the listed incidents together that are told in one line.  Numbers are settled before.  The result, of
 * Line * without a problem, is the caller's.
 */
GPtrArray *lines_join(const ProblemsOwn *own);

/* Its number is the lowest of its problems with an MX; others are only shown in its line. */
int64_t line_number(const Line *line);

/* Adds up what the incidents of a line come to, and who reported them, into its problem. */
void line_sum(const ProblemsOwn *own, const Line *line);

/* What the incidents of a failure come to. */
void failure_sum(const ProblemsOwn *own, FailurePart *failure);

/*
 * What a single incident comes to.  Who has been counted is marked in seen, which has a place for each
 * reporter, with the id of the incident.
 */
void incident_sum(const ProblemsOwn *own, IncidentPart *part, int64_t *seen);

#endif
