/* What the operator wrote about incidents. */
#include "incident_notes.h"

#include "tlsrpt/store_note.h"
#include "tlsrpt/view.h"

const Column note_columns[NOTE_COLUMNS] = {
	[NOTE_INCIDENT] = { "incident", "Id", CELL_COUNT },
	[NOTE_DOMAIN] = { "policy_domain", "Domain", CELL_TEXT },
	[NOTE_POLICY_TYPE] = { "policy_type", NULL, CELL_TEXT },
	[NOTE_RESULT_TYPE] = { "result_type", "Failure", CELL_TEXT },
	[NOTE_MX] = { "receiving_mx_hostname", "MX", CELL_TEXT },
	[NOTE_KIND] = { "kind", "Kind", CELL_ENUM },
	[NOTE_AUTHOR] = { "author", "By", CELL_TEXT },
	[NOTE_TIME] = { "time", "Time", CELL_TIME },
	[NOTE_TEXT] = { "text", "Text", CELL_TEXT },
};

bool
notes_read(Store *store, const StoreFilter *filter, Table *table, GError **error)
{
	g_autoptr(StoreRows) rows = store_ask(store, STORE_NOTES, filter, error);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		if (store_rows_int(rows, STORED_NOTE_SILENCE) != 0)
			continue;
		Cell *cells = table_add_row(table);
		for (int i = 0; i < NOTE_COLUMNS; i++) {
			if (note_columns[i].kind == CELL_COUNT || note_columns[i].kind == CELL_TIME)
				cells[i].number = store_rows_int(rows, i);
			else if (note_columns[i].kind != CELL_ENUM)
				cell_set_text(&cells[i], store_rows_text(rows, i));
		}
		const NoteKind kind = note_kind_of(store_rows_text(rows, NOTE_KIND));
		cell_set_enum(&cells[NOTE_KIND], kind, note_kind_name(kind));
	}
	return ok;
}
