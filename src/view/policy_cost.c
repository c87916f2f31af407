/* What enforce would have cost a domain in testing: the sessions that senders would have held back. */
#include "policies.h"

#include "tlsrpt/catalog.h"
#include "tlsrpt/compare.h"
#include "tlsrpt/count.h"
#include "tlsrpt/day.h"
#include "tlsrpt/policy_testing.h"
#include "tlsrpt/problem.h"
#include "tlsrpt/report.h"
#include "tlsrpt/text_table.h"

#include <string.h>

/* Failed sessions, by what they have in common. */
typedef struct {
	const char *name; /* of the cause, or of the sender */
	bool is_resolved; /* of a cause */
	int64_t held, held_open; /* sessions; without what is resolved */
	GPtrArray *mx_hosts, *organizations; /* of a cause: of const char *, each once */
} Share;

/* What is found out about one domain. */
typedef struct {
	const Policies *policies;
	const PolicyHistory *history;
	int64_t since_day, until_day;
	int64_t sessions, held, held_open;
	GHashTable
		*left; /* of int64_t: failed sessions of a reporter and day that no cause has yet */
	GPtrArray *causes, *senders; /* of Share */
} Cost;

static void
share_free(gpointer data)
{
	Share *share = data;

	g_ptr_array_unref(share->mx_hosts);
	g_ptr_array_unref(share->organizations);
	g_free(share);
}

static void
cost_clear(Cost *cost)
{
	g_hash_table_unref(cost->left);
	g_ptr_array_unref(cost->causes);
	g_ptr_array_unref(cost->senders);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Cost, cost_clear)

static Share *
find_share(GPtrArray *shares, const char *name, bool is_resolved)
{
	for (guint i = 0; i < shares->len; i++) {
		Share *share = g_ptr_array_index(shares, i);
		if (share->is_resolved == is_resolved && strcmp(share->name, name) == 0)
			return share;
	}
	Share *share = g_new0(Share, 1);
	share->name = name;
	share->is_resolved = is_resolved;
	share->mx_hosts = g_ptr_array_new();
	share->organizations = g_ptr_array_new();
	g_ptr_array_add(shares, share);
	return share;
}

static void
add_once(GPtrArray *names, const char *name)
{
	for (guint i = 0; i < names->len; i++) {
		if (strcmp(g_ptr_array_index(names, i), name) == 0)
			return;
	}
	g_ptr_array_add(names, (gpointer)name);
}

static int
compare_shares(gconstpointer a, gconstpointer b)
{
	const Share *one = *(const Share *const *)a, *other = *(const Share *const *)b;

	if (one->held != other->held)
		return one->held > other->held ? -1 : 1;
	return strcmp(one->name, other->name);
}

/* The number of a reporter on a day; caller frees. */
static int64_t *
key_of(int64_t day, int64_t reporter)
{
	/* Days are small, and ids of reporters far from 2^40. */
	const int64_t key = day << 40 | reporter;

	return g_memdup2(&key, sizeof(key));
}

static bool
read_sessions(Cost *cost, const StoreFilter *filter, GError **error)
{
	g_autoptr(StoreRows) rows = store_ask(cost->policies->store, STORE_STS_DAYS, filter, error);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		const int64_t failed = store_rows_int(rows, STS_DAY_FAILED_SESSIONS);
		if (policies_reporter(cost->policies, cost->history->domain, rows, STS_DAY_REPORTER)
			== NULL)
			continue;
		cost->sessions = count_add(cost->sessions,
			count_add(store_rows_int(rows, STS_DAY_SUCCESSFUL_SESSIONS), failed));
		g_hash_table_insert(cost->left,
			key_of(store_rows_int(rows, STS_DAY_DAY),
				store_rows_int(rows, STS_DAY_REPORTER)),
			g_memdup2(&failed, sizeof(failed)));
	}
	return ok;
}

/* Of so many failed sessions those that nothing else of that reporter and day has; they are taken. */
static int64_t
take(Cost *cost, StoreRows *rows)
{
	g_autofree int64_t *key = key_of(
		store_rows_int(rows, STS_FAILURE_DAY), store_rows_int(rows, STS_FAILURE_REPORTER));
	int64_t *left = g_hash_table_lookup(cost->left, key);
	const int64_t taken = left != NULL
		? MIN(*left, store_rows_int(rows, STS_FAILURE_FAILED_SESSIONS))
		: 0;

	if (left != NULL)
		*left -= taken;
	return taken;
}

