/* Header fields as mail systems write them, and as forgers do. */
#include "tlsrpt/auth.h"

#include <string.h>

#define RECEIVED_BY(host) \
	{ \
		"Received", \
			"from out.google.com (out.google.com [192.0.2.1])\n" \
			"\tby " host " (Postfix) with ESMTPS id 4X for <tls@example.com>;\n" \
			"\tMon, 23 Nov 2026 10:00:00 +0000 (UTC)" \
	}
#define RESULTS(text) \
	{ \
		"Authentication-Results", text \
	}

typedef struct {
	const char *name;
	AuthField fields[5];
	Auth auth;
	const char *domain;
	const char *submitter; /* google.com where not given; "" for none */
} Case;

#define LETTERS_64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const Case cases[] = {
	/* What a signature names need not be the name of a domain. */
	{ "a domain that is not UTF-8",
		{ RESULTS("mx.example.com; dkim=fail header.d=example\xd2\x9c\x90\x8a") },
		AUTH_FAIL, NULL, NULL },
	{ "an aligned one that is not",
		{ RESULTS("mx.example.com; dkim=pass header.d=\xff.google.com") }, AUTH_FAIL, NULL,
		NULL },
	{ "one that is too long",
		{ RESULTS("mx.example.com; dkim=fail header.d=" LETTERS_64 LETTERS_64 LETTERS_64
				LETTERS_64) },
		AUTH_FAIL, NULL, NULL },
	/* As they are written. */
	{ "opendkim",
		{ RESULTS(" mx.example.com;\n\tdkim=pass (2048-bit key; unprotected)"
			  " header.d=google.com header.i=@google.com header.a=rsa-sha256"
			  " header.s=20230601 header.b=aB/c+D0=;\n\tdkim-atps=neutral"),
			RECEIVED_BY("mx.example.com") },
		AUTH_PASS, "google.com", NULL },
	{ "opendkim, below the Received of the same host",
		{ RECEIVED_BY("mx.example.com"),
			RESULTS("mx.example.com; dkim=pass header.d=google.com") },
		AUTH_PASS, "google.com", NULL },
	{ "rspamd",
		{ RECEIVED_BY("mx.example.com"),
			RESULTS("mx.example.com;\n\tdkim=pass header.d=google.com header.s=20230601"
				" header.b=JZ1rYhaY;\n\tspf=pass (mx.example.com: domain of"
				" x@google.com designates 192.0.2.1 as permitted sender)"
				" smtp.mailfrom=x@google.com;\n\tdmarc=pass (policy=reject)"
				" header.from=google.com") },
		AUTH_PASS, "google.com", NULL },
	{ "exim",
		{ RECEIVED_BY("mx.example.com"),
			RESULTS("mx.example.com;\n\tiprev=pass (out.google.com)"
				" smtp.remote-ip=192.0.2.1;\n\tspf=pass smtp.mailfrom=google.com;\n"
				"\tdkim=pass header.d=google.com header.s=20230601"
				" header.a=rsa-sha256;\n\tdmarc=pass header.from=google.com;\n"
				"\tarc=none") },
		AUTH_PASS, "google.com", NULL },
	{ "gmail: header.i alone, and one field for each",
		{ { "ARC-Authentication-Results",
			  "i=1; mx.example.com; dkim=pass header.d=x.test" },
			RESULTS("mx.example.com;\n       dkim=pass header.i=@google.com"
				" header.s=20230601 header.b=\"k+/=\";\n       spf=pass"
				" (mx.example.com: domain of x@google.com) smtp.mailfrom=x@google.com"),
			RECEIVED_BY("mx.example.com") },
		AUTH_PASS, "google.com", NULL },
	{ "microsoft: no authserv-id",
		{ RESULTS("spf=pass (sender IP is 192.0.2.1)\n smtp.mailfrom=google.com;"
			  " dkim=pass (signature was verified)\n header.d=google.com;dmarc=pass"
			  " action=none header.from=google.com;compauth=pass reason=100") },
		AUTH_NONE, NULL, NULL },
	{ "microsoft: with one",
		{ RESULTS("mx.example.com 1; spf=pass (sender IP is 192.0.2.1)\n"
			  " smtp.mailfrom=google.com; dkim=pass (signature was verified)\n"
			  " header.d=google.com;dmarc=pass action=none header.from=google.com;"
			  "compauth=pass reason=100") },
		AUTH_PASS, "google.com", NULL },
	{ "mox",
		{ RECEIVED_BY("mx.example.com"),
			RESULTS("mx.example.com;\n\tiprev=pass policy.iprev=192.0.2.1;\n\tdkim=pass"
				" (2048 bit rsa, testing) header.d=google.com header.s=s"
				" header.a=rsa-sha256\n\theader.b=Fs/eTRrZIPV1;\n\tspf=pass"
				" smtp.mailfrom=google.com;\n\tdmarc=pass header.from=google.com") },
		AUTH_PASS, "google.com", NULL },
	{ "two signatures, the second is aligned",
		{ RESULTS("mx.example.com; dkim=pass header.d=bounce.test;"
			  " dkim=pass header.d=google.com") },
		AUTH_PASS, "google.com", NULL },
	{ "two fields, the second has it",
		{ RESULTS("mx.example.com; spf=pass smtp.mailfrom=google.com"),
			RESULTS("mx.example.com; dkim=pass header.d=google.com") },
		AUTH_PASS, "google.com", NULL },
	{ "a subdomain signs", { RESULTS("mx.example.com; dkim=pass header.d=mail.google.com") },
		AUTH_PASS, "mail.google.com", NULL },
	{ "fail", { RESULTS("mx.example.com; dkim=fail (body hash) header.d=google.com") },
		AUTH_FAIL, "google.com", NULL },
	{ "permerror and then pass",
		{ RESULTS("mx.example.com; dkim=permerror header.d=google.com; dkim=pass"
			  " header.d=google.com") },
		AUTH_PASS, "google.com", NULL },
	{ "dkim=none", { RESULTS("mx.example.com; dkim=none (no signatures found)") }, AUTH_NONE,
		NULL, NULL },
	{ "none", { RESULTS("mx.example.com; none") }, AUTH_NONE, NULL, NULL },
	{ "no field", { RECEIVED_BY("mx.example.com") }, AUTH_NONE, NULL, NULL },
	/* The grammar. */
	{ "the id quoted, upper case, versions and comments",
		{ RESULTS(
			" (a (nested \\) one)) \"MX.Example.COM\" (v) 1 (c) ; (x) DKIM (y) / (z) 1"
			" = (p) Pass (q) reason = \"good; signature\" header (r) . (s) d (t) ="
			" (u) Google.com") },
		AUTH_PASS, "google.com", NULL },
	{ "a semicolon in a quoted string and in a comment",
		{ RESULTS("mx.example.com; spf=fail reason=\"; dkim=pass header.d=google.com\""
			  " (; dkim=pass header.d=google.com)") },
		AUTH_NONE, NULL, NULL },
	{ "a broken result does not hide the next one",
		{ RESULTS("mx.example.com; dkim==; =pass; dkim=pass header.d=google.com") },
		AUTH_PASS, "google.com", NULL },
	{ "another version of the field",
		{ RESULTS("mx.example.com 2; dkim=pass header.d=google.com") }, AUTH_NONE, NULL,
		NULL },
	{ "another version of the method",
		{ RESULTS("mx.example.com; dkim/2=pass header.d=google.com") }, AUTH_NONE, NULL,
		NULL },
	{ "an unfinished comment", { RESULTS("mx.example.com; dkim=pass (header.d=google.com") },
		AUTH_FAIL, NULL, NULL },
	{ "empty", { RESULTS("") }, AUTH_NONE, NULL, NULL },
	/* Forgeries. */
	{ "below the boundary",
		{ RECEIVED_BY("mx.example.com"), RECEIVED_BY("evil.test"),
			RESULTS("mx.example.com; dkim=pass header.d=google.com") },
		AUTH_NONE, NULL, NULL },
	{ "below the boundary, above it the truth",
		{ RESULTS("mx.example.com; dkim=fail header.d=google.com"),
			RECEIVED_BY("mx.example.com"), RECEIVED_BY("evil.test"),
			RESULTS("mx.example.com; dkim=pass header.d=google.com") },
		AUTH_FAIL, "google.com", NULL },
	{ "a look-alike id",
		{ RESULTS("mx.example.com.evil.test; dkim=pass header.d=google.com"),
			RESULTS("mx.example.co; dkim=pass header.d=google.com"),
			RESULTS("mx.example.com; none") },
		AUTH_NONE, NULL, NULL },
	{ "our id in a comment",
		{ RESULTS("(mx.example.com;) evil.test; dkim=pass header.d=google.com") },
		AUTH_NONE, NULL, NULL },
	{ "pass for another domain", { RESULTS("mx.example.com; dkim=pass header.d=evil.test") },
		AUTH_FAIL, "evil.test", NULL },
	{ "pass for a domain that ends alike",
		{ RESULTS("mx.example.com; dkim=pass header.d=notgoogle.com") }, AUTH_FAIL,
		"notgoogle.com", NULL },
	{ "pass for a top level domain", { RESULTS("mx.example.com; dkim=pass header.d=com") },
		AUTH_FAIL, "com", NULL },
	{ "pass without a domain", { RESULTS("mx.example.com; dkim=pass") }, AUTH_FAIL, NULL,
		NULL },
	{ "the domain in a property of another type",
		{ RESULTS("mx.example.com; dkim=pass policy.d=google.com smtp.d=google.com") },
		AUTH_FAIL, NULL, NULL },
	{ "spf=pass is not dkim=pass", { RESULTS("mx.example.com; spf=pass header.d=google.com") },
		AUTH_NONE, NULL, NULL },
	{ "aligned with From, not with the submitter",
		{ RESULTS("mx.example.com; dkim=pass header.d=google.com") }, AUTH_FAIL,
		"google.com", "microsoft.com" },
	{ "no submitter", { RESULTS("mx.example.com; dkim=pass header.d=google.com") }, AUTH_PASS,
		"google.com", "" },
	{ "a Received that names us in a comment",
		{ { "Received", "from x (by mx.example.com) by evil.test; now" },
			RESULTS("mx.example.com; dkim=pass header.d=google.com") },
		AUTH_NONE, NULL, NULL },
	{ "a Received without by",
		{ { "Received", "from x; by mx.example.com" },
			RESULTS("mx.example.com; dkim=pass header.d=google.com") },
		AUTH_NONE, NULL, NULL },
};

