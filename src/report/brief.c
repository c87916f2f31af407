#include "tlsrpt/brief.h"

#include "tlsrpt/count.h"
#include "tlsrpt/mta_sts.h"

#include <string.h>

#define PATH_MAX_BYTES 256 /* of a finding */

bool
report_is_brief(const Report *report)
{
	for (guint i = report->findings->len; i > 0; i--) {
		if (g_array_index(report->findings, Finding, i - 1).code == FINDING_LEFT_TO_RAW)
			return true;
	}
	return false;
}

/* Adds a row to the one of the policy that counts under the same incident. */
static void
add_to_row(GArray *rows, GHashTable *by_place, const IncidentCount *incident, guint place,
	const Failure *failure)
{
	const gpointer known = g_hash_table_lookup(by_place, GUINT_TO_POINTER(place));
	const Failure brief = {
		.index = rows->len,
		.result_type = incident->result_type,
		.sending_mta_ip = "",
		.receiving_ip = "",
		.receiving_mx_hostname = incident->receiving_mx_hostname,
		.receiving_mx_helo = "",
		.additional_information = "",
		.failure_reason_code = "",
		.kind = incident->kind,
		.failed_sessions = failure->failed_sessions,
	};

	if (known == NULL) {
		g_array_append_val(rows, brief);
		g_hash_table_insert(by_place, GUINT_TO_POINTER(place), GUINT_TO_POINTER(rows->len));
		return;
	}
	Failure *row = &g_array_index(rows, Failure, GPOINTER_TO_UINT(known) - 1);
	row->failed_sessions = count_add(row->failed_sessions, failure->failed_sessions);
}

/* places has the incident of each row of this policy. */
static void
add_up_rows(Policy *policy, const GArray *incidents, const guint *places)
{
	g_autoptr(GHashTable) by_place = g_hash_table_new(NULL, NULL);
	GArray *rows = g_array_new(FALSE, TRUE, sizeof(Failure));

	for (guint i = 0; i < policy->failures->len; i++) {
		if (places[i] != COUNT_NO_INCIDENT)
			add_to_row(rows, by_place,
				&g_array_index(incidents, IncidentCount, places[i]), places[i],
				&g_array_index(policy->failures, Failure, i));
	}
	g_array_unref(policy->failures);
	policy->failures = rows;
}

static void
shorten_finding(Report *report, Finding *finding)
{
	finding->detail = "";
	if (strlen(finding->path) <= PATH_MAX_BYTES)
		return;
	const char *end = g_utf8_find_prev_char(finding->path, finding->path + PATH_MAX_BYTES);
	g_autofree char *path = g_strndup(finding->path, (gsize)(end - finding->path));
	finding->path = report_string(report, path);
}

static void
add_finding(Report *report)
{
	/* Beyond the limit of findings, too, since this one says what the report is. */
	const Finding finding = { FINDING_LEFT_TO_RAW, "$", "" };

	for (guint i = 0; i < report->findings->len; i++)
		shorten_finding(report, &g_array_index(report->findings, Finding, i));
	g_array_append_val(report->findings, finding);
}

void
report_make_brief(Report *report, const Limits *limits)
{
	g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(guint));
	guint place = 0;

	if (report_is_brief(report))
		return;
	g_autoptr(GArray) incidents = count_incidents(report, limits->incidents, places);
	for (guint i = 0; i < report->policies->len; i++) {
		Policy *policy = &g_array_index(report->policies, Policy, i);
		const char *mode = mta_sts_mode(policy->policy_text);
		const guint rows = policy->failures->len;
		g_autofree char *text = *mode != '\0' ? g_strconcat("mode: ", mode, NULL) : NULL;
		policy->policy_text = text != NULL ? report_string(report, text) : "";
		policy->mx_hosts = "";
		if (rows > 0)
			add_up_rows(policy, incidents, &g_array_index(places, guint, place));
		place += rows;
	}
	add_finding(report);
}