static void
add_held(Cost *cost, StoreRows *rows, const Reporter *sender, int64_t held)
{
	const char *kind = policies_own_text(cost->policies, rows, STS_FAILURE_KIND);
	const char *mx = policies_own_text(cost->policies, rows, STS_FAILURE_MX);
	const bool is_resolved = policies_is_resolved(
		cost->policies, store_rows_int(rows, STS_FAILURE_INCIDENT));
	const int64_t held_open = is_resolved ? 0 : held;
	Share *cause = find_share(cost->causes, kind, is_resolved);
	Share *by_sender = find_share(cost->senders, sender->name, false);

	cost->held = count_add(cost->held, held);
	cost->held_open = count_add(cost->held_open, held_open);
	cause->held = count_add(cause->held, held);
	cause->held_open = count_add(cause->held_open, held_open);
	by_sender->held = count_add(by_sender->held, held);
	by_sender->held_open = count_add(by_sender->held_open, held_open);
	if (*mx != '\0' && strcmp(mx, INCIDENT_MANY) != 0)
		add_once(cause->mx_hosts, mx);
	add_once(cause->organizations, sender->name);
}

static bool
read_failures(Cost *cost, const StoreFilter *filter, GError **error)
{
	g_autoptr(StoreRows)
		rows = store_ask(cost->policies->store, STORE_STS_FAILURES, filter, error);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		const Reporter *sender = policies_reporter(
			cost->policies, cost->history->domain, rows, STS_FAILURE_REPORTER);
		if (sender == NULL
			|| !enforce_holds_mail(store_rows_text(rows, STS_FAILURE_RESULT_TYPE)))
			continue;
		const int64_t held = take(cost, rows);
		if (held > 0)
			add_held(cost, rows, sender, held);
	}
	return ok;
}

/* --- the tables */

enum { COST_DOMAIN, COST_SINCE, COST_SESSIONS, COST_HELD, COST_OPEN, COST_COLUMNS };

static const Column cost_columns[COST_COLUMNS] = {
	[COST_DOMAIN] = { "policy_domain", NULL, CELL_TEXT },
	[COST_SINCE] = { "since", NULL, CELL_DAY },
	[COST_SESSIONS] = { "sessions", NULL, CELL_COUNT },
	[COST_HELD] = { "held_sessions", NULL, CELL_COUNT },
	[COST_OPEN] = { "open_sessions", NULL, CELL_COUNT },
};

enum {
	CAUSE_DOMAIN,
	CAUSE_KIND,
	CAUSE_RESOLVED,
	CAUSE_HELD,
	CAUSE_MX,
	CAUSE_COUNT,
	CAUSE_NAMES,
	CAUSE_COLUMNS
};

static const Column cause_columns[CAUSE_COLUMNS] = {
	[CAUSE_DOMAIN] = { "policy_domain", NULL, CELL_TEXT },
	[CAUSE_KIND] = { "kind", NULL, CELL_TEXT },
	[CAUSE_RESOLVED] = { "resolved", NULL, CELL_COUNT },
	[CAUSE_HELD] = { "held_sessions", NULL, CELL_COUNT },
	[CAUSE_MX] = { "mx_hosts", NULL, CELL_TEXT },
	[CAUSE_COUNT] = { "organizations", NULL, CELL_COUNT },
	[CAUSE_NAMES] = { "seen_by", NULL, CELL_TEXT },
};

enum { SENDER_DOMAIN, SENDER_NAME, SENDER_HELD, SENDER_OPEN, SENDER_COLUMNS };

static const Column sender_columns[SENDER_COLUMNS] = {
	[SENDER_DOMAIN] = { "policy_domain", NULL, CELL_TEXT },
	[SENDER_NAME] = { "organization", NULL, CELL_TEXT },
	[SENDER_HELD] = { "held_sessions", NULL, CELL_COUNT },
	[SENDER_OPEN] = { "open_sessions", NULL, CELL_COUNT },
};

typedef struct {
	Table *cost, *causes, *senders;
} Tables;

