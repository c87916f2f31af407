#include "tlsrpt/day.h"
#include "tlsrpt/render.h"

#include "tlsrpt/report.h"

#include <string.h>

#define LABEL_WIDTH 15

/* Where the text goes, and how it is to look. */
typedef struct {
	const TextStyle *style;
	FILE *out;
} Output;

/* "Label:   text", where there is text; more lines below. */
static void
print_field(int indent, const char *label, const char *text, const Output *output)
{
	if (*text == '\0')
		return;

	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line != NULL; line++) {
		g_autofree char *safe = text_safe(*line, 0, output->style);
		fprintf(output->out, "%*s%-*s %s\n", indent, "", LABEL_WIDTH - indent,
			line == lines ? label : "", safe);
	}
}

static void
print_text(int indent, const char *label, const Table *table, size_t row, const char *key,
	const Output *output)
{
	print_field(indent, label, table_text(table, row, key), output);
}

static void
print_head(const Table *report, const Output *output)
{
	g_autofree char *start = time_text(table_cell(report, 0, "start_time")->number);
	g_autofree char *end = time_text(table_cell(report, 0, "end_time")->number);
	g_autofree char *range = g_strdup_printf("%s to %s", start, end);
	const char *domain = table_text(report, 0, "auth_domain");
	g_autofree char *auth = g_strdup_printf("%s%s%s%s", table_text(report, 0, "auth"),
		*domain != '\0' ? " (" : "", domain, *domain != '\0' ? ")" : "");

	print_text(0, "Organization:", report, 0, "organization", output);
	print_text(0, "Report-ID:", report, 0, "report_id", output);
	print_text(0, "Contact:", report, 0, "contact_info", output);
	print_field(0, "Time:", range, output);
	print_text(0, "Submitter:", report, 0, "submitter", output);
	print_field(0, "Authenticated:", auth, output);
	if (table_cell(report, 0, "pruned")->number != 0)
		fputs("Its policies and failures were pruned.\n", output->out);
}

static void
print_failure(const Table *failures, size_t row, const Output *output)
{
	g_autofree char *sessions = g_strdup_printf("%" G_GINT64_FORMAT,
		table_cell(failures, row, "failed_sessions")->number);

	putc('\n', output->out);
	print_text(2, "Failure:", failures, row, "result_type", output);
	print_text(4, "Meaning:", failures, row, "meaning", output);
	print_field(4, "Sessions:", sessions, output);
	print_text(4, "MX:", failures, row, "receiving_mx_hostname", output);
	print_text(4, "MX address:", failures, row, "receiving_ip", output);
	print_text(4, "MX HELO:", failures, row, "receiving_mx_helo", output);
	print_text(4, "Sender:", failures, row, "sending_mta_ip", output);
	print_text(4, "Reason:", failures, row, "failure_reason_code", output);
	print_text(4, "", failures, row, "reason_meaning", output);
	print_text(4, "More:", failures, row, "additional_information", output);
}

static void
print_policy(const Table *policies, size_t row, const Output *output)
{
	g_autofree char *sessions = g_strdup_printf(
		"%" G_GINT64_FORMAT " successful, %" G_GINT64_FORMAT " failed",
		table_cell(policies, row, "successful_sessions")->number,
		table_cell(policies, row, "failed_sessions")->number);
	const char *domain = table_text(policies, row, "policy_domain");

	putc('\n', output->out);
	print_field(0, "Domain:", *domain != '\0' ? domain : "?", output);
	print_field(2, "Sessions:", sessions, output);
	print_text(2, "Policy type:", policies, row, "policy_type", output);
	print_text(2, "Policy seen:", policies, row, "policy_text", output);
	print_text(2, "MX seen:", policies, row, "mx_hosts", output);
}

static void
print_findings(const Table *findings, const Output *output)
{
	if (findings->rows->len > 0)
		fputs("\nWhat it does otherwise than RFC 8460:\n", output->out);
	for (size_t i = 0; i < findings->rows->len; i++) {
		g_autofree char *path = text_safe(table_text(findings, i, "path"), 0, output->style);
		g_autofree char *detail = text_safe(table_text(findings, i, "detail"), 0, output->style);
		fprintf(output->out, "  %s %s%s%s\n", path, table_text(findings, i, "code"),
			*detail != '\0' ? ": " : "", detail);
	}
}

void
text_report(const Document *document, const TextStyle *style, FILE *out)
{
	const Output output = { style, out };
	const Table *policies = document_table(document, "policies");
	const Table *failures = document_table(document, "failures");
	size_t failure = 0;

	print_head(document_table(document, "report"), &output);
	for (size_t i = 0; i < policies->rows->len; i++) {
		print_policy(policies, i, &output);
		for (; failure < failures->rows->len
			&& table_cell(failures, failure, "policy")->number == (int64_t)i + 1;
			failure++)
			print_failure(failures, failure, &output);
	}
	print_findings(document_table(document, "findings"), &output);
}
