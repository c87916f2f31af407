#include "tlsrpt/registrable.h"

#include <glib.h>

static void
test_registrable(void)
{
	static const struct {
		const char *domain, *registrable;
	} rows[] = {
		{ "google.com", "google.com" },
		{ "mail.google.com", "google.com" },
		{ "a.b.c.example.co.uk", "example.co.uk" },
		/* Two owners under one suffix, of a country and of a company. */
		{ "one.co.uk", "one.co.uk" },
		{ "one.github.io", "one.github.io" },
		{ "mail.one.github.io", "one.github.io" },
		{ "mail.xn--bcher-kva.example", "xn--bcher-kva.example" },
		/* A top-level domain that the list does not know. */
		{ "mail.example.invalid", "example.invalid" },
		/* What is registered by nobody is its own. */
		{ "co.uk", "co.uk" },
		{ "com", "com" },
		{ "localhost", "localhost" },
		{ "", "" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpstr(registrable_domain(rows[i].domain), ==, rows[i].registrable);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/registrable/table", test_registrable);
	return g_test_run();
}
