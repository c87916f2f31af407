/* What the operator wrote about incidents. */
#include "tlsrpt/view.h"

static bool
is_among(const GArray *incidents, int64_t id)
{
	for (size_t i = 0; i < incidents->len; i++) {
		if (g_array_index(incidents, int64_t, i) == id)
			return true;
	}
	return false;
}

Document *
view_notes(Store *store, const StoreFilter *filter, const GArray *incidents, GError **error)
{
	/* In the order of the answer. */
	static const Column columns[] = {
		{ "incident", "Id", CELL_COUNT },
		{ "policy_domain", "Domain", CELL_TEXT },
		{ "policy_type", NULL, CELL_TEXT },
		{ "result_type", "Failure", CELL_TEXT },
		{ "receiving_mx_hostname", "MX", CELL_TEXT },
		{ "kind", "Kind", CELL_WORD },
		{ "author", "By", CELL_TEXT },
		{ "time", "Time", CELL_TIME },
		{ "text", "Text", CELL_TEXT },
	};
	g_autoptr(Document) document = document_new("notes");
	Table *table =
		document_add_table(document, "notes", NULL, columns, G_N_ELEMENTS(columns));
	g_autoptr(StoreRows) rows = store_ask(store, STORE_NOTES, filter, error);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		if (!is_among(incidents, store_rows_int(rows, 0)))
			continue;
		Cell *cells = table_add_row(table);
		for (int i = 0; i < (int)G_N_ELEMENTS(columns); i++) {
			if (columns[i].kind == CELL_COUNT || columns[i].kind == CELL_TIME)
				cells[i].number = store_rows_int(rows, i);
			else
				cell_set_text(&cells[i], store_rows_text(rows, i));
		}
	}
	return ok ? g_steal_pointer(&document) : NULL;
}
