#include "tlsrpt/text_table.h"

#include <string.h>

/* The vectors of the reference (the first of the key 0, 1, 2, ...), and of Python with no key. */
static void
test_hash(void)
{
	static const uint8_t none[TEXT_HASH_KEY_SIZE];
	static const struct {
		const char *text;
		uint64_t with_key, without;
	} cases[] = {
		{ "", UINT64_C(0xabac0158050fc4dc), 0 },
		{ "example", UINT64_C(0x61ac7ebb6a10e34b), UINT64_C(0xcf5a8cd89871f5e5) },
		{ "12345678", UINT64_C(0x11a8ebb5cd0da9ce), UINT64_C(0x3489982430560a87) },
		{ "mail.example.com", UINT64_C(0x0c86c30779f76d5d), 0 },
		{ "a longer text of 24 byte", 0, UINT64_C(0x1a804d8bcdde6d70) },
	};
	uint8_t key[TEXT_HASH_KEY_SIZE];

	for (uint8_t i = 0; i < sizeof(key); i++)
		key[i] = i;
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		const uint8_t *bytes = (const uint8_t *)cases[i].text;
		const size_t length = strlen(cases[i].text);
		if (cases[i].with_key != 0)
			g_assert_cmphex(text_hash_bytes(key, bytes, length), ==, cases[i].with_key);
		if (cases[i].without != 0)
			g_assert_cmphex(text_hash_bytes(none, bytes, length), ==, cases[i].without);
	}
	g_assert_cmpuint(text_hash("a"), ==, text_hash("a"));
}

/* Texts of two blocks that are one to g_str_hash(), as anybody can write them. */
static void
test_collisions(void)
{
	enum { BLOCKS = 12, TEXTS = 1 << BLOCKS };
	g_autoptr(GHashTable) public_hashes = g_hash_table_new(NULL, NULL);
	g_autoptr(GHashTable) hashes = g_hash_table_new(NULL, NULL);
	char text[2 * BLOCKS + 1] = "";

	for (guint i = 0; i < TEXTS; i++) {
		for (guint j = 0; j < BLOCKS; j++)
			memcpy(&text[(gsize)2 * j], i >> j & 1 ? "Ez" : "FY", 2);
		g_hash_table_add(public_hashes, GUINT_TO_POINTER(g_str_hash(text)));
		g_hash_table_add(hashes, GUINT_TO_POINTER(text_hash(text)));
	}
	g_assert_cmpuint(g_hash_table_size(public_hashes), ==, 1);
	/* By chance one or another pair of 4,096 in 2^32. */
	g_assert_cmpuint(g_hash_table_size(hashes), >, TEXTS - 8);
}

/* Two processes do not agree, so that nobody can learn from one what is slow in another. */
static void
test_key(void)
{
	g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
	char option[] = "--hash";
	char *argv[] = { program, option, NULL };
	g_autofree char *first = NULL, *second = NULL;
	GError *error = NULL;

	g_spawn_sync(NULL, argv, NULL, 0, NULL, NULL, &first, NULL, NULL, &error);
	g_assert_no_error(error);
	g_spawn_sync(NULL, argv, NULL, 0, NULL, NULL, &second, NULL, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(first, !=, "");
	g_assert_cmpstr(first, !=, second);
}

static void
test_pool(void)
{
	g_autoptr(TextPool) pool = text_pool_new(16);
	char text[] = "example.com";
	const char *own = text_pool_add(pool, text);

	g_assert_true(own != text);
	text[0] = 'E';
	g_assert_cmpstr(own, ==, "example.com");
	g_assert_true(text_pool_add(pool, "example.com") == own);
	g_assert_true(text_pool_add(pool, "Example.com") != own);
}

int
main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--hash") == 0) {
		/* Of several texts: two single ones agree once in 2^32 runs. */
		g_print("%u %u\n", text_hash("example.com"), text_hash("example.org"));
		return 0;
	}
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/text-table/hash", test_hash);
	g_test_add_func("/text-table/collisions", test_collisions);
	g_test_add_func("/text-table/key", test_key);
	g_test_add_func("/text-table/pool", test_pool);
	return g_test_run();
}
