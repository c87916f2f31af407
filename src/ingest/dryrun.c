#include "dryrun.h"

#include "tlsrpt/day.h"
#include "tlsrpt/error.h"
#include "tlsrpt/escape.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* "  label: value", where there is a value. */
static void
print_field(int indent, const char *label, const char *value)
{
	if (value == NULL || *value == '\0')
		return;

	g_autofree char *safe = escape_terminal(value, 0);
	printf("%*s%s: %s\n", indent, "", label, safe);
}

static void
print_lines(int indent, const char *label, const char *lines)
{
	g_auto(GStrv) each = g_strsplit(lines, "\n", -1);

	for (char **line = each; *line != NULL; line++)
		print_field(indent, label, *line);
}

static void
print_failure(const Failure *failure)
{
	print_field(4, "failure", failure->result_type);
	printf("      failed sessions: %" PRId64 "\n", failure->failed_sessions);
	print_field(6, "sending MTA", failure->sending_mta_ip);
	print_field(6, "receiving MX", failure->receiving_mx_hostname);
	print_field(6, "receiving MX HELO", failure->receiving_mx_helo);
	print_field(6, "receiving address", failure->receiving_ip);
	print_field(6, "reason", failure->failure_reason_code);
	print_field(6, "more", failure->additional_information);
}

static void
print_policy(const Policy *policy)
{
	printf("  policy:\n");
	print_field(4, "domain", policy->policy_domain);
	print_field(4, "type", policy->policy_type);
	print_lines(4, "policy", policy->policy_text);
	print_lines(4, "MX", policy->mx_hosts);
	printf("    successful sessions: %" PRId64 "\n", policy->successful_sessions);
	printf("    failed sessions: %" PRId64 "\n", policy->failed_sessions);
	for (size_t i = 0; i < policy->failures->len; i++)
		print_failure(&g_array_index(policy->failures, Failure, i));
}

static void
print_finding(const Finding *finding)
{
	g_autofree char *path = escape_terminal(finding->path, 0);
	g_autofree char *detail = escape_terminal(finding->detail, 0);

	printf("  finding: %s %s%s%s\n", path, finding_name(finding->code),
		*detail != '\0' ? ": " : "", detail);
}

static void
print_report(const StoreReport *one, const StoreMessage *message)
{
	const Report *report = one->report;
	g_autofree char *start = time_text(report->start_at);
	g_autofree char *end = time_text(report->end_at);

	printf("report:\n");
	print_field(2, "organization", report->organization);
	print_field(2, "report-id", report->report_id);
	print_field(2, "contact", report->contact_info);
	print_field(2, "start", start);
	print_field(2, "end", end);
	print_field(2, "submitter", message->submitter);
	print_field(2, "report domain", message->report_domain);
	print_field(2, "authentication", auth_name(one->auth));
	print_field(2, "authenticated domain", one->auth_domain);
	for (size_t i = 0; i < report->policies->len; i++)
		print_policy(&g_array_index(report->policies, Policy, i));
	for (size_t i = 0; i < report->findings->len; i++)
		print_finding(&g_array_index(report->findings, Finding, i));
}

bool
dry_run_print(const Intake *intake, const char *name, GError **error)
{
	errno = 0;
	print_field(0, "message", name);
	for (size_t i = 0; i < intake->reports->len; i++) {
		const StoreReport *one = &g_array_index(intake->reports, StoreReport, i);
		print_report(one, &intake->message);
	}
	if (fflush(stdout) == 0 && !ferror(stdout))
		return true;
	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_IO, "cannot write to standard output: %s",
		g_strerror(errno));
	return false;
}
