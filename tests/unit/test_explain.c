#include "tlsrpt/catalog.h"
#include "tlsrpt/kind.h"
#include "tlsrpt/explain.h"

#include "util.h"

/* What was asked for, and the name of the entry that answers it. */
typedef struct {
	const char *asked, *found;
} LookupRow;

typedef void (*EntryTest)(const Explanation *entry);

static const char *const registered[] = {
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
};

/* As senders have written them. */
static const char *const reason_codes[] = {
	/* RFC 8460, Microsoft, guides */
	"X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED",
	"MX_HOSTS_MISMATCH",
	"VALIDATION_FAILURE",
	"mx-mismatch",
	/* Mail.ru */
	"bad https response code: 404",
	"bad https response code: 500",
	"unable to do http request: Get \"https://mta-sts.example.org\": context deadline exceeded",
	/* Postfix */
	"tls-handshake-failure",
	"all-TLSA-records-unusable",
	"all-fingerprints-unusable",
	"all-trust-anchors-unusable",
	"self-signed_certificate",
	"unable_to_get_local_issuer_certificate",
	"certificate_chain_too_long",
	"unsuitable_certificate_purpose",
	"format_error_in_certificate's_notBefore_field",
	/* mox */
	"mtasts-policy-mx-mismatch",
	"dane-no-match",
	"dane-no-match+errors",
	"all-unusable-records+ignored",
	"smtp-starttls-reply-code-454",
	"smtp-starttls-reply-code-502",
	"tls-remote-alert-70-protocol-version-not-supported",
	"tls-remote-alert-40-handshake-failure",
	"tls-remote-alert-48-unknown-certificate-authority",
	"tls-local-alert-70-protocol-version-not-supported",
	"tls-remote-error",
	"tls-record-header-error",
	"io-timeout-during-handshake",
	"connection-closed-during-handshake",
	"dns-extended-error-7-signature-expired",
	"no-policy-served",
	"cannot-fetch-policy",
	"policy-syntax-error",
	"no-mta-sts-dns-txt-record",
	"multiple-mta-sts-records",
	"record-syntax-error",
	"back-off-after-recent-fetch-error",
	"too-many-intermediates",
	"not-authorized-to-sign",
	"go-x509-invalid-reason-11",
	"certificate-expired+too-many-intermediates",
	"certificate-not-trusted+too-many-intermediates",
	"certificate-host-mismatch",
	"validation-failure+unknown-go-certificate-verification-error",
	/* Stalwart */
	"MX not authorized by policy.",
	"No matching certificates found.",
	"Invalid TLSA record.",
	"Bogus TLSA records were found.",
	"No TLSA records found for MX.",
	"MX host is not in a DNSSEC signed zone.",
	"STARTTLS was not advertised by host",
	"Timeout fetching policy.",
	"Policy not found.",
	"Failed to parse policy: missing version",
	"invalid peer certificate: UnknownIssuer",
	"MTA-STS is required and no policy was found.",
};

static void
for_each(EntryTest test)
{
	const Explanation *entry;
	size_t n = 0;

	for (; (entry = explain_nth(n)) != NULL; n++) {
		g_test_message("%s", entry->name);
		test(entry);
	}
	g_assert_cmpuint(n, >, G_N_ELEMENTS(registered));
}

static void
assert_found(ExplanationKind kind, const char *asked, const char *found)
{
	const Explanation *entry = explain(kind, asked);

	g_test_message("%s", asked);
	g_assert_cmpstr(entry != NULL ? entry->name : NULL, ==, found);
	if (entry != NULL)
		g_assert_cmpint(entry->kind, ==, kind);
}

static void
test_result_types(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(registered); i++)
		assert_found(EXPLAIN_RESULT_TYPE, registered[i], registered[i]);
	assert_found(EXPLAIN_RESULT_TYPE, "Other", "Other");
	assert_found(EXPLAIN_RESULT_TYPE, "unspecified", "unspecified");
}

