#include "tlsrpt/value.h"

#include "util.h"

#include <json-c/json.h>

#define STRING_LIMIT 64
#define LINES_LIMIT 128
#define TEN_A "aaaaaaaaaa"
#define SIXTY_A TEN_A TEN_A TEN_A TEN_A TEN_A TEN_A

/* What a getter is called with: an object with, or without, a value under "k". */
typedef struct {
	struct json_object *object;
	Report *report;
	Limits limits;
	ValueContext context;
} Fixture;

static void
set_up(Fixture *fixture, const char *value)
{
	g_autofree char *text = value != NULL ? g_strdup_printf("{'k':%s}", value) : g_strdup("{}");
	g_autofree char *json = json_text(text);

	fixture->object = json_tokener_parse(json);
	g_assert_nonnull(fixture->object);
	fixture->report = report_new();
	fixture->limits = limits_with(offsetof(Limits, string), STRING_LIMIT);
	fixture->limits.lines = LINES_LIMIT;
	fixture->context = (ValueContext){ fixture->report, &fixture->limits };
	g_test_message("%s", json);
}

static void
tear_down(Fixture *fixture)
{
	json_object_put(fixture->object);
	report_free(fixture->report);
}

typedef struct {
	const char *value; /* as JSON; NULL is absent */
	const char *text, *findings;
} TextRow;

static void
test_path_text(void)
{
	const ValuePath policies = { .key = "policies" };
	const ValuePath first = { .parent = &policies, .index = 7 };
	const ValuePath nested = { .parent = &first, .index = 0 };
	const ValuePath domain = { .parent = &nested, .key = "d" };
	g_autofree char *root = value_path_text(NULL);
	g_autofree char *path = value_path_text(&domain);

	g_assert_cmpstr(root, ==, "$");
	g_assert_cmpstr(path, ==, "$.policies[7][0].d");
}

/* The keys of a stranger, cut inside a character. */
static void
test_finding_path(void)
{
	Fixture fixture;
	set_up(&fixture, NULL);
	/* "$." and 61 letters leave one byte of room for a character of two. */
	value_finding(&fixture.context, NULL, SIXTY_A "a\xc3\xa9", FINDING_NULL, "d");
	value_finding(&fixture.context, NULL, SIXTY_A "aa", FINDING_NULL, NULL);
	value_finding(&fixture.context, NULL, SIXTY_A "aaa", FINDING_NULL, NULL);
	assert_findings(fixture.report,
		"$." SIXTY_A "a\xef\xbf\xbd=null(d); $." SIXTY_A "aa=null; $." SIXTY_A "aa=null");
	tear_down(&fixture);
}

