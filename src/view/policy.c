/* The policies that senders saw, and what is to be done about them. */
#include "tlsrpt/view.h"

#include "tlsrpt/catalog.h"
#include "tlsrpt/count.h"
#include "tlsrpt/policy_history.h"
#include "tlsrpt/report.h"

#include <string.h>

/* All that is asked and known, while the answer is made. */
typedef struct {
	Store *store;
	const StoreFilter *filter;
	const PolicyQuestion *question;
	GPtrArray *histories; /* of PolicyHistory, by domain and type */
	GHashTable *without; /* those of type no-policy-found, by domain */
	GHashTable *failed_hosts; /* by domain arrays of names: where anything failed */
	GStringChunk *strings;
	Document *document;
} Policies;

static void
policies_clear(Policies *policies)
{
	g_clear_pointer(&policies->histories, g_ptr_array_unref);
	g_clear_pointer(&policies->without, g_hash_table_unref);
	g_clear_pointer(&policies->failed_hosts, g_hash_table_unref);
	g_clear_pointer(&policies->strings, g_string_chunk_free);
	g_clear_pointer(&policies->document, document_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Policies, policies_clear)

static bool
is_type(const PolicyHistory *history, const char *type)
{
	return strcmp(history->type, type) == 0;
}

/* --- what the store has */

/* MTA-STS first, then DANE, then the rest. */
static int
type_rank(const PolicyHistory *history)
{
	return is_type(history, POLICY_TYPE_STS) ? 0 : is_type(history, POLICY_TYPE_TLSA) ? 1 : 2;
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

static bool
read_histories(Policies *policies, GError **error)
{
	g_autoptr(StoreRows) rows =
		store_ask(policies->store, STORE_POLICIES_SEEN, policies->filter, error);
	PolicyHistory *history = NULL;
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		const char *domain = store_rows_text(rows, 0), *type = store_rows_text(rows, 1);
		if (history == NULL || strcmp(history->domain, domain) != 0
			|| !is_type(history, type)) {
			history = policy_history_new(domain, type);
			g_ptr_array_add(policies->histories, history);
			if (is_type(history, POLICY_TYPE_NONE))
				g_hash_table_insert(policies->without, history->domain, history);
		}
		policy_history_add(history, store_rows_text(rows, 2), store_rows_text(rows, 3),
			store_rows_int(rows, 4), store_rows_int(rows, 5));
	}
	for (guint i = 0; i < policies->histories->len; i++)
		policy_history_sort(g_ptr_array_index(policies->histories, i));
	g_ptr_array_sort(policies->histories, compare_histories);
	return ok;
}

static const char *
own_text(const Policies *policies, StoreRows *rows, int column)
{
	return g_string_chunk_insert_const(policies->strings, store_rows_text(rows, column));
}

static bool
read_failed_hosts(Policies *policies, GError **error)
{
	g_autoptr(StoreRows) rows =
		store_ask(policies->store, STORE_FAILED_HOSTS, policies->filter, error);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		const char *domain = own_text(policies, rows, 0);
		GPtrArray *hosts = g_hash_table_lookup(policies->failed_hosts, domain);
		if (hosts == NULL) {
			hosts = g_ptr_array_new();
			g_hash_table_insert(policies->failed_hosts, (gpointer)domain, hosts);
		}
		g_ptr_array_add(hosts, (gpointer)own_text(policies, rows, 1));
	}
	return ok;
}

