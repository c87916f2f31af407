#include "tlsrpt/render.h"

#include "tlsrpt/report.h"

#define INCIDENTS_SHOWN 10
#define NAME_MAX_BYTES 100

static char *
safe_text(const Table *table, size_t row, const char *key, const TextStyle *style)
{
	return text_safe(table_text(table, row, key), NAME_MAX_BYTES, style);
}

static char *
safe_day(const Table *table, size_t row, const char *key)
{
	return day_text(table_cell(table, row, key)->number);
}

/* An incident in a few lines, with the command that says more. */
static void
print_incident(const Table *table, size_t row, const TextStyle *style, FILE *out)
{
	g_autofree char *domain = safe_text(table, row, "policy_domain", style);
	g_autofree char *type = safe_text(table, row, "result_type", style);
	g_autofree char *mx = safe_text(table, row, "receiving_mx_hostname", style);
	g_autofree char *mode = safe_text(table, row, "mode", style);
	g_autofree char *meaning = safe_text(table, row, "meaning", style);
	g_autofree char *note = safe_text(table, row, "note", style);
	g_autofree char *first = safe_day(table, row, "first_seen");
	g_autofree char *last = safe_day(table, row, "last_seen");
	const int64_t failed = table_cell(table, row, "failed_sessions")->number;

	g_autofree char *what = g_strdup_printf("#%" G_GINT64_FORMAT " %s: %s%s%s",
		table_cell(table, row, "id")->number, *domain != '\0' ? domain : "?", type,
		*mx != '\0' ? " at " : "", mx);
	g_autofree char *when = g_strdup_printf("   %s to %s, %" G_GINT64_FORMAT
						" failed session%s, reported by %" G_GINT64_FORMAT
						"%s%s",
		first, last, failed, failed == 1 ? "" : "s",
		table_cell(table, row, "organizations")->number, *mode != '\0' ? ", mode " : "",
		mode);
	text_paragraph(what, 5, style, out);
	text_paragraph(when, 5, style, out);
	if (*meaning != '\0')
		fprintf(out, "   %s.\n   tlsrpt explain %s\n", meaning, type);
	if (*note != '\0') {
		g_autofree char *line = g_strconcat("   Note: ", note, NULL);
		text_paragraph(line, 9, style, out);
	}
}

/* A note may be long, so it has no column in the table. */
void
text_failures(const Document *document, const TextStyle *style, FILE *out)
{
	const Table *failures = document_table(document, "failures");

	render_text(document, style, out);
	for (size_t i = 0; i < failures->rows->len; i++) {
		if (*table_text(failures, i, "note") == '\0')
			continue;
		g_autofree char *note = safe_text(failures, i, "note", style);
		g_autofree char *line = g_strdup_printf("\nNote on #%" G_GINT64_FORMAT ": %s",
			table_cell(failures, i, "id")->number, note);
		text_paragraph(line, 2, style, out);
	}
}

static void
print_first_steps(FILE *out)
{
	fputs("There are no reports in this time.\n"
	      "\n"
	      "To be sent reports, publish a record such as this one:\n"
	      "  _smtp._tls.example.com. TXT \"v=TLSRPTv1; rua=mailto:tls@example.com\"\n"
	      "and have the mail for that address piped into tlsrpt-ingest(1); the directory\n"
	      "contrib of the source has the settings for your mail system.\n"
	      "To look further back: tlsrpt --since 90d\n",
		out);
}

void
text_summary(const Document *document, const TextStyle *style, FILE *out)
{
	const Table *domains = document_table(document, "domains");
	const Table *incidents = document_table(document, "incidents");

	if (domains->rows->len == 0) {
		print_first_steps(out);
		return;
	}
	text_table(domains, style, out);
	putc('\n', out);
	if (incidents->rows->len == 0)
		fputs("All is well: no failures were reported.\n", out);
	for (size_t i = 0; i < incidents->rows->len && i < INCIDENTS_SHOWN; i++)
		print_incident(incidents, i, style, out);
	if (incidents->rows->len > INCIDENTS_SHOWN)
		fprintf(out, "and %u more: tlsrpt failures\n",
			incidents->rows->len - INCIDENTS_SHOWN);
}
