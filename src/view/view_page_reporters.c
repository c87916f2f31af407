/* Who reports: how much, since when, and on which of the last 90 days. */
#include "view_page_parts.h"

#include "tlsrpt/report.h"

#include <string.h>

enum {
	R_NAME,
	R_CONTACT,
	R_BELIEVED,
	R_FIRST_TIMER,
	R_SILENT,
	R_LAST,
	R_DAYS,
	R_SESSIONS,
	R_FAILED,
	R_SHARE,
	R_BARS,
	R_COLUMNS
};

static const Column columns[R_COLUMNS] = {
	[R_NAME] = { "reporter", NULL, CELL_TEXT },
	[R_CONTACT] = { "contact_info", NULL, CELL_TEXT }, /* only where it was asked for */
	[R_BELIEVED] = { "believed", NULL, CELL_FLAG },
	[R_FIRST_TIMER] = { "first_timer", NULL, CELL_FLAG },
	[R_SILENT] = { "silent", NULL, CELL_FLAG },
	[R_LAST] = { "last_day", NULL, CELL_DAY }, /* of the 90 days, with a report */
	[R_DAYS] = { "report_days", NULL, CELL_COUNT },
	[R_SESSIONS] = { "sessions", NULL, CELL_COUNT }, /* of W */
	[R_FAILED] = { "failed_sessions", NULL, CELL_COUNT },
	[R_SHARE] = { "failed_share", NULL, CELL_SHARE },
	[R_BARS] = { "days", NULL, CELL_BARS }, /* 0 on a day with a report */
};

/* What one reporter did; by the index of the reporter. */
typedef struct {
	const Reporter *reporter;
	bool has_report[PAGE_DAYS];
	int64_t sessions, failed_sessions; /* of W */
	int64_t last_day;
	size_t days;
	bool silent;
	char *contact;
} Did;

typedef struct {
	PageView *view;
	const Reporters *reporters;
	Did *did;
	guint n;
	int64_t first_day;
} Search;

static void
add_day(Search *search, int64_t id, int64_t day)
{
	const Reporter *reporter = reporters_find(search->reporters, id);
	const int64_t place = day - search->first_day;

	if (reporter == NULL || place < 0 || place >= PAGE_DAYS)
		return;
	Did *did = &search->did[reporter->index];
	did->days += !did->has_report[place];
	did->has_report[place] = true;
	did->last_day = MAX(did->last_day, day);
}

/* On which days reports came; where domains are asked about, on which days they were about these. */
static bool
read_days(Search *search, GError **error)
{
	const StoreFilter filter = view_page_filter(search->view, 0);
	g_autoptr(StoreRows) rows = store_ask(
		search->view->question->store, STORE_RECEIVED_DAYS, &filter, error);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has)
		add_day(search, store_rows_int(rows, RECEIVED_DAY_REPORTER),
			store_rows_int(rows, RECEIVED_DAY_DAY));
	return ok;
}

/* The sessions of W and, where domains are asked about, the days. */
static bool
read_sessions(Search *search, guint answer, GError **error)
{
	const PageQuestion *question = search->view->question;
	StoreFilter filter = view_page_filter(search->view, answer);
	bool has = false;

	if (filter.domain == NULL)
		filter.since_day = question->window_day;
	g_autoptr(StoreRows)
		rows = store_ask(question->store, STORE_DOMAIN_REPORTER_DAYS, &filter, error);
	bool ok = rows != NULL;
	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		const int64_t id = store_rows_int(rows, DOMAIN_BY_WHOM);
		const int64_t day = store_rows_int(rows, DOMAIN_BY_DAY);
		const Reporter *reporter = reporters_find(search->reporters, id);
		if (filter.domain != NULL)
			add_day(search, id, day);
		if (reporter == NULL || day < question->window_day)
			continue;
		Did *did = &search->did[reporter->index];
		did->sessions = count_add(did->sessions, store_rows_int(rows, DOMAIN_BY_SESSIONS));
		did->failed_sessions = count_add(
			did->failed_sessions, store_rows_int(rows, DOMAIN_BY_FAILED_SESSIONS));
	}
	return ok;
}

