/*
 * A TLS report (RFC 8460 section 4) as this program sees it.  Every string is valid UTF-8 and
 * within the limits; unknown strings are "", never NULL.  All strings belong to the report, which
 * mostly has one copy of equal ones; report_free() frees everything.
 */
#ifndef TLSRPT_REPORT_H
#define TLSRPT_REPORT_H

#include "tlsrpt/finding.h"
#include "tlsrpt/limits.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define RESULT_TYPE_UNSPECIFIED "unspecified"
#define REPORT_RECENT_STRINGS 64

typedef struct {
	FindingCode code;
	const char *path, *detail;
} Finding;

/* One element of failure-details (section 4.4). */
typedef struct {
	/* its place in failure-details, where elements that are not objects count, too */
	size_t index;
	const char *result_type;
	/* in canonical form if it is an IP address, else as received */
	const char *sending_mta_ip, *receiving_ip;
	const char *receiving_mx_hostname; /* lower-case A-labels without final dot */
	const char *receiving_mx_helo;
	const char *additional_information, *failure_reason_code;
	int64_t failed_sessions; /* 0 to COUNT_MAX */
	const char *kind; /* of cause, as it is stored; NULL: kind_of() says it */
} Failure;

/* One element of policies. */
typedef struct {
	size_t index; /* its place in policies, counted in the same way */
	const char *policy_type;
	const char *policy_domain; /* in the same form as receiving_mx_hostname */
	const char *policy_text; /* the elements of policy-string, a line each */
	const char *mx_hosts; /* the elements of mx-host, a line each */
	int64_t successful_sessions, failed_sessions; /* 0 to COUNT_MAX */
	bool lacks_failed; /* there was no failed_sessions in it that could be read */
	GArray *failures; /* of Failure */
} Policy;

typedef struct {
	const char *organization, *report_id, *contact_info;
	int64_t start_at, end_at; /* UTC epoch seconds; end is the last second of the range */
	bool has_start, has_end;
	int64_t day; /* on which it counts; days since 1970-01-01 */
	GArray *policies; /* of Policy */
	GArray *findings; /* of Finding */
	size_t findings_left_out;
	GStringChunk *strings;
	/* where report_string() looks for a copy that there is already */
	const char *recent_strings[REPORT_RECENT_STRINGS];
} Report;

Report *report_new(void);
void report_free(Report *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Report, report_free)

/* The report's own copy of text.  Equal texts mostly share one copy, which saves memory. */
const char *report_string(Report *report, const char *text);

/*
 * Both return the new element, cleared and with all strings "".  The pointer is valid until the
 * next one is added.
 */
Policy *report_add_policy(Report *report);
Failure *policy_add_failure(Policy *policy);

/*
 * Adds a finding.  Where there are limits->findings already, it is only counted.  detail may be
 * NULL.
 */
void report_add_finding(Report *report, const Limits *limits, FindingCode code, const char *path,
	const char *detail);

/* The code with that name; false if there is none. */
bool finding_code(const char *name, FindingCode *code);

/*
 * The time (epoch seconds) at which it counts: its start, or the beginning of its day if the start is
 * not on that day, because it is not plausible.
 */
int64_t report_counts_at(const Report *report);

/* How many failure-details rows there are in all policies. */
size_t report_failures(const Report *report);

/*
 * a + b, but at most COUNT_MAX.  Every sum of counts is made with this.  An operand that is not a
 * valid count is replaced by the nearest one, since other programs may have written to the store.
 */
int64_t count_add(int64_t a, int64_t b);

#endif
