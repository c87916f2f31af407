/* The counting rules: what one report adds to the totals. */
#ifndef TLSRPT_COUNT_H
#define TLSRPT_COUNT_H

#include "tlsrpt/report.h"

#include <glib.h>
#include <stdint.h>

/* The receiving MX of the incident into which incidents over the limit are folded. */
#define INCIDENT_MANY "(many)"

/* All strings are borrowed from the report. */
typedef struct {
	const char *policy_domain, *policy_type;
	int64_t successful_sessions, failed_sessions;
} TypeCount;

typedef struct {
	const char *policy_domain;
	int64_t sessions, failed_sessions;
} DomainCount;

typedef struct {
	const char *policy_domain, *policy_type, *result_type, *receiving_mx_hostname;
	const char *mode; /* of the last policy of the report in which it occurs; static */
	int64_t failed_sessions;
	const char *kind; /* of cause */
} IncidentCount;

/* The sums for each policy domain and type in the report: an array of TypeCount, caller unrefs. */
GArray *count_types(const Report *report);

/*
 * The sessions for each policy domain: an array of DomainCount, caller unrefs.  Some senders list
 * the same sessions under sts and again under tlsa, so the sum is max(sts, tlsa) plus all other
 * types. Failed sessions are added up in the same way.
 */
GArray *count_domains(const GArray *types);

/* The place of a failure row that is no incident. */
#define COUNT_NO_INCIDENT G_MAXUINT

/*
 * The incidents of the report, an array of IncidentCount, caller unrefs.  Rows that differ in the kind
 * of cause are different incidents, also under one result type.  Those of one policy domain have together just as many failed sessions as count_domains() says.  What no row explains is an
 * incident RESULT_TYPE_UNSPECIFIED without MX.  If the rows of a policy have more than its total, or
 * the incidents of sts and of tlsa more than the larger of their totals, they are made smaller in
 * proportion.  A row that counts nothing, or that is beside a total of 0, is no incident.  Incidents
 * over the limit are folded into one more: receiving MX "(many)", and of domain, type, result and
 * kind what is common to them ("" where they differ; RESULT_TYPE_UNSPECIFIED for the result,
 * KIND_UNSPECIFIED for the kind).  places, if
 * not NULL, receives for each failure row of the report, in their order, the place of its incident
 * among them (guint), or COUNT_NO_INCIDENT.
 */
GArray *count_incidents(const Report *report, int64_t limit, GArray *places);

#endif
