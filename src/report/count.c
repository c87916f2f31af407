#include "tlsrpt/count.h"

#include "tlsrpt/catalog.h"
#include "tlsrpt/kind.h"
#include "tlsrpt/mta_sts.h"
#include "tlsrpt/text_table.h"

#include <string.h>

/*
 * The index of the element of an array that has a key.  For a new key it is the length of the
 * array, to which the caller then adds the element.  Takes ownership of the key.
 */
static guint
index_of(GHashTable *indexes, char *key, const GArray *array)
{
	gpointer found;

	if (g_hash_table_lookup_extended(indexes, key, NULL, &found)) {
		g_free(key);
		return GPOINTER_TO_UINT(found);
	}
	g_hash_table_insert(indexes, key, GUINT_TO_POINTER(array->len));
	return array->len;
}

GArray *
count_types(const Report *report)
{
	GArray *types = g_array_new(FALSE, TRUE, sizeof(TypeCount));
	/* Most reports have one policy. */
	g_autoptr(GHashTable) indexes = report->policies->len > 1 ? text_table_new(g_free, NULL)
								  : NULL;

	for (size_t i = 0; i < report->policies->len; i++) {
		const Policy *policy = &g_array_index(report->policies, Policy, i);
		const guint index = indexes == NULL
			? 0
			: index_of(indexes,
				g_strjoin("\n", policy->policy_domain, policy->policy_type, NULL),
				types);
		if (index == types->len) {
			const TypeCount count = { policy->policy_domain, policy->policy_type, 0,
				0 };
			g_array_append_val(types, count);
		}
		TypeCount *count = &g_array_index(types, TypeCount, index);
		count->successful_sessions = count_add(
			count->successful_sessions, policy->successful_sessions);
		count->failed_sessions = count_add(count->failed_sessions, policy->failed_sessions);
	}
	return types;
}

/* The sessions of one domain with policy type sts, with tlsa, and with all other types. */
typedef struct {
	int64_t sts, tlsa, other;
} Shares;

static void
share_add(Shares *shares, const char *policy_type, int64_t sessions)
{
	int64_t *share = strcmp(policy_type, POLICY_TYPE_STS) == 0 ? &shares->sts
		: strcmp(policy_type, POLICY_TYPE_TLSA) == 0	   ? &shares->tlsa
								   : &shares->other;
	*share = count_add(*share, sessions);
}

static int64_t
share_sum(const Shares *shares)
{
	return count_add(MAX(shares->sts, shares->tlsa), shares->other);
}

GArray *
count_domains(const GArray *types)
{
	GArray *domains = g_array_new(FALSE, TRUE, sizeof(DomainCount));
	g_autoptr(GArray) sessions = g_array_new(FALSE, TRUE, sizeof(Shares));
	g_autoptr(GArray) failed = g_array_new(FALSE, TRUE, sizeof(Shares));
	g_autoptr(GHashTable) indexes = types->len > 1 ? text_table_new(g_free, NULL) : NULL;

	for (size_t i = 0; i < types->len; i++) {
		const TypeCount *type = &g_array_index(types, TypeCount, i);
		const guint index = indexes == NULL
			? 0
			: index_of(indexes, g_strdup(type->policy_domain), domains);
		if (index == domains->len) {
			const DomainCount count = { .policy_domain = type->policy_domain };
			g_array_append_val(domains, count);
			g_array_set_size(sessions, domains->len);
			g_array_set_size(failed, domains->len);
		}
		share_add(&g_array_index(sessions, Shares, index), type->policy_type,
			count_add(type->successful_sessions, type->failed_sessions));
		share_add(&g_array_index(failed, Shares, index), type->policy_type,
			type->failed_sessions);
	}
	for (size_t i = 0; i < domains->len; i++) {
		DomainCount *count = &g_array_index(domains, DomainCount, i);
		count->sessions = share_sum(&g_array_index(sessions, Shares, i));
		count->failed_sessions = share_sum(&g_array_index(failed, Shares, i));
	}
	return domains;
}

