/* Whose word counts, and who is one witness. */
#include "tlsrpt/reporters.h"

static void
test_witness(void)
{
	static const struct {
		const char *organization, *auth, *auth_domain, *witness;
	} rows[] = {
		{ "Google Inc.", "pass", "google.com", "google.com" },
		{ "Google Inc.", "pass", "a.b.google.com", "google.com" },
		{ "Other", "pass", "one.co.uk", "one.co.uk" },
		{ "Google Inc.", "none", "", "Google Inc." },
		{ "Google Inc.", "unchecked", "", "Google Inc." },
		/* A signature that did not verify is nobody's. */
		{ "Google Inc.", "fail", "evil.example", "Google Inc." },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpstr(witness_of(rows[i].organization, rows[i].auth, rows[i].auth_domain),
			==, rows[i].witness);
}

static void
test_believe(void)
{
	static const char *const reporters[] = { "google.com", NULL };
	static const char *const ignored[] = { "mail.spam.example", "acme gmbh", NULL };
	static const struct {
		Believe believe;
		bool https;
		const char *organization, *auth, *auth_domain;
		bool is_believed;
	} rows[] = {
		{ BELIEVE_AUTHENTICATED, false, "A", "pass", "a.example", true },
		{ BELIEVE_AUTHENTICATED, false, "A", "none", "", false },
		{ BELIEVE_AUTHENTICATED, false, "A", "fail", "a.example", false },
		{ BELIEVE_AUTHENTICATED, false, "A", "unchecked", "", false },
		{ BELIEVE_AUTHENTICATED, false, "A", "https", "", false },
		{ BELIEVE_AUTHENTICATED, true, "A", "https", "", true },
		{ BELIEVE_LISTED, false, "A", "pass", "google.com", true },
		{ BELIEVE_LISTED, false, "A", "pass", "mail.google.com", true },
		{ BELIEVE_LISTED, false, "A", "pass", "notgoogle.com", false },
		{ BELIEVE_LISTED, false, "google.com", "pass", "evil.example", false },
		{ BELIEVE_LISTED, false, "A", "fail", "google.com", false },
		{ BELIEVE_ALL, false, "A", "none", "", true },
		{ BELIEVE_ALL, false, "A", "https", "", true },
		/* Ignored: by the registrable domain, or by the organization where nobody signed. */
		{ BELIEVE_ALL, false, "A", "pass", "other.spam.example", false },
		{ BELIEVE_ALL, false, "ACME GmbH", "none", "", false },
		{ BELIEVE_ALL, false, "ACME GmbH", "pass", "acme.example", true },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const BelieveRules rules = { rows[i].believe, rows[i].https, reporters, ignored };
		g_test_message("row %zu", i);
		g_assert_cmpint(believe_reporter(&rules, rows[i].organization, rows[i].auth,
					rows[i].auth_domain),
			==, rows[i].is_believed);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/believe/witness", test_witness);
	g_test_add_func("/believe/believe", test_believe);
	return g_test_run();
}
