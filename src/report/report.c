#include "tlsrpt/report.h"

#include "tlsrpt/day.h"

#include <string.h>

static void
policy_clear(gpointer data)
{
	Policy *policy = data;

	g_array_unref(policy->failures);
}

Report *
report_new(void)
{
	Report *report = g_new0(Report, 1);

	report->strings = g_string_chunk_new(1024);
	report->organization = report->report_id = report->contact_info = "";
	report->policies = g_array_new(FALSE, TRUE, sizeof(Policy));
	g_array_set_clear_func(report->policies, policy_clear);
	report->findings = g_array_new(FALSE, TRUE, sizeof(Finding));
	return report;
}

void
report_free(Report *report)
{
	if (report == NULL)
		return;
	g_array_unref(report->policies);
	g_array_unref(report->findings);
	g_string_chunk_free(report->strings);
	g_free(report);
}

/*
 * The place where a copy of a text is looked for.  The few strings that a report repeats seldom
 * have length and these three bytes in common.
 */
static size_t
recent_slot(const char *text, size_t length)
{
	const size_t first = (unsigned char)text[0], middle = (unsigned char)text[length / 2];
	const size_t last = (unsigned char)text[length - 1];

	return (5 * length + 3 * first + 7 * middle + last) % REPORT_RECENT_STRINGS;
}

const char *
report_string(Report *report, const char *text)
{
	const size_t length = strlen(text);

	if (length == 0)
		return "";
	const char **recent = &report->recent_strings[recent_slot(text, length)];
	if (*recent == NULL || strcmp(*recent, text) != 0)
		*recent = g_string_chunk_insert_len(report->strings, text, (gssize)length);
	return *recent;
}

Policy *
report_add_policy(Report *report)
{
	const Policy policy = {
		.index = report->policies->len,
		.policy_type = "",
		.policy_domain = "",
		.policy_text = "",
		.mx_hosts = "",
		.failures = g_array_new(FALSE, TRUE, sizeof(Failure)),
	};

	g_array_append_val(report->policies, policy);
	return &g_array_index(report->policies, Policy, report->policies->len - 1);
}

Failure *
policy_add_failure(Policy *policy)
{
	const Failure failure = {
		.index = policy->failures->len,
		.result_type = "",
		.sending_mta_ip = "",
		.receiving_ip = "",
		.receiving_mx_hostname = "",
		.receiving_mx_helo = "",
		.additional_information = "",
		.failure_reason_code = "",
	};

	g_array_append_val(policy->failures, failure);
	return &g_array_index(policy->failures, Failure, policy->failures->len - 1);
}

void
report_add_finding(Report *report, const Limits *limits, FindingCode code, const char *path,
	const char *detail)
{
	if (report->findings->len >= limits->findings) {
		report->findings_left_out++;
		return;
	}

	const Finding finding = {
		.code = code,
		.path = report_string(report, path),
		.detail = report_string(report, detail != NULL ? detail : ""),
	};
	g_array_append_val(report->findings, finding);
}

int64_t
report_counts_at(const Report *report)
{
	return day_of(report->start_at) == report->day ? report->start_at
						       : report->day * DAY_SECONDS;
}

size_t
report_failures(const Report *report)
{
	size_t failures = 0;

	for (size_t i = 0; i < report->policies->len; i++)
		failures += g_array_index(report->policies, Policy, i).failures->len;
	return failures;
}

int64_t
count_add(int64_t a, int64_t b)
{
	return MIN(CLAMP(a, 0, COUNT_MAX) + CLAMP(b, 0, COUNT_MAX), COUNT_MAX);
}

static const char *const finding_names[] = {
#define FINDING_NAME(code, name) [code] = name,
	TLSRPT_FINDINGS(FINDING_NAME)
#undef FINDING_NAME
};

const char *
finding_name(FindingCode code)
{
	g_return_val_if_fail((size_t)code < G_N_ELEMENTS(finding_names), "");
	return finding_names[code];
}

bool
finding_code(const char *name, FindingCode *code)
{
	for (size_t i = 0; i < G_N_ELEMENTS(finding_names); i++) {
		if (strcmp(finding_names[i], name) == 0) {
			*code = (FindingCode)i;
			return true;
		}
	}
	return false;
}
