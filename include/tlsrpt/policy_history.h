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

/* From when to when an organization saw a policy. */
typedef struct {
	const char *organization; /* belongs to the history */
	int64_t first_day, last_day;
} Sight;

/* A policy, whatever the form in which each sender quotes it. */
typedef struct {
	char *text; /* in one form; "" where it was not quoted */
	MtaSts *sts; /* of type sts, if anything was understood; else NULL */
	char **tlsa; /* of type tlsa: its records; else NULL */
	GArray *sights; /* of Sight, one for each organization */
	int64_t first_day, last_day; /* by anybody */
} SeenPolicy;

typedef struct {
	char *domain, *type;
	GPtrArray *policies; /* of SeenPolicy; after policy_history_sort() the newest first */
	int64_t last_day; /* on which any that was quoted was seen; by policy_history_sort() */
	GHashTable *by_quoted, *by_text, *latest, *names; /* private */
} PolicyHistory;

PolicyHistory *policy_history_new(const char *domain, const char *type);
void policy_history_free(PolicyHistory *history);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PolicyHistory, policy_history_free)

/* Takes in that an organization saw a policy text from first_day to last_day. */
void policy_history_add(PolicyHistory *history, const char *text, const char *organization,
	int64_t first_day, int64_t last_day);

/* After the last policy_history_add(), and before anything below: newest is what was first seen last. */
void policy_history_sort(PolicyHistory *history);

/*
 * The policy that holds now: of those that were still seen in the last window days before any was
 * last seen, the one that was first seen last.  So neither a sender that keeps an old policy nor one
 * that was soon withdrawn counts.  Policies that no sender quoted are passed over; NULL if there is
 * no other.
 */
const SeenPolicy *policy_now(const PolicyHistory *history, int64_t window);

/*
 * Whether a policy holds: of type sts as policy_now() says, which is now.  Of others several may, such as the TLSA
 * records of each MX: those that were still seen then, and that somebody saw last.
 */
bool policy_is_current(const PolicyHistory *history, const SeenPolicy *now,
	const SeenPolicy *policy, int64_t window);

/*
 * The policy that an organization saw last (of several on that day, the one that it first saw last),
 * and when; NULL if it quoted none.
 */
const SeenPolicy *policy_latest(
	const PolicyHistory *history, const char *organization, const Sight **sight);

/* All organizations that quoted a policy, sorted; an array of const char *, caller unrefs. */
GPtrArray *policy_organizations(const PolicyHistory *history);

/* The policy that equals an expected one in all, or NULL. */
const SeenPolicy *policy_equal(const PolicyHistory *history, const MtaSts *expected);

typedef enum {
	POLICY_VALID,
	POLICY_PARTIAL, /* it lacks a line that another sender quotes: then this one leaves it out */
	POLICY_INVALID, /* senders treat it as if it were not there, see mta_sts_flaw() */
} PolicyValidity;

/* What senders make of a policy of type sts; one that was not quoted at all is partial. */
PolicyValidity policy_validity(const PolicyHistory *history, const SeenPolicy *policy);

/*
 * The last day on which a sender may still hold an old policy.  It cannot have fetched it later than
 * the day on which anybody first saw the newer one, and may keep it for max_age from then on (RFC
 * 8461 sections 3.2 and 3.3), rounded up to whole days.  DAY_NONE where old is not the older one, or
 * has no max_age.
 */
int64_t policy_due_day(const SeenPolicy *old, const SeenPolicy *newer);

#endif
