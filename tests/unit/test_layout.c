#include "tlsrpt/layout.h"

#include <string.h>

static void
test_columns(void)
{
	static const struct {
		const char *text;
		int columns, widest;
	} rows[] = {
		{ "", 0, 0 },
		{ "a", 1, 1 },
		{ "a bc def", 8, 3 },
		{ "  a  ", 5, 1 },
		{ "caf\xc3\xa9", 4, 4 },
		{ "cafe\xcc\x81", 4, 4 }, /* a combining accent */
		{ "\xe6\xbc\xa2\xe5\xad\x97 x", 6, 4 }, /* two columns each */
		{ "\xe2\x80\x8b", 0, 0 }, /* zero width space */
		{ "Google" LAYOUT_BLANKS "Inc., x", 14, 12 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const LayoutNeed need = layout_need(rows[i].text);
		g_test_message("%s", rows[i].text);
		g_assert_cmpint(need.natural, ==, rows[i].columns);
		g_assert_cmpint(need.minimum, ==, rows[i].widest);
	}
}

static void
test_line(void)
{
	static const struct {
		const char *text;
		int width;
		const char *line;
	} rows[] = {
		{ "", 10, "" },
		{ "   ", 10, "" },
		{ "one two", 10, "one two" },
		{ "one two", 7, "one two" },
		{ "one two", 6, "one" },
		{ "one two", 3, "one" },
		{ "one two", 2, "on" },
		{ "one two", 1, "o" },
		{ "one two", 0, "o" },
		{ "one   two", 6, "one" },
		{ "one two   ", 7, "one two" },
		{ "one two   ", 20, "one two" },
		{ "  one two", 6, "  one" },
		{ "one" LAYOUT_BLANKS "two three", 9, "one" LAYOUT_BLANKS "two" },
		/* A word that is too wide: after a joint, but not right at the beginning. */
		{ "mx1.department.example", 16, "mx1.department." },
		{ "m.departmentexample", 8, "m.depart" },
		{ "one,two,three", 9, "one,two," },
		{ "Microsoft" LAYOUT_BLANKS "Corporation", 12, "Microsoft" },
		/* Characters are not torn apart, nor from what combines with them. */
		{ "\xe6\xbc\xa2\xe5\xad\x97", 3, "\xe6\xbc\xa2" },
		{ "\xe6\xbc\xa2\xe5\xad\x97", 1, "\xe6\xbc\xa2" },
		{ "ae\xcc\x81x", 2, "ae\xcc\x81" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *line = g_strndup(
			rows[i].text, layout_line(rows[i].text, rows[i].width));
		g_test_message("%s in %d", rows[i].text, rows[i].width);
		g_assert_cmpstr(line, ==, rows[i].line);
	}
}

#define COLUMNS 3

typedef struct {
	int available;
	const char *widths; /* "3,4,5"; NULL: no room */
} WidthsRow;

static void
assert_widths(const LayoutNeed *needs, size_t n_rows, const WidthsRow *rows, size_t n)
{
	static const bool may_spill[COLUMNS] = { true, true, false };

	for (size_t i = 0; i < n; i++) {
		int widths[COLUMNS];
		const bool has_room = layout_widths(
			needs, n_rows, COLUMNS, may_spill, rows[i].available, widths);
		g_test_message("%d columns", rows[i].available);
		g_assert_cmpint(has_room, ==, rows[i].widths != NULL);
		if (!has_room)
			continue;
		g_autofree char *text = g_strdup_printf(
			"%d,%d,%d", widths[0], widths[1], widths[2]);
		g_assert_cmpstr(text, ==, rows[i].widths);
		g_assert_cmpint(widths[0] + widths[1] + widths[2], <=, rows[i].available);
	}
}

/* Names of one word, sentences, numbers. */
static void
test_widths(void)
{
	static const LayoutNeed needs[][COLUMNS] = {
		{ { 6, 6 }, { 4, 9 }, { 8, 8 } }, /* the header */
		{ { 10, 10 }, { 7, 40 }, { 3, 3 } },
		{ { 12, 12 }, { 5, 20 }, { 3, 3 } },
		{ { 40, 40 }, { 6, 6 }, { 9, 9 } },
	};
	static const WidthsRow rows[] = {
		{ 200, "40,40,9" }, /* no more than is wanted */
		{ 89, "40,40,9" },
		{ 88, "40,39,9" },
		{ 56, "40,7,9" },
		/* The one long name spills, and what that wins goes to the sentences. */
		{ 55, "12,34,9" },
		{ 28, "12,7,9" },
		/* What wins most for a cell that spills. */
		{ 27, "10,8,9" },
		{ 25, "6,10,9" },
		{ 19, "6,4,9" },
		{ 18, NULL },
		{ 0, NULL },
	};

	assert_widths(needs[0], G_N_ELEMENTS(needs), rows, G_N_ELEMENTS(rows));
}

static void
test_equal_parts(void)
{
	static const LayoutNeed needs[][COLUMNS] = {
		{ { 4, 4 }, { 4, 4 }, { 4, 4 } },
		{ { 5, 50 }, { 5, 12 }, { 4, 4 } },
	};
	static const WidthsRow rows[] = {
		{ 66, "50,12,4" },
		{ 40, "24,12,4" }, /* what one does not want is the other's */
		{ 20, "8,8,4" },
		{ 15, "6,5,4" },
	};

	assert_widths(needs[0], G_N_ELEMENTS(needs), rows, G_N_ELEMENTS(rows));
}

/* A header alone. */
static void
test_no_rows(void)
{
	static const LayoutNeed needs[COLUMNS] = { { 6, 10 }, { 4, 4 }, { 8, 8 } };
	static const WidthsRow rows[] = {
		{ 80, "10,4,8" },
		{ 20, "8,4,8" },
		{ 18, "6,4,8" },
		{ 17, NULL },
	};

	assert_widths(needs, 1, rows, G_N_ELEMENTS(rows));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/layout/columns", test_columns);
	g_test_add_func("/layout/line", test_line);
	g_test_add_func("/layout/widths", test_widths);
	g_test_add_func("/layout/equal-parts", test_equal_parts);
	g_test_add_func("/layout/no-rows", test_no_rows);
	return g_test_run();
}
