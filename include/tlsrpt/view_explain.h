/* What one problem or one silence of the store means, and what to do, with its own names filled in. */
#ifndef TLSRPT_VIEW_EXPLAIN_H
#define TLSRPT_VIEW_EXPLAIN_H

#include "tlsrpt/problem.h"
#include "tlsrpt/table.h"

#include <glib.h>
#include <stdint.h>

/*
 * The problem of that number, or the silence: a new document "explain-problem" or "explain-silence".  NULL
 * with an error of the store, or with USAGE if there is none of that number.  What is shown is of the time
 * that the question asks for; a problem that was not seen in it is shown as of all times.
 */
Document *view_explain_problem(const ProblemsQuestion *question, int64_t number, GError **error);
Document *view_explain_silence(const ProblemsQuestion *question, int64_t number, GError **error);

/* The same, from what is known of it. */
Document *explained_problem(const Problem *problem);
Document *explained_silence(const Silence *silence);

/*
 * Lines of an explanation, or its commands for a shell, with the domain for %D and <domain>, and the MX for
 * %M and <MX>; a line with %M is there for each of up to three MX.  The arrays are of const char *.  Only
 * names that are plainly names of hosts are filled in: whatever else a report calls a domain leaves the
 * line as it is, so that no report can write into a command that is to be pasted.  NULL for NULL; caller
 * frees.
 */
char *explained_lines(
	const char *const *lines, const GPtrArray *domains, const GPtrArray *mx_hosts);

#endif
