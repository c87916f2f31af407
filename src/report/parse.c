#include "tlsrpt/parse.h"

#include "tlsrpt/catalog.h"
#include "tlsrpt/day.h"
#include "tlsrpt/error.h"
#include "tlsrpt/scan.h"
#include "tlsrpt/value.h"

#include <json-c/json.h>
#include <json-c/printbuf.h>
#include <string.h>

/*
 * Whether a parse failed because there was no memory.  json-c 0.16 has no error for that: it says
 * "success", or names whatever failed next.  So this tries to get memory, beside what json-c still
 * holds.
 */
static bool
is_out_of_memory(struct json_tokener *tokener, size_t length)
{
	g_autofree void *room = g_try_malloc(4 * MIB + length);

	return room == NULL || json_tokener_get_error(tokener) == json_tokener_success;
}

static int64_t
count_values(struct json_object *value)
{
	const enum json_type type = json_object_get_type(value);
	int64_t n = 1;

	if (type == json_type_object) {
		json_object_object_foreach(value, key, member) {
			(void)key;
			n += count_values(member);
		}
	} else if (type == json_type_array) {
		const size_t length = json_object_array_length(value);
		for (size_t i = 0; i < length; i++)
			n += count_values(json_object_array_get_idx(value, i));
	}
	return n;
}

static struct json_object *
no_memory(GError **error)
{
	g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_NO_MEMORY, "no memory");
	return NULL;
}

/*
 * A tokener for a text whose strings are that long.  json-c 0.16 does not check whether its buffer
 * could grow, and goes on with a string that lacks a piece.  So the buffer is made large enough
 * first.
 */
static struct json_tokener *
new_tokener(const JsonText *json, const Limits *limits)
{
	struct json_tokener *tokener = json_tokener_new_ex((int)limits->json_depth + 1);

	if (tokener != NULL && printbuf_memset(tokener->pb, (int)json->longest, '\0', 1) != 0)
		g_clear_pointer(&tokener, json_tokener_free);
	return tokener;
}

/*
 * The tree of a text that scan_json() has found to be JSON; caller puts it.  The strict mode of the
 * tokener is not used, because it refuses more from one version of json-c to the next, even letters
 * that are not ASCII and integers over 2^64.  If json-c 0.16 gets no memory for a member, it leaves
 * the member out, or says that it is done; so the values are counted.
 */
static struct json_object *
parse_tree(const JsonText *json, const Limits *limits, GError **error)
{
	const char *text = json->start;
	const size_t length = json->length;
	struct json_tokener *tokener = new_tokener(json, limits);

	if (tokener == NULL)
		return no_memory(error);

	struct json_object *tree = json_tokener_parse_ex(tokener, text, (int)length);
	const enum json_tokener_error problem = json_tokener_get_error(tokener);
	if (problem == json_tokener_continue) {
		/*
		 * A number may stand at the end of the text, and json-c waits for more digits of
		 * it.
		 */
		tree = json_tokener_parse_ex(tokener, "", 1);
	}
	if (tree == NULL && length == strlen("null") && memcmp(text, "null", length) == 0) {
		g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_NOT_REPORT,
			"JSON, but no TLS report: null");
	} else if (tree == NULL && is_out_of_memory(tokener, length)) {
		no_memory(error);
	} else if (tree != NULL && count_values(tree) != json->values) {
		json_object_put(tree);
		tree = no_memory(error);
	} else if (tree == NULL) {
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_NOT_JSON, "not JSON: %s at byte %zu",
			json_tokener_error_desc(json_tokener_get_error(tokener)),
			json_tokener_get_parse_end(tokener));
	}
	json_tokener_free(tokener);
	return tree;
}

static bool
has_date_range(struct json_object *root)
{
	struct json_object *range = value_peek_object(root, "date-range");

	return range != NULL
		&& (value_has(range, "start-datetime") || value_has(range, "end-datetime"));
}

