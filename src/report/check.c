#include "tlsrpt/check.h"

#include "tlsrpt/alias.h"
#include "tlsrpt/catalog.h"
#include "tlsrpt/count.h"
#include "tlsrpt/day.h"
#include "tlsrpt/hostname.h"
#include "tlsrpt/tlsa.h"

#include <arpa/inet.h>
#include <string.h>

typedef struct {
	Report *report;
	const CheckContext *context;
	const Limits *limits;
} Check;

static void G_GNUC_PRINTF(4, 5)
	add_finding(const Check *check, FindingCode code, const char *detail, const char *path, ...)
{
	va_list arguments;

	va_start(arguments, path);
	g_autofree char *text = g_strdup_vprintf(path, arguments);
	va_end(arguments);
	report_add_finding(check->report, check->limits, code, text, detail);
}

/* Where a value stands in the report; the path is written out only for a finding. */
typedef struct {
	size_t policy;
	const Failure *failure; /* NULL if the value is one of the policy itself */
	const char *key;
} Place;

static void
add_at(const Check *check, FindingCode code, const char *detail, const Place *place)
{
	if (place->failure != NULL)
		add_finding(check, code, detail, "$.policies[%zu].failure-details[%zu].%s",
			place->policy, place->failure->index, place->key);
	else
		add_finding(check, code, detail, "$.policies[%zu].policy.%s", place->policy,
			place->key);
}

/* Adds a finding even if there are as many already as the limit allows. */
static void
add_for_certain(const Check *check, FindingCode code, const char *path, const char *detail)
{
	Limits unlimited = *check->limits;

	unlimited.findings = INT64_MAX;
	report_add_finding(check->report, &unlimited, code, path, detail);
}

/* A finding says that the value is missing: adds to it what was taken instead. */
static void
say_taken(const Check *check, const char *path, const char *detail)
{
	GArray *findings = check->report->findings;

	for (size_t i = 0; i < findings->len; i++) {
		Finding *finding = &g_array_index(findings, Finding, i);
		if (strcmp(finding->path, path) == 0) {
			finding->detail = report_string(check->report, detail);
			return;
		}
	}
}

const char *
check_submitter(const CheckContext *context)
{
	return context->submitter != NULL ? context->submitter : context->from_domain;
}

/*
 * The host name in stored form.  If it is none, returns it as it is, and adds a finding at the
 * place.
 */
static const char *
hostname(const Check *check, const char *name, const Place *place)
{
	if (*name == '\0' || hostname_is_stored_form(name, strlen(name)))
		return name;

	g_autofree char *canonical = hostname_stored_form(name);
	if (canonical == NULL)
		add_at(check, FINDING_BAD_HOSTNAME, name, place);
	return canonical != NULL ? report_string(check->report, canonical) : name;
}

static const char *
ip_address(const Check *check, const char *address, const Place *place)
{
	unsigned char bytes[sizeof(struct in6_addr)];
	char canonical[INET6_ADDRSTRLEN];

	if (*address == '\0')
		return "";

	const int family = strchr(address, ':') != NULL ? AF_INET6 : AF_INET;
	if (inet_pton(family, address, bytes) != 1) {
		add_at(check, FINDING_BAD_IP, address, place);
		return address;
	}
	/* inet_pton() accepts only one form of an IPv4 address, so it is canonical already. */
	if (family == AF_INET || inet_ntop(family, bytes, canonical, sizeof(canonical)) == NULL
		|| strcmp(canonical, address) == 0)
		return address;
	add_at(check, FINDING_OTHER_IP_FORM, address, place);
	return report_string(check->report, canonical);
}

/* Whether all lines are names in stored form. */
static bool
are_stored_form(const char *lines)
{
	const char *end;

	for (; (end = strchr(lines, '\n')) != NULL; lines = end + 1) {
		if (!hostname_is_stored_form(lines, (size_t)(end - lines)))
			return false;
	}
	return hostname_is_stored_form(lines, strlen(lines));
}

/* The names of mx-host, a line each, in stored form. */
static const char *
mx_hosts(const Check *check, const char *text, const Place *place)
{
	if (*text == '\0' || are_stored_form(text))
		return text;

	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	bool had_prefix = false;
	for (char **line = lines; *line != NULL; line++) {
		char *name = *line;
		if (g_ascii_strncasecmp(name, "mx:", strlen("mx:")) == 0) {
			had_prefix = true;
			name = g_strchug(name + strlen("mx:"));
		}
		char *canonical = hostname_stored_form(name);
		char *stored = canonical != NULL ? canonical : g_strdup(name);
		g_free(*line);
		*line = stored;
	}
	if (had_prefix)
		add_at(check, FINDING_MX_PREFIX, NULL, place);
	g_autofree char *joined = g_strjoinv("\n", lines);
	return report_string(check->report, joined);
}

