#include "tlsrpt/check.h"

#include "tlsrpt/report.h"

#include "util.h"

#define DAY INT64_C(86400)
#define NOV_1 INT64_C(1793491200) /* 2026-11-01T00:00:00Z */
#define NOV_3 (NOV_1 + 2 * DAY)
#define NO_ID "no-id"

/* A message received on 3 November that says nothing of itself. */
#define NEW_YEAR_2018 INT64_C(1514764800)

static CheckContext
bare_context(void)
{
	return (CheckContext){ .content_digest = NO_ID, .received_at = NOV_3 + 3600 };
}

/* A report with nothing to find in it. */
static Report *
good_report(void)
{
	Report *report = report_new();

	report->organization = report_string(report, "Org");
	report->report_id = report_string(report, "r1");
	report->contact_info = report_string(report, "c@org.example");
	report->start_at = NOV_1;
	report->end_at = NOV_1 + DAY - 1;
	report->has_start = report->has_end = true;
	Policy *policy = report_add_policy(report);
	policy->policy_type = "sts";
	policy->policy_domain = "d.example";
	policy->successful_sessions = 5;
	return report;
}

static Policy *
only_policy(const Report *report)
{
	return &g_array_index(report->policies, Policy, 0);
}

static Failure *
add_failure(Report *report, const char *result_type, int64_t sessions)
{
	Failure *failure = policy_add_failure(only_policy(report));

	failure->result_type = result_type;
	failure->failed_sessions = sessions;
	return failure;
}

static void
check(Report *report, const CheckContext *context)
{
	const Limits limits = default_limits();

	report_check(report, context, &limits);
}

static void
test_good_report(void)
{
	const CheckContext context = bare_context();
	g_autoptr(Report) report = good_report();
	only_policy(report)->failed_sessions = 2;
	Failure *failure = add_failure(report, "certificate-expired", 2);
	failure->sending_mta_ip = "192.0.2.1";
	failure->receiving_ip = "2001:db8::1";
	failure->receiving_mx_hostname = "mx.d.example";

	check(report, &context);
	assert_findings(report, "");
	g_assert_cmpstr(report->organization, ==, "Org");
	g_assert_cmpstr(report->report_id, ==, "r1");
	g_assert_cmpint(report->start_at, ==, NOV_1);
	g_assert_cmpint(report->end_at, ==, NOV_1 + DAY - 1);
}

static void
test_names_in_report(void)
{
	const CheckContext context = bare_context();
	g_autoptr(Report) report = good_report();
	only_policy(report)->policy_domain = "D.Example.";
	only_policy(report)->mx_hosts = "MX1.d.example.\n*.D.example\nnot a name";
	add_failure(report, "certificate-expired", 0)->receiving_mx_hostname = "MX.D.EXAMPLE.";
	add_failure(report, "certificate-expired", 0)->receiving_mx_hostname = "not a name";

	check(report, &context);
	const Policy *policy = only_policy(report);
	g_assert_cmpstr(policy->policy_domain, ==, "d.example");
	g_assert_cmpstr(policy->mx_hosts, ==, "mx1.d.example\n*.d.example\nnot a name");
	g_assert_cmpstr(g_array_index(policy->failures, Failure, 0).receiving_mx_hostname, ==,
		"mx.d.example");
	g_assert_cmpstr(g_array_index(policy->failures, Failure, 1).receiving_mx_hostname, ==,
		"not a name");
	assert_findings(report,
		"$.policies[0].failure-details[1].receiving-mx-hostname=bad-hostname(not a name)");
}

static void
test_bad_policy_domain(void)
{
	const CheckContext context = bare_context();
	g_autoptr(Report) report = good_report();

	only_policy(report)->policy_domain = "bad domain";
	check(report, &context);
	g_assert_cmpstr(only_policy(report)->policy_domain, ==, "bad domain");
	assert_findings(report, "$.policies[0].policy.policy-domain=bad-hostname(bad domain)");
}

