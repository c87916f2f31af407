#include "tlsrpt/alias.h"

#include "tlsrpt/catalog.h"

#include "util.h"

/* Every key is found by its own name, in the object in which it belongs and in no other. */
static void
test_names(void)
{
	for (AliasKey key = 0; key < ALIAS_KEYS; key++) {
		int homes = 0;
		for (AliasPlace place = 0; place < ALIAS_PLACES; place++) {
			const bool belongs = alias_belongs(place, key);
			homes += belongs;
			g_assert_cmpint(alias_exact(place, alias_name(key)), ==,
				belongs ? key : ALIAS_KEYS);
			if (belongs)
				g_assert_cmpint(alias_key(place, alias_name(key)), ==, key);
		}
		g_assert_cmpint(homes, ==, 1);
	}
}

static void
test_keys(void)
{
	static const struct {
		AliasPlace place;
		const char *text;
		AliasKey key;
	} rows[] = {
		{ ALIAS_ROOT, "Organization-Name", KEY_ORGANIZATION_NAME },
		{ ALIAS_ROOT, "organizationName", KEY_ORGANIZATION_NAME },
		{ ALIAS_ROOT, "organization_name", KEY_ORGANIZATION_NAME },
		{ ALIAS_ROOT, "ORGANIZATION NAME", KEY_ORGANIZATION_NAME },
		{ ALIAS_ROOT, "organisation-name", KEY_ORGANIZATION_NAME },
		{ ALIAS_ROOT, "Policies", KEY_POLICIES },
		{ ALIAS_ROOT, "report-items", KEY_POLICIES },
		{ ALIAS_ROOT, "summary", KEY_SUMMARY },
		{ ALIAS_ROOT, "startDatetime", KEY_START_DATETIME },
		{ ALIAS_ITEM, "failure_details", KEY_FAILURE_DETAILS },
		{ ALIAS_ITEM, "failures", KEY_FAILURE_DETAILS },
		{ ALIAS_ITEM, "policy-type", KEY_POLICY_TYPE },
		{ ALIAS_ITEM, "failure-count", KEY_FAILED },
		{ ALIAS_POLICY, "mx-host-pattern", KEY_MX_HOST },
		{ ALIAS_POLICY, "mx_hosts", KEY_MX_HOST },
		{ ALIAS_POLICY, "type", KEY_POLICY_TYPE },
		{ ALIAS_SUMMARY, "failures", KEY_FAILED },
		{ ALIAS_SUMMARY, "failure-details", KEY_FAILURE_DETAILS },
		{ ALIAS_SUMMARY, "totalSuccessfulSessionCount", KEY_SUCCESSFUL },
		{ ALIAS_FAILURE, "type", KEY_RESULT_TYPE },
		{ ALIAS_FAILURE, "receiving-mx-host-name", KEY_RECEIVING_MX_HOSTNAME },
		{ ALIAS_FAILURE, "receivingMxHostname", KEY_RECEIVING_MX_HOSTNAME },
		{ ALIAS_FAILURE, "failure-error-code", KEY_FAILURE_REASON_CODE },
		{ ALIAS_FAILURE, "additional-info-uri", KEY_ADDITIONAL_INFORMATION },
		{ ALIAS_FAILURE, "failed_session_count", KEY_FAILED_SESSION_COUNT },
		/* What nobody knows, and what is known elsewhere. */
		{ ALIAS_ROOT, "result-type", ALIAS_KEYS },
		{ ALIAS_FAILURE, "policy-type", ALIAS_KEYS },
		{ ALIAS_FAILURE, "tls-version", ALIAS_KEYS },
		{ ALIAS_ROOT, "", ALIAS_KEYS },
		{ ALIAS_ROOT, "-_-", ALIAS_KEYS },
		{ ALIAS_ROOT, "organization-names", ALIAS_KEYS },
		{ ALIAS_ROOT,
			"organization-name-organization-name-organization-name-organization-name",
			ALIAS_KEYS },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_message("%s", rows[i].text);
		g_assert_cmpint(alias_key(rows[i].place, rows[i].text), ==, rows[i].key);
	}
}

static void
test_words(void)
{
	static const struct {
		const char *text, *policy_type, *result_type;
	} rows[] = {
		{ "sts", "sts", NULL },
		{ "STS", "sts", NULL },
		{ "mta-sts", "sts", NULL },
		{ "MTA_STS", "sts", NULL },
		{ "DANE", "tlsa", NULL },
		{ "No_Policy_Found", "no-policy-found", NULL },
		{ "noPolicyFound", "no-policy-found", NULL },
		{ "Other", NULL, NULL },
		{ "invalid", NULL, NULL },
		{ "CERTIFICATE_EXPIRED", NULL, "certificate-expired" },
		{ "certificateExpired", NULL, "certificate-expired" },
		{ "cert-expired", NULL, "certificate-expired" },
		{ "STARTTLS not supported", NULL, "starttls-not-supported" },
		{ "sts_policy_fetch_error", NULL, "sts-policy-fetch-error" },
		{ "err", NULL, NULL },
		{ "", NULL, NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const char *policy_type = alias_policy_type(rows[i].text);
		const char *result_type = alias_result_type(rows[i].text);
		g_assert_cmpstr(policy_type, ==, rows[i].policy_type);
		g_assert_cmpstr(result_type, ==, rows[i].result_type);
		/* What comes out is a word that the catalogue has. */
		g_assert_true(policy_type == NULL || catalog_knows_policy_type(policy_type));
		g_assert_true(result_type == NULL || catalog_knows_result_type(result_type));
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/alias/names", test_names);
	g_test_add_func("/alias/keys", test_keys);
	g_test_add_func("/alias/words", test_words);
	return g_test_run();
}