static bool
has_telling_policy(struct json_object *policies)
{
	for (size_t i = 0; i < value_list_length(policies); i++) {
		struct json_object *policy = value_list_element(policies, i);
		if (value_has(policy, "policy") || value_has(policy, "summary"))
			return true;
	}
	return false;
}

static bool
is_report(struct json_object *root, bool labelled)
{
	struct json_object *policies = value_peek_list(root, "policies");
	const bool dated = has_date_range(root);

	if (policies == NULL && !(dated && value_has(root, "organization-name")))
		return false;
	return labelled || dated || has_telling_policy(policies);
}

/* The spelling of a key that the object uses.  Adds a finding if it is one of the others. */
static const char *
spelling(const ValueContext *context, struct json_object *object, const ValuePath *parent,
	const char *key, const char *const *others)
{
	if (value_has(object, key))
		return key;
	for (; *others != NULL; others++) {
		if (value_has(object, *others)) {
			g_autofree char *detail = g_strdup_printf("for %s", key);
			value_finding(context, parent, *others, FINDING_OTHER_KEY, detail);
			return *others;
		}
	}
	return key;
}

/*
 * Whether a row has other keys than those that every row should have.  Most rows have none, and
 * looking at each key once costs less than searching for every key that might be there.
 */
static bool
has_more_keys(struct json_object *object)
{
	static const char *const usual[] = {
		"result-type",
		"sending-mta-ip",
		"receiving-ip",
		"receiving-mx-hostname",
		"failed-session-count",
	};

	json_object_object_foreach(object, key, value) {
		size_t i = 0;
		(void)value;
		while (i < G_N_ELEMENTS(usual) && (*key != *usual[i] || strcmp(key, usual[i]) != 0))
			i++;
		if (i == G_N_ELEMENTS(usual))
			return true;
	}
	return false;
}

static void
parse_failure(const ValueContext *context, struct json_object *object, const ValuePath *path,
	Failure *failure)
{
	static const char *const information[] = {
		"additional-info-uri",
		"additional-information-uri",
		"additional-info",
		NULL,
	};
	const bool has_more = has_more_keys(object);

	failure->index = path->index;
	failure->result_type = value_string(context, object, path, "result-type", true);
	failure->sending_mta_ip = value_string(context, object, path, "sending-mta-ip", true);
	failure->receiving_mx_hostname =
		value_string(context, object, path, "receiving-mx-hostname", true);
	if (has_more)
		failure->receiving_mx_helo =
			value_string(context, object, path, "receiving-mx-helo", false);
	failure->receiving_ip = value_string(context, object, path, "receiving-ip", true);
	failure->failed_sessions = value_count(context, object, path, "failed-session-count", true);
	if (!has_more)
		return;
	failure->additional_information = value_string(context, object, path,
		spelling(context, object, path, "additional-information", information), false);
	failure->failure_reason_code =
		value_string(context, object, path, "failure-reason-code", false);
}

static bool
parse_failures(const ValueContext *context, struct json_object *item, const ValuePath *path,
	Policy *policy, int64_t *failures, GError **error)
{
	struct json_object *list = value_list(context, item, path, "failure-details", false);
	const ValuePath list_path = { .parent = path, .key = "failure-details" };

	for (size_t i = 0; i < value_list_length(list); i++) {
		struct json_object *element = value_list_element(list, i);
		const ValuePath element_path = { .parent = &list_path, .index = i };
		if (++*failures > context->limits->failures) {
			return error_over_limit(
				"the report", "failure-details", context->limits->failures, error);
		}
		if (!json_object_is_type(element, json_type_object)) {
			g_autofree char *text = value_path_text(&element_path);
			report_add_finding(context->report, context->limits, FINDING_WRONG_TYPE,
				text, "not an object, ignored");
			continue;
		}
		parse_failure(context, element, &element_path, policy_add_failure(policy));
	}
	return true;
}

