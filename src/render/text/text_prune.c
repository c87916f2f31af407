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
text_prune(const Document *document, const Output *out)
{
	const Table *rows = document_table(document, "pruned");
	const bool dry_run = table_cell(document_table(document, "run"), 0, "dry_run")->number != 0;

	fprintf(out->file, "%s\n", dry_run ? "Nothing is deleted. What would go:" : "Deleted:");
	for (size_t i = 0; i < rows->rows->len; i++) {
		g_autofree char *before = day_text(table_cell(rows, i, "before")->number);
		fprintf(out->file, "  %-24s before %s  %10" G_GINT64_FORMAT "\n",
			kind_title(table_text(rows, i, "kind")), before,
			table_cell(rows, i, "rows")->number);
	}
}

void
text_reprocess(const Document *document, const Output *out)
{
	const Table *run = document_table(document, "run");
	const Table *unreadable = document_table(document, "unreadable");
	const bool dry_run = table_cell(run, 0, "dry_run")->number != 0;

	fprintf(out->file, "Reports read: %" G_GINT64_FORMAT "; %s: %" G_GINT64_FORMAT "\n",
		table_cell(run, 0, "reports")->number, dry_run ? "would change" : "changed",
		table_cell(run, 0, "changed")->number);
	if (unreadable->rows->len > 0)
		fprintf(out->file, "\nLeft as they are, since they cannot be read any more:\n");
	for (size_t i = 0; i < unreadable->rows->len; i++) {
		g_autofree char *reason = text_safe(table_text(unreadable, i, "reason"), 0, out);
		g_autofree char *detail = text_safe(table_text(unreadable, i, "detail"), 0, out);
		g_autofree char *line = g_strdup_printf("%4" G_GINT64_FORMAT "  %s: %s",
			table_cell(unreadable, i, "id")->number, reason, detail);
		text_paragraph(line, INDENT, out);
	}
}