static void
test_case(gconstpointer data)
{
	const Case *test = data;
	char mx[] = "mx.example.com", *trusted[] = { mx, NULL };
	const AuthTrust trust = { trusted, trusted };
	const char *submitter = test->submitter == NULL ? "google.com"
		: *test->submitter == '\0'		? NULL
							: test->submitter;
	size_t n = 0;
	g_autofree char *domain = NULL;

	while (n < G_N_ELEMENTS(test->fields) && test->fields[n].name != NULL)
		n++;
	const Auth auth = auth_evaluate(test->fields, n, &trust, "google.com", submitter, &domain);
	g_assert_cmpstr(auth_name(auth), ==, auth_name(test->auth));
	g_assert_cmpstr(domain, ==, test->domain);
}

static void
test_nobody_trusted(void)
{
	const AuthField field = RESULTS("mx.example.com; dkim=pass header.d=google.com");
	char *nobody[] = { NULL };
	const AuthTrust trust = { nobody, nobody };
	g_autofree char *domain = NULL;

	g_assert_cmpint(
		auth_evaluate(&field, 1, &trust, "google.com", NULL, &domain), ==, AUTH_UNCHECKED);
	g_assert_null(domain);
}

static void
test_no_from(void)
{
	const AuthField field = RESULTS("mx.example.com; dkim=pass header.d=google.com");
	char mx[] = "mx.example.com", *trusted[] = { mx, NULL };
	const AuthTrust trust = { trusted, trusted };
	g_autofree char *domain = NULL;

	g_assert_cmpint(auth_evaluate(&field, 1, &trust, NULL, NULL, &domain), ==, AUTH_FAIL);
}

