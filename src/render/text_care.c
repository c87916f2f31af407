#include "tlsrpt/render.h"

#include "tlsrpt/day.h"

#include <string.h>

/* The columns of a paragraph that follows the id. */
#define INDENT 6

/* How a kind of rows is called among people. */
static const char *
kind_title(const char *kind)
{
	static const struct {
		const char *kind, *title;
	} titles[] = {
		{ "reports", "Reports' contents" },
		{ "policies", "  policies" },
		{ "failures", "  failure rows" },
		{ "findings", "  findings" },
		{ "quarantined", "Messages in quarantine" },
		{ "daily", "Daily sums" },
		{ "daily_total", "Daily totals" },
		{ "incident_days", "Days of incidents" },
		{ "policy_seen", "Policies seen" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(titles); i++) {
		if (strcmp(kind, titles[i].kind) == 0)
			return titles[i].title;
	}
	return kind;
}

void
text_prune(const Document *document, G_GNUC_UNUSED const TextStyle *style, FILE *out)
{
	const Table *rows = document_table(document, "pruned");
	const bool dry_run = table_cell(document_table(document, "run"), 0, "dry_run")->number != 0;

	fprintf(out, "%s\n", dry_run ? "Nothing is deleted. What would go:" : "Deleted:");
	for (size_t i = 0; i < rows->rows->len; i++) {
		g_autofree char *before = day_text(table_cell(rows, i, "before")->number);
		fprintf(out, "  %-24s before %s  %10" G_GINT64_FORMAT "\n",
			kind_title(table_text(rows, i, "kind")), before,
			table_cell(rows, i, "rows")->number);
	}
}

void
text_reprocess(const Document *document, const TextStyle *style, FILE *out)
{
	const Table *run = document_table(document, "run");
	const Table *unreadable = document_table(document, "unreadable");
	const bool dry_run = table_cell(run, 0, "dry_run")->number != 0;

	fprintf(out, "Reports read: %" G_GINT64_FORMAT "; %s: %" G_GINT64_FORMAT "\n",
		table_cell(run, 0, "reports")->number, dry_run ? "would change" : "changed",
		table_cell(run, 0, "changed")->number);
	if (unreadable->rows->len > 0)
		fprintf(out, "\nLeft as they are, since they cannot be read any more:\n");
	for (size_t i = 0; i < unreadable->rows->len; i++) {
		g_autofree char *reason = text_safe(table_text(unreadable, i, "reason"), 0, style);
		g_autofree char *detail = text_safe(table_text(unreadable, i, "detail"), 0, style);
		g_autofree char *line = g_strdup_printf("%4" G_GINT64_FORMAT "  %s: %s",
			table_cell(unreadable, i, "id")->number, reason, detail);
		text_paragraph(line, INDENT, style, out);
	}
}

/* One message: when, why, from whom, and what it says of itself. */
static void
print_message(const Table *table, size_t row, const TextStyle *style, FILE *out)
{
	g_autofree char *received = time_text(table_cell(table, row, "received_time")->number);
	g_autofree char *line = g_strdup_printf("%4" G_GINT64_FORMAT "  %s  %s, %" G_GINT64_FORMAT
		" bytes", table_cell(table, row, "id")->number, received,
		table_text(table, row, "reason"), table_cell(table, row, "size")->number);
	g_autofree char *safe = text_safe(line, 0, style);

	fprintf(out, "%s\n", safe);
	static const char *const keys[] = { "sender", "subject", "detail" };
	static const char *const titles[] = { "From: ", "Subject: ", "" };
	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		g_autofree char *text = text_safe(table_text(table, row, keys[i]), 0, style);
		g_autofree char *titled = g_strdup_printf("%*s%s%s", INDENT, "", titles[i], text);
		if (*text != '\0')
			text_paragraph(titled, INDENT, style, out);
	}
}

/* What became of one. */
static void
print_fate(const Table *table, size_t row, const TextStyle *style, FILE *out)
{
	const char *outcome = table_text(table, row, "outcome");
	g_autofree char *reason = text_safe(table_text(table, row, "reason"), 0, style);
	g_autofree char *detail = text_safe(table_text(table, row, "detail"), 0, style);
	const int64_t stored = table_cell(table, row, "stored")->number;
	const int64_t known = table_cell(table, row, "duplicates")->number;
	g_autoptr(GString) line = g_string_new(NULL);

	g_string_printf(line, "%4" G_GINT64_FORMAT "  %s", table_cell(table, row, "id")->number,
		outcome);
	if (strcmp(outcome, "gone") == 0)
		g_string_append(line, ": it is in quarantine no more");
	if (stored > 0)
		g_string_append_printf(line, ", %" G_GINT64_FORMAT " stored", stored);
	if (known > 0)
		g_string_append_printf(line, ", %" G_GINT64_FORMAT " stored before", known);
	if (*reason != '\0')
		g_string_append_printf(line, ": %s: %s", reason, detail);
	text_paragraph(line->str, INDENT, style, out);
}

void
text_quarantine(const Document *document, const TextStyle *style, FILE *out)
{
	const Table *table = g_ptr_array_index(document->tables, 0);
	const bool is_list = strcmp(table->key, "quarantined") == 0;

	if (table->rows->len == 0)
		fprintf(out, "No message is in quarantine.\n");
	for (size_t i = 0; i < table->rows->len; i++)
		(is_list ? print_message : print_fate)(table, i, style, out);
}
