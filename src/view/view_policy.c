/* The policies that senders saw, and what is to be done about them. */
#include "policies.h"

#include "tlsrpt/catalog.h"
#include "tlsrpt/text_table.h"

#include <string.h>

static void
policies_clear(Policies *policies)
{
	g_clear_pointer(&policies->histories, g_ptr_array_unref);
	g_clear_pointer(&policies->others, g_ptr_array_unref);
	g_clear_pointer(&policies->established, g_hash_table_unref);
	g_clear_pointer(&policies->without, g_hash_table_unref);
	g_clear_pointer(&policies->failed_hosts, g_hash_table_unref);
	g_clear_pointer(&policies->resolved, g_hash_table_unref);
	g_clear_pointer(&policies->strings, text_pool_free);
	g_clear_pointer(&policies->document, document_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Policies, policies_clear)

/* --- what the store has */

/* MTA-STS first, then DANE, then the rest. */
static int
type_rank(const PolicyHistory *history)
{
	return policies_is_type(history, POLICY_TYPE_STS)     ? 0
		: policies_is_type(history, POLICY_TYPE_TLSA) ? 1
							      : 2;
}

static int
compare_histories(gconstpointer a, gconstpointer b)
{
	const PolicyHistory *one = *(const PolicyHistory *const *)a;
	const PolicyHistory *other = *(const PolicyHistory *const *)b;
	const int order = strcmp(one->domain, other->domain);

	if (order != 0)
		return order;
	if (type_rank(one) != type_rank(other))
		return type_rank(one) - type_rank(other);
	return strcmp(one->type, other->type);
}

/* Finds the domains about which somebody reports who is believed, and no first-timer. */
static bool
read_established(Policies *policies, GError **error)
{
	g_autoptr(StoreRows)
		rows = store_ask(policies->store, STORE_POLICIES_SEEN, policies->filter, error);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		const Reporter *reporter = reporters_find(
			policies->reporters, store_rows_int(rows, POLICY_SEEN_REPORTER));
		const char *domain = store_rows_text(rows, POLICY_SEEN_DOMAIN);
		if (reporter != NULL && reporter->believed && !reporter->first_timer
			&& !g_hash_table_contains(policies->established, domain))
			g_hash_table_insert(policies->established, g_strdup(domain), NULL);
	}
	return ok;
}

/* Adds the row to the last history of the array, or to a new one. */
static PolicyHistory *
add_to_history(GPtrArray *histories, StoreRows *rows, const char *name)
{
	const char *domain = store_rows_text(rows, POLICY_SEEN_DOMAIN);
	const char *type = store_rows_text(rows, POLICY_SEEN_POLICY_TYPE);
	PolicyHistory *history = histories->len > 0
		? g_ptr_array_index(histories, histories->len - 1)
		: NULL;

	if (history == NULL || strcmp(history->domain, domain) != 0
		|| !policies_is_type(history, type)) {
		history = policy_history_new(domain, type);
		g_ptr_array_add(histories, history);
	}
	policy_history_add(history, store_rows_text(rows, POLICY_SEEN_POLICY_TEXT), name,
		store_rows_int(rows, POLICY_SEEN_FIRST_DAY),
		store_rows_int(rows, POLICY_SEEN_LAST_DAY));
	return history;
}

static void
sort_histories(GPtrArray *histories)
{
	for (guint i = 0; i < histories->len; i++)
		policy_history_sort(g_ptr_array_index(histories, i));
	g_ptr_array_sort(histories, compare_histories);
}

static bool
read_histories(Policies *policies, GError **error)
{
	g_autoptr(StoreRows)
		rows = store_ask(policies->store, STORE_POLICIES_SEEN, policies->filter, error);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		const char *domain = store_rows_text(rows, POLICY_SEEN_DOMAIN);
		const Reporter *reporter = policies_reporter(
			policies, domain, rows, POLICY_SEEN_REPORTER);
		if (reporter == NULL) {
			add_to_history(policies->others, rows,
				store_rows_text(rows, POLICY_SEEN_ORGANIZATION));
			continue;
		}
		PolicyHistory *history = add_to_history(policies->histories, rows, reporter->name);
		if (policies_is_type(history, POLICY_TYPE_NONE))
			g_hash_table_insert(policies->without, history->domain, history);
	}
	sort_histories(policies->histories);
	sort_histories(policies->others);
	return ok;
}

static bool
read_failed_hosts(Policies *policies, GError **error)
{
	g_autoptr(StoreRows)
		rows = store_ask(policies->store, STORE_FAILED_HOSTS, policies->filter, error);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		const char *domain = policies_own_text(policies, rows, 0);
		GPtrArray *hosts = g_hash_table_lookup(policies->failed_hosts, domain);
		if (hosts == NULL) {
			hosts = g_ptr_array_new();
			g_hash_table_insert(policies->failed_hosts, (gpointer)domain, hosts);
		}
		g_ptr_array_add(hosts, (gpointer)policies_own_text(policies, rows, 1));
	}
	return ok;
}

