#include "tlsrpt/count.h"

#include "util.h"

#define ENFORCE "version: STSv1\nmode: enforce\nmx: mx.example"
#define TESTING "version: STSv1\nmode: testing\nmx: mx.example"

static Policy *
add_policy(Report *report, const char *domain, const char *type, int64_t successful, int64_t failed)
{
	Policy *policy = report_add_policy(report);

	policy->policy_domain = domain;
	policy->policy_type = type;
	policy->successful_sessions = successful;
	policy->failed_sessions = failed;
	return policy;
}

static void
add_failure(Policy *policy, const char *result_type, const char *mx, int64_t sessions)
{
	Failure *failure = policy_add_failure(policy);

	failure->result_type = result_type;
	failure->receiving_mx_hostname = mx;
	failure->failed_sessions = sessions;
}

static void
assert_types(const Report *report, const TypeCount *expected, size_t n)
{
	g_autoptr(GArray) types = count_types(report);

	g_assert_cmpuint(types->len, ==, n);
	for (size_t i = 0; i < n; i++) {
		const TypeCount *count = &g_array_index(types, TypeCount, i);
		g_assert_cmpstr(count->policy_domain, ==, expected[i].policy_domain);
		g_assert_cmpstr(count->policy_type, ==, expected[i].policy_type);
		g_assert_cmpint(count->successful_sessions, ==, expected[i].successful_sessions);
		g_assert_cmpint(count->failed_sessions, ==, expected[i].failed_sessions);
	}
}

static void
assert_domains(const Report *report, const DomainCount *expected, size_t n)
{
	g_autoptr(GArray) types = count_types(report);
	g_autoptr(GArray) domains = count_domains(types);

	g_assert_cmpuint(domains->len, ==, n);
	for (size_t i = 0; i < n; i++) {
		const DomainCount *count = &g_array_index(domains, DomainCount, i);
		g_assert_cmpstr(count->policy_domain, ==, expected[i].policy_domain);
		g_assert_cmpint(count->sessions, ==, expected[i].sessions);
		g_assert_cmpint(count->failed_sessions, ==, expected[i].failed_sessions);
	}
}

static void
assert_incidents(const Report *report, int64_t limit, const IncidentCount *expected, size_t n)
{
	g_autoptr(GArray) incidents = count_incidents(report, limit, NULL);

	g_assert_cmpuint(incidents->len, ==, n);
	for (size_t i = 0; i < n; i++) {
		const IncidentCount *count = &g_array_index(incidents, IncidentCount, i);
		g_assert_cmpstr(count->policy_domain, ==, expected[i].policy_domain);
		g_assert_cmpstr(count->policy_type, ==, expected[i].policy_type);
		g_assert_cmpstr(count->result_type, ==, expected[i].result_type);
		g_assert_cmpstr(
			count->receiving_mx_hostname, ==, expected[i].receiving_mx_hostname);
		g_assert_cmpstr(count->mode, ==, expected[i].mode);
		g_assert_cmpint(count->failed_sessions, ==, expected[i].failed_sessions);
	}
}

static void
test_empty_report(void)
{
	g_autoptr(Report) report = report_new();

	assert_types(report, NULL, 0);
	assert_domains(report, NULL, 0);
	assert_incidents(report, 200, NULL, 0);
}

static void
test_types(void)
{
	g_autoptr(Report) report = report_new();
	static const TypeCount expected[] = {
		{ "a.example", "sts", 14, 7 },
		{ "a.example", "tlsa", 3, 4 },
		{ "b.example", "sts", 100, 0 },
		{ "", "", 1, 1 },
	};

	add_policy(report, "a.example", "sts", 10, 5);
	add_policy(report, "a.example", "tlsa", 3, 4);
	add_policy(report, "b.example", "sts", 100, 0);
	add_policy(report, "a.example", "sts", 4, 2);
	add_policy(report, "", "", 1, 1);
	assert_types(report, expected, G_N_ELEMENTS(expected));
}

/* Domain and type are told apart also where their letters together are the same. */
static void
test_types_apart(void)
{
	g_autoptr(Report) report = report_new();
	static const TypeCount expected[] = {
		{ "ab", "c", 1, 0 },
		{ "a", "bc", 2, 0 },
	};

	add_policy(report, "ab", "c", 1, 0);
	add_policy(report, "a", "bc", 2, 0);
	assert_types(report, expected, G_N_ELEMENTS(expected));
}