/* TLSA records, a line each; of a line of a zone file its data. */
static const char *
tlsa_lines(const Check *check, const char *text, const Place *place)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	bool had_zone_line = false;

	for (char **line = lines; *line != NULL; line++) {
		char *data = tlsa_data(*line);
		if (data == NULL)
			continue;
		had_zone_line = true;
		g_free(*line);
		*line = data;
	}
	if (!had_zone_line)
		return text;
	add_at(check, FINDING_ZONE_LINE, NULL, place);
	g_autofree char *joined = g_strjoinv("\n", lines);
	return report_string(check->report, joined);
}

static void
check_failure(const Check *check, Failure *failure, size_t policy)
{
	const Place sender = { policy, failure, "sending-mta-ip" };
	const Place receiver = { policy, failure, "receiving-ip" };
	const Place mx = { policy, failure, "receiving-mx-hostname" };
	const Place type = { policy, failure, "result-type" };

	if (*failure->result_type == '\0') {
		g_autofree char *path = g_strdup_printf(
			"$.policies[%zu].failure-details[%zu].result-type", policy, failure->index);
		failure->result_type = RESULT_TYPE_UNSPECIFIED;
		say_taken(check, path, "taken as " RESULT_TYPE_UNSPECIFIED);
	} else if (!catalog_knows_result_type(failure->result_type)) {
		const char *known = alias_result_type(failure->result_type);
		add_at(check, known != NULL ? FINDING_OTHER_WORD : FINDING_UNKNOWN_RESULT_TYPE,
			failure->result_type, &type);
		if (known != NULL)
			failure->result_type = known;
	}
	failure->sending_mta_ip = ip_address(check, failure->sending_mta_ip, &sender);
	failure->receiving_ip = ip_address(check, failure->receiving_ip, &receiver);
	failure->receiving_mx_hostname = hostname(check, failure->receiving_mx_hostname, &mx);
}

/* The sum of the rows against the total; what is missing in the one follows from the other. */
static void
check_sums(const Check *check, Policy *policy, size_t index)
{
	int64_t failed = 0;

	for (size_t i = 0; i < policy->failures->len; i++)
		failed = count_add(
			failed, g_array_index(policy->failures, Failure, i).failed_sessions);
	if (policy->lacks_failed && failed > 0) {
		g_autofree char *summary = g_strdup_printf("$.policies[%zu].summary", index);
		g_autofree char *total = g_strconcat(summary, ".total-failure-session-count", NULL);
		policy->failed_sessions = failed;
		say_taken(check, summary, "taken from failure-details");
		say_taken(check, total, "taken from failure-details");
		return;
	}
	if (failed == policy->failed_sessions)
		return;

	const bool is_over = failed > policy->failed_sessions;
	g_autofree char *detail = g_strdup_printf(is_over
			? "%" G_GINT64_FORMAT " over %" G_GINT64_FORMAT
			: "%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT,
		is_over ? failed : policy->failed_sessions - failed, policy->failed_sessions);
	add_finding(check, is_over ? FINDING_SUM_EXCEEDS_TOTAL : FINDING_FAILURES_UNEXPLAINED,
		detail, "$.policies[%zu].summary.total-failure-session-count", index);
}

/*
 * The fields of the recommended file name (RFC 8460 section 5.1): sender "!" policy-domain "!"
 * begin "!" end, with a directory before and an extension after them cut off.  NULL if the name
 * is not of that form; caller frees.
 */
static char **
file_name_fields(const char *file_name)
{
	if (file_name == NULL)
		return NULL;

	char **fields = g_strsplit(file_name, "!", -1);
	if (g_strv_length(fields) < 4) {
		g_strfreev(fields);
		return NULL;
	}
	return fields;
}

static void
take_policy_domain(const Check *check, Policy *policy, size_t index)
{
	g_auto(GStrv) fields = file_name_fields(check->context->file_name);
	g_autofree char *path = g_strdup_printf("$.policies[%zu].policy.policy-domain", index);

	if (check->context->report_domain != NULL) {
		policy->policy_domain = report_string(check->report, check->context->report_domain);
		say_taken(check, path, "taken from TLS-Report-Domain");
	} else if (fields != NULL) {
		policy->policy_domain = report_string(check->report, fields[1]);
		say_taken(check, path, "taken from the file name");
	}
}

static void
check_policy_domain(const Check *check, Policy *policy)
{
	const Place place = { policy->index, NULL, "policy-domain" };

	if (*policy->policy_domain == '\0')
		take_policy_domain(check, policy, policy->index);
	policy->policy_domain = hostname(check, policy->policy_domain, &place);
}

