#include "text.h"

#include "tlsrpt/day.h"

#include <string.h>

#define LABEL_WIDTH 15

/* What a field consists of: names and records, which are not broken, or sentences. */
typedef enum { FIELD_NAMES, FIELD_PROSE } FieldKind;

/* Prints "Label:   text", unless the text is empty.  All further lines are below the text. */
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

/* A row that is being printed. */
typedef struct {
	const Table *table;
	size_t row;
	const Output *out;
} Row;

static void
print_text(const Row *row, int indent, const char *label, const char *key)
{
	print_lines(indent, label, table_text(row->table, row->row, key), FIELD_NAMES, row->out);
}

static void
print_prose(const Row *row, int indent, const char *label, const char *key)
{
	print_lines(indent, label, table_text(row->table, row->row, key), FIELD_PROSE, row->out);
}

/* The days of a range, if these are whole days, else its times; caller frees. */
static char *
range_text(int64_t start, int64_t end)
{
	const int64_t first = day_of(start), last = day_of(end);
	const bool from_midnight = start == first * DAY_SECONDS;
	/* A day ends with its last second or, as many senders write it, with the first of the next day. */
	const bool at_midnight = end == last * DAY_SECONDS && end > start;
	const bool to_midnight = at_midnight || end == (last + 1) * DAY_SECONDS - 1;

	if (!from_midnight || !to_midnight) {
		g_autofree char *from = time_text(start), *to = time_text(end);
		return g_strdup_printf("%s to %s", from, to);
	}
	g_autofree char *from = day_text(first), *to = day_text(at_midnight ? last - 1 : last);
	return strcmp(from, to) == 0 ? g_steal_pointer(&from) : g_strdup_printf("%s to %s", from, to);
}

static void
print_head(const Table *report, const Output *out)
{
	const Row line = { report, 0, out };
	g_autofree char *range = range_text(
		table_number(report, 0, "start_time"), table_number(report, 0, "end_time"));
	const char *domain = table_text(report, 0, "auth_domain");
	g_autofree char *auth = g_strdup_printf("%s%s%s%s", table_text(report, 0, "auth"),
		*domain != '\0' ? " (" : "", domain, *domain != '\0' ? ")" : "");

	print_text(&line, 0, "Organization:", "organization");
	print_text(&line, 0, "Report-ID:", "report_id");
	print_text(&line, 0, "Contact:", "contact_info");
	print_field(0, "Time:", range, out);
	print_text(&line, 0, "Submitter:", "submitter");
	print_field(0, "Authenticated:", auth, out);
	if (table_number(report, 0, "pruned") != 0)
		fputs("Its policies and failures were pruned.\n", out->file);
}

static void
print_failure(const Table *failures, size_t row, const Output *out)
{
	const Row line = { failures, row, out };
	g_autofree char *sessions = g_strdup_printf(
		"%" G_GINT64_FORMAT, table_number(failures, row, "failed_sessions"));

	putc('\n', out->file);
	print_text(&line, 2, "Failure:", "result_type");
	print_prose(&line, 4, "Meaning:", "meaning");
	print_field(4, "Sessions:", sessions, out);
	print_text(&line, 4, "MX:", "receiving_mx_hostname");
	print_text(&line, 4, "MX address:", "receiving_ip");
	print_text(&line, 4, "MX HELO:", "receiving_mx_helo");
	print_text(&line, 4, "Sender:", "sending_mta_ip");
	print_prose(&line, 4, "Reason:", "failure_reason_code");
	print_prose(&line, 4, "", "reason_meaning");
	print_prose(&line, 4, "More:", "additional_information");
}

static void
print_policy(const Table *policies, size_t row, const Output *out)
{
	const Row line = { policies, row, out };
	g_autofree char *sessions = g_strdup_printf("%" G_GINT64_FORMAT
						    " successful, %" G_GINT64_FORMAT " failed",
		table_number(policies, row, "successful_sessions"),
		table_number(policies, row, "failed_sessions"));
	const char *domain = table_text(policies, row, "policy_domain");

	putc('\n', out->file);
	print_field(0, "Domain:", *domain != '\0' ? domain : "?", out);
	print_field(2, "Sessions:", sessions, out);
	print_text(&line, 2, "Policy type:", "policy_type");
	print_text(&line, 2, "Policy seen:", "policy_text");
	print_text(&line, 2, "MX seen:", "mx_hosts");
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
			&& table_number(failures, failure, "policy") == (int64_t)i + 1;
			failure++)
			print_failure(failures, failure, out);
	}
	print_findings(document_table(document, "findings"), out);
}
