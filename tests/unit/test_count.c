#include "tlsrpt/count.h"

#include "tlsrpt/kind.h"

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
		if (expected[i].kind != NULL)
			g_assert_cmpstr(count->kind, ==, expected[i].kind);
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
	static const IncidentCount incidents[] = {
		{ "a.example", "sts", "r", "mx", "", COUNT_MAX, NULL },
		{ "a.example", "Other", "unspecified", "", "", COUNT_MAX, NULL },
	};

	Policy *policy = add_policy(report, "a.example", "sts", COUNT_MAX, COUNT_MAX);
	add_failure(policy, "r", "mx", COUNT_MAX);
	add_failure(policy, "r", "mx", COUNT_MAX);
	add_policy(report, "a.example", "sts", COUNT_MAX, COUNT_MAX);
	add_policy(report, "a.example", "Other", COUNT_MAX, COUNT_MAX);
	assert_types(report, types, G_N_ELEMENTS(types));
	assert_domains(report, &domain, 1);
	assert_incidents(report, 200, incidents, G_N_ELEMENTS(incidents));
}

/* A policy with up to three rows, and what its incidents then have. */
typedef struct {
	const char *domain, *type;
	int64_t failed;
	struct {
		const char *mx;
		int64_t failed;
	} rows[3];
} CountedPolicy;

static void
add_counted(Report *report, const CountedPolicy *counted)
{
	Policy *policy = add_policy(report, counted->domain, counted->type, 10, counted->failed);

	for (size_t i = 0; i < 3 && counted->rows[i].mx != NULL; i++)
		add_failure(policy, "r", counted->rows[i].mx, counted->rows[i].failed);
}

#define A "a.example"
#define B "b.example"
#define REST(type, n) \
	{ \
		A, type, "unspecified", "", "", n, KIND_UNSPECIFIED \
	}

