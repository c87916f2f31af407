#include "tlsrpt/table.h"

#include "tlsrpt/view.h"

#include "util.h"

/* 2^53: what every JSON reader can hold. */
#define COUNT_LARGEST (INT64_C(1) << 53)

static const Column columns[] = {
	{ "name", "Name", CELL_TEXT },
	{ "number", "Number", CELL_COUNT },
	{ "bars", NULL, CELL_BARS },
};

static void
test_rows(void)
{
	g_autoptr(Document) document = document_new("test");
	Table *table = document_add_table(document, "one", "One", columns, G_N_ELEMENTS(columns));
	Table *other = document_add_table(document, "two", NULL, columns, 1);

	g_assert_cmpstr(document->schema, ==, "test");
	g_assert_cmpuint(document->tables->len, ==, 2);
	g_assert_true(document_table(document, "one") == table);
	g_assert_true(document_table(document, "two") == other);
	g_assert_cmpstr(table->title, ==, "One");
	g_assert_null(other->title);

	for (int i = 0; i < 100; i++) {
		g_autofree char *name = g_strdup_printf("row %d", i);
		Cell *cells = table_add_row(table);
		cell_set_text(&cells[0], name);
		cells[1].number = i;
		cells[2].bars = g_array_new(FALSE, FALSE, sizeof(double));
	}
	g_assert_cmpuint(table->rows->len, ==, 100);
	g_assert_cmpuint(other->rows->len, ==, 0);
	g_assert_cmpstr(table_text(table, 42, "name"), ==, "row 42");
	g_assert_cmpint(table_cell(table, 42, "number")->number, ==, 42);
	g_assert_nonnull(table_cell(table, 99, "bars")->bars);
}

static void
test_empty_row(void)
{
	g_autoptr(Document) document = document_new("test");
	Table *table = document_add_table(document, "one", NULL, columns, G_N_ELEMENTS(columns));

	table_add_row(table);
	g_assert_null(table_cell(table, 0, "name")->text);
	g_assert_cmpstr(table_text(table, 0, "name"), ==, "");
	g_assert_cmpint(table_cell(table, 0, "number")->number, ==, 0);
	g_assert_null(table_cell(table, 0, "bars")->bars);
}

static void
test_text(void)
{
	g_autoptr(Document) document = document_new("test");
	Table *table = document_add_table(document, "one", NULL, columns, G_N_ELEMENTS(columns));
	Cell *cells = table_add_row(table);
	char own[] = "own";

	cell_set_text(&cells[0], own);
	own[0] = 'x';
	g_assert_cmpstr(cells[0].text, ==, "own");
	cell_set_text(&cells[0], "other");
	g_assert_cmpstr(cells[0].text, ==, "other");
	/* What is empty is unknown. */
	cell_set_text(&cells[0], "");
	g_assert_null(cells[0].text);
	cell_set_text(&cells[0], " ");
	g_assert_cmpstr(cells[0].text, ==, " ");
	cell_set_text(&cells[0], NULL);
	g_assert_null(cells[0].text);
}

static void
test_free_nothing(void)
{
	document_free(NULL);
}

static void
add_day(Table *table, int64_t day, const char *domain, const char *type, const char *organization,
	int64_t reports, int64_t successful, int64_t failed)
{
	Cell *cells = table_add_row(table);

	cells[0].number = day;
	cell_set_text(&cells[1], domain);
	cell_set_text(&cells[2], type);
	cell_set_text(&cells[3], organization);
	cell_set_text(&cells[4], "pass");
	cells[5].number = reports;
	cells[6].number = successful;
	cells[7].number = failed;
}

static void
assert_sum(const Document *sums, size_t row, const char *domain, const char *type,
	const char *organization, int64_t reports, int64_t successful, int64_t failed)
{
	const Table *table = document_table(sums, "sums");

	g_assert_cmpstr(table_text(table, row, "policy_domain"), ==, domain);
	g_assert_cmpstr(table_text(table, row, "policy_type"), ==, type);
	g_assert_cmpstr(table_text(table, row, "organization"), ==, organization);
	g_assert_cmpstr(table_text(table, row, "auth"), ==, "pass");
	g_assert_cmpint(table_cell(table, row, "reports")->number, ==, reports);
	g_assert_cmpint(table_cell(table, row, "successful_sessions")->number, ==, successful);
	g_assert_cmpint(table_cell(table, row, "failed_sessions")->number, ==, failed);
}

