#include "tlsrpt/policy_history.h"

#include "tlsrpt/catalog.h"
#include "tlsrpt/tlsa.h"

#include <string.h>

/* What an organization saw last. */
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
	history->by_quoted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	history->by_text = g_hash_table_new(g_str_hash, g_str_equal);
	history->latest = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
	history->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
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

/* A new policy with what its text says, in one form if the type is known. */
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

/* The one place where the name of an organization is kept. */
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

/* The policy that a text is, in whatever form.  Many senders quote it in the same one. */
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
	/* In a store that is young: what most of them see. */
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

/* Sorts the sights, and makes one of those of the same organization. */
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

/* Whether it is known what was seen: of other types than sts it always is. */
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
	for (guint i = 0; i < history->policies->len; i++) {
		const SeenPolicy *policy = g_ptr_array_index(history->policies, i);
		for (guint j = 0; is_quoted(history, policy) && j < policy->sights->len; j++) {
			const Sight *sight = &g_array_index(policy->sights, Sight, j);
			Latest *latest = g_hash_table_lookup(history->latest, sight->organization);
			if (latest == NULL) {
				latest = g_new0(Latest, 1);
				g_hash_table_insert(history->latest,
					(gpointer)sight->organization, latest);
			}
			if (latest->sight == NULL || is_later(sight, latest->sight))
				*latest = (Latest){ policy, sight };
		}
	}
}

/* The last day on which any policy was seen. */
static int64_t
last_day_of(const PolicyHistory *history)
{
	int64_t last_day = DAY_NONE;

	for (guint i = 0; i < history->policies->len; i++) {
		const SeenPolicy *policy = g_ptr_array_index(history->policies, i);
		if (is_quoted(history, policy))
			last_day = MAX(last_day, policy->last_day);
	}
	return last_day;
}