/* No sum of counts goes over this; what is left of the 63 bits is room for part_of(). */
#define SUM_BITS 58
#define SUM_MAX (INT64_C(1) << SUM_BITS)

/*
 * a * b / c, rounded up; all are at most SUM_MAX, and b is at most c.  The product may have twice as
 * many bits as a number has here, so it is divided bit by bit.
 */
static int64_t
part_of(int64_t a, int64_t b, int64_t c)
{
	int64_t quotient = 0, rest = 0;

	for (int bit = SUM_BITS; bit >= 0; bit--) {
		quotient *= 2;
		rest = 2 * rest + ((a >> bit & 1) != 0 ? b : 0);
		for (; rest >= c; rest -= c)
			quotient++;
	}
	return quotient + (rest > 0);
}

/*
 * How numbers are made smaller in proportion so that they have a smaller sum.  If that sum is large
 * enough, no number becomes 0.
 */
typedef struct {
	int64_t from, to; /* the sum as it is, and as it is to be */
	int64_t n; /* how many are over 0 */
	int64_t before; /* the sum of the numbers so far */
} Scale;

static void
scale_add(Scale *scale, int64_t number)
{
	scale->from = MIN(scale->from + number, SUM_MAX);
	scale->n += number > 0;
}

/* The next number, smaller; the rounding of all adds up. */
static int64_t
scale_next(Scale *scale, int64_t number)
{
	if (scale->from <= scale->to || number == 0)
		return number;

	/* Each keeps one, and the proportion is that of the others. */
	const int64_t one = scale->to >= scale->n ? 1 : 0;
	const int64_t from = scale->from - one * scale->n, to = scale->to - one * scale->n;
	const int64_t before = scale->before;
	scale->before = MIN(before + number - one, from);
	return one + part_of(scale->before, to, from) - part_of(before, to, from);
}

/* What a domain, or one of its types, has in incidents of rows and in what no row explains. */
typedef struct {
	Scale explained, unexplained;
} Sums;

/* Up to so many incidents are compared one by one, which is faster than a table. */
#define FEW 32

typedef struct {
	GArray *list; /* of IncidentCount */
	GHashTable *indexes; /* in the list, by key; NULL while there are few */
} Incidents;

/* The incidents of a report while they are being counted. */
typedef struct {
	Incidents all;
	Incidents rest; /* what no row of a policy explains, one for each type */
	GArray *places; /* NULL if nobody asks */
} Counting;

static char *
key_of(const IncidentCount *one)
{
	return g_strjoin("\n", one->policy_domain, one->policy_type, one->result_type,
		one->receiving_mx_hostname, one->kind, NULL);
}

/* Equal texts of a report are mostly the same memory. */
static bool
is_same_text(const char *one, const char *other)
{
	return one == other || g_strcmp0(one, other) == 0;
}

static bool
has_same_key(const IncidentCount *one, const IncidentCount *other)
{
	return is_same_text(one->receiving_mx_hostname, other->receiving_mx_hostname)
		&& is_same_text(one->result_type, other->result_type)
		&& is_same_text(one->policy_domain, other->policy_domain)
		&& is_same_text(one->policy_type, other->policy_type)
		&& is_same_text(one->kind, other->kind);
}

/* As index_of(). */
static guint
index_of_incident(Incidents *incidents, const IncidentCount *one)
{
	const GArray *list = incidents->list;

	if (incidents->indexes != NULL)
		return index_of(incidents->indexes, key_of(one), list);
	for (guint i = 0; i < list->len; i++) {
		if (has_same_key(&g_array_index(list, IncidentCount, i), one))
			return i;
	}
	if (list->len < FEW)
		return list->len;
	incidents->indexes = text_table_new(g_free, NULL);
	for (guint i = 0; i < list->len; i++)
		g_hash_table_insert(incidents->indexes,
			key_of(&g_array_index(list, IncidentCount, i)), GUINT_TO_POINTER(i));
	return index_of(incidents->indexes, key_of(one), list);
}

