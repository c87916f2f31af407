/*
 * The words of a problem, which are the same in all texts and mails.  They are safe for a terminal; the
 * blanks within names are LAYOUT_BLANK, so that no line is broken there.  They are made from a row of a
 * table of problems, and from the tables "reasons", "hosts" and "reports" of its document, as far as it
 * has them.
 */
#ifndef TLSRPT_RENDER_PROBLEM_H
#define TLSRPT_RENDER_PROBLEM_H

#include "tlsrpt/failure.h"
#include "tlsrpt/table.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define PROBLEM_LINE_BYTES 1000 /* of a line; a name is shown up to PROBLEM_NAME_BYTES */
#define PROBLEM_NAME_BYTES 253 /* the longest domain (RFC 1035 section 2.3.4) */

/* In place of a policy domain that a report does not name. */
#define NO_DOMAIN "(no domain)"

/*
 * "#12 CRITICAL certificate-expired at mx2.example.com: example.com, example.org and 298 more".  All
 * names in it are cut, and safe for a terminal; caller frees.
 */
char *problem_heading(const Table *problems, size_t row);

/*
 * What else is said, line by line; all of it is safe for a terminal, and each line is at most
 * PROBLEM_LINE_BYTES long.  Array of char *, caller unrefs.
 */
GPtrArray *problem_facts(const Document *document, const Table *problems, size_t row);

/* The first names of a cell with one in each line: "a, b and 3 more"; safe; caller frees. */
char *problem_names(const Table *problems, size_t row, const char *key, guint shown);

/* "26 of 292 sessions (8.9 %)"; caller frees. */
char *problem_figures(const Table *problems, size_t row);

/*
 * The problems with a value in a column, such as "level" or "section", one line a kind: "glitch
 * starttls-not-supported: 12 problems, 14 sessions" with the prefix "glitch ", those with the most sessions
 * first; safe.  Array of char *, caller unrefs.
 */
GPtrArray *problem_sums(const Table *problems, const char *key, int value, const char *prefix);

/* How many are no alarm, and why: "2 over, 1 accepted"; "" if none; caller frees. */
char *problem_rest(const Table *problems);

/*
 * The command that says more: "tlsrpt explain 12"; for a silence the one that accepts it.  NULL if there
 * is none.  Nobody copies anything to a shell that a stranger wrote: a number is harmless.  Caller frees.
 */
char *problem_command(const Table *problems, size_t row);

/* As HTML: the heading, the facts and further lines, which may be NULL; and the commands. */
typedef struct {
	const char *color; /* of the bar beside it */
	const char *heading;
	const GPtrArray *lines; /* of char * */
	const GPtrArray *commands; /* of char *; may be empty */
} HtmlProblem;

void html_problem(const HtmlProblem *problem, FILE *file);

#endif