static void
test_string(void)
{
	static const TextRow rows[] = {
		{ NULL, "", "$.k=missing" },
		{ "null", "", "$.k=null" },
		{ "''", "", "$.k=empty" },
		{ "'text'", "text", "" },
		{ "'two words'", "two words", "" },
		{ "'\xc3\xa9'", "\xc3\xa9", "" },
		{ "12", "12", "$.k=wrong-type(number for string)" },
		{ "-1.50", "-1.50", "$.k=wrong-type(number for string)" },
		{ "true", "", "$.k=wrong-type(boolean for string, ignored)" },
		{ "[]", "", "$.k=wrong-type(array for string, ignored)" },
		{ "['x']", "", "$.k=wrong-type(array for string, ignored)" },
		{ "{'x':1}", "", "$.k=wrong-type(object for string, ignored)" },
		{ "' x '", "x", "$.k=white-space" },
		{ "'\\t\\n x'", "x", "$.k=white-space" },
		{ "'x\\r\\n'", "x", "$.k=white-space" },
		{ "'  '", "", "$.k=white-space" },
		{ "'a\\u0001b'",
			"a\x01"
			"b",
			"$.k=control-characters" },
		{ "'a\\nb'", "a\nb", "$.k=control-characters" },
		{ "'\\u007f'", "\x7f", "$.k=control-characters" },
		{ "'a\\u0085b'",
			"a\xc2\x85"
			"b",
			"$.k=control-characters" },
		{ "' a\\nb'", "a\nb", "$.k=white-space; $.k=control-characters" },
		{ "'a\\u0000b'", "ab", "$.k=nul" },
		{ "'\\u0000\\u0000'", "", "$.k=nul" },
		{ "'a\xff'", "a\xef\xbf\xbd", "$.k=invalid-utf8" },
		{ "'\xc3'", "\xef\xbf\xbd", "$.k=invalid-utf8" },
		{ "'\xff\\u0000'", "\xef\xbf\xbd", "$.k=nul; $.k=invalid-utf8" },
		/* At the limit, past it, and where the limit is inside a character. */
		{ "'" SIXTY_A "aaaa'", SIXTY_A "aaaa", "" },
		{ "'" SIXTY_A "aaaab'", SIXTY_A "aaaa", "$.k=cut(65 bytes)" },
		{ "'" SIXTY_A "aa\xc3\xa9'", SIXTY_A "aa\xc3\xa9", "" },
		{ "'" SIXTY_A "aaa\xc3\xa9'", SIXTY_A "aaa", "$.k=cut(65 bytes)" },
		{ "'" SIXTY_A "a\xf0\x9f\x98\x80'", SIXTY_A "a", "$.k=cut(65 bytes)" },
		{ "'" SIXTY_A "\xf0\x9f\x98\x80'", SIXTY_A "\xf0\x9f\x98\x80", "" },
		{ "'" SIXTY_A "aa\\u0000aa'", SIXTY_A "aaaa", "$.k=nul" },
		/* The replacement is longer than what it stands for. */
		{ "'" SIXTY_A "aa\xff'", SIXTY_A "aa", "$.k=invalid-utf8; $.k=cut(65 bytes)" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		Fixture fixture;
		set_up(&fixture, rows[i].value);
		const char *text = value_string(&fixture.context, fixture.object, NULL, "k", true);
		g_assert_cmpstr(text, ==, rows[i].text);
		/* It is the report's own, and one for equal texts. */
		g_assert_true(*text == '\0' || report_string(fixture.report, text) == text);
		assert_findings(fixture.report, rows[i].findings);
		tear_down(&fixture);
	}
}

static void
test_not_expected(void)
{
	bool known;
	Fixture fixture;
	set_up(&fixture, NULL);
	const ValueContext *context = &fixture.context;
	g_assert_cmpstr(value_string(context, fixture.object, NULL, "k", false), ==, "");
	g_assert_cmpint(value_count(context, fixture.object, NULL, "k", false, &known), ==, 0);
	g_assert_cmpstr(
		value_lines(context, fixture.object, NULL, "k", LINES_OTHER, NULL, false), ==, "");
	g_assert_null(value_object(context, fixture.object, NULL, "k", false));
	g_assert_null(value_list(context, fixture.object, NULL, "k", false));
	assert_findings(fixture.report, "");
	tear_down(&fixture);
}

typedef struct {
	const char *value;
	int64_t count;
	const char *findings;
} CountRow;

static void
assert_counts(const CountRow *rows, size_t n)
{
	bool known;
	for (size_t i = 0; i < n; i++) {
		Fixture fixture;
		set_up(&fixture, rows[i].value);
		g_assert_cmpint(
			value_count(&fixture.context, fixture.object, NULL, "k", true, &known), ==,
			rows[i].count);
		assert_findings(fixture.report, rows[i].findings);
		tear_down(&fixture);
	}
}

static void
test_count(void)
{
	static const CountRow rows[] = {
		{ NULL, 0, "$.k=missing" },
		{ "null", 0, "$.k=null" },
		{ "0", 0, "" },
		{ "5326", 5326, "" },
		{ "5.0", 5, "$.k=not-integer(5.0)" },
		{ "1e3", 1000, "$.k=not-integer(1e3)" },
		{ "2.5", 2, "$.k=not-integer(2.5)" },
		{ "2.999", 2, "$.k=not-integer(2.999)" },
		{ "-1", 0, "$.k=out-of-range(-1)" },
		{ "-0.5", 0, "$.k=out-of-range(-0.5)" },
		{ "-9223372036854775808", 0, "$.k=out-of-range(-9223372036854775808)" },
		{ "9007199254740991", COUNT_MAX - 1, "" },
		{ "9007199254740992", COUNT_MAX, "" },
		{ "9007199254740993", 0, "$.k=out-of-range(9007199254740993)" },
		{ "9007199254740992.0", COUNT_MAX, "$.k=not-integer(9007199254740992.0)" },
		{ "9007199254740994.0", 0, "$.k=out-of-range(9007199254740994.0)" },
		{ "9223372036854775807", 0, "$.k=out-of-range(9223372036854775807)" },
		{ "1e400", 0, "$.k=out-of-range(1e400)" },
		{ "Infinity", 0, "$.k=out-of-range(Infinity)" },
		{ "'7'", 7, "$.k=wrong-type(string for number)" },
		{ "' 7 '", 7, "$.k=wrong-type(string for number)" },
		{ "'5.0'", 5, "$.k=wrong-type(string for number)" },
		{ "'2.5'", 2, "$.k=wrong-type(string for number); $.k=not-integer" },
		{ "'-1'", 0, "$.k=wrong-type(string for number); $.k=out-of-range" },
		{ "'9007199254740992'", COUNT_MAX, "$.k=wrong-type(string for number)" },
		{ "'9007199254740994'", 0, "$.k=wrong-type(string for number); $.k=out-of-range" },
		{ "'1e400'", 0, "$.k=wrong-type(string for number); $.k=out-of-range" },
		{ "''", 0, "$.k=empty" },
		{ "' '", 0, "$.k=not-a-number" },
		{ "'x'", 0, "$.k=not-a-number" },
		{ "'7x'", 0, "$.k=not-a-number" },
		{ "'7 8'", 0, "$.k=not-a-number" },
		{ "'nan'", 0, "$.k=not-a-number" },
		{ "true", 0, "$.k=wrong-type(boolean for number, ignored)" },
		{ "[7]", 0, "$.k=wrong-type(array for number, ignored)" },
		{ "{}", 0, "$.k=wrong-type(object for number, ignored)" },
	};

	assert_counts(rows, G_N_ELEMENTS(rows));
}

static void
test_huge_count(void)
{
	bool known;
	Fixture fixture;
	set_up(&fixture, "99999999999999999999999");
	g_assert_cmpint(
		value_count(&fixture.context, fixture.object, NULL, "k", true, &known), ==, 0);
	g_assert_cmpuint(fixture.report->findings->len, ==, 1);
	g_assert_cmpint(
		g_array_index(fixture.report->findings, Finding, 0).code, ==, FINDING_OUT_OF_RANGE);
	tear_down(&fixture);
}

/* The first number that is no count, which a double does not hold. */
static void
test_count_text_past_limit(void)
{
	static const CountRow rows[] = {
		{ "'9007199254740993'", 0, "$.k=wrong-type(string for number); $.k=out-of-range" },
	};

	assert_counts(rows, G_N_ELEMENTS(rows));
}

/* json-c takes this word for a number; no count may come of it. */
static void
test_count_nan(void)
{
	static const CountRow rows[] = {
		{ "NaN", 0, "$.k=not-a-number" },
	};

	assert_counts(rows, G_N_ELEMENTS(rows));
}

static void
test_whole_number(void)
{
	static const struct {
		const char *value;
		bool is_number;
		int64_t number;
	} rows[] = {
		{ "5", true, 5 },
		{ "-5", true, -5 },
		{ "9223372036854775807", true, INT64_MAX },
		{ "5.0", false, 99 },
		{ "'5'", false, 99 },
		{ "null", false, 99 },
		{ NULL, false, 99 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		Fixture fixture;
		int64_t number = 99;
		set_up(&fixture, rows[i].value);
		g_assert_cmpint(
			value_whole_number(fixture.object, "k", &number), ==, rows[i].is_number);
		g_assert_cmpint(number, ==, rows[i].number);
		assert_findings(fixture.report, "");
		tear_down(&fixture);
	}
}

static void
assert_lines(const TextRow *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		Fixture fixture;
		set_up(&fixture, rows[i].value);
		g_assert_cmpstr(value_lines(&fixture.context, fixture.object, NULL, "k",
					LINES_OTHER, NULL, true),
			==, rows[i].text);
		assert_findings(fixture.report, rows[i].findings);
		tear_down(&fixture);
	}
}

static void
test_lines(void)
{
	static const TextRow rows[] = {
		{ NULL, "", "$.k=missing" },
		{ "null", "", "$.k=null" },
		{ "[]", "", "$.k=empty" },
		{ "''", "", "$.k=empty" },
		{ "['a']", "a", "" },
		{ "['a','b c','d']", "a\nb c\nd", "" },
		{ "'a'", "a", "$.k=wrong-type(string for array)" },
		{ "' a '", "a", "$.k=wrong-type(string for array); $.k=white-space" },
		{ "7", "", "$.k=wrong-type(number for array, ignored)" },
		{ "true", "", "$.k=wrong-type(boolean for array, ignored)" },
		{ "{}", "", "$.k=empty" },
		{ "['a',null,'b']", "a\nb", "$.k=wrong-type(null for string, ignored)" },
		{ "[['a']]", "", "$.k=wrong-type(array for string, ignored)" },
		{ "[' a','b ','c']", "a\nb\nc", "$.k=white-space" },
		{ "['a','','b']", "a\nb", "" },
		{ "['a\\r\\n','b\\tc']", "a\nb c", "$.k=white-space" },
		{ "['a\\r\\nb','c']", "a\nb\nc", "$.k=list-in-string" },
		{ "['a\\u0000b']", "ab", "$.k=nul" },
		{ "['a\xff']", "a\xef\xbf\xbd", "$.k=invalid-utf8" },
		{ "['" SIXTY_A "aaaa']", SIXTY_A "aaaa", "" },
		{ "['" SIXTY_A "aaaab','b']", SIXTY_A "aaaa\nb", "$.k=cut(65 bytes)" },
		/* 64 + 1 + 63 bytes are the limit. */
		{ "['" SIXTY_A "aaaa','" SIXTY_A "bbb']", SIXTY_A "aaaa\n" SIXTY_A "bbb", "" },
		{ "['" SIXTY_A "aaaa','" SIXTY_A "bbbb','c']", SIXTY_A "aaaa\nc",
			"$.k=cut(lines left out)" },
	};

	assert_lines(rows, G_N_ELEMENTS(rows));
}

/* A number in the place of a string is a finding there too. */
static void
test_number_line(void)
{
	static const TextRow rows[] = {
		{ "['a',5]", "a\n5", "$.k=wrong-type(number for string)" },
	};

	assert_lines(rows, G_N_ELEMENTS(rows));
}

/* One line alone may be as long as several together. */
static void
test_line_at_limit(void)
{
	Fixture fixture;
	set_up(&fixture, "['" SIXTY_A "aaaa']");
	fixture.limits.lines = 64;
	g_assert_cmpstr(
		value_lines(&fixture.context, fixture.object, NULL, "k", LINES_OTHER, NULL, true),
		==, SIXTY_A "aaaa");
	assert_findings(fixture.report, "");
	tear_down(&fixture);
}

static void
test_unwrapped(void)
{
	Fixture fixture;
	set_up(&fixture, "['[]']");
	struct json_object *array = json_tokener_parse("[\"3 1 1 aa\", \" 3 1 1 bb\"]");
	const char *lines = value_lines(
		&fixture.context, fixture.object, NULL, "k", LINES_OTHER, array, true);
	g_assert_cmpstr(lines, ==, "3 1 1 aa\n3 1 1 bb");
	assert_findings(fixture.report, "$.k=json-in-string; $.k=white-space");
	json_object_put(array);
	tear_down(&fixture);
}

static void
test_only_string(void)
{
	static const struct {
		const char *value, *text;
	} rows[] = {
		{ "'a'", "a" },
		{ "['a']", "a" },
		{ "['a','b']", NULL },
		{ "[]", NULL },
		{ "[7]", NULL },
		{ "7", NULL },
		{ "null", NULL },
		{ NULL, NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		Fixture fixture;
		set_up(&fixture, rows[i].value);
		g_assert_cmpstr(value_only_string(fixture.object, "k"), ==, rows[i].text);
		tear_down(&fixture);
	}
}

/* What the value under a key is taken for; no getter of these adds a finding. */
static void
test_peek(void)
{
	static const struct {
		const char *value;
		bool has, is_object, is_list;
	} rows[] = {
		{ "{'a':1}", true, true, true },
		{ "[1]", true, false, true },
		{ "'a'", true, false, false },
		{ "7", true, false, false },
		{ "null", true, false, false },
		{ NULL, false, false, false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		Fixture fixture;
		set_up(&fixture, rows[i].value);
		g_assert_cmpint(value_has(fixture.object, "k"), ==, rows[i].has);
		g_assert_cmpint(
			value_peek_object(fixture.object, "k") != NULL, ==, rows[i].is_object);
		g_assert_cmpint(value_peek_list(fixture.object, "k") != NULL, ==, rows[i].is_list);
		assert_findings(fixture.report, "");
		tear_down(&fixture);
	}
	g_assert_false(value_has(NULL, "k"));
	g_assert_null(value_peek_object(NULL, "k"));
	g_assert_null(value_peek_list(NULL, "k"));
	g_assert_null(value_only_string(NULL, "k"));
}

/* In an object of few members and in one of many, which are found in two ways. */
static void
test_find(void)
{
	for (int n = 0; n < 40; n++) {
		struct json_object *object = json_object_new_object();
		struct json_object *found = object;
		for (int i = 0; i < n; i++) {
			g_autofree char *key = g_strdup_printf("k%d", i);
			json_object_object_add(object, key, json_object_new_int(i));
		}
		json_object_object_add(object, "null", NULL);
		for (int i = 0; i < n; i++) {
			g_autofree char *key = g_strdup_printf("k%d", i);
			g_assert_true(value_find(object, key, &found));
			g_assert_cmpint(json_object_get_int(found), ==, i);
		}
		g_assert_true(value_find(object, "null", &found));
		g_assert_null(found);
		found = object;
		g_assert_false(value_find(object, "k", &found));
		g_assert_null(found);
		json_object_put(object);
	}
}

static void
test_object_and_list(void)
{
	static const struct {
		const char *value;
		bool is_object;
		const char *object_findings;
		size_t length;
		const char *list_findings;
	} rows[] = {
		{ "{}", true, "", 1, "$.k=wrong-type(object for array)" },
		{ "[]", false, "$.k=wrong-type(array for object, ignored)", 0, "" },
		{ "[1,2]", false, "$.k=wrong-type(array for object, ignored)", 2, "" },
		{ "'a'", false, "$.k=wrong-type(string for object, ignored)", 0,
			"$.k=wrong-type(string for array, ignored)" },
		{ "null", false, "$.k=null", 0, "$.k=null" },
		{ NULL, false, "$.k=missing", 0, "$.k=missing" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		Fixture one, two;
		set_up(&one, rows[i].value);
		set_up(&two, rows[i].value);
		struct json_object *object = value_object(
			&one.context, one.object, NULL, "k", true);
		struct json_object *list = value_list(&two.context, two.object, NULL, "k", true);
		g_assert_cmpint(object != NULL, ==, rows[i].is_object);
		assert_findings(one.report, rows[i].object_findings);
		g_assert_cmpuint(value_list_length(list), ==, rows[i].length);
		assert_findings(two.report, rows[i].list_findings);
		tear_down(&one);
		tear_down(&two);
	}
}

static void
test_list_element(void)
{
	struct json_object *array = json_tokener_parse("[1, {\"a\": 2}]");
	struct json_object *object = json_tokener_parse("{\"a\": 2}");

	g_assert_cmpint(json_object_get_int(value_list_element(array, 0)), ==, 1);
	g_assert_true(value_has(value_list_element(array, 1), "a"));
	g_assert_true(value_list_element(object, 0) == object);
	g_assert_cmpuint(value_list_length(NULL), ==, 0);
	json_object_put(array);
	json_object_put(object);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/value/path-text", test_path_text);
	g_test_add_func("/value/finding-path", test_finding_path);
	g_test_add_func("/value/string", test_string);
	g_test_add_func("/value/not-expected", test_not_expected);
	g_test_add_func("/value/count", test_count);
	g_test_add_func("/value/huge-count", test_huge_count);
	g_test_add_func("/value/whole-number", test_whole_number);
	g_test_add_func("/value/lines", test_lines);
	g_test_add_func("/value/unwrapped", test_unwrapped);
	g_test_add_func("/value/only-string", test_only_string);
	g_test_add_func("/value/peek", test_peek);
	g_test_add_func("/value/find", test_find);
	g_test_add_func("/value/object-and-list", test_object_and_list);
	g_test_add_func("/value/list-element", test_list_element);
	g_test_add_func("/value/count-text-past-limit", test_count_text_past_limit);
	g_test_add_func("/value/count-nan", test_count_nan);
	g_test_add_func("/value/number-line", test_number_line);
	g_test_add_func("/value/line-at-limit", test_line_at_limit);
	return g_test_run();
}
