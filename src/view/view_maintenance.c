/* What was pruned, reprocessed or quarantined. */
#include "tlsrpt/view.h"

Document *
view_drop(const StoreDropped *dropped, bool dry_run)
{
	static const Column columns[] = {
		{ "id", NULL, CELL_COUNT },
		{ "organization", "Organization", CELL_TEXT },
		{ "report_id", "Report-ID", CELL_TEXT },
		{ "policies", "Policies", CELL_COUNT },
		{ "failures", "Failure rows", CELL_COUNT },
		{ "findings", "Findings", CELL_COUNT },
		{ "forgotten", NULL, CELL_FLAG },
		{ "dry_run", NULL, CELL_FLAG },
	};
	Document *document = document_new("drop");
	Table *table = document_add_table(
		document, "dropped", NULL, columns, G_N_ELEMENTS(columns));
	Cell *cells = table_add_row(table);

	cells[0].number = dropped->id;
	cell_set_text(&cells[1], dropped->organization);
	cell_set_text(&cells[2], dropped->report_id);
	cells[3].number = dropped->policies;
	cells[4].number = dropped->failures;
	cells[5].number = dropped->findings;
	cells[6].number = dropped->forgotten;
	cells[7].number = dry_run;
	return document;
}

Document *
view_prune(const StorePruned *pruned, const StoreRetention *retention, bool dry_run)
{
	static const Column row_columns[] = {
		{ "kind", "What", CELL_ENUM },
		{ "before", "Before", CELL_DAY },
		{ "rows", "Rows", CELL_COUNT },
	};
	static const Column run_columns[] = {
		{ "dry_run", NULL, CELL_FLAG },
		{ "longest_ms", NULL, CELL_COUNT },
		{ "collected", NULL, CELL_COUNT },
		{ "waited", NULL, CELL_COUNT },
	};
	const struct {
		const char *name;
		int64_t before, rows;
	} rows[PRUNED_KINDS] = {
		[PRUNED_REPORTS] = { "reports", retention->before, pruned->reports },
		[PRUNED_POLICIES] = { "policies", retention->before, pruned->policies },
		[PRUNED_FAILURES] = { "failures", retention->before, pruned->failures },
		[PRUNED_FINDINGS] = { "findings", retention->before, pruned->findings },
		[PRUNED_QUARANTINED] = { "quarantined", retention->before, pruned->quarantined },
		[PRUNED_DAILY] = { "daily", retention->totals_before, pruned->daily },
		[PRUNED_DAILY_TOTAL] = { "daily_total", retention->totals_before,
			pruned->daily_total },
		[PRUNED_INCIDENT_DAYS] = { "incident_days", retention->totals_before,
			pruned->incident_days },
		[PRUNED_POLICY_SEEN] = { "policy_seen", retention->totals_before,
			pruned->policy_seen },
	};
	Document *document = document_new("prune");
	Table *table = document_add_table(
		document, "pruned", NULL, row_columns, G_N_ELEMENTS(row_columns));

	for (int i = 0; i < PRUNED_KINDS; i++) {
		Cell *cells = table_add_row(table);
		cell_set_enum(&cells[0], i, rows[i].name);
		cells[1].number = rows[i].before;
		cells[2].number = rows[i].rows;
	}
	table = document_add_table(document, "run", NULL, run_columns, G_N_ELEMENTS(run_columns));
	Cell *cells = table_add_row(table);
	cells[0].number = dry_run;
	cells[1].number = (pruned->longest_us + 999) / 1000;
	cells[2].number = pruned->collected;
	cells[3].number = pruned->waited;
	return document;
}

