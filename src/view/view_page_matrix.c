/*
 * Which MX fails for which reporter, in W.  If all reporters see failures at one MX, it is ours to repair;
 * if one reporter alone sees them, while others report success, that one is to be looked at first.
 */
#include "view_page_parts.h"

#include "problem_parts.h"

#include "tlsrpt/report.h"
#include "tlsrpt/text_table.h"

#include <string.h>

#define SEVERAL_REPORTERS 2
#define OTHERS_NEEDED 3 /* fewer reporters prove nothing about the one who sees failures */

enum { MX_NAME, MX_FAILED, MX_SEEN_BY, MX_REPORTERS, MX_DOMAINS, MX_READING, MX_COLUMNS };

static const Column mx_columns[MX_COLUMNS] = {
	[MX_NAME] = { "receiving_mx_hostname", NULL, CELL_TEXT }, /* "": the sender named none */
	[MX_FAILED] = { "failed_sessions", NULL, CELL_COUNT },
	[MX_SEEN_BY] = { "seen_by", NULL, CELL_COUNT }, /* so many reporters */
	[MX_REPORTERS] = { "reporters", NULL, CELL_COUNT }, /* about its domains */
	[MX_DOMAINS] = { "domains", NULL, CELL_COUNT },
	[MX_READING] = { "reading", NULL, CELL_ENUM },
};

enum { WHO_NAME, WHO_FAILED, WHO_MX, WHO_MX_ALL, WHO_COLUMNS };

static const Column reporter_columns[WHO_COLUMNS] = {
	[WHO_NAME] = { "reporter", NULL, CELL_TEXT },
	[WHO_FAILED] = { "failed_sessions", NULL, CELL_COUNT },
	[WHO_MX] = { "mx_failed", NULL, CELL_COUNT }, /* at so many MX it saw failures */
	[WHO_MX_ALL] = { "mx_all", NULL,
		CELL_COUNT }, /* of so many about whose domains it reports */
};

enum { CELL_MX, CELL_WHO, CELL_FAILED, CELL_SESSIONS, CELL_COLUMN_COUNT };

static const Column cell_columns[CELL_COLUMN_COUNT] = {
	[CELL_MX] = { "mx", NULL, CELL_COUNT }, /* rows of the other two tables */
	[CELL_WHO] = { "reporter", NULL, CELL_COUNT },
	[CELL_FAILED] = { "failed_sessions", NULL, CELL_COUNT },
	[CELL_SESSIONS] = { "sessions", NULL, CELL_COUNT }, /* of its domains */
};

/* What one reporter told about an MX, and about the domains that failed there. */
typedef struct {
	int64_t failed_sessions, sessions;
} Told;

typedef struct {
	const char *name;
	int64_t failed_sessions;
	Told *told; /* one a reporter, by its index; NULL until it is known that the row is shown */
	GHashTable *domains; /* names of those that failed there */
	size_t seen_by, reporters;
} MxRow;

/* A reporter, over all rows that are shown. */
typedef struct {
	const Reporter *reporter;
	int64_t failed_sessions;
	size_t mx, mx_all;
} WhoSum;

typedef struct {
	PageView *view;
	const GPtrArray
		*reporters; /* of const Reporter *; each answer has the same, in one order */
	GPtrArray *rows; /* of MxRow * */
	GHashTable *by_name;
} Matrix;

static void
row_free(gpointer data)
{
	MxRow *row = data;

	g_free(row->told);
	g_clear_pointer(&row->domains, g_hash_table_unref);
	g_free(row);
}

/* --- what was seen */

typedef void (*VisitPart)(Matrix *matrix, const ProblemsOwn *own, const IncidentPart *part);

static void
visit_parts(Matrix *matrix, VisitPart visit)
{
	for (guint i = 0; i < matrix->view->answers->len; i++) {
		const Problems *answer = g_ptr_array_index(matrix->view->answers, i);
		for (guint j = 0; j < answer->own->incidents->len; j++) {
			const IncidentPart *part = g_ptr_array_index(answer->own->incidents, j);
			if (part->rows != NULL && !part->shown.unverified)
				visit(matrix, answer->own, part);
		}
	}
}

static bool
is_counted(const ProblemsOwn *own, const SeenRow *row)
{
	return is_in_window(own, row->day) && row->reporter->believed;
}