/* The last contact that each gave. */
static bool
read_contacts(Search *search, GError **error)
{
	const StoreFilter all = { 0 };
	g_autoptr(StoreRows) rows = store_ask(
		search->view->question->store, STORE_REPORTER_CONTACTS, &all, error);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		const Reporter *reporter = reporters_find(
			search->reporters, store_rows_int(rows, REPORTER_CONTACT_REPORTER));
		if (reporter == NULL)
			continue;
		Did *did = &search->did[reporter->index];
		g_free(did->contact);
		did->contact = g_strdup(store_rows_text(rows, REPORTER_CONTACT_INFO));
	}
	return ok;
}

/* Marks those who fell silent. */
static void
mark_silent(Search *search)
{
	for (guint i = 0; i < search->view->answers->len; i++) {
		const Problems *answer = g_ptr_array_index(search->view->answers, i);
		for (guint j = 0; j < answer->silences->len; j++) {
			const Silence *silence = g_ptr_array_index(answer->silences, j);
			for (guint k = 0; *silence->witness != '\0' && k < search->n; k++) {
				Did *did = &search->did[k];
				did->silent = did->silent
					|| strcmp(did->reporter->witness, silence->witness) == 0;
			}
		}
	}
}

/* --- the table */

/* Who fell silent first, then who tells of most failures, then of most sessions. */
static int
compare_did(gconstpointer a, gconstpointer b)
{
	const Did *one = *(const Did *const *)a, *other = *(const Did *const *)b;

	if (one->silent != other->silent)
		return one->silent ? -1 : 1;
	if (one->failed_sessions != other->failed_sessions)
		return one->failed_sessions > other->failed_sessions ? -1 : 1;
	if (one->sessions != other->sessions)
		return one->sessions > other->sessions ? -1 : 1;
	return one->reporter->index < other->reporter->index ? -1 : 1;
}

static void
fill_row(const Did *did, Cell *cells)
{
	const double report = 0, none = CELL_NOTHING;

	cell_set_text(&cells[R_NAME], did->reporter->name);
	cell_set_text(&cells[R_CONTACT], did->contact);
	cells[R_BELIEVED].number = did->reporter->believed;
	cells[R_FIRST_TIMER].number = did->reporter->first_timer;
	cells[R_SILENT].number = did->silent;
	cells[R_LAST].number = did->last_day;
	cells[R_DAYS].number = (int64_t)did->days;
	cells[R_SESSIONS].number = did->sessions;
	cells[R_FAILED].number = did->failed_sessions;
	cells[R_SHARE].share = share_of(did->failed_sessions, did->sessions);
	cells[R_BARS].bars = g_array_sized_new(FALSE, FALSE, sizeof(double), PAGE_DAYS);
	for (int i = 0; i < PAGE_DAYS; i++)
		g_array_append_vals(cells[R_BARS].bars, did->has_report[i] ? &report : &none, 1);
}

static void
fill_table(const Search *search, Table *table)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new();

	for (guint i = 0; i < search->n; i++) {
		if (search->did[i].days > 0)
			g_ptr_array_add(list, &search->did[i]);
	}
	g_ptr_array_sort(list, compare_did);
	for (guint i = 0; i < list->len && i < PAGE_ROWS; i++)
		fill_row(g_ptr_array_index(list, i), table_add_row(table));
	view_page_leave_out(search->view, table, list->len > PAGE_ROWS ? list->len - PAGE_ROWS : 0);
}

static bool
read_all(Search *search, GError **error)
{
	const PageQuestion *question = search->view->question;
	bool ok = question->domains != NULL || read_days(search, error);

	for (guint i = 0; ok && i < search->view->answers->len; i++)
		ok = read_sessions(search, i, error);
	return ok && (!question->with_hosts || read_contacts(search, error));
}

bool
view_page_add_reporters(PageView *view, GError **error)
{
	const Problems *first = g_ptr_array_index(view->answers, 0);
	const GPtrArray *list = reporters_all(first->reporters);
	Search search = {
		.view = view,
		.reporters = first->reporters,
		.did = g_new0(Did, MAX(list->len, 1)),
		.n = list->len,
		.first_day = view->question->today - PAGE_DAYS + 1,
	};
	Table *table = document_add_table(view->document, "reporters", NULL, columns, R_COLUMNS);

	for (guint i = 0; i < list->len; i++)
		search.did[i].reporter = g_ptr_array_index(list, i);
	const bool ok = read_all(&search, error);
	if (ok) {
		mark_silent(&search);
		fill_table(&search, table);
	}
	for (guint i = 0; i < list->len; i++)
		g_free(search.did[i].contact);
	g_free(search.did);
	return ok;
}