static const Column daily[] = {
	{ "day", "", CELL_DAY },
	{ "policy_domain", "", CELL_TEXT },
	{ "policy_type", "", CELL_TEXT },
	{ "organization", "", CELL_TEXT },
	{ "auth", "", CELL_TEXT },
	{ "reports", "", CELL_COUNT },
	{ "successful_sessions", "", CELL_COUNT },
	{ "failed_sessions", "", CELL_COUNT },
};

static void
test_daily_sums(void)
{
	g_autoptr(Document) document = document_new("daily");
	Table *table = document_add_table(document, "daily", NULL, daily, G_N_ELEMENTS(daily));

	add_day(table, 1, "a.example", "sts", "One", 1, 10, 1);
	add_day(table, 1, "a.example", "tlsa", "One", 1, 10, 0);
	add_day(table, 2, "a.example", "sts", "One", 2, 20, 3);
	add_day(table, 2, "a.example", "sts", NULL, 1, 5, 5);
	add_day(table, 3, NULL, "sts", "a.example", 1, COUNT_LARGEST, 0);
	add_day(table, 4, NULL, "sts", "a.example", 1, 1, 0);
	g_autoptr(Document) sums = view_daily_sums(document);
	g_assert_cmpuint(document_table(sums, "sums")->rows->len, ==, 4);
	assert_sum(sums, 0, "a.example", "sts", "One", 3, 30, 4);
	assert_sum(sums, 1, "a.example", "tlsa", "One", 1, 10, 0);
	assert_sum(sums, 2, "a.example", "sts", "", 1, 5, 5);
	/* Sums stop at the largest count. */
	assert_sum(sums, 3, "", "sts", "a.example", 2, COUNT_LARGEST, 0);
}

/* Names that a stranger made look alike once joined stay apart. */
static void
test_daily_sums_joined(void)
{
	g_autoptr(Document) document = document_new("daily");
	Table *table = document_add_table(document, "daily", NULL, daily, G_N_ELEMENTS(daily));

	add_day(table, 1, "a", "b\nc", "d", 1, 1, 0);
	add_day(table, 1, "a", "b", "c\nd", 1, 2, 0);
	g_autoptr(Document) sums = view_daily_sums(document);
	g_assert_cmpuint(document_table(sums, "sums")->rows->len, ==, 2);
	assert_sum(sums, 0, "a", "b\nc", "d", 1, 1, 0);
	assert_sum(sums, 1, "a", "b", "c\nd", 1, 2, 0);
}

static void
test_explain(void)
{
	g_autoptr(Document) all = view_explain(NULL);
	g_autoptr(Document) one = view_explain("certificate-host-mismatch");
	g_autoptr(Document) policy = view_explain("sts");
	const Table *table = document_table(one, "explanations");

	g_assert_cmpuint(document_table(all, "explanations")->rows->len, >, 13);
	/* A result type comes before a reason code of that name. */
	g_assert_cmpuint(table->rows->len, >=, 1);
	g_assert_cmpstr(table_text(table, 0, "kind"), ==, "result-type");
	g_assert_cmpstr(table_text(table, 0, "name"), ==, "certificate-host-mismatch");
	for (size_t i = 1; i < table->rows->len; i++)
		g_assert_cmpstr(table_text(table, i, "kind"), ==, "failure-reason-code");
	g_assert_cmpstr(table_text(document_table(policy, "explanations"), 0, "kind"), ==,
		"policy-type");
	g_assert_null(view_explain("no such failure"));
	g_assert_null(view_explain(""));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/table/rows", test_rows);
	g_test_add_func("/table/empty-row", test_empty_row);
	g_test_add_func("/table/text", test_text);
	g_test_add_func("/table/free-nothing", test_free_nothing);
	g_test_add_func("/table/daily-sums", test_daily_sums);
	g_test_add_func("/table/daily-sums-joined", test_daily_sums_joined);
	g_test_add_func("/table/explain", test_explain);
	return g_test_run();
}
