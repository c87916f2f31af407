/* The registered vocabularies. */
#ifndef TLSRPT_CATALOG_H
#define TLSRPT_CATALOG_H

#include <stdbool.h>

#define POLICY_TYPE_STS "sts"
#define POLICY_TYPE_TLSA "tlsa"
#define POLICY_TYPE_NONE "no-policy-found"

/* RFC 8460 section 4.4: sts, tlsa, no-policy-found. */
bool catalog_knows_policy_type(const char *policy_type);

/* The IANA registry "STARTTLS Validation Result Types" (RFC 8460 section 6.6). */
bool catalog_knows_result_type(const char *result_type);

#endif