/* --- cells */

static void
set_sighters(Cell *count, Cell *names, const SeenPolicy *policy)
{
	g_autoptr(GPtrArray) all = g_ptr_array_new();

	for (guint i = 0; i < policy->sights->len; i++)
		g_ptr_array_add(
			all, (gpointer)g_array_index(policy->sights, Sight, i).organization);
	count->number = all->len;
	policies_set_lines(names, all);
}

/* Mode, max_age and mx of a policy, which may be NULL. */
static void
set_terms(Cell *mode, Cell *max_age, Cell *mx, const MtaSts *policy)
{
	cell_set_text(mode, policy != NULL ? policy->mode : NULL);
	max_age->number = policy != NULL ? policy->max_age : MTA_STS_NO_AGE;
	if (policy != NULL)
		policies_set_lines(mx, policy->mx);
}

/* --- the policies, and who saw them when */

enum {
	POLICY_DOMAIN,
	POLICY_TYPE,
	POLICY_TEXT,
	POLICY_MODE,
	POLICY_MAX_AGE,
	POLICY_MX,
	POLICY_CURRENT,
	POLICY_FIRST,
	POLICY_LAST,
	POLICY_COUNT,
	POLICY_NAMES,
	POLICY_COLUMNS
};

static const Column policy_columns[POLICY_COLUMNS] = {
	{ "policy_domain", "Domain", CELL_TEXT },
	{ "policy_type", "Type", CELL_TEXT },
	{ "policy_text", "Policy", CELL_TEXT },
	{ "mode", NULL, CELL_WORD },
	{ "max_age", NULL, CELL_SECONDS },
	{ "mx_hosts", NULL, CELL_TEXT },
	{ "current", NULL, CELL_COUNT },
	{ "first_seen", "First", CELL_DAY },
	{ "last_seen", "Last", CELL_DAY },
	{ "organizations", "By", CELL_COUNT },
	{ "seen_by", NULL, CELL_TEXT },
};

static void
add_policy(const PolicyHistory *history, const SeenPolicy *policy, bool is_current, Table *table)
{
	Cell *cells = table_add_row(table);

	cell_set_text(&cells[POLICY_DOMAIN], history->domain);
	cell_set_text(&cells[POLICY_TYPE], history->type);
	cell_set_text(&cells[POLICY_TEXT], policy->text);
	set_terms(&cells[POLICY_MODE], &cells[POLICY_MAX_AGE], &cells[POLICY_MX], policy->sts);
	cells[POLICY_CURRENT].number = is_current;
	cells[POLICY_FIRST].number = policy->first_day;
	cells[POLICY_LAST].number = policy->last_day;
	set_sighters(&cells[POLICY_COUNT], &cells[POLICY_NAMES], policy);
}

/* Those that hold now first, then the newest. */
static void
add_policies(const Policies *policies)
{
	const int64_t window = policies->question->rules->window;
	Table *table = document_add_table(
		policies->document, "policies", NULL, policy_columns, POLICY_COLUMNS);

	for (guint i = 0; i < policies->histories->len; i++) {
		const PolicyHistory *history = g_ptr_array_index(policies->histories, i);
		const SeenPolicy *now = policy_now(history, window);
		for (int current = 1; current >= 0; current--) {
			for (guint j = 0; j < history->policies->len; j++) {
				const SeenPolicy *policy = g_ptr_array_index(history->policies, j);
				if (policy_is_current(history, now, policy, window) == current)
					add_policy(history, policy, current != 0, table);
			}
		}
	}
}

/* Whether somebody who counts saw the same policy. */
static bool
is_seen(const Policies *policies, const PolicyHistory *other, const SeenPolicy *policy)
{
	for (guint i = 0; i < policies->histories->len; i++) {
		const PolicyHistory *history = g_ptr_array_index(policies->histories, i);
		if (strcmp(history->domain, other->domain) == 0
			&& policies_is_type(history, other->type)
			&& policy_history_find(history, policy->text) != NULL)
			return true;
	}
	return false;
}

/* Policies that only those saw who do not count. */
static void
add_unverified(const Policies *policies)
{
	Table *table = document_add_table(
		policies->document, "unverified", NULL, policy_columns, POLICY_COLUMNS);

	for (guint i = 0; i < policies->others->len; i++) {
		const PolicyHistory *history = g_ptr_array_index(policies->others, i);
		for (guint j = 0; j < history->policies->len; j++) {
			const SeenPolicy *policy = g_ptr_array_index(history->policies, j);
			if (!is_seen(policies, history, policy))
				add_policy(history, policy, false, table);
		}
	}
}

