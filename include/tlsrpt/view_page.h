/* The page to look at: what is wrong now, the last 90 days, and who says so. */
#ifndef TLSRPT_VIEW_PAGE_H
#define TLSRPT_VIEW_PAGE_H

#include "tlsrpt/incident.h"
#include "tlsrpt/reporters.h"
#include "tlsrpt/store_read.h"
#include "tlsrpt/table.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define PAGE_DAYS 90 /* that the page looks back, today included */
#define PAGE_ROWS 500 /* at most in a table */
#define PAGE_CARDS 30 /* problems that are shown with all that is known; the others are a table */
#define PAGE_MATRIX_ROWS 60
#define PAGE_MATRIX_REPORTERS 8
#define PAGE_NAMES 20 /* in a list of names within a row */

/*
 * After so many seconds the page is stale.  It is written each hour or each day; what it shows comes
 * once a day.
 */
#define PAGE_STALE_S INT64_C(90000)

/* What a row of the table "mx" says about who is to repair it. */
typedef enum {
	MX_SOME, /* some see it, others do not */
	MX_ALL, /* all who report see it, and they are several: ours to repair */
	MX_ONE, /* one reporter alone, while several others report success: look at that one first */
} MxReading;

/* What is asked; all that it points to must last as long as the call. */
typedef struct {
	Store *store;
	const char *const *domains; /* in stored form; NULL or none: all */
	int64_t today, window_day; /* today, and the first day of W */
	const IncidentRules *rules;
	const BelieveRules *believe;
	int64_t quarantine; /* its limit in bytes */
	bool with_hosts; /* also addresses of hosts, contacts of reporters and who wrote the notes */
	const char *style; /* the URL of a style sheet; NULL: the style is in the page */
	int64_t now; /* epoch seconds */
} PageQuestion;

/*
 * Its tables: "page", one row that sums it up; "problems" that are alarms, with "reasons", "seen_by" and
 * "hosts"; "others", which are no alarms; "silences"; "days" and "domains"; "mx", "mx_reporters" and
 * "mx_cells", of W; "reporters"; "policies" and what view_policy() says about them; "findings";
 * "quarantine"; and "left_out", how many rows each of them would have besides.  With domains the
 * answer has nothing about others, and nothing of the quarantine.  NULL with the errors of the store.
 */
Document *view_page(const PageQuestion *question, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
