#include "tlsrpt/render.h"

#include "tlsrpt/report.h"

#include <string.h>

#define LABEL_WIDTH 15
#define SECONDS_A_DAY 86400

/* Where the text goes, and how it is to look. */
typedef struct {
	const TextStyle *style;
	FILE *out;
} Output;

/* What a field has: names and records, each in one line, or sentences. */
typedef enum { FIELD_NAMES, FIELD_PROSE } FieldKind;

/* "Label:   text", where there is text; more lines, and what is folded, below. */
static void
print_lines(int indent, const char *label, const char *text, FieldKind kind, const Output *output)
{
	if (*text == '\0')
		return;

	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line != NULL; line++) {
		g_autofree char *safe = kind == FIELD_NAMES ? text_name(*line, 0, output->style)
							    : text_safe(*line, 0, output->style);
		g_autofree char *titled = g_strdup_printf("%*s%-*s %s", indent, "",
			LABEL_WIDTH - indent, line == lines ? label : "", safe);
		text_paragraph(titled, LABEL_WIDTH + 1, output->style, output->out);
	}
}

static void
print_field(int indent, const char *label, const char *text, const Output *output)
{
	print_lines(indent, label, text, FIELD_NAMES, output);
}

static void
print_text(int indent, const char *label, const Table *table, size_t row, const char *key,
	const Output *output)
{
	print_lines(indent, label, table_text(table, row, key), FIELD_NAMES, output);
}

static void
print_prose(int indent, const char *label, const Table *table, size_t row, const char *key,
	const Output *output)
{
	print_lines(indent, label, table_text(table, row, key), FIELD_PROSE, output);
}

/* Days where the range is one of whole days, else the times; caller frees. */
static char *
range_text(int64_t start, int64_t end)
{
	const int64_t first = day_of(start), last = day_of(end);
	const bool from_midnight = start == first * SECONDS_A_DAY;
	/* The last second of a day, or as many write it, the first one of the next. */
	const bool at_midnight = end == last * SECONDS_A_DAY && end > start;
	const bool to_midnight = at_midnight || end == (last + 1) * SECONDS_A_DAY - 1;

	if (!from_midnight || !to_midnight) {
		g_autofree char *from = time_text(start), *to = time_text(end);
		return g_strdup_printf("%s to %s", from, to);
	}
	g_autofree char *from = day_text(first), *to = day_text(at_midnight ? last - 1 : last);
	return strcmp(from, to) == 0 ? g_strdup(from) : g_strdup_printf("%s to %s", from, to);
}

static void
print_head(const Table *report, const Output *output)
{
	g_autofree char *range = range_text(table_cell(report, 0, "start_time")->number,
		table_cell(report, 0, "end_time")->number);
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
	print_prose(4, "Meaning:", failures, row, "meaning", output);
	print_field(4, "Sessions:", sessions, output);
	print_text(4, "MX:", failures, row, "receiving_mx_hostname", output);
	print_text(4, "MX address:", failures, row, "receiving_ip", output);
	print_text(4, "MX HELO:", failures, row, "receiving_mx_helo", output);
	print_text(4, "Sender:", failures, row, "sending_mta_ip", output);
	print_prose(4, "Reason:", failures, row, "failure_reason_code", output);
	print_prose(4, "", failures, row, "reason_meaning", output);
	print_prose(4, "More:", failures, row, "additional_information", output);
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
		g_autofree char *line = g_strdup_printf("  %s %s%s%s", path,
			table_text(findings, i, "code"), *detail != '\0' ? ": " : "", detail);
		text_paragraph(line, 4, output->style, output->out);
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
