#include "tlsrpt/report_pack.h"

#include <string.h>

static Report *
make_report(void)
{
	Report *report = report_new();
	Limits limits;

	limits_init(&limits);
	report->organization = report_string(report, "Example");
	report->report_id = report_string(report, "\xc3\xa9");
	report->contact_info = report_string(report, "");
	report->start_at = -1;
	report->end_at = INT64_MAX;
	report->has_end = true;
	report->findings_left_out = 7;
	Policy *policy = report_add_policy(report);
	policy->index = 3;
	policy->policy_domain = report_string(report, "example.com");
	policy->failed_sessions = COUNT_MAX;
	Failure *failure = policy_add_failure(policy);
	failure->result_type = report_string(report, "certificate-expired");
	failure->failed_sessions = 5;
	report_add_policy(report);
	report_add_finding(report, &limits, FINDING_CONTACT_UNALIGNED, "$", "x");
	return report;
}

static Report *
unpack(const GByteArray *packed, size_t length, Unpacker *unpacker)
{
	*unpacker = (Unpacker){ .at = packed->data, .left = length };
	return report_unpack(unpacker);
}

static void
test_there_and_back(void)
{
	g_autoptr(Report) report = make_report();
	g_autoptr(GByteArray) packed = g_byte_array_new(), again = g_byte_array_new();
	Unpacker unpacker;

	report_pack(packed, report);
	g_autoptr(Report) other = unpack(packed, packed->len, &unpacker);
	g_assert_nonnull(other);
	g_assert_cmpuint(unpacker.left, ==, 0);
	g_assert_cmpstr(other->report_id, ==, "\xc3\xa9");
	g_assert_cmpint(other->start_at, ==, -1);
	g_assert_true(other->has_end && !other->has_start);
	const Policy *policy = &g_array_index(other->policies, Policy, 0);
	g_assert_cmpint(policy->failed_sessions, ==, COUNT_MAX);
	g_assert_cmpstr(
		g_array_index(policy->failures, Failure, 0).result_type, ==, "certificate-expired");
	report_pack(again, other);
	g_assert_cmpmem(packed->data, packed->len, again->data, again->len);
}

/* Cut anywhere it is no report. */
static void
test_cut(void)
{
	g_autoptr(Report) report = make_report();
	g_autoptr(GByteArray) packed = g_byte_array_new();
	Unpacker unpacker;

	report_pack(packed, report);
	for (size_t length = 0; length < packed->len; length++) {
		g_autofree uint8_t *bytes = g_malloc(MAX(length, 1));
		memcpy(bytes, packed->data, length);
		unpacker = (Unpacker){ .at = bytes, .left = length };
		g_assert_null(report_unpack(&unpacker));
		g_assert_true(unpacker.failed);
	}
}

/* Whatever the bytes are, nothing but a report or a failure comes of them. */
static void
test_changed(void)
{
	g_autoptr(Report) report = make_report();
	g_autoptr(GByteArray) packed = g_byte_array_new();

	report_pack(packed, report);
	for (size_t at = 0; at < packed->len; at++) {
		static const uint8_t values[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };
		const uint8_t before = packed->data[at];
		for (size_t i = 0; i < sizeof(values); i++) {
			Unpacker unpacker;
			packed->data[at] = values[i];
			g_autoptr(Report) other = unpack(packed, packed->len, &unpacker);
			g_assert_true((other == NULL) == unpacker.failed);
		}
		packed->data[at] = before;
	}
}

static void
test_texts(void)
{
	g_autoptr(GByteArray) packed = g_byte_array_new();

	pack_text(packed, NULL);
	pack_text(packed, "");
	pack_text(packed, "\xff");
	pack_text(packed, "\xff");
	Unpacker unpacker = { .at = packed->data, .left = packed->len };
	g_assert_null(unpack_text(&unpacker));
	g_assert_false(unpacker.failed);
	g_assert_cmpstr(unpack_some_text(&unpacker), ==, "");
	g_assert_cmpstr(unpack_text(&unpacker), ==, "\xff");
	g_assert_false(unpacker.failed);
	g_assert_cmpstr(unpack_some_text(&unpacker), ==, "");
	g_assert_true(unpacker.failed);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/report-pack/there-and-back", test_there_and_back);
	g_test_add_func("/report-pack/cut", test_cut);
	g_test_add_func("/report-pack/changed", test_changed);
	g_test_add_func("/report-pack/texts", test_texts);
	return g_test_run();
}