/* Adds it to the one of its key; returns its place. */
static guint
add_incident(Incidents *incidents, const IncidentCount *one)
{
	GArray *all = incidents->list;
	const guint index = index_of_incident(incidents, one);

	if (index == all->len) {
		g_array_append_val(all, *one);
		return index;
	}
	IncidentCount *count = &g_array_index(all, IncidentCount, index);
	count->mode = one->mode;
	count->failed_sessions = count_add(count->failed_sessions, one->failed_sessions);
	return index;
}

/*
 * Adds the rows of a policy as incidents.  Together they have at most the failed sessions of its
 * summary: if the rows have more, they tell the same sessions again.
 */
static void
add_policy_incidents(Counting *counting, const Policy *policy)
{
	Scale scale = { .to = policy->failed_sessions };
	IncidentCount one = { .policy_domain = policy->policy_domain,
		.policy_type = policy->policy_type,
		.mode = policy->failed_sessions > 0 ? mta_sts_mode(policy->policy_text) : "" };

	for (size_t i = 0; i < policy->failures->len; i++)
		scale_add(&scale, g_array_index(policy->failures, Failure, i).failed_sessions);
	for (size_t i = 0; i < policy->failures->len; i++) {
		const Failure *failure = &g_array_index(policy->failures, Failure, i);
		guint place = COUNT_NO_INCIDENT;
		if (policy->failed_sessions > 0 && failure->failed_sessions > 0) {
			one.result_type = failure->result_type;
			one.kind = kind_of_failure(failure);
			one.receiving_mx_hostname = failure->receiving_mx_hostname;
			one.failed_sessions = scale_next(&scale, failure->failed_sessions);
			place = add_incident(&counting->all, &one);
		}
		if (counting->places != NULL)
			g_array_append_val(counting->places, place);
	}
	if (scale.from < scale.to) {
		one.result_type = RESULT_TYPE_UNSPECIFIED;
		one.kind = KIND_UNSPECIFIED;
		one.receiving_mx_hostname = "";
		one.failed_sessions = scale.to - scale.from;
		add_incident(&counting->rest, &one);
	}
}

/* Whether the failed sessions of a type may be those of another one, too. */
static bool
is_shared(const char *policy_type)
{
	return strcmp(policy_type, POLICY_TYPE_STS) == 0
		|| strcmp(policy_type, POLICY_TYPE_TLSA) == 0;
}

/* The sums of a domain's incidents of sts and of tlsa; NULL for one of another type. */
static Sums *
shared_sums(GHashTable *domains, const char *policy_domain, const char *policy_type)
{
	if (!is_shared(policy_type))
		return NULL;

	Sums *sums = g_hash_table_lookup(domains, policy_domain);
	if (sums == NULL) {
		sums = g_new0(Sums, 1);
		g_hash_table_insert(domains, (gpointer)policy_domain, sums);
	}
	return sums;
}

/* Sums what incidents of sts and of tlsa have together, and what they may: the larger of the totals. */
static void
sum_shared(const Counting *counting, const Report *report, GHashTable *domains)
{
	g_autoptr(GArray) types = count_types(report);

	for (size_t i = 0; i < types->len; i++) {
		const TypeCount *type = &g_array_index(types, TypeCount, i);
		Sums *sums = shared_sums(domains, type->policy_domain, type->policy_type);
		if (sums != NULL)
			sums->explained.to = MAX(sums->explained.to, type->failed_sessions);
	}
	for (size_t i = 0; i < counting->all.list->len; i++) {
		const IncidentCount *one = &g_array_index(counting->all.list, IncidentCount, i);
		Sums *sums = shared_sums(domains, one->policy_domain, one->policy_type);
		if (sums != NULL)
			scale_add(&sums->explained, one->failed_sessions);
	}
	for (size_t i = 0; i < counting->rest.list->len; i++) {
		const IncidentCount *one = &g_array_index(counting->rest.list, IncidentCount, i);
		Sums *sums = shared_sums(domains, one->policy_domain, one->policy_type);
		if (sums == NULL)
			continue;
		scale_add(&sums->unexplained, one->failed_sessions);
		/* What a row of the other type explains is explained. */
		sums->unexplained.to = MAX(sums->explained.to - sums->explained.from, 0);
	}
}

