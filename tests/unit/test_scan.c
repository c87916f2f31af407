#include "tlsrpt/scan.h"

#include "tlsrpt/error.h"

#include "util.h"

/* The value in a text, as a copy; NULL on failure. */
static char *
scan(GBytes *bytes, const Limits *limits, Report *report, GError **error)
{
	JsonText text = { "", 12345, 0, 0 }, untouched = text;
	gsize size;
	const char *data = g_bytes_get_data(bytes, &size);

	if (scan_json(data, size, limits, report, &text, error))
		return g_strndup(text.start, text.length);
	g_assert_true(text.start == untouched.start);
	g_assert_cmpuint(text.length, ==, untouched.length);
	return NULL;
}

static void
assert_scan_error(GBytes *bytes, const Limits *limits, TlsrptError code)
{
	g_autoptr(Report) report = report_new();
	g_autoptr(GError) error = NULL;
	g_autofree char *value = scan(bytes, limits, report, &error);

	g_assert_null(value);
	g_assert_error(error, TLSRPT_ERROR, (int)code);
}

static void
test_looks_like_json(void)
{
	static const struct {
		const char *text;
		bool looks;
	} rows[] = {
		{ "{", true },
		{ "[", true },
		{ " \t\r\n{", true },
		{ "\xef\xbb\xbf{", true },
		{ "\xef\xbb\xbf \n[", true },
		{ "", false },
		{ "   ", false },
		{ "\xef\xbb\xbf", false },
		{ "\xef\xbb{", false },
		{ " \xef\xbb\xbf{", false },
		{ "\"", false },
		{ "1", false },
		{ "null", false },
		{ "From: {", false },
		{ "\v{", false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_message("%s", rows[i].text);
		g_assert_cmpint(scan_looks_like_json(rows[i].text, strlen(rows[i].text)), ==,
			rows[i].looks);
	}
	g_assert_false(scan_looks_like_json("{", 0));
}

static void
test_value(void)
{
	static const struct {
		const char *text, *value, *findings;
	} rows[] = {
		{ "{}", "{}", "" },
		{ "[]", "[]", "" },
		{ " \r\n\t[1] \r\n\t", "[1]", "" },
		{ "\xef\xbb\xbf{'a':1}", "{'a':1}", "$=bom" },
		{ "\xef\xbb\xbf {'a':1}\n", "{'a':1}", "$=bom" },
		{ "{} x", "{}", "$=trailing-bytes(1 bytes)" },
		{ "{}{}", "{}", "$=trailing-bytes(2 bytes)" },
		{ "{} \n , \n", "{}", "$=trailing-bytes(3 bytes)" },
		{ "\xef\xbb\xbf[]]", "[]", "$=bom; $=trailing-bytes(1 bytes)" },
		{ "12", "12", "" },
		{ "-1.5e+3 x", "-1.5e+3", "$=trailing-bytes(1 bytes)" },
		{ "'a b'", "'a b'", "" },
		{ "null", "null", "" },
		/* What stands in strings is no syntax. */
		{ "['{',']','[',':,']", "['{',']','[',':,']", "" },
		{ "['\\\\','\\'','\\\\\\'']", "['\\\\','\\'','\\\\\\'']", "" },
		{ "{'a':'\\'}'} ", "{'a':'\\'}'}", "" },
	};

	const Limits limits = default_limits();
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Report) report = report_new();
		g_autoptr(GError) error = NULL;
		g_autofree char *text = json_text(rows[i].text);
		g_autofree char *expected = json_text(rows[i].value);
		g_autoptr(GBytes) bytes = bytes_of(text);
		g_test_message("%s", text);
		g_autofree char *value = scan(bytes, &limits, report, &error);
		g_assert_no_error(error);
		g_assert_cmpstr(value, ==, expected);
		assert_findings(report, rows[i].findings);
	}
}

static void
assert_duplicates(const char *text, const char *findings)
{
	const Limits limits = default_limits();
	g_autoptr(Report) report = report_new();
	g_autoptr(GError) error = NULL;
	g_autofree char *json = json_text(text);
	g_autoptr(GBytes) bytes = bytes_of(json);

	g_test_message("%s", json);
	g_autofree char *value = scan(bytes, &limits, report, &error);
	g_assert_no_error(error);
	g_assert_nonnull(value);
	assert_findings(report, findings);
}