static void
test_mx_prefix(void)
{
	const CheckContext context = bare_context();
	g_autoptr(Report) report = good_report();

	only_policy(report)->mx_hosts = "mx: MX1.d.example\nMX:mx2.d.example\nmx3.d.example";
	check(report, &context);
	g_assert_cmpstr(
		only_policy(report)->mx_hosts, ==, "mx1.d.example\nmx2.d.example\nmx3.d.example");
	assert_findings(report, "$.policies[0].policy.mx-host=mx-prefix");
}

static void
test_addresses(void)
{
#define PLACE "$.policies[0].failure-details[0].sending-mta-ip="
	static const struct {
		const char *address, *stored, *findings;
	} rows[] = {
		{ "", "", "" },
		{ "192.0.2.1", "192.0.2.1", "" },
		{ "2001:db8::1", "2001:db8::1", "" },
		{ "2001:db8:abcd:0012::1", "2001:db8:abcd:12::1",
			PLACE "other-ip-form(2001:db8:abcd:0012::1)" },
		{ "2001:DB8::1", "2001:db8::1", PLACE "other-ip-form(2001:DB8::1)" },
		{ "2001:db8:0:0:0:0:0:1", "2001:db8::1",
			PLACE "other-ip-form(2001:db8:0:0:0:0:0:1)" },
		{ "::ffff:192.0.2.1", "::ffff:192.0.2.1", "" },
		{ "192.0.2", "192.0.2", PLACE "bad-ip(192.0.2)" },
		{ "192.0.2.256", "192.0.2.256", PLACE "bad-ip(192.0.2.256)" },
		{ "192.0.2.01", "192.0.2.01", PLACE "bad-ip(192.0.2.01)" },
		{ "0x7f.0.0.1", "0x7f.0.0.1", PLACE "bad-ip(0x7f.0.0.1)" },
		{ "192.0.2.1:25", "192.0.2.1:25", PLACE "bad-ip(192.0.2.1:25)" },
		{ "[2001:db8::1]", "[2001:db8::1]", PLACE "bad-ip([2001:db8::1])" },
		{ "fe80::1%eth0", "fe80::1%eth0", PLACE "bad-ip(fe80::1%eth0)" },
		{ "2001:db8::1::2", "2001:db8::1::2", PLACE "bad-ip(2001:db8::1::2)" },
		{ "unknown", "unknown", PLACE "bad-ip(unknown)" },
	};
#undef PLACE

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const CheckContext context = bare_context();
		g_autoptr(Report) report = good_report();
		Failure *failure = add_failure(report, "certificate-expired", 0);
		failure->sending_mta_ip = rows[i].address;
		g_test_message("%s", rows[i].address);
		check(report, &context);
		g_assert_cmpstr(failure->sending_mta_ip, ==, rows[i].stored);
		assert_findings(report, rows[i].findings);
	}
}

static void
test_receiving_address(void)
{
	const CheckContext context = bare_context();
	g_autoptr(Report) report = good_report();
	Failure *failure = add_failure(report, "certificate-expired", 0);

	failure->receiving_ip = "2001:DB8::1";
	check(report, &context);
	g_assert_cmpstr(failure->receiving_ip, ==, "2001:db8::1");
	assert_findings(
		report, "$.policies[0].failure-details[0].receiving-ip=other-ip-form(2001:DB8::1)");
}

static void
test_types(void)
{
	const CheckContext context = bare_context();
	g_autoptr(Report) report = good_report();
	only_policy(report)->policy_type = "Other";
	add_failure(report, "Other", 0);
	add_failure(report, "Certificate-Expired", 0);
	add_failure(report, "dane-required", 0);

	check(report, &context);
	g_assert_cmpstr(only_policy(report)->policy_type, ==, "Other");
	assert_findings(report,
		"$.policies[0].policy.policy-type=unknown-policy-type(Other); "
		"$.policies[0].failure-details[0].result-type=unknown-result-type(Other); "
		"$.policies[0].failure-details[1].result-type=other-word(Certificate-Expired)");
}