static void
add_failed(Matrix *matrix, const ProblemsOwn *own, const IncidentPart *part)
{
	MxRow *mx = g_hash_table_lookup(matrix->by_name, part->shown.mx);
	int64_t failed = 0;

	for (guint i = 0; i < part->rows->len; i++) {
		const SeenRow *row = &g_array_index(part->rows, SeenRow, i);
		if (is_counted(own, row))
			failed = count_add(failed, row->failed_sessions);
	}
	if (failed == 0)
		return;
	if (mx == NULL) {
		mx = g_new0(MxRow, 1);
		mx->name = part->shown.mx;
		g_ptr_array_add(matrix->rows, mx);
		g_hash_table_insert(matrix->by_name, (gpointer)mx->name, mx);
	}
	mx->failed_sessions = count_add(mx->failed_sessions, failed);
}

/* All sessions of a domain, each domain once. */
static void
add_domain(MxRow *mx, const DomainPart *domain)
{
	if (!g_hash_table_add(mx->domains, (gpointer)domain->name))
		return;
	for (guint i = 0; i < domain->window->len; i++) {
		const ReporterDay *day = &g_array_index(domain->window, ReporterDay, i);
		Told *told = &mx->told[day->reporter->index];
		told->sessions = count_add(told->sessions, day->sessions);
	}
}

static void
add_told(Matrix *matrix, const ProblemsOwn *own, const IncidentPart *part)
{
	MxRow *mx = g_hash_table_lookup(matrix->by_name, part->shown.mx);
	bool is_seen = false;

	if (mx == NULL || mx->told == NULL)
		return;
	for (guint i = 0; i < part->rows->len; i++) {
		const SeenRow *row = &g_array_index(part->rows, SeenRow, i);
		if (!is_counted(own, row) || row->failed_sessions == 0)
			continue;
		Told *told = &mx->told[row->reporter->index];
		told->failed_sessions = count_add(told->failed_sessions, row->failed_sessions);
		is_seen = true;
	}
	if (is_seen)
		add_domain(mx, part->domain);
}

static int
compare_rows(gconstpointer a, gconstpointer b)
{
	const MxRow *one = *(const MxRow *const *)a, *other = *(const MxRow *const *)b;

	if (one->failed_sessions != other->failed_sessions)
		return one->failed_sessions > other->failed_sessions ? -1 : 1;
	return strcmp(one->name, other->name);
}

/* Finds the MX that fail most, and who told what about them. */
static void
collect(Matrix *matrix)
{
	visit_parts(matrix, add_failed);
	g_ptr_array_sort(matrix->rows, compare_rows);
	for (guint i = 0; i < matrix->rows->len && i < PAGE_MATRIX_ROWS; i++) {
		MxRow *mx = g_ptr_array_index(matrix->rows, i);
		mx->told = g_new0(Told, matrix->reporters->len);
		mx->domains = text_table_new(NULL, NULL);
	}
	visit_parts(matrix, add_told);
}

/* --- what it says */

/* Who has reported for a few days only proves nothing. */
static void
count_reporters(const Matrix *matrix, MxRow *mx, WhoSum *sums)
{
	for (guint i = 0; i < matrix->reporters->len; i++) {
		const Reporter *reporter = g_ptr_array_index(matrix->reporters, i);
		Told *told = &mx->told[i];
		/* Rows of several kinds may be about the same sessions. */
		told->failed_sessions = MIN(told->failed_sessions, told->sessions);
		sums[i].failed_sessions = count_add(sums[i].failed_sessions, told->failed_sessions);
		sums[i].mx += told->failed_sessions > 0;
		sums[i].mx_all += told->sessions > 0;
		mx->seen_by += told->failed_sessions > 0 && !reporter->first_timer;
		mx->reporters += told->sessions > 0 && !reporter->first_timer;
	}
}

static MxReading
reading_of(const MxRow *mx)
{
	if (mx->seen_by >= SEVERAL_REPORTERS && mx->seen_by == mx->reporters)
		return MX_ALL;
	return mx->seen_by == 1 && mx->reporters >= OTHERS_NEEDED ? MX_ONE : MX_SOME;
}

static int
compare_sums(gconstpointer a, gconstpointer b)
{
	const WhoSum *one = a, *other = b;

	if (one->failed_sessions != other->failed_sessions)
		return one->failed_sessions > other->failed_sessions ? -1 : 1;
	if (one->mx_all != other->mx_all)
		return one->mx_all > other->mx_all ? -1 : 1;
	return one->reporter->index < other->reporter->index ? -1 : 1;
}

