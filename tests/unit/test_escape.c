#include "tlsrpt/escape.h"

#include "util.h"

typedef struct {
	const char *text;
	size_t limit;
	const char *safe;
} EscapeRow;

static void
assert_escapes(const EscapeRow *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		g_autofree char *safe = escape_terminal(rows[i].text, rows[i].limit);
		g_assert_cmpstr(safe, ==, rows[i].safe);
	}
}

static void
test_plain(void)
{
	static const EscapeRow rows[] = {
		{ "", 0, "" },
		{ "plain text, 'quoted' \"too\"", 0, "plain text, 'quoted' \"too\"" },
		{ "\xc3\xa9\xe4\xbe\x8b\xf0\x9f\x98\x80", 0,
			"\xc3\xa9\xe4\xbe\x8b\xf0\x9f\x98\x80" },
		/* A letter with a combining accent. */
		{ "e\xcc\x81", 0, "e\xcc\x81" },
	};

	assert_escapes(rows, G_N_ELEMENTS(rows));
}

static void
test_control_characters(void)
{
	static const EscapeRow rows[] = {
		{ "a\nb", 0, "a\\u{a}b" },
		{ "a\r\n", 0, "a\\u{d}\\u{a}" },
		{ "\t", 0, "\\u{9}" },
		{ "\x1b[31m", 0, "\\u{1b}[31m" },
		{ "\x01\x7f", 0, "\\u{1}\\u{7f}" },
		{ "\xc2\x9b"
		  "31m",
			0, "\\u{9b}31m" },
		{ "\xc2\x85", 0, "\\u{85}" },
	};

	assert_escapes(rows, G_N_ELEMENTS(rows));
}

/* What turns the text around it, and what cannot be seen. */
static void
test_invisible(void)
{
	static const EscapeRow rows[] = {
		{ "\xe2\x80\xae", 0, "\\u{202e}" },
		{ "\xe2\x80\xaa\xe2\x80\xab\xe2\x80\xac\xe2\x80\xad", 0,
			"\\u{202a}\\u{202b}\\u{202c}\\u{202d}" },
		{ "\xe2\x81\xa6\xe2\x81\xa7\xe2\x81\xa8\xe2\x81\xa9", 0,
			"\\u{2066}\\u{2067}\\u{2068}\\u{2069}" },
		{ "\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c", 0, "\\u{200e}\\u{200f}\\u{61c}" },
		{ "\xe2\x80\x8b\xef\xbb\xbf", 0, "\\u{200b}\\u{feff}" },
		{ "\xe2\x80\xa8\xe2\x80\xa9", 0, "\\u{2028}\\u{2029}" },
		{ "\xee\x80\x80", 0, "\\u{e000}" },
		{ "\xf3\xa0\x80\x81", 0, "\\u{e0001}" },
		/* Letters, signs and marks that show nothing: the fillers of Hangul, an empty Braille pattern. */
		{ "\xe3\x85\xa4\xef\xbe\xa0\xe1\x85\x9f\xe1\x85\xa0", 0,
			"\\u{3164}\\u{ffa0}\\u{115f}\\u{1160}" },
		{ "\xe2\xa0\x80", 0, "\\u{2800}" },
		{ "a\xcd\x8f\xe1\x9e\xb4\xe1\x9e\xb5", 0, "a\\u{34f}\\u{17b4}\\u{17b5}" },
		{ "a\xe1\xa0\x8b\xe1\xa0\x8f\xef\xb8\x80\xef\xb8\x8f\xf3\xa0\x84\x80\xf3\xa0\x87\xaf",
			0, "a\\u{180b}\\u{180f}\\u{fe00}\\u{fe0f}\\u{e0100}\\u{e01ef}" },
	};

	assert_escapes(rows, G_N_ELEMENTS(rows));
}

