/*
 * Whether an MTA-STS policy in testing mode (RFC 8461 section 5) can be enforced without losing mail,
 * and what shows it.  Pure: no store, no clock.  Days are days since 1970-01-01.
 */
#ifndef TLSRPT_POLICY_TESTING_H
#define TLSRPT_POLICY_TESTING_H

#include "tlsrpt/policy_history.h"

/* What one organization reported about the policy of type sts of a domain for one day. */
typedef struct {
	int64_t day;
	const char *organization;
	int64_t sessions, failed_sessions;
} StsDay;

/* A kind of failure at a host, as one organization reported it. */
typedef struct {
	const char *policy_type, *result_type, *receiving_mx_hostname, *organization;
	int64_t first_day, last_day; /* on which it failed, in the time that was asked for */
	int64_t failed_sessions;
} FailedHost;

/*
 * Whether such a failure would hold mail back if the policy were in enforce mode.  All failures under
 * a policy of type sts would, and failures to fetch the policy, whatever type is reported with them.
 * Failures of DANE do not count, since DANE holds mail back in either mode.
 */
bool failure_holds_mail(const char *policy_type, const char *result_type);

/*
 * Whether a session that failed so under a policy of type sts in testing mode, and was delivered, would
 * have been held back in enforce mode.  A sender that cannot fetch or read a policy has none, so it
 * delivers (RFC 8461 section 5.1); and DANE holds mail back in either mode.
 */
bool enforce_holds_mail(const char *result_type);

#define COST_DAYS 28 /* what enforce would have cost is counted in so many days */

/* The first day on which anybody saw a policy in testing mode; DAY_NONE if nobody did. */
int64_t testing_first_day(const PolicyHistory *history);

typedef enum {
	TESTING_READY,
	TESTING_SILENT, /* nobody reported in the window */
	TESTING_OTHER_POLICY, /* somebody who still reports last saw another policy, or none */
	TESTING_FAILURES, /* too few days with reports since the last failure */
	TESTING_FEW_DAYS, /* too few days with reports in testing mode */
	TESTING_NOT_VALID, /* the policy is not valid */
	TESTING_UNKNOWN, /* nobody who sees the policy quotes it whole */
} TestingVerdict;

/* "ready"; static. */
const char *testing_verdict_name(TestingVerdict verdict);

/*
 * What follows from the evidence.  The days of an organization count from the day on which it first saw
 * testing mode.
 */
typedef struct {
	TestingVerdict verdict;
	int64_t since; /* when anybody first saw testing mode, after the last sight of another mode */
	int64_t days; /* days with a report since then */
	/* Likewise since the last failure; DAY_NONE and 0 if there are none. */
	int64_t clean_since, clean_days;
	int64_t reporters, sessions, failed_sessions; /* since then */
	int64_t last_failure; /* or DAY_NONE */
	/* Of const char *: who still reports, and last saw another policy or none. */
	GPtrArray *others;
} Testing;

typedef struct {
	int64_t until_day; /* the last day that is looked at */
	int64_t window; /* whoever reported in the so many days before it still reports */
	int64_t learning; /* so many days without failures are needed */
} TestingRules;

/* What is known of a domain. */
typedef struct {
	const PolicyHistory *sts; /* of type sts */
	const PolicyHistory *none; /* of type no-policy-found, or NULL */
	const GArray *days; /* of StsDay, by day */
	const GArray *failures; /* of FailedHost */
} TestingEvidence;

/* False if the policy that holds now is not in testing mode.  Free with testing_clear(). */
bool testing_judge(const TestingEvidence *evidence, const TestingRules *rules, Testing *testing);
void testing_clear(Testing *testing);

#endif