Document *
view_reprocess(const StoreReprocessed *reprocessed, bool dry_run)
{
	static const Column run_columns[] = {
		{ "reports", NULL, CELL_COUNT },
		{ "changed", NULL, CELL_COUNT },
		{ "unreadable", NULL, CELL_COUNT },
		{ "dry_run", NULL, CELL_FLAG },
		{ "longest_ms", NULL, CELL_COUNT },
	};
	static const Column changed_columns[] = {
		{ "id", "Id", CELL_COUNT },
	};
	static const Column unreadable_columns[] = {
		{ "id", "Id", CELL_COUNT },
		{ "reason", "Reason", CELL_WORD },
		{ "detail", "Detail", CELL_TEXT },
	};
	Document *document = document_new("reprocess");
	Table *table = document_add_table(
		document, "run", NULL, run_columns, G_N_ELEMENTS(run_columns));
	const int64_t numbers[] = { reprocessed->examined, reprocessed->changed->len,
		reprocessed->unreadable->len, dry_run, (reprocessed->longest_us + 999) / 1000 };
	Cell *cells = table_add_row(table);

	for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
		cells[i].number = numbers[i];
	table = document_add_table(
		document, "changed", "Changed", changed_columns, G_N_ELEMENTS(changed_columns));
	for (size_t i = 0; i < reprocessed->changed->len; i++)
		table_add_row(table)[0].number = g_array_index(reprocessed->changed, int64_t, i);
	table = document_add_table(document, "unreadable", "Unreadable", unreadable_columns,
		G_N_ELEMENTS(unreadable_columns));
	for (size_t i = 0; i < reprocessed->unreadable->len; i++) {
		const StoreUnreadable *one = g_ptr_array_index(reprocessed->unreadable, i);
		cells = table_add_row(table);
		cells[0].number = one->id;
		cell_set_text(&cells[1], one->reason);
		cell_set_text(&cells[2], one->detail);
	}
	return document;
}

Document *
view_quarantine(const GPtrArray *list)
{
	static const Column columns[] = {
		{ "id", "Id", CELL_COUNT },
		{ "received_time", "Received", CELL_TIME },
		{ "reason", "Reason", CELL_WORD },
		{ "sender", "Sender", CELL_TEXT },
		{ "subject", "Subject", CELL_TEXT },
		{ "size", "Bytes", CELL_COUNT },
		{ "detail", "Detail", CELL_TEXT },
	};
	Document *document = document_new("quarantine");
	Table *table = document_add_table(
		document, "quarantined", NULL, columns, G_N_ELEMENTS(columns));

	for (size_t i = 0; i < list->len; i++) {
		const StoreQuarantined *one = g_ptr_array_index(list, i);
		Cell *cells = table_add_row(table);
		cells[0].number = one->id;
		cells[1].number = one->received_at;
		cell_set_text(&cells[2], one->reason);
		cell_set_text(&cells[3], one->sender);
		cell_set_text(&cells[4], one->subject);
		cells[5].number = one->size;
		cell_set_text(&cells[6], one->detail);
	}
	return document;
}

void
quarantine_fate_free(QuarantineFate *fate)
{
	g_free(fate->reason);
	g_free(fate->detail);
	g_free(fate);
}

Document *
view_quarantine_fates(const GPtrArray *fates)
{
	static const Column columns[] = {
		{ "id", "Id", CELL_COUNT },
		{ "outcome", "Outcome", CELL_ENUM },
		{ "stored", "Stored", CELL_COUNT },
		{ "duplicates", "Known", CELL_COUNT },
		{ "reason", "Reason", CELL_WORD },
		{ "detail", "Detail", CELL_TEXT },
	};
	static const char *const outcomes[] = {
		[FATE_STORED] = "stored",
		[FATE_DUPLICATE] = "duplicate",
		[FATE_KEPT] = "kept",
		[FATE_DROPPED] = "dropped",
		[FATE_GONE] = "gone",
	};
	Document *document = document_new("quarantine-fates");
	Table *table = document_add_table(document, "fates", NULL, columns, G_N_ELEMENTS(columns));

	for (size_t i = 0; i < fates->len; i++) {
		const QuarantineFate *fate = g_ptr_array_index(fates, i);
		Cell *cells = table_add_row(table);
		cells[0].number = fate->id;
		cell_set_enum(&cells[1], (int)fate->outcome, outcomes[fate->outcome]);
		cells[2].number = fate->stored;
		cells[3].number = fate->duplicates;
		cell_set_text(&cells[4], fate->reason);
		cell_set_text(&cells[5], fate->detail);
	}
	return document;
}