/* Marks would be piled up over the lines around, or change what stands before the text. */
static void
test_marks(void)
{
	static const EscapeRow rows[] = {
		{ "e\xcc\x81\xcc\x82\xcc\x83\xcc\x84", 0, "e\xcc\x81\xcc\x82\xcc\x83\xcc\x84" },
		{ "e\xcc\x81\xcc\x82\xcc\x83\xcc\x84\xcc\x85\xcc\x86z\xcc\x81", 0,
			"e\xcc\x81\xcc\x82\xcc\x83\xcc\x84\\u{305}\\u{306}z\xcc\x81" },
		{ "\xcc\xb8x", 0, "\\u{338}x" },
		{ "\n\xcc\xb8x", 0, "\\u{a}\\u{338}x" },
		{ "x \xcc\xb8x", 0, "x \\u{338}x" },
		{ "a\xe2\x83\x9d", 0, "a\xe2\x83\x9d" },
		/* Vowels of Devanagari and Thai, which are marks. */
		{ "\xe0\xa4\x95\xe0\xa5\x8d\xe0\xa4\xb7\xe0\xa4\xbf", 0,
			"\xe0\xa4\x95\xe0\xa5\x8d\xe0\xa4\xb7\xe0\xa4\xbf" },
		{ "\xe0\xb8\x97\xe0\xb8\xb5\xe0\xb9\x88", 0,
			"\xe0\xb8\x97\xe0\xb8\xb5\xe0\xb9\x88" },
	};

	assert_escapes(rows, G_N_ELEMENTS(rows));
}

static void
test_invalid(void)
{
	static const EscapeRow rows[] = {
		{ "\xff", 0, "\\x{ff}" },
		{ "a\xc3", 0, "a\\x{c3}" },
		{ "\xc3("
		  "b",
			0, "\\x{c3}(b" },
		{ "\xe2\x80", 0, "\\x{e2}\\x{80}" },
		/* Overlong, a surrogate, and past the last character. */
		{ "\xc0\xaf", 0, "\\x{c0}\\x{af}" },
		{ "\xed\xa0\x80", 0, "\\x{ed}\\x{a0}\\x{80}" },
		{ "\xf4\x90\x80\x80", 0, "\\x{f4}\\x{90}\\x{80}\\x{80}" },
	};

	assert_escapes(rows, G_N_ELEMENTS(rows));
}

static void
test_limit(void)
{
	static const EscapeRow rows[] = {
		{ "abcd", 5, "abcd" },
		{ "abcde", 5, "abcde" },
		{ "abcdef", 5, "abcde..." },
		{ "abcdefghij", 1, "a..." },
		{ "", 5, "" },
		{ "abc\xc3\xa9", 5, "abc\xc3\xa9" },
		{ "abc\xc3\xa9x", 5, "abc\xc3\xa9..." },
	};

	assert_escapes(rows, G_N_ELEMENTS(rows));
}

/* A text that is longer than the limit is cut, also where the limit is inside a character. */
static void
test_limit_inside_character(void)
{
	static const EscapeRow rows[] = {
		{ "abcd\xc3\xa9", 5, "abcd..." },
		{ "abc\xe2\x80\xae", 5, "abc..." },
	};

	assert_escapes(rows, G_N_ELEMENTS(rows));
}

/* What JSON says stays the same, however it is written. */
static void
test_json(void)
{
	static const char *const rows[][2] = {
		{ "{\n  \"a\": \"\u00fc\"\n}", "{\n  \"a\": \"\u00fc\"\n}" },
		{ "\"x\u202ey\u2066\"", "\"x\\u202ey\\u2066\"" },
		{ "\"\x7f\xc2\x85\xc2\x9b\"", "\"\\u007f\\u0085\\u009b\"" },
		{ "\"\xf3\xa0\x80\x81\"", "\"\\udb40\\udc01\"" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *safe = escape_json(rows[i][0]);
		g_assert_cmpstr(safe, ==, rows[i][1]);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/escape/plain", test_plain);
	g_test_add_func("/escape/control-characters", test_control_characters);
	g_test_add_func("/escape/invisible", test_invisible);
	g_test_add_func("/escape/marks", test_marks);
	g_test_add_func("/escape/invalid", test_invalid);
	g_test_add_func("/escape/limit", test_limit);
	g_test_add_func("/escape/json", test_json);
	g_test_add_func("/escape/limit-inside-character", test_limit_inside_character);
	return g_test_run();
}
