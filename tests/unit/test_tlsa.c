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
		{ "_25._tcp.mx IN TLSA", "_25._tcp.mx IN TLSA" },
		/* Lines of a zone file. */
		{ "_25._tcp.mx IN TLSA 3 1 1 AB12", "3 1 1 ab12" },
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

static void
test_zone_lines(void)
{
	static const struct {
		const char *line, *data;
	} rows[] = {
		{ "_25._tcp.mx1.example.com. IN TLSA ( 3 1 1 abab )", "3 1 1 abab" },
		{ "_25._tcp.mx1.example.com. 3600 IN TLSA 3 1 1 abab", "3 1 1 abab" },
		{ "_25._tcp.mx1.example.com. IN 3600 tlsa 3 1 1 (ab ab)", "3 1 1 abab" },
		{ "_25._tcp.mx1 TLSA 2 0 1 AB AB", "2 0 1 ABAB" },
		{ "TLSA 3 1 1 abab", "3 1 1 abab" },
		{ "( 3 1 1 ab cd )", "3 1 1 abcd" },
		{ "_25._tcp.mx1 IN TYPE52 \\# 5 03 01 01 abcd", "3 1 1 abcd" },
		{ "_25._tcp.mx1 IN TYPE52 \\# 35 030101abcd", "3 1 1 abcd" },
		{ "_25._tcp.mx1 IN TLSA DANE-EE SPKI SHA2-256 abcd", "DANE-EE SPKI SHA2-256 abcd" },
		/* Mere data, and what is not of the form. */
		{ "3 1 1 abab", NULL },
		{ "3 1 1 ab ab", NULL },
		{ "", NULL },
		{ "TLSA", NULL },
		{ "_25._tcp.mx1 IN TLSA 3 1 1", NULL },
		{ "_25._tcp.mx1 IN TYPE52 \\# 3 030101", NULL },
		{ "_25._tcp.mx1 IN TYPE52 \\# 3 xyz", NULL },
		{ "_25._tcp.mx1 IN CNAME dane.example.", NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *data = tlsa_data(rows[i].line);
		g_test_message("%s", rows[i].line);
		g_assert_cmpstr(data, ==, rows[i].data);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/tlsa/records", test_records);
	g_test_add_func("/tlsa/overlap", test_overlap);
	g_test_add_func("/tlsa/zone-lines", test_zone_lines);
	return g_test_run();
}