const SeenPolicy *
policy_now(const PolicyHistory *history, int64_t window)
{
	const int64_t last_day = last_day_of(history);

	for (guint i = 0; i < history->policies->len; i++) {
		const SeenPolicy *policy = g_ptr_array_index(history->policies, i);
		if (is_quoted(history, policy) && policy->last_day >= last_day - window)
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
policy_is_current(const PolicyHistory *history, const SeenPolicy *policy, int64_t window)
{
	if (strcmp(history->type, POLICY_TYPE_STS) == 0)
		return policy == policy_now(history, window);
	if (policy->last_day < last_day_of(history) - window)
		return false;
	for (guint i = 0; i < policy->sights->len; i++) {
		const Sight *sight = &g_array_index(policy->sights, Sight, i);
		if (policy_latest(history, sight->organization, NULL) == policy)
			return true;
	}
	return false;
}

static int
compare_names(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
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
	g_ptr_array_sort(names, compare_names);
	return names;
}

const SeenPolicy *
policy_equal(const PolicyHistory *history, const MtaSts *expected)
{
	g_autofree char *text = mta_sts_text(expected);

	return g_hash_table_lookup(history->by_text, text);
}

int64_t
policy_due_day(const SeenPolicy *old, const SeenPolicy *newer)
{
	if (old->sts == NULL || old->sts->max_age == MTA_STS_NO_AGE
		|| old->first_day >= newer->first_day)
		return DAY_NONE;
	return newer->first_day + (old->sts->max_age + 86399) / 86400;
}

/* --- testing mode */

bool
failure_holds_mail(const char *policy_type, const char *result_type)
{
	static const char *const of_dane[] = { "tlsa-invalid", "dnssec-invalid", "dane-required",
		NULL };

	if (g_str_has_prefix(result_type, "sts-"))
		return true;
	return strcmp(policy_type, POLICY_TYPE_STS) == 0 && !g_strv_contains(of_dane, result_type);
}

static bool
is_testing(const SeenPolicy *policy)
{
	return policy != NULL && policy->sts != NULL && strcmp(policy->sts->mode, "testing") == 0;
}

int64_t
testing_first_day(const PolicyHistory *history)
{
	int64_t first_day = DAY_NONE;

	for (guint i = 0; i < history->policies->len; i++) {
		const SeenPolicy *policy = g_ptr_array_index(history->policies, i);
		if (is_testing(policy) && (first_day == DAY_NONE || policy->first_day < first_day))
			first_day = policy->first_day;
	}
	return first_day;
}

/* The days of one organization: since when it saw testing mode, and until when another. */
typedef struct {
	int64_t since;
	int64_t other_until; /* or DAY_NONE */
} Phase;

/* Of each organization that saw testing mode last; of Phase, by name. */
static GHashTable *
testing_phases(const PolicyHistory *history)
{
	GHashTable *phases = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);

	for (guint i = 0; i < history->policies->len; i++) {
		const SeenPolicy *policy = g_ptr_array_index(history->policies, i);
		for (guint j = 0; policy->sts != NULL && j < policy->sights->len; j++) {
			const Sight *sight = &g_array_index(policy->sights, Sight, j);
			if (!is_testing(policy_latest(history, sight->organization, NULL)))
				continue;
			Phase *phase = g_hash_table_lookup(phases, sight->organization);
			if (phase == NULL) {
				phase = g_new(Phase, 1);
				*phase = (Phase){ G_MAXINT64, DAY_NONE };
				g_hash_table_insert(phases, (gpointer)sight->organization, phase);
			}
			if (is_testing(policy))
				phase->since = MIN(phase->since, sight->first_day);
			else
				phase->other_until = MAX(phase->other_until, sight->last_day);
		}
	}
	return phases;
}

/* The first day that counts for an organization; DAY_NONE if none does. */
static int64_t
phase_start(GHashTable *phases, const char *organization)
{
	const Phase *phase = g_hash_table_lookup(phases, organization);

	if (phase == NULL)
		return DAY_NONE;
	/* Of the day of the change it is not known which policy held. */
	return phase->other_until != DAY_NONE ? MAX(phase->since, phase->other_until + 1)
					      : phase->since;
}

static int64_t
first_start(GHashTable *phases)
{
	int64_t first = G_MAXINT64;
	GHashTableIter iter;
	gpointer name;

	g_hash_table_iter_init(&iter, phases);
	while (g_hash_table_iter_next(&iter, &name, NULL))
		first = MIN(first, phase_start(phases, name));
	return first;
}

/* The last day on which anything failed that would hold mail. */
static int64_t
last_failure(GHashTable *phases, int64_t since, const GArray *days, const GArray *failures)
{
	int64_t last = DAY_NONE;

	for (guint i = 0; i < days->len; i++) {
		const StsDay *day = &g_array_index(days, StsDay, i);
		if (day->failed_sessions > 0
			&& day->day >= MAX(since, phase_start(phases, day->organization)))
			last = MAX(last, day->day);
	}
	for (guint i = 0; i < failures->len; i++) {
		const FailedHost *failure = &g_array_index(failures, FailedHost, i);
		if (failure->last_day >= MAX(since, phase_start(phases, failure->organization))
			&& failure_holds_mail(failure->policy_type, failure->result_type))
			last = MAX(last, failure->last_day);
	}
	return last;
}

/* Adds up the days that count; they come in order. */
static void
count_days(Testing *testing, GHashTable *phases, const GArray *days)
{
	g_autoptr(GHashTable) reporters = g_hash_table_new(g_str_hash, g_str_equal);
	int64_t counted = DAY_NONE;

	for (guint i = 0; i < days->len; i++) {
		const StsDay *day = &g_array_index(days, StsDay, i);
		const int64_t start = phase_start(phases, day->organization);
		if (start == DAY_NONE || day->day < start)
			continue;
		testing->sessions = testing->sessions + day->sessions;
		testing->failed_sessions = testing->failed_sessions + day->failed_sessions;
		g_hash_table_add(reporters, (gpointer)day->organization);
		if (day->day == counted)
			continue;
		counted = day->day;
		testing->days++;
		if (testing->last_failure == DAY_NONE || day->day > testing->last_failure) {
			if (testing->clean_days++ == 0)
				testing->clean_since = day->day;
		}
	}
	testing->reporters = g_hash_table_size(reporters);
}

/* Who reported in the window, and saw another policy last, or none any more. */
static void
find_others(Testing *testing, const PolicyHistory *sts, const PolicyHistory *none, int64_t from)
{
	g_autoptr(GPtrArray) names = policy_organizations(sts);

	for (guint i = 0; i < names->len; i++) {
		const char *name = g_ptr_array_index(names, i);
		const Sight *sight = NULL, *without = NULL;
		const SeenPolicy *latest = policy_latest(sts, name, &sight);
		if (sight == NULL)
			continue;
		if (none != NULL)
			policy_latest(none, name, &without);
		const bool lost = without != NULL && without->last_day > sight->last_day
			&& without->last_day >= from;
		if (lost || (sight->last_day >= from && !is_testing(latest)))
			g_ptr_array_add(testing->others, (gpointer)name);
	}
}

static bool
anybody_since(const GArray *days, int64_t from)
{
	return days->len > 0 && g_array_index(days, StsDay, days->len - 1).day >= from;
}

static TestingVerdict
verdict_of(const Testing *testing, const GArray *days, const TestingRules *rules)
{
	if (!anybody_since(days, rules->until_day - rules->window))
		return TESTING_SILENT;
	if (testing->others->len > 0)
		return TESTING_OTHER_POLICY;
	if (testing->clean_days >= rules->learning)
		return TESTING_READY;
	return testing->last_failure != DAY_NONE ? TESTING_FAILURES : TESTING_FEW_DAYS;
}

bool
testing_judge(const PolicyHistory *sts, const PolicyHistory *none, const GArray *days,
	const GArray *failures, const TestingRules *rules, Testing *testing)
{
	const SeenPolicy *now = policy_now(sts, rules->window);

	if (now == NULL || !is_testing(now))
		return false;

	g_autoptr(GHashTable) phases = testing_phases(sts);
	*testing = (Testing){ .clean_since = DAY_NONE, .others = g_ptr_array_new() };
	testing->since = g_hash_table_size(phases) > 0 ? first_start(phases) : now->first_day;
	testing->last_failure = last_failure(phases, testing->since, days, failures);
	count_days(testing, phases, days);
	find_others(testing, sts, none, rules->until_day - rules->window);
	testing->verdict = verdict_of(testing, days, rules);
	return true;
}

void
testing_clear(Testing *testing)
{
	g_clear_pointer(&testing->others, g_ptr_array_unref);
}

/* --- TLSA */

/* What is compared with what, of what strangers may write without end. */
#define SETS_MAX 64 /* the newest */
#define RECORDS_MAX 64 /* in a set; one with more is passed over */

/* When something was first and last seen. */
typedef struct {
	int64_t first_day, last_day;
} Span;

/* A set as one organization saw it. */
typedef struct {
	const SeenPolicy *set;
	Span span;
} OwnSet;

static const char *const *
records_of(const SeenPolicy *policy)
{
	return (const char *const *)policy->tlsa;
}

static void
clear_change(gpointer data)
{
	TlsaChange *change = data;

	g_ptr_array_unref(change->new_records);
	g_ptr_array_unref(change->old_records);
	g_ptr_array_unref(change->organizations);
}

static TlsaChange
new_change(TlsaChangeKind kind, const char *organization)
{
	TlsaChange change = { kind, g_ptr_array_new(), g_ptr_array_new(), 0, 0, g_ptr_array_new() };

	g_ptr_array_add(change.organizations, (gpointer)organization);
	return change;
}

static bool
same_records(const GPtrArray *one, const GPtrArray *other)
{
	if (one->len != other->len)
		return false;
	for (guint i = 0; i < one->len; i++) {
		if (strcmp(g_ptr_array_index(one, i), g_ptr_array_index(other, i)) != 0)
			return false;
	}
	return true;
}

/* Takes a change in, or its organization where another saw the same. */
static void
take_change(GArray *changes, TlsaChange *change)
{
	for (guint i = 0; i < changes->len; i++) {
		TlsaChange *known = &g_array_index(changes, TlsaChange, i);
		if (!same_records(known->new_records, change->new_records)
			|| !same_records(known->old_records, change->old_records))
			continue;
		g_ptr_array_add(known->organizations,
			g_ptr_array_index(change->organizations, 0));
		clear_change(change);
		return;
	}
	g_array_append_val(changes, *change);
}

/* The sets of each organization: arrays of OwnSet, by name. */
static GHashTable *
sets_by_organization(const PolicyHistory *history)
{
	GHashTable *all = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
		(GDestroyNotify)g_array_unref);

	for (guint i = 0; i < MIN(history->policies->len, SETS_MAX); i++) {
		const SeenPolicy *policy = g_ptr_array_index(history->policies, i);
		if (policy->tlsa == NULL || g_strv_length(policy->tlsa) > RECORDS_MAX)
			continue;
		for (guint j = 0; j < policy->sights->len; j++) {
			const Sight *sight = &g_array_index(policy->sights, Sight, j);
			const OwnSet own = { policy, { sight->first_day, sight->last_day } };
			GArray *sets = g_hash_table_lookup(all, sight->organization);
			if (sets == NULL) {
				sets = g_array_new(FALSE, FALSE, sizeof(OwnSet));
				g_hash_table_insert(all, (gpointer)sight->organization, sets);
			}
			g_array_append_val(sets, own);
		}
	}
	return all;
}

