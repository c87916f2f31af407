/*
 * The one form in which a problem, a silence, or that nothing comes at all is a row of a table, in all
 * documents; and the tables of what proves problems.
 */
#ifndef TLSRPT_VIEW_PROBLEM_ROWS_H
#define TLSRPT_VIEW_PROBLEM_ROWS_H

#include "tlsrpt/problem.h"
#include "tlsrpt/table.h"

#include <glib.h>

/* The columns of a problem.  A table may have more after them, from PROBLEM_COLUMNS on. */
typedef enum {
	PROBLEM_NUMBER, /* as the commands take it: "12", or "s7" of a silence */
	PROBLEM_LEVEL, /* a FailureLevel */
	PROBLEM_TITLE,
	PROBLEM_KIND, /* of cause; not known of what is no problem */
	PROBLEM_MEANING,
	PROBLEM_WHY, /* a FailureWhy */
	PROBLEM_WHY_TEXT,
	PROBLEM_STATE, /* a FailureState */
	PROBLEM_LATE,
	PROBLEM_LEARNING,
	PROBLEM_IS_UNVERIFIED,
	PROBLEM_HOLDS_MAIL,
	PROBLEM_DOMAINS,
	PROBLEM_MX,
	PROBLEM_RESULT_TYPES,
	PROBLEM_POLICY_TYPES,
	PROBLEM_MODE,
	PROBLEM_FIRST,
	PROBLEM_LAST,
	PROBLEM_DAYS,
	PROBLEM_SESSIONS,
	PROBLEM_FAILED,
	PROBLEM_SHARE,
	PROBLEM_UNVERIFIED,
	PROBLEM_REPORTERS,
	PROBLEM_REPORTS, /* how many have it */
	PROBLEM_REPORTS_COMMAND, /* that lists them */
	PROBLEM_ENFORCE, /* what it does to mail, in each mode under which it was seen */
	PROBLEM_TESTING,
	PROBLEM_DANE,
	PROBLEM_INCIDENTS,
	PROBLEM_RESOLVED_AT,
	PROBLEM_ACCEPTED_UNTIL,
	PROBLEM_NOTE,
	PROBLEM_NOTE_BY,
	PROBLEM_NOTE_AT,
	PROBLEM_COLUMNS
} ProblemColumn;

/* The first columns of a table of problems. */
#define PROBLEM_ROW_COLUMNS \
	[PROBLEM_NUMBER] = { "problem", NULL, CELL_WORD }, \
	[PROBLEM_LEVEL] = { "level", NULL, CELL_ENUM }, \
	[PROBLEM_TITLE] = { "title", NULL, CELL_TEXT }, \
	[PROBLEM_KIND] = { "kind", NULL, CELL_TEXT }, \
	[PROBLEM_MEANING] = { "meaning", NULL, CELL_TEXT }, \
	[PROBLEM_WHY] = { "why", NULL, CELL_ENUM }, \
	[PROBLEM_WHY_TEXT] = { "why_text", NULL, CELL_TEXT }, \
	[PROBLEM_STATE] = { "state", NULL, CELL_ENUM }, \
	[PROBLEM_LATE] = { "late", NULL, CELL_FLAG }, \
	[PROBLEM_LEARNING] = { "learning", NULL, CELL_FLAG }, \
	[PROBLEM_IS_UNVERIFIED] = { "unverified", NULL, CELL_FLAG }, \
	[PROBLEM_HOLDS_MAIL] = { "holds_mail", NULL, CELL_FLAG }, \
	[PROBLEM_DOMAINS] = { "policy_domains", NULL, CELL_NAMES }, \
	[PROBLEM_MX] = { "receiving_mx_hostnames", NULL, CELL_NAMES }, \
	[PROBLEM_RESULT_TYPES] = { "result_types", NULL, CELL_NAMES }, \
	[PROBLEM_POLICY_TYPES] = { "policy_types", NULL, CELL_NAMES }, \
	[PROBLEM_MODE] = { "mode", NULL, CELL_WORD }, \
	[PROBLEM_FIRST] = { "first_seen", NULL, CELL_TEXT }, \
	[PROBLEM_LAST] = { "last_seen", NULL, CELL_TEXT }, \
	[PROBLEM_DAYS] = { "days", NULL, CELL_COUNT }, \
	[PROBLEM_SESSIONS] = { "sessions", NULL, CELL_COUNT }, \
	[PROBLEM_FAILED] = { "failed_sessions", NULL, CELL_COUNT }, \
	[PROBLEM_SHARE] = { "failed_share", NULL, CELL_SHARE }, \
	[PROBLEM_UNVERIFIED] = { "unverified_sessions", NULL, CELL_COUNT }, \
	[PROBLEM_REPORTERS] = { "reporters", NULL, CELL_NAMES }, \
	[PROBLEM_REPORTS] = { "reports", NULL, CELL_COUNT }, \
	[PROBLEM_REPORTS_COMMAND] = { "reports_command", NULL, CELL_TEXT }, \
	[PROBLEM_ENFORCE] = { "enforce", NULL, CELL_TEXT }, \
	[PROBLEM_TESTING] = { "testing", NULL, CELL_TEXT }, \
	[PROBLEM_DANE] = { "dane", NULL, CELL_TEXT }, \
	[PROBLEM_INCIDENTS] = { "incidents", NULL, CELL_TEXT }, \
	[PROBLEM_RESOLVED_AT] = { "resolved_at", NULL, CELL_TIME }, \
	[PROBLEM_ACCEPTED_UNTIL] = { "accepted_until", NULL, CELL_TEXT }, \
	[PROBLEM_NOTE] = { "note", NULL, CELL_TEXT }, \
	[PROBLEM_NOTE_BY] = { "note_by", NULL, CELL_TEXT }, \
	[PROBLEM_NOTE_AT] = { "note_at", NULL, CELL_TIME }

/* For a table without columns of its own. */
extern const Column problem_columns[PROBLEM_COLUMNS];

/* Each fills the columns of a row. */
void problem_row_fill(Cell *cells, const Problem *problem);
void problem_row_fill_silence(Cell *cells, const Silence *silence);
void problem_row_fill_arrivals(Cell *cells, const Arrivals *arrivals);
void problem_row_fill_full_quarantine(Cell *cells);
void problem_row_fill_day_limit(Cell *cells, const QuarantineState *quarantine);

void problem_row_set_level(Cell *cells, FailureLevel level);

/* Sets a cell with names, each in a line of its own; each is there once, and one may be unknown. */
void problem_row_set_names(Cell *cell, const GPtrArray *names);

/* Whether any of its incidents was reported under a policy of that type. */
bool problem_has_policy_type(const Problem *problem, const char *policy_type);

/* The tables of what proves the problems of a document; their keys are "reasons" and "reports". */
typedef struct {
	Table *reasons, *reports;
} EvidenceTables;

/* Adds them, empty, to a document. */
EvidenceTables problem_add_evidence_tables(Document *document);

/* Adds to them what proves a problem. */
void problem_add_evidence(const EvidenceTables *tables, const Problem *problem);

#endif
