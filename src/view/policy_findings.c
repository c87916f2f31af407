/* What the policies and the failures say together: MX hosts, testing mode, TLSA records. */
#include "policies.h"

#include "tlsrpt/catalog.h"
#include "tlsrpt/compare.h"
#include "tlsrpt/count.h"
#include "tlsrpt/day.h"
#include "tlsrpt/policy_testing.h"
#include "tlsrpt/report.h"
#include "tlsrpt/text_table.h"
#include "tlsrpt/tlsa_changes.h"

#include <string.h>

/* What failed at one domain, by host; an array of FailedHost, or NULL. */
static GArray *
read_failures(const Policies *policies, const char *domain, GError **error)
{
	StoreFilter filter = *policies->filter;
	filter.domain = domain;
	g_autoptr(GArray) failures = g_array_new(FALSE, FALSE, sizeof(FailedHost));
	g_autoptr(StoreRows)
		rows = store_ask(policies->store, STORE_FAILURES_AT_HOSTS, &filter, error);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		const Reporter *reporter = policies_reporter(
			policies, domain, rows, FAILURE_AT_HOST_REPORTER);
		if (reporter == NULL)
			continue;
		const FailedHost failure = {
			.policy_type = policies_own_text(
				policies, rows, FAILURE_AT_HOST_POLICY_TYPE),
			.result_type = policies_own_text(
				policies, rows, FAILURE_AT_HOST_RESULT_TYPE),
			.receiving_mx_hostname = policies_own_text(
				policies, rows, FAILURE_AT_HOST_MX),
			.organization = reporter->name,
			.first_day = store_rows_int(rows, FAILURE_AT_HOST_FIRST_DAY),
			.last_day = store_rows_int(rows, FAILURE_AT_HOST_LAST_DAY),
			.failed_sessions = store_rows_int(rows, FAILURE_AT_HOST_FAILED_SESSIONS),
		};
		g_array_append_val(failures, failure);
	}
	return ok ? g_steal_pointer(&failures) : NULL;
}

/* The days of type sts of one domain since anybody saw testing mode; an array of StsDay, or NULL. */
static GArray *
read_sts_days(const Policies *policies, const PolicyHistory *history, GError **error)
{
	StoreFilter filter = *policies->filter;
	filter.domain = history->domain;
	filter.since_day = MAX(filter.since_day, testing_first_day(history));
	g_autoptr(GArray) days = g_array_new(FALSE, FALSE, sizeof(StsDay));
	g_autoptr(StoreRows) rows = store_ask(policies->store, STORE_STS_DAYS, &filter, error);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		const Reporter *reporter = policies_reporter(
			policies, history->domain, rows, STS_DAY_REPORTER);
		if (reporter == NULL)
			continue;
		const StsDay day = {
			.day = store_rows_int(rows, STS_DAY_DAY),
			.organization = reporter->name,
			.sessions = count_add(store_rows_int(rows, STS_DAY_SUCCESSFUL_SESSIONS),
				store_rows_int(rows, STS_DAY_FAILED_SESSIONS)),
			.failed_sessions = store_rows_int(rows, STS_DAY_FAILED_SESSIONS),
		};
		g_array_append_val(days, day);
	}
	return ok ? g_steal_pointer(&days) : NULL;
}

enum {
	HOST_DOMAIN,
	HOST_NAME,
	HOST_TYPES,
	HOST_FIRST,
	HOST_LAST,
	HOST_COUNT,
	HOST_NAMES,
	HOST_FAILED,
	HOST_COLUMNS
};

/* Adds a line, unless it is there already. */
static void
add_line(GPtrArray *lines, const char *line)
{
	for (guint i = 0; i < lines->len; i++) {
		if (strcmp(g_ptr_array_index(lines, i), line) == 0)
			return;
	}
	g_ptr_array_add(lines, (gpointer)line);
}

/* Adds the host whose failures begin at an index; returns the index after its last failure. */
static guint
add_host(const char *domain, const GArray *failed, guint from, Table *table)
{
	const FailedHost *first = &g_array_index(failed, FailedHost, from);
	g_autoptr(GPtrArray) types = g_ptr_array_new();
	g_autoptr(GHashTable) known = text_table_new(NULL, NULL);
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	Cell *cells = table_add_row(table);
	guint i = from;

	cell_set_text(&cells[HOST_DOMAIN], domain);
	cell_set_text(&cells[HOST_NAME], first->receiving_mx_hostname);
	cells[HOST_FIRST].number = first->first_day;
	for (; i < failed->len; i++) {
		const FailedHost *one = &g_array_index(failed, FailedHost, i);
		if (strcmp(one->receiving_mx_hostname, first->receiving_mx_hostname) != 0)
			break;
		add_line(types, one->result_type);
		if (g_hash_table_add(known, (gpointer)one->organization))
			g_ptr_array_add(names, (gpointer)one->organization);
		cells[HOST_FIRST].number = MIN(cells[HOST_FIRST].number, one->first_day);
		cells[HOST_LAST].number = MAX(cells[HOST_LAST].number, one->last_day);
		cells[HOST_FAILED].number = count_add(
			cells[HOST_FAILED].number, one->failed_sessions);
	}
	g_ptr_array_sort(names, compare_texts);
	policies_set_lines(&cells[HOST_TYPES], types);
	cells[HOST_COUNT].number = names->len;
	policies_set_lines(&cells[HOST_NAMES], names);
	return i;
}

