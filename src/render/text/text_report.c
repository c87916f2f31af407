#include "tlsrpt/render.h"

#include "tlsrpt/day.h"

#include <string.h>

#define LABEL_WIDTH 15

/* What a field has: names and records, each in one line, or sentences. */
typedef enum { FIELD_NAMES, FIELD_PROSE } FieldKind;

/* "Label:   text", where there is text; more lines, and what is folded, below. */
static void
print_lines(int indent, const char *label, const char *text, FieldKind kind, const Output *out)
{
	if (*text == '\0')
		return;

	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line != NULL; line++) {
		g_autofree char *safe = kind == FIELD_NAMES ? text_name(*line, 0, out)
							    : text_safe(*line, 0, out);
		g_autofree char *titled = g_strdup_printf("%*s%-*s %s", indent, "",
			LABEL_WIDTH - indent, line == lines ? label : "", safe);
		text_paragraph(titled, LABEL_WIDTH + 1, out);
	}
}

static void
print_field(int indent, const char *label, const char *text, const Output *out)
{
	print_lines(indent, label, text, FIELD_NAMES, out);
}

static void
print_text(int indent, const char *label, const Table *table, size_t row, const char *key,
	const Output *out)
{
	print_lines(indent, label, table_text(table, row, key), FIELD_NAMES, out);
}

static void
print_prose(int indent, const char *label, const Table *table, size_t row, const char *key,
	const Output *out)
{
	print_lines(indent, label, table_text(table, row, key), FIELD_PROSE, out);
}

/* Days where the range is one of whole days, else the times; caller frees. */
static char *
range_text(int64_t start, int64_t end)
{
	const int64_t first = day_of(start), last = day_of(end);
	const bool from_midnight = start == first * DAY_SECONDS;
	/* The last second of a day, or as many write it, the first one of the next. */
	const bool at_midnight = end == last * DAY_SECONDS && end > start;
	const bool to_midnight = at_midnight || end == (last + 1) * DAY_SECONDS - 1;

	if (!from_midnight || !to_midnight) {
		g_autofree char *from = time_text(start), *to = time_text(end);
		return g_strdup_printf("%s to %s", from, to);
	}
	g_autofree char *from = day_text(first), *to = day_text(at_midnight ? last - 1 : last);
	return strcmp(from, to) == 0 ? g_strdup(from) : g_strdup_printf("%s to %s", from, to);
}

static void
print_head(const Table *report, const Output *out)
{
	g_autofree char *range = range_text(table_cell(report, 0, "start_time")->number,
		table_cell(report, 0, "end_time")->number);
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
	print_prose(4, "Meaning:", failures, row, "meaning", out);
	print_field(4, "Sessions:", sessions, out);
	print_text(4, "MX:", failures, row, "receiving_mx_hostname", out);
	print_text(4, "MX address:", failures, row, "receiving_ip", out);
	print_text(4, "MX HELO:", failures, row, "receiving_mx_helo", out);
	print_text(4, "Sender:", failures, row, "sending_mta_ip", out);
	print_prose(4, "Reason:", failures, row, "failure_reason_code", out);
	print_prose(4, "", failures, row, "reason_meaning", out);
	print_prose(4, "More:", failures, row, "additional_information", out);
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
		g_autofree char *line = g_strdup_printf("  %s %s%s%s", path,
			table_text(findings, i, "code"), *detail != '\0' ? ": " : "", detail);
		text_paragraph(line, 4, out);
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
