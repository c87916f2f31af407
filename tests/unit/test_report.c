#include "tlsrpt/day.h"
#include "tlsrpt/report.h"

#include "util.h"

static void
test_count_add(void)
{
	g_assert_cmpint(count_add(0, 0), ==, 0);
	g_assert_cmpint(count_add(2, 3), ==, 5);
	g_assert_cmpint(count_add(COUNT_MAX - 1, 1), ==, COUNT_MAX);
	g_assert_cmpint(count_add(COUNT_MAX, 0), ==, COUNT_MAX);
	g_assert_cmpint(count_add(COUNT_MAX, 1), ==, COUNT_MAX);
	g_assert_cmpint(count_add(COUNT_MAX, COUNT_MAX), ==, COUNT_MAX);
	/* From a store that others wrote. */
	g_assert_cmpint(count_add(INT64_MAX, INT64_MAX), ==, COUNT_MAX);
	g_assert_cmpint(count_add(-1, 3), ==, 3);
}

static void
test_day_of(void)
{
	static const struct {
		int64_t at, day;
	} rows[] = {
		{ 0, 0 },
		{ 1, 0 },
		{ 86399, 0 },
		{ 86400, 1 },
		{ INT64_C(1793491199), 20757 },
		{ INT64_C(1793491200), 20758 },
		{ -1, -1 },
		{ -86400, -1 },
		{ -86401, -2 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpint(day_of(rows[i].at), ==, rows[i].day);
}

static void
test_time_text(void)
{
	static const struct {
		int64_t at;
		const char *text;
	} rows[] = {
		{ 0, "1970-01-01T00:00:00Z" },
		{ INT64_C(1793491200), "2026-11-01T00:00:00Z" },
		{ INT64_C(1793577599), "2026-11-01T23:59:59Z" },
		{ INT64_C(1709164800), "2024-02-29T00:00:00Z" },
		{ -1, "1969-12-31T23:59:59Z" },
		/* No date has these. */
		{ INT64_MAX, "9223372036854775807" },
		{ INT64_MIN, "-9223372036854775808" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = time_text(rows[i].at);
		g_assert_cmpstr(text, ==, rows[i].text);
	}
}

/* Lower-case words that are stored: each has a name, and none has that of another. */
static void
test_finding_names(void)
{
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);

	for (int code = 0; code < FINDING_CODES; code++) {
		const char *name = finding_name((FindingCode)code);
		g_assert_nonnull(name);
		g_assert_cmpuint(strlen(name), >, 0);
		g_assert_cmpuint(
			strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-"), ==, strlen(name));
		g_assert_true(g_hash_table_add(names, (gpointer)name));
	}
	g_assert_cmpuint(g_hash_table_size(names), ==, FINDING_CODES);
	g_assert_cmpstr(finding_name(FINDING_BOM), ==, "bom");
	g_assert_cmpstr(finding_name(FINDING_SUBMITTER_DIFFERS), ==, "submitter-differs");
	g_assert_cmpstr(finding_name(FINDING_CONTACT_UNALIGNED), ==, "contact-unaligned");
}

static void
test_new(void)
{
	g_autoptr(Report) report = report_new();

	g_assert_cmpstr(report->organization, ==, "");
	g_assert_cmpstr(report->report_id, ==, "");
	g_assert_cmpstr(report->contact_info, ==, "");
	g_assert_false(report->has_start || report->has_end);
	g_assert_cmpuint(report->policies->len, ==, 0);
	g_assert_cmpuint(report->findings->len, ==, 0);
	g_assert_cmpuint(report->findings_left_out, ==, 0);
	report_free(NULL);
}

static void
test_strings(void)
{
	g_autoptr(Report) report = report_new();
	char text[] = "text";
	const char *own = report_string(report, text);

	g_assert_true(own != text);
	g_assert_cmpstr(own, ==, "text");
	g_assert_true(report_string(report, "text") == own);
	g_assert_true(report_string(report, "other") != own);
	g_assert_cmpstr(report_string(report, ""), ==, "");
}

static void
test_policies(void)
{
	g_autoptr(Report) report = report_new();
	const Policy *policy = report_add_policy(report);

	g_assert_cmpstr(policy->policy_type, ==, "");
	g_assert_cmpstr(policy->policy_domain, ==, "");
	g_assert_cmpstr(policy->policy_text, ==, "");
	g_assert_cmpstr(policy->mx_hosts, ==, "");
	g_assert_cmpint(policy->successful_sessions, ==, 0);
	g_assert_cmpint(policy->failed_sessions, ==, 0);
	g_assert_cmpuint(policy->failures->len, ==, 0);
	g_assert_cmpuint(report_failures(report), ==, 0);

	const Failure *failure = policy_add_failure(&g_array_index(report->policies, Policy, 0));
	g_assert_cmpstr(failure->result_type, ==, "");
	g_assert_cmpstr(failure->sending_mta_ip, ==, "");
	g_assert_cmpstr(failure->receiving_ip, ==, "");
	g_assert_cmpstr(failure->receiving_mx_hostname, ==, "");
	g_assert_cmpstr(failure->receiving_mx_helo, ==, "");
	g_assert_cmpstr(failure->additional_information, ==, "");
	g_assert_cmpstr(failure->failure_reason_code, ==, "");
	g_assert_cmpint(failure->failed_sessions, ==, 0);

	policy_add_failure(report_add_policy(report));
	policy_add_failure(&g_array_index(report->policies, Policy, 1));
	g_assert_cmpuint(report_failures(report), ==, 3);
}

static void
test_findings(void)
{
	const Limits limits = limits_with(offsetof(Limits, findings), 2);
	g_autoptr(Report) report = report_new();

	report_add_finding(report, &limits, FINDING_NULL, "$.a", NULL);
	report_add_finding(report, &limits, FINDING_CUT, "$.b", "detail");
	assert_findings(report, "$.a=null; $.b=cut(detail)");
	g_assert_cmpuint(report->findings_left_out, ==, 0);
	report_add_finding(report, &limits, FINDING_CUT, "$.c", NULL);
	assert_findings(report, "$.a=null; $.b=cut(detail)");
	g_assert_cmpuint(report->findings_left_out, ==, 1);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/report/count-add", test_count_add);
	g_test_add_func("/report/day-of", test_day_of);
	g_test_add_func("/report/time-text", test_time_text);
	g_test_add_func("/report/finding-names", test_finding_names);
	g_test_add_func("/report/new", test_new);
	g_test_add_func("/report/strings", test_strings);
	g_test_add_func("/report/policies", test_policies);
	g_test_add_func("/report/findings", test_findings);
	return g_test_run();
}