/*
 * The array that a policy-string holds as text, as Microsoft writes TLSA records; NULL if it holds
 * none.  The text is a short string, so its tree needs no other limits; caller puts it.
 */
static struct json_object *
array_in_string(const ValueContext *context, struct json_object *object, const char *key)
{
	const char *text = value_only_string(object, key);
	g_autoptr(GError) error = NULL;
	JsonText json;

	if (text == NULL || *text != '[' || strlen(text) > (size_t)context->limits->lines)
		return NULL;

	/* takes the findings of that text, which are not told to anybody */
	g_autoptr(Report) nobodys = report_new();
	if (!scan_json(text, strlen(text), context->limits, nobodys, &json, NULL))
		return NULL;

	struct json_object *array = parse_tree(&json, context->limits, &error);
	if (g_error_matches(error, TLSRPT_ERROR, TLSRPT_ERROR_NO_MEMORY))
		value_no_memory();
	if (!json_object_is_type(array, json_type_array)) {
		json_object_put(array);
		return NULL;
	}
	return array;
}

static void
parse_policy_itself(const ValueContext *context, struct json_object *object,
	const ValuePath *parent, Policy *policy)
{
	static const char *const mx_hosts[] = { "mx-host-pattern", NULL };
	const ValuePath path = { .parent = parent, .key = "policy" };

	policy->policy_type = value_string(context, object, &path, "policy-type", true);
	policy->policy_domain = value_string(context, object, &path, "policy-domain", true);

	const bool is_sts = strcmp(policy->policy_type, POLICY_TYPE_STS) == 0;
	const bool is_tlsa = strcmp(policy->policy_type, POLICY_TYPE_TLSA) == 0;
	struct json_object *unwrapped = array_in_string(context, object, "policy-string");
	policy->policy_text = value_lines(context, object, &path, "policy-string", unwrapped,
		is_sts || is_tlsa);
	json_object_put(unwrapped);

	const char *key = spelling(context, object, &path, "mx-host", mx_hosts);
	policy->mx_hosts = value_lines(context, object, &path, key, NULL, is_sts);
	if (*policy->mx_hosts != '\0' && !is_sts)
		value_finding(context, &path, key, FINDING_UNEXPECTED, policy->policy_type);
}

static bool
parse_policy(const ValueContext *context, struct json_object *item, const ValuePath *path,
	int64_t *failures, GError **error)
{
	Policy *policy = report_add_policy(context->report);

	policy->index = path->index;

	struct json_object *itself = value_object(context, item, path, "policy", true);
	if (itself != NULL)
		parse_policy_itself(context, itself, path, policy);

	struct json_object *summary = value_object(context, item, path, "summary", true);
	const ValuePath summary_path = { .parent = path, .key = "summary" };
	if (summary != NULL) {
		policy->successful_sessions = value_count(context, summary, &summary_path,
			"total-successful-session-count", true);
		policy->failed_sessions = value_count(context, summary, &summary_path,
			"total-failure-session-count", true);
	}
	return parse_failures(context, item, path, policy, failures, error);
}

static bool
parse_policies(const ValueContext *context, struct json_object *root, GError **error)
{
	struct json_object *list = value_list(context, root, NULL, "policies", true);
	const ValuePath list_path = { .key = "policies" };
	const size_t length = value_list_length(list);
	int64_t failures = 0;

	if (list != NULL && length == 0)
		value_finding(context, NULL, "policies", FINDING_EMPTY, NULL);
	if ((int64_t)length > context->limits->policies) {
		return error_over_limit("the report", "policies", context->limits->policies, error);
	}
	for (size_t i = 0; i < length; i++) {
		struct json_object *item = value_list_element(list, i);
		const ValuePath path = { .parent = &list_path, .index = i };
		if (!json_object_is_type(item, json_type_object)) {
			g_autofree char *text = value_path_text(&path);
			report_add_finding(context->report, context->limits, FINDING_WRONG_TYPE,
				text, "not an object, ignored");
			continue;
		}
		if (!parse_policy(context, item, &path, &failures, error))
			return false;
	}
	return true;
}