static void
test_duplicate_keys(void)
{
	static const struct {
		const char *text, *findings;
	} rows[] = {
		{ "{'a':1,'b':2}", "" },
		{ "{'a':1,'A':2}", "" },
		{ "{'a':{'a':{'a':1}}}", "" },
		{ "[{'a':1},{'a':1}]", "" },
		{ "{'a':'a','b':'a'}", "" },
		{ "{'a':1,'a':2}", "$.a=duplicate-key" },
		{ "{'a':1,'a':2,'a':3}", "$.a=duplicate-key; $.a=duplicate-key" },
		{ "{'':1,'':2}", "$.=duplicate-key" },
		{ "{'a':1,'\\u0061':2}", "$.a=duplicate-key" },
		{ "{'\\u0061':1,'a':2}", "$.a=duplicate-key" },
		{ "{'\\u0061b':1,'a\\u0062':2}", "$.ab=duplicate-key" },
		{ "{'\\u00E9':1,'\\u00e9':2}", "$.\xc3\xa9=duplicate-key" },
		{ "{'\\u00e9':1,'\xc3\xa9':2}", "$.\xc3\xa9=duplicate-key" },
		{ "{'\\/':1,'/':2}", "$./=duplicate-key" },
		{ "{'\\t':1,'\\u0009':2}", "$.\t=duplicate-key" },
		{ "{'\\b\\f\\n\\r':1,'\\u0008\\u000c\\u000a\\u000d':2}",
			"$.\b\f\n\r=duplicate-key" },
		{ "{'\\\\':1,'\\u005c':2}", "$.\\=duplicate-key" },
		{ "{'n':1,'\\n':2}", "" },
		{ "{'a' : 1 , 'a'\n:\t2}", "$.a=duplicate-key" },
		{ "{'x':{'y':[0,1,{'z':1,'z':2}]}}", "$.x.y[2].z=duplicate-key" },
		{ "[[[]],{},[0,{'a':1,'a':2}]]", "$[2][1].a=duplicate-key" },
		{ "{'x':[{'a':1},{'a':1,'b':{},'a':2}],'x':0}",
			"$.x[1].a=duplicate-key; $.x=duplicate-key" },
		{ "{'x':{'a':1},'y':{'a':1},'x':{'b':1,'b':2}}",
			"$.x=duplicate-key; $.x.b=duplicate-key" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		assert_duplicates(rows[i].text, rows[i].findings);
}

/* An object with so many keys, and one of them once more at the end. */
static char *
object_of(int keys, int again)
{
	GString *text = g_string_new("{");

	for (int i = 0; i < keys; i++)
		g_string_append_printf(text, "'k%d':%d,", i, i);
	g_string_append_printf(text, "'k%d':0}", again);
	return g_string_free(text, FALSE);
}

/* Objects with more than 16 keys take another path. */
static void
test_many_keys(void)
{
	for (int keys = 14; keys <= 40; keys++) {
		g_autofree char *unique = object_of(keys, keys);
		assert_duplicates(unique, "");
		for (int again = 0; again < keys; again++) {
			g_autofree char *text = object_of(keys, again);
			g_autofree char *finding = g_strdup_printf("$.k%d=duplicate-key", again);
			assert_duplicates(text, finding);
		}
	}
}

static void
test_many_keys_nested(void)
{
	g_autofree char *inner = object_of(30, 29);
	g_autofree char *text = g_strdup_printf("{'a':[%s,%s],'a':1}", inner, inner);

	assert_duplicates(
		text, "$.a[0].k29=duplicate-key; $.a[1].k29=duplicate-key; $.a=duplicate-key");
}

static void
assert_values(const char *text, int64_t values, size_t longest)
{
	const Limits limits = default_limits();
	g_autoptr(Report) report = report_new();
	g_autoptr(GError) error = NULL;
	g_autofree char *json = json_text(text);
	JsonText found;

	g_test_message("%s", json);
	const bool ok = scan_json(json, strlen(json), &limits, report, &found, &error);
	g_assert_no_error(error);
	g_assert_true(ok);
	g_assert_cmpint(found.values, ==, values);
	g_assert_cmpuint(found.longest, ==, longest);
}

/* How many values there are, and will be in a tree in which the last of equal keys counts. */
static void
test_values(void)
{
	static const struct {
		const char *text;
		int64_t values;
		size_t longest;
	} rows[] = {
		{ "{}", 1, 0 },
		{ "12", 1, 2 },
		{ "[1,[2,null],'abc',{}]", 7, 4 },
		{ "{'a':1,'bcd':{'e':[]}}", 4, 3 },
		{ "{'a':[1,2,3],'a':null}", 2, 4 },
		{ "{'a':null,'a':[1,2,3]}", 5, 4 },
		{ "{'a':[1,2,3],'a':{'b':1},'a':0}", 2, 1 },
		{ "{'a':{'b':[1,2],'b':3},'c':4,'a':5}", 3, 1 },
		{ "{'a':{'b':[1,2],'b':3},'c':4}", 4, 1 },
		{ "[{'a':[1],'\\u0061':2},{'a':[1]}]", 6, 6 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		assert_values(rows[i].text, rows[i].values, rows[i].longest);
	for (int keys = 14; keys <= 40; keys++) {
		g_autofree char *text = object_of(keys, keys - 2);
		g_autofree char *nested = g_strdup_printf(
			"{'a':[%s],'b':{'a':%s,'a':0},'a':%s}", text, text, text);
		assert_values(text, 1 + keys, 3);
		assert_values(nested, 4 + keys, 3);
	}
}

static void
test_limits(void)
{
	static const LimitRow rows[] = {
		{ offsetof(Limits, json_depth), 4, "[[[[1]]]]", "[[[[[1]]]]]" },
		{ offsetof(Limits, json_depth), 4, "{'a':{'a':[[]]}}", "{'a':{'a':[[[]]]}}" },
		{ offsetof(Limits, json_depth), 4, "[[],[[]],[[[]]]]", "[[],[[[[]]]]]" },
		{ offsetof(Limits, json_values), 3, "[1,2]", "[1,2,3]" },
		{ offsetof(Limits, json_values), 3, "{'a':'b','c':null}", "{'a':[[1]]}" },
		{ offsetof(Limits, json_values), 1, "{}", "[{}]" },
		{ offsetof(Limits, json_objects), 3, "[{},[],1,2,3]", "[{},[],[]]" },
		{ offsetof(Limits, json_objects), 1, "[1]", "[{}]" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const Limits limits = limits_with(rows[i].offset, rows[i].limit);
		g_autoptr(Report) report = report_new();
		g_autoptr(GError) error = NULL;
		g_autofree char *good = json_text(rows[i].within);
		g_autofree char *bad = json_text(rows[i].over);
		g_autoptr(GBytes) within = bytes_of(good);
		g_autoptr(GBytes) over = bytes_of(bad);
		g_test_message("%s %s", good, bad);
		g_autofree char *value = scan(within, &limits, report, &error);
		g_assert_no_error(error);
		g_assert_cmpstr(value, ==, good);
		assert_scan_error(over, &limits, TLSRPT_ERROR_LIMIT);
	}
}

/* before, n times middle, after */
static GBytes *
repeat(const char *before, const char *middle, int64_t n, const char *after)
{
	GString *text = g_string_new(before);

	for (int64_t i = 0; i < n; i++)
		g_string_append(text, middle);
	g_string_append(text, after);
	return g_string_free_to_bytes(text);
}

static void
test_default_limits(void)
{
	const Limits limits = default_limits();
	const struct {
		const char *middle, *after;
		int64_t times; /* that reach the limit */
	} rows[] = {
		{ "[", "", limits.json_depth },
		{ "0,", "0]", limits.json_values - 2 },
		{ "{},", "0]", limits.json_objects - 1 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const char *before = i == 0 ? "" : "[";
		g_autoptr(Report) report = report_new();
		g_autoptr(GError) error = NULL;
		g_autoptr(GBytes) at = repeat(before, rows[i].middle, rows[i].times, rows[i].after);
		g_autoptr(GBytes)
			past = repeat(before, rows[i].middle, rows[i].times + 1, rows[i].after);
		g_autofree char *value = scan(at, &limits, report, &error);
		/* The brackets that are only opened end too early, but not too deep. */
		g_assert_cmpint(value == NULL, ==, i == 0);
		if (i == 0)
			g_assert_error(error, TLSRPT_ERROR, TLSRPT_ERROR_NOT_JSON);
		else
			g_assert_no_error(error);
		assert_scan_error(past, &limits, TLSRPT_ERROR_LIMIT);
	}
}

static void
test_truncated(void)
{
	static const char good[] =
		"{'a':[1,-2.5e3,true,null],'b\\u0041':{'c':'d\\\\\\' e','f':[]},'g':{}}";
	const Limits limits = default_limits();
	g_autofree char *text = json_text(good);
	g_autoptr(GBytes) whole = bytes_of(text);

	for (size_t cut = 0; cut < strlen(text); cut++) {
		g_autoptr(GBytes) bytes = bytes_cut(whole, cut);
		g_test_message("%zu", cut);
		assert_scan_error(bytes, &limits, TLSRPT_ERROR_NOT_JSON);
	}
}

static void
test_bad(void)
{
	static const char *const rows[] = {
		"",
		"  \n",
		"\xef\xbb\xbf",
		"\xef\xbb\xbf  ",
		"}",
		"]",
		",",
		":",
		"[}",
		"{]",
		"[[}]",
		"{'a':[1}}",
		"{'a':{]}",
		"{a:1}",
		"{1:2}",
		"{'a' 1}",
		"{'a','b'}",
		"{'a'}",
		"{,'a'",
		"['a]",
		"['a\\']",
		"['a\\",
		"{'a",
		"{'a\\",
		"@",
		"[#]",
		"<html>",
		"[/* */]",
	};

	const Limits limits = default_limits();
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = json_text(rows[i]);
		g_autoptr(GBytes) all = bytes_of(text);
		g_autoptr(GBytes) bytes = bytes_cut(all, strlen(text));
		g_test_message("%s", text);
		assert_scan_error(bytes, &limits, TLSRPT_ERROR_NOT_JSON);
	}
}

/* By the grammar of RFC 8259, each of the rules from both sides, and what the message says. */
static void
test_grammar(void)
{
	static const struct {
		const char *text;
		const char *problem; /* NULL: it is JSON */
	} rows[] = {
		{ "[1,]", "an unexpected character at byte 3" },
		{ "[,1]", "an unexpected character at byte 1" },
		{ "[1,,2]", "an unexpected character at byte 3" },
		{ "[1 2]", "no ',' or ']' at byte 3" },
		{ "[[1][2]]", "no ',' or ']' at byte 4" },
		{ "[1:2]", "no ',' or ']' at byte 2" },
		{ "['a''b']", "no ',' or ']' at byte 4" },
		{ "[1}", "a bracket that does not match at byte 2" },
		{ "{'a':1,}", "no key at byte 7" },
		{ "{,'a':1}", "no key at byte 1" },
		{ "{'a':1,,'b':2}", "no key at byte 7" },
		{ "{'a':1 'b':2}", "no ',' or '}' at byte 7" },
		{ "{'a'::1}", "an unexpected character at byte 5" },
		{ "{'a':}", "an unexpected character at byte 5" },
		{ "{'a':1:2}", "no ',' or '}' at byte 6" },
		{ "{'a':1]", "a bracket that does not match at byte 6" },
		{ "{'a':[1],}", "no key at byte 9" },
		{ "{'a'}", "no ':' after a key at byte 4" },
		{ "[{}{}]", "no ',' or ']' at byte 3" },
		{ "[ ]", NULL },
		{ "{ }", NULL },
		{ "[[],{},[{}]]", NULL },
		{ "{ 'a' : 1 , 'b' : [ ] }", NULL },
		/* comments and quotes of other languages */
		{ "[1/**/]", "no ',' or ']' at byte 2" },
		{ "[1]//x", NULL }, /* bytes after the value */
		{ "[`a`]", "an unexpected character at byte 1" },
		{ "[\\u0061]", "an unexpected character at byte 1" },
		/* words */
		{ "[true,false,null]", NULL },
		{ "[True]", "a word that JSON does not have at byte 1" },
		{ "[NULL]", "a word that JSON does not have at byte 1" },
		{ "[NaN]", "a word that JSON does not have at byte 1" },
		{ "[Infinity]", "a word that JSON does not have at byte 1" },
		{ "[-Infinity]", "a number that JSON does not have at byte 1" },
		{ "[nul]", "a word that JSON does not have at byte 1" },
		{ "[nulls]", "a word that JSON does not have at byte 1" },
		{ "[truefalse]", "a word that JSON does not have at byte 1" },
		{ "[undefined]", "a word that JSON does not have at byte 1" },
		/* numbers */
		{ "[0,-0,10,-10,0.5,-0.50,1e5,1E5,1e+5,1e-5,0e0,1.5e007]", NULL },
		{ "[123456789012345678901234567890,1e400,-1e400,1e-400]", NULL },
		{ "[01]", "a number that JSON does not have at byte 1" },
		{ "[-01]", "a number that JSON does not have at byte 1" },
		{ "[00]", "a number that JSON does not have at byte 1" },
		{ "[1.]", "a number that JSON does not have at byte 1" },
		{ "[.5]", "a number that JSON does not have at byte 1" },
		{ "[-.5]", "a number that JSON does not have at byte 1" },
		{ "[1.e3]", "a number that JSON does not have at byte 1" },
		{ "[1e]", "a number that JSON does not have at byte 1" },
		{ "[1e+]", "a number that JSON does not have at byte 1" },
		{ "[+1]", "a number that JSON does not have at byte 1" },
		{ "[-]", "a number that JSON does not have at byte 1" },
		{ "[--1]", "a number that JSON does not have at byte 1" },
		{ "[0x10]", "a number that JSON does not have at byte 1" },
		{ "[1-2]", "a number that JSON does not have at byte 1" },
		{ "[1.2.3]", "a number that JSON does not have at byte 1" },
		{ "[1_000]", "a number that JSON does not have at byte 1" },
		{ "[1a]", "a number that JSON does not have at byte 1" },
		/* strings */
		{ "['\\'\\\\\\/\\b\\f\\n\\r\\t\\u12aF\\ud800']", NULL },
		{ "['\\x']", "no such escape at byte 2" },
		{ "['\\u12']", "no such escape at byte 2" },
		{ "['ab\\u12g4']", "no such escape at byte 4" },
		{ "['\\U0041']", "no such escape at byte 2" },
		{ "['\\", "the text ends inside the string at byte 1" },
		{ "['\\u00", "the text ends inside the string at byte 1" },
		{ "{'\\x':1}", "no such escape at byte 2" },
		/* white space is four characters */
		{ "[\v1]", "an unexpected character at byte 1" },
		{ "[1\f]", "no ',' or ']' at byte 2" },
		{ "[\xc2\xa0x]", "an unexpected character at byte 1" },
		{ "[1\xc2\xa0]", "no ',' or ']' at byte 2" },
	};

	const Limits limits = default_limits();
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Report) report = report_new();
		g_autoptr(GError) error = NULL;
		g_autofree char *text = json_text(rows[i].text);
		g_autoptr(GBytes) all = bytes_of(text);
		g_autoptr(GBytes) bytes = bytes_cut(all, strlen(text));
		g_test_message("%s", text);
		g_autofree char *value = scan(bytes, &limits, report, &error);
		g_assert_cmpint(value != NULL, ==, rows[i].problem == NULL);
		if (rows[i].problem == NULL) {
			g_assert_no_error(error);
			continue;
		}
		g_autofree char *message = g_strconcat("not JSON: ", rows[i].problem, NULL);
		g_assert_error(error, TLSRPT_ERROR, TLSRPT_ERROR_NOT_JSON);
		g_assert_cmpstr(error->message, ==, message);
	}
}

/* What is no text is a string nevertheless, but for a NUL. */
static void
test_raw_bytes_in_strings(void)
{
	const Limits limits = default_limits();

	for (int byte = 0; byte < 256; byte++) {
		char text[] = { '[', '"', (char)byte, 'x', '"', ']', '\0' };
		g_autoptr(Report) report = report_new();
		g_autoptr(GError) error = NULL;
		g_autoptr(GBytes) bytes = g_bytes_new(text, 6);
		if (byte == '"' || byte == '\\')
			continue;
		g_test_message("%d", byte);
		g_autofree char *value = scan(bytes, &limits, report, &error);
		g_assert_cmpint(value != NULL, ==, byte != 0);
		if (byte == 0)
			g_assert_cmpstr(
				error->message, ==, "not JSON: a NUL in a string at byte 2");
	}
}

/* Findings over their limit are counted. */
static void
test_findings_limit(void)
{
	const Limits limits = limits_with(offsetof(Limits, findings), 2);
	g_autoptr(Report) report = report_new();
	g_autoptr(GError) error = NULL;
	g_autofree char *text = json_text("{'a':1,'a':1,'a':1,'a':1} x");
	g_autoptr(GBytes) bytes = bytes_of(text);
	g_autofree char *value = scan(bytes, &limits, report, &error);

	g_assert_no_error(error);
	g_assert_nonnull(value);
	assert_findings(report, "$.a=duplicate-key; $.a=duplicate-key");
	g_assert_cmpuint(report->findings_left_out, ==, 2);
}

/* Bytes of all kinds in all places: nothing but a result or an error. */
static void
test_every_byte(void)
{
	static const char good[] = "{'a\\u0061':[1,'b'],'c':{}} ";
	const Limits limits = default_limits();
	g_autofree char *text = json_text(good);
	const size_t length = strlen(text);

	for (size_t at = 0; at < length; at++) {
		for (int byte = 1; byte < 256; byte++) {
			g_autoptr(Report) report = report_new();
			g_autoptr(GError) error = NULL;
			g_autoptr(GBytes) bytes = bytes_of(text);
			((char *)g_bytes_get_data(bytes, NULL))[at] = (char)byte;
			g_autofree char *value = scan(bytes, &limits, report, &error);
			g_assert_true((value == NULL) == (error != NULL));
			if (error != NULL)
				g_assert_error(error, TLSRPT_ERROR, TLSRPT_ERROR_NOT_JSON);
		}
	}
}

/* A NUL after a backslash in a key is none of the escapes, nor the end of their table. */
static void
test_nul_escape(void)
{
	static const char text[] = "{\"a\\\0b\":1}";
	const Limits limits = default_limits();
	g_autoptr(GBytes) bytes = g_bytes_new_static(text, sizeof(text) - 1);

	if (g_test_subprocess()) {
		g_autoptr(Report) report = report_new();
		g_autoptr(GError) error = NULL;
		g_autofree char *value = scan(bytes, &limits, report, &error);
		g_assert_error(error, TLSRPT_ERROR, TLSRPT_ERROR_NOT_JSON);
		g_assert_null(value);
		return;
	}
	g_test_trap_subprocess(NULL, 0, 0);
	g_test_trap_assert_passed();
}

/* A NUL is no literal. */
static void
test_nul_outside(void)
{
	const Limits limits = default_limits();
	g_autoptr(GBytes) bytes = g_bytes_new_static("[\0]", 3);

	assert_scan_error(bytes, &limits, TLSRPT_ERROR_NOT_JSON);
}

/* json-c takes a key for what stands before its NUL: these are one to it, and the last counts. */
/* Keys that together are about as long as what an object has room for, and some that are longer. */
static void
test_long_duplicate(void)
{
	for (gsize length = 180; length <= 200; length++) {
		g_autofree char *key = g_strnfill(length, 'k');
		g_autofree char *text = g_strdup_printf(
			"{'%s':1,'b':2,'b':3,'%s':{'%s':1,'c':1,'c':2}}", key, key, key);
		g_autofree char *findings = g_strdup_printf(
			"$.b=duplicate-key; $.%s=duplicate-key; $.%s.c=duplicate-key", key, key);
		assert_duplicates(text, findings);
	}
}

static void
test_nul_duplicate(void)
{
	assert_duplicates("{'a':1,'a\\u0000b':2}", "$.a=duplicate-key");
}

/* A character beyond U+FFFF is two escapes. */
static void
test_surrogates(void)
{
	assert_duplicates(
		"{'\xf0\x9f\x98\x80':1,'\\ud83d\\ude00':2}", "$.\xf0\x9f\x98\x80=duplicate-key");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/scan/looks-like-json", test_looks_like_json);
	g_test_add_func("/scan/value", test_value);
	g_test_add_func("/scan/duplicate-keys", test_duplicate_keys);
	g_test_add_func("/scan/many-keys", test_many_keys);
	g_test_add_func("/scan/many-keys-nested", test_many_keys_nested);
	g_test_add_func("/scan/values", test_values);
	g_test_add_func("/scan/limits", test_limits);
	g_test_add_func("/scan/default-limits", test_default_limits);
	g_test_add_func("/scan/truncated", test_truncated);
	g_test_add_func("/scan/bad", test_bad);
	g_test_add_func("/scan/grammar", test_grammar);
	g_test_add_func("/scan/raw-bytes-in-strings", test_raw_bytes_in_strings);
	g_test_add_func("/scan/findings-limit", test_findings_limit);
	g_test_add_func("/scan/every-byte", test_every_byte);
	g_test_add_func("/scan/nul-escape", test_nul_escape);
	g_test_add_func("/scan/nul-outside", test_nul_outside);
	g_test_add_func("/scan/nul-duplicate", test_nul_duplicate);
	g_test_add_func("/scan/long-duplicate", test_long_duplicate);
	g_test_add_func("/scan/surrogates", test_surrogates);
	return g_test_run();
}
