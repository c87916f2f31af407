#include "tlsrpt/parse.h"

#include "tlsrpt/error.h"

#include "util.h"

#define NOV_1 INT64_C(1793491200) /* 2026-11-01T00:00:00Z */

/* Pieces of a report; a test replaces one of them. */
#define RANGE \
	"'date-range':{'start-datetime':'2026-11-01T00:00:00Z','end-datetime':" \
	"'2026-11-01T23:59:59Z'}"
#define NAMES "'organization-name':'Org','contact-info':'c@org.example','report-id':'r1'"
#define HEAD "{" NAMES "," RANGE ",'policies':"
#define STS "'policy-type':'sts','policy-domain':'d.example'"
#define ITSELF "'policy':{" STS ",'policy-string':['version: STSv1'],'mx-host':['mx.d.example']}"
#define SUMMARY "'summary':{'total-successful-session-count':5,'total-failure-session-count':2}"
#define FAILURE \
	"{'result-type':'certificate-expired','sending-mta-ip':'192.0.2.1'," \
	"'receiving-mx-hostname':'mx.d.example','receiving-ip':'192.0.2.2'," \
	"'failed-session-count':2}"
#define POLICY "{" ITSELF "," SUMMARY "}"

static Report *
parse_with(const char *text, bool labelled, const Limits *limits, Digest *digest, GError **error)
{
	g_autofree char *json = json_text(text);
	g_autoptr(GBytes) bytes = bytes_of(json);

	g_test_message("%.200s", json);
	return parse_report(bytes, labelled, NULL, limits, digest, error);
}

static Report *
parse(const char *text)
{
	const Limits limits = default_limits();
	g_autoptr(GError) error = NULL;
	Digest digest;
	Report *report = parse_with(text, true, &limits, &digest, &error);

	g_assert_no_error(error);
	g_assert_nonnull(report);
	return report;
}

static void
assert_parse_error(const char *text, bool labelled, const Limits *limits, TlsrptError code)
{
	g_autoptr(GError) error = NULL;
	Digest digest;
	g_autoptr(Report) report = parse_with(text, labelled, limits, &digest, &error);

	g_assert_null(report);
	g_assert_error(error, TLSRPT_ERROR, (int)code);
}

static const Policy *
policy_at(const Report *report, size_t index)
{
	g_assert_cmpuint(index, <, report->policies->len);
	return &g_array_index(report->policies, Policy, index);
}

static const Failure *
failure_at(const Policy *policy, size_t index)
{
	g_assert_cmpuint(index, <, policy->failures->len);
	return &g_array_index(policy->failures, Failure, index);
}

static void
test_good_report(void)
{
	g_autoptr(Report) report = parse(HEAD "[{" ITSELF "," SUMMARY ",'failure-details':[" FAILURE
					      "]},{'policy':{'policy-type':'no-policy-found',"
					      "'policy-domain':'e.example'}," SUMMARY "}]}");

	assert_findings(report, "");
	g_assert_cmpstr(report->organization, ==, "Org");
	g_assert_cmpstr(report->report_id, ==, "r1");
	g_assert_cmpstr(report->contact_info, ==, "c@org.example");
	g_assert_true(report->has_start && report->has_end);
	g_assert_cmpint(report->start_at, ==, NOV_1);
	g_assert_cmpint(report->end_at, ==, NOV_1 + 86399);
	g_assert_cmpuint(report->policies->len, ==, 2);

	const Policy *policy = policy_at(report, 0);
	g_assert_cmpstr(policy->policy_type, ==, "sts");
	g_assert_cmpstr(policy->policy_domain, ==, "d.example");
	g_assert_cmpstr(policy->policy_text, ==, "version: STSv1");
	g_assert_cmpstr(policy->mx_hosts, ==, "mx.d.example");
	g_assert_cmpint(policy->successful_sessions, ==, 5);
	g_assert_cmpint(policy->failed_sessions, ==, 2);
	g_assert_cmpuint(policy->failures->len, ==, 1);
	g_assert_cmpuint(report_failures(report), ==, 1);

	const Policy *other = policy_at(report, 1);
	g_assert_cmpstr(other->policy_type, ==, "no-policy-found");
	g_assert_cmpstr(other->policy_text, ==, "");
	g_assert_cmpstr(other->mx_hosts, ==, "");
	g_assert_cmpuint(other->failures->len, ==, 0);
}