static bool
is_uncovered(const MtaSts *policy, const char *host)
{
	return *host != '\0' && strcmp(host, INCIDENT_MANY) != 0 && !mta_sts_covers(policy, host);
}

static bool
is_any_uncovered(const Policies *policies, const char *domain, const MtaSts *policy)
{
	const GPtrArray *hosts = g_hash_table_lookup(policies->failed_hosts, domain);

	for (guint i = 0; hosts != NULL && i < hosts->len; i++) {
		if (is_uncovered(policy, g_ptr_array_index(hosts, i)))
			return true;
	}
	return false;
}

static bool
add_uncovered_of(
	const Policies *policies, const PolicyHistory *history, Table *table, GError **error)
{
	const SeenPolicy *now = policy_now(history, policies->question->rules->window);
	const MtaSts *expected = policies->question->expected;
	const MtaSts *policy = expected != NULL ? expected : now != NULL ? now->sts : NULL;

	if (policy == NULL || policy->mx->len == 0
		|| !is_any_uncovered(policies, history->domain, policy))
		return true;

	g_autoptr(GArray) failures = read_failures(policies, history->domain, error);
	for (guint i = 0; failures != NULL && i < failures->len;) {
		const char *host = g_array_index(failures, FailedHost, i).receiving_mx_hostname;
		if (is_uncovered(policy, host))
			i = add_host(history->domain, failures, i, table);
		else
			i++;
	}
	return failures != NULL;
}

/* MX hosts at which something failed, and which no mx: of the policy matches. */
bool
policies_add_uncovered(const Policies *policies, GError **error)
{
	static const Column columns[HOST_COLUMNS] = {
		{ "policy_domain", NULL, CELL_TEXT },
		{ "receiving_mx_hostname", NULL, CELL_TEXT },
		{ "result_types", NULL, CELL_TEXT },
		{ "first_seen", NULL, CELL_DAY },
		{ "last_seen", NULL, CELL_DAY },
		{ "organizations", NULL, CELL_COUNT },
		{ "seen_by", NULL, CELL_TEXT },
		{ "failed_sessions", NULL, CELL_COUNT },
	};
	Table *table = document_add_table(
		policies->document, "uncovered_mx", NULL, columns, HOST_COLUMNS);
	bool ok = true;

	for (guint i = 0; ok && i < policies->histories->len; i++) {
		const PolicyHistory *history = g_ptr_array_index(policies->histories, i);
		if (policies_is_type(history, POLICY_TYPE_STS))
			ok = add_uncovered_of(policies, history, table, error);
	}
	return ok;
}

static void
add_testing_row(
	const PolicyHistory *history, const Testing *testing, int64_t learning_days, Table *table)
{
	enum {
		DOMAIN,
		VERDICT,
		SINCE,
		DAYS,
		NEEDED,
		CLEAN_SINCE,
		CLEAN_DAYS,
		REPORTERS,
		SESSIONS,
		FAILED,
		LAST_FAILURE,
		OTHERS
	};
	Cell *cells = table_add_row(table);

	cell_set_text(&cells[DOMAIN], history->domain);
	cell_set_enum(&cells[VERDICT], testing->verdict, testing_verdict_name(testing->verdict));
	cells[SINCE].number = testing->since;
	cells[DAYS].number = testing->days;
	cells[NEEDED].number = learning_days;
	cell_set_day_text(&cells[CLEAN_SINCE], testing->clean_since);
	cells[CLEAN_DAYS].number = testing->clean_days;
	cells[REPORTERS].number = testing->reporters;
	cells[SESSIONS].number = testing->sessions;
	cells[FAILED].number = testing->failed_sessions;
	cell_set_day_text(&cells[LAST_FAILURE], testing->last_failure);
	policies_set_lines(&cells[OTHERS], testing->others);
}

