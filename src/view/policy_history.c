#include "tlsrpt/policy_history.h"

#include "tlsrpt/catalog.h"
#include "tlsrpt/compare.h"
#include "tlsrpt/day.h"
#include "tlsrpt/text_table.h"
#include "tlsrpt/tlsa.h"

#include <string.h>

/* The latest policy that an organization saw. */
typedef struct {
	const SeenPolicy *policy;
	const Sight *sight;
} Latest;

static void
policy_free(gpointer data)
{
	SeenPolicy *policy = data;

	mta_sts_free(policy->sts);
	g_strfreev(policy->tlsa);
	g_array_unref(policy->sights);
	g_free(policy->text);
	g_free(policy);
}

PolicyHistory *
policy_history_new(const char *domain, const char *type)
{
	PolicyHistory *history = g_new0(PolicyHistory, 1);

	history->domain = g_strdup(domain);
	history->type = g_strdup(type);
	history->policies = g_ptr_array_new_with_free_func(policy_free);
	history->by_quoted = text_table_new(g_free, NULL);
	history->by_text = text_table_new(NULL, NULL);
	history->latest = text_table_new(NULL, g_free);
	history->names = text_table_new(g_free, NULL);
	return history;
}

void
policy_history_free(PolicyHistory *history)
{
	if (history == NULL)
		return;
	g_hash_table_unref(history->by_quoted);
	g_hash_table_unref(history->by_text);
	g_hash_table_unref(history->latest);
	g_hash_table_unref(history->names);
	g_ptr_array_unref(history->policies);
	g_free(history->domain);
	g_free(history->type);
	g_free(history);
}

static bool
is_empty(const MtaSts *policy)
{
	return *policy->mode == '\0' && policy->mx->len == 0 && policy->max_age == MTA_STS_NO_AGE;
}

/* Makes a policy of its text, which is brought into one form if the type is known. */
static SeenPolicy *
read_policy(const char *type, const char *text)
{
	SeenPolicy *policy = g_new0(SeenPolicy, 1);

	policy->sights = g_array_new(FALSE, FALSE, sizeof(Sight));
	policy->first_day = G_MAXINT64;
	policy->last_day = DAY_NONE;
	if (strcmp(type, POLICY_TYPE_STS) == 0) {
		policy->sts = mta_sts_parse(text);
		if (is_empty(policy->sts))
			g_clear_pointer(&policy->sts, mta_sts_free);
	}
	if (strcmp(type, POLICY_TYPE_TLSA) == 0)
		policy->tlsa = tlsa_records(text);
	policy->text = policy->sts != NULL ? mta_sts_text(policy->sts)
		: policy->tlsa != NULL	   ? g_strjoinv("\n", policy->tlsa)
					   : g_strdup(text);
	return policy;
}

/* The copy of the name of an organization that belongs to the history; there is only one of each. */
static const char *
own_name(PolicyHistory *history, const char *name)
{
	gpointer own;

	if (g_hash_table_lookup_extended(history->names, name, &own, NULL))
		return own;
	own = g_strdup(name);
	g_hash_table_add(history->names, own);
	return own;
}

/* The policy of a text.  Most texts have been seen before, since many senders quote the same one. */
static SeenPolicy *
find_policy(PolicyHistory *history, const char *text)
{
	SeenPolicy *known = g_hash_table_lookup(history->by_quoted, text);

	if (known != NULL)
		return known;
	SeenPolicy *policy = read_policy(history->type, text);
	known = g_hash_table_lookup(history->by_text, policy->text);
	if (known != NULL) {
		policy_free(policy);
	} else {
		known = policy;
		g_ptr_array_add(history->policies, known);
		g_hash_table_insert(history->by_text, known->text, known);
	}
	g_hash_table_insert(history->by_quoted, g_strdup(text), known);
	return known;
}

void
policy_history_add(PolicyHistory *history, const char *text, const char *organization,
	int64_t first_day, int64_t last_day)
{
	const Sight sight = { own_name(history, organization), first_day, last_day };
	SeenPolicy *policy = find_policy(history, text);

	g_array_append_val(policy->sights, sight);
	policy->first_day = MIN(policy->first_day, first_day);
	policy->last_day = MAX(policy->last_day, last_day);
}

static int
compare_policies(gconstpointer a, gconstpointer b)
{
	const SeenPolicy *one = *(const SeenPolicy *const *)a;
	const SeenPolicy *other = *(const SeenPolicy *const *)b;

	if (one->first_day != other->first_day)
		return one->first_day > other->first_day ? -1 : 1;
	if (one->last_day != other->last_day)
		return one->last_day > other->last_day ? -1 : 1;
	/* In a young store all days may be the same; then the policy that most of them see comes first. */
	if (one->sights->len != other->sights->len)
		return one->sights->len > other->sights->len ? -1 : 1;
	return strcmp(one->text, other->text);
}

static int
compare_sights(gconstpointer a, gconstpointer b)
{
	const Sight *one = a, *other = b;

	return strcmp(one->organization, other->organization);
}

/* Sorts the sights, and makes one sight of all of the same organization. */
static void
merge_sights(GArray *sights)
{
	guint kept = 0;

	g_array_sort(sights, compare_sights);
	for (guint i = 1; i < sights->len; i++) {
		Sight *last = &g_array_index(sights, Sight, kept);
		const Sight *sight = &g_array_index(sights, Sight, i);
		if (sight->organization == last->organization) {
			last->first_day = MIN(last->first_day, sight->first_day);
			last->last_day = MAX(last->last_day, sight->last_day);
		} else {
			g_array_index(sights, Sight, ++kept) = *sight;
		}
	}
	g_array_set_size(sights, kept + 1);
}