/* No session is told twice, and none is left untold. */
static void
test_incident_sums(void)
{
	static const struct {
		CountedPolicy policies[3]; /* up to the first without a domain */
		IncidentCount incidents[4]; /* likewise */
	} rows[] = {
		/* Rows that explain all, nothing, and a part. */
		{ { { A, "sts", 9, { { "1", 4 }, { "2", 5 } } } },
			{ { A, "sts", "r", "1", "", 4, NULL },
				{ A, "sts", "r", "2", "", 5, NULL } } },
		{ { { A, "sts", 9, { { NULL, 0 } } } }, { REST("sts", 9) } },
		{ { { A, "sts", 9, { { "1", 4 } } } },
			{ { A, "sts", "r", "1", "", 4, NULL }, REST("sts", 5) } },
		{ { { A, "no-policy-found", 9, { { NULL, 0 } } } },
			{ REST("no-policy-found", 9) } },
		/* Rows that count nothing, and rows beside a total of nothing. */
		{ { { A, "sts", 0, { { "1", 0 } } } },
			{ { NULL, NULL, NULL, NULL, NULL, 0, NULL } } },
		{ { { A, "sts", 0, { { "1", 7 } } } },
			{ { NULL, NULL, NULL, NULL, NULL, 0, NULL } } },
		{ { { A, "sts", 3, { { "1", 0 } } } }, { REST("sts", 3) } },
		{ { { A, "sts", 3, { { "1", 0 }, { "2", 3 } } } },
			{ { A, "sts", "r", "2", "", 3, NULL } } },
		/* Several MX over the same sessions. */
		{ { { A, "sts", 7, { { "1", 7 }, { "2", 7 } } } },
			{ { A, "sts", "r", "1", "", 4, NULL },
				{ A, "sts", "r", "2", "", 3, NULL } } },
		{ { { A, "sts", 7, { { "1", 7 }, { "2", 7 }, { "3", 7 } } } },
			{ { A, "sts", "r", "1", "", 3, NULL }, { A, "sts", "r", "2", "", 2, NULL },
				{ A, "sts", "r", "3", "", 2, NULL } } },
		{ { { A, "sts", 1, { { "1", 1 }, { "2", 1 } } } },
			{ { A, "sts", "r", "1", "", 1, NULL },
				{ A, "sts", "r", "2", "", 0, NULL } } },
		{ { { A, "sts", 2, { { "1", 2 }, { "2", 1 } } } },
			{ { A, "sts", "r", "1", "", 1, NULL },
				{ A, "sts", "r", "2", "", 1, NULL } } },
		{ { { A, "sts", 3, { { "1", 1000 }, { "2", 1 }, { "3", 1 } } } },
			{ { A, "sts", "r", "1", "", 1, NULL }, { A, "sts", "r", "2", "", 1, NULL },
				{ A, "sts", "r", "3", "", 1, NULL } } },
		{ { { A, "sts", 10, { { "1", 30 }, { "2", 10 } } } },
			{ { A, "sts", "r", "1", "", 8, NULL },
				{ A, "sts", "r", "2", "", 2, NULL } } },
		/* The same sessions under two types, and one type with more. */
		{ { { A, "sts", 7, { { "1", 7 } } }, { A, "tlsa", 7, { { "1", 7 } } } },
			{ { A, "sts", "r", "1", "", 4, NULL },
				{ A, "tlsa", "r", "1", "", 3, NULL } } },
		{ { { A, "sts", 20, { { "1", 20 } } }, { A, "tlsa", 0, { { NULL, 0 } } } },
			{ { A, "sts", "r", "1", "", 20, NULL } } },
		/* What a row of the one type explains is explained under the other, too. */
		{ { { A, "sts", 20, { { "1", 20 } } }, { A, "tlsa", 20, { { NULL, 0 } } } },
			{ { A, "sts", "r", "1", "", 20, NULL } } },
		{ { { A, "sts", 20, { { "1", 5 } } }, { A, "tlsa", 20, { { NULL, 0 } } } },
			{ { A, "sts", "r", "1", "", 5, NULL }, REST("sts", 7), REST("tlsa", 8) } },
		{ { { A, "sts", 20, { { NULL, 0 } } }, { A, "tlsa", 20, { { NULL, 0 } } } },
			{ REST("sts", 10), REST("tlsa", 10) } },
		{ { { A, "sts", 30, { { "1", 30 } } }, { A, "tlsa", 10, { { "1", 10 } } } },
			{ { A, "sts", "r", "1", "", 23, NULL },
				{ A, "tlsa", "r", "1", "", 7, NULL } } },
		/* Other types have sessions of their own. */
		{ { { A, "sts", 7, { { "1", 7 } } }, { A, "Other", 7, { { "1", 7 } } } },
			{ { A, "sts", "r", "1", "", 7, NULL },
				{ A, "Other", "r", "1", "", 7, NULL } } },
		{ { { A, "sts", 7, { { "1", 7 } } }, { A, "tlsa", 7, { { "1", 7 } } },
			  { A, "no-policy-found", 2, { { "1", 2 } } } },
			{ { A, "sts", "r", "1", "", 4, NULL }, { A, "tlsa", "r", "1", "", 3, NULL },
				{ A, "no-policy-found", "r", "1", "", 2, NULL } } },
		/* So have other domains. */
		{ { { A, "sts", 7, { { "1", 7 } } }, { B, "tlsa", 7, { { "1", 7 } } } },
			{ { A, "sts", "r", "1", "", 7, NULL },
				{ B, "tlsa", "r", "1", "", 7, NULL } } },
		/* The largest numbers. */
		{ { { A, "sts", COUNT_MAX, { { "1", COUNT_MAX } } },
			  { A, "tlsa", COUNT_MAX - 1, { { "1", COUNT_MAX } } } },
			{ { A, "sts", "r", "1", "", COUNT_MAX / 2 + 1, NULL },
				{ A, "tlsa", "r", "1", "", COUNT_MAX / 2 - 1, NULL } } },
		{ { { A, "sts", COUNT_MAX / 2, { { "1", COUNT_MAX / 2 } } },
			  { A, "tlsa", COUNT_MAX / 2, { { "1", COUNT_MAX / 2 } } } },
			{ { A, "sts", "r", "1", "", COUNT_MAX / 4, NULL },
				{ A, "tlsa", "r", "1", "", COUNT_MAX / 4, NULL } } },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Report) report = report_new();
		size_t n = 0;
		for (size_t j = 0; j < 3 && rows[i].policies[j].domain != NULL; j++)
			add_counted(report, &rows[i].policies[j]);
		while (n < 4 && rows[i].incidents[n].policy_domain != NULL)
			n++;
		g_test_message("row %zu", i);
		assert_incidents(report, 200, rows[i].incidents, n);
	}
}

