#include "store/sql.h"

#include "store/driver.h"
#include "store/migrate.h"

#include "util.h"

#include <sqlite3.h>

/* A fresh store, opened once by the driver and once beside it. */
typedef struct {
	char *directory, *path;
	StoreConnection *connection;
	sqlite3 *db;
} Fixture;

static void
set_up(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	const StoreOptions options = { .wait_until = g_get_monotonic_time() + 10 * G_USEC_PER_SEC };
	g_autoptr(GError) error = NULL;
	bool created;

	fixture->directory = make_directory();
	fixture->path = g_build_filename(fixture->directory, "test.db", NULL);
	fixture->connection = sqlite_driver.open(fixture->path, &options, &error);
	g_assert_no_error(error);
	g_assert_true(migrate(&sqlite_driver, fixture->connection, &created, &error));
	g_assert_no_error(error);
	g_assert_true(created);
	g_assert_cmpint(sqlite3_open_v2(fixture->path, &fixture->db, SQLITE_OPEN_READONLY, NULL),
		==, SQLITE_OK);
}

static void
tear_down(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	sqlite3_close(fixture->db);
	sqlite_driver.close(fixture->connection);
	remove_tree(fixture->directory);
	g_free(fixture->path);
	g_free(fixture->directory);
}

static int
add_row(void *data, int n, char **values, G_GNUC_UNUSED char **names)
{
	GString *text = data;

	for (int i = 0; i < n; i++)
		g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "", values[i]);
	return 0;
}

/* All values that a query gives, with a blank between two; caller frees. */
static char *
query(const Fixture *fixture, const char *sql)
{
	GString *text = g_string_new(NULL);

	g_assert_cmpint(sqlite3_exec(fixture->db, sql, add_row, text, NULL), ==, SQLITE_OK);
	return g_string_free(text, FALSE);
}

/* The greatest n of the $n in a text, which come in the order of first use. */
static int
parameters_of(const char *sql)
{
	int highest = 0;

	for (const char *at = strchr(sql, '$'); at != NULL; at = strchr(at + 1, '$')) {
		const int number = (int)g_ascii_strtoll(at + 1, NULL, 10);
		g_assert_cmpint(number, >, 0);
		g_assert_cmpint(number, <=, highest + 1);
		highest = MAX(highest, number);
	}
	return highest;
}

static void
test_statements(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	for (int i = 0; i < SQL_STATEMENTS; i++) {
		const char *sql = sql_statements[i];
		g_autoptr(GError) error = NULL;
		g_test_message("%d: %s", i, sql);
		g_assert_nonnull(sql);
		StoreStatement *statement = sqlite_driver.prepare(fixture->connection, sql, &error);
		g_assert_no_error(error);
		g_assert_nonnull(statement);
		sqlite_driver.finalize(statement);

		sqlite3_stmt *stmt = NULL;
		const char *rest;
		g_assert_cmpint(
			sqlite3_prepare_v2(fixture->db, sql, -1, &stmt, &rest), ==, SQLITE_OK);
		g_assert_cmpstr(rest, ==, ""); /* one statement only */
		g_assert_cmpint(sqlite3_bind_parameter_count(stmt), ==, parameters_of(sql));
		const bool reads =
			g_str_has_prefix(sql, "SELECT ") || g_str_has_prefix(sql, "WITH ");
		g_assert_cmpint(sqlite3_stmt_readonly(stmt) != 0, ==, reads);
		sqlite3_finalize(stmt);
	}
}

