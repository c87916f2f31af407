/* In what the reports of W depart from RFC 8460: how many of each reporter. */
#include "view_page_parts.h"

#include "tlsrpt/report.h"

enum { F_NAME, F_CODE, F_REPORTS, F_COLUMNS };

static const Column columns[F_COLUMNS] = {
	[F_NAME] = { "reporter", NULL, CELL_TEXT },
	[F_CODE] = { "code", NULL, CELL_TEXT },
	[F_REPORTS] = { "reports", NULL, CELL_COUNT },
};

/* A report about several of the domains that are asked about counts for each. */
static bool
read_answer(PageView *view, guint answer, Table *table, GError **error)
{
	const Problems *problems = g_ptr_array_index(view->answers, answer);
	StoreFilter filter = view_page_filter(view, answer);
	bool has = false;

	filter.since_day = view->question->window_day;
	g_autoptr(StoreRows)
		rows = store_ask(view->question->store, STORE_FINDING_SUMS, &filter, error);
	bool ok = rows != NULL;
	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		const Reporter *reporter = reporters_find(
			problems->reporters, store_rows_int(rows, FINDING_SUM_REPORTER));
		Cell *cells = table_add_row(table);
		cell_set_text(&cells[F_NAME], reporter != NULL ? reporter->name : NULL);
		cell_set_text(&cells[F_CODE], store_rows_text(rows, FINDING_SUM_CODE));
		cells[F_REPORTS].number = store_rows_int(rows, FINDING_SUM_REPORTS);
	}
	return ok;
}

static int
compare_names(const Cell *one, const Cell *other)
{
	const int order = g_strcmp0(one[F_NAME].text, other[F_NAME].text);

	return order != 0 ? order : g_strcmp0(one[F_CODE].text, other[F_CODE].text);
}

static int
compare_by_name(gconstpointer a, gconstpointer b)
{
	return compare_names(*(const Cell *const *)a, *(const Cell *const *)b);
}

static int
compare_by_reports(gconstpointer a, gconstpointer b)
{
	const Cell *one = *(const Cell *const *)a, *other = *(const Cell *const *)b;

	if (one[F_REPORTS].number != other[F_REPORTS].number)
		return one[F_REPORTS].number > other[F_REPORTS].number ? -1 : 1;
	return compare_names(one, other);
}

/* Adds up rows that several domains, or several reporters of one name, have. */
static void
unite(Table *table)
{
	size_t kept = 0;

	g_ptr_array_sort(table->rows, compare_by_name);
	for (guint i = 0; i < table->rows->len; i++) {
		Cell *row = g_ptr_array_index(table->rows, i);
		Cell *last = kept > 0 ? g_ptr_array_index(table->rows, kept - 1) : NULL;
		if (last != NULL && compare_names(last, row) == 0) {
			last[F_REPORTS].number = count_add(
				last[F_REPORTS].number, row[F_REPORTS].number);
			continue;
		}
		/* What is not kept moves to the end. */
		table->rows->pdata[i] = table->rows->pdata[kept];
		table->rows->pdata[kept++] = row;
	}
	table_truncate(table, kept);
}

bool
view_page_add_findings(PageView *view, GError **error)
{
	Table *table = document_add_table(view->document, "findings", NULL, columns, F_COLUMNS);

	for (guint i = 0; i < view->answers->len; i++) {
		if (!read_answer(view, i, table, error))
			return false;
	}
	unite(table);
	g_ptr_array_sort(table->rows, compare_by_reports);
	view_page_limit(view, table, PAGE_ROWS);
	return true;
}