typedef struct {
	const char *type;
	int64_t successful, failed;
} Share;

static void
test_domain_rule(void)
{
	static const struct {
		Share shares[4]; /* up to the first without a type */
		int64_t sessions, failed;
	} rows[] = {
		{ { { "sts", 10, 2 } }, 12, 2 },
		{ { { "tlsa", 10, 2 } }, 12, 2 },
		{ { { "no-policy-found", 10, 2 } }, 12, 2 },
		/* The same sessions under sts and tlsa. */
		{ { { "sts", 10, 2 }, { "tlsa", 10, 2 } }, 12, 2 },
		{ { { "sts", 10, 0 }, { "tlsa", 7, 5 } }, 12, 5 },
		{ { { "sts", 20, 1 }, { "tlsa", 3, 5 } }, 21, 5 },
		{ { { "sts", 3, 5 }, { "tlsa", 20, 1 } }, 21, 5 },
		/* What is of another type is counted besides. */
		{ { { "sts", 10, 2 }, { "no-policy-found", 3, 1 } }, 16, 3 },
		{ { { "sts", 10, 2 }, { "tlsa", 9, 2 }, { "no-policy-found", 3, 1 } }, 16, 3 },
		{ { { "Other", 1, 1 }, { "", 2, 0 }, { "sts", 10, 0 }, { "tlsa", 0, 20 } }, 24,
			21 },
		{ { { "STS", 10, 0 }, { "sts", 5, 0 } }, 15, 0 },
		/* The sums of a type come before the greater of two. */
		{ { { "sts", 10, 0 }, { "sts", 10, 0 }, { "tlsa", 15, 0 } }, 20, 0 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Report) report = report_new();
		const DomainCount expected = { "a.example", rows[i].sessions, rows[i].failed };
		for (size_t j = 0; j < 4 && rows[i].shares[j].type != NULL; j++)
			add_policy(report, "a.example", rows[i].shares[j].type,
				rows[i].shares[j].successful, rows[i].shares[j].failed);
		g_test_message("row %zu", i);
		assert_domains(report, &expected, 1);
	}
}

static void
test_two_domains(void)
{
	g_autoptr(Report) report = report_new();
	static const DomainCount expected[] = {
		{ "a.example", 12, 2 },
		{ "b.example", 40, 7 },
	};

	add_policy(report, "a.example", "sts", 10, 2);
	add_policy(report, "b.example", "tlsa", 33, 7);
	add_policy(report, "a.example", "tlsa", 10, 1);
	add_policy(report, "b.example", "sts", 30, 0);
	assert_domains(report, expected, G_N_ELEMENTS(expected));
}

static void
test_saturation(void)
{
	g_autoptr(Report) report = report_new();
	static const TypeCount types[] = {
		{ "a.example", "sts", COUNT_MAX, COUNT_MAX },
		{ "a.example", "Other", COUNT_MAX, COUNT_MAX },
	};
	static const DomainCount domain = { "a.example", COUNT_MAX, COUNT_MAX };
	static const IncidentCount incident = { "a.example", "sts", "r", "mx", "", COUNT_MAX };

	Policy *policy = add_policy(report, "a.example", "sts", COUNT_MAX, COUNT_MAX);
	add_failure(policy, "r", "mx", COUNT_MAX);
	add_failure(policy, "r", "mx", COUNT_MAX);
	add_policy(report, "a.example", "sts", COUNT_MAX, COUNT_MAX);
	add_policy(report, "a.example", "Other", COUNT_MAX, COUNT_MAX);
	assert_types(report, types, G_N_ELEMENTS(types));
	assert_domains(report, &domain, 1);
	assert_incidents(report, 200, &incident, 1);
}

