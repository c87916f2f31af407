#include "tlsrpt/kind.h"

#include "tlsrpt/catalog.h"

#include "util.h"

#include <string.h>

typedef struct {
	const char *result_type, *reason, *kind;
} KindRow;

static void
assert_kinds(const KindRow *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		g_test_message("%s: %s", rows[i].result_type, rows[i].reason);
		g_assert_cmpstr(kind_of(rows[i].result_type, rows[i].reason), ==, rows[i].kind);
	}
}

/* Without a reason, or with one that says nothing, the result type is the kind. */
static void
test_result_types(void)
{
	const char *kind;

	for (size_t i = 0; (kind = kind_nth(i)) != NULL; i++) {
		if (!catalog_knows_result_type(kind))
			continue;
		g_test_message("%s", kind);
		g_assert_cmpstr(kind_of(kind, ""), ==, kind);
		g_assert_cmpstr(kind_of(kind, "Something unexpected happened"), ==, kind);
	}
}

/* The same cause in the words of each sender. */
static void
test_senders(void)
{
	static const KindRow rows[] = {
		/* OpenSSL by its names, and Postfix by the texts of OpenSSL. */
		{ "validation-failure", "X509_V_ERR_CERT_HAS_EXPIRED", "certificate-expired" },
		{ "validation-failure", "X509_V_ERR_CERT_NOT_YET_VALID", "certificate-expired" },
		{ "validation-failure", "X509_V_ERR_HOSTNAME_MISMATCH",
			"certificate-host-mismatch" },
		{ "validation-failure", "X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT",
			"certificate-not-trusted" },
		{ "validation-failure", "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
			"certificate-not-trusted" },
		{ "validation-failure", "X509_V_ERR_CRL_HAS_EXPIRED", "certificate-not-trusted" },
		{ "validation-failure", "X509_V_ERR_DANE_NO_MATCH", "tlsa-invalid" },
		{ "validation-failure", "certificate_has_expired", "certificate-expired" },
		{ "validation-failure", "self-signed_certificate", "certificate-not-trusted" },
		{ "validation-failure", "self signed certificate in certificate chain",
			"certificate-not-trusted" },
		{ "validation-failure", "hostname mismatch", "certificate-host-mismatch" },
		{ "validation-failure",
			"error:0A000086:SSL routines::certificate verify failed: "
			"certificate has expired",
			"certificate-expired" },
		{ "validation-failure", "tls-handshake-failure", KIND_HANDSHAKE },
		{ "tlsa-invalid", "all-TLSA-records-unusable", "tlsa-invalid" },
		/* Stalwart and rustls. */
		{ "certificate-not-trusted", "invalid peer certificate: Expired",
			"certificate-expired" },
		{ "certificate-not-trusted",
			"invalid peer certificate: certificate expired: verification time 1790812800",
			"certificate-expired" },
		{ "certificate-not-trusted", "invalid peer certificate: NotValidForName",
			"certificate-host-mismatch" },
		{ "certificate-not-trusted",
			"invalid peer certificate: certificate not valid for name \"mx1.example\"",
			"certificate-host-mismatch" },
		{ "certificate-not-trusted", "invalid peer certificate: UnknownIssuer",
			"certificate-not-trusted" },
		{ "certificate-not-trusted", "invalid certificate: CertExpired",
			"certificate-expired" },
		{ "certificate-not-trusted", "received fatal alert: HandshakeFailure",
			KIND_HANDSHAKE },
		{ "certificate-not-trusted", "received fatal alert: CertificateExpired",
			KIND_HANDSHAKE },
		{ "certificate-not-trusted", "tls handshake eof", KIND_CONNECTION },
		{ "validation-failure", "MX not authorized by policy.", KIND_MX_NOT_IN_POLICY },
		{ "validation-failure", "No matching certificates found.", "tlsa-invalid" },
		{ "Other", "MTA-STS is required and no policy was found.", KIND_STS_REQUIRED },
		/* Go. */
		{ "validation-failure",
			"x509: certificate has expired or is not yet valid: current time 2026-11-25",
			"certificate-expired" },
		{ "validation-failure",
			"tls: failed to verify certificate: x509: certificate is valid for "
			"a.example, not mx1.example",
			"certificate-host-mismatch" },
		{ "validation-failure", "x509: certificate signed by unknown authority",
			"certificate-not-trusted" },
		{ "validation-failure", "remote error: tls: handshake failure", KIND_HANDSHAKE },
		{ "validation-failure", "remote error: tls: expired certificate", KIND_HANDSHAKE },
		{ "validation-failure", "read tcp 192.0.2.1:4711->198.51.100.1:25: i/o timeout",
			KIND_CONNECTION },
		{ "validation-failure", "dial tcp: lookup mx1.example: no such host", KIND_DNS },
		{ "validation-failure", "EOF", KIND_CONNECTION },
		/* mox. */
		{ "validation-failure", "mtasts-policy-mx-mismatch", KIND_MX_NOT_IN_POLICY },
		{ "validation-failure", "dane-no-match+errors", "tlsa-invalid" },
		{ "validation-failure", "tls-remote-alert-70-protocol-version-not-supported",
			KIND_HANDSHAKE },
		{ "validation-failure", "tls-remote-alert-45-certificate-expired", KIND_HANDSHAKE },
		{ "validation-failure", "io-timeout-during-handshake", KIND_CONNECTION },
		{ "starttls-not-supported", "smtp-starttls-reply-code-454",
			"starttls-not-supported" },
		{ "dnssec-invalid", "dns-extended-error-7-signature-expired", "dnssec-invalid" },
		{ "dnssec-invalid", "dns-extended-error-22-no-reachable-authority", KIND_DNS },
		{ "tlsa-invalid", "extended-dns-error-23-network-error", KIND_DNS },
		{ "tlsa-invalid", "extended-dns-error-6-dnssec-bogus", "dnssec-invalid" },
		{ "dnssec-invalid", "dns-extended-error-220", "dnssec-invalid" },
		/* Mail.ru, Microsoft, Momentum, guides on the web, Exim's GnuTLS. */
		{ "sts-policy-fetch-error", "bad https response code: 404",
			"sts-policy-fetch-error" },
		{ "validation-failure", "MX_HOSTS_MISMATCH", KIND_MX_NOT_IN_POLICY },
		{ "validation-failure", "VALIDATION_FAILURE", "validation-failure" },
		{ "validation-failure", "5.7.323 tlsa-invalid: The domain failed DANE validation",
			"tlsa-invalid" },
		{ "validation-failure",
			"4.7.5 [internal] SSL certificate subject does not match host",
			"certificate-host-mismatch" },
		{ "validation-failure", "550-5.7.1 certificate has expired",
			"certificate-expired" },
		{ "sts-policy-invalid", "mx-mismatch", KIND_MX_NOT_IN_POLICY },
		{ "validation-failure",
			"The certificate is NOT trusted. The certificate chain uses expired "
			"certificate.",
			"certificate-expired" },
		/* Nothing known. */
		{ "validation-failure", "EOFError", "validation-failure" },
		{ "validation-failure", "the mail was xMX_HOSTS_MISMATCH", "validation-failure" },
		{ "unspecified", "", KIND_UNSPECIFIED },
		{ "unspecified", "certificate has expired", "certificate-expired" },
		{ "Other", "", "validation-failure" },
		{ "", "", "validation-failure" },
		{ "cert-expired", "", "certificate-expired" },
		{ "made up by a stranger", "", "validation-failure" },
	};

	assert_kinds(rows, G_N_ELEMENTS(rows));
}