/* The parser has said already that they are missing. */
static void
test_missing_types(void)
{
	const CheckContext context = bare_context();
	const Limits limits = default_limits();
	g_autoptr(Report) report = good_report();
	only_policy(report)->policy_type = "";
	Failure *failure = add_failure(report, "", 0);
	report_add_finding(report, &limits, FINDING_MISSING,
		"$.policies[0].failure-details[0].result-type", NULL);

	check(report, &context);
	g_assert_cmpstr(only_policy(report)->policy_type, ==, "");
	g_assert_cmpstr(failure->result_type, ==, "unspecified");
	assert_findings(report,
		"$.policies[0].failure-details[0].result-type=missing(taken as unspecified)");
}

static void
test_organization(void)
{
	static const struct {
		const char *organization, *submitter, *from, *taken, *findings;
	} rows[] = {
		{ "Org", "s.example", "f.example", "Org", "$.organization-name=missing" },
		{ "", "s.example", "f.example", "s.example",
			"$.organization-name=missing(taken from TLS-Report-Submitter)" },
		{ "", NULL, "f.example", "f.example",
			"$.organization-name=missing(taken from From)" },
		{ "", NULL, NULL, "", "$.organization-name=missing" },
	};

	const Limits limits = default_limits();
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		CheckContext context = bare_context();
		context.submitter = rows[i].submitter;
		context.from_domain = rows[i].from;
		g_autoptr(Report) report = good_report();
		report->organization = rows[i].organization;
		report->contact_info = "";
		report_add_finding(report, &limits, FINDING_MISSING, "$.organization-name", NULL);
		check(report, &context);
		g_assert_cmpstr(report->organization, ==, rows[i].taken);
		assert_findings(report, rows[i].findings);
	}
}

static void
test_submitter(void)
{
	CheckContext context = bare_context();

	g_assert_null(check_submitter(&context));
	context.from_domain = "f.example";
	g_assert_cmpstr(check_submitter(&context), ==, "f.example");
	context.submitter = "s.example";
	g_assert_cmpstr(check_submitter(&context), ==, "s.example");
}

static void
test_report_id(void)
{
	static const struct {
		const char *report_id, *subject, *taken;
	} rows[] = {
		{ "r1", "Report-ID: <s1@x>", "r1" },
		{ "", "Report Domain: d.example Submitter: o.example Report-ID: <2026.d@o.example>",
			"2026.d@o.example" },
		{ "", "Report Domain: d Submitter: o Report-ID: 1234+d", "1234+d" },
		{ "", "report-id:<a>", "a" },
		{ "", "Report-ID: <a", "<a" },
		{ "", "Report-ID:", NO_ID },
		{ "", "Report-ID:   ", NO_ID },
		{ "", "TLS report", NO_ID },
		{ "", "", NO_ID },
		{ "", NULL, NO_ID },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		CheckContext context = bare_context();
		context.subject = rows[i].subject;
		g_autoptr(Report) report = good_report();
		report->report_id = rows[i].report_id;
		g_test_message("%s", rows[i].subject != NULL ? rows[i].subject : "(none)");
		check(report, &context);
		g_assert_cmpstr(report->report_id, ==, rows[i].taken);
		assert_findings(report, "");
	}
}

static void
test_report_id_detail(void)
{
	static const struct {
		const char *subject, *findings;
	} rows[] = {
		{ "Report-ID: <a>", "$.report-id=missing(taken from the Subject)" },
		{ NULL, "$.report-id=missing(taken from the content)" },
	};

	const Limits limits = default_limits();
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		CheckContext context = bare_context();
		context.subject = rows[i].subject;
		g_autoptr(Report) report = good_report();
		report->report_id = "";
		report_add_finding(report, &limits, FINDING_MISSING, "$.report-id", NULL);
		check(report, &context);
		assert_findings(report, rows[i].findings);
	}
}

/* Empty brackets in the Subject are no id. */
static void
test_empty_subject_id(void)
{
	CheckContext context = bare_context();
	g_autoptr(Report) report = good_report();

	context.subject = "Report-ID: <>";
	report->report_id = "";
	check(report, &context);
	g_assert_cmpstr(report->report_id, ==, NO_ID);
}

