#include "tlsrpt/render.h"

#include "util.h"

#include <json-c/json.h>
#include <locale.h>

/* A document of one table, whose rows are one text each. */
static Document *
text_document(const char *const *texts, size_t n)
{
	static const Column columns[] = { { "text", "Text", CELL_TEXT } };
	Document *document = document_new("test");
	Table *table = document_add_table(document, "rows", NULL, columns, 1);

	for (size_t i = 0; i < n; i++)
		cell_set_text(&table_add_row(table)[0], texts[i]);
	return document;
}

/* One row with a cell of each kind. */
static Document *
mixed_document(void)
{
	static const Column columns[] = {
		{ "text", "Text", CELL_TEXT },
		{ "word", "Word", CELL_WORD },
		{ "count", "Count", CELL_COUNT },
		{ "share", "Share", CELL_SHARE },
		{ "day", "Day", CELL_DAY },
		{ "time", "Time", CELL_TIME },
		{ "bars", "Bars", CELL_BARS },
	};
	const double shares[] = { CELL_NOTHING, 0, 0.25, 1 };
	Document *document = document_new("test");
	Table *table = document_add_table(document, "rows", NULL, columns, G_N_ELEMENTS(columns));

	for (int i = 0; i < 2; i++) {
		Cell *cells = table_add_row(table);
		cells[3].share = CELL_NOTHING;
		cells[6].bars = g_array_new(FALSE, FALSE, sizeof(double));
		g_array_append_vals(cells[6].bars, shares, i == 0 ? 4 : 0);
		if (i > 0)
			continue;
		cell_set_text(&cells[0], "a \"b\"");
		cell_set_text(&cells[1], "word");
		cells[2].number = INT64_MAX;
		cells[3].share = 1.0 / 3;
		cells[4].number = 20780;
		cells[5].number = 20780 * 86400 + 1;
	}
	return document;
}

/* What a format makes of a document; caller frees. */
static char *
rendered(const char *format, const Document *document, bool ascii)
{
	char *text = NULL;
	size_t size;
	const Output out = { .file = open_memstream(&text, &size), .width = 80, .ascii = ascii };

	render(document, format, &out);
	g_assert_cmpint(fclose(out.file), ==, 0);
	g_assert_cmpuint(strlen(text), ==, size);
	return text;
}

static void
test_formats(void)
{
	static const struct {
		const char *schema, *formats;
	} rows[] = {
		{ "trend", "text json ndjson csv" },
		{ "summary", "text json ndjson csv" },
		{ "digest", "message html text json ndjson csv" },
		{ "daily", "text json ndjson csv prometheus" },
		{ "of which nobody knows", "text json ndjson csv" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree const char **formats = render_formats(rows[i].schema);
		g_autofree char *joined = g_strjoinv(" ", (char **)formats);
		g_assert_cmpstr(joined, ==, rows[i].formats);
	}
}

typedef struct {
	const char *text, *field;
} FieldRow;

static void
assert_fields(const FieldRow *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		g_autoptr(Document) document = text_document(&rows[i].text, 1);
		g_autofree char *csv = rendered("csv", document, false);
		g_autofree char *expected = g_strconcat("text\r\n", rows[i].field, "\r\n", NULL);
		g_assert_cmpstr(csv, ==, expected);
	}
}

/* RFC 4180 section 2. */
static void
test_csv_quoting(void)
{
	static const FieldRow rows[] = {
		{ NULL, "" },
		{ "", "" },
		{ "plain", "plain" },
		{ " blanks ", " blanks " },
		{ "a,b", "\"a,b\"" },
		{ "a;b", "a;b" },
		{ "a\"b", "\"a\"\"b\"" },
		{ "\"", "\"\"\"\"" },
		{ "\"\"", "\"\"\"\"\"\"" },
		{ "a\nb", "\"a\nb\"" },
		{ "a\rb", "\"a\rb\"" },
		{ "a\r\nb", "\"a\r\nb\"" },
		{ "a\tb", "a\tb" },
		{ "\xc3\xa9", "\xc3\xa9" },
		{ "'a", "'a" },
	};

	assert_fields(rows, G_N_ELEMENTS(rows));
}

