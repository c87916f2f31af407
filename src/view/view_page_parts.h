/* What the parts of the page share while it is made. */
#ifndef TLSRPT_VIEW_VIEW_PAGE_PARTS_H
#define TLSRPT_VIEW_VIEW_PAGE_PARTS_H

#include "tlsrpt/problem.h"
#include "tlsrpt/view_page.h"

#include <glib.h>

/* The columns of the table "page". */
enum {
	PAGE_MADE_AT,
	PAGE_STALE_AT,
	PAGE_FIRST_DAY,
	PAGE_WINDOW_DAY,
	PAGE_LAST_DAY,
	PAGE_SELECTED,
	PAGE_DOMAINS,
	PAGE_SESSIONS,
	PAGE_FAILED,
	PAGE_LEARNING,
	PAGE_WELL,
	PAGE_RECEPTION,
	PAGE_LAST_RECEIVED,
	PAGE_UNVERIFIED_REPORTS,
	PAGE_CRITICAL,
	PAGE_WARNINGS,
	PAGE_SILENCES,
	PAGE_QUARANTINED,
	PAGE_QUARANTINE_FULL,
	PAGE_WAITING,
	PAGE_WITH_HOSTS,
	PAGE_STYLE,
	PAGE_COLUMNS
};

typedef struct {
	const PageQuestion *question;
	Document *document;
	Cell *head;
	Table *left_out;
	GPtrArray *answers; /* of Problems *: of all domains, or one of each that is asked about */
} PageView;

/* The domain that an answer is about; NULL for all. */
const char *view_page_domain(const PageView *view, guint answer);

/* The days that the page looks back, of the domain that an answer is about. */
StoreFilter view_page_filter(const PageView *view, guint answer);

/* Adds the empty table "left_out". */
Table *view_page_left_out_table(Document *document);

/* Keeps the first rows of a table, and says how many are left out. */
void view_page_limit(const PageView *view, Table *table, size_t rows);

/* Says that some rows are left out that the table never had. */
void view_page_leave_out(const PageView *view, const Table *table, size_t rows);

/* The problems of all answers, each once, the worst first: of Problem *, of the answers; caller unrefs. */
GPtrArray *view_page_unite(const PageView *view);

/* Each adds its tables to the document. */
void view_page_add_problems(PageView *view);
void view_page_add_silences(PageView *view);
bool view_page_add_days(PageView *view, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void view_page_add_matrix(PageView *view);
bool view_page_add_reporters(PageView *view, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool view_page_add_policies(PageView *view, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool view_page_add_findings(PageView *view, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
