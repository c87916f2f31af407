#include "tlsrpt/brief.h"
#include "tlsrpt/count.h"

#include "util.h"

#include <string.h>

#define LIMIT 3 /* of incidents */

static Failure *
add_row(Policy *policy, const char *mx, int64_t sessions)
{
	Failure *failure = policy_add_failure(policy);

	failure->result_type = "certificate-expired";
	failure->receiving_mx_hostname = mx;
	failure->sending_mta_ip = "192.0.2.1";
	failure->failure_reason_code = "reason";
	failure->additional_information = "more";
	failure->failed_sessions = sessions;
	return failure;
}

static Report *
report_with_rows(void)
{
	static const char *const hosts[] = { "a.test", "b.test", "a.test", "c.test", "d.test",
		"e.test" };
	Report *report = report_new();
	Policy *policy = report_add_policy(report);
	Limits limits;

	limits_init(&limits);
	policy->policy_type = "sts";
	policy->policy_domain = "example.com";
	policy->policy_text = "version: STSv1\nmode: enforce\nmx: a.test";
	policy->mx_hosts = "a.test";
	policy->failed_sessions = 21;
	for (size_t i = 0; i < G_N_ELEMENTS(hosts); i++)
		add_row(policy, hosts[i], (int64_t)i + 1);
	add_row(policy, "f.test", 0);
	report_add_finding(report, &limits, FINDING_UNKNOWN_KEY, "$.x", "what it holds");
	return report;
}

/* The numbers stay as they are: what counts, and under which incident. */
static void
test_numbers(void)
{
	g_autoptr(Report) report = report_with_rows();
	g_autoptr(GArray) before = count_incidents(report, LIMIT, NULL);
	g_autoptr(GArray) types = count_types(report);
	Limits limits;

	limits_init(&limits);
	limits.incidents = LIMIT;
	report_make_brief(report, &limits);
	g_autoptr(GArray) after = count_incidents(report, LIMIT, NULL);
	g_autoptr(GArray) brief_types = count_types(report);
	g_assert_cmpuint(report_failures(report), ==, LIMIT + 1);
	g_assert_cmpuint(before->len, ==, LIMIT + 1);
	g_assert_cmpuint(after->len, ==, before->len);
	for (guint i = 0; i < before->len; i++) {
		const IncidentCount *one = &g_array_index(before, IncidentCount, i);
		const IncidentCount *other = &g_array_index(after, IncidentCount, i);
		g_assert_cmpstr(one->receiving_mx_hostname, ==, other->receiving_mx_hostname);
		g_assert_cmpstr(one->mode, ==, other->mode);
		g_assert_cmpint(one->failed_sessions, ==, other->failed_sessions);
	}
	g_assert_cmpint(g_array_index(types, TypeCount, 0).failed_sessions, ==,
		g_array_index(brief_types, TypeCount, 0).failed_sessions);
}

static void
test_texts(void)
{
	g_autoptr(Report) report = report_with_rows();
	Limits limits;

	limits_init(&limits);
	limits.findings = 1;
	g_assert_false(report_is_brief(report));
	report_make_brief(report, &limits);
	g_assert_true(report_is_brief(report));
	report_make_brief(report, &limits);
	const Policy *policy = &g_array_index(report->policies, Policy, 0);
	const Failure *failure = &g_array_index(policy->failures, Failure, 0);
	g_assert_cmpstr(policy->policy_text, ==, "mode: enforce");
	g_assert_cmpstr(policy->mx_hosts, ==, "");
	g_assert_cmpstr(failure->receiving_mx_hostname, ==, "a.test");
	g_assert_cmpint(failure->failed_sessions, ==, 4);
	g_assert_cmpstr(failure->failure_reason_code, ==, "");
	g_assert_cmpstr(failure->additional_information, ==, "");
	g_assert_cmpstr(failure->sending_mta_ip, ==, "");
	g_assert_cmpuint(report->findings->len, ==, 2);
	g_assert_cmpstr(g_array_index(report->findings, Finding, 0).detail, ==, "");
	g_assert_cmpstr(
		finding_name(g_array_index(report->findings, Finding, 1).code), ==, "left-to-raw");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/brief/numbers", test_numbers);
	g_test_add_func("/brief/texts", test_texts);
	return g_test_run();
}
