#include "view_page_parts.h"

enum { LEFT_OUT_TABLE, LEFT_OUT_ROWS, LEFT_OUT_COLUMNS };

static const Column left_out_columns[LEFT_OUT_COLUMNS] = {
	[LEFT_OUT_TABLE] = { "table", NULL, CELL_TEXT },
	[LEFT_OUT_ROWS] = { "rows", NULL, CELL_COUNT },
};

Table *
view_page_left_out_table(Document *document)
{
	return document_add_table(document, "left_out", NULL, left_out_columns, LEFT_OUT_COLUMNS);
}

const char *
view_page_domain(const PageView *view, guint answer)
{
	const char *const *domains = view->question->domains;

	return domains != NULL ? domains[answer] : NULL;
}

StoreFilter
view_page_filter(const PageView *view, guint answer)
{
	return (StoreFilter){
		.domain = view_page_domain(view, answer),
		.since_day = view->question->today - PAGE_DAYS + 1,
		.until_day = view->question->today,
		.window_day = view->question->window_day,
		.today = view->question->today,
	};
}

void
view_page_leave_out(const PageView *view, const Table *table, size_t rows)
{
	if (rows == 0)
		return;
	Cell *cells = table_add_row(view->left_out);
	cell_set_text(&cells[LEFT_OUT_TABLE], table->key);
	cells[LEFT_OUT_ROWS].number = (int64_t)rows;
}

void
view_page_limit(const PageView *view, Table *table, size_t rows)
{
	if (table->rows->len <= rows)
		return;
	view_page_leave_out(view, table, table->rows->len - rows);
	table_truncate(table, rows);
}
