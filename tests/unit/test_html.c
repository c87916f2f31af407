#include "tlsrpt/html.h"

#include "util.h"

typedef struct {
	const char *text;
	size_t limit;
	const char *safe;
} HtmlRow;

static void
assert_escapes(const HtmlRow *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		g_autofree char *safe = html_escape(rows[i].text, rows[i].limit);
		g_assert_cmpstr(safe, ==, rows[i].safe);
	}
}

static void
test_text(void)
{
	static const HtmlRow rows[] = {
		{ "", 0, "" },
		{ "plain, 100 %", 0, "plain, 100 %" },
		{ "\xc3\xa9\xe4\xbe\x8b\xf0\x9f\x98\x80", 0, "\xc3\xa9\xe4\xbe\x8b\xf0\x9f\x98\x80" },
		{ "<script>alert(1)</script>", 0, "&lt;script&gt;alert(1)&lt;/script&gt;" },
		{ "&lt;", 0, "&amp;lt;" },
		{ "&#60;b&#x3e;", 0, "&amp;#60;b&amp;#x3e;" },
		{ "<!-- -->", 0, "&lt;!-- --&gt;" },
		{ "]]>", 0, "]]&gt;" },
		{ "</title><b>", 0, "&lt;/title&gt;&lt;b&gt;" },
	};

	assert_escapes(rows, G_N_ELEMENTS(rows));
}

/* In quotes of either kind. */
static void
test_attribute(void)
{
	static const HtmlRow rows[] = {
		{ "\" onmouseover=\"x", 0, "&quot; onmouseover=&quot;x" },
		{ "' onmouseover='x", 0, "&#39; onmouseover=&#39;x" },
		{ "a\nb\tc\rd\fe", 0, "a\\u{a}b\\u{9}c\\u{d}d\\u{c}e" },
		{ "`x`", 0, "`x`" },
	};

	assert_escapes(rows, G_N_ELEMENTS(rows));
}

static void
test_acting(void)
{
	static const HtmlRow rows[] = {
		{ "\xe2\x80\xae<", 0, "\\u{202e}&lt;" },
		{ "\xff&", 0, "\\x{ff}&amp;" },
		{ "\x1b[31m", 0, "\\u{1b}[31m" },
		{ "\xc2\x85", 0, "\\u{85}" },
		/* The limit is of what was written, so no entity is cut. */
		{ "<<<<", 3, "&lt;&lt;&lt;..." },
		{ "&&&", 3, "&amp;&amp;&amp;" },
	};

	assert_escapes(rows, G_N_ELEMENTS(rows));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/html/text", test_text);
	g_test_add_func("/html/attribute", test_attribute);
	g_test_add_func("/html/acting", test_acting);
	return g_test_run();
}
