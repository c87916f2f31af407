#include "tlsrpt/render.h"

#include "tlsrpt/day.h"

#include <string.h>

#define LABEL_WIDTH 15

/* "Label:   text", where there is text; more lines below. */
static void
print_field(int indent, const char *label, const char *text, const Output *out)
{
	if (*text == '\0')
		return;

	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line != NULL; line++) {
		g_autofree char *safe = text_safe(*line, 0, out);
		fprintf(out->file, "%*s%-*s %s\n", indent, "", LABEL_WIDTH - indent,
			line == lines ? label : "", safe);
	}
}

static void
print_text(int indent, const char *label, const Table *table, size_t row, const char *key,
	const Output *out)
{
	print_field(indent, label, table_text(table, row, key), out);
}

static void
print_head(const Table *report, const Output *out)
{
	g_autofree char *start = time_text(table_cell(report, 0, "start_time")->number);
	g_autofree char *end = time_text(table_cell(report, 0, "end_time")->number);
	g_autofree char *range = g_strdup_printf("%s to %s", start, end);
	const char *domain = table_text(report, 0, "auth_domain");
	g_autofree char *auth = g_strdup_printf("%s%s%s%s", table_text(report, 0, "auth"),
		*domain != '\0' ? " (" : "", domain, *domain != '\0' ? ")" : "");

	print_text(0, "Organization:", report, 0, "organization", out);
	print_text(0, "Report-ID:", report, 0, "report_id", out);
	print_text(0, "Contact:", report, 0, "contact_info", out);
	print_field(0, "Time:", range, out);
	print_text(0, "Submitter:", report, 0, "submitter", out);
	print_field(0, "Authenticated:", auth, out);
	if (table_cell(report, 0, "pruned")->number != 0)
		fputs("Its policies and failures were pruned.\n", out->file);
}

static void
print_failure(const Table *failures, size_t row, const Output *out)
{
	g_autofree char *sessions = g_strdup_printf(
		"%" G_GINT64_FORMAT, table_cell(failures, row, "failed_sessions")->number);

	putc('\n', out->file);
	print_text(2, "Failure:", failures, row, "result_type", out);
	print_text(4, "Meaning:", failures, row, "meaning", out);
	print_field(4, "Sessions:", sessions, out);
	print_text(4, "MX:", failures, row, "receiving_mx_hostname", out);
	print_text(4, "MX address:", failures, row, "receiving_ip", out);
	print_text(4, "MX HELO:", failures, row, "receiving_mx_helo", out);
	print_text(4, "Sender:", failures, row, "sending_mta_ip", out);
	print_text(4, "Reason:", failures, row, "failure_reason_code", out);
	print_text(4, "", failures, row, "reason_meaning", out);
	print_text(4, "More:", failures, row, "additional_information", out);
}

static void
print_policy(const Table *policies, size_t row, const Output *out)
{
	g_autofree char *sessions = g_strdup_printf("%" G_GINT64_FORMAT
						    " successful, %" G_GINT64_FORMAT " failed",
		table_cell(policies, row, "successful_sessions")->number,
		table_cell(policies, row, "failed_sessions")->number);
	const char *domain = table_text(policies, row, "policy_domain");

	putc('\n', out->file);
	print_field(0, "Domain:", *domain != '\0' ? domain : "?", out);
	print_field(2, "Sessions:", sessions, out);
	print_text(2, "Policy type:", policies, row, "policy_type", out);
	print_text(2, "Policy seen:", policies, row, "policy_text", out);
	print_text(2, "MX seen:", policies, row, "mx_hosts", out);
}

static void
print_findings(const Table *findings, const Output *out)
{
	if (findings->rows->len > 0)
		fputs("\nWhat it does otherwise than RFC 8460:\n", out->file);
	for (size_t i = 0; i < findings->rows->len; i++) {
		g_autofree char *path = text_safe(table_text(findings, i, "path"), 0, out);
		g_autofree char *detail = text_safe(table_text(findings, i, "detail"), 0, out);
		fprintf(out->file, "  %s %s%s%s\n", path, table_text(findings, i, "code"),
			*detail != '\0' ? ": " : "", detail);
	}
}

void
text_report(const Document *document, const Output *out)
{
	const Table *policies = document_table(document, "policies");
	const Table *failures = document_table(document, "failures");
	size_t failure = 0;

	print_head(document_table(document, "report"), out);
	for (size_t i = 0; i < policies->rows->len; i++) {
		print_policy(policies, i, out);
		for (; failure < failures->rows->len
			&& table_cell(failures, failure, "policy")->number == (int64_t)i + 1;
			failure++)
			print_failure(failures, failure, out);
	}
	print_findings(document_table(document, "findings"), out);
}