static bool
add_testing_of(const Policies *policies, const PolicyHistory *history, Table *table, GError **error)
{
	const TestingRules rules = { policies->filter->until_day, policies->question->rules->window,
		policies->question->rules->learning };
	const SeenPolicy *now = policy_now(history, rules.window);

	if (!policy_is_testing(now))
		return true;

	g_autoptr(GArray) days = read_sts_days(policies, history, error);
	g_autoptr(GArray) failures = days != NULL ? read_failures(policies, history->domain, error)
						  : NULL;
	if (failures == NULL)
		return false;
	Testing testing;
	const TestingEvidence evidence = { history, policies_without(policies, history->domain),
		days, failures };
	if (testing_judge(&evidence, &rules, &testing)) {
		add_testing_row(history, &testing, rules.learning, table);
		testing_clear(&testing);
	}
	return true;
}

bool
policies_add_testing(const Policies *policies, GError **error)
{
	static const Column columns[] = {
		{ "policy_domain", NULL, CELL_TEXT },
		{ "verdict", NULL, CELL_ENUM },
		{ "since", NULL, CELL_DAY },
		{ "days", NULL, CELL_COUNT },
		{ "days_needed", NULL, CELL_COUNT },
		{ "clean_since", NULL, CELL_TEXT },
		{ "clean_days", NULL, CELL_COUNT },
		{ "reporters", NULL, CELL_COUNT },
		{ "sessions", NULL, CELL_COUNT },
		{ "failed_sessions", NULL, CELL_COUNT },
		{ "last_failure", NULL, CELL_TEXT },
		{ "other_policy_seen_by", NULL, CELL_TEXT },
	};
	Table *table = document_add_table(
		policies->document, "testing", NULL, columns, G_N_ELEMENTS(columns));
	bool ok = true;

	for (guint i = 0; ok && i < policies->histories->len; i++) {
		const PolicyHistory *history = g_ptr_array_index(policies->histories, i);
		if (policies_is_type(history, POLICY_TYPE_STS))
			ok = add_testing_of(policies, history, table, error);
	}
	return ok;
}

/* Why a policy is not valid, a line each: "no mx", "mode is none of ..."; caller frees. */
static char *
flaws_text(const MtaSts *policy)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < policy->problems->len; i++) {
		const MtaStsProblem *problem = &g_array_index(policy->problems, MtaStsProblem, i);
		if (!problem->fatal)
			continue;
		if (text->len > 0)
			g_string_append_c(text, '\n');
		if (problem->line == 0)
			g_string_append_printf(text, "no %s", problem->key);
		else
			g_string_append_printf(text, "%s%s%s",
				problem->key != NULL ? problem->key : "",
				problem->key != NULL ? " " : "", problem->what);
	}
	return g_string_free(text, FALSE);
}

/* Policies of type sts that somebody saw last, and that are not valid or not quoted whole. */
void
policies_add_invalid(const Policies *policies)
{
	enum { DOMAIN, TEXT, VALIDITY, PROBLEMS, FIRST, LAST, COUNT, NAMES };
	static const Column columns[] = {
		{ "policy_domain", NULL, CELL_TEXT },
		{ "policy_text", NULL, CELL_TEXT },
		{ "validity", NULL, CELL_ENUM },
		{ "problems", NULL, CELL_TEXT },
		{ "first_seen", NULL, CELL_DAY },
		{ "last_seen", NULL, CELL_DAY },
		{ "organizations", NULL, CELL_COUNT },
		{ "seen_by", NULL, CELL_TEXT },
	};
	Table *table = document_add_table(
		policies->document, "invalid", NULL, columns, G_N_ELEMENTS(columns));

	for (guint i = 0; i < policies->histories->len; i++) {
		const PolicyHistory *history = g_ptr_array_index(policies->histories, i);
		for (guint j = 0;
			policies_is_type(history, POLICY_TYPE_STS) && j < history->policies->len;
			j++) {
			const SeenPolicy *policy = g_ptr_array_index(history->policies, j);
			const PolicyValidity validity = policy_validity(history, policy);
			int64_t last_day;
			g_autoptr(GPtrArray)
				names = policies_last_seen_by(history, policy, &last_day);
			if (validity == POLICY_VALID || policy->sts == NULL || names->len == 0)
				continue;
			g_autofree char *problems = flaws_text(policy->sts);
			Cell *cells = table_add_row(table);
			cell_set_text(&cells[DOMAIN], history->domain);
			cell_set_text(&cells[TEXT], policy->text);
			cell_set_enum(&cells[VALIDITY], validity,
				validity == POLICY_INVALID ? "not-valid" : "in-part");
			cell_set_text(&cells[PROBLEMS], problems);
			cells[FIRST].number = policy->first_day;
			cells[LAST].number = last_day;
			cells[COUNT].number = names->len;
			policies_set_lines(&cells[NAMES], names);
		}
	}
}

