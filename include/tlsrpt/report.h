/*
 * A TLS report (RFC 8460 section 4) as this program sees it: every string valid UTF-8 and within
 * the limits, unknown ones "", never NULL.  All strings belong to the report, and equal ones are
 * mostly one; report_free() frees all of it.
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
	size_t index; /* in failure-details, where elements that are no objects count too */
	const char *result_type;
	const char *sending_mta_ip, *receiving_ip; /* canonical text, or as received */
	const char *receiving_mx_hostname; /* lower-case A-labels without final dot */
	const char *receiving_mx_helo;
	const char *additional_information, *failure_reason_code;
	int64_t failed_sessions; /* 0 to COUNT_MAX */
} Failure;

/* One element of policies. */
typedef struct {
	size_t index; /* in policies, likewise */
	const char *policy_type;
	const char *policy_domain; /* as receiving_mx_hostname */
	const char *policy_text; /* the elements of policy-string, a line each */
	const char *mx_hosts; /* likewise of mx-host */
	int64_t successful_sessions, failed_sessions; /* 0 to COUNT_MAX */
	bool lacks_failed; /* there was no failed_sessions in it that could be read */
	GArray *failures; /* of Failure */
} Policy;

typedef struct {
	const char *organization, *report_id, *contact_info;
	int64_t start_at, end_at; /* UTC epoch seconds; end is the last second of the range */
	bool has_start, has_end;
	GArray *policies; /* of Policy */
	GArray *findings; /* of Finding */
	size_t findings_left_out;
	GStringChunk *strings;
	const char *recent_strings[REPORT_RECENT_STRINGS]; /* some of them */
} Report;

Report *report_new(void);
void report_free(Report *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Report, report_free)

/* The report's own copy of text; mostly one for equal texts, which saves memory. */
const char *report_string(Report *report, const char *text);

/* Both return the new element, cleared, all strings "". It moves when the next one is added. */
Policy *report_add_policy(Report *report);
Failure *policy_add_failure(Policy *policy);

/* Adds a finding, or counts it where there are limits->findings already. Detail may be NULL. */
void report_add_finding(Report *report, const Limits *limits, FindingCode code, const char *path,
	const char *detail);

/* The code of a finding's name; false if there is none. */
bool finding_code(const char *name, FindingCode *code);

/* How many failure-details rows there are in all policies. */
size_t report_failures(const Report *report);

/*
 * a + b, at the most COUNT_MAX: what every sum of counts is made with.  Either is taken as the
 * nearest count, since a store may have been written by others.
 */
int64_t count_add(int64_t a, int64_t b);

#endif
