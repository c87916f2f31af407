#include "tlsrpt/catalog.h"

#include <glib.h>
#include <string.h>

/* Most words differ in their first letter. */
static bool
is_one_of(const char *word, const char *const *known)
{
	for (; *known != NULL; known++) {
		if (**known == *word && strcmp(*known, word) == 0)
			return true;
	}
	return false;
}

bool
catalog_knows_policy_type(const char *policy_type)
{
	static const char *const known[] = {
		POLICY_TYPE_TLSA,
		POLICY_TYPE_STS,
		POLICY_TYPE_NONE,
		NULL,
	};

	return is_one_of(policy_type, known);
}

bool
catalog_knows_result_type(const char *result_type)
{
	static const char *const known[] = {
		"starttls-not-supported",
		"certificate-host-mismatch",
		"certificate-not-trusted",
		"certificate-expired",
		"validation-failure",
		"sts-policy-fetch-error",
		"sts-policy-invalid",
		"sts-webpki-invalid",
		"tlsa-invalid",
		"dnssec-invalid",
		"dane-required",
		NULL,
	};

	return is_one_of(result_type, known);
}