static void
test_failure(void)
{
	g_autoptr(Report) report = parse(
		HEAD "[{" ITSELF "," SUMMARY
		     ",'failure-details':[{'result-type':'a','sending-mta-ip':'b',"
		     "'receiving-mx-hostname':'c','receiving-mx-helo':'d','receiving-ip':'e',"
		     "'failed-session-count':7,'additional-information':'f',"
		     "'failure-reason-code':'g'},{}]}]}");
	const Policy *policy = policy_at(report, 0);
	const Failure *full = failure_at(policy, 0), *empty = failure_at(policy, 1);

	g_assert_cmpstr(full->result_type, ==, "a");
	g_assert_cmpstr(full->sending_mta_ip, ==, "b");
	g_assert_cmpstr(full->receiving_mx_hostname, ==, "c");
	g_assert_cmpstr(full->receiving_mx_helo, ==, "d");
	g_assert_cmpstr(full->receiving_ip, ==, "e");
	g_assert_cmpint(full->failed_sessions, ==, 7);
	g_assert_cmpstr(full->additional_information, ==, "f");
	g_assert_cmpstr(full->failure_reason_code, ==, "g");

	g_assert_cmpstr(empty->result_type, ==, "");
	g_assert_cmpstr(empty->receiving_mx_helo, ==, "");
	g_assert_cmpint(empty->failed_sessions, ==, 0);
	assert_findings(report,
		"$.policies[0].failure-details[1].result-type=missing; "
		"$.policies[0].failure-details[1].sending-mta-ip=missing; "
		"$.policies[0].failure-details[1].receiving-mx-hostname=missing; "
		"$.policies[0].failure-details[1].failed-session-count=missing");
}

typedef struct {
	const char *text, *findings;
} FindingRow;

static void
assert_rows(const FindingRow *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		g_autoptr(Report) report = parse(rows[i].text);
		assert_findings(report, rows[i].findings);
	}
}

static void
test_root_findings(void)
{
	static const FindingRow rows[] = {
		{ HEAD "[" POLICY "],'vendor':{'any':[1]}}",
			"$.vendor=unknown-key({\"any\":[1]})" },
		{ HEAD "[" POLICY "],'a':null,'b':'','c':[],'d':{}}", "" },
		{ "\xef\xbb\xbf" HEAD "[" POLICY "]} x", "$=bom; $=trailing-bytes(1 bytes)" },
		{ HEAD "[" POLICY "],'report-id':'r2'}", "$.report-id=duplicate-key" },
		{ HEAD "[]}", "$.policies=empty" },
		{ HEAD POLICY "}", "$.policies=wrong-type(object for array)" },
		{ "{'organization-name':'Org'," RANGE "}",
			"$.contact-info=missing; $.report-id=missing; $.policies=missing" },
		{ "{'organization-name':null," RANGE ",'policies':null}",
			"$.organization-name=null; $.contact-info=missing; $.report-id=missing; "
			"$.policies=null" },
		{ "{'organization-name':'Org'," RANGE ",'policies':'x'}",
			"$.contact-info=missing; $.report-id=missing; "
			"$.policies=wrong-type(string for array, ignored)" },
		{ "{'policies':[" POLICY "]}",
			"$.organization-name=missing; $.date-range=missing; "
			"$.contact-info=missing; $.report-id=missing" },
		{ "{" NAMES ",'date-range':[],'policies':[]}",
			"$.date-range=wrong-type(array for object, ignored); $.policies=empty" },
		{ "{" NAMES ",'date-range':{},'policies':[" POLICY "]}",
			"$.date-range.start-datetime=missing; "
			"$.date-range.end-datetime=missing" },
		{ HEAD "[" POLICY ",7]}", "$.policies[1]=wrong-type(not an object, ignored)" },
		{ HEAD "[null," POLICY "]}", "$.policies[0]=wrong-type(not an object, ignored)" },
	};

	assert_rows(rows, G_N_ELEMENTS(rows));
}

