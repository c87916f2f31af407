#include "tlsrpt/tlsa.h"

#include "util.h"

static void
test_records(void)
{
	static const struct {
		const char *text, *records; /* parted by "|" */
	} rows[] = {
		{ "", "" },
		{ "3 1 1 ab12", "3 1 1 ab12" },
		{ "3 1 1 AB12", "3 1 1 ab12" },
		{ " 3\t1  1   ab 12 \r", "3 1 1 ab12" },
		{ "3 1 1 a b 1 2", "3 1 1 ab12" },
		{ "03 001 1 ab12", "3 1 1 ab12" },
		{ "DANE-EE SPKI SHA2-256 ab12", "3 1 1 ab12" },
		{ "dane-ta cert full ab12", "2 0 0 ab12" },
		{ "PKIX-TA PrivSel SHA2-512 ab12", "0 255 2 ab12" },
		{ "PKIX-EE Cert PrivMatch ab12", "1 0 255 ab12" },
		{ "PrivCert SPKI 7 ab12", "255 1 7 ab12" },
		/* Sorted, each once, empty lines left out. */
		{ "3 1 1 bb\n\n2 1 1 cc\n3 1 1 BB\n \n", "2 1 1 cc|3 1 1 bb" },
		/* What is none stays as it is, but for blanks. */
		{ "3 1 1", "3 1 1" },
		{ "3 1 1 abc", "3 1 1 abc" },
		{ "3  1 1 xy", "3 1 1 xy" },
		{ "256 1 1 AB12", "256 1 1 AB12" },
		{ "-1 1 1 AB12", "-1 1 1 AB12" },
		{ "SPKI DANE-EE 1 AB12", "SPKI DANE-EE 1 AB12" },
		{ "_25._tcp.mx IN TLSA 3 1 1 AB12", "_25._tcp.mx IN TLSA 3 1 1 AB12" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_auto(GStrv) records = tlsa_records(rows[i].text);
		g_autofree char *text = g_strjoinv("|", records);
		g_test_message("%s", rows[i].text);
		g_assert_cmpstr(text, ==, rows[i].records);
	}
}

static void
test_overlap(void)
{
	static const char *const one[] = { "3 1 1 aa", "3 1 1 bb", NULL };
	static const char *const other[] = { "3 1 1 bb", "3 1 1 cc", NULL };
	static const char *const third[] = { "3 1 1 cc", NULL };
	static const char *const none[] = { NULL };

	g_assert_true(tlsa_overlap(one, other));
	g_assert_true(tlsa_overlap(other, one));
	g_assert_false(tlsa_overlap(one, third));
	g_assert_false(tlsa_overlap(none, one));
	g_assert_false(tlsa_overlap(one, none));
	g_assert_true(tlsa_has(one, "3 1 1 bb"));
	g_assert_false(tlsa_has(one, "3 1 1 b"));
	g_assert_false(tlsa_has(none, ""));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/tlsa/records", test_records);
	g_test_add_func("/tlsa/overlap", test_overlap);
	return g_test_run();
}
