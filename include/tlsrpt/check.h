/* Brings a parsed report into the form in which it is stored. */
#ifndef TLSRPT_CHECK_H
#define TLSRPT_CHECK_H

#include "tlsrpt/limits.h"
#include "tlsrpt/report.h"

#include <stdint.h>

/*
 * What the message around a report says.  Values that the report lacks are taken from here. Unknown
 * strings are NULL.
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
	/* in stored form; a policy about another domain is taken out.  NULL or empty: about any */
	char *const *own_domains;
} CheckContext;

/*
 * Fills in what is missing, brings names, addresses and policies into canonical form, and adds
 * findings for what is odd.  Afterwards report_id, start_at and end_at are always set; organization
 * and the policy domains may still be "".
 */
void report_check(Report *report, const CheckContext *context, const Limits *limits);

/*
 * The organisation for a report that names none: the submitter of the message, else its From
 * domain, else NULL.
 */
const char *check_submitter(const CheckContext *context);

#endif