void
policies_add_tlsa_changes(const Policies *policies)
{
	enum { DOMAIN, KIND, NEW, OLD, NEW_SINCE, OLD_UNTIL, COUNT, NAMES };
	static const Column columns[] = {
		{ "policy_domain", NULL, CELL_TEXT },
		{ "change", NULL, CELL_ENUM },
		{ "new_records", NULL, CELL_TEXT },
		{ "old_records", NULL, CELL_TEXT },
		{ "new_since", NULL, CELL_DAY },
		{ "old_until", NULL, CELL_DAY },
		{ "organizations", NULL, CELL_COUNT },
		{ "seen_by", NULL, CELL_TEXT },
	};
	Table *table = document_add_table(
		policies->document, "tlsa_changes", NULL, columns, G_N_ELEMENTS(columns));

	for (guint i = 0; i < policies->histories->len; i++) {
		const PolicyHistory *history = g_ptr_array_index(policies->histories, i);
		if (!policies_is_type(history, POLICY_TYPE_TLSA))
			continue;
		g_autoptr(GArray) changes = tlsa_changes(history);
		for (guint j = 0; j < changes->len; j++) {
			const TlsaChange *change = &g_array_index(changes, TlsaChange, j);
			Cell *cells = table_add_row(table);
			cell_set_text(&cells[DOMAIN], history->domain);
			cell_set_enum(&cells[KIND], change->kind, tlsa_change_name(change->kind));
			policies_set_lines(&cells[NEW], change->new_records);
			policies_set_lines(&cells[OLD], change->old_records);
			cells[NEW_SINCE].number = change->new_since;
			cells[OLD_UNTIL].number = change->old_until;
			cells[COUNT].number = change->organizations->len;
			policies_set_lines(&cells[NAMES], change->organizations);
		}
	}
}

/* --- policies that are valid, and unwise */

static const char *const weak_names[] = {
	[WEAK_SINGLE_TLSA] = "single-tlsa",
	[WEAK_SHORT_MAX_AGE] = "short-max-age",
};

/* In mode enforce a max_age of under a day protects hardly anybody (RFC 8461 section 3.2: weeks). */
static bool
is_short(const MtaSts *policy)
{
	return policy != NULL && mta_sts_mode_of(policy->mode) == MTA_STS_ENFORCE
		&& policy->max_age >= 0 && policy->max_age < DAY_SECONDS;
}

static void
add_weak(const PolicyHistory *history, const SeenPolicy *policy, PolicyWeakness weakness,
	Table *table)
{
	enum { DOMAIN, WEAKNESS, TEXT, MAX_AGE, LAST, COUNT, NAMES };
	Cell *cells = table_add_row(table);
	int64_t last_day;
	g_autoptr(GPtrArray) names = policies_last_seen_by(history, policy, &last_day);

	cell_set_text(&cells[DOMAIN], history->domain);
	cell_set_enum(&cells[WEAKNESS], weakness, weak_names[weakness]);
	cell_set_text(&cells[TEXT], policy->text);
	cells[MAX_AGE].number = policy->sts != NULL ? policy->sts->max_age : MTA_STS_NO_AGE;
	cells[LAST].number = policy->last_day;
	cells[COUNT].number = names->len;
	policies_set_lines(&cells[NAMES], names);
}

void
policies_add_weak(const Policies *policies)
{
	static const Column columns[] = {
		{ "policy_domain", NULL, CELL_TEXT },
		{ "weakness", NULL, CELL_ENUM },
		{ "policy_text", NULL, CELL_TEXT },
		{ "max_age", NULL, CELL_SECONDS },
		{ "last_seen", NULL, CELL_DAY },
		{ "organizations", NULL, CELL_COUNT },
		{ "seen_by", NULL, CELL_TEXT },
	};
	const int64_t window = policies->question->rules->window;
	Table *table = document_add_table(
		policies->document, "weak", NULL, columns, G_N_ELEMENTS(columns));

	for (guint i = 0; i < policies->histories->len; i++) {
		const PolicyHistory *history = g_ptr_array_index(policies->histories, i);
		const SeenPolicy *now = policy_now(history, window);
		for (guint j = 0; j < history->policies->len; j++) {
			const SeenPolicy *policy = g_ptr_array_index(history->policies, j);
			if (!policy_is_current(history, now, policy, window))
				continue;
			if (is_short(policy->sts))
				add_weak(history, policy, WEAK_SHORT_MAX_AGE, table);
			if (policy->tlsa != NULL && g_strv_length(policy->tlsa) == 1)
				add_weak(history, policy, WEAK_SINGLE_TLSA, table);
		}
	}
}