static void
test_policy_domain(void)
{
#define PLACE "$.policies[0].policy.policy-domain="
	static const struct {
		const char *domain, *report_domain, *file_name, *taken, *findings;
	} rows[] = {
		{ "d.example", "r.example", "o!f.example!1!2.json.gz", "d.example",
			PLACE "missing" },
		{ "", "R.example", "o!f.example!1!2.json.gz", "r.example",
			PLACE "missing(taken from TLS-Report-Domain)" },
		{ "", NULL, "o.example!F.example!1!2!3.json.gz", "f.example",
			PLACE "missing(taken from the file name)" },
		{ "", NULL, "o.example!f.example!1.json", "", PLACE "missing" },
		{ "", NULL, "report.json", "", PLACE "missing" },
		{ "", NULL, NULL, "", PLACE "missing" },
	};
#undef PLACE

	const Limits limits = default_limits();
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		CheckContext context = bare_context();
		context.report_domain = rows[i].report_domain;
		context.file_name = rows[i].file_name;
		g_autoptr(Report) report = good_report();
		only_policy(report)->policy_domain = rows[i].domain;
		report_add_finding(report, &limits, FINDING_MISSING,
			"$.policies[0].policy.policy-domain", NULL);
		check(report, &context);
		g_assert_cmpstr(only_policy(report)->policy_domain, ==, rows[i].taken);
		assert_findings(report, rows[i].findings);
	}
}

/* Where the range comes from if the report has none. */
static void
test_missing_range(void)
{
	static const struct {
		const char *file_name;
		int64_t sent_at, start_at, end_at;
		const char *findings;
	} rows[] = {
		{ "o!d!1793404800!1793491199!x.json.gz", NOV_3, NOV_1 - DAY, NOV_1 - 1,
			"$.date-range=missing(taken from the file name)" },
		{ "o!d!1793404800!1793491199.json.gz", NOV_3, NOV_1 - DAY, NOV_1 - 1,
			"$.date-range=missing(taken from the file name)" },
		{ "o!d!x!1793491199.json", NOV_3 + 60, NOV_3 - DAY, NOV_3 - 1,
			"$.date-range=missing(taken from the Date)" },
		{ "o!d!1793404800!x.json", NOV_3 + 60, NOV_3 - DAY, NOV_3 - 1,
			"$.date-range=missing(taken from the Date)" },
		/* Not epoch 0, and nothing past 32 bits. */
		{ "o!d!0!0.json", NOV_3, NOV_3 - DAY, NOV_3 - 1,
			"$.date-range=missing(taken from the Date)" },
		{ "o!d!99999999999!99999999999.json", NOV_3, NOV_3 - DAY, NOV_3 - 1,
			"$.date-range=missing(taken from the Date)" },
		{ "report.json", NOV_1 + DAY - 1, NOV_1 - DAY, NOV_1 - 1,
			"$.date-range=missing(taken from the Date)" },
		{ NULL, 0, NOV_3 - DAY, NOV_3 - 1, "$.date-range=missing(taken from the receipt)" },
	};

	const Limits limits = default_limits();
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		CheckContext context = bare_context();
		context.file_name = rows[i].file_name;
		context.sent_at = rows[i].sent_at;
		g_autoptr(Report) report = good_report();
		report->has_start = report->has_end = false;
		report->start_at = report->end_at = 0;
		report_add_finding(report, &limits, FINDING_MISSING, "$.date-range", NULL);
		g_test_message("%s", rows[i].file_name != NULL ? rows[i].file_name : "(none)");
		check(report, &context);
		g_assert_true(report->has_start && report->has_end);
		g_assert_cmpint(report->start_at, ==, rows[i].start_at);
		g_assert_cmpint(report->end_at, ==, rows[i].end_at);
		assert_findings(report, rows[i].findings);
	}
}