#define WITH_ITSELF(itself) HEAD "[{'policy':{" itself "}," SUMMARY "}]}"
#define WITH_DETAILS(details) HEAD "[{" ITSELF "," SUMMARY ",'failure-details':" details "}]}"

static void
test_policy_findings(void)
{
	static const FindingRow rows[] = {
		{ HEAD "[{}]}", "$.policies[0].policy=missing; $.policies[0].summary=missing" },
		{ HEAD "[{'policy':null,'summary':[]}]}",
			"$.policies[0].policy=null; "
			"$.policies[0].summary=wrong-type(array for object, ignored)" },
		{ HEAD "[{" ITSELF ",'summary':{}}]}",
			"$.policies[0].summary.total-successful-session-count=missing; "
			"$.policies[0].summary.total-failure-session-count=missing" },
		{ WITH_ITSELF(STS),
			"$.policies[0].policy.policy-string=missing; "
			"$.policies[0].policy.mx-host=missing" },
		{ WITH_ITSELF(STS ",'policy-string':['a'],'mx-host':'m'"),
			"$.policies[0].policy.mx-host=wrong-type(string for array)" },
		{ WITH_ITSELF(STS ",'policy-string':['a'],'mx-host':[]"),
			"$.policies[0].policy.mx-host=empty" },
		{ WITH_ITSELF(STS ",'policy-string':['a'],'mx-host-pattern':['m']"),
			"$.policies[0].policy.mx-host-pattern=other-key(for mx-host)" },
		{ WITH_ITSELF("'policy-type':'tlsa','policy-domain':'d.example'"),
			"$.policies[0].policy.policy-string=missing" },
		{ WITH_ITSELF("'policy-type':'tlsa','policy-domain':'d.example',"
			      "'policy-string':['3 1 1 aa'],'mx-host':['m']"),
			"$.policies[0].policy.mx-host=unexpected(tlsa)" },
		{ WITH_ITSELF("'policy-type':'no-policy-found','policy-domain':'d.example'"), "" },
		{ WITH_ITSELF("'policy-type':'no-policy-found','policy-domain':'d.example',"
			      "'policy-string':[],'mx-host':[]"),
			"$.policies[0].policy.policy-string=empty; "
			"$.policies[0].policy.mx-host=empty" },
		{ WITH_ITSELF("'policy-type':'no-policy-found'"),
			"$.policies[0].policy.policy-domain=missing" },
	};

	assert_rows(rows, G_N_ELEMENTS(rows));
}

static void
test_details_findings(void)
{
	static const FindingRow rows[] = {
		{ WITH_DETAILS("[]"), "" },
		{ WITH_DETAILS("null"), "$.policies[0].failure-details=null" },
		{ WITH_DETAILS(FAILURE),
			"$.policies[0].failure-details=wrong-type(object for array)" },
		{ WITH_DETAILS("7"),
			"$.policies[0].failure-details=wrong-type(number for array, ignored)" },
		{ WITH_DETAILS("[" FAILURE ",'x']"),
			"$.policies[0].failure-details[1]=wrong-type(not an object, ignored)" },
	};

	assert_rows(rows, G_N_ELEMENTS(rows));
}

#define ROW(extra) \
	"[{'result-type':'a','sending-mta-ip':'b','receiving-mx-hostname':'c','receiving-ip':'e'," \
	"'failed-session-count':1," extra "}]"