static void
add_rows(const Cost *cost, const Tables *tables)
{
	const char *domain = cost->history->domain;
	Cell *cells = table_add_row(tables->cost);

	cell_set_text(&cells[COST_DOMAIN], domain);
	cells[COST_SINCE].number = cost->since_day;
	cells[COST_SESSIONS].number = cost->sessions;
	cells[COST_HELD].number = cost->held;
	cells[COST_OPEN].number = cost->held_open;
	for (guint i = 0; i < cost->causes->len; i++) {
		const Share *cause = g_ptr_array_index(cost->causes, i);
		cells = table_add_row(tables->causes);
		cell_set_text(&cells[CAUSE_DOMAIN], domain);
		cell_set_text(&cells[CAUSE_KIND], cause->name);
		cells[CAUSE_RESOLVED].number = cause->is_resolved;
		cells[CAUSE_HELD].number = cause->held;
		policies_set_lines(&cells[CAUSE_MX], cause->mx_hosts);
		cells[CAUSE_COUNT].number = cause->organizations->len;
		g_ptr_array_sort(cause->organizations, compare_texts);
		policies_set_lines(&cells[CAUSE_NAMES], cause->organizations);
	}
	for (guint i = 0; i < cost->senders->len; i++) {
		const Share *sender = g_ptr_array_index(cost->senders, i);
		cells = table_add_row(tables->senders);
		cell_set_text(&cells[SENDER_DOMAIN], domain);
		cell_set_text(&cells[SENDER_NAME], sender->name);
		cells[SENDER_HELD].number = sender->held;
		cells[SENDER_OPEN].number = sender->held_open;
	}
}

static bool
add_cost_of(const Policies *policies, const PolicyHistory *history, const Tables *tables,
	GError **error)
{
	const int64_t until_day = policies->filter->until_day;
	StoreFilter filter = *policies->filter;

	filter.domain = history->domain;
	filter.since_day = MAX(until_day - COST_DAYS + 1, testing_first_day(history));
	g_auto(Cost) cost = {
		.policies = policies,
		.history = history,
		.since_day = filter.since_day,
		.until_day = until_day,
		.left = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free),
		.causes = g_ptr_array_new_with_free_func(share_free),
		.senders = g_ptr_array_new_with_free_func(share_free),
	};
	if (!read_sessions(&cost, &filter, error) || !read_failures(&cost, &filter, error))
		return false;
	g_ptr_array_sort(cost.causes, compare_shares);
	g_ptr_array_sort(cost.senders, compare_shares);
	add_rows(&cost, tables);
	return true;
}

static bool
is_in_testing(const Policies *policies, const PolicyHistory *history)
{
	return policies_is_type(history, POLICY_TYPE_STS)
		&& policy_is_testing(policy_now(history, policies->question->rules->window));
}

/* Finds the incidents that are resolved, in the time in which the cost is counted. */
static bool
read_resolved(const Policies *policies, GError **error)
{
	StoreFilter filter = *policies->filter;
	filter.since_day = filter.until_day - COST_DAYS + 1;
	const ProblemsQuestion question = {
		.store = policies->store,
		.filter = &filter,
		.rules = policies->question->rules,
		.believe = policies->question->believe,
		.without_silences = true,
	};
	g_autoptr(Problems) problems = problems_read(&question, error);

	for (guint i = 0; problems != NULL && i < problems->failures->len; i++) {
		const DomainFailure *failure = g_ptr_array_index(problems->failures, i);
		if (failure->verdict.state != STATE_RESOLVED)
			continue;
		for (guint j = 0; j < failure->incidents->len; j++) {
			const Incident *incident = g_ptr_array_index(failure->incidents, j);
			g_hash_table_add(
				policies->resolved, g_memdup2(&incident->id, sizeof(incident->id)));
		}
	}
	return problems != NULL;
}

bool
policies_add_cost(const Policies *policies, GError **error)
{
	const Tables tables = {
		document_add_table(policies->document, "cost", NULL, cost_columns, COST_COLUMNS),
		document_add_table(
			policies->document, "cost_causes", NULL, cause_columns, CAUSE_COLUMNS),
		document_add_table(
			policies->document, "cost_senders", NULL, sender_columns, SENDER_COLUMNS),
	};
	bool any = false, ok = true;

	for (guint i = 0; !any && i < policies->histories->len; i++)
		any = is_in_testing(policies, g_ptr_array_index(policies->histories, i));
	if (any && !read_resolved(policies, error))
		return false;
	for (guint i = 0; ok && i < policies->histories->len; i++) {
		const PolicyHistory *history = g_ptr_array_index(policies->histories, i);
		if (is_in_testing(policies, history))
			ok = add_cost_of(policies, history, &tables, error);
	}
	return ok;
}