static void
check_policy(const Check *check, Policy *policy)
{
	const size_t index = policy->index;
	const Place mx = { index, NULL, "mx-host" };
	const Place type = { index, NULL, "policy-type" };
	const Place text = { index, NULL, "policy-string" };

	policy->mx_hosts = mx_hosts(check, policy->mx_hosts, &mx);
	if (strcmp(policy->policy_type, POLICY_TYPE_TLSA) == 0 && *policy->policy_text != '\0')
		policy->policy_text = tlsa_lines(check, policy->policy_text, &text);
	if (*policy->policy_type != '\0' && !catalog_knows_policy_type(policy->policy_type))
		add_at(check, FINDING_UNKNOWN_POLICY_TYPE, policy->policy_type, &type);
	check_sums(check, policy, index);
	for (size_t i = 0; i < policy->failures->len; i++)
		check_failure(check, &g_array_index(policy->failures, Failure, i), index);
}

/* Adds a finding for the policies from that place on, which are about others. */
static void
find_foreign(const Check *check, guint kept)
{
	const GArray *policies = check->report->policies;

	if (kept == policies->len)
		return;
	const char *first = g_array_index(policies, Policy, kept).policy_domain;
	g_autofree char *detail = g_strdup_printf(
		"%u, one about %s", policies->len - kept, *first != '\0' ? first : "no domain");
	add_finding(check, FINDING_FOREIGN_POLICIES, detail, "$.policies");
}

/* Checks the policies, and takes out those that are about domains of others. */
static void
check_policies(const Check *check)
{
	char *const *own = check->context->own_domains;
	GArray *policies = check->report->policies;
	guint kept = 0;

	for (guint i = 0; i < policies->len; i++) {
		Policy *policy = &g_array_index(policies, Policy, i);
		check_policy_domain(check, policy);
		if (own != NULL && *own != NULL && !hostname_is_within(policy->policy_domain, own))
			continue;
		check_policy(check, policy);
		const Policy other = g_array_index(policies, Policy, kept);
		g_array_index(policies, Policy, kept++) = *policy;
		*policy = other;
	}
	find_foreign(check, kept);
	g_array_set_size(policies, kept);
}

/* A time stamp of the file name, as seconds since 1970; false if it is none. */
static bool
parse_stamp(const char *field, int64_t *at)
{
	guint64 number;
	g_autofree char *digits = g_strndup(field, strspn(field, "0123456789"));

	if (!g_ascii_string_to_unsigned(digits, 10, 1, G_MAXUINT32, &number, NULL))
		return false;
	*at = (int64_t)number;
	return true;
}

static void
take_range(const Check *check)
{
	Report *report = check->report;
	const CheckContext *context = check->context;
	g_auto(GStrv) fields = file_name_fields(context->file_name);
	const char *from = "taken from the file name";

	if (fields == NULL || !parse_stamp(fields[2], &report->start_at)
		|| !parse_stamp(fields[3], &report->end_at)) {
		const int64_t sent_at = context->sent_at != 0 ? context->sent_at
							      : context->received_at;
		from = context->sent_at != 0 ? "taken from the Date" : "taken from the receipt";
		report->start_at = (day_of(sent_at) - 1) * DAY_SECONDS;
		report->end_at = report->start_at + DAY_SECONDS - 1;
	}
	say_taken(check, "$.date-range", from);
	say_taken(check, "$.date-range.start-datetime", from);
	say_taken(check, "$.date-range.end-datetime", from);
}

/* RFC 8460 is of September 2018; experiments before it sent no reports of years before. */
#define OLDEST_START INT64_C(1514764800) /* 2018-01-01T00:00:00Z */
#define LONGEST_RANGE (31 * DAY_SECONDS)

/*
 * Adds the finding for a range that is not exactly one UTC day.  With note it also says on which day
 * the report counts.
 */
static void
find_in_range(const Check *check, const char *note)
{
	const Report *report = check->report;
	const int64_t length = report->end_at - report->start_at;
	const bool at_midnight = report->start_at == day_of(report->start_at) * DAY_SECONDS;

	/* 24:00 of a day can only be written as 00:00 of the next one. */
	if (at_midnight && (length == DAY_SECONDS - 1 || length == DAY_SECONDS))
		return;
	g_autofree char *start = time_text(report->start_at);
	g_autofree char *end = time_text(report->end_at);
	g_autofree char *range = g_strdup_printf("%s to %s", start, end);
	g_autofree char *noted = g_strconcat(range, note, NULL);
	if (length < 0)
		add_finding(check, FINDING_RANGE_REVERSED, noted, "$.date-range");
	else if (length > LONGEST_RANGE)
		add_finding(check, FINDING_RANGE_TOO_LONG, noted, "$.date-range");
	else
		add_finding(check, FINDING_NOT_A_DAY, range, "$.date-range");
}

