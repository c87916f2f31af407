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
 * Whether a policy holds: of type sts as policy_now() says.  Of others several may, such as the TLSA
 * records of each MX: those that were still seen then, and that somebody saw last.
 */
bool policy_is_current(const PolicyHistory *history, const SeenPolicy *policy, int64_t window);

/*
 * The policy that an organization saw last (of several on that day, the one that it first saw last),
 * and when; NULL if it quoted none.
 */
const SeenPolicy *policy_latest(const PolicyHistory *history, const char *organization,
	const Sight **sight);

/* All organizations that quoted a policy, sorted; an array of const char *, caller unrefs. */
GPtrArray *policy_organizations(const PolicyHistory *history);

/* The policy that equals an expected one in all, or NULL. */
const SeenPolicy *policy_equal(const PolicyHistory *history, const MtaSts *expected);

/*
 * The last day on which a sender may still hold an old policy.  It cannot have fetched it later than
 * the day on which anybody first saw the newer one, and may keep it for max_age from then on (RFC
 * 8461 sections 3.2 and 3.3), rounded up to whole days.  DAY_NONE where old is not the older one, or
 * has no max_age.
 */
int64_t policy_due_day(const SeenPolicy *old, const SeenPolicy *newer);

/* --- testing mode */

/* What one organization reported on one day of the sts policy of the domain. */
typedef struct {
	int64_t day;
	const char *organization;
	int64_t sessions, failed_sessions;
} StsDay;

/* What failed at a host, as one organization reported it. */
typedef struct {
	const char *policy_type, *result_type, *receiving_mx_hostname, *organization;
	int64_t first_day, last_day; /* in the time asked for */
	int64_t failed_sessions;
} FailedHost;

/*
 * Whether such a failure would hold mail if the policy enforced: any of type sts, and those of
 * fetching the policy, whatever the type; not those of DANE, which holds mail in any mode.
 */
bool failure_holds_mail(const char *policy_type, const char *result_type);

/* The first day on which anybody saw a policy in testing mode; DAY_NONE if nobody did. */
int64_t testing_first_day(const PolicyHistory *history);

typedef enum {
	TESTING_READY,
	TESTING_SILENT, /* nobody reported in the window */
	TESTING_OTHER_POLICY, /* somebody who still reports did not see it in testing mode */
	TESTING_FAILURES, /* too few days since the last failure */
	TESTING_FEW_DAYS, /* too few days in all */
} TestingVerdict;

/* The evidence.  A day counts for an organization from the day on that it saw testing mode. */
typedef struct {
	TestingVerdict verdict;
	int64_t since; /* when anybody first saw testing mode, after any other */
	int64_t days; /* with a report, since then */
	int64_t clean_since, clean_days; /* likewise after the last failure; or DAY_NONE and 0 */
	int64_t reporters, sessions, failed_sessions; /* since then */
	int64_t last_failure; /* or DAY_NONE */
	GPtrArray *others; /* of const char *: who still reports and saw another policy last */
} Testing;

typedef struct {
	int64_t until_day; /* up to which there is evidence */
	int64_t window; /* whoever reported in so many days before still reports */
	int64_t learning; /* days that are needed */
} TestingRules;

/*
 * False if the policy that holds now is not in testing mode.  none is the history of the domain of
 * type no-policy-found, or NULL.  Free with testing_clear().
 */
bool testing_judge(const PolicyHistory *sts, const PolicyHistory *none, const GArray *days,
	const GArray *failures, const TestingRules *rules, Testing *testing);
void testing_clear(Testing *testing);

/* --- TLSA */

typedef enum {
	TLSA_ADDED, /* a new record next to the old, which is still there */
	TLSA_ROLLOVER, /* likewise, and the old one is gone */
	TLSA_REPLACED, /* the old ones gone, and nobody saw them together with the new */
} TlsaChangeKind;

typedef struct {
	TlsaChangeKind kind;
	GPtrArray *new_records, *old_records; /* of const char *, which belong to the history */
	int64_t new_since, old_until; /* first and last seen, by anybody */
	GPtrArray *organizations; /* of const char *: who saw it */
} TlsaChange;

/*
 * The changes of a history of type tlsa, the newest first; an array of TlsaChange, caller unrefs.
 * Each is judged by what one organization saw, since some report the records of all MX together
 * and others those of each MX alone: what it saw next to each other all along is no change.
 */
GArray *tlsa_changes(const PolicyHistory *history);

#endif
