#include "quarantine_rows.h"

#include "tlsrpt/day.h"
#include "tlsrpt/store_write.h"
#include "tlsrpt/text_table.h"

enum { REASON, MESSAGES, THIS_WEEK, COLUMNS };

static const Column columns[COLUMNS] = {
	[REASON] = { "reason", NULL, CELL_TEXT },
	[MESSAGES] = { "messages", NULL, CELL_COUNT },
	[THIS_WEEK] = { "this_week", NULL, CELL_COUNT }, /* of them came in the week */
};

Table *
quarantine_add_table(Document *document)
{
	return document_add_table(document, "quarantine", NULL, columns, COLUMNS);
}

static int
compare_rows(gconstpointer a, gconstpointer b)
{
	const Cell *one = *(const Cell *const *)a, *other = *(const Cell *const *)b;

	if (one[MESSAGES].number != other[MESSAGES].number)
		return one[MESSAGES].number < other[MESSAGES].number ? 1 : -1;
	return g_strcmp0(one[REASON].text, other[REASON].text);
}

bool
quarantine_fill(Table *table, Store *store, const Window *week, int64_t *messages, GError **error)
{
	g_autoptr(GPtrArray) list = store_list_quarantine(store, error);
	g_autoptr(GHashTable) rows = text_table_new(NULL, NULL);

	for (guint i = 0; list != NULL && i < list->len; i++) {
		const StoreQuarantined *message = g_ptr_array_index(list, i);
		const int64_t day = day_of(message->received_at);
		Cell *cells = g_hash_table_lookup(rows, message->reason);
		if (cells == NULL) {
			cells = table_add_row(table);
			cell_set_text(&cells[REASON], message->reason);
			g_hash_table_insert(rows, message->reason, cells);
		}
		cells[MESSAGES].number++;
		cells[THIS_WEEK].number += day >= week->since_day && day <= week->until_day;
		(*messages)++;
	}
	g_ptr_array_sort(table->rows, compare_rows);
	return list != NULL;
}
