#include "tlsrpt/report.h"

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

	report->strings = text_pool_new(1024);
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
	text_pool_free(report->strings);
	g_free(report);
}

/* Where a text is looked for; those that a report repeats seldom differ in nothing of this. */
static size_t
recent_slot(const char *text, size_t length)
{
	const size_t sum = length * 5 + (unsigned char)text[0] * 3
		+ (unsigned char)text[length / 2] * 7 + (unsigned char)text[length - 1];

	return sum % REPORT_RECENT_STRINGS;
}

const char *
report_string(Report *report, const char *text)
{
	const size_t length = strlen(text);

	if (length == 0)
		return "";
	const char **recent = &report->recent_strings[recent_slot(text, length)];
	if (*recent == NULL || strcmp(*recent, text) != 0)
		*recent = text_pool_add(report->strings, text);
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

int64_t
day_of(int64_t at)
{
	/* Rounded down, also before 1970. */
	return at / 86400 - (at % 86400 < 0);
}

char *
time_text(int64_t at)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(at);

	return time != NULL ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ")
			    : g_strdup_printf("%" G_GINT64_FORMAT, at);
}

char *
day_text(int64_t day)
{
	char *text = time_text(day * 86400);

	text[strcspn(text, "T")] = '\0';
	return text;
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
