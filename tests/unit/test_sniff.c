#include "tlsrpt/sniff.h"

#include "util.h"

static Sniff
sniff_text(const char *text, size_t length)
{
	/* In memory of just that size. */
	g_autoptr(GBytes) bytes = g_bytes_new(text, length);

	return sniff(g_bytes_get_data(bytes, NULL), length);
}

static void
test_bytes(void)
{
#define ROW(text, kind) \
	{ \
		text, sizeof(text) - 1, kind \
	}
	static const struct {
		const char *text;
		size_t length;
		Sniff kind;
	} rows[] = {
		ROW("\x1f\x8b\x08", SNIFF_GZIP),
		ROW("\x1f", SNIFF_OTHER),
		ROW("PK\x03\x04", SNIFF_ZIP),
		ROW("PK\x03", SNIFF_OTHER),
		ROW("{\"a\":1}", SNIFF_JSON),
		ROW("{}", SNIFF_JSON),
		ROW(" \r\n{ \"a\"", SNIFF_JSON),
		ROW("\xef\xbb\xbf{\"", SNIFF_JSON),
		ROW("[{\"a\":1}]", SNIFF_JSON),
		ROW("[[{", SNIFF_JSON),
		ROW("[]", SNIFF_JSON),
		ROW("[Offer] buy", SNIFF_OTHER),
		ROW("[1,2]", SNIFF_OTHER),
		ROW("{curly", SNIFF_OTHER),
		ROW("{", SNIFF_OTHER),
		ROW("<?xml version", SNIFF_XML),
		ROW("<feedback>", SNIFF_XML),
		ROW("<html>", SNIFF_OTHER),
		ROW("Received: from", SNIFF_MESSAGE),
		ROW("return-path: <>", SNIFF_MESSAGE),
		ROW("From a@b", SNIFF_MESSAGE),
		ROW("Received", SNIFF_OTHER),
		ROW("Hello", SNIFF_OTHER),
		ROW("", SNIFF_OTHER),
		ROW("\0\0\0", SNIFF_OTHER),
	};
#undef ROW

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_message("row %zu", i);
		g_assert_cmpint(sniff_text(rows[i].text, rows[i].length), ==, rows[i].kind);
	}
}

static void
test_base64(void)
{
	static const struct {
		const char *text;
		Sniff kind;
	} rows[] = {
		{ "H4sIAAAAAAACA3VSwWrDMAz9\nleDz", SNIFF_GZIP },
		{ "\r\nH4sIAAAAAAACA3VSwWrDMAz9\r\n", SNIFF_GZIP },
		{ "eyJvcmdhbml6YXRpb24tbmFtZSI6", SNIFF_JSON },
		{ "eyAib3JnYW5pemF0aW9uIjogIiJ9Cg==", SNIFF_JSON },
		{ "UEsDBBQAAAAAAAAAIQDs", SNIFF_ZIP },
		{ "UmVjZWl2ZWQ6IGZyb20gb3V0", SNIFF_MESSAGE },
		{ "H4sIAAAA", SNIFF_OTHER }, /* too short to be sure */
		{ "Thisisawordofsixteenandmore", SNIFF_OTHER },
		{ "H4sIAAAAAAACA3VSwWrDMAz9 and text", SNIFF_OTHER },
		{ "{\"a\":1}", SNIFF_OTHER },
		{ "", SNIFF_OTHER },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_message("%s", rows[i].text);
		g_assert_cmpint(sniff_base64(rows[i].text, strlen(rows[i].text)), ==, rows[i].kind);
	}
}

static void
test_names(void)
{
	static const struct {
		const char *name;
		bool report, fields, dmarc;
	} rows[] = {
		{ "a!b!1!2.json.gz", true, true, false },
		{ "a!b!1!2!x.JSON", true, true, false },
		{ "a!b!1!2.json.gz.bin", true, true, false },
		{ "report.json", true, false, false },
		{ "report.json.gz", true, false, false },
		{ "report.json.bin", false, false, false },
		{ "a!b!1!2.dat", false, true, false },
		{ "a!b!1.dat", false, false, false },
		{ "a!b!1!2.xml.gz", false, false, true },
		{ "a!b!1!2.xml.zip", false, false, true },
		{ "x.XML", false, false, true },
		{ "", false, false, false },
		{ NULL, false, false, false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_message("%s", rows[i].name != NULL ? rows[i].name : "(none)");
		g_assert_cmpint(sniff_has_report_name(rows[i].name), ==, rows[i].report);
		g_assert_cmpint(sniff_has_report_fields(rows[i].name), ==, rows[i].fields);
		g_assert_cmpint(sniff_has_dmarc_name(rows[i].name), ==, rows[i].dmarc);
	}
}

static void
test_contains(void)
{
	static const char text[] = "a.Json .jsoN\0.xml";

	g_assert_true(sniff_contains(text, sizeof(text) - 1, ".json"));
	g_assert_true(sniff_contains(text, sizeof(text) - 1, ".xml"));
	g_assert_false(sniff_contains(text, sizeof(text) - 2, ".xml"));
	g_assert_false(sniff_contains(text, 3, ".json"));
	g_assert_false(sniff_contains(NULL, 0, ".json"));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sniff/bytes", test_bytes);
	g_test_add_func("/sniff/base64", test_base64);
	g_test_add_func("/sniff/names", test_names);
	g_test_add_func("/sniff/contains", test_contains);
	return g_test_run();
}
