/* The kinds of cause: what was wrong, whatever the sender calls it. */
#ifndef TLSRPT_KIND_H
#define TLSRPT_KIND_H

#include "tlsrpt/report.h"

#include <stddef.h>

/* Where a result type of RFC 8460 says the cause, it is the kind; these are the others. */
#define KIND_MX_NOT_IN_POLICY "mx-not-in-policy" /* no mx: line of the policy covers the MX */
#define KIND_HANDSHAKE "tls-handshake-failure" /* no version or cipher in common, an alert */
#define KIND_CONNECTION "connection-failure" /* refused, reset, closed, or timed out */
#define KIND_DNS "dns-failure" /* a name without address, or name servers that do not answer */
#define KIND_STS_REQUIRED "sts-required" /* the sender demands MTA-STS, and the domain has none */
#define KIND_UNSPECIFIED "unspecified" /* the sender does not say why sessions failed */

/*
 * The kind of cause of a failure row, a static string: one of kind_nth().  The result type decides
 * what the failure is about, so that no reason makes a failure of the MX out of one of the policy's
 * web server; the failure-reason-code, of any sender and in upper or lower case, says what it was.
 * A result type that is not registered and says nothing is "validation-failure".  The time that it
 * takes grows with the length of the texts alone.
 */
const char *kind_of(const char *result_type, const char *failure_reason_code);

/* The kind with which a row counts: the stored one, or that of kind_of(). */
const char *kind_of_failure(const Failure *failure);

/* The kind with number n, from 0; NULL after the last. */
const char *kind_nth(size_t n);

#endif
