/* What the store is made of. */
#include "tlsrpt/day.h"
#include "tlsrpt/quarantine_state.h"
#include "tlsrpt/view.h"

enum {
	STORE,
	VERSION,
	REPORTS,
	POLICIES,
	FAILURES,
	INCIDENTS,
	QUARANTINED,
	QUARANTINED_BYTES,
	FIRST,
	LAST,
	RECEIVED,
	FREE,
	COLUMNS
};

static const Column status_columns[COLUMNS] = {
	[STORE] = { "store", NULL, CELL_TEXT },
	[VERSION] = { "schema_version", NULL, CELL_COUNT },
	[REPORTS] = { "reports", NULL, CELL_COUNT },
	[POLICIES] = { "policies", NULL, CELL_COUNT },
	[FAILURES] = { "failures", NULL, CELL_COUNT },
	[INCIDENTS] = { "incidents", NULL, CELL_COUNT },
	[QUARANTINED] = { "quarantined", NULL, CELL_COUNT },
	[QUARANTINED_BYTES] = { "quarantined_bytes", NULL, CELL_COUNT },
	[FIRST] = { "first_day", NULL, CELL_TEXT },
	[LAST] = { "last_day", NULL, CELL_TEXT },
	[RECEIVED] = { "last_received", NULL, CELL_TIME },
	[FREE] = { "free_bytes", NULL, CELL_COUNT }, /* -1: unknown */
};

static bool
add_store(Document *document, Store *store, const StatusOptions *options, GError **error)
{
	Table *table = document_add_table(document, "status", NULL, status_columns, COLUMNS);
	StoreStatus status;

	if (!store_read_status(store, &status, error))
		return false;
	const bool any = status.first_day <= status.last_day;
	g_autofree char *first = any ? day_text(status.first_day) : NULL;
	g_autofree char *last = any ? day_text(status.last_day) : NULL;
	Cell *cells = table_add_row(table);
	cell_set_text(&cells[STORE], options->uri);
	cells[VERSION].number = status.version;
	cells[REPORTS].number = status.reports;
	cells[POLICIES].number = status.policies;
	cells[FAILURES].number = status.failures;
	cells[INCIDENTS].number = status.incidents;
	cells[QUARANTINED].number = status.quarantined;
	cells[QUARANTINED_BYTES].number = status.quarantined_bytes;
	cell_set_text(&cells[FIRST], first);
	cell_set_text(&cells[LAST], last);
	cells[RECEIVED].number = status.last_received_at;
	cells[FREE].number = options->free_bytes;
	return true;
}

static bool
add_shares(Document *document, Store *store, GError **error)
{
	static const Column columns[] = {
		{ "auth", "Authenticated", CELL_WORD },
		{ "reports", "Reports", CELL_COUNT },
		{ "bytes", "Bytes as received", CELL_COUNT },
	};
	const StoreFilter all = { 0 };
	Table *table = document_add_table(
		document, "shares", "Reports", columns, G_N_ELEMENTS(columns));
	g_autoptr(StoreRows) rows = store_ask(store, STORE_SHARES, &all, error);
	bool has, ok;

	if (rows == NULL)
		return false;
	while ((ok = store_rows_next(rows, &has, error)) && has) {
		Cell *cells = table_add_row(table);
		cell_set_text(&cells[0], store_rows_text(rows, SHARE_AUTH));
		cells[1].number = store_rows_int(rows, SHARE_REPORTS);
		cells[2].number = store_rows_int(rows, SHARE_BYTES);
	}
	return ok;
}

static bool
add_quarantine(Document *document, Store *store, const StatusOptions *options, GError **error)
{
	static const Column columns[] = {
		{ "limit", NULL, CELL_COUNT },
		{ "full", NULL, CELL_FLAG },
		{ "authenticated", NULL, CELL_COUNT },
		{ "authenticated_bytes", NULL, CELL_COUNT },
		{ "unauthenticated", NULL, CELL_COUNT },
		{ "unauthenticated_bytes", NULL, CELL_COUNT },
		{ "waiting", NULL, CELL_COUNT },
	};
	Table *table = document_add_table(
		document, "quarantine", NULL, columns, G_N_ELEMENTS(columns));
	QuarantineState state;

	if (!quarantine_state_read(store, options->quarantine, day_of(options->now), &state, error))
		return false;
	const int64_t numbers[] = { state.limit, state.is_full,
		state.messages - state.unvouched_messages, state.bytes - state.unvouched_bytes,
		state.unvouched_messages, state.unvouched_bytes, state.waiting };
	Cell *cells = table_add_row(table);
	for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
		cells[i].number = numbers[i];
	return true;
}

Document *
view_status(Store *store, const StatusOptions *options, GError **error)
{
	g_autoptr(Document) document = document_new("status");

	return add_store(document, store, options, error) && add_shares(document, store, error)
			&& add_quarantine(document, store, options, error)
		? g_steal_pointer(&document)
		: NULL;
}
