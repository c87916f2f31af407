#include "tlsrpt/hostname.h"

#include <glib.h>

#define LABEL_61 "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffg"
#define THREE_LABELS LABEL_61 "hh." LABEL_61 "hh." LABEL_61 "hh."

static void
test_hostname(void)
{
	static const struct {
		const char *name, *stored;
	} rows[] = {
		{ "mx.example.com", "mx.example.com" },
		{ "MX.Example.COM", "mx.example.com" },
		{ "mx.example.com.", "mx.example.com" },
		{ "MX.EXAMPLE.COM.", "mx.example.com" },
		{ "localhost", "localhost" },
		{ "_mta-sts.example.com", "_mta-sts.example.com" },
		{ "*.example.com", "*.example.com" },
		{ ".example.com", ".example.com" },
		{ "1.2.3.4", "1.2.3.4" },
		{ "b\xc3\xbc"
		  "cher.example",
			"xn--bcher-kva.example" },
		{ "B\xc3\x9c"
		  "CHER.example.",
			"xn--bcher-kva.example" },
		{ "XN--BCHER-KVA.example", "xn--bcher-kva.example" },
		{ "\xe4\xbe\x8b\xe3\x81\x88.\xe3\x83\x86\xe3\x82\xb9\xe3\x83\x88",
			"xn--r8jz45g.xn--zckzah" },
		{ THREE_LABELS LABEL_61, THREE_LABELS LABEL_61 },
		{ THREE_LABELS LABEL_61 "h", NULL },
		{ LABEL_61 "hh.example", LABEL_61 "hh.example" },
		{ "a..b", "a..b" },
		{ "", NULL },
		{ "mx example.com", NULL },
		{ "mx.example.com\n", NULL },
		{ "<mx.example.com>", NULL },
		{ "mx/example", NULL },
		{ "user@example.com", NULL },
		{ "2001:db8::1", NULL },
		{ "[192.0.2.1]", NULL },
		{ "(many)", NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_message("%s", rows[i].name);
		g_autofree char *stored = hostname_stored_form(rows[i].name);
		g_assert_cmpstr(stored, ==, rows[i].stored);
	}
}

/* The stored form has no final dot, and a name of dots is none. */
static void
test_hostname_dots(void)
{
	static const char *const names[] = { ".", "..", "example.com.." };

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_test_message("%s", names[i]);
		g_autofree char *stored = hostname_stored_form(names[i]);
		g_assert_cmpstr(stored, ==, NULL);
	}
}

static void
test_hostname_within(void)
{
	static const struct {
		const char *name;
		bool within;
	} rows[] = {
		{ "example.com", true },
		{ "mail.example.com", true },
		{ "other.example", true },
		{ "badexample.com", false },
		{ "com", false },
		{ "example.com.org", false },
		{ "", false },
	};
	char *const domains[] = { (char *)"example.com", (char *)"other.example", NULL };
	char *const none[] = { NULL };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_message("%s", rows[i].name);
		g_assert_cmpint(hostname_is_within(rows[i].name, domains), ==, rows[i].within);
		g_assert_false(hostname_is_within(rows[i].name, none));
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/hostname/stored-form", test_hostname);
	g_test_add_func("/hostname/dots", test_hostname_dots);
	g_test_add_func("/hostname/within", test_hostname_within);
	return g_test_run();
}