/* Those who reported about any of the domains, who saw most failures first; an array of WhoSum, caller unrefs. */
static GArray *
sum_reporters(const Matrix *matrix)
{
	g_autofree WhoSum *sums = g_new0(WhoSum, matrix->reporters->len);
	GArray *list = g_array_new(FALSE, FALSE, sizeof(WhoSum));

	for (guint i = 0; i < matrix->rows->len && i < PAGE_MATRIX_ROWS; i++)
		count_reporters(matrix, g_ptr_array_index(matrix->rows, i), sums);
	for (guint i = 0; i < matrix->reporters->len; i++) {
		sums[i].reporter = g_ptr_array_index(matrix->reporters, i);
		if (sums[i].mx_all > 0)
			g_array_append_val(list, sums[i]);
	}
	g_array_sort(list, compare_sums);
	return list;
}

/* --- the tables */

static void
fill_reporters(const Matrix *matrix, const GArray *sums, Table *table)
{
	for (guint i = 0; i < sums->len && i < PAGE_MATRIX_REPORTERS; i++) {
		const WhoSum *sum = &g_array_index(sums, WhoSum, i);
		Cell *cells = table_add_row(table);
		cell_set_text(&cells[WHO_NAME], sum->reporter->name);
		cells[WHO_FAILED].number = sum->failed_sessions;
		cells[WHO_MX].number = (int64_t)sum->mx;
		cells[WHO_MX_ALL].number = (int64_t)sum->mx_all;
	}
	view_page_leave_out(matrix->view, table,
		sums->len > PAGE_MATRIX_REPORTERS ? sums->len - PAGE_MATRIX_REPORTERS : 0);
}

static void
fill_cells(const MxRow *mx, guint row, const GArray *sums, Table *table)
{
	for (guint i = 0; i < sums->len && i < PAGE_MATRIX_REPORTERS; i++) {
		const Told *told = &mx->told[g_array_index(sums, WhoSum, i).reporter->index];
		if (told->sessions == 0)
			continue;
		Cell *cells = table_add_row(table);
		cells[CELL_MX].number = row;
		cells[CELL_WHO].number = i;
		cells[CELL_FAILED].number = told->failed_sessions;
		cells[CELL_SESSIONS].number = told->sessions;
	}
}

static void
fill_rows(const Matrix *matrix, const GArray *sums, Table *table, Table *cell_table)
{
	static const char *const readings[] = {
		[MX_SOME] = "some", [MX_ALL] = "all", [MX_ONE] = "one"
	};

	for (guint i = 0; i < matrix->rows->len && i < PAGE_MATRIX_ROWS; i++) {
		const MxRow *mx = g_ptr_array_index(matrix->rows, i);
		const MxReading reading = reading_of(mx);
		Cell *cells = table_add_row(table);
		cell_set_text(&cells[MX_NAME], mx->name);
		cells[MX_FAILED].number = mx->failed_sessions;
		cells[MX_SEEN_BY].number = (int64_t)mx->seen_by;
		cells[MX_REPORTERS].number = (int64_t)mx->reporters;
		cells[MX_DOMAINS].number = g_hash_table_size(mx->domains);
		cell_set_enum(&cells[MX_READING], reading, readings[reading]);
		fill_cells(mx, i, sums, cell_table);
	}
	view_page_leave_out(matrix->view, table,
		matrix->rows->len > PAGE_MATRIX_ROWS ? matrix->rows->len - PAGE_MATRIX_ROWS : 0);
}

void
view_page_add_matrix(PageView *view)
{
	const Problems *first = g_ptr_array_index(view->answers, 0);
	g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(row_free);
	g_autoptr(GHashTable) by_name = text_table_new(NULL, NULL);
	Matrix matrix = { view, reporters_all(first->reporters), rows, by_name };
	Table *table = document_add_table(view->document, "mx", NULL, mx_columns, MX_COLUMNS);
	Table *reporters = document_add_table(
		view->document, "mx_reporters", NULL, reporter_columns, WHO_COLUMNS);
	Table *cells = document_add_table(
		view->document, "mx_cells", NULL, cell_columns, CELL_COLUMN_COUNT);

	collect(&matrix);
	g_autoptr(GArray) sums = sum_reporters(&matrix);
	fill_reporters(&matrix, sums, reporters);
	fill_rows(&matrix, sums, table, cells);
}