static void
test_incidents(void)
{
	g_autoptr(Report) report = report_new();
	static const IncidentCount expected[] = {
		{ "a.example", "sts", "r1", "mx1", "testing", 1 + 2 + 64 },
		{ "a.example", "sts", "r1", "mx2", "enforce", 4 },
		{ "a.example", "sts", "r2", "mx1", "enforce", 8 },
		{ "a.example", "tlsa", "r1", "mx1", "", 16 },
		{ "b.example", "sts", "r1", "mx1", "", 32 },
	};

	Policy *policy = add_policy(report, "a.example", "sts", 0, 0);
	policy->policy_text = ENFORCE;
	add_failure(policy, "r1", "mx1", 1);
	add_failure(policy, "r1", "mx1", 2);
	add_failure(policy, "r1", "mx2", 4);
	add_failure(policy, "r2", "mx1", 8);
	add_failure(add_policy(report, "a.example", "tlsa", 0, 0), "r1", "mx1", 16);
	add_failure(add_policy(report, "b.example", "sts", 0, 0), "r1", "mx1", 32);
	/* The mode is the one of the last policy. */
	policy = add_policy(report, "a.example", "sts", 0, 0);
	policy->policy_text = TESTING;
	add_failure(policy, "r1", "mx1", 64);
	assert_incidents(report, 200, expected, G_N_ELEMENTS(expected));
}

/* At the limit, and one past it. */
static void
test_fold_limit(void)
{
	g_autoptr(Report) report = report_new();
	static const IncidentCount within[] = {
		{ "a.example", "sts", "r1", "mx1", "", 1 },
		{ "a.example", "sts", "r1", "mx2", "", 2 },
	};
	static const IncidentCount over[] = {
		{ "a.example", "sts", "r1", "mx1", "", 1 + 8 },
		{ "a.example", "sts", "r1", "mx2", "", 2 },
		{ "a.example", "sts", "r1", INCIDENT_MANY, "", 4 },
	};

	Policy *policy = add_policy(report, "a.example", "sts", 0, 0);
	add_failure(policy, "r1", "mx1", 1);
	add_failure(policy, "r1", "mx2", 2);
	assert_incidents(report, 2, within, G_N_ELEMENTS(within));
	add_failure(policy, "r1", "mx3", 4);
	/* One that is there already goes on growing. */
	add_failure(policy, "r1", "mx1", 8);
	assert_incidents(report, 2, over, G_N_ELEMENTS(over));
}

/* The folded incident keeps of its key what all have in common. */
static void
test_fold_key(void)
{
	static const struct {
		const char *domain, *type, *result;
		IncidentCount folded;
	} rows[] = {
		{ "a", "sts", "r", { "a", "sts", "r", INCIDENT_MANY, "", 3 } },
		{ "b", "sts", "r", { "", "sts", "r", INCIDENT_MANY, "", 3 } },
		{ "a", "tlsa", "r", { "a", "", "r", INCIDENT_MANY, "", 3 } },
		{ "a", "sts", "s", { "a", "sts", "unspecified", INCIDENT_MANY, "", 3 } },
		{ "b", "tlsa", "s", { "", "", "unspecified", INCIDENT_MANY, "", 3 } },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Report) report = report_new();
		add_failure(add_policy(report, "a", "sts", 0, 0), "r", "mx1", 1);
		add_failure(add_policy(report, rows[i].domain, rows[i].type, 0, 0), rows[i].result,
			"mx2", 2);
		assert_incidents(report, 0, &rows[i].folded, 1);
	}
}

/* What differed once stays different, and the mode is that of the last. */
static void
test_fold_three(void)
{
	g_autoptr(Report) report = report_new();
	static const char *const domains[] = { "a", "b", "a" };
	static const IncidentCount folded = { "", "sts", "r", INCIDENT_MANY, "testing", 3 };

	for (size_t i = 0; i < G_N_ELEMENTS(domains); i++) {
		Policy *policy = add_policy(report, domains[i], "sts", 0, 0);
		policy->policy_text = i < 2 ? ENFORCE : TESTING;
		add_failure(policy, "r", "mx", 1);
	}
	assert_incidents(report, 0, &folded, 1);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/count/empty-report", test_empty_report);
	g_test_add_func("/count/types", test_types);
	g_test_add_func("/count/types-apart", test_types_apart);
	g_test_add_func("/count/domain-rule", test_domain_rule);
	g_test_add_func("/count/two-domains", test_two_domains);
	g_test_add_func("/count/saturation", test_saturation);
	g_test_add_func("/count/incidents", test_incidents);
	g_test_add_func("/count/fold-limit", test_fold_limit);
	g_test_add_func("/count/fold-key", test_fold_key);
	g_test_add_func("/count/fold-three", test_fold_three);
	return g_test_run();
}
