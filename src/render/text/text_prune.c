#include "text.h"

#include "tlsrpt/day.h"
#include "tlsrpt/view.h"

/* How far the lines below an id are indented. */
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
	const bool dry_run = table_number(document_table(document, "run"), 0, "dry_run") != 0;

	fprintf(out->file, "%s\n", dry_run ? "Nothing is deleted. What would go:" : "Deleted:");
	for (size_t i = 0; i < rows->rows->len; i++) {
		g_autofree char *before = day_text(table_number(rows, i, "before"));
		fprintf(out->file, "  %-24s before %s  %10" G_GINT64_FORMAT "\n",
			titles[table_number(rows, i, "kind")], before,
			table_number(rows, i, "rows"));
	}
	if (!dry_run)
		fprintf(out->file, "  %-24s %17s  %10" G_GINT64_FORMAT "\n", "Names and incidents",
			"out of use",
			table_number(document_table(document, "run"), 0, "collected"));
	if (table_number(document_table(document, "run"), 0, "waited") > 0)
		fprintf(out->file,
			"Stored from quarantine, where they waited: %" G_GINT64_FORMAT "\n",
			table_number(document_table(document, "run"), 0, "waited"));
}

void
text_drop(const Document *document, const Output *out)
{
	const Table *dropped = document_table(document, "dropped");
	const char *report_id = table_text(dropped, 0, "report_id");
	const bool dry_run = table_number(dropped, 0, "dry_run") != 0;

	if (dry_run)
		fputs("Nothing is deleted. What would go:\n", out->file);
	if (report_id != NULL) {
		g_autofree char *organization = text_safe(
			table_text(dropped, 0, "organization"), 0, out);
		g_autofree char *id = text_safe(report_id, 0, out);
		g_autofree char *line = g_strdup_printf(
			"%s report %s of %s, and all that it counted.",
			dry_run ? "The" : "Dropped: the", id, organization);
		text_paragraph(line, 0, out);
	}
	if (dry_run)
		return;
	g_autofree char *after = table_number(dropped, 0, "forgotten") != 0
		? g_strdup("It is forgotten: if it is delivered again, it counts again.")
		: g_strdup_printf("It is remembered as number %" G_GINT64_FORMAT
				  ": delivered again by the same sender, it does not count.",
			table_number(dropped, 0, "id"));
	text_paragraph(after, 0, out);
}

void
text_reprocess(const Document *document, const Output *out)
{
	const Table *run = document_table(document, "run");
	const Table *unreadable = document_table(document, "unreadable");
	const bool dry_run = table_number(run, 0, "dry_run") != 0;

	fprintf(out->file, "Reports read: %" G_GINT64_FORMAT "; %s: %" G_GINT64_FORMAT "\n",
		table_number(run, 0, "reports"), dry_run ? "would change" : "changed",
		table_number(run, 0, "changed"));
	if (unreadable->rows->len > 0)
		fprintf(out->file, "\nLeft as they are, since they cannot be read any more:\n");
	for (size_t i = 0; i < unreadable->rows->len; i++) {
		g_autofree char *reason = text_safe(table_text(unreadable, i, "reason"), 0, out);
		g_autofree char *detail = text_safe(table_text(unreadable, i, "detail"), 0, out);
		g_autofree char *line = g_strdup_printf("%4" G_GINT64_FORMAT "  %s: %s",
			table_number(unreadable, i, "id"), reason, detail);
		text_paragraph(line, INDENT, out);
	}
}
