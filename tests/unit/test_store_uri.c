#include "tlsrpt/store_uri.h"

#include <glib.h>
#include <string.h>

static void
test_printable(void)
{
	static const struct {
		const char *uri, *printable;
	} rows[] = {
		{ "/var/lib/tlsrpt/a:b@c?password=d.db", "/var/lib/tlsrpt/a:b@c?password=d.db" },
		{ "sqlite:/a.db", "sqlite:/a.db" },
		{ "postgresql://host/db", "postgresql://host/db" },
		{ "postgresql:///db?host=/run&port=5432", "postgresql:///db?host=/run&port=5432" },
		{ "postgresql://host:5432/db", "postgresql://host:5432/db" },
		{ "postgresql://user@host/db", "postgresql://user@host/db" },
		{ "postgresql://user:secret@host:1,other:2/db?sslmode=require",
			"postgresql://user:***@host:1,other:2/db?sslmode=require" },
		{ "postgresql://:secret@host/db", "postgresql://:***@host/db" },
		/* What should have been encoded. */
		{ "postgresql://user:sec/ret@host/db", "postgresql://user:***@host/db" },
		{ "postgresql://user:sec@ret@host/db", "postgresql://user:***@host/db" },
		{ "postgresql://user:sec?ret@host/db", "postgresql://user:***@host/db" },
		{ "postgresql://host/db?user=u&password=secret&a=b",
			"postgresql://host/db?user=u&password=***&a=b" },
		{ "postgresql://host/db?PassWord=secret", "postgresql://host/db?PassWord=***" },
		{ "postgresql://host/db?pass%77ord=secret", "postgresql://host/db?pass%77ord=***" },
		{ "postgresql://host/db?sslpassword=secret&sslkey=k",
			"postgresql://host/db?sslpassword=***&sslkey=k" },
		{ "postgresql://host/db?password=secret?x", "postgresql://host/db?password=***" },
		{ "postgresql://user:secret@host/db?password=secret",
			"postgresql://user:***@host/db?password=***" },
		{ "postgresql://host/db?", "postgresql://host/db?" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *printable = store_uri_printable(rows[i].uri);
		g_assert_cmpstr(printable, ==, rows[i].printable);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store-uri/printable", test_printable);
	return g_test_run();
}