/* When an organization saw a record, in whatever set; or any record, where it is NULL. */
static Span
record_span(const GArray *sets, const char *record)
{
	Span span = { G_MAXINT64, DAY_NONE };

	for (guint i = 0; i < sets->len; i++) {
		const OwnSet *own = &g_array_index(sets, OwnSet, i);
		if (record != NULL && !tlsa_has(records_of(own->set), record))
			continue;
		span.first_day = MIN(span.first_day, own->span.first_day);
		span.last_day = MAX(span.last_day, own->span.last_day);
	}
	return span;
}

/* The records that came with this set to those that were there. */
static void
find_added(GArray *changes, const GArray *sets, const OwnSet *own, const char *organization)
{
	const Span all = record_span(sets, NULL);
	TlsaChange change = new_change(TLSA_ADDED, organization);
	g_autoptr(GPtrArray) gone = g_ptr_array_new();

	for (char **record = own->set->tlsa; *record != NULL; record++) {
		const Span span = record_span(sets, *record);
		if (span.first_day == own->span.first_day && span.first_day > all.first_day)
			g_ptr_array_add(change.new_records, *record);
		if (span.first_day < own->span.first_day)
			g_ptr_array_add(change.old_records, *record);
		if (span.first_day < own->span.first_day && span.last_day < all.last_day)
			g_ptr_array_add(gone, *record);
	}
	if (change.new_records->len == 0 || change.old_records->len == 0) {
		clear_change(&change);
		return;
	}
	if (gone->len > 0) {
		change.kind = TLSA_ROLLOVER;
		g_ptr_array_unref(change.old_records);
		change.old_records = g_steal_pointer(&gone);
	}
	take_change(changes, &change);
}