/*
 * Sets the day on which the report counts.  A stranger can write any dates: what is not plausible
 * counts on the day before it was received, and nothing counts on a day after that.
 */
static void
check_day(const Check *check)
{
	Report *report = check->report;
	const int64_t received_at = check->context->received_at;
	const int64_t length = report->end_at - report->start_at;
	const bool in_future = report->start_at > received_at + DAY_SECONDS;
	const bool is_too_old = report->start_at < OLDEST_START;

	report->day = day_of(received_at) - 1;
	g_autofree char *day = day_text(report->day);
	g_autofree char *note = g_strconcat(", counts on ", day, NULL);
	find_in_range(check, note);
	if (in_future || is_too_old) {
		g_autofree char *start = time_text(report->start_at);
		g_autofree char *noted = g_strconcat(start, note, NULL);
		add_finding(check, in_future ? FINDING_FUTURE : FINDING_TOO_OLD, noted,
			"$.date-range.start-datetime");
	} else if (length >= 0 && length <= LONGEST_RANGE) {
		report->day = MIN(day_of(report->start_at), day_of(received_at));
	}
}

static void
check_range(const Check *check)
{
	Report *report = check->report;

	if (!report->has_start && !report->has_end) {
		take_range(check);
	} else if (!report->has_start) {
		/* An end at midnight belongs to the day that it ends. */
		report->start_at = day_of(report->end_at - 1) * DAY_SECONDS;
		say_taken(check, "$.date-range.start-datetime", "taken from end-datetime");
	} else if (!report->has_end) {
		report->end_at = report->start_at + DAY_SECONDS - 1;
		say_taken(check, "$.date-range.end-datetime", "taken from start-datetime");
	}
	report->has_start = report->has_end = true;
	check_day(check);
}

/* The Report-ID of a Subject after RFC 8460 section 5.3, without angle brackets; caller frees. */
static char *
subject_report_id(const char *subject)
{
	static const char label[] = "report-id:";

	for (; subject != NULL && *subject != '\0'; subject++) {
		if (g_ascii_strncasecmp(subject, label, strlen(label)) != 0)
			continue;
		g_autofree char *id = g_strstrip(g_strdup(subject + strlen(label)));
		const size_t length = strlen(id);
		if (length >= 2 && id[0] == '<' && id[length - 1] == '>') {
			id[0] = id[length - 1] = ' ';
			g_strstrip(id);
		}
		return *id != '\0' ? g_steal_pointer(&id) : NULL;
	}
	return NULL;
}

static void
check_identity(const Check *check)
{
	Report *report = check->report;
	const CheckContext *context = check->context;

	if (*report->organization == '\0' && check_submitter(context) != NULL) {
		report->organization = report_string(report, check_submitter(context));
		say_taken(check, "$.organization-name",
			context->submitter != NULL ? "taken from TLS-Report-Submitter"
						   : "taken from From");
	}
	if (*report->report_id == '\0') {
		g_autofree char *id = subject_report_id(context->subject);
		report->report_id = report_string(
			report, id != NULL ? id : context->content_digest);
		say_taken(check, "$.report-id",
			id != NULL ? "taken from the Subject" : "taken from the content");
	}

	const char *at = strrchr(report->contact_info, '@');
	if (at != NULL && context->submitter != NULL
		&& g_ascii_strcasecmp(at + 1, context->submitter) != 0)
		add_finding(check, FINDING_SUBMITTER_DIFFERS, context->submitter, "$.contact-info");
}

/*
 * Adds a finding if the report has more incidents than the limit, so that the totals hold the rest
 * as one.
 */
static void
check_incidents(const Check *check)
{
	/* Each row is an incident at the most, and each policy has one more at the most. */
	if (report_failures(check->report) + check->report->policies->len
		<= (size_t)check->limits->incidents)
		return;

	g_autoptr(GArray)
		incidents = count_incidents(check->report, check->limits->incidents, NULL);
	if (incidents->len > check->limits->incidents)
		add_for_certain(check, FINDING_INCIDENTS_FOLDED, "$.policies", NULL);
}

void
report_check(Report *report, const CheckContext *context, const Limits *limits)
{
	const Check check = { report, context, limits };

	check_identity(&check);
	check_range(&check);
	check_policies(&check);
	check_incidents(&check);
	if (report->findings_left_out > 0) {
		g_autofree char *detail = g_strdup_printf("%zu", report->findings_left_out);
		add_for_certain(&check, FINDING_MORE_FINDINGS, "$", detail);
	}
}