static void
test_policy_types(void)
{
	assert_found(EXPLAIN_POLICY_TYPE, POLICY_TYPE_STS, "sts");
	assert_found(EXPLAIN_POLICY_TYPE, POLICY_TYPE_TLSA, "tlsa");
	assert_found(EXPLAIN_POLICY_TYPE, POLICY_TYPE_NONE, "no-policy-found");
	assert_found(EXPLAIN_POLICY_TYPE, "Other", "Other");
}

static void
test_reason_codes(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(reason_codes); i++) {
		const Explanation *entry = explain(EXPLAIN_REASON_CODE, reason_codes[i]);
		g_test_message("%s", reason_codes[i]);
		g_assert_nonnull(entry);
		g_assert_cmpint(entry->kind, ==, EXPLAIN_REASON_CODE);
	}
}

/* The longest name wins, any case and '_' for a blank; a name does not end within a word. */
static void
test_families(void)
{
	static const LookupRow rows[] = {
		{ "bad https response code: 403", "bad https response code:" },
		{ "bad https response code: 404", "bad https response code: 404" },
		{ "bad https response code: 4040", "bad https response code:" },
		{ "BAD HTTPS RESPONSE CODE: 404", "bad https response code: 404" },
		{ "bad_https_response_code:_404", "bad https response code: 404" },
		{ "smtp-starttls-reply-code-502", "smtp-starttls-reply-code-" },
		{ "smtp-starttls-reply-code-454", "smtp-starttls-reply-code-454" },
		{ "tls-remote-alert-40-handshake-failure", "tls-remote-alert-40-" },
		{ "tls-remote-alert-400", "tls-remote-alert-" },
		{ "tls-remote-alert-", "tls-remote-alert-" },
		{ "dns-extended-error-6-bogus", "dns-extended-error-" },
		{ "no-policy-served+fallback-to-cached-policy", "no-policy-served" },
		{ "dane-no-match+errors", "dane-no-match" },
		{ "dane-no-matches", NULL },
		{ "self-signed_certificate", "self-signed certificate" },
		{ "self-signed certificate", "self-signed certificate" },
		{ "self-signed_certificate_in_certificate_chain",
			"self-signed certificate in certificate chain" },
		{ "certificate not trusted", "certificate not trusted" },
		{ "certificate-not-trusted", "certificate-not-trusted" },
		{ "x509_v_err_cert_has_expired", "X509_V_ERR_CERT_HAS_EXPIRED" },
		{ "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
			"X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY" },
		{ "X509_V_ERR_CRL_HAS_EXPIRED", "X509_V_ERR_" },
		{ "dns-extended-error-22-no-reachable-authority", "dns-extended-error-22-" },
		{ "extended-dns-error-23-network-error", "extended-dns-error-23-" },
		{ "dns-extended-error-2-unsupported-ds-digest-type", "dns-extended-error-" },
		{ "X509 V ERR PROXY PATH LENGTH EXCEEDED",
			"X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED" },
		{ "VALIDATION_FAILURE", "VALIDATION_FAILURE" },
		{ "validation-failure", "validation-failure" },
		{ "Failed to parse policy: no mode", "Failed to parse policy" },
		{ "invalid peer certificate: BadSignature", "invalid peer certificate:" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		assert_found(EXPLAIN_REASON_CODE, rows[i].asked, rows[i].found);
}

/* A status of SMTP comes before some texts, and a known code stands in a longer one. */
static void
test_longer_texts(void)
{
	static const LookupRow rows[] = {
		{ "4.7.5 [internal] SSL certificate subject does not match host",
			"SSL certificate subject does not match host" },
		{ "454 4.7.5 SSL certificate subject does not match host mx1.example.org",
			"SSL certificate subject does not match host" },
		{ "550-5.7.1 certificate has expired", "certificate has expired" },
		{ "5.7.1: certificate has expired", "certificate has expired" },
		{ "421 certificate has expired", "certificate has expired" },
		{ "remote error: tls: handshake failure", "remote error: tls: handshake failure" },
		{ "remote error: tls: protocol version not supported", "remote error: tls:" },
		{ "read tcp 192.0.2.1:4711->198.51.100.1:25: i/o timeout", "i/o timeout" },
		{ "dial tcp: lookup mx1.example.org: no such host", "no such host" },
		{ "EOF", "EOF" },
		{ "unexpected EOF", "EOF" },
		{ "EOFError", NULL },
		{ "certificate expired: verification time 1790812800 (UNIX)",
			"certificate expired: verification time" },
		{ "invalid peer certificate: certificate expired: verification time 1790812800",
			"certificate expired: verification time" },
		{ "certificate not valid for name \"mx1.example.org\"", "not valid for name" },
		{ "TLS verify failed (MX_HOSTS_MISMATCH)", "MX_HOSTS_MISMATCH" },
		{ "code=X509_V_ERR_CERT_HAS_EXPIRED", "X509_V_ERR_CERT_HAS_EXPIRED" },
		/* What tells more stands behind what is general; else what comes first counts. */
		{ "tls: failed to verify certificate: x509: certificate has expired or is not yet valid",
			"x509: certificate has expired or is not yet valid" },
		{ "x509: certificate is valid for a.example, not mx1.example",
			"x509: certificate is valid for" },
		{ "x509: unhandled critical extension", "x509:" },
		{ "invalid peer certificate: certificate not valid for name \"mx1.example.org\"",
			"not valid for name" },
		{ "unable to do http request: Get \"https://mta-sts.example.org/\": x509: certificate "
		  "has expired or is not yet valid",
			"unable to do http request" },
		{ "error:0A000086:SSL routines::certificate verify failed: self-signed certificate",
			"self-signed certificate" },
		{ "the mail was xMX_HOSTS_MISMATCH", NULL },
		{ "5.7.1", NULL },
		{ "5.7.1 ", NULL },
		{ "550 ", NULL },
		{ "[internal]", NULL },
		{ "", NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		assert_found(EXPLAIN_REASON_CODE, rows[i].asked, rows[i].found);
}

static void
test_case(void)
{
	assert_found(EXPLAIN_RESULT_TYPE, "Certificate-Expired", "certificate-expired");
	assert_found(EXPLAIN_RESULT_TYPE, "OTHER", "Other");
	assert_found(EXPLAIN_POLICY_TYPE, "STS", "sts");
	assert_found(EXPLAIN_REASON_CODE, "mx_hosts_mismatch", "MX_HOSTS_MISMATCH");
}

/* No families of types; and a type is no reason code. */
static void
test_unknown(void)
{
	assert_found(EXPLAIN_RESULT_TYPE, "", NULL);
	assert_found(EXPLAIN_RESULT_TYPE, "certificate", NULL);
	assert_found(EXPLAIN_RESULT_TYPE, "certificate-expired ", NULL);
	assert_found(EXPLAIN_RESULT_TYPE, "certificate-expired-2", NULL);
	assert_found(EXPLAIN_RESULT_TYPE, "sts", NULL);
	assert_found(EXPLAIN_RESULT_TYPE, "mx-mismatch", NULL);
	assert_found(EXPLAIN_POLICY_TYPE, "", NULL);
	assert_found(EXPLAIN_POLICY_TYPE, "invalid-policy-type", NULL);
	assert_found(EXPLAIN_POLICY_TYPE, "tlsa-invalid", NULL);
	assert_found(EXPLAIN_REASON_CODE, "", NULL);
	assert_found(EXPLAIN_REASON_CODE, "Something unexpected happened", NULL);
	assert_found(EXPLAIN_REASON_CODE, "starttls-not-supported", NULL);
	assert_found(EXPLAIN_REASON_CODE, "tls-remote-alert", NULL);
}

static void
assert_list(const char *const *list)
{
	if (list == NULL)
		return;
	g_assert_nonnull(*list);
	for (; *list != NULL; list++)
		g_assert_cmpstr(*list, !=, "");
}

static void
assert_filled(const Explanation *entry)
{
	g_assert_nonnull(entry->name);
	g_assert_cmpstr(entry->name, !=, "");
	g_assert_nonnull(entry->meaning);
	g_assert_cmpstr(entry->meaning, !=, "");
	g_assert_cmpuint(strlen(entry->meaning), <=, 70);
	g_assert_false(g_str_has_suffix(entry->meaning, "."));
	g_assert_nonnull(entry->happened);
	g_assert_true(g_str_has_suffix(entry->happened, "."));
	g_assert_true(entry->causes != NULL || entry->fixes != NULL);
	g_assert_nonnull(entry->source);
	assert_list(entry->causes);
	assert_list(entry->fixes);
	assert_list(entry->verify);
	assert_list(entry->checkers);
}

static void
test_filled(void)
{
	for_each(assert_filled);
}

/* The kinds of cause that no result type names are explained, too; the others are result types. */
static void
test_kinds(void)
{
	const char *kind;

	for (size_t i = 0; (kind = kind_nth(i)) != NULL; i++) {
		const Explanation *entry = explain_kind(kind);
		g_test_message("%s", kind);
		g_assert_nonnull(entry);
		g_assert_cmpstr(entry->name, ==, kind);
		g_assert_true(entry->enforce != NULL || entry->dane != NULL);
		g_assert_nonnull(entry->fixes);
		g_assert_nonnull(entry->verify);
	}
	g_assert_null(explain_kind("certificate"));
	g_assert_cmpstr(explain_reason("5.7.1 MX_HOSTS_MISMATCH"), ==,
		"The MX is not in the MTA-STS policy");
	g_assert_null(explain_reason("what nobody knows"));
}

/* A reason that is explained has a kind, so that no sender's words are known in one place alone. */
static void
assert_kind_of_reason(const Explanation *entry)
{
	/* Those say no more than their result type; the last stands for the lookup of a TXT record. */
	static const char *const bare[] = { "VALIDATION_FAILURE", "validation-failure",
		"dns-lookup", NULL };

	if (entry->kind != EXPLAIN_REASON_CODE)
		return;
	g_test_message("%s", entry->name);
	const char *kind = kind_of("validation-failure", entry->name);
	g_assert_cmpint(
		strcmp(kind, "validation-failure") == 0, ==, g_strv_contains(bare, entry->name));
}

static void
test_kinds_of_reasons(void)
{
	for_each(assert_kind_of_reason);
}

/* The texts of all lists, one after the other. */
static char *
all_fixes(const char *name)
{
	return g_strjoinv(" ", (char **)explain(EXPLAIN_RESULT_TYPE, name)->fixes);
}

/* What would stop mail if it were not said. */
static void
test_dangers(void)
{
	static const char *const certificates[] = { "certificate-expired",
		"certificate-host-mismatch", "certificate-not-trusted" };

	for (size_t i = 0; i < G_N_ELEMENTS(certificates); i++) {
		g_autofree char *fixes = all_fixes(certificates[i]);
		g_test_message("%s", certificates[i]);
		g_assert_nonnull(strstr(fixes, "a new key (3 1 1)"));
		g_assert_nonnull(strstr(fixes, "wait two TTL before"));
	}
	g_autofree char *mismatch = all_fixes("certificate-host-mismatch");
	const char *first = strstr(mismatch, "first publish the policy with both names");
	g_assert_nonnull(first);
	g_assert_nonnull(
		strstr(first, "wait the max_age of the old one, and only then change the MX"));
}

/* DANE has no modes, and MTA-STS does not end where the policy cannot be had. */
static void
test_effects(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(registered); i++) {
		const Explanation *entry = explain(EXPLAIN_RESULT_TYPE, registered[i]);
		const bool sts = g_str_has_prefix(registered[i], "sts-");
		const bool dane = g_str_has_prefix(registered[i], "tlsa-")
			|| g_str_has_prefix(registered[i], "dnssec-")
			|| g_str_has_prefix(registered[i], "dane-");
		g_test_message("%s", registered[i]);
		g_assert_cmpint(entry->enforce != NULL, ==, !dane);
		g_assert_cmpint(entry->testing != NULL, ==, !dane);
		g_assert_cmpint(entry->dane != NULL, ==, !sts);
		if (entry->testing != NULL)
			g_assert_true(g_str_has_prefix(entry->testing, "The mail is delivered"));
	}
}

static void
assert_result_type_complete(const Explanation *entry)
{
	if (entry->kind != EXPLAIN_RESULT_TYPE)
		return;
	g_assert_true(entry->enforce != NULL || entry->dane != NULL);
	g_assert_nonnull(entry->causes);
	g_assert_nonnull(entry->fixes);
	g_assert_nonnull(entry->verify);
	if (catalog_knows_result_type(entry->name))
		g_assert_true(g_str_has_prefix(entry->source, "RFC 8460 section"));
}

static void
test_result_types_complete(void)
{
	for_each(assert_result_type_complete);
}

static void
assert_own(const Explanation *entry)
{
	g_assert_true(explain(entry->kind, entry->name) == entry);
}

/* Names are unique: each finds its own entry. */
static void
test_unique(void)
{
	const Explanation *one, *other;

	for_each(assert_own);
	for (size_t i = 0; (one = explain_nth(i)) != NULL; i++)
		for (size_t j = i + 1; (other = explain_nth(j)) != NULL; j++)
			g_assert_false(one->kind == other->kind
				&& g_ascii_strcasecmp(one->name, other->name) == 0);
}

/* First the result types, then the policy types, then the reason codes. */
static void
test_order(void)
{
	const Explanation *before = explain_nth(0), *entry;

	for (size_t i = 1; (entry = explain_nth(i)) != NULL; i++) {
		g_assert_cmpint(before->kind, <=, entry->kind);
		before = entry;
	}
}

static void
assert_plain(const char *text)
{
	for (; text != NULL && *text != '\0'; text++)
		g_assert_true(g_ascii_isprint(*text));
}

/* Placeholders stand in commands only. */
static void
assert_prose(const char *text)
{
	assert_plain(text);
	g_assert_true(text == NULL || strchr(text, '%') == NULL);
}

static void
assert_prose_list(const char *const *list)
{
	for (; list != NULL && *list != NULL; list++)
		assert_prose(*list);
}

static void
assert_command(const char *command)
{
	static const char *const known[] = { "openssl", "dig", "delv", "curl", "posttls-finger",
		NULL };
	g_auto(GStrv) stages = g_strsplit(command, " | ", -1);

	assert_plain(command);
	for (char **stage = stages; *stage != NULL; stage++) {
		g_auto(GStrv) words = g_strsplit(*stage, " ", 2);
		g_assert_true(g_strv_contains(known, words[0]));
	}
	for (const char *at = command; (at = strchr(at, '%')) != NULL; at++)
		g_assert_true(at[1] == 'D' || at[1] == 'M');
	g_assert_nonnull(strchr(command, '%'));
}

static void
assert_text(const Explanation *entry)
{
	assert_prose(entry->name);
	assert_prose(entry->meaning);
	assert_prose(entry->happened);
	assert_prose(entry->enforce);
	assert_prose(entry->testing);
	assert_prose(entry->dane);
	assert_prose(entry->source);
	assert_prose_list(entry->causes);
	assert_prose_list(entry->fixes);
	assert_prose_list(entry->checkers);
	for (const char *const *line = entry->verify; line != NULL && *line != NULL; line++)
		assert_command(*line);
}

static void
test_text(void)
{
	for_each(assert_text);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/explain/result-types", test_result_types);
	g_test_add_func("/explain/policy-types", test_policy_types);
	g_test_add_func("/explain/reason-codes", test_reason_codes);
	g_test_add_func("/explain/families", test_families);
	g_test_add_func("/explain/longer-texts", test_longer_texts);
	g_test_add_func("/explain/case", test_case);
	g_test_add_func("/explain/unknown", test_unknown);
	g_test_add_func("/explain/filled", test_filled);
	g_test_add_func("/explain/kinds", test_kinds);
	g_test_add_func("/explain/kinds-of-reasons", test_kinds_of_reasons);
	g_test_add_func("/explain/dangers", test_dangers);
	g_test_add_func("/explain/effects", test_effects);
	g_test_add_func("/explain/result-types-complete", test_result_types_complete);
	g_test_add_func("/explain/unique", test_unique);
	g_test_add_func("/explain/order", test_order);
	g_test_add_func("/explain/text", test_text);
	return g_test_run();
}
