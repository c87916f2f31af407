#include "tlsrpt/limits.h"

#include "util.h"

/* The numbers that users are told. */
static void
test_defaults(void)
{
	const Limits limits = default_limits();

	g_assert_cmpint(limits.message, ==, 32 * 1024 * 1024);
	g_assert_cmpint(limits.dash_lines, ==, 20000);
	g_assert_cmpint(limits.header_lines, ==, 20000);
	g_assert_cmpint(limits.header_field, ==, 65536);
	g_assert_cmpint(limits.header, ==, 262144);
	g_assert_cmpint(limits.mime_depth, ==, 32);
	g_assert_cmpint(limits.mime_parts, ==, 1000);
	g_assert_cmpint(limits.reports, ==, 16);
	g_assert_cmpint(limits.report, ==, 16 * 1024 * 1024);
	g_assert_cmpint(limits.json_depth, ==, 32);
	g_assert_cmpint(limits.json_values, ==, 600000);
	g_assert_cmpint(limits.json_objects, ==, 70000);
	g_assert_cmpint(limits.policies, ==, 5000);
	g_assert_cmpint(limits.failures, ==, 50000);
	g_assert_cmpint(limits.incidents, ==, 200);
	g_assert_cmpint(limits.string, ==, 4096);
	g_assert_cmpint(limits.quarantine, ==, 256 * 1024 * 1024);
}

static void
test_keys(void)
{
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
	const Limits limits = default_limits();
	size_t n = 0;

	for (const LimitKey *key = limit_keys; key->key != NULL; key++, n++) {
		int64_t value;
		g_test_message("%s", key->key);
		memcpy(&value, (const char *)&limits + key->offset, sizeof(value));
		g_assert_cmpint(value, ==, key->standard);
		g_assert_cmpint(key->lowest, <=, key->standard);
		g_assert_cmpint(key->standard, <=, key->highest);
		g_assert_cmpint(key->lowest, >=, 0);
		g_assert_cmpuint(key->offset, ==, n * sizeof(int64_t));
		g_assert_true(g_hash_table_add(names, (gpointer)key->key));
	}
	g_assert_cmpuint(n * sizeof(int64_t), ==, sizeof(Limits));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/limits/defaults", test_defaults);
	g_test_add_func("/limits/keys", test_keys);
	return g_test_run();
}
