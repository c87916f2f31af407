/* Where senders saw another policy than the one that is expected, or an old one for too long. */
#include "policies.h"

#include "tlsrpt/catalog.h"
#include "tlsrpt/day.h"

/* The names of those whose latest policy is this one, and the last day on which any of them saw it. */
GPtrArray *
policies_last_seen_by(const PolicyHistory *history, const SeenPolicy *policy, int64_t *last_day)
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

enum {
	DIFFERENCE_DOMAIN,
	DIFFERENCE_KEY,
	DIFFERENCE_EXPECTED,
	DIFFERENCE_SEEN,
	DIFFERENCE_TEXT,
	DIFFERENCE_LAST,
	DIFFERENCE_COUNT,
	DIFFERENCE_NAMES,
	DIFFERENCE_COLUMNS
};

static Cell *
add_difference(Table *table, const PolicyHistory *history, const char *text, const GPtrArray *names,
	int64_t last_day)
{
	Cell *cells = table_add_row(table);

	cell_set_text(&cells[DIFFERENCE_DOMAIN], history->domain);
	cell_set_text(&cells[DIFFERENCE_TEXT], text);
	cells[DIFFERENCE_LAST].number = last_day;
	cells[DIFFERENCE_COUNT].number = names->len;
	policies_set_lines(&cells[DIFFERENCE_NAMES], names);
	return cells;
}

/* Adds how each policy differs that is the latest of any organization. */
static void
add_other_policies(const MtaSts *expected, const PolicyHistory *history, Table *table)
{
	for (guint i = 0; i < history->policies->len; i++) {
		const SeenPolicy *policy = g_ptr_array_index(history->policies, i);
		int64_t last_day;
		g_autoptr(GPtrArray) names = policies_last_seen_by(history, policy, &last_day);
		if (policy->sts == NULL || names->len == 0)
			continue;
		g_autoptr(GArray) differences = mta_sts_compare(expected, policy->sts);
		for (guint j = 0; j < differences->len; j++) {
			const MtaStsDifference *difference = &g_array_index(
				differences, MtaStsDifference, j);
			Cell *cells = add_difference(table, history, policy->text, names, last_day);
			cell_set_enum(&cells[DIFFERENCE_KEY], DIFFERENCE_IN_KEY, difference->key);
			cell_set_text(&cells[DIFFERENCE_EXPECTED], difference->expected);
			cell_set_text(&cells[DIFFERENCE_SEEN], difference->seen);
		}
	}
}

/* Adds those that once saw a policy, and later saw that there is none. */
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
	cell_set_enum(&cells[DIFFERENCE_KEY], DIFFERENCE_NO_POLICY, "policy");
	cell_set_text(&cells[DIFFERENCE_EXPECTED], POLICY_TYPE_STS);
	cell_set_text(&cells[DIFFERENCE_SEEN], POLICY_TYPE_NONE);
}

void
policies_add_differences(const Policies *policies)
{
	static const Column columns[DIFFERENCE_COLUMNS] = {
		{ "policy_domain", NULL, CELL_TEXT },
		{ "key", NULL, CELL_ENUM },
		{ "expected", NULL, CELL_TEXT },
		{ "seen", NULL, CELL_TEXT },
		{ "policy_text", NULL, CELL_TEXT },
		{ "last_seen", NULL, CELL_DAY },
		{ "organizations", NULL, CELL_COUNT },
		{ "seen_by", NULL, CELL_TEXT },
	};
	const MtaSts *expected = policies->question->expected;
	Table *table = document_add_table(
		policies->document, "differences", NULL, columns, G_N_ELEMENTS(columns));

	for (guint i = 0; expected != NULL && i < policies->histories->len; i++) {
		const PolicyHistory *history = g_ptr_array_index(policies->histories, i);
		if (!policies_is_type(history, POLICY_TYPE_STS))
			continue;
		add_other_policies(expected, history, table);
		add_lost_policies(history, policies_without(policies, history->domain), table);
	}
}

/* The policy that holds: the expected one if anybody saw it, else the newest. */
static const SeenPolicy *
holding(const Policies *policies, const PolicyHistory *history)
{
	const MtaSts *expected = policies->question->expected;
	const SeenPolicy *same = expected != NULL ? policy_equal(history, expected) : NULL;

	return same != NULL ? same : policy_now(history, policies->question->rules->window);
}

/* Senders that kept a policy for longer than it allows. */
void
policies_add_old(const Policies *policies)
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
	Table *table = document_add_table(
		policies->document, "old_policies", NULL, columns, G_N_ELEMENTS(columns));

	for (guint i = 0; i < policies->histories->len; i++) {
		const PolicyHistory *history = g_ptr_array_index(policies->histories, i);
		const SeenPolicy *now = policies_is_type(history, POLICY_TYPE_STS)
			? holding(policies, history)
			: NULL;
		g_autoptr(GPtrArray) names = policy_organizations(history);
		for (guint j = 0; now != NULL && j < names->len; j++) {
			const Sight *sight = NULL;
			const SeenPolicy *old = policy_latest(
				history, g_ptr_array_index(names, j), &sight);
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
