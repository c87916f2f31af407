/* The rows of what alert tells: problems, silences, and that nothing comes at all. */
#ifndef TLSRPT_VIEW_ALERT_ROWS_H
#define TLSRPT_VIEW_ALERT_ROWS_H

#include "tlsrpt/problem.h"
#include "tlsrpt/table.h"
#include "tlsrpt/view_alert.h"

#include <glib.h>

/* The columns of the table "changes". */
typedef enum {
	ALERT_CHANGE,
	ALERT_PROBLEM, /* its number, as the commands take it: "12", or "s7" of a silence */
	ALERT_LEVEL,
	ALERT_TITLE,
	ALERT_KIND,
	ALERT_MEANING,
	ALERT_WHY,
	ALERT_STATE,
	ALERT_DOMAINS,
	ALERT_MX,
	ALERT_RESULT_TYPES,
	ALERT_POLICY_TYPES,
	ALERT_MODE,
	ALERT_FIRST,
	ALERT_LAST,
	ALERT_SESSIONS,
	ALERT_FAILED,
	ALERT_SHARE,
	ALERT_UNVERIFIED,
	ALERT_REPORTERS,
	ALERT_ENFORCE, /* what it does to mail, in each mode under which it was seen */
	ALERT_TESTING,
	ALERT_DANE,
	ALERT_NOTE,
	ALERT_TOLD_AT, /* when it was first told; of what is over */
	ALERT_CHANGE_COLUMNS
} AlertColumn;

extern const Column alert_columns[ALERT_CHANGE_COLUMNS];

/* The columns of the table "reasons". */
typedef enum {
	REASON_PROBLEM,
	REASON_CODE,
	REASON_MEANING,
	REASON_FAILED,
	REASON_COLUMNS
} ReasonColumn;

extern const Column reason_columns[REASON_COLUMNS];

/* Each fills a row of "changes", apart from ALERT_CHANGE and ALERT_TOLD_AT. */
void alert_fill_problem(Cell *cells, const Problem *problem);
void alert_fill_silence(Cell *cells, const Silence *silence);
void alert_fill_arrivals(Cell *cells, const Arrivals *arrivals);

/* The same of something that is over, with the problem that it was if that is still there, or NULL. */
void alert_fill_over(Cell *cells, const StoreTold *told, const Problem *problem);

/* Adds the reasons of a problem to the table of them. */
void alert_add_reasons(Table *reasons, const Problem *problem);

#endif