/* Whether the text of a policy is known.  For types other than sts it always counts as known. */
static bool
is_quoted(const PolicyHistory *history, const SeenPolicy *policy)
{
	return policy->sts != NULL || strcmp(history->type, POLICY_TYPE_STS) != 0;
}

static bool
is_later(const Sight *one, const Sight *other)
{
	if (one->last_day != other->last_day)
		return one->last_day > other->last_day;
	return one->first_day > other->first_day;
}

void
policy_history_sort(PolicyHistory *history)
{
	for (guint i = 0; i < history->policies->len; i++)
		merge_sights(((SeenPolicy *)g_ptr_array_index(history->policies, i))->sights);
	g_ptr_array_sort(history->policies, compare_policies);
	history->last_day = DAY_NONE;
	for (guint i = 0; i < history->policies->len; i++) {
		const SeenPolicy *policy = g_ptr_array_index(history->policies, i);
		if (is_quoted(history, policy))
			history->last_day = MAX(history->last_day, policy->last_day);
		for (guint j = 0; is_quoted(history, policy) && j < policy->sights->len; j++) {
			const Sight *sight = &g_array_index(policy->sights, Sight, j);
			Latest *latest = g_hash_table_lookup(history->latest, sight->organization);
			if (latest == NULL) {
				latest = g_new0(Latest, 1);
				g_hash_table_insert(
					history->latest, (gpointer)sight->organization, latest);
			}
			if (latest->sight == NULL || is_later(sight, latest->sight))
				*latest = (Latest){ policy, sight };
		}
	}
}

const SeenPolicy *
policy_now(const PolicyHistory *history, int64_t window)
{
	for (guint i = 0; i < history->policies->len; i++) {
		const SeenPolicy *policy = g_ptr_array_index(history->policies, i);
		if (is_quoted(history, policy) && policy->last_day >= history->last_day - window)
			return policy;
	}
	return NULL;
}

const SeenPolicy *
policy_latest(const PolicyHistory *history, const char *organization, const Sight **sight)
{
	const Latest *latest = g_hash_table_lookup(history->latest, organization);

	if (latest == NULL)
		return NULL;
	if (sight != NULL)
		*sight = latest->sight;
	return latest->policy;
}

bool
policy_is_current(const PolicyHistory *history, const SeenPolicy *now, const SeenPolicy *policy,
	int64_t window)
{
	if (strcmp(history->type, POLICY_TYPE_STS) == 0)
		return policy == now;
	if (policy->last_day < history->last_day - window)
		return false;
	for (guint i = 0; i < policy->sights->len; i++) {
		const Sight *sight = &g_array_index(policy->sights, Sight, i);
		if (policy_latest(history, sight->organization, NULL) == policy)
			return true;
	}
	return false;
}

bool
policy_is_testing(const SeenPolicy *policy)
{
	return policy != NULL && policy->sts != NULL
		&& mta_sts_mode_of(policy->sts->mode) == MTA_STS_TESTING;
}

GPtrArray *
policy_organizations(const PolicyHistory *history)
{
	GPtrArray *names = g_ptr_array_new();
	GHashTableIter iter;
	gpointer name;

	g_hash_table_iter_init(&iter, history->latest);
	while (g_hash_table_iter_next(&iter, &name, NULL))
		g_ptr_array_add(names, name);
	g_ptr_array_sort(names, compare_texts);
	return names;
}

const SeenPolicy *
policy_history_find(const PolicyHistory *history, const char *text)
{
	return g_hash_table_lookup(history->by_text, text);
}

const SeenPolicy *
policy_equal(const PolicyHistory *history, const MtaSts *expected)
{
	g_autofree char *text = mta_sts_text(expected);

	return policy_history_find(history, text);
}

/* Whether all that is wrong with a policy is that lines are missing. */
static bool
only_lacks_lines(const MtaSts *policy)
{
	for (guint i = 0; i < policy->problems->len; i++) {
		const MtaStsProblem *problem = &g_array_index(policy->problems, MtaStsProblem, i);
		if (problem->fatal && problem->line > 0)
			return false;
	}
	return true;
}

/* Whether somebody quotes a sound policy that differs in nothing but the lines that this one lacks. */
static bool
is_quoted_whole(const PolicyHistory *history, const SeenPolicy *policy)
{
	for (guint i = 0; i < history->policies->len; i++) {
		const SeenPolicy *other = g_ptr_array_index(history->policies, i);
		if (other == policy || other->sts == NULL || mta_sts_flaw(other->sts) != NULL)
			continue;
		g_autoptr(GArray) differences = mta_sts_compare(other->sts, policy->sts);
		if (differences->len == 0)
			return true;
	}
	return false;
}

PolicyValidity
policy_validity(const PolicyHistory *history, const SeenPolicy *policy)
{
	if (policy->sts == NULL)
		return POLICY_PARTIAL;
	if (mta_sts_flaw(policy->sts) == NULL)
		return POLICY_VALID;
	return only_lacks_lines(policy->sts) && is_quoted_whole(history, policy) ? POLICY_PARTIAL
										 : POLICY_INVALID;
}

int64_t
policy_due_day(const SeenPolicy *old, const SeenPolicy *newer)
{
	if (old->sts == NULL || old->sts->max_age == MTA_STS_NO_AGE
		|| old->first_day >= newer->first_day)
		return DAY_NONE;
	return newer->first_day + (old->sts->max_age + DAY_SECONDS - 1) / DAY_SECONDS;
}
