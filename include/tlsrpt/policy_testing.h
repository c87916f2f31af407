/*
 * Whether an MTA-STS policy in testing mode (RFC 8461 section 5) is ready to be enforced, and by what
 * evidence.  Pure: no store, no clock.  Days are days since 1970-01-01.
 */
#ifndef TLSRPT_POLICY_TESTING_H
#define TLSRPT_POLICY_TESTING_H

#include "tlsrpt/policy_history.h"

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
	TESTING_NOT_VALID, /* the policy is none */
	TESTING_UNKNOWN, /* nobody who sees it quotes it whole */
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

#endif
