#include "checked.h"

#include "fuzz.h"

#include "tlsrpt/report_pack.h"

static void
check_count(int64_t count)
{
	g_assert_cmpint(count, >=, 0);
	g_assert_cmpint(count, <=, COUNT_MAX);
}

/* The name of a host may have become longer as A-labels. */
static int64_t
name_limit(const Limits *limits)
{
	return MAX(limits->string, 253);
}

static void
check_failure(const Failure *failure, const Limits *limits)
{
	const char *const texts[] = { failure->result_type, failure->sending_mta_ip,
		failure->receiving_ip, failure->receiving_mx_hostname, failure->receiving_mx_helo,
		failure->additional_information, failure->failure_reason_code };

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		fuzz_text(texts[i], name_limit(limits));
	g_assert_cmpstr(failure->result_type, !=, "");
	check_count(failure->failed_sessions);
}

static void
check_policy(const Policy *policy, const Limits *limits)
{
	fuzz_text(policy->policy_type, limits->string);
	fuzz_text(policy->policy_domain, name_limit(limits));
	fuzz_text(policy->policy_text, limits->lines);
	fuzz_text(policy->mx_hosts, limits->lines);
	check_count(policy->successful_sessions);
	check_count(policy->failed_sessions);
	for (guint i = 0; i < policy->failures->len; i++)
		check_failure(&g_array_index(policy->failures, Failure, i), limits);
}

/* What one process hands to another is what that one takes. */
static void
check_packed(const Report *report)
{
	g_autoptr(GByteArray) packed = g_byte_array_new(), again = g_byte_array_new();

	report_pack(packed, report);
	Unpacker unpacker = { .at = packed->data, .left = packed->len };
	g_autoptr(Report) copy = report_unpack(&unpacker);
	g_assert_true(copy != NULL && !unpacker.failed && unpacker.left == 0);
	report_pack(again, copy);
	g_assert_cmpmem(packed->data, packed->len, again->data, again->len);
}

void
fuzz_check_report(const Report *report, const Limits *limits)
{
	fuzz_text(report->organization, limits->string);
	fuzz_text(report->report_id, limits->string);
	fuzz_text(report->contact_info, limits->string);
	g_assert_cmpstr(report->report_id, !=, "");
	g_assert_true(report->has_start && report->has_end);
	/* The last one says how many were left out. */
	g_assert_cmpint((int64_t)report->findings->len, <=, limits->findings + 1);
	g_assert_cmpint((int64_t)report->policies->len, <=, limits->policies);
	g_assert_cmpint((int64_t)report_failures(report), <=, limits->failures);
	for (guint i = 0; i < report->policies->len; i++)
		check_policy(&g_array_index(report->policies, Policy, i), limits);
	for (guint i = 0; i < report->findings->len; i++) {
		const Finding *finding = &g_array_index(report->findings, Finding, i);
		fuzz_text(finding->path, G_MAXINT64);
		fuzz_text(finding->detail, G_MAXINT64);
	}
	check_packed(report);
}
