#include "tlsrpt/render.h"

#include "tlsrpt/day.h"
#include "tlsrpt/view.h"

/* The columns of a paragraph that follows the id. */
#define INDENT 6

void
text_prune(const Document *document, const Output *out)
{
	/* What people call each kind of rows. */
	static const char *const titles[PRUNED_KINDS] = {
		[PRUNED_REPORTS] = "Reports' contents",
		[PRUNED_POLICIES] = "  policies",
		[PRUNED_FAILURES] = "  failure rows",
		[PRUNED_FINDINGS] = "  findings",
		[PRUNED_QUARANTINED] = "Messages in quarantine",
		[PRUNED_DAILY] = "Daily sums",
		[PRUNED_DAILY_TOTAL] = "Daily totals",
		[PRUNED_INCIDENT_DAYS] = "Days of incidents",
		[PRUNED_POLICY_SEEN] = "Policies seen",
	};
	const Table *rows = document_table(document, "pruned");
	const bool dry_run = table_cell(document_table(document, "run"), 0, "dry_run")->number != 0;

	fprintf(out->file, "%s\n", dry_run ? "Nothing is deleted. What would go:" : "Deleted:");
	for (size_t i = 0; i < rows->rows->len; i++) {
		g_autofree char *before = day_text(table_cell(rows, i, "before")->number);
		fprintf(out->file, "  %-24s before %s  %10" G_GINT64_FORMAT "\n",
			titles[table_number(rows, i, "kind")], before,
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