static void
test_csv_formulas(void)
{
	static const FieldRow rows[] = {
		{ "=1+1", "\"'=1+1\"" },
		{ "+1", "\"'+1\"" },
		{ "-1", "\"'-1\"" },
		{ "@SUM(A1)", "\"'@SUM(A1)\"" },
		{ "\t=1", "\"'\t=1\"" },
		{ "\r=1", "\"'\r=1\"" },
		{ "-", "\"'-\"" },
		{ "=\"a\"", "\"'=\"\"a\"\"\"" },
		{ "a=1", "a=1" },
		{ "1-1", "1-1" },
		{ "'=1", "'=1" },
	};

	assert_fields(rows, G_N_ELEMENTS(rows));
}

static void
test_csv_kinds(void)
{
	g_autoptr(Document) document = mixed_document();
	g_autofree char *csv = rendered("csv", document, false);
	g_auto(GStrv) lines = g_strsplit(csv, "\r\n", -1);

	g_assert_cmpuint(g_strv_length(lines), ==, 4);
	g_assert_cmpstr(lines[0], ==, "text,word,count,share,day,time,bars");
	g_assert_true(g_str_has_prefix(lines[1],
		"\"a \"\"b\"\"\",word,9223372036854775807,0.333333,2026-11-23,2026-11-23T00:00:01Z,"));
	g_assert_true(g_str_has_suffix(lines[1], " 0.000000 0.250000 1.000000"));
	g_assert_cmpstr(lines[2], ==, ",,0,,1970-01-01,,");
}

/* No cell is a formula, bars neither. */
static void
test_csv_bars(void)
{
	g_autoptr(Document) document = mixed_document();
	g_autofree char *csv = rendered("csv", document, false);
	const char *bars = strstr(csv, "00:00:01Z,");

	g_assert_nonnull(bars);
	g_assert_null(strchr("=+-@\t\r", bars[strlen("00:00:01Z,")]));
}

static void
test_csv_nothing(void)
{
	g_autoptr(Document) document = document_new("test");
	g_autofree char *nothing = rendered("csv", document, false);
	g_autoptr(Document) no_rows = text_document(NULL, 0);
	g_autofree char *header = rendered("csv", no_rows, false);

	g_assert_cmpstr(nothing, ==, "");
	g_assert_cmpstr(header, ==, "text\r\n");
}

static void
test_json(void)
{
	g_autoptr(Document) document = mixed_document();
	g_autofree char *json = rendered("json", document, false);
	struct json_object *root = json_tokener_parse(json), *rows, *first;

	g_assert_nonnull(root);
	g_assert_true(g_str_has_suffix(json, "}\n"));
	g_assert_cmpstr(
		json_object_get_string(json_object_object_get(root, "schema")), ==, "tlsrpt/test");
	g_assert_cmpint(json_object_get_int(json_object_object_get(root, "version")), ==, 1);
	rows = json_object_object_get(root, "rows");
	g_assert_cmpuint(json_object_array_length(rows), ==, 2);
	first = json_object_array_get_idx(rows, 0);
	g_assert_cmpstr(json_object_to_json_string_ext(first, JSON_C_TO_STRING_PLAIN), ==,
		"{\"text\":\"a \\\"b\\\"\",\"word\":\"word\",\"count\":9223372036854775807,"
		"\"share\":0.333333,\"day\":\"2026-11-23\",\"time\":\"2026-11-23T00:00:01Z\","
		"\"bars\":[null,0.000000,0.250000,1.000000]}");
	g_assert_cmpstr(json_object_to_json_string_ext(
				json_object_array_get_idx(rows, 1), JSON_C_TO_STRING_PLAIN),
		==,
		"{\"text\":null,\"word\":null,\"count\":0,\"share\":null,\"day\":\"1970-01-01\","
		"\"time\":null,\"bars\":[]}");
	json_object_put(root);
}