static void
test_alias_keys(void)
{
	static const struct {
		const char *text, *value, *findings;
	} rows[] = {
		{ WITH_DETAILS(ROW("'additional-information':'x','additional-info-uri':'y'")), "x",
			"$.policies[0].failure-details[0].additional-info-uri=unknown-key(y)" },
		{ WITH_DETAILS(ROW("'additional-information':null,'additional-info-uri':'y'")), "y",
			"$.policies[0].failure-details[0].additional-info-uri="
			"other-key(for additional-information)" },
		{ WITH_DETAILS(ROW("'additional-information':['a',{'b':1}]")), "[\"a\",{\"b\":1}]",
			"$.policies[0].failure-details[0].additional-information="
			"wrong-type(array for string)" },
		{ WITH_DETAILS(ROW("'additional-info-uri':'y'")), "y",
			"$.policies[0].failure-details[0].additional-info-uri="
			"other-key(for additional-information)" },
		{ WITH_DETAILS(ROW("'additional-information-uri':'y'")), "y",
			"$.policies[0].failure-details[0].additional-information-uri="
			"other-key(for additional-information)" },
		{ WITH_DETAILS(ROW("'additional-info':'y'")), "y",
			"$.policies[0].failure-details[0].additional-info="
			"other-key(for additional-information)" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Report) report = parse(rows[i].text);
		g_assert_cmpstr(failure_at(policy_at(report, 0), 0)->additional_information, ==,
			rows[i].value);
		assert_findings(report, rows[i].findings);
	}

	g_autoptr(Report) report = parse(
		WITH_ITSELF(STS ",'policy-string':['a'],'mx-host-pattern':['m','n']"));
	g_assert_cmpstr(policy_at(report, 0)->mx_hosts, ==, "m\nn");
}

/* As Microsoft writes TLSA records. */
static void
test_unwrapped_policy(void)
{
	static const struct {
		const char *policy_string, *text, *findings;
	} rows[] = {
		{ "['[\\'3 1 1 aa\\',\\'3 1 1 bb\\']']", "3 1 1 aa\n3 1 1 bb",
			"$.policies[0].policy.policy-string=json-in-string" },
		{ "'[\\'3 1 1 aa\\']'", "3 1 1 aa",
			"$.policies[0].policy.policy-string=wrong-type(string for array); "
			"$.policies[0].policy.policy-string=json-in-string" },
		{ "['[\\'3 1 1 aa\\'']", "['3 1 1 aa'", "" },
		{ "['{\\'a\\':1}']", "{'a':1}", "" },
		{ "['[\\'a\\']','b']", "['a']\nb", "" },
		{ "['[]']", "", "$.policies[0].policy.policy-string=json-in-string" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = g_strdup_printf(HEAD
			"[{'policy':{'policy-type':'tlsa','policy-domain':'d','policy-string':"
			"%s}," SUMMARY "}]}",
			rows[i].policy_string);
		g_autofree char *expected = json_text(rows[i].text);
		g_autoptr(Report) report = parse(text);
		g_assert_cmpstr(policy_at(report, 0)->policy_text, ==, expected);
		assert_findings(report, rows[i].findings);
	}
}

static void
test_dates(void)
{
#define START "$.date-range.start-datetime="
	static const struct {
		const char *value;
		bool has;
		int64_t at;
		const char *findings;
	} rows[] = {
		{ "'2026-11-01T00:00:00Z'", true, NOV_1, "" },
		{ "'2026-11-01 00:00:00Z'", true, NOV_1, "" },
		{ "'2026-11-01T00:00:00+00:00'", true, NOV_1, "" },
		{ "'2026-11-01T02:30:00+02:30'", true, NOV_1, "" },
		{ "'2026-10-31T24:00:00Z'", true, NOV_1, "" },
		{ "'2026-10-31T24:00:01Z'", false, 0, START "bad-date(2026-10-31T24:00:01Z)" },
		{ "'2026-10-31T19:00:00-0500'", true, NOV_1, "" },
		{ "'2026-11-01T00:00:00.999Z'", true, NOV_1, "" },
		{ "'2026-11-01T00:00:00.5+00:00'", true, NOV_1, "" },
		{ "'20261101T000000Z'", true, NOV_1, "" },
		{ "'2026-11-01T00:00:00'", true, NOV_1, START "no-zone(2026-11-01T00:00:00)" },
		{ "'2026-11-01T00:00:00.123'", true, NOV_1,
			START "no-zone(2026-11-01T00:00:00.123)" },
		{ "'2026-11-01'", true, NOV_1, START "date-only(2026-11-01)" },
		{ "1793491200", true, NOV_1, START "epoch-number" },
		{ "' 2026-11-01T00:00:00Z'", true, NOV_1, START "white-space" },
		{ "'1969-12-31T23:59:59Z'", true, -1, "" },
		{ "'2024-02-29T00:00:00Z'", true, INT64_C(1709164800), "" },
		{ "'2025-02-29T00:00:00Z'", false, 0, START "bad-date(2025-02-29T00:00:00Z)" },
		{ "'2026-13-01'", false, 0, START "bad-date(2026-13-01)" },
		{ "'yesterday'", false, 0, START "bad-date(yesterday)" },
		{ "'not a date'", false, 0, START "bad-date(not a date)" },
		{ "'Sun, 01 Nov 2026 00:00:00 GMT'", false, 0,
			START "bad-date(Sun, 01 Nov 2026 00:00:00 GMT)" },
		{ "9223372036854775807", false, 0, START "epoch-number; " START "bad-date" },
		{ "-9223372036854775808", false, 0, START "epoch-number; " START "bad-date" },
		{ "1793491200.5", false, 0,
			START "wrong-type(number for string); " START "bad-date(1793491200.5)" },
		{ "''", false, 0, START "empty" },
		{ "null", false, 0, START "null" },
		{ "true", false, 0, START "wrong-type(boolean for string, ignored)" },
	};
#undef START

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = g_strdup_printf(
			"{" NAMES ",'date-range':{'start-datetime':"
			"%s,'end-datetime':'2026-11-01T23:59:59Z'},'policies':[" POLICY "]}",
			rows[i].value);
		g_autoptr(Report) report = parse(text);
		g_assert_cmpint(report->has_start, ==, rows[i].has);
		g_assert_cmpint(report->start_at, ==, rows[i].at);
		g_assert_true(report->has_end);
		assert_findings(report, rows[i].findings);
	}
}

