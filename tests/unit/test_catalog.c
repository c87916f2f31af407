#include "tlsrpt/catalog.h"

#include "util.h"

typedef struct {
	const char *name;
	bool known;
} CatalogRow;

static void
assert_known(bool (*knows)(const char *), const CatalogRow *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		g_test_message("%s", rows[i].name);
		g_assert_cmpint(knows(rows[i].name), ==, rows[i].known);
	}
}

static void
test_policy_types(void)
{
	static const CatalogRow rows[] = {
		{ "sts", true },
		{ "tlsa", true },
		{ "no-policy-found", true },
		{ "STS", false },
		{ "Other", false },
		{ "", false },
	};

	assert_known(catalog_knows_policy_type, rows, G_N_ELEMENTS(rows));
}

/* The IANA registry has eleven. */
static void
test_result_types(void)
{
	static const CatalogRow rows[] = {
		{ "starttls-not-supported", true },
		{ "certificate-host-mismatch", true },
		{ "certificate-not-trusted", true },
		{ "certificate-expired", true },
		{ "validation-failure", true },
		{ "sts-policy-fetch-error", true },
		{ "sts-policy-invalid", true },
		{ "sts-webpki-invalid", true },
		{ "tlsa-invalid", true },
		{ "dnssec-invalid", true },
		{ "dane-required", true },
		{ "Certificate-Expired", false },
		{ "certificate-expired ", false },
		{ "Other", false },
		{ "unspecified", false },
		{ "", false },
	};

	assert_known(catalog_knows_result_type, rows, G_N_ELEMENTS(rows));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/catalog/policy-types", test_policy_types);
	g_test_add_func("/catalog/result-types", test_result_types);
	return g_test_run();
}