/* What failed at one domain, by host; an array of FailedHost, or NULL. */
static GArray *
read_failures(const Policies *policies, const char *domain, GError **error)
{
	StoreFilter filter = *policies->filter;
	filter.domain = domain;
	g_autoptr(GArray) failures = g_array_new(FALSE, FALSE, sizeof(FailedHost));
	g_autoptr(StoreRows) rows =
		store_ask(policies->store, STORE_FAILURES_AT_HOSTS, &filter, error);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		const FailedHost failure = {
			.policy_type = own_text(policies, rows, 0),
			.result_type = own_text(policies, rows, 1),
			.receiving_mx_hostname = own_text(policies, rows, 2),
			.organization = own_text(policies, rows, 3),
			.first_day = store_rows_int(rows, 4),
			.last_day = store_rows_int(rows, 5),
			.failed_sessions = store_rows_int(rows, 6),
		};
		g_array_append_val(failures, failure);
	}
	return ok ? g_steal_pointer(&failures) : NULL;
}

/* Who found no policy at the domain, or NULL. */
static const PolicyHistory *
without_of(const Policies *policies, const char *domain)
{
	return g_hash_table_lookup(policies->without, domain);
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
		const StsDay day = {
			.day = store_rows_int(rows, 0),
			.organization = own_text(policies, rows, 1),
			.sessions = count_add(store_rows_int(rows, 2), store_rows_int(rows, 3)),
			.failed_sessions = store_rows_int(rows, 3),
		};
		g_array_append_val(days, day);
	}
	return ok ? g_steal_pointer(&days) : NULL;
}

/* --- cells */

static void
set_day(Cell *cell, int64_t day)
{
	g_autofree char *text = day != DAY_NONE ? day_text(day) : NULL;

	cell_set_text(cell, text);
}

/* Names in lines; those that are not known are left out. */
static void
set_lines(Cell *cell, const GPtrArray *texts)
{
	g_autoptr(GString) lines = g_string_new(NULL);

	for (guint i = 0; i < texts->len; i++) {
		const char *text = g_ptr_array_index(texts, i);
		if (*text != '\0')
			g_string_append_printf(lines, "%s%s", lines->len > 0 ? "\n" : "", text);
	}
	cell_set_text(cell, lines->str);
}

static void
set_sighters(Cell *count, Cell *names, const SeenPolicy *policy)
{
	g_autoptr(GPtrArray) all = g_ptr_array_new();

	for (guint i = 0; i < policy->sights->len; i++)
		g_ptr_array_add(all,
			(gpointer)g_array_index(policy->sights, Sight, i).organization);
	count->number = all->len;
	set_lines(names, all);
}

/* Mode, max_age and mx of a policy, which may be NULL. */
static void
set_terms(Cell *mode, Cell *max_age, Cell *mx, const MtaSts *policy)
{
	cell_set_text(mode, policy != NULL ? policy->mode : NULL);
	max_age->number = policy != NULL ? policy->max_age : MTA_STS_NO_AGE;
	if (policy != NULL)
		set_lines(mx, policy->mx);
}

/* --- the policies, and who saw them when */