/* What is a report, and what more it takes outside a tlsrpt type. */
static void
test_is_report(void)
{
	static const struct {
		const char *text;
		bool labelled, unlabelled;
	} rows[] = {
		{ HEAD "[" POLICY "]}", true, true },
		{ "{'policies':[]}", false, false },
		{ "{'policies':[],'report-id':''}", false, false },
		{ "{'policies':[],'organization-name':'Org'}", true, false },
		{ "{'policies':[{}]}", false, false },
		{ "{'policies':[{'name':'x'}]}", false, false },
		{ "{'policies':[{'policy-type':'sts'}]}", true, false },
		{ "{'policies':[{'policy-type':'sts','policy-domain':'d'}]}", true, true },
		{ "{'Policies':[{'Policy':{}}]}", true, true },
		{ "{'policies':[7,'x',null]}", false, false },
		{ "{'policies':[{},{'policy':null}]}", true, true },
		{ "{'policies':[{'summary':{}}]}", true, true },
		{ "{'policies':{'policy':{}}}", true, true },
		{ "{'policies':{}}", false, false },
		{ "{'policies':[]," RANGE "}", true, true },
		{ "{'policies':[],'date-range':{}}", false, false },
		{ "{'policies':[],'date-range':{'end-datetime':null}}", true, true },
		{ "{'organization-name':'Org'," RANGE "}", true, true },
		{ "{'organization-name':'Org'}", false, false },
		{ "{'organization-name':'Org','date-range':{}}", false, false },
		{ "{" RANGE "}", false, false },
		{ "{'policies':'x'}", false, false },
		{ "{'policies':null}", false, false },
		{ "{}", false, false },
		{ "[" POLICY "]", false, false },
		{ "[]", false, false },
		{ "null", false, false },
		{ "true", false, false },
		{ "12", false, false },
		{ "'policies'", false, false },
	};

	const Limits limits = default_limits();
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const bool expected[] = { rows[i].unlabelled, rows[i].labelled };
		for (int labelled = 0; labelled <= 1; labelled++) {
			g_autoptr(GError) error = NULL;
			Digest digest;
			g_autoptr(Report) report = parse_with(
				rows[i].text, labelled != 0, &limits, &digest, &error);
			g_assert_cmpint(report != NULL, ==, expected[labelled]);
			if (report == NULL)
				g_assert_error(error, TLSRPT_ERROR, TLSRPT_ERROR_NOT_REPORT);
		}
	}
}