static void
test_ndjson(void)
{
	static const char *const texts[] = { "a\nb", "\x1b\"\\/", NULL };
	g_autoptr(Document) document = text_document(texts, G_N_ELEMENTS(texts));
	g_autofree char *ndjson = rendered("ndjson", document, false);

	g_assert_cmpstr(ndjson, ==,
		"{\"text\":\"a\\nb\"}\n{\"text\":\"\\u001b\\\"\\\\/\"}\n{\"text\":null}\n");
}

/* Makes a locale with a decimal comma in the folder, and goes over to it. */
static bool
set_comma_locale(const char *folder)
{
	g_autofree char *name = g_build_filename(folder, "de_DE.UTF-8", NULL);
	const char *const command[] = { "localedef", "-i", "de_DE", "-f", "UTF-8", name, NULL };

	if (!g_spawn_sync(NULL, (char **)command, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
		    NULL, NULL))
		return false;
	g_setenv("LOCPATH", folder, TRUE);
	return setlocale(LC_ALL, "de_DE.UTF-8") != NULL;
}

/* The decimal point is one, whatever the locale has. */
static void
test_locale(void)
{
	g_autoptr(Document) document = mixed_document();
	g_autofree char *csv = rendered("csv", document, false);
	g_autofree char *json = rendered("json", document, false);
	g_autofree char *folder = make_directory();
	const bool found = set_comma_locale(folder);

	remove_tree(folder);
	if (!found) {
		skip_case("localedef (Debian: locales) makes no locale here");
		return;
	}
	g_assert_cmpstr(localeconv()->decimal_point, ==, ",");
	g_autofree char *local_csv = rendered("csv", document, false);
	g_autofree char *local_json = rendered("json", document, false);
	setlocale(LC_ALL, "C");
	g_assert_cmpstr(local_csv, ==, csv);
	g_assert_cmpstr(local_json, ==, json);
}

typedef struct {
	double share;
	const char *text;
} ShareRow;

