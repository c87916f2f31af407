#include "tlsrpt/series.h"

#include "util.h"

/* The objects of a text with "|" between them. */
static void
test_split(void)
{
	static const struct {
		const char *text, *items;
		SeriesEnd end;
	} rows[] = {
		{ "{}", "{}", SERIES_WHOLE },
		{ " {} \n", "{}", SERIES_WHOLE },
		{ "{}{}", "{}|{}", SERIES_WHOLE },
		{ "{\"a\":{}}\n{\"b\":[{}]}\r\n{}", "{\"a\":{}}|{\"b\":[{}]}|{}", SERIES_WHOLE },
		{ "{},{}", "{}|{}", SERIES_WHOLE },
		{ "\x1e{}\n\x1e{}\n", "{}|{}", SERIES_WHOLE },
		{ "\xef\xbb\xbf{}\xef\xbb\xbf{}", "{}|{}", SERIES_WHOLE },
		{ "[{},{}]", "{}|{}", SERIES_WHOLE },
		{ "[[{}],[{}]]", "{}|{}", SERIES_WHOLE },
		{ "[]", "", SERIES_WHOLE },
		{ "", "", SERIES_WHOLE },
		/* Braces and quotes in strings. */
		{ "{\"}\":1}{}", "{\"}\":1}|{}", SERIES_WHOLE },
		{ "{\"\\\"}\":1}{}", "{\"\\\"}\":1}|{}", SERIES_WHOLE },
		{ "{\"\\\\\":1}{}", "{\"\\\\\":1}|{}", SERIES_WHOLE },
		/* What follows the last one stays with it. */
		{ "{}\n-- \nsent by hand", "{}\n-- \nsent by hand", SERIES_WHOLE },
		{ "{}{} x", "{}|{} x", SERIES_WHOLE },
		{ "x {}", "", SERIES_WHOLE },
		/* Cut, and mixed. */
		{ "{}{\"a\":", "{}|{\"a\":", SERIES_WHOLE },
		{ "{}{\"a", "{}|{\"a", SERIES_WHOLE },
		{ "{}{\"\\", "{}|{\"\\", SERIES_WHOLE },
		{ "[{},{}", "{}|{}", SERIES_NO_END },
		{ "[{},", "{}", SERIES_NO_END },
		{ "[{},5,{}]", "{}", SERIES_OTHER_ELEMENT },
		{ "[1]", "", SERIES_OTHER_ELEMENT },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		SeriesEnd end;
		g_autoptr(GBytes) whole = bytes_of(rows[i].text);
		g_autoptr(GBytes) own = bytes_cut(whole, strlen(rows[i].text));
		const char *text = g_bytes_get_data(own, NULL);
		g_autoptr(GArray) items = series_split(text, strlen(rows[i].text), 9, &end);
		GString *found = g_string_new(NULL);
		for (guint j = 0; j < items->len; j++) {
			const SeriesItem *item = &g_array_index(items, SeriesItem, j);
			g_string_append_printf(found, "%s%.*s", j > 0 ? "|" : "", (int)item->length,
				text + item->start);
		}
		g_test_message("%s", rows[i].text);
		g_assert_cmpstr(found->str, ==, rows[i].items);
		g_assert_cmpint(end, ==, rows[i].end);
		g_string_free(found, TRUE);
	}
}

/* One more than the limit tells that there are more. */
static void
test_limit(void)
{
	SeriesEnd end;

	for (size_t limit = 0; limit < 5; limit++) {
		g_autoptr(GArray) items = series_split("{}{}{}", 6, limit, &end);
		g_assert_cmpuint(items->len, ==, MIN(limit + 1, 3));
	}
}

static void
test_is_array(void)
{
	g_assert_true(series_is_array("[{}]", 4));
	g_assert_true(series_is_array("\xef\xbb\xbf [", 5));
	g_assert_false(series_is_array("{}", 2));
	g_assert_false(series_is_array("", 0));
	g_assert_false(series_is_array(NULL, 0));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/series/split", test_split);
	g_test_add_func("/series/limit", test_limit);
	g_test_add_func("/series/is-array", test_is_array);
	return g_test_run();
}