/*
 * The set that this one took the place of: the one that was over last when this one came.  NULL if
 * another one was seen before and after that, which may be that of another MX.
 */
static const OwnSet *
predecessor(const GArray *sets, const OwnSet *own)
{
	const OwnSet *before = NULL;

	for (guint i = 0; i < sets->len; i++) {
		const OwnSet *other = &g_array_index(sets, OwnSet, i);
		if (other == own || other->span.first_day >= own->span.first_day)
			continue;
		if (other->span.last_day > own->span.first_day
			|| other->span.last_day >= own->span.last_day)
			return NULL;
		if (before == NULL || other->span.last_day > before->span.last_day)
			before = other;
	}
	return before;
}

/* Whether anybody saw records of both together. */
static bool
seen_together(const PolicyHistory *history, const SeenPolicy *one, const SeenPolicy *other)
{
	for (guint i = 0; i < history->policies->len; i++) {
		const SeenPolicy *policy = g_ptr_array_index(history->policies, i);
		if (tlsa_overlap(records_of(one), records_of(policy))
			&& tlsa_overlap(records_of(other), records_of(policy)))
			return true;
	}
	return false;
}

/* A set in place of another that has nothing in common with it. */
static void
find_replaced(GArray *changes, const PolicyHistory *history, const GArray *sets, const OwnSet *own,
	const char *organization)
{
	const OwnSet *before = predecessor(sets, own);

	if (before == NULL || *before->set->tlsa == NULL || *own->set->tlsa == NULL
		|| seen_together(history, before->set, own->set))
		return;

	TlsaChange change = new_change(TLSA_REPLACED, organization);
	for (char **record = own->set->tlsa; *record != NULL; record++)
		g_ptr_array_add(change.new_records, *record);
	for (char **record = before->set->tlsa; *record != NULL; record++)
		g_ptr_array_add(change.old_records, *record);
	take_change(changes, &change);
}

/* When any record of a change was first, or last, seen by anybody. */
static void
date_change(const PolicyHistory *history, TlsaChange *change)
{
	change->new_since = G_MAXINT64;
	change->old_until = DAY_NONE;
	for (guint i = 0; i < history->policies->len; i++) {
		const SeenPolicy *policy = g_ptr_array_index(history->policies, i);
		for (guint j = 0; j < change->new_records->len; j++) {
			if (tlsa_has(records_of(policy), g_ptr_array_index(change->new_records, j)))
				change->new_since = MIN(change->new_since, policy->first_day);
		}
		for (guint j = 0; j < change->old_records->len; j++) {
			if (tlsa_has(records_of(policy), g_ptr_array_index(change->old_records, j)))
				change->old_until = MAX(change->old_until, policy->last_day);
		}
	}
}

static int
compare_changes(gconstpointer a, gconstpointer b)
{
	const TlsaChange *one = a, *other = b;

	if (one->new_since != other->new_since)
		return one->new_since > other->new_since ? -1 : 1;
	return compare_names(one->new_records->pdata, other->new_records->pdata);
}

GArray *
tlsa_changes(const PolicyHistory *history)
{
	g_autoptr(GHashTable) all = sets_by_organization(history);
	g_autoptr(GPtrArray) names = policy_organizations(history);
	GArray *changes = g_array_new(FALSE, FALSE, sizeof(TlsaChange));

	g_array_set_clear_func(changes, clear_change);
	for (guint i = 0; i < names->len; i++) {
		const char *name = g_ptr_array_index(names, i);
		const GArray *sets = g_hash_table_lookup(all, name);
		for (guint j = 0; sets != NULL && j < sets->len; j++) {
			const OwnSet *own = &g_array_index(sets, OwnSet, j);
			find_added(changes, sets, own, name);
			find_replaced(changes, history, sets, own, name);
		}
	}
	for (guint i = 0; i < changes->len; i++)
		date_change(history, &g_array_index(changes, TlsaChange, i));
	g_array_sort(changes, compare_changes);
	return changes;
}