static void
test_not_json(void)
{
	static const char *const rows[] = {
		"",
		"nul",
		"nope",
		"{'policies':[1,]}",
		"{'policies':[],}",
		"{'policies':[1 2]}",
		"{'policies':}",
		"{'policies' []}",
		"{policies:[]}",
		"{'policies':[01]}",
		"{'policies':[TRUE]}",
		"{'policies':['\\x']}",
		"{'policies':['\\u00zz']}",
		"{'policies':[1.2.3]}",
		"{'policies':[]/* */}",
	};

	const Limits limits = default_limits();
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		assert_parse_error(rows[i], true, &limits, TLSRPT_ERROR_NOT_JSON);
}

static void
test_truncated(void)
{
	const Limits limits = default_limits();
	g_autofree char *text = json_text(
		HEAD "[{" ITSELF "," SUMMARY ",'failure-details':[" FAILURE "]}]}");
	g_autoptr(GBytes) whole = bytes_of(text);

	for (size_t cut = 0; cut < strlen(text); cut++) {
		g_autoptr(GBytes) bytes = bytes_cut(whole, cut);
		g_autoptr(GError) error = NULL;
		Digest digest;
		g_autoptr(Report)
			report = parse_report(bytes, true, NULL, &limits, &digest, &error);
		g_assert_null(report);
		g_assert_error(error, TLSRPT_ERROR, TLSRPT_ERROR_NOT_JSON);
	}
}