static void
add_sights(const Policies *policies)
{
	enum { DOMAIN, TYPE, TEXT, ORGANIZATION, FIRST, LAST };
	static const Column columns[] = {
		{ "policy_domain", NULL, CELL_TEXT },
		{ "policy_type", NULL, CELL_TEXT },
		{ "policy_text", NULL, CELL_TEXT },
		{ "organization", NULL, CELL_TEXT },
		{ "first_seen", NULL, CELL_DAY },
		{ "last_seen", NULL, CELL_DAY },
	};
	Table *table = document_add_table(
		policies->document, "seen", NULL, columns, G_N_ELEMENTS(columns));

	for (guint i = 0; !policies->question->without_sights && i < policies->histories->len;
		i++) {
		const PolicyHistory *history = g_ptr_array_index(policies->histories, i);
		for (guint j = 0; j < history->policies->len; j++) {
			const SeenPolicy *policy = g_ptr_array_index(history->policies, j);
			for (guint k = 0; k < policy->sights->len; k++) {
				const Sight *sight = &g_array_index(policy->sights, Sight, k);
				Cell *cells = table_add_row(table);
				cell_set_text(&cells[DOMAIN], history->domain);
				cell_set_text(&cells[TYPE], history->type);
				cell_set_text(&cells[TEXT], policy->text);
				cell_set_text(&cells[ORGANIZATION], sight->organization);
				cells[FIRST].number = sight->first_day;
				cells[LAST].number = sight->last_day;
			}
		}
	}
}

/* --- the expected policy */

static void
add_expected(const Policies *policies)
{
	enum { TEXT, MODE, MAX_AGE, MX };
	static const Column columns[] = {
		{ "policy_text", NULL, CELL_TEXT },
		{ "mode", NULL, CELL_WORD },
		{ "max_age", NULL, CELL_SECONDS },
		{ "mx_hosts", NULL, CELL_TEXT },
	};
	const MtaSts *expected = policies->question->expected;
	Table *table = document_add_table(
		policies->document, "expected", NULL, columns, G_N_ELEMENTS(columns));

	if (expected == NULL)
		return;
	g_autofree char *text = mta_sts_text(expected);
	Cell *cells = table_add_row(table);
	cell_set_text(&cells[TEXT], text);
	set_terms(&cells[MODE], &cells[MAX_AGE], &cells[MX], expected);
}

static void
add_problems(const Policies *policies)
{
	enum { LINE, KEY, PROBLEM };
	static const Column columns[] = {
		{ "line", NULL, CELL_COUNT },
		{ "key", NULL, CELL_TEXT },
		{ "problem", NULL, CELL_TEXT },
	};
	const MtaSts *expected = policies->question->expected;
	Table *table = document_add_table(
		policies->document, "problems", NULL, columns, G_N_ELEMENTS(columns));

	for (guint i = 0; expected != NULL && i < expected->problems->len; i++) {
		const MtaStsProblem *problem = &g_array_index(expected->problems, MtaStsProblem, i);
		Cell *cells = table_add_row(table);
		cells[LINE].number = problem->line;
		cell_set_text(&cells[KEY], problem->key);
		cell_set_text(&cells[PROBLEM], problem->what);
	}
}

Document *
view_policy(Store *store, const StoreFilter *filter, const PolicyQuestion *question, GError **error)
{
	g_autoptr(Reporters) reporters = reporters_read(store, question->believe, error);
	if (reporters == NULL)
		return NULL;
	g_auto(Policies) policies = {
		.store = store,
		.filter = filter,
		.question = question,
		.reporters = reporters,
		.established = text_table_new(g_free, NULL),
		.histories = g_ptr_array_new_with_free_func((GDestroyNotify)policy_history_free),
		.others = g_ptr_array_new_with_free_func((GDestroyNotify)policy_history_free),
		.without = text_table_new(NULL, NULL),
		.failed_hosts = text_table_new(NULL, (GDestroyNotify)g_ptr_array_unref),
		.resolved = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL),
		.strings = text_pool_new(4096),
		.document = document_new("policy"),
	};

	if (!read_established(&policies, error) || !read_histories(&policies, error)
		|| !read_failed_hosts(&policies, error))
		return NULL;
	add_policies(&policies);
	add_sights(&policies);
	add_expected(&policies);
	add_problems(&policies);
	policies_add_invalid(&policies);
	policies_add_differences(&policies);
	policies_add_old(&policies);
	if (!policies_add_uncovered(&policies, error) || !policies_add_testing(&policies, error))
		return NULL;
	policies_add_tlsa_changes(&policies);
	if (!policies_add_cost(&policies, error))
		return NULL;
	policies_add_weak(&policies);
	add_unverified(&policies);
	policies_add_live(&policies);
	policies_add_verdict(&policies);
	return g_steal_pointer(&policies.document);
}