static void
test_half_range(void)
{
	static const struct {
		bool has_start;
		int64_t at, start_at, end_at;
		const char *missing, *findings;
	} rows[] = {
		{ true, NOV_1, NOV_1, NOV_1 + DAY - 1, "$.date-range.end-datetime",
			"$.date-range.end-datetime=missing(taken from start-datetime)" },
		{ false, NOV_1 + DAY - 1, NOV_1, NOV_1 + DAY - 1, "$.date-range.start-datetime",
			"$.date-range.start-datetime=missing(taken from end-datetime)" },
		/* An end at midnight belongs to the day before. */
		{ false, NOV_1 + DAY, NOV_1, NOV_1 + DAY, "$.date-range.start-datetime",
			"$.date-range.start-datetime=missing(taken from end-datetime)" },
	};

	const Limits limits = default_limits();
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const CheckContext context = bare_context();
		g_autoptr(Report) report = good_report();
		report->has_start = rows[i].has_start;
		report->has_end = !rows[i].has_start;
		report->start_at = report->end_at = rows[i].at;
		report_add_finding(report, &limits, FINDING_MISSING, rows[i].missing, NULL);
		check(report, &context);
		g_assert_cmpint(report->start_at, ==, rows[i].start_at);
		g_assert_cmpint(report->end_at, ==, rows[i].end_at);
		assert_findings(report, rows[i].findings);
	}
}

