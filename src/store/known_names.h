/*
 * The names that nearly every report has.  Each store has them from the start, under these ids, so
 * that a delivery need not look them up.
 */
#ifndef TLSRPT_STORE_KNOWN_NAMES_H
#define TLSRPT_STORE_KNOWN_NAMES_H

#include "tlsrpt/catalog.h"
#include "tlsrpt/kind.h"

/* X(table, its name, id, name); what a store has cannot change without a new schema version. */
#define KNOWN_NAMES(X) \
	X(NAME_POLICY_TYPE, "policy_type", 2, POLICY_TYPE_STS) \
	X(NAME_POLICY_TYPE, "policy_type", 3, POLICY_TYPE_TLSA) \
	X(NAME_POLICY_TYPE, "policy_type", 4, POLICY_TYPE_NONE) \
	KNOWN_RESULT_TYPES(X, NAME_RESULT_TYPE, "result_type") \
	KNOWN_RESULT_TYPES(X, NAME_KIND, "kind") \
	X(NAME_KIND, "kind", 14, KIND_MX_NOT_IN_POLICY) \
	X(NAME_KIND, "kind", 15, KIND_HANDSHAKE) \
	X(NAME_KIND, "kind", 16, KIND_CONNECTION) \
	X(NAME_KIND, "kind", 17, KIND_DNS) \
	X(NAME_KIND, "kind", 18, KIND_STS_REQUIRED)

/* Each registered result type is a kind, too. */
#define KNOWN_RESULT_TYPES(X, table, name) \
	X(table, name, 2, "starttls-not-supported") \
	X(table, name, 3, "certificate-host-mismatch") \
	X(table, name, 4, "certificate-not-trusted") \
	X(table, name, 5, "certificate-expired") \
	X(table, name, 6, "validation-failure") \
	X(table, name, 7, "sts-policy-fetch-error") \
	X(table, name, 8, "sts-policy-invalid") \
	X(table, name, 9, "sts-webpki-invalid") \
	X(table, name, 10, "tlsa-invalid") \
	X(table, name, 11, "dnssec-invalid") \
	X(table, name, 12, "dane-required") \
	X(table, name, 13, RESULT_TYPE_UNSPECIFIED)

#endif
