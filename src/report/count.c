#include "tlsrpt/count.h"

#include "tlsrpt/catalog.h"
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
	g_autoptr(GHashTable) indexes =
		report->policies->len > 1 ? text_table_new(g_free, NULL) : NULL;

	for (size_t i = 0; i < report->policies->len; i++) {
		const Policy *policy = &g_array_index(report->policies, Policy, i);
		const guint index = indexes == NULL
			? 0
			: index_of(indexes,
				g_strjoin("\n", policy->policy_domain, policy->policy_type, NULL),
				types);
		if (index == types->len) {
			const TypeCount count = { policy->policy_domain, policy->policy_type, 0, 0 };
			g_array_append_val(types, count);
		}
		TypeCount *count = &g_array_index(types, TypeCount, index);
		count->successful_sessions =
			count_add(count->successful_sessions, policy->successful_sessions);
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
	folded->mode = one->mode;
}

/* The place of what is folded, before it is known. */
#define PLACE_FOLDED G_MAXUINT

static void
set_folded_place(GArray *places, guint place)
{
	for (guint i = 0; places != NULL && i < places->len; i++) {
		guint *one = &g_array_index(places, guint, i);
		if (*one == PLACE_FOLDED)
			*one = place;
	}
}

GArray *
count_incidents(const Report *report, int64_t limit, GArray *places)
{
	GArray *incidents = g_array_new(FALSE, TRUE, sizeof(IncidentCount));
	g_autoptr(GHashTable) indexes = text_table_new(g_free, NULL);
	IncidentCount folded = { 0 };

	for (size_t i = 0; i < report->policies->len; i++) {
		const Policy *policy = &g_array_index(report->policies, Policy, i);
		const char *mode = mta_sts_mode(policy->policy_text);
		for (size_t j = 0; j < policy->failures->len; j++) {
			const Failure *failure = &g_array_index(policy->failures, Failure, j);
			IncidentCount one = { policy->policy_domain, policy->policy_type,
				failure->result_type, failure->receiving_mx_hostname, mode, 0 };
			char *key = g_strjoin("\n", one.policy_domain, one.policy_type,
				one.result_type, one.receiving_mx_hostname, NULL);
			IncidentCount *count;
			guint place = PLACE_FOLDED;
			if (incidents->len < limit || g_hash_table_contains(indexes, key)) {
				place = index_of(indexes, key, incidents);
				if (place == incidents->len)
					g_array_append_val(incidents, one);
				count = &g_array_index(incidents, IncidentCount, place);
				count->mode = mode;
			} else {
				g_free(key);
				one.receiving_mx_hostname = INCIDENT_MANY;
				if (folded.policy_domain == NULL)
					folded = one;
				fold(&folded, &one);
				count = &folded;
			}
			count->failed_sessions =
				count_add(count->failed_sessions, failure->failed_sessions);
			if (places != NULL)
				g_array_append_val(places, place);
		}
	}
	set_folded_place(places, incidents->len);
	if (folded.policy_domain != NULL)
		g_array_append_val(incidents, folded);
	return incidents;
}
