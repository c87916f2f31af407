#include "tlsrpt/digest.h"

#include "util.h"

#include <json-c/json.h>

static char *
digest_with(const char *text, const char *suffix)
{
	g_autofree char *json = json_text(text);
	struct json_object *value = json_tokener_parse(json);
	Digest digest;

	g_test_message("%s", json);
	g_assert_true(value != NULL || strcmp(json, "null") == 0);
	digest_json(value, suffix, &digest);
	json_object_put(value);
	return digest_text(&digest);
}

/* Computed with another implementation of SHA-256, over the canonical form written by hand. */
static void
test_known(void)
{
	static const struct {
		const char *text, *suffix, *digest;
	} rows[] = {
		{ "{}", NULL, "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a" },
		{ "{}", "org.example",
			"67e55334a356a5b1e4c2f4ad580c1ab860fcf047647d17f6f07680390396e926" },
		/* {"a":[1,5,1000,-2,2.5,"x\u000a\u0022\u005cy/"], and
		   "b":{"c":null,"d":true,"é":"ü"}} */
		{ " { 'b' : {'\\u00e9':'\xc3\xbc','d':true,'c':null},\n"
		  " 'a':[1.0, 5e0, 1e3, -2, 25e-1, 'x\\n\\'\\\\y\\/'] } ",
			NULL, "da958debbf5e2461dd41c183d8a0651bbdc445ed2fd47fb4420cfb60707dab93" },
		{ "[9223372036854775807,9223372036854775808,18446744073709551615,-9223372036854775808]",
			NULL, "4f3ff91a10fff0f500a2680ffc06e9f2fb370e96d0524e58093598cb27fc05fa" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *digest = digest_with(rows[i].text, rows[i].suffix);
		g_assert_cmpstr(digest, ==, rows[i].digest);
	}
}

/* Longer than what is collected before it is hashed, by itself and together. */
static void
test_long(void)
{
	static const size_t lengths[] = { 1, 4090, 4093, 4094, 4095, 4096, 4097, 10000 };

	for (size_t i = 0; i < G_N_ELEMENTS(lengths); i++) {
		g_autofree char *letters = g_strnfill(lengths[i], 'a');
		g_autofree char *text = g_strdup_printf("[\"%s\",\"\\u0001%s\",7]", letters, letters);
		g_autofree char *digest = digest_with(text, NULL);
		Digest expected;
		digest_bytes(text, strlen(text), &expected);
		g_autofree char *expected_text = digest_text(&expected);
		g_assert_cmpstr(digest, ==, expected_text);
	}
}

typedef struct {
	const char *one, *other;
} Pair;

static void
test_equal(void)
{
	static const Pair rows[] = {
		{ "{'a':1,'b':2}", "{'b':2,'a':1}" },
		{ "{'a':{'c':1,'b':2}}", "{ 'a' :\n{ 'b':2 , 'c' : 1 }}" },
		{ "[1,2]", " [ 1 ,\t2 ] " },
		{ "5", "5.0" },
		{ "5", "5e0" },
		{ "1000", "1E+3" },
		{ "0", "-0" },
		{ "0", "-0.0" },
		{ "0", "0e5" },
		{ "-7", "-7.000" },
		{ "2.5", "25e-1" },
		{ "9007199254740992", "9007199254740992.0" },
		{ "'a'", "'\\u0061'" },
		{ "'/'", "'\\/'" },
		{ "'\\n'", "'\\u000a'" },
		{ "'\\u001F'", "'\\u001f'" },
		{ "'\xc3\xa9'", "'\\u00e9'" },
		{ "'\xf0\x9f\x98\x80'", "'\\ud83d\\ude00'" },
		{ "{'\\u0061':1}", "{'a':1}" },
		/* The last one of a key counts. */
		{ "{'a':1,'a':2}", "{'a':2}" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *one = digest_with(rows[i].one, NULL);
		g_autofree char *other = digest_with(rows[i].other, NULL);
		g_assert_cmpstr(one, ==, other);
	}
}

static void
test_different(void)
{
	static const Pair rows[] = {
		{ "{}", "[]" },
		{ "{'a':1}", "{'a':2}" },
		{ "{'a':1}", "{'b':1}" },
		{ "{'a':1}", "{'a':'1'}" },
		{ "{'a':null}", "{}" },
		{ "{'a':''}", "{'a':null}" },
		{ "{'a':false}", "{'a':true}" },
		{ "{'a':false}", "{'a':'false'}" },
		{ "{'a':0}", "{'a':false}" },
		{ "[1,2]", "[2,1]" },
		{ "[1,2]", "[12]" },
		{ "[[1],2]", "[1,[2]]" },
		{ "['a','b']", "['a,b']" },
		{ "['a\\',\\'b']", "['a','b']" },
		{ "{'a':1,'b':2}", "{'a':{'b':2}}" },
		{ "2.5", "2.25" },
		{ "0.1", "0.10000000000000002" },
		{ "9007199254740992", "9007199254740993" },
		{ "1", "-1" },
		{ "'a'", "'A'" },
		{ "'a'", "' a'" },
		{ "'a\\u0000'", "'a'" },
		{ "'\\\\u0061'", "'a'" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *one = digest_with(rows[i].one, NULL);
		g_autofree char *other = digest_with(rows[i].other, NULL);
		g_assert_cmpstr(one, !=, other);
	}
}

static void
test_suffix(void)
{
	g_autofree char *none = digest_with("{}", NULL);
	g_autofree char *empty = digest_with("{}", "");
	g_autofree char *one = digest_with("{}", "a.example");
	g_autofree char *other = digest_with("{}", "b.example");

	g_assert_cmpstr(none, !=, empty);
	g_assert_cmpstr(none, !=, one);
	g_assert_cmpstr(empty, !=, one);
	g_assert_cmpstr(one, !=, other);
}

static void
test_bytes(void)
{
	static const struct {
		const char *bytes;
		size_t length;
		const char *digest;
	} rows[] = {
		{ "", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		Digest digest;
		digest_bytes(rows[i].bytes, rows[i].length, &digest);
		g_autofree char *text = digest_text(&digest);
		g_assert_cmpstr(text, ==, rows[i].digest);
	}
}

static void
test_text(void)
{
	Digest digest = { .bytes = { 0x00, 0x01, 0x0f, 0xf0, 0xff } };

	digest.bytes[DIGEST_SIZE - 1] = 0xab;
	g_autofree char *text = digest_text(&digest);
	g_assert_cmpstr(
		text, ==, "00010ff0ff0000000000000000000000000000000000000000000000000000ab");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/digest/known", test_known);
	g_test_add_func("/digest/long", test_long);
	g_test_add_func("/digest/equal", test_equal);
	g_test_add_func("/digest/different", test_different);
	g_test_add_func("/digest/suffix", test_suffix);
	g_test_add_func("/digest/bytes", test_bytes);
	g_test_add_func("/digest/text", test_text);
	return g_test_run();
}