/*
 * Reads a date and time in the forms in which senders write it, and adds the findings for those
 * forms; NULL if it is none.
 */
static GDateTime *
parse_date_time(const ValueContext *context, const ValuePath *path, const char *key,
	const char *text)
{
	g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
	const size_t date_length = strlen("2026-11-01");
	const bool is_date = strlen(text) == date_length;
	/* RFC 3339 section 5.6 allows lower case, GLib does not. */
	g_autofree char *upper = g_ascii_strup(text, -1);
	g_autofree char *whole = g_strconcat(upper, is_date ? "T00:00:00Z" : "", NULL);
	GDateTime *time = g_date_time_new_from_iso8601(whole, utc);

	if (time != NULL && is_date)
		value_finding(context, path, key, FINDING_DATE_ONLY, text);
	else if (time != NULL && strpbrk(upper + date_length, "Z+-") == NULL)
		value_finding(context, path, key, FINDING_NO_ZONE, text);
	return time;
}

/*
 * The second day of the year 1, and the last day but one of 9999: the days before and after a time
 * must be dates, too.
 */
#define TIME_FIRST (INT64_C(-62135596800) + DAY_SECONDS)
#define TIME_LAST (INT64_C(253402300799) - DAY_SECONDS)

/* Reads one end of the range; false if it is missing or cannot be read. */
static bool
parse_time(const ValueContext *context, struct json_object *range, const char *key, int64_t *at)
{
	const ValuePath path = { .key = "date-range" };
	g_autoptr(GDateTime) time = NULL;
	const char *text = "";
	int64_t number;

	if (value_whole_number(range, key, &number)) {
		time = g_date_time_new_from_unix_utc(number);
		value_finding(context, &path, key, FINDING_EPOCH_NUMBER, NULL);
	} else {
		text = value_string(context, range, &path, key, true);
		if (*text == '\0')
			return false;
		time = parse_date_time(context, &path, key, text);
	}
	if (time != NULL)
		*at = g_date_time_to_unix(time);
	if (time == NULL || *at < TIME_FIRST || *at > TIME_LAST) {
		value_finding(context, &path, key, FINDING_BAD_DATE, text);
		return false;
	}
	return true;
}

static void
parse_range(const ValueContext *context, struct json_object *root)
{
	Report *report = context->report;
	struct json_object *range = value_object(context, root, NULL, "date-range", true);

	if (range == NULL)
		return;
	report->has_start = parse_time(context, range, "start-datetime", &report->start_at);
	report->has_end = parse_time(context, range, "end-datetime", &report->end_at);
}

static bool
parse_root(const ValueContext *context, struct json_object *root, GError **error)
{
	Report *report = context->report;

	report->organization = value_string(context, root, NULL, "organization-name", true);
	parse_range(context, root);
	report->contact_info = value_string(context, root, NULL, "contact-info", true);
	report->report_id = value_string(context, root, NULL, "report-id", true);
	return parse_policies(context, root, error);
}

Report *
parse_report(GBytes *json, bool labelled, const char *submitter, const Limits *limits,
	Digest *digest, GError **error)
{
	g_autoptr(Report) report = report_new();
	const ValueContext context = { report, limits };
	JsonText text;
	gsize size;
	const char *bytes = g_bytes_get_data(json, &size);

	if (!scan_json(bytes, size, limits, report, &text, error))
		return NULL;

	struct json_object *root = parse_tree(&text, limits, error);
	if (root == NULL)
		return NULL;

	bool ok = is_report(root, labelled);
	if (!ok)
		g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_NOT_REPORT,
			"JSON, but no TLS report: no \"policies\" array in it");
	ok = ok && parse_root(&context, root, error);
	if (ok)
		digest_json(root, *report->organization == '\0' ? submitter : NULL, digest);
	json_object_put(root);
	return ok ? g_steal_pointer(&report) : NULL;
}