static void
test_range_findings(void)
{
	static const struct {
		int64_t start_at, end_at;
		const char *findings;
	} rows[] = {
		{ NOV_1, NOV_1 + DAY - 1, "" },
		/* 24:00 is the next 00:00. */
		{ NOV_1, NOV_1 + DAY, "" },
		{ NOV_1, NOV_1 + DAY - 2,
			"$.date-range=not-a-day(2026-11-01T00:00:00Z to 2026-11-01T23:59:58Z)" },
		{ NOV_1 + 3600, NOV_1 + 3600 + DAY - 1,
			"$.date-range=not-a-day(2026-11-01T01:00:00Z to 2026-11-02T00:59:59Z)" },
		{ NOV_1 + 3600, NOV_1 + 3600 + DAY,
			"$.date-range=not-a-day(2026-11-01T01:00:00Z to 2026-11-02T01:00:00Z)" },
		{ NOV_1, NOV_1,
			"$.date-range=not-a-day(2026-11-01T00:00:00Z to 2026-11-01T00:00:00Z)" },
		{ NOV_1, NOV_1 - 1,
			"$.date-range=range-reversed(2026-11-01T00:00:00Z to"
			" 2026-10-31T23:59:59Z, counts on 2026-11-02)" },
		{ NOV_1 - 30 * DAY, NOV_1 + DAY,
			"$.date-range=not-a-day(2026-10-02T00:00:00Z to 2026-11-02T00:00:00Z)" },
		{ NOV_1 - 30 * DAY, NOV_1 + DAY + 1,
			"$.date-range=range-too-long(2026-10-02T00:00:00Z to"
			" 2026-11-02T00:00:01Z, counts on 2026-11-02)" },
		{ NEW_YEAR_2018, NEW_YEAR_2018 + DAY - 1, "" },
		{ NEW_YEAR_2018 - 1, NEW_YEAR_2018 + DAY - 2,
			"$.date-range=not-a-day(2017-12-31T23:59:59Z to 2018-01-01T23:59:58Z); "
			"$.date-range.start-datetime=too-old(2017-12-31T23:59:59Z, counts on"
			" 2026-11-02)" },
		{ -DAY, -1,
			"$.date-range.start-datetime=too-old(1969-12-31T00:00:00Z, counts on"
			" 2026-11-02)" },
		/* A day after the receipt, 3 November 01:00, and later. */
		{ NOV_3 + DAY, NOV_3 + 2 * DAY - 1, "" },
		{ NOV_3 + 2 * DAY, NOV_3 + 3 * DAY - 1,
			"$.date-range.start-datetime=future(2026-11-05T00:00:00Z, counts on"
			" 2026-11-02)" },
		{ NOV_3 + DAY + 3600, NOV_3 + DAY + 3600,
			"$.date-range=not-a-day(2026-11-04T01:00:00Z to 2026-11-04T01:00:00Z)" },
		{ NOV_3 + DAY + 3601, NOV_3 + DAY + 3601,
			"$.date-range=not-a-day(2026-11-04T01:00:01Z to 2026-11-04T01:00:01Z); "
			"$.date-range.start-datetime=future(2026-11-04T01:00:01Z, counts on"
			" 2026-11-02)" },
		{ INT64_C(253300000000), INT64_C(253300086399),
			"$.date-range=not-a-day(9996-10-03T23:06:40Z to 9996-10-04T23:06:39Z); "
			"$.date-range.start-datetime=future(9996-10-03T23:06:40Z, counts on"
			" 2026-11-02)" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const CheckContext context = bare_context();
		g_autoptr(Report) report = good_report();
		report->start_at = rows[i].start_at;
		report->end_at = rows[i].end_at;
		check(report, &context);
		g_assert_cmpint(report->start_at, ==, rows[i].start_at);
		g_assert_cmpint(report->end_at, ==, rows[i].end_at);
		assert_findings(report, rows[i].findings);
	}
}

/* The day on which a report counts is never after that of its reception. */
static void
test_day(void)
{
	static const struct {
		int64_t start_at, end_at, day;
	} rows[] = {
		{ NOV_1, NOV_1 + DAY - 1, NOV_1 },
		{ NOV_1 + 3600, NOV_1 + DAY + 3599, NOV_1 },
		{ NOV_1 + DAY - 1, NOV_1 + DAY - 1, NOV_1 },
		{ NOV_1 - 30 * DAY, NOV_1 + DAY, NOV_1 - 30 * DAY },
		{ NEW_YEAR_2018, NEW_YEAR_2018 + DAY - 1, NEW_YEAR_2018 },
		/* The receipt is 3 November 01:00. */
		{ NOV_3, NOV_3 + DAY - 1, NOV_3 },
		{ NOV_3 + DAY, NOV_3 + 2 * DAY - 1, NOV_3 },
		{ NOV_3 + DAY + 3600, NOV_3 + DAY + 3600, NOV_3 },
		{ NOV_3 + DAY + 3601, NOV_3 + DAY + 3601, NOV_3 - DAY },
		{ INT64_C(253300000000), INT64_C(253300086399), NOV_3 - DAY },
		{ NOV_1, NOV_1 - 1, NOV_3 - DAY },
		{ NOV_1 - 31 * DAY, NOV_1 + 1, NOV_3 - DAY },
		{ NEW_YEAR_2018 - 1, NEW_YEAR_2018 + DAY - 2, NOV_3 - DAY },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const CheckContext context = bare_context();
		g_autoptr(Report) report = good_report();
		report->start_at = rows[i].start_at;
		report->end_at = rows[i].end_at;
		check(report, &context);
		g_assert_cmpint(report->day * DAY, ==, rows[i].day);
		const int64_t at = report_counts_at(report);
		g_assert_cmpint(at, ==,
			rows[i].start_at / DAY * DAY == rows[i].day ? rows[i].start_at
								    : rows[i].day);
	}
}

static void
test_sums(void)
{
#define PLACE "$.policies[0].summary.total-failure-session-count="
	static const struct {
		int64_t total, details[2]; /* -1: no such row */
		const char *findings;
	} rows[] = {
		{ 0, { -1, -1 }, "" },
		{ 3, { 1, 2 }, "" },
		{ 3, { 1, -1 }, PLACE "failures-unexplained(2 of 3)" },
		{ 3, { -1, -1 }, PLACE "failures-unexplained(3 of 3)" },
		{ 3, { 2, 2 }, PLACE "sum-exceeds-total(4 over 3)" },
		{ 0, { 1, -1 }, PLACE "sum-exceeds-total(1 over 0)" },
		{ COUNT_MAX, { COUNT_MAX, COUNT_MAX }, "" },
		{ COUNT_MAX - 1, { COUNT_MAX, COUNT_MAX },
			PLACE "sum-exceeds-total(9007199254740992 over 9007199254740991)" },
	};
#undef PLACE

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const CheckContext context = bare_context();
		g_autoptr(Report) report = good_report();
		only_policy(report)->failed_sessions = rows[i].total;
		for (size_t j = 0; j < G_N_ELEMENTS(rows[i].details); j++) {
			if (rows[i].details[j] >= 0)
				add_failure(report, "certificate-expired", rows[i].details[j]);
		}
		check(report, &context);
		assert_findings(report, rows[i].findings);
	}
}

