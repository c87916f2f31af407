#include "tlsrpt/report_pack.h"

static void
pack_failure(GByteArray *packed, const Failure *failure)
{
	pack_int(packed, (int64_t)failure->index);
	pack_text(packed, failure->result_type);
	pack_text(packed, failure->sending_mta_ip);
	pack_text(packed, failure->receiving_ip);
	pack_text(packed, failure->receiving_mx_hostname);
	pack_text(packed, failure->receiving_mx_helo);
	pack_text(packed, failure->additional_information);
	pack_text(packed, failure->failure_reason_code);
	pack_int(packed, failure->failed_sessions);
}

static void
pack_policy(GByteArray *packed, const Policy *policy)
{
	pack_int(packed, (int64_t)policy->index);
	pack_text(packed, policy->policy_type);
	pack_text(packed, policy->policy_domain);
	pack_text(packed, policy->policy_text);
	pack_text(packed, policy->mx_hosts);
	pack_int(packed, policy->successful_sessions);
	pack_int(packed, policy->failed_sessions);
	pack_int(packed, policy->failures->len);
	for (guint i = 0; i < policy->failures->len; i++)
		pack_failure(packed, &g_array_index(policy->failures, Failure, i));
}

static void
pack_finding(GByteArray *packed, const Finding *finding)
{
	pack_int(packed, finding->code);
	pack_text(packed, finding->path);
	pack_text(packed, finding->detail);
}

void
report_pack(GByteArray *packed, const Report *report)
{
	pack_text(packed, report->organization);
	pack_text(packed, report->report_id);
	pack_text(packed, report->contact_info);
	pack_int(packed, report->start_at);
	pack_int(packed, report->end_at);
	pack_int(packed, report->has_start);
	pack_int(packed, report->has_end);
	pack_int(packed, report->day);
	pack_int(packed, (int64_t)report->findings_left_out);
	pack_int(packed, report->policies->len);
	for (guint i = 0; i < report->policies->len; i++)
		pack_policy(packed, &g_array_index(report->policies, Policy, i));
	pack_int(packed, report->findings->len);
	for (guint i = 0; i < report->findings->len; i++)
		pack_finding(packed, &g_array_index(report->findings, Finding, i));
}

static const char *
unpack_string(Unpacker *unpacker, Report *report)
{
	return report_string(report, unpack_some_text(unpacker));
}

static int64_t
unpack_count(Unpacker *unpacker)
{
	return unpack_int(unpacker, 0, COUNT_MAX);
}

static void
unpack_failure(Unpacker *unpacker, Report *report, Failure *failure)
{
	failure->index = (size_t)unpack_count(unpacker);
	failure->result_type = unpack_string(unpacker, report);
	failure->sending_mta_ip = unpack_string(unpacker, report);
	failure->receiving_ip = unpack_string(unpacker, report);
	failure->receiving_mx_hostname = unpack_string(unpacker, report);
	failure->receiving_mx_helo = unpack_string(unpacker, report);
	failure->additional_information = unpack_string(unpacker, report);
	failure->failure_reason_code = unpack_string(unpacker, report);
	failure->failed_sessions = unpack_count(unpacker);
}

static void
unpack_policy(Unpacker *unpacker, Report *report, Policy *policy)
{
	policy->index = (size_t)unpack_count(unpacker);
	policy->policy_type = unpack_string(unpacker, report);
	policy->policy_domain = unpack_string(unpacker, report);
	policy->policy_text = unpack_string(unpacker, report);
	policy->mx_hosts = unpack_string(unpacker, report);
	policy->successful_sessions = unpack_count(unpacker);
	policy->failed_sessions = unpack_count(unpacker);
	const int64_t n = unpack_count(unpacker);
	for (int64_t i = 0; i < n && !unpacker->failed; i++)
		unpack_failure(unpacker, report, policy_add_failure(policy));
}

static void
unpack_finding(Unpacker *unpacker, Report *report)
{
	Finding finding;

	finding.code = (FindingCode)unpack_int(unpacker, 0, FINDING_CODES - 1);
	finding.path = unpack_string(unpacker, report);
	finding.detail = unpack_string(unpacker, report);
	g_array_append_val(report->findings, finding);
}

Report *
report_unpack(Unpacker *unpacker)
{
	g_autoptr(Report) report = report_new();

	report->organization = unpack_string(unpacker, report);
	report->report_id = unpack_string(unpacker, report);
	report->contact_info = unpack_string(unpacker, report);
	report->start_at = unpack_int(unpacker, INT64_MIN, INT64_MAX);
	report->end_at = unpack_int(unpacker, INT64_MIN, INT64_MAX);
	report->has_start = unpack_int(unpacker, 0, 1) != 0;
	report->has_end = unpack_int(unpacker, 0, 1) != 0;
	report->day = unpack_int(unpacker, INT64_MIN, INT64_MAX);
	report->findings_left_out = (size_t)unpack_count(unpacker);
	const int64_t policies = unpack_count(unpacker);
	for (int64_t i = 0; i < policies && !unpacker->failed; i++)
		unpack_policy(unpacker, report, report_add_policy(report));
	const int64_t findings = unpack_count(unpacker);
	for (int64_t i = 0; i < findings && !unpacker->failed; i++)
		unpack_finding(unpacker, report);
	return unpacker->failed ? NULL : g_steal_pointer(&report);
}