/* The lookup of an interned value has its insert at the next place. */
static void
test_interned(G_GNUC_UNUSED Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	static const struct {
		SqlStatement select;
		const char *table;
	} rows[] = {
		{ SQL_SELECT_ORGANIZATION, "organization" },
		{ SQL_SELECT_DOMAIN, "domain" },
		{ SQL_SELECT_POLICY_TYPE, "policy_type" },
		{ SQL_SELECT_RESULT_TYPE, "result_type" },
		{ SQL_SELECT_POLICY_TEXT, "policy_text" },
		{ SQL_SELECT_MX_LIST, "mx_list" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *select = g_strdup_printf("SELECT id FROM %s ", rows[i].table);
		g_autofree char *insert = g_strdup_printf("INSERT INTO %s ", rows[i].table);
		g_assert_true(g_str_has_prefix(sql_statements[rows[i].select], select));
		g_assert_true(g_str_has_prefix(sql_statements[rows[i].select + 1], insert));
	}
}

static const struct {
	const char *name, *columns;
} views[] = {
	{ "daily",
		"day policy_domain policy_type organization auth reports successful_sessions"
		" failed_sessions" },
	{ "daily_total", "day policy_domain organization auth reports sessions failed_sessions" },
	{ "failures",
		"id policy report organization policy_domain policy_type result_type"
		" sending_mta_ip receiving_mx_hostname receiving_mx_helo receiving_ip"
		" failed_sessions additional_information failure_reason_code start_at end_at" },
	{ "findings", "report path code detail" },
	{ "incident_days", "incident day organization auth reports failed_sessions" },
	{ "incidents",
		"id policy_domain policy_type result_type receiving_mx_hostname mode first_seen"
		" last_seen days reports organizations failed_sessions note resolved_at" },
	{ "notes", "incident kind author at text" },
	{ "policies",
		"id report organization policy_domain policy_type policy_text mx_hosts"
		" successful_sessions failed_sessions start_at end_at" },
	{ "policy_seen", "policy_domain policy_type policy_text organization first_day last_day" },
	{ "quarantined", "id received_at reason detail sender subject size" },
	{ "reports",
		"id organization report_id contact_info submitter from_domain report_domain"
		" message_id auth auth_domain start_at end_at received_at start_time end_time"
		" findings pruned" },
};

/* The public interface: these columns, in this order. */
static void
test_views(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	GString *expected = g_string_new(NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(views); i++) {
		g_autofree char *sql = g_strdup_printf(
			"SELECT name FROM pragma_table_info('%s') ORDER BY cid", views[i].name);
		g_autofree char *columns = query(fixture, sql);
		g_assert_cmpstr(columns, ==, views[i].columns);
		g_autofree char *all = g_strdup_printf("SELECT * FROM %s", views[i].name);
		g_autofree char *rows = query(fixture, all);
		g_assert_cmpstr(rows, ==, "");
		g_string_append_printf(expected, "%s%s", i > 0 ? " " : "", views[i].name);
	}
	g_autofree char *names = query(
		fixture, "SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name");
	g_assert_cmpstr(names, ==, expected->str);
	g_string_free(expected, TRUE);
}

static void
test_tables(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	g_autofree char *loose = query(fixture,
		"SELECT name FROM pragma_table_list"
		" WHERE schema = 'main' AND type = 'table' AND NOT strict"
		" AND name NOT LIKE 'sqlite_%'");
	g_autofree char *auth = query(fixture, "SELECT id, name FROM auth ORDER BY id");
	g_autofree char *version = query(fixture, "SELECT version FROM version");
	g_autofree char *expected = g_strdup_printf("%d", sql_schema_version);
	g_autofree char *id = query(fixture, "PRAGMA application_id");
	g_autofree char *check = query(fixture, "PRAGMA integrity_check");

	g_assert_cmpstr(loose, ==, "");
	/* As the numbers of Auth in store.h. */
	g_assert_cmpstr(auth, ==, "1 unchecked 2 none 3 fail 4 pass 5 https");
	g_assert_cmpstr(version, ==, expected);
	g_assert_cmpstr(id, ==, "1414288210"); /* "TLSR" */
	g_assert_cmpstr(check, ==, "ok");
}

/* Each name in a REFERENCES is that of a table. */
static void
test_references(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	g_autofree char *dangling = query(fixture,
		"SELECT t.name, f.\"table\" FROM"
		" pragma_table_list AS t JOIN pragma_foreign_key_list(t.name) AS f"
		" WHERE t.schema = 'main' AND f.\"table\" NOT IN"
		" (SELECT name FROM sqlite_schema WHERE type = 'table')");

	g_assert_cmpstr(dangling, ==, "");
}

static void
test_migrations(G_GNUC_UNUSED Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	g_assert_cmpint(sql_schema_version, >=, 1);
	for (int i = 0; i < sql_schema_version; i++)
		g_assert_nonnull(sql_migrations[i].sqlite);
}

/* A store that has the schema is left as it is. */
static void
test_migrate_again(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	bool created = true;

	g_assert_true(migrate(&sqlite_driver, fixture->connection, &created, &error));
	g_assert_no_error(error);
	g_assert_false(created);
	g_autofree char *version = query(fixture, "SELECT count(*) FROM version");
	g_assert_cmpstr(version, ==, "1");
}

static void
add(const char *path, void (*test)(Fixture *, gconstpointer))
{
	g_test_add(path, Fixture, NULL, set_up, test, tear_down);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	add("/sql/statements", test_statements);
	add("/sql/interned", test_interned);
	add("/sql/views", test_views);
	add("/sql/tables", test_tables);
	add("/sql/references", test_references);
	add("/sql/migrations", test_migrations);
	add("/sql/migrate-again", test_migrate_again);
	return g_test_run();
}
