/* Brings a parsed report into the form in which it is stored. */
#ifndef TLSRPT_CHECK_H
#define TLSRPT_CHECK_H

#include "tlsrpt/limits.h"
#include "tlsrpt/report.h"

#include <stdint.h>

/*
 * What the message says beside the report, from which missing values are taken; unknown strings
 * are NULL.
 */
typedef struct {
	const char *from_domain;
	const char *report_domain; /* TLS-Report-Domain */
	const char *submitter; /* TLS-Report-Submitter */
	const char *subject; /* decoded */
	const char *file_name; /* decoded */
	const char *content_digest; /* hexadecimal */
	int64_t sent_at; /* Date; 0 if there is none */
	int64_t received_at;
} CheckContext;

/*
 * Fills in what is missing, canonicalises names, addresses and policies, and adds the findings
 * for what is odd.  Afterwards organization may still be "", a policy domain too; report_id,
 * start_at and end_at are always set.
 */
void report_check(Report *report, const CheckContext *context, const Limits *limits);

/*
 * The organisation that a message speaks for where the report's body names none: the submitter,
 * else the From domain, else NULL.
 */
const char *check_submitter(const CheckContext *context);

#endif