/* Which incident each row is of. */
static void
test_places(void)
{
	static const guint within[] = { 0, COUNT_NO_INCIDENT, 1, 0, COUNT_NO_INCIDENT, 2 };
	static const guint over[] = { 0, COUNT_NO_INCIDENT, 1, 0, COUNT_NO_INCIDENT, 1 };
	g_autoptr(Report) report = report_new();
	Policy *policy = add_policy(report, A, "sts", 0, 9);

	add_failure(policy, "r", "mx1", 4);
	add_failure(policy, "r", "mx0", 0);
	add_failure(policy, "r", "mx2", 4);
	add_failure(policy, "r", "mx1", 1);
	add_failure(add_policy(report, B, "sts", 0, 0), "r", "mx1", 7);
	add_failure(add_policy(report, B, "Other", 0, 7), "r", "mx1", 7);
	for (int64_t limit = 1; limit <= 3; limit += 2) {
		const guint *expected = limit == 1 ? over : within;
		g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(guint));
		g_autoptr(GArray) incidents = count_incidents(report, limit, places);
		g_assert_cmpuint(incidents->len, ==, limit == 1 ? 2 : 3);
		g_assert_cmpuint(places->len, ==, G_N_ELEMENTS(within));
		for (guint i = 0; i < places->len; i++)
			g_assert_cmpuint(g_array_index(places, guint, i), ==, expected[i]);
	}
}

/* The incidents of a domain have together what the domain has, whatever the numbers. */
static void
test_incident_sums_random(void)
{
	static const char *const domains[] = { A, B };
	static const char *const types[] = { "sts", "tlsa", "no-policy-found" };
	static const char *const hosts[] = { "1", "2", "3" };

	for (int round = 0; round < 2000; round++) {
		g_autoptr(Report) report = report_new();
		for (int i = g_test_rand_int_range(1, 6); i > 0; i--) {
			Policy *policy = add_policy(report, domains[g_test_rand_int_range(0, 2)],
				types[g_test_rand_int_range(0, 3)], 0,
				g_test_rand_int_range(0, 30));
			for (int j = g_test_rand_int_range(0, 5); j > 0; j--)
				add_failure(policy, "r", hosts[g_test_rand_int_range(0, 3)],
					g_test_rand_int_range(0, 20));
		}
		g_autoptr(GArray) of_types = count_types(report);
		g_autoptr(GArray) totals = count_domains(of_types);
		g_autoptr(GArray) incidents = count_incidents(report, 200, NULL);
		for (size_t i = 0; i < totals->len; i++) {
			const DomainCount *total = &g_array_index(totals, DomainCount, i);
			int64_t sum = 0;
			for (size_t j = 0; j < incidents->len; j++) {
				const IncidentCount *one = &g_array_index(
					incidents, IncidentCount, j);
				g_assert_cmpint(one->failed_sessions, >=, 0);
				if (strcmp(one->policy_domain, total->policy_domain) == 0)
					sum += one->failed_sessions;
			}
			g_assert_cmpint(sum, ==, total->failed_sessions);
		}
	}
}

static void
test_incidents(void)
{
	g_autoptr(Report) report = report_new();
	static const IncidentCount expected[] = {
		{ "a.example", "sts", "r1", "mx1", "testing", 1 + 2 + 64, NULL },
		{ "a.example", "sts", "r1", "mx2", "enforce", 4, NULL },
		{ "a.example", "sts", "r2", "mx1", "enforce", 8, NULL },
		{ "a.example", "Other", "r1", "mx1", "", 16, NULL },
		{ "b.example", "sts", "r1", "mx1", "", 32, NULL },
	};

	Policy *policy = add_policy(report, "a.example", "sts", 0, 15);
	policy->policy_text = ENFORCE;
	add_failure(policy, "r1", "mx1", 1);
	add_failure(policy, "r1", "mx1", 2);
	add_failure(policy, "r1", "mx2", 4);
	add_failure(policy, "r2", "mx1", 8);
	add_failure(add_policy(report, "a.example", "Other", 0, 16), "r1", "mx1", 16);
	add_failure(add_policy(report, "b.example", "sts", 0, 32), "r1", "mx1", 32);
	/* The mode is the one of the last policy. */
	policy = add_policy(report, "a.example", "sts", 0, 64);
	policy->policy_text = TESTING;
	add_failure(policy, "r1", "mx1", 64);
	assert_incidents(report, 200, expected, G_N_ELEMENTS(expected));
}

