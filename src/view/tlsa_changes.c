#include "tlsrpt/tlsa_changes.h"

#include "tlsrpt/compare.h"
#include "tlsrpt/day.h"
#include "tlsrpt/text_table.h"
#include "tlsrpt/tlsa.h"

#include <string.h>

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
		g_ptr_array_add(known->organizations, g_ptr_array_index(change->organizations, 0));
		clear_change(change);
		return;
	}
	g_array_append_val(changes, *change);
}

/* The sets of each organization: arrays of OwnSet, by name. */
static GHashTable *
sets_by_organization(const PolicyHistory *history)
{
	GHashTable *all = text_table_new(NULL, (GDestroyNotify)g_array_unref);

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
	return compare_texts(one->new_records->pdata, other->new_records->pdata);
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