/* Two hosts of ours: the boundary is behind both. */
static void
test_two_hosts(void)
{
	const AuthField fields[] = { RECEIVED_BY("store.example.com"),
		RECEIVED_BY("mx.example.com"),
		RESULTS("mx.example.com; dkim=pass header.d=google.com"),
		RECEIVED_BY("google.com") };
	char mx[] = "mx.example.com", store[] = "store.example.com";
	char *ids[] = { mx, NULL };
	char *hosts[] = { mx, store, NULL };
	const AuthTrust both = { ids, hosts }, one = { ids, ids };
	g_autofree char *domain = NULL;
	g_autofree char *none = NULL;

	g_assert_cmpint(
		auth_evaluate(fields, 4, &both, "google.com", NULL, &domain), ==, AUTH_PASS);
	g_assert_cmpint(auth_evaluate(fields, 4, &one, "google.com", NULL, &none), ==, AUTH_NONE);
}

/* Nothing is read behind the end, and nothing passes before the domain is whole. */
static void
test_cut(void)
{
	static const char whole[] =
		"mx.example.com (c \\) d) 1; dkim/1=pass reason=\"q \\\" r\" header.d=\"google.com\"";
	char mx[] = "mx.example.com", *trusted[] = { mx, NULL };
	const AuthTrust trust = { trusted, trusted };

	for (size_t length = 0; length < strlen(whole) - 1; length++) {
		g_autofree char *cut = g_strndup(whole, length);
		g_autofree char *domain = NULL;
		const AuthField field = RESULTS(cut);
		const Auth auth = auth_evaluate(
			&field, 1, &trust, "google.com", "google.com", &domain);
		g_assert_cmpint(auth, !=, AUTH_PASS);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = g_strconcat("/auth/", cases[i].name, NULL);
		g_test_add_data_func(path, &cases[i], test_case);
	}
	g_test_add_func("/auth/nobody-trusted", test_nobody_trusted);
	g_test_add_func("/auth/no-from", test_no_from);
	g_test_add_func("/auth/two-hosts", test_two_hosts);
	g_test_add_func("/auth/cut", test_cut);
	return g_test_run();
}