static void
test_submitter_differs(void)
{
	static const struct {
		const char *contact, *submitter, *findings;
	} rows[] = {
		{ "c@org.example", "org.example", "" },
		{ "c@ORG.example", "org.example", "" },
		{ "c@other.example", "org.example",
			"$.contact-info=submitter-differs(org.example)" },
		{ "c@mail.org.example", "org.example",
			"$.contact-info=submitter-differs(org.example)" },
		{ "c@other.example", NULL, "" },
		{ "+1 555 0100", "org.example", "" },
		{ "", "org.example", "" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		CheckContext context = bare_context();
		context.submitter = rows[i].submitter;
		g_autoptr(Report) report = good_report();
		report->contact_info = rows[i].contact;
		check(report, &context);
		assert_findings(report, rows[i].findings);
	}
}

static void
test_more_findings(void)
{
	const Limits limits = limits_with(offsetof(Limits, findings), 2);

	for (int more = 0; more <= 2; more++) {
		const CheckContext context = bare_context();
		g_autoptr(Report) report = good_report();
		for (int i = 0; i < 2 + more; i++)
			add_failure(report, "odd", 0);
		report_check(report, &context, &limits);
		g_assert_cmpuint(report->findings->len, ==, more == 0 ? 2 : 3);
		if (more == 0)
			continue;
		const Finding *last = &g_array_index(report->findings, Finding, 2);
		g_autofree char *number = g_strdup_printf("%d", more);
		g_assert_cmpint(last->code, ==, FINDING_MORE_FINDINGS);
		g_assert_cmpstr(last->path, ==, "$");
		g_assert_cmpstr(last->detail, ==, number);
	}
}

/* The totals of a report hold no more incidents than the limit, and the report says so. */
static void
test_incidents_folded(void)
{
	static const char *const names[] = { "mx1", "mx2", "mx3" };
	Limits limits = limits_with(offsetof(Limits, incidents), 2);
	limits.findings = 1;

	for (size_t n = 2; n <= 3; n++) {
		const CheckContext context = bare_context();
		g_autoptr(Report) report = good_report();
		only_policy(report)->failed_sessions = (int64_t)n + 1;
		for (size_t i = 0; i <= n; i++)
			add_failure(report, "certificate-expired", 1)->receiving_mx_hostname =
				names[i % n];
		report_check(report, &context, &limits);
		assert_findings(report, n == 2 ? "" : "$.policies=incidents-folded");
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/check/good-report", test_good_report);
	g_test_add_func("/check/names-in-report", test_names_in_report);
	g_test_add_func("/check/bad-policy-domain", test_bad_policy_domain);
	g_test_add_func("/check/mx-prefix", test_mx_prefix);
	g_test_add_func("/check/addresses", test_addresses);
	g_test_add_func("/check/receiving-address", test_receiving_address);
	g_test_add_func("/check/types", test_types);
	g_test_add_func("/check/missing-types", test_missing_types);
	g_test_add_func("/check/organization", test_organization);
	g_test_add_func("/check/submitter", test_submitter);
	g_test_add_func("/check/report-id", test_report_id);
	g_test_add_func("/check/report-id-detail", test_report_id_detail);
	g_test_add_func("/check/policy-domain", test_policy_domain);
	g_test_add_func("/check/missing-range", test_missing_range);
	g_test_add_func("/check/half-range", test_half_range);
	g_test_add_func("/check/range-findings", test_range_findings);
	g_test_add_func("/check/day", test_day);
	g_test_add_func("/check/sums", test_sums);
	g_test_add_func("/check/submitter-differs", test_submitter_differs);
	g_test_add_func("/check/more-findings", test_more_findings);
	g_test_add_func("/check/incidents-folded", test_incidents_folded);
	g_test_add_func("/check/empty-subject-id", test_empty_subject_id);
	return g_test_run();
}
