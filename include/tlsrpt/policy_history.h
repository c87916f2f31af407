/*
 * The policies of one type that senders saw at one policy domain, and what follows from them.  Pure:
 * no store, no clock.  Days are days since 1970-01-01.
 */
#ifndef TLSRPT_POLICY_HISTORY_H
#define TLSRPT_POLICY_HISTORY_H

#include "tlsrpt/mta_sts.h"
#include "tlsrpt/report.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* From which to which day an organization saw a policy. */
typedef struct {
	const char *organization; /* belongs to the history */
	int64_t first_day, last_day;
} Sight;

/* A policy.  Senders may quote it in different forms, such as the order of its lines. */
typedef struct {
	char *text; /* in one form for all; "" if no sender quoted it */
	MtaSts *sts; /* the policy, if it is of type sts and was understood at least in part; else NULL */
	char **tlsa; /* its records, if it is of type tlsa; else NULL */
	GArray *sights; /* of Sight, one for each organization */
	int64_t first_day, last_day; /* by anybody */
} SeenPolicy;

typedef struct {
	char *domain, *type;
	GPtrArray *policies; /* of SeenPolicy; after policy_history_sort() the newest first */
	int64_t last_day; /* on which any quoted policy was seen; set by policy_history_sort() */
	GHashTable *by_quoted, *by_text, *latest, *names; /* private */
} PolicyHistory;

PolicyHistory *policy_history_new(const char *domain, const char *type);
void policy_history_free(PolicyHistory *history);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PolicyHistory, policy_history_free)

/* Adds that an organization saw a policy, by its text, from first_day to last_day. */
void policy_history_add(PolicyHistory *history, const char *text, const char *organization,
	int64_t first_day, int64_t last_day);

/*
 * Sorts the policies, the newest first: the one whose first sight is the latest.  To be called after
 * the last policy_history_add() and before any function below.
 */
void policy_history_sort(PolicyHistory *history);

/*
 * The policy that holds now.  It is the newest of those that somebody still saw in the last days, that
 * is in the so many days before history->last_day.  So a sender that keeps an old policy does not
 * matter, and neither does a policy that was soon withdrawn.  Policies that no sender quoted do not
 * count; NULL if there is no other.
 */
const SeenPolicy *policy_now(const PolicyHistory *history, int64_t window);

/*
 * Whether a policy holds now.  Of type sts only one does: the one that policy_now() returned.  Of
 * other types several may, such as the TLSA records of each MX: those that were still seen in the last
 * days, and that are the latest that some organization saw.
 */
bool policy_is_current(const PolicyHistory *history, const SeenPolicy *now,
	const SeenPolicy *policy, int64_t window);

/*
 * The latest policy that an organization saw, and when it saw it.  If it saw several on its last day,
 * it is the one that it first saw most recently.  NULL if it quoted no policy.
 */
const SeenPolicy *policy_latest(
	const PolicyHistory *history, const char *organization, const Sight **sight);

/* Whether a policy, which may be NULL, is an MTA-STS policy in testing mode. */
bool policy_is_testing(const SeenPolicy *policy);

/* The names of all organizations that quoted a policy, sorted.  The caller unrefs the array. */
GPtrArray *policy_organizations(const PolicyHistory *history);

/* The policy of that text, which is in the one form for all; NULL if nobody saw it. */
const SeenPolicy *policy_history_find(const PolicyHistory *history, const char *text);

/* The policy that is the same as the expected one in every respect, or NULL. */
const SeenPolicy *policy_equal(const PolicyHistory *history, const MtaSts *expected);

typedef enum {
	POLICY_VALID,
	POLICY_PARTIAL, /* it lacks a line that another sender quotes: then this one leaves it out */
	POLICY_INVALID, /* senders treat it as if it were not there, see mta_sts_flaw() */
} PolicyValidity;

/* What senders make of a policy of type sts; one that was not quoted at all is partial. */
PolicyValidity policy_validity(const PolicyHistory *history, const SeenPolicy *policy);

/*
 * The last day on which a sender may still hold an old policy.  It cannot have fetched the old policy
 * later than on the day on which anybody first saw the newer one.  From then on it may keep it for
 * max_age (RFC 8461 sections 3.2 and 3.3), rounded up to whole days.  DAY_NONE if the old policy is
 * not the older one, or has no max_age.
 */
int64_t policy_due_day(const SeenPolicy *old, const SeenPolicy *newer);

#endif