enum { POLICY_DOMAIN, POLICY_TYPE, POLICY_TEXT, POLICY_MODE, POLICY_MAX_AGE, POLICY_MX,
	POLICY_CURRENT, POLICY_FIRST, POLICY_LAST, POLICY_COUNT, POLICY_NAMES, POLICY_COLUMNS };

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
	static const Column columns[POLICY_COLUMNS] = {
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
	const int64_t window = policies->question->window_days;
	Table *table = document_add_table(policies->document, "policies", NULL, columns,
		POLICY_COLUMNS);

	for (guint i = 0; i < policies->histories->len; i++) {
		const PolicyHistory *history = g_ptr_array_index(policies->histories, i);
		for (int current = 1; current >= 0; current--) {
			for (guint j = 0; j < history->policies->len; j++) {
				const SeenPolicy *policy = g_ptr_array_index(history->policies, j);
				if (policy_is_current(history, policy, window) == current)
					add_policy(history, policy, current != 0, table);
			}
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
	Table *table = document_add_table(policies->document, "seen", NULL, columns,
		G_N_ELEMENTS(columns));

	for (guint i = 0; i < policies->histories->len; i++) {
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
	Table *table = document_add_table(policies->document, "expected", NULL, columns,
		G_N_ELEMENTS(columns));

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
	Table *table = document_add_table(policies->document, "problems", NULL, columns,
		G_N_ELEMENTS(columns));

	for (guint i = 0; expected != NULL && i < expected->problems->len; i++) {
		const MtaStsProblem *problem =
			&g_array_index(expected->problems, MtaStsProblem, i);
		Cell *cells = table_add_row(table);
		cells[LINE].number = problem->line;
		cell_set_text(&cells[KEY], problem->key);
		cell_set_text(&cells[PROBLEM], problem->what);
	}
}

/* Who saw this policy last, and when: names, and the last of their days. */
static GPtrArray *
last_seen_by(const PolicyHistory *history, const SeenPolicy *policy, int64_t *last_day)
{
	GPtrArray *names = g_ptr_array_new();

	*last_day = DAY_NONE;
	for (guint i = 0; i < policy->sights->len; i++) {
		const Sight *sight = &g_array_index(policy->sights, Sight, i);
		if (policy_latest(history, sight->organization, NULL) != policy)
			continue;
		g_ptr_array_add(names, (gpointer)sight->organization);
		*last_day = MAX(*last_day, sight->last_day);
	}
	return names;
}

enum { DIFFERENCE_DOMAIN, DIFFERENCE_KEY, DIFFERENCE_EXPECTED, DIFFERENCE_SEEN, DIFFERENCE_TEXT,
	DIFFERENCE_LAST, DIFFERENCE_COUNT, DIFFERENCE_NAMES, DIFFERENCE_COLUMNS };

static Cell *
add_difference(Table *table, const PolicyHistory *history, const char *text, const GPtrArray *names,
	int64_t last_day)
{
	Cell *cells = table_add_row(table);

	cell_set_text(&cells[DIFFERENCE_DOMAIN], history->domain);
	cell_set_text(&cells[DIFFERENCE_TEXT], text);
	cells[DIFFERENCE_LAST].number = last_day;
	cells[DIFFERENCE_COUNT].number = names->len;
	set_lines(&cells[DIFFERENCE_NAMES], names);
	return cells;
}

/* Those that saw another policy last. */
static void
add_other_policies(const MtaSts *expected, const PolicyHistory *history, Table *table)
{
	for (guint i = 0; i < history->policies->len; i++) {
		const SeenPolicy *policy = g_ptr_array_index(history->policies, i);
		int64_t last_day;
		g_autoptr(GPtrArray) names = last_seen_by(history, policy, &last_day);
		if (policy->sts == NULL || names->len == 0)
			continue;
		g_autoptr(GArray) differences = mta_sts_compare(expected, policy->sts);
		for (guint j = 0; j < differences->len; j++) {
			const MtaStsDifference *difference =
				&g_array_index(differences, MtaStsDifference, j);
			Cell *cells =
				add_difference(table, history, policy->text, names, last_day);
			cell_set_text(&cells[DIFFERENCE_KEY], difference->key);
			cell_set_text(&cells[DIFFERENCE_EXPECTED], difference->expected);
			cell_set_text(&cells[DIFFERENCE_SEEN], difference->seen);
		}
	}
}

/* Those that saw a policy once, and later none. */
static void
add_lost_policies(const PolicyHistory *history, const PolicyHistory *none, Table *table)
{
	g_autoptr(GPtrArray) names = policy_organizations(history);
	g_autoptr(GPtrArray) lost = g_ptr_array_new();
	int64_t last_day = DAY_NONE;

	for (guint i = 0; none != NULL && i < names->len; i++) {
		const char *name = g_ptr_array_index(names, i);
		const Sight *with = NULL, *without = NULL;
		policy_latest(history, name, &with);
		if (policy_latest(none, name, &without) == NULL
			|| without->last_day <= with->last_day)
			continue;
		g_ptr_array_add(lost, (gpointer)name);
		last_day = MAX(last_day, without->last_day);
	}
	if (lost->len == 0)
		return;
	Cell *cells = add_difference(table, history, NULL, lost, last_day);
	cell_set_text(&cells[DIFFERENCE_KEY], "policy");
	cell_set_text(&cells[DIFFERENCE_EXPECTED], POLICY_TYPE_STS);
	cell_set_text(&cells[DIFFERENCE_SEEN], POLICY_TYPE_NONE);
}

static void
add_differences(const Policies *policies)
{
	static const Column columns[DIFFERENCE_COLUMNS] = {
		{ "policy_domain", NULL, CELL_TEXT },
		{ "key", NULL, CELL_WORD },
		{ "expected", NULL, CELL_TEXT },
		{ "seen", NULL, CELL_TEXT },
		{ "policy_text", NULL, CELL_TEXT },
		{ "last_seen", NULL, CELL_DAY },
		{ "organizations", NULL, CELL_COUNT },
		{ "seen_by", NULL, CELL_TEXT },
	};
	const MtaSts *expected = policies->question->expected;
	Table *table = document_add_table(policies->document, "differences", NULL, columns,
		G_N_ELEMENTS(columns));

	for (guint i = 0; expected != NULL && i < policies->histories->len; i++) {
		const PolicyHistory *history = g_ptr_array_index(policies->histories, i);
		if (!is_type(history, POLICY_TYPE_STS))
			continue;
		add_other_policies(expected, history, table);
		add_lost_policies(history, without_of(policies, history->domain), table);
	}
}

/* --- findings */

/* The policy that holds: the expected one if anybody saw it, else the newest. */
static const SeenPolicy *
holding(const Policies *policies, const PolicyHistory *history)
{
	const MtaSts *expected = policies->question->expected;
	const SeenPolicy *same = expected != NULL ? policy_equal(history, expected) : NULL;

	return same != NULL ? same : policy_now(history, policies->question->window_days);
}

/* Senders that kept a policy for longer than it allows. */
static void
add_old_policies(const Policies *policies)
{
	enum { DOMAIN, ORGANIZATION, TEXT, MODE, MAX_AGE, NEWER, DUE, LAST };
	static const Column columns[] = {
		{ "policy_domain", NULL, CELL_TEXT },
		{ "organization", NULL, CELL_TEXT },
		{ "policy_text", NULL, CELL_TEXT },
		{ "mode", NULL, CELL_WORD },
		{ "max_age", NULL, CELL_SECONDS },
		{ "newer_since", NULL, CELL_DAY },
		{ "due", NULL, CELL_DAY },
		{ "last_seen", NULL, CELL_DAY },
	};
	Table *table = document_add_table(policies->document, "old_policies", NULL, columns,
		G_N_ELEMENTS(columns));

	for (guint i = 0; i < policies->histories->len; i++) {
		const PolicyHistory *history = g_ptr_array_index(policies->histories, i);
		const SeenPolicy *now = is_type(history, POLICY_TYPE_STS)
			? holding(policies, history)
			: NULL;
		g_autoptr(GPtrArray) names = policy_organizations(history);
		for (guint j = 0; now != NULL && j < names->len; j++) {
			const Sight *sight = NULL;
			const SeenPolicy *old =
				policy_latest(history, g_ptr_array_index(names, j), &sight);
			const int64_t due = policy_due_day(old, now);
			if (due == DAY_NONE || sight->last_day <= due)
				continue;
			Cell *cells = table_add_row(table);
			cell_set_text(&cells[DOMAIN], history->domain);
			cell_set_text(&cells[ORGANIZATION], sight->organization);
			cell_set_text(&cells[TEXT], old->text);
			cell_set_text(&cells[MODE], old->sts->mode);
			cells[MAX_AGE].number = old->sts->max_age;
			cells[NEWER].number = now->first_day;
			cells[DUE].number = due;
			cells[LAST].number = sight->last_day;
		}
	}
}

enum { HOST_DOMAIN, HOST_NAME, HOST_TYPES, HOST_FIRST, HOST_LAST, HOST_COUNT, HOST_NAMES,
	HOST_FAILED, HOST_COLUMNS };

/* The names that were not there, sorted as they come. */
static void
add_line(GPtrArray *lines, const char *line)
{
	for (guint i = 0; i < lines->len; i++) {
		if (strcmp(g_ptr_array_index(lines, i), line) == 0)
			return;
	}
	g_ptr_array_add(lines, (gpointer)line);
}

/* A host from one of its rows on; returns the index behind its last row. */
static guint
add_host(const char *domain, const GArray *failed, guint from, Table *table)
{
	const FailedHost *first = &g_array_index(failed, FailedHost, from);
	g_autoptr(GPtrArray) types = g_ptr_array_new();
	g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
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
		cells[HOST_FAILED].number =
			count_add(cells[HOST_FAILED].number, one->failed_sessions);
	}
	set_lines(&cells[HOST_TYPES], types);
	cells[HOST_COUNT].number = names->len;
	set_lines(&cells[HOST_NAMES], names);
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
add_uncovered_of(const Policies *policies, const PolicyHistory *history, Table *table,
	GError **error)
{
	const SeenPolicy *now = policy_now(history, policies->question->window_days);
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
static bool
add_uncovered(const Policies *policies, GError **error)
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
	Table *table = document_add_table(policies->document, "uncovered_mx", NULL, columns,
		HOST_COLUMNS);
	bool ok = true;

	for (guint i = 0; ok && i < policies->histories->len; i++) {
		const PolicyHistory *history = g_ptr_array_index(policies->histories, i);
		if (is_type(history, POLICY_TYPE_STS))
			ok = add_uncovered_of(policies, history, table, error);
	}
	return ok;
}

/* Static. */
static const char *
verdict_name(TestingVerdict verdict)
{
	static const char *const names[] = {
		[TESTING_READY] = "ready",
		[TESTING_SILENT] = "silent",
		[TESTING_OTHER_POLICY] = "other-policy",
		[TESTING_FAILURES] = "failures",
		[TESTING_FEW_DAYS] = "few-days",
	};

	return names[verdict];
}

static void
add_testing_row(const PolicyHistory *history, const Testing *testing, int64_t learning_days,
	Table *table)
{
	enum { DOMAIN, VERDICT, SINCE, DAYS, NEEDED, CLEAN_SINCE, CLEAN_DAYS, REPORTERS, SESSIONS,
		FAILED, LAST_FAILURE, OTHERS };
	Cell *cells = table_add_row(table);

	cell_set_text(&cells[DOMAIN], history->domain);
	cell_set_text(&cells[VERDICT], verdict_name(testing->verdict));
	cells[SINCE].number = testing->since;
	cells[DAYS].number = testing->days;
	cells[NEEDED].number = learning_days;
	set_day(&cells[CLEAN_SINCE], testing->clean_since);
	cells[CLEAN_DAYS].number = testing->clean_days;
	cells[REPORTERS].number = testing->reporters;
	cells[SESSIONS].number = testing->sessions;
	cells[FAILED].number = testing->failed_sessions;
	set_day(&cells[LAST_FAILURE], testing->last_failure);
	set_lines(&cells[OTHERS], testing->others);
}

static bool
add_testing_of(const Policies *policies, const PolicyHistory *history, Table *table, GError **error)
{
	const TestingRules rules = { policies->filter->until_day, policies->question->window_days,
		policies->question->learning_days };
	const SeenPolicy *now = policy_now(history, rules.window);

	if (now == NULL || now->sts == NULL || strcmp(now->sts->mode, "testing") != 0)
		return true;

	g_autoptr(GArray) days = read_sts_days(policies, history, error);
	g_autoptr(GArray) failures =
		days != NULL ? read_failures(policies, history->domain, error) : NULL;
	if (failures == NULL)
		return false;
	Testing testing;
	if (testing_judge(history, without_of(policies, history->domain), days, failures, &rules,
		    &testing)) {
		add_testing_row(history, &testing, rules.learning, table);
		testing_clear(&testing);
	}
	return true;
}

static bool
add_testing(const Policies *policies, GError **error)
{
	static const Column columns[] = {
		{ "policy_domain", NULL, CELL_TEXT },
		{ "verdict", NULL, CELL_WORD },
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
	Table *table = document_add_table(policies->document, "testing", NULL, columns,
		G_N_ELEMENTS(columns));
	bool ok = true;

	for (guint i = 0; ok && i < policies->histories->len; i++) {
		const PolicyHistory *history = g_ptr_array_index(policies->histories, i);
		if (is_type(history, POLICY_TYPE_STS))
			ok = add_testing_of(policies, history, table, error);
	}
	return ok;
}

static const char *
change_name(TlsaChangeKind kind)
{
	static const char *const names[] = {
		[TLSA_ADDED] = "added",
		[TLSA_ROLLOVER] = "rollover",
		[TLSA_REPLACED] = "replaced",
	};

	return names[kind];
}

static void
add_tlsa_changes(const Policies *policies)
{
	enum { DOMAIN, KIND, NEW, OLD, NEW_SINCE, OLD_UNTIL, COUNT, NAMES };
	static const Column columns[] = {
		{ "policy_domain", NULL, CELL_TEXT },
		{ "change", NULL, CELL_WORD },
		{ "new_records", NULL, CELL_TEXT },
		{ "old_records", NULL, CELL_TEXT },
		{ "new_since", NULL, CELL_DAY },
		{ "old_until", NULL, CELL_DAY },
		{ "organizations", NULL, CELL_COUNT },
		{ "seen_by", NULL, CELL_TEXT },
	};
	Table *table = document_add_table(policies->document, "tlsa_changes", NULL, columns,
		G_N_ELEMENTS(columns));

	for (guint i = 0; i < policies->histories->len; i++) {
		const PolicyHistory *history = g_ptr_array_index(policies->histories, i);
		if (!is_type(history, POLICY_TYPE_TLSA))
			continue;
		g_autoptr(GArray) changes = tlsa_changes(history);
		for (guint j = 0; j < changes->len; j++) {
			const TlsaChange *change = &g_array_index(changes, TlsaChange, j);
			Cell *cells = table_add_row(table);
			cell_set_text(&cells[DOMAIN], history->domain);
			cell_set_text(&cells[KIND], change_name(change->kind));
			set_lines(&cells[NEW], change->new_records);
			set_lines(&cells[OLD], change->old_records);
			cells[NEW_SINCE].number = change->new_since;
			cells[OLD_UNTIL].number = change->old_until;
			cells[COUNT].number = change->organizations->len;
			set_lines(&cells[NAMES], change->organizations);
		}
	}
}

Document *
view_policy(Store *store, const StoreFilter *filter, const PolicyQuestion *question, GError **error)
{
	g_auto(Policies) policies = {
		.store = store,
		.filter = filter,
		.question = question,
		.histories = g_ptr_array_new_with_free_func((GDestroyNotify)policy_history_free),
		.without = g_hash_table_new(g_str_hash, g_str_equal),
		.failed_hosts = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
			(GDestroyNotify)g_ptr_array_unref),
		.strings = g_string_chunk_new(4096),
		.document = document_new("policy"),
	};

	if (!read_histories(&policies, error) || !read_failed_hosts(&policies, error))
		return NULL;
	add_policies(&policies);
	add_sights(&policies);
	add_expected(&policies);
	add_problems(&policies);
	add_differences(&policies);
	add_old_policies(&policies);
	if (!add_uncovered(&policies, error) || !add_testing(&policies, error))
		return NULL;
	add_tlsa_changes(&policies);
	return g_steal_pointer(&policies.document);
}
