#include "tlsrpt/voucher.h"

#include "util.h"

/* From the worst to the best; those of one line count the same. */
static void
test_rank(void)
{
	static const struct {
		Auth auth;
		const char *domain;
		int rank;
	} rows[] = {
		{ AUTH_FAIL, "google.com", 1 },
		{ AUTH_FAIL, "listed.example", 1 },
		{ AUTH_FAIL, NULL, 1 },
		{ AUTH_NONE, NULL, 2 },
		{ AUTH_UNCHECKED, NULL, 3 },
		{ AUTH_HTTPS, NULL, 4 },
		{ AUTH_PASS, NULL, 5 },
		{ AUTH_PASS, "evil.example", 5 },
		{ AUTH_PASS, "badgoogle.com", 5 },
		{ AUTH_PASS, "com", 5 },
		{ AUTH_PASS, "google.com", 6 },
		{ AUTH_PASS, "mail.google.com", 6 },
		{ AUTH_PASS, "listed.example", 7 },
		{ AUTH_PASS, "mx.listed.example", 7 },
	};
	char *const reporters[] = { (char *)"other.example", (char *)"listed.example", NULL };
	char *const nobody[] = { NULL };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_message("%s %s", auth_name(rows[i].auth), rows[i].domain);
		const int rank = voucher_rank(
			rows[i].auth, rows[i].domain, "smtp-tls-reporting@google.com", reporters);
		g_assert_cmpint(rank, ==, rows[i].rank);
	}
	g_assert_cmpint(voucher_rank(AUTH_PASS, "listed.example", "", nobody), ==, 5);
	g_assert_cmpint(voucher_rank(AUTH_PASS, "listed.example", "", reporters), ==, 7);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/voucher/rank", test_rank);
	return g_test_run();
}
