/* Addresses in what a stranger wrote, and what only looks like one. */
#include "tlsrpt/hide_addresses.h"

#include <glib.h>

static void
test_hide(void)
{
	static const struct {
		const char *text, *wanted;
	} cases[] = {
		{ "", "" },
		{ "no address", "no address" },
		{ "192.0.2.1", "(address)" },
		{ "dial tcp 192.0.2.1:25: i/o timeout", "dial tcp (address):25: i/o timeout" },
		{ "dial tcp [2001:db8::1]:25: refused", "dial tcp [(address)]:25: refused" },
		{ "from 192.0.2.1, ::1 and 2001:DB8::2.",
			"from (address), (address) and (address)." },
		{ "read: 192.0.2.1:4711->198.51.100.7:25", "read: (address):4711->(address):25" },
		{ "mx(192.0.2.1)", "mx((address))" },
		{ "TLS::alert, std::bad, x::y", "TLS::alert, std::bad, x::y" },
		{ "4.7.5 [internal] at 12:34:56", "4.7.5 [internal] at 12:34:56" },
		{ "version 1.2.3 of x1.2.3.4", "version 1.2.3 of x1.2.3.4" },
		{ "X509_V_ERR_CERT_HAS_EXPIRED", "X509_V_ERR_CERT_HAS_EXPIRED" },
		{ "999.0.2.1", "999.0.2.1" },
		{ "\xe2\x80\xae"
		  "192.0.2.1\xff",
			"\xe2\x80\xae"
			"(address)\xff" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *got = hide_addresses(cases[i].text);
		g_assert_cmpstr(got, ==, cases[i].wanted);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/hide-addresses", test_hide);
	return g_test_run();
}
