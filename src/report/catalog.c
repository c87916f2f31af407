#include "tlsrpt/catalog.h"

#include <glib.h>

bool
catalog_knows_policy_type(const char *policy_type)
{
	static const char *const known[] = {
		POLICY_TYPE_TLSA,
		POLICY_TYPE_STS,
		POLICY_TYPE_NONE,
		NULL,
	};

	return g_strv_contains(known, policy_type);
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

	return g_strv_contains(known, result_type);
}
