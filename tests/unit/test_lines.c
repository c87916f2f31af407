#include "tlsrpt/lines.h"

#include "util.h"

static void
test_split(void)
{
	static const struct {
		LineKind kind;
		const char *text, *lines; /* with "|" between them */
	} rows[] = {
		{ LINES_STS, "version: STSv1", "version: STSv1" },
		{ LINES_STS, "version: STSv1\r\nmode: enforce\nmx: a\rmax_age: 1\n",
			"version: STSv1|mode: enforce|mx: a|max_age: 1" },
		{ LINES_STS, "version: STSv1\\r\\nmode: enforce\\n",
			"version: STSv1|mode: enforce" },
		{ LINES_STS, "version: STSv1, mode: enforce, mx: a, mx: b, max_age: 1",
			"version: STSv1|mode: enforce|mx: a|mx: b|max_age: 1" },
		{ LINES_STS, "version: STSv1;mode: enforce;", "version: STSv1|mode: enforce" },
		{ LINES_STS, "version: STSv1 mode: enforce", "version: STSv1|mode: enforce" },
		{ LINES_STS, "VERSION: STSv1 MODE : enforce", "VERSION: STSv1|MODE : enforce" },
		{ LINES_STS, "x-mode: a b", "x-mode: a b" },
		{ LINES_STS, "note: the mode is fine", "note: the mode is fine" },
		{ LINES_STS, " \n\n ", "" },
		{ LINES_STS, "", "" },
		{ LINES_TLSA, "3 1 1 ab", "3 1 1 ab" },
		{ LINES_TLSA, "3 1 1 ab, 2 1 1 cd", "3 1 1 ab|2 1 1 cd" },
		{ LINES_TLSA, "3 1 1 ab;2 1 1 cd\n3 1 1 ef", "3 1 1 ab|2 1 1 cd|3 1 1 ef" },
		{ LINES_TLSA, "_25._tcp.mx IN TLSA 3 1 1 ab ; the current one",
			"_25._tcp.mx IN TLSA 3 1 1 ab" },
		{ LINES_TLSA,
			"_25._tcp.mx IN TLSA ( 3 1 1\n ab\n cd )\n_25._tcp.mx IN TLSA 2 1 1 ef",
			"_25._tcp.mx IN TLSA ( 3 1 1  ab  cd )|_25._tcp.mx IN TLSA 2 1 1 ef" },
		{ LINES_TLSA, "( 3 1 1 ab", "( 3 1 1 ab" },
		{ LINES_NAMES, "mx1.example", "mx1.example" },
		{ LINES_NAMES, "[mx1.example]", "mx1.example" },
		{ LINES_NAMES, "mx1.example,mx2.example", "mx1.example|mx2.example" },
		{ LINES_NAMES, "[mx1.example, mx2.example]", "mx1.example|mx2.example" },
		{ LINES_NAMES, "['mx1.example', \"mx2.example\"]", "mx1.example|mx2.example" },
		{ LINES_NAMES, "mx1.example mx2.example", "mx1.example|mx2.example" },
		{ LINES_NAMES, "mx1.example; mx2.example;", "mx1.example|mx2.example" },
		{ LINES_NAMES, "mx1.example\nmx2.example", "mx1.example|mx2.example" },
		{ LINES_NAMES, "not a host", "not a host" },
		{ LINES_NAMES, "mx: mx1.example", "mx: mx1.example" },
		{ LINES_NAMES, "[]", "" },
		{ LINES_OTHER, "a, b; c: d\ne", "a, b; c: d|e" },
		{ LINES_OTHER, "a\\nb", "a\\nb" },
		{ LINES_OTHER, "a\tb\x01", "a b" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_auto(GStrv) lines = lines_split(rows[i].kind, rows[i].text);
		g_autofree char *joined = g_strjoinv("|", lines);
		g_test_message("%s", rows[i].text);
		g_assert_cmpstr(joined, ==, rows[i].lines);
	}
}

/* What is one line for sure is one when it is split, too. */
static void
test_is_one(void)
{
	static const struct {
		LineKind kind;
		const char *text;
		bool is_one;
	} rows[] = {
		{ LINES_STS, "mode: enforce", true },
		{ LINES_STS, "mx: *.example.org", true },
		{ LINES_STS, "version: STSv1 mode: none", false },
		{ LINES_STS, "a\\nb", false },
		{ LINES_TLSA, "3 1 1 ab", true },
		{ LINES_TLSA, "3 1 1 ab,3 1 1 cd", false },
		{ LINES_NAMES, "mx1.example", true },
		{ LINES_NAMES, "[mx1.example]", false },
		{ LINES_NAMES, "a b", false },
		{ LINES_OTHER, "a, b\\n", true },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_auto(GStrv) lines = lines_split(rows[i].kind, rows[i].text);
		g_assert_cmpint(lines_is_one(rows[i].kind, rows[i].text), ==, rows[i].is_one);
		if (rows[i].is_one) {
			g_assert_cmpuint(g_strv_length(lines), ==, 1);
			g_assert_cmpstr(lines[0], ==, rows[i].text);
		}
	}
}

static void
test_from_member(void)
{
	static const struct {
		LineKind kind;
		const char *key, *line;
	} rows[] = {
		{ LINES_STS, "mode", "mode: x" },
		{ LINES_STS, "max_age", "max_age: x" },
		{ LINES_STS, "maxAge", "max_age: x" },
		{ LINES_STS, "max-age", "max_age: x" },
		{ LINES_STS, "mx-host", "mx: x" },
		{ LINES_OTHER, "maxAge", "maxAge: x" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *line = lines_from_member(rows[i].kind, rows[i].key, "x");
		g_assert_cmpstr(line, ==, rows[i].line);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/lines/split", test_split);
	g_test_add_func("/lines/is-one", test_is_one);
	g_test_add_func("/lines/from-member", test_from_member);
	return g_test_run();
}
