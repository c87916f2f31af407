/* Which reasons senders gave for a problem. */
#include "problem_order.h"
#include "problem_parts.h"

#include "tlsrpt/explain.h"
#include "tlsrpt/report.h"

#define REASONS_SHOWN 3

static ProblemReason *
add_new(Problem *line, const char *code)
{
	const Explanation *explanation = explain(EXPLAIN_REASON_CODE, code);
	ProblemReason *reason = g_new0(ProblemReason, 1);

	reason->code = code;
	reason->meaning = explanation != NULL ? explanation->meaning : NULL;
	g_ptr_array_add(line->reasons, reason);
	return reason;
}

/* Strangers choose the codes, and can be many: each line has a table of its own. */
static ProblemReason *
find_reason(GHashTable *tables, Problem *line, const char *code)
{
	GHashTable *reasons = g_hash_table_lookup(tables, line);

	if (reasons == NULL) {
		reasons = g_hash_table_new(NULL, NULL); /* the pool has each code once */
		g_hash_table_insert(tables, line, reasons);
	}
	ProblemReason *reason = g_hash_table_lookup(reasons, code);
	if (reason == NULL) {
		reason = add_new(line, code);
		g_hash_table_insert(reasons, (gpointer)code, reason);
	}
	return reason;
}

static void
add_row(ProblemsOwn *own, GHashTable *tables, StoreRows *rows)
{
	const int64_t incident = store_rows_int(rows, STORED_REASON_INCIDENT);
	const IncidentPart *part = g_hash_table_lookup(own->incidents_by_id, &incident);
	const Reporter *reporter = reporters_find(
		own->reporters, store_rows_int(rows, STORED_REASON_REPORTER));

	if (part == NULL || part->line == NULL || reporter == NULL
		|| (!reporter->believed && !part->line->unverified))
		return;
	ProblemReason *reason = find_reason(tables, part->line,
		text_pool_add(own->texts, store_rows_text(rows, STORED_REASON_CODE)));
	reason->failed_sessions = count_add(
		reason->failed_sessions, store_rows_int(rows, STORED_REASON_FAILED_SESSIONS));
}

static void
keep_commonest(Problem *line)
{
	g_ptr_array_sort(line->reasons, problem_compare_reasons);
	if (line->reasons->len > REASONS_SHOWN) {
		line->more_reasons = line->reasons->len - REASONS_SHOWN;
		g_ptr_array_set_size(line->reasons, REASONS_SHOWN);
	}
}

static void
unref_table(gpointer table)
{
	g_hash_table_unref(table);
}

bool
reasons_read(ProblemsOwn *own, Problems *problems, GError **error)
{
	g_autoptr(GHashTable) tables = g_hash_table_new_full(NULL, NULL, NULL, unref_table);
	g_autoptr(StoreRows)
		rows = store_ask(own->question->store, STORE_REASONS, own->question->filter, error);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has)
		add_row(own, tables, rows);
	for (guint i = 0; i < problems->problems->len; i++)
		keep_commonest(g_ptr_array_index(problems->problems, i));
	return ok;
}