/* The sessions that are told under sts and again under tlsa count once. */
static void
count_shared_once(Counting *counting, const Report *report)
{
	g_autoptr(GHashTable) domains = text_table_new(NULL, g_free);

	sum_shared(counting, report, domains);
	for (size_t i = 0; i < counting->all.list->len; i++) {
		IncidentCount *one = &g_array_index(counting->all.list, IncidentCount, i);
		Sums *sums = shared_sums(domains, one->policy_domain, one->policy_type);
		if (sums != NULL)
			one->failed_sessions = scale_next(&sums->explained, one->failed_sessions);
	}
	for (size_t i = 0; i < counting->rest.list->len; i++) {
		IncidentCount *one = &g_array_index(counting->rest.list, IncidentCount, i);
		Sums *sums = shared_sums(domains, one->policy_domain, one->policy_type);
		if (sums != NULL)
			one->failed_sessions = scale_next(&sums->unexplained, one->failed_sessions);
		if (one->failed_sessions > 0)
			add_incident(&counting->all, one);
	}
}

/* Makes the folded incident cover this one, too. */
static void
fold(IncidentCount *folded, const IncidentCount *one)
{
	if (strcmp(folded->policy_domain, one->policy_domain) != 0)
		folded->policy_domain = "";
	if (strcmp(folded->policy_type, one->policy_type) != 0)
		folded->policy_type = "";
	if (strcmp(folded->result_type, one->result_type) != 0)
		folded->result_type = RESULT_TYPE_UNSPECIFIED;
	if (strcmp(folded->kind, one->kind) != 0)
		folded->kind = KIND_UNSPECIFIED;
	folded->mode = one->mode;
}

/* Makes one of those over the limit. */
static void
fold_over(GArray *incidents, int64_t limit, GArray *places)
{
	if (incidents->len <= limit)
		return;

	IncidentCount folded = g_array_index(incidents, IncidentCount, limit);
	folded.receiving_mx_hostname = INCIDENT_MANY;
	for (size_t i = (size_t)limit + 1; i < incidents->len; i++) {
		const IncidentCount *one = &g_array_index(incidents, IncidentCount, i);
		fold(&folded, one);
		folded.failed_sessions = count_add(folded.failed_sessions, one->failed_sessions);
	}
	g_array_set_size(incidents, (guint)limit);
	g_array_append_val(incidents, folded);
	for (guint i = 0; places != NULL && i < places->len; i++) {
		guint *place = &g_array_index(places, guint, i);
		if (*place != COUNT_NO_INCIDENT)
			*place = MIN(*place, (guint)limit);
	}
}

GArray *
count_incidents(const Report *report, int64_t limit, GArray *places)
{
	Counting counting = { .all.list = g_array_new(FALSE, TRUE, sizeof(IncidentCount)),
		.rest.list = g_array_new(FALSE, TRUE, sizeof(IncidentCount)),
		.places = places };
	GArray *all = counting.all.list;

	for (size_t i = 0; i < report->policies->len; i++)
		add_policy_incidents(&counting, &g_array_index(report->policies, Policy, i));
	if (all->len > 0 || counting.rest.list->len > 0)
		count_shared_once(&counting, report);
	fold_over(all, limit, places);
	g_clear_pointer(&counting.all.indexes, g_hash_table_unref);
	g_clear_pointer(&counting.rest.indexes, g_hash_table_unref);
	g_array_unref(counting.rest.list);
	return all;
}