static void
test_limits(void)
{
	static const LimitRow rows[] = {
		{ offsetof(Limits, policies), 2, HEAD "[{},{}]}", HEAD "[{},{},{}]}" },
		{ offsetof(Limits, policies), 1, HEAD "{}}", HEAD "[1,2]}" },
		{ offsetof(Limits, failures), 2, WITH_DETAILS("[{},{}]"),
			WITH_DETAILS("[{},{},7]") },
		/* Of all policies together. */
		{ offsetof(Limits, failures), 2,
			HEAD "[{'failure-details':[{}]},{'failure-details':[{}]}]}",
			HEAD "[{'failure-details':[{},{}]},{'failure-details':[{}]}]}" },
		{ offsetof(Limits, json_depth), 4, HEAD "[{'x':{}}]}", HEAD "[{'x':{'y':{}}}]}" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const Limits limits = limits_with(rows[i].offset, rows[i].limit);
		g_autoptr(GError) error = NULL;
		Digest digest;
		g_autoptr(Report)
			report = parse_with(rows[i].within, true, &limits, &digest, &error);
		g_assert_no_error(error);
		g_assert_nonnull(report);
		assert_parse_error(rows[i].over, true, &limits, TLSRPT_ERROR_LIMIT);
	}
}

/* What the scan lets through at its limit of depth, the parser proper takes too. */
static void
test_default_depth(void)
{
	const Limits limits = default_limits();

	for (int64_t depth = limits.json_depth - 1; depth <= limits.json_depth; depth++) {
		GString *text = g_string_new("{'organization-name':'O','policies':[],'x':");
		for (int64_t i = 0; i < depth; i++)
			g_string_append_c(text, '[');
		for (int64_t i = 0; i < depth; i++)
			g_string_append_c(text, ']');
		g_string_append_c(text, '}');
		if (depth < limits.json_depth)
			report_free(parse(text->str));
		else
			assert_parse_error(text->str, true, &limits, TLSRPT_ERROR_LIMIT);
		g_string_free(text, TRUE);
	}
}

static void
test_findings_limit(void)
{
	const Limits limits = limits_with(offsetof(Limits, findings), 3);
	g_autoptr(GError) error = NULL;
	Digest digest;
	g_autoptr(Report) report = parse_with(
		"{'organization-name':'O','policies':[{},{},{}]}", true, &limits, &digest, &error);

	g_assert_no_error(error);
	/* 3 at the root, and 2 a policy. */
	g_assert_cmpuint(report->findings->len, ==, 3);
	g_assert_cmpuint(report->findings_left_out, ==, 6);
	g_assert_cmpuint(report->policies->len, ==, 3);
}

static char *
digest_of(const char *text, const char *submitter)
{
	const Limits limits = default_limits();
	g_autofree char *json = json_text(text);
	g_autoptr(GBytes) bytes = bytes_of(json);
	g_autoptr(GError) error = NULL;
	Digest digest;
	g_autoptr(Report) report = parse_report(bytes, true, submitter, &limits, &digest, &error);

	g_assert_no_error(error);
	g_assert_nonnull(report);
	return digest_text(&digest);
}

/* The submitter is part of the identity only where the body names no organisation. */
static void
test_digest(void)
{
	static const char named[] = HEAD "[" POLICY "]}";
	static const char nameless[] = "{" RANGE ",'policies':[" POLICY "]}";
	static const char no_name[] = "{" RANGE ",'organization-name':' ','policies':[" POLICY "]}";
	g_autofree char *plain = digest_of(named, NULL);
	g_autofree char *other_layout = digest_of(
		"\xef\xbb\xbf  {" RANGE ", " NAMES " ,\n'policies' : [" POLICY "]}  \n", NULL);
	g_autofree char *named_a = digest_of(named, "a.example");
	g_autofree char *nameless_plain = digest_of(nameless, NULL);
	g_autofree char *nameless_a = digest_of(nameless, "a.example");
	g_autofree char *nameless_b = digest_of(nameless, "b.example");
	g_autofree char *no_name_a = digest_of(no_name, "a.example");
	g_autofree char *no_name_b = digest_of(no_name, "b.example");

	g_assert_cmpstr(plain, ==, other_layout);
	g_assert_cmpstr(plain, ==, named_a);
	g_assert_cmpstr(nameless_plain, !=, plain);
	g_assert_cmpstr(nameless_plain, !=, nameless_a);
	g_assert_cmpstr(nameless_a, !=, nameless_b);
	g_assert_cmpstr(no_name_a, !=, no_name_b);
}

/* A text that json-c reads on in after a number at its end, and no further. */
static void
test_number_at_end(void)
{
	const Limits limits = default_limits();

	assert_parse_error("-", true, &limits, TLSRPT_ERROR_NOT_JSON);
	assert_parse_error("1e", true, &limits, TLSRPT_ERROR_NOT_JSON);
	assert_parse_error("1.5", true, &limits, TLSRPT_ERROR_NOT_REPORT);
	assert_parse_error("1 2", true, &limits, TLSRPT_ERROR_NOT_REPORT);
}

/* No key of the model may be replaced by one that only json-c takes for the same. */
static void
test_nul_key(void)
{
	g_autoptr(Report) report = parse(HEAD "[" POLICY "],'report-id\\u0000x':'other'}");

	g_assert_cmpuint(report->findings->len, ==, 1);
	g_assert_cmpint(
		g_array_index(report->findings, Finding, 0).code, ==, FINDING_DUPLICATE_KEY);
}

/* RFC 3339 section 5.6: T and Z may be lower case. */
static void
test_lower_case_date(void)
{
	g_autoptr(Report) report = parse(
		"{" NAMES ",'date-range':{'start-datetime':"
		"'2026-11-01t00:00:00z','end-datetime':'2026-11-01t23:59:59z'},'policies':[" POLICY
		"]}");

	g_assert_cmpint(report->start_at, ==, NOV_1);
	g_assert_cmpint(report->end_at, ==, NOV_1 + 86399);
	assert_findings(report, "");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/parse/good-report", test_good_report);
	g_test_add_func("/parse/failure", test_failure);
	g_test_add_func("/parse/root-findings", test_root_findings);
	g_test_add_func("/parse/policy-findings", test_policy_findings);
	g_test_add_func("/parse/details-findings", test_details_findings);
	g_test_add_func("/parse/alias-keys", test_alias_keys);
	g_test_add_func("/parse/unwrapped-policy", test_unwrapped_policy);
	g_test_add_func("/parse/dates", test_dates);
	g_test_add_func("/parse/is-report", test_is_report);
	g_test_add_func("/parse/not-json", test_not_json);
	g_test_add_func("/parse/truncated", test_truncated);
	g_test_add_func("/parse/limits", test_limits);
	g_test_add_func("/parse/default-depth", test_default_depth);
	g_test_add_func("/parse/findings-limit", test_findings_limit);
	g_test_add_func("/parse/digest", test_digest);
	g_test_add_func("/parse/number-at-end", test_number_at_end);
	g_test_add_func("/parse/nul-key", test_nul_key);
	g_test_add_func("/parse/lower-case-date", test_lower_case_date);
	return g_test_run();
}