static void
test_share_text(void)
{
	static const ShareRow rows[] = {
		{ CELL_NOTHING, "-" },
		{ 0, "0.0 %" },
		{ 1e-9, "<0.1 %" },
		{ 0.000499, "<0.1 %" },
		{ 0.000501, "0.1 %" },
		{ 0.001, "0.1 %" },
		{ 0.0749, "7.5 %" },
		{ 0.5, "50.0 %" },
		{ 0.9994, "99.9 %" },
		{ 0.99951, ">99.9 %" },
		{ 0.999999999, ">99.9 %" },
		{ 1, "100.0 %" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = share_text(rows[i].share);
		g_assert_cmpstr(text, ==, rows[i].text);
	}
}

/* Of no number of sessions does a part look like nothing or like all. */
static void
test_share_limits(void)
{
	for (int64_t sessions = 2; sessions <= 20000; sessions++) {
		g_autofree char *one = share_text(1 / (double)sessions);
		g_autofree char *most = share_text((double)(sessions - 1) / (double)sessions);
		g_assert_cmpstr(one, !=, "0.0 %");
		g_assert_cmpstr(most, !=, "100.0 %");
	}
}

static void
test_bars_text(void)
{
	static const double shares[] = { CELL_NOTHING, 0, 1e-9, 0.14, 0.15, 0.3, 0.45, 0.6, 0.75,
		0.99, 1 };
	g_autoptr(GArray) bars = g_array_new(FALSE, FALSE, sizeof(double));
	g_autofree char *none = bars_text(bars, false);

	g_assert_cmpstr(none, ==, "");
	g_array_append_vals(bars, shares, G_N_ELEMENTS(shares));
	g_autofree char *blocks = bars_text(bars, false);
	g_autofree char *letters = bars_text(bars, true);
	g_assert_cmpstr(blocks, ==, "·▁▂▂▃▄▅▆▇██");
	g_assert_cmpstr(letters, ==, "._1123468##");
}

/* Of a value of an enumeration every format writes the name; a cell that was never set is unknown. */
static void
test_enum(void)
{
	static const Column columns[] = { { "state", "State", CELL_ENUM } };
	g_autoptr(Document) document = document_new("test");
	Table *table = document_add_table(document, "rows", NULL, columns, 1);

	cell_set_enum(&table_add_row(table)[0], 3, "new");
	table_add_row(table);
	g_assert_cmpint(table_number(table, 0, "state"), ==, 3);
	g_assert_cmpstr(table_text(table, 0, "state"), ==, "new");
	g_assert_cmpstr(table_text(table, 1, "state"), ==, "");
	g_assert_cmpstr(table_text_or(table, 1, "state", "?"), ==, "?");

	g_autofree char *csv = rendered("csv", document, false);
	g_autofree char *ndjson = rendered("ndjson", document, false);
	g_autofree char *text = rendered("text", document, false);
	g_assert_cmpstr(csv, ==, "state\r\nnew\r\n\r\n");
	g_assert_cmpstr(ndjson, ==, "{\"state\":\"new\"}\n{\"state\":null}\n");
	g_assert_true(g_str_has_prefix(text, "State\nnew\n"));
}

typedef struct {
	const char *text, *label;
} LabelRow;

static void
test_prometheus(void)
{
	static const Column columns[] = {
		{ "policy_domain", NULL, CELL_TEXT },
		{ "auth", NULL, CELL_TEXT },
		{ NULL, "Unused", CELL_TEXT },
		{ "reports", NULL, CELL_COUNT },
		{ "successful_sessions", NULL, CELL_COUNT },
		{ "failed_sessions", NULL, CELL_COUNT },
	};
	static const LabelRow rows[] = {
		{ NULL, "" },
		{ "plain", "plain" },
		{ "a\"b", "a\\\"b" },
		{ "a\\b", "a\\\\b" },
		{ "a\\nb", "a\\\\nb" },
		{ "a\nb", "a\\nb" },
		{ "\"} 1\nevil{x=\"", "\\\"} 1\\nevil{x=\\\"" },
		{ "\\", "\\\\" },
		{ "a,b={}", "a,b={}" },
		{ "\xc3\xa9", "\xc3\xa9" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Document) document = document_new("daily");
		Table *table = document_add_table(
			document, "sums", NULL, columns, G_N_ELEMENTS(columns));
		Cell *cells = table_add_row(table);

		cell_set_text(&cells[0], rows[i].text);
		cell_set_text(&cells[1], "x");
		cell_set_text(&cells[2], "not a label");
		cells[3].number = 42;
		g_autofree char *written = rendered("prometheus", document, false);
		g_autofree char *expected = g_strdup_printf(
			"# HELP tlsrpt_reports Reports, of all reporters.\n# TYPE tlsrpt_reports gauge\n"
			"tlsrpt_reports{policy_domain=\"%s\",auth=\"x\"} 42\n",
			rows[i].label);
		g_assert_true(g_str_has_suffix(written, expected));
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/render/formats", test_formats);
	g_test_add_func("/render/csv-quoting", test_csv_quoting);
	g_test_add_func("/render/csv-formulas", test_csv_formulas);
	g_test_add_func("/render/csv-kinds", test_csv_kinds);
	g_test_add_func("/render/csv-bars", test_csv_bars);
	g_test_add_func("/render/enum", test_enum);
	g_test_add_func("/render/csv-nothing", test_csv_nothing);
	g_test_add_func("/render/json", test_json);
	g_test_add_func("/render/ndjson", test_ndjson);
	g_test_add_func("/render/locale", test_locale);
	g_test_add_func("/render/share-text", test_share_text);
	g_test_add_func("/render/share-limits", test_share_limits);
	g_test_add_func("/render/bars-text", test_bars_text);
	g_test_add_func("/render/prometheus", test_prometheus);
	return run_tests();
}