/* What the failure is about stays as the result type says. */
static void
test_what_it_is_about(void)
{
	static const KindRow rows[] = {
		/* The web server of the policy is not the MX. */
		{ "sts-webpki-invalid", "certificate-expired", "sts-webpki-invalid" },
		{ "sts-webpki-invalid", "X509_V_ERR_DANE_NO_MATCH", "sts-webpki-invalid" },
		{ "sts-policy-fetch-error",
			"unable to do http request: Get \"https://mta-sts.a.example/\": x509: "
			"certificate has expired or is not yet valid",
			"sts-webpki-invalid" },
		{ "sts-policy-fetch-error", "policy-syntax-error", "sts-policy-invalid" },
		{ "sts-policy-fetch-error", "no such host", "sts-policy-fetch-error" },
		{ "sts-policy-fetch-error", "MX_HOSTS_MISMATCH", "sts-policy-fetch-error" },
		/* Nor is the MX that. */
		{ "certificate-not-trusted", "policy not found", "certificate-not-trusted" },
		{ "certificate-expired", "hostname mismatch", "certificate-expired" },
		{ "starttls-not-supported", "certificate has expired", "starttls-not-supported" },
		{ "dane-required", "certificate has expired", "dane-required" },
		{ "tlsa-invalid", "certificate has expired", "tlsa-invalid" },
	};

	assert_kinds(rows, G_N_ELEMENTS(rows));
}

/* Each has an explanation, and each is there once. */
static void
test_names(void)
{
	size_t n = 0;

	for (const char *kind; (kind = kind_nth(n)) != NULL; n++)
		for (size_t i = 0; i < n; i++)
			g_assert_cmpstr(kind, !=, kind_nth(i));
	g_assert_cmpuint(n, ==, 17);
}

static gint64
time_of(size_t length)
{
	g_autofree char *reason = g_strnfill(length, 'c');
	const gint64 start = g_get_monotonic_time();

	for (size_t i = 1; i < length; i += 2)
		reason[i] = ' ';
	for (int i = 0; i < 50; i++)
		g_assert_cmpstr(kind_of("validation-failure", reason), ==, "validation-failure");
	return g_get_monotonic_time() - start;
}

/* Strangers choose the text: ten times as long takes about ten times as long, and no hundred times. */
static void
test_time(void)
{
	g_assert_cmpint(time_of(100000), <, 40 * MAX(time_of(10000), 100));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/kind/result-types", test_result_types);
	g_test_add_func("/kind/senders", test_senders);
	g_test_add_func("/kind/what-it-is-about", test_what_it_is_about);
	g_test_add_func("/kind/names", test_names);
	g_test_add_func("/kind/time", test_time);
	return g_test_run();
}