/* Rows of one result type that have different causes are different incidents. */
static void
test_kinds(void)
{
	g_autoptr(Report) report = report_new();
	static const IncidentCount expected[] = {
		{ A, "sts", "validation-failure", "mx1", "", 5, "certificate-expired" },
		{ A, "sts", "validation-failure", "mx1", "", 2, KIND_MX_NOT_IN_POLICY },
		{ A, "sts", "certificate-not-trusted", "mx1", "", 8, "certificate-expired" },
		REST("sts", 1),
	};
	static const IncidentCount folded[] = {
		{ A, "sts", "validation-failure", "mx1", "", 5, "certificate-expired" },
		{ A, "sts", "unspecified", INCIDENT_MANY, "", 11, KIND_UNSPECIFIED },
	};
	static const char *const reasons[] = { "X509_V_ERR_CERT_HAS_EXPIRED", "MX_HOSTS_MISMATCH",
		"invalid peer certificate: Expired", "x509: certificate has expired" };
	static const int64_t failed[] = { 1, 2, 8, 4 };
	Policy *policy = add_policy(report, A, "sts", 0, 16);

	for (size_t i = 0; i < G_N_ELEMENTS(reasons); i++) {
		add_failure(policy, i == 2 ? "certificate-not-trusted" : "validation-failure",
			"mx1", failed[i]);
		g_array_index(policy->failures, Failure, i).failure_reason_code = reasons[i];
	}
	assert_incidents(report, 200, expected, G_N_ELEMENTS(expected));
	assert_incidents(report, 1, folded, G_N_ELEMENTS(folded));
}

/* At the limit, and one past it. */
static void
test_fold_limit(void)
{
	g_autoptr(Report) report = report_new();
	static const IncidentCount within[] = {
		{ "a.example", "sts", "r1", "mx1", "", 1, NULL },
		{ "a.example", "sts", "r1", "mx2", "", 2, NULL },
	};
	static const IncidentCount over[] = {
		{ "a.example", "sts", "r1", "mx1", "", 1 + 8, NULL },
		{ "a.example", "sts", "r1", "mx2", "", 2, NULL },
		{ "a.example", "sts", "r1", INCIDENT_MANY, "", 4, NULL },
	};

	Policy *policy = add_policy(report, "a.example", "sts", 0, 3);
	add_failure(policy, "r1", "mx1", 1);
	add_failure(policy, "r1", "mx2", 2);
	assert_incidents(report, 2, within, G_N_ELEMENTS(within));
	policy->failed_sessions = 15;
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
		{ "a", "sts", "r", { "a", "sts", "r", INCIDENT_MANY, "", 3, NULL } },
		{ "b", "sts", "r", { "", "sts", "r", INCIDENT_MANY, "", 3, NULL } },
		{ "a", "tlsa", "r", { "a", "", "r", INCIDENT_MANY, "", 2, NULL } },
		{ "a", "sts", "s", { "a", "sts", "unspecified", INCIDENT_MANY, "", 3, NULL } },
		{ "b", "tlsa", "s", { "", "", "unspecified", INCIDENT_MANY, "", 3, NULL } },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Report) report = report_new();
		add_failure(add_policy(report, "a", "sts", 0, 1), "r", "mx1", 1);
		add_failure(add_policy(report, rows[i].domain, rows[i].type, 0, 2), rows[i].result,
			"mx2", 2);
		assert_incidents(report, 0, &rows[i].folded, 1);
	}
}

/* What differed once stays different, and the mode is that of the last incident. */
static void
test_fold_three(void)
{
	g_autoptr(Report) report = report_new();
	static const char *const domains[] = { "a", "b", "c" };
	static const IncidentCount folded = { "", "sts", "r", INCIDENT_MANY, "testing", 3, NULL };

	for (size_t i = 0; i < G_N_ELEMENTS(domains); i++) {
		Policy *policy = add_policy(report, domains[i], "sts", 0, 1);
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
	g_test_add_func("/count/kinds", test_kinds);
	g_test_add_func("/count/incident-sums", test_incident_sums);
	g_test_add_func("/count/places", test_places);
	g_test_add_func("/count/incident-sums-random", test_incident_sums_random);
	g_test_add_func("/count/fold-limit", test_fold_limit);
	g_test_add_func("/count/fold-key", test_fold_key);
	g_test_add_func("/count/fold-three", test_fold_three);
	return g_test_run();
}
