#include "tlsrpt/parse.h"

#include "tlsrpt/catalog.h"
#include "tlsrpt/day.h"
#include "tlsrpt/error.h"
#include "tlsrpt/members.h"
#include "tlsrpt/scan.h"
#include "tlsrpt/value.h"

#include <json-c/json.h>
#include <json-c/printbuf.h>
#include <string.h>

/*
 * Whether a parse failed because there was no memory.  json-c 0.17 and later have an error for that,
 * the first one that older headers do not have.  json-c 0.16 says "success", or names whatever failed
 * next; so this tries to get memory, beside what json-c still holds.
 */
static bool
is_out_of_memory(struct json_tokener *tokener, size_t length)
{
	const enum json_tokener_error problem = json_tokener_get_error(tokener);
	g_autofree void *room = g_try_malloc(4 * MIB + length);

	return room == NULL || problem == json_tokener_success || problem > json_tokener_error_size;
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
has_date_range(const Members *root)
{
	struct json_object *range = value_peek_object(
		root->object, members_key(root, KEY_DATE_RANGE));

	return members_find(range, ALIAS_RANGE, KEY_START_DATETIME) != NULL
		|| members_find(range, ALIAS_RANGE, KEY_END_DATETIME) != NULL
		|| members_hold(root, KEY_START_DATETIME) || members_hold(root, KEY_END_DATETIME);
}

/* Whether an element of policies shows by itself that it is of a TLS report. */
static bool
is_telling(struct json_object *item)
{
	return members_find(item, ALIAS_ITEM, KEY_POLICY) != NULL
		|| members_find(item, ALIAS_ITEM, KEY_SUMMARY) != NULL
		|| (members_find(item, ALIAS_ITEM, KEY_POLICY_TYPE) != NULL
			&& members_find(item, ALIAS_ITEM, KEY_POLICY_DOMAIN) != NULL);
}

/* Whether there is anything in it that belongs there. */
static bool
is_item(struct json_object *item)
{
	for (AliasKey key = 0; key < ALIAS_KEYS; key++) {
		if (members_find(item, ALIAS_ITEM, key) != NULL)
			return true;
	}
	return false;
}

static bool
has_any(struct json_object *policies, bool (*is)(struct json_object *item))
{
	for (size_t i = 0; i < value_list_length(policies); i++) {
		if (is(value_list_element(policies, i)))
			return true;
	}
	return false;
}

static bool
is_report(const Members *root, bool labelled)
{
	struct json_object *policies = value_peek_list(
		root->object, members_key(root, KEY_POLICIES));
	const bool dated = has_date_range(root);
	const bool named = members_hold(root, KEY_ORGANIZATION_NAME);

	if (policies == NULL)
		return dated && value_has(root->object, members_key(root, KEY_ORGANIZATION_NAME));
	/* An empty array is not enough: any program may have something of that name. */
	if (!dated && !named && !has_any(policies, is_item))
		return false;
	return labelled || dated || has_any(policies, is_telling);
}

/*
 * Where in one element of policies something may be: the object where it belongs, then others, then
 * NULL.
 */
typedef Members *const Places[4];

/* The object that has the key, or the first one if none has it.  Another one with a finding. */
static Members *
locate(const ValueContext *context, AliasKey key, Places places)
{
	Members *found = NULL;

	for (size_t i = 1; places[i] != NULL && found == NULL; i++) {
		if (!places[i]->is_plain && members_hold(places[i], key))
			found = places[i];
	}
	if (found == NULL || members_hold(places[0], key))
		return places[0];
	value_finding(context, found->path, members_key(found, key), FINDING_OTHER_PLACE, NULL);
	members_take(found, key);
	return found;
}

/* The result type as the registry spells it; as it is if nobody knows it. */
static const char *
canonical_result_type(const char *text)
{
	const char *known = catalog_knows_result_type(text) ? NULL : alias_result_type(text);

	return known != NULL ? known : text;
}

/* Whether the policy could not be fetched, so that the sender cannot have seen it. */
static bool
is_unseen(const Members *item)
{
	struct json_object *rows = value_peek_list(
		item->object, members_key(item, KEY_FAILURE_DETAILS));

	for (size_t i = 0; i < value_list_length(rows); i++) {
		struct json_object *row = value_list_element(rows, i);
		const char *key = members_find(row, ALIAS_FAILURE, KEY_RESULT_TYPE);
		const char *text = key != NULL ? value_only_string(row, key) : NULL;
		const char *type = canonical_result_type(text != NULL ? text : "");
		if (strcmp(type, "sts-policy-fetch-error") == 0
			|| strcmp(type, "sts-webpki-invalid") == 0)
			return true;
	}
	return false;
}

/* A string; where it cannot be known to the sender, null and "" say no more than its absence. */
static const char *
parse_known(const ValueContext *context, const Members *members, AliasKey key, bool expected)
{
	if (!expected && !members_hold(members, key))
		return "";
	return value_string(
		context, members->object, members->path, members_key(members, key), expected);
}

static void
parse_failure(const ValueContext *context, struct json_object *object, const ValuePath *path,
	Failure *failure)
{
	Members row;
	bool known;

	members_read(context, object, path, ALIAS_FAILURE, &row);
	failure->index = path->index;
	failure->result_type = value_string(
		context, object, path, members_key(&row, KEY_RESULT_TYPE), true);
	/* In what goes wrong with the policy no MX has a part. */
	const bool is_at_mx =
		strncmp(canonical_result_type(failure->result_type), "sts-", strlen("sts-")) != 0;
	failure->sending_mta_ip = parse_known(context, &row, KEY_SENDING_MTA_IP, is_at_mx);
	failure->receiving_mx_hostname = parse_known(
		context, &row, KEY_RECEIVING_MX_HOSTNAME, is_at_mx);
	if (members_has(&row, KEY_RECEIVING_MX_HELO))
		failure->receiving_mx_helo = value_string(
			context, object, path, members_key(&row, KEY_RECEIVING_MX_HELO), false);
	failure->receiving_ip = is_at_mx
		? value_string(context, object, path, members_key(&row, KEY_RECEIVING_IP), false)
		: parse_known(context, &row, KEY_RECEIVING_IP, false);
	failure->failed_sessions = value_count(
		context, object, path, members_key(&row, KEY_FAILED_SESSION_COUNT), true, &known);
	if (members_has(&row, KEY_ADDITIONAL_INFORMATION))
		failure->additional_information = value_string_or_json(
			context, object, path, members_key(&row, KEY_ADDITIONAL_INFORMATION));
	if (members_has(&row, KEY_FAILURE_REASON_CODE))
		failure->failure_reason_code = value_string_or_json(
			context, object, path, members_key(&row, KEY_FAILURE_REASON_CODE));
}

static bool
parse_failures(const ValueContext *context, const Members *at, Policy *policy, int64_t *failures,
	GError **error)
{
	const char *key = members_key(at, KEY_FAILURE_DETAILS);
	struct json_object *list = value_list(context, at->object, at->path, key, false);
	const ValuePath list_path = { .parent = at->path, .key = key };

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
 * The array or object that a string holds as text, as Microsoft writes TLSA records; NULL if it
 * holds none.  The text is a short string, so its tree needs no other limits; caller puts it.
 */
static struct json_object *
json_in_string(const ValueContext *context, const Members *at, AliasKey key, LineKind kind)
{
	const char *text = value_only_string(at->object, members_key(at, key));
	const bool may_be_object = kind == LINES_STS;
	g_autoptr(GError) error = NULL;
	JsonText json;

	if (text == NULL || (*text != '[' && !(may_be_object && *text == '{'))
		|| strlen(text) > (size_t)context->limits->lines)
		return NULL;

	/* takes the findings of that text, which are not told to anybody */
	g_autoptr(Report) nobodys = report_new();
	if (!scan_json(text, strlen(text), context->limits, nobodys, &json, NULL))
		return NULL;

	struct json_object *value = parse_tree(&json, context->limits, &error);
	if (g_error_matches(error, TLSRPT_ERROR, TLSRPT_ERROR_NO_MEMORY))
		value_no_memory();
	if (!json_object_is_type(value, json_type_array)
		&& !(may_be_object && json_object_is_type(value, json_type_object))) {
		json_object_put(value);
		return NULL;
	}
	return value;
}

/* Likewise lines; those that cannot be known are not expected either. */
static const char *
parse_lines(const ValueContext *context, AliasKey key, Places places, LineKind kind, bool is_known,
	bool expected)
{
	const Members *at = locate(context, key, places);

	if (at->object == NULL || (!is_known && !members_hold(at, key)))
		return "";
	struct json_object *unwrapped = json_in_string(context, at, key, kind);
	const char *lines = value_lines(
		context, at->object, at->path, members_key(at, key), kind, unwrapped, expected);
	json_object_put(unwrapped);
	return lines;
}

static const char *
parse_string(const ValueContext *context, AliasKey key, Places places)
{
	const Members *at = locate(context, key, places);

	return at->object != NULL
		? value_string(context, at->object, at->path, members_key(at, key), true)
		: "";
}

/* The type as the RFC spells it; as it is if nobody knows it. */
static const char *
parse_policy_type(const ValueContext *context, Places places)
{
	const char *text = parse_string(context, KEY_POLICY_TYPE, places);
	const char *known = catalog_knows_policy_type(text) ? NULL : alias_policy_type(text);

	if (known == NULL)
		return text;
	value_finding(
		context, places[0]->path, alias_name(KEY_POLICY_TYPE), FINDING_OTHER_WORD, text);
	return known;
}

static void
parse_policy_itself(const ValueContext *context, Members *itself, Members *item, Policy *policy)
{
	Places places = { itself, item, NULL };

	policy->policy_type = parse_policy_type(context, places);
	policy->policy_domain = parse_string(context, KEY_POLICY_DOMAIN, places);

	const bool is_sts = strcmp(policy->policy_type, POLICY_TYPE_STS) == 0;
	const bool is_tlsa = strcmp(policy->policy_type, POLICY_TYPE_TLSA) == 0;
	const bool is_whole = members_hold(itself, KEY_POLICY_STRING)
		&& members_hold(itself, KEY_MX_HOST);
	const bool is_known = !is_sts || is_whole || !is_unseen(item);
	policy->policy_text = parse_lines(context, KEY_POLICY_STRING, places,
		is_sts		  ? LINES_STS
			: is_tlsa ? LINES_TLSA
				  : LINES_OTHER,
		is_known, is_sts || is_tlsa);
	policy->mx_hosts = parse_lines(context, KEY_MX_HOST, places, LINES_NAMES, is_known, is_sts);
	if (*policy->mx_hosts != '\0' && !is_sts)
		value_finding(context, itself->path, alias_name(KEY_MX_HOST), FINDING_UNEXPECTED,
			policy->policy_type);
}

static int64_t
parse_total(const ValueContext *context, AliasKey key, Places places, bool *known)
{
	const Members *at = locate(context, key, places);

	*known = false;
	return at->object != NULL
		? value_count(context, at->object, at->path, members_key(at, key), true, known)
		: 0;
}

/* The object under a key, and what is in it. */
static void
read_object(const ValueContext *context, const Members *at, AliasKey key, ValuePath *path,
	AliasPlace place, Members *members)
{
	*path = (ValuePath){ .parent = at->path, .key = members_key(at, key) };
	members_read(context, value_object(context, at->object, at->path, path->key, true), path,
		place, members);
}

static bool
parse_policy(
	const ValueContext *context, Members *item, size_t index, int64_t *failures, GError **error)
{
	Policy *policy = report_add_policy(context->report);
	Members itself, summary;
	ValuePath itself_path, summary_path;
	bool known;

	policy->index = index;
	read_object(context, item, KEY_POLICY, &itself_path, ALIAS_POLICY, &itself);
	parse_policy_itself(context, &itself, item, policy);

	Places summaries = { item, &itself, NULL };
	read_object(context, locate(context, KEY_SUMMARY, summaries), KEY_SUMMARY, &summary_path,
		ALIAS_SUMMARY, &summary);
	Places totals = { &summary, item, &itself, NULL };
	policy->successful_sessions = parse_total(context, KEY_SUCCESSFUL, totals, &known);
	policy->failed_sessions = parse_total(context, KEY_FAILED, totals, &known);
	policy->lacks_failed = !known;

	Places rows = { item, &summary, &itself, NULL };
	const bool ok = parse_failures(
		context, locate(context, KEY_FAILURE_DETAILS, rows), policy, failures, error);
	members_find_rest(context, item);
	members_find_rest(context, &itself);
	members_find_rest(context, &summary);
	return ok;
}

/* One policy whose parts stand in the report itself, as in drafts of the RFC. */
static bool
parse_bare_policy(const ValueContext *context, Members *root, GError **error)
{
	static const AliasKey keys[] = { KEY_POLICY, KEY_SUMMARY, KEY_FAILURE_DETAILS };
	int64_t failures = 0;
	bool is_there = false;

	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		if (!members_hold(root, keys[i]))
			continue;
		value_finding(
			context, root->path, members_key(root, keys[i]), FINDING_OTHER_PLACE, NULL);
		members_take(root, keys[i]);
		is_there = true;
	}
	return !is_there || parse_policy(context, root, 0, &failures, error);
}

static bool
parse_policies(const ValueContext *context, Members *root, GError **error)
{
	const char *key = members_key(root, KEY_POLICIES);
	struct json_object *list = value_list(context, root->object, NULL, key, true);
	const ValuePath list_path = { .key = key };
	const size_t length = value_list_length(list);
	int64_t failures = 0;

	if (list == NULL)
		return parse_bare_policy(context, root, error);
	if (length == 0)
		value_finding(context, NULL, key, FINDING_EMPTY, NULL);
	if ((int64_t)length > context->limits->policies) {
		return error_over_limit("the report", "policies", context->limits->policies, error);
	}
	for (size_t i = 0; i < length; i++) {
		struct json_object *element = value_list_element(list, i);
		const ValuePath path = { .parent = &list_path, .index = i };
		Members item;
		if (!json_object_is_type(element, json_type_object)) {
			g_autofree char *text = value_path_text(&path);
			report_add_finding(context->report, context->limits, FINDING_WRONG_TYPE,
				text, "not an object, ignored");
			continue;
		}
		members_read(context, element, &path, ALIAS_ITEM, &item);
		if (!parse_policy(context, &item, i, &failures, error))
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
	/* The end of a day, as RFC 8460 section 4.4 has it, but RFC 3339 cannot. */
	const bool is_end = strlen(whole) > date_length
		&& g_str_has_prefix(whole + date_length + 1, "24:00:00");
	if (is_end)
		whole[date_length + 1] = whole[date_length + 2] = '0';
	GDateTime *time = g_date_time_new_from_iso8601(whole, utc);
	if (time != NULL && is_end) {
		GDateTime *next = g_date_time_add_days(time, 1);
		g_date_time_unref(time);
		time = next;
	}

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
parse_time(const ValueContext *context, AliasKey name, Places places, int64_t *at)
{
	const Members *range = locate(context, name, places);
	const char *key = members_key(range, name);
	g_autoptr(GDateTime) time = NULL;
	const char *text = "";
	int64_t number;

	if (range->object == NULL)
		return false;
	if (value_whole_number(range->object, key, &number)) {
		time = g_date_time_new_from_unix_utc(number);
		value_finding(context, range->path, key, FINDING_EPOCH_NUMBER, NULL);
	} else {
		text = value_string(context, range->object, range->path, key, true);
		if (*text == '\0')
			return false;
		time = parse_date_time(context, range->path, key, text);
	}
	if (time != NULL)
		*at = g_date_time_to_unix(time);
	if (time == NULL || *at < TIME_FIRST || *at > TIME_LAST) {
		value_finding(context, range->path, key, FINDING_BAD_DATE, text);
		return false;
	}
	return true;
}

static void
parse_range(const ValueContext *context, Members *root)
{
	Report *report = context->report;
	ValuePath path;
	Members range;

	read_object(context, root, KEY_DATE_RANGE, &path, ALIAS_RANGE, &range);
	Places places = { &range, root, NULL };
	report->has_start = parse_time(context, KEY_START_DATETIME, places, &report->start_at);
	report->has_end = parse_time(context, KEY_END_DATETIME, places, &report->end_at);
}

static bool
parse_root(const ValueContext *context, Members *root, GError **error)
{
	Report *report = context->report;
	Places places = { root, NULL };

	report->organization = parse_string(context, KEY_ORGANIZATION_NAME, places);
	parse_range(context, root);
	report->contact_info = parse_string(context, KEY_CONTACT_INFO, places);
	report->report_id = parse_string(context, KEY_REPORT_ID, places);
	const bool ok = parse_policies(context, root, error);
	members_find_rest(context, root);
	return ok;
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

	Members members;
	members_read(&context, root, NULL, ALIAS_ROOT, &members);
	bool ok = is_report(&members, labelled);
	if (!ok)
		g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_NOT_REPORT,
			"JSON, but no TLS report: no policies in it");
	ok = ok && parse_root(&context, &members, error);
	if (ok)
		digest_json(root, *report->organization == '\0' ? submitter : NULL, digest);
	json_object_put(root);
	return ok ? g_steal_pointer(&report) : NULL;
}
