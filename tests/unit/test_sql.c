#include "store/sql.h"

#include "store/driver.h"
#include "store/known_names.h"
#include "store/migrate.h"
#include "store/names.h"
#include "tlsrpt/store_read.h"

#include "tlsrpt/error.h"

#include "util.h"

#include <sqlite3.h>
#include <string.h>

/* A fresh store, opened once by the driver and once beside it. */
typedef struct {
	char *directory, *path;
	StoreConnection *connection;
	sqlite3 *db;
} Fixture;

static void
set_up_with(Fixture *fixture, const Schema *schema)
{
	const StoreOptions options = { .wait_until = g_get_monotonic_time() + 10 * G_USEC_PER_SEC };
	g_autoptr(GError) error = NULL;
	bool created;

	fixture->directory = make_directory();
	fixture->path = g_build_filename(fixture->directory, "test.db", NULL);
	fixture->connection = sqlite_driver.open(fixture->path, &options, &error);
	g_assert_no_error(error);
	g_assert_true(migrate(&sqlite_driver, fixture->connection, schema, &created, &error));
	g_assert_no_error(error);
	g_assert_true(created);
	g_assert_cmpint(sqlite3_open_v2(fixture->path, &fixture->db, SQLITE_OPEN_READONLY, NULL),
		==, SQLITE_OK);
}

static void
set_up(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	set_up_with(fixture, &store_schema);
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

/* The greatest n of the ?n in a text, each of which is there. */
static int
parameters_of(const char *sql)
{
	bool seen[32] = { false };
	int highest = 0;

	for (const char *at = strchr(sql, '?'); at != NULL; at = strchr(at + 1, '?')) {
		const int number = (int)g_ascii_strtoll(at + 1, NULL, 10);
		g_assert_cmpint(number, >, 0);
		g_assert_cmpint(number, <, (int)G_N_ELEMENTS(seen));
		seen[number] = true;
		highest = MAX(highest, number);
	}
	for (int i = 1; i <= highest; i++)
		g_assert_true(seen[i]);
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
		const bool reads = g_str_has_prefix(sql, "SELECT ")
			|| g_str_has_prefix(sql, "WITH ");
		g_assert_cmpint(sqlite3_stmt_readonly(stmt) != 0, ==, reads);
		sqlite3_finalize(stmt);
	}
}

/* The lookup of an interned value has its insert at the next place. */
static void
test_interned(G_GNUC_UNUSED Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	static const char *const tables[] = {
		[NAME_ORGANIZATION] = "organization",
		[NAME_DOMAIN] = "domain",
		[NAME_ADDRESS] = "address",
		[NAME_POLICY_TYPE] = "policy_type",
		[NAME_RESULT_TYPE] = "result_type",
		[NAME_KIND] = "kind",
		[NAME_CONTACT] = "contact",
		[NAME_POLICY_TEXT] = "policy_text",
		[NAME_MX_LIST] = "mx_list",
		[NAME_REASON] = "reason",
	};
	GString *known[NAME_TABLES];

	g_assert_cmpint(G_N_ELEMENTS(tables), ==, NAME_TABLES);
	for (size_t i = 0; i < NAME_TABLES; i++)
		known[i] = g_string_new("1 ");
#define ADD_KNOWN(table, table_name, id, name) \
	g_assert_cmpstr(table_name, ==, tables[table]); \
	g_assert_true(store_knows_id(table, id)); \
	g_string_append_printf(known[table], " %d %s", id, name);
	KNOWN_NAMES(ADD_KNOWN)
	for (size_t i = 0; i < NAME_TABLES; i++) {
		const SqlStatement which = SQL_SELECT_ORGANIZATION + 2 * i;
		g_autofree char *select = g_strdup_printf("SELECT id FROM %s WHERE %s = ?1",
			tables[i], i < NAME_FIRST_TEXT ? "name" : "digest");
		g_autofree char *insert = g_strdup_printf("INSERT INTO %s (%sname) ", tables[i],
			i < NAME_FIRST_TEXT ? "" : "digest, ");
		g_autofree char *seed = g_strdup_printf(
			"SELECT id, name FROM %s ORDER BY id", tables[i]);
		g_autofree char *seeded = query(fixture, seed);
		g_assert_cmpstr(sql_statements[which], ==, select);
		g_assert_true(g_str_has_prefix(sql_statements[which + 1], insert));
		g_assert_cmpstr(seeded, ==, known[i]->str);
		g_string_free(known[i], TRUE);
	}
}

static bool
is_kind(const char *name)
{
	size_t n = 0;

	while (kind_nth(n) != NULL && strcmp(kind_nth(n), name) != 0)
		n++;
	return kind_nth(n) != NULL;
}

/* What each store has from the start are registered names, and all of those. */
static void
test_known(G_GNUC_UNUSED Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	size_t policy_types = 0, result_types = 0;

#define COUNT_KNOWN(table, table_name, id, name) \
	policy_types += (table) == NAME_POLICY_TYPE && catalog_knows_policy_type(name); \
	result_types += (table) == NAME_RESULT_TYPE && catalog_knows_result_type(name); \
	g_assert_true((table) != NAME_KIND || is_kind(name));
	KNOWN_NAMES(COUNT_KNOWN)
	g_assert_cmpint(policy_types, ==, 3);
	g_assert_cmpint(result_types, ==, 11);
	g_assert_false(store_knows_id(NAME_POLICY_TYPE, 5));
	g_assert_true(store_knows_id(NAME_DOMAIN, NAME_UNKNOWN));
}

/* Each statement gives as many columns as have names. */
static void
test_columns(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	static const struct {
		SqlStatement which;
		int columns;
	} rows[] = {
		{ SQL_SELECT_VERSION, VERSION_COLUMNS },
		{ SQL_READ_ALERT, ALERT_COLUMNS },
		{ SQL_READ_TOLD, TOLD_COLUMNS },
		{ SQL_SELECT_SENDER, SENDER_COLUMNS },
		{ SQL_SELECT_INCIDENT, INCIDENT_COLUMNS },
		{ SQL_READ_INCIDENT, INCIDENT_ALL_COLUMNS },
		{ SQL_LIST_VICTIMS, VICTIM_COLUMNS },
		{ SQL_SELECT_QUARANTINED_SIZE, QUARANTINED_OWN_COLUMNS },
		{ SQL_LIST_QUARANTINED, QUARANTINED_COLUMNS },
		{ SQL_READ_QUARANTINED, QUARANTINED_COLUMNS + 1 },
		{ SQL_READ_SOURCE, SOURCE_COLUMNS },
		{ SQL_READ_REASONS_OF_REPORT, OF_REPORT_COLUMNS },
		{ SQL_READ_POLICY_SEEN, SEEN_COLUMNS },
		{ SQL_FIND_OLD_DAILY, OLD_COLUMNS },
		{ SQL_COUNT_PRUNABLE, PRUNABLE_COLUMNS },
		{ SQL_READ_REPORT, REPORT_COLUMNS },
		{ SQL_READ_POLICIES, POLICY_COLUMNS },
		{ SQL_READ_FAILURES, FAILURE_COLUMNS },
		{ SQL_READ_FINDINGS, FINDING_COLUMNS },
		{ SQL_READ_STATUS, STATUS_COLUMNS },
		{ SQL_READ_DOMAIN_DAYS, DOMAIN_DAY_COLUMNS },
		{ SQL_READ_DOMAIN_DAYS_BY, DOMAIN_DAY_COLUMNS },
		{ SQL_READ_DOMAIN_ORGANIZATIONS, DOMAIN_ORGANIZATION_COLUMNS },
		{ SQL_READ_DOMAIN_ORGANIZATIONS_OF, DOMAIN_ORGANIZATION_COLUMNS },
		{ SQL_READ_ORGANIZATIONS, ORGANIZATION_COLUMNS },
		{ SQL_READ_DAYS, DAY_COLUMNS },
		{ SQL_READ_DAYS_BY, DAY_COLUMNS },
		{ SQL_READ_INCIDENTS, SEEN_INCIDENT_COLUMNS },
		{ SQL_READ_INCIDENTS_BY, SEEN_INCIDENT_COLUMNS },
		{ SQL_READ_INCIDENT_ORGANIZATIONS, INCIDENT_ORGANIZATION_COLUMNS },
		{ SQL_READ_INCIDENT_DATES, INCIDENT_DATE_COLUMNS },
		{ SQL_READ_LONE_DAYS, INCIDENT_DAY_COLUMNS },
		{ SQL_READ_INCIDENT_DAYS, INCIDENT_DAY_COLUMNS },
		{ SQL_READ_ORGANIZATION_DAYS, ORGANIZATION_DAY_COLUMNS },
		{ SQL_READ_ORGANIZATION_DAYS_OF, ORGANIZATION_DAY_COLUMNS },
		{ SQL_READ_REPORT_DAYS, REPORT_DAY_COLUMNS },
		{ SQL_READ_REPORT_POLICIES, REPORT_POLICY_COLUMNS },
		{ SQL_READ_DAILY, DAILY_COLUMNS },
		{ SQL_READ_NOTES, STORED_NOTE_COLUMNS },
		{ SQL_READ_RECEPTION, RECEPTION_COLUMNS },
		{ SQL_READ_SHARES, SHARE_COLUMNS },
		{ SQL_READ_QUARANTINE, QUARANTINE_STATE_COLUMNS },
		{ SQL_READ_QUARANTINE_COUNT, 1 },
		{ SQL_READ_POLICIES_SEEN, POLICY_SEEN_COLUMNS },
		{ SQL_READ_FAILED_HOSTS, FAILED_HOST_COLUMNS },
		{ SQL_READ_FAILURES_AT_HOSTS, FAILURE_AT_HOST_COLUMNS },
		{ SQL_READ_STS_DAYS, STS_DAY_COLUMNS },
		{ SQL_READ_STS_FAILURES, STS_FAILURE_COLUMNS },
		{ SQL_READ_REPORTERS, REPORTER_COLUMNS },
		{ SQL_READ_ALL_INCIDENTS, ALL_INCIDENT_COLUMNS },
		{ SQL_READ_FAILED_TOTALS, TOTAL_COLUMNS },
		{ SQL_READ_TOTALS_OF, TOTAL_COLUMNS },
		{ SQL_READ_SEEN_DAYS, SEEN_DAY_COLUMNS },
		{ SQL_READ_EARLIEST_DAYS, ORDERED_DAY_COLUMNS },
		{ SQL_READ_LATEST_DAYS, ORDERED_DAY_COLUMNS },
		{ SQL_READ_MODES_OF, MODE_COLUMNS },
		{ SQL_READ_REASONS, STORED_REASON_COLUMNS },
		{ SQL_READ_FAILURES_BY, FAILURE_BY_COLUMNS },
		{ SQL_READ_FAILURE_ROWS, FAILURE_ROW_COLUMNS },
		{ SQL_READ_DOMAIN_AUTH_DAYS, DOMAIN_BY_COLUMNS },
		{ SQL_READ_DOMAIN_REPORTER_DAYS, DOMAIN_BY_COLUMNS },
		{ SQL_READ_RECEIVED_DAYS, RECEIVED_DAY_COLUMNS },
		{ SQL_READ_REPORT_DAYS_BY, REPORT_DAY_BY_COLUMNS },
		{ SQL_READ_LAST_SEEN_BY, LAST_SEEN_COLUMNS },
		{ SQL_READ_FINDING_SUMS, FINDING_SUM_COLUMNS },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		StoreStatement *statement = sqlite_driver.prepare(
			fixture->connection, sql_statements[rows[i].which], &error);
		g_assert_no_error(error);
		g_test_message("%s", sql_statements[rows[i].which]);
		g_assert_cmpint(sqlite_driver.columns(statement), ==, rows[i].columns);
		sqlite_driver.finalize(statement);
	}
}

static void
test_dollars(G_GNUC_UNUSED Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	g_autofree char *text = sql_with_dollars("SELECT ?1 WHERE a = ?12");

	g_assert_cmpstr(text, ==, "SELECT $1 WHERE a = $12");
}

static const struct {
	const char *name, *columns;
} views[] = {
	{ "daily",
		"day policy_domain policy_type organization auth auth_domain reports"
		" successful_sessions failed_sessions" },
	{ "daily_total",
		"day policy_domain organization auth auth_domain reports sessions failed_sessions"
		" last_received" },
	{ "failures",
		"id policy report organization policy_domain policy_type result_type"
		" sending_mta_ip receiving_mx_hostname receiving_mx_helo receiving_ip"
		" failed_sessions additional_information failure_reason_code start_at end_at"
		" incident" },
	{ "findings", "report path code detail" },
	{ "incident_days", "incident day organization auth auth_domain reports failed_sessions" },
	{ "incident_reasons",
		"incident failure_reason_code organization auth auth_domain first_day last_day"
		" failed_sessions" },
	{ "incidents",
		"id problem policy_domain policy_type result_type receiving_mx_hostname kind mode"
		" first_received first_seen last_seen days reports organizations failed_sessions"
		" note resolved_at accepted_until" },
	{ "notes", "incident kind author at text until" },
	{ "policies",
		"id report organization policy_domain policy_type policy_text mx_hosts"
		" successful_sessions failed_sessions start_at end_at" },
	{ "policy_seen",
		"policy_domain policy_type policy_text organization auth auth_domain first_day"
		" last_day" },
	{ "quarantined", "id received_at reason detail sender subject auth_domain size" },
	{ "reporters",
		"id organization auth auth_domain reports received_days first_received"
		" last_received" },
	{ "reports",
		"id organization report_id contact_info submitter from_domain report_domain"
		" message_id auth auth_domain start_at end_at received_at day start_time end_time"
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
	g_autofree char *names = query(fixture,
		"SELECT name FROM sqlite_schema WHERE type = 'view'"
		" AND name NOT LIKE '%_names'" /* those are private */
		" ORDER BY name");
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
	g_autofree char *expected = g_strdup_printf("%d", store_schema.version);
	g_autofree char *id = query(fixture, "PRAGMA application_id");
	g_autofree char *check = query(fixture, "PRAGMA integrity_check");

	g_assert_cmpstr(loose, ==, "");
	/* As the numbers of Auth in store.h. */
	g_assert_cmpstr(auth, ==, "1 unchecked 2 none 3 fail 4 pass 5 https");
	g_assert_cmpstr(version, ==, expected);
	g_assert_cmpstr(id, ==, "1414288210"); /* "TLSR" */
	g_assert_cmpstr(check, ==, "ok");
}

static void
test_rows(G_GNUC_UNUSED Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	g_autofree char *three = sql_of_rows("INSERT INTO a VALUES (?2, ?1, 0)", 2, 3);
	g_autofree char *one = sql_of_rows(sql_statements[SQL_INSERT_FAILURE], 13, 1);
	g_autofree char *merged = sql_of_rows(
		"INSERT INTO a VALUES (?1) ON CONFLICT (b) DO NOTHING", 1, 2);

	g_assert_cmpstr(three, ==, "INSERT INTO a VALUES (?2, ?1, 0),(?4, ?3, 0),(?6, ?5, 0)");
	g_assert_cmpstr(one, ==, sql_statements[SQL_INSERT_FAILURE]);
	g_assert_cmpstr(merged, ==, "INSERT INTO a VALUES (?1),(?2) ON CONFLICT (b) DO NOTHING");
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

/* What stands in the source is the digest of what stands in the source, for each engine. */
static void
test_digest(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	g_autofree char *stored = query(fixture, "SELECT digest FROM version");

	for (Engine engine = 0; engine < ENGINES; engine++) {
		g_autofree char *digest = schema_compute_digest(&store_schema, engine);
		g_assert_cmpstr(store_schema.digest[engine], ==, digest);
	}
	g_assert_cmpstr(stored, ==, store_schema.digest[ENGINE_SQLITE]);
}

/* Every table and view as SQLite knows it, without what only tells how its text was written. */
static char *
schema_of(const Fixture *fixture)
{
	return query(fixture,
		"SELECT m.type, m.name, (SELECT group_concat(name || '/' || type || '/' || \"notnull\""
		" || '/' || coalesce(dflt_value, '') || '/' || pk, ' ') FROM pragma_table_info(m.name)),"
		" CASE WHEN m.type = 'table' THEN m.sql LIKE '%STRICT%' ELSE m.sql END"
		" FROM sqlite_schema AS m WHERE m.name NOT LIKE 'sqlite_%' ORDER BY m.type, m.name");
}

/* A version that never was: a table more, a column more, a view that shows it. */
static Schema
next_schema(SchemaStep *step, char **texts)
{
	static const char table[] =
		"CREATE TABLE extra (id INTEGER PRIMARY KEY, text TEXT) STRICT;";
	static const char column[] = "ALTER TABLE silence ADD COLUMN extra INT REFERENCES extra;";
	static const char view[] = "CREATE VIEW extras AS SELECT id, text FROM extra;";
	Schema next = store_schema;

	*step = (SchemaStep){
		.digest = { store_schema.digest[ENGINE_SQLITE], store_schema.digest[ENGINE_PGSQL] },
		.sql = { g_strconcat(table, column, "UPDATE auth SET name = upper(name);", NULL) },
	};
	texts[0] = (char *)step->sql[ENGINE_SQLITE];
	texts[1] = g_strconcat(store_schema.tables[ENGINE_SQLITE], table, column,
		"UPDATE auth SET name = upper(name);", NULL);
	texts[2] = g_strconcat(store_schema.views[ENGINE_SQLITE], view, NULL);
	next.version = 2;
	next.tables[ENGINE_SQLITE] = texts[1];
	next.views[ENGINE_SQLITE] = texts[2];
	next.steps = step;
	texts[3] = schema_compute_digest(&next, ENGINE_SQLITE);
	next.digest[ENGINE_SQLITE] = texts[3];
	return next;
}

/* A store of this version that is brought to the next one is as one that was made as such. */
static void
test_next_version(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	char *texts[4];
	SchemaStep step;
	const Schema next = next_schema(&step, texts);
	Fixture fresh;
	bool created = true;

	g_assert_true(sqlite_driver.execute(
		fixture->connection, "INSERT INTO domain (name) VALUES ('kept.example')", &error));
	g_assert_true(migrate(&sqlite_driver, fixture->connection, &next, &created, &error));
	g_assert_no_error(error);
	g_assert_false(created);
	set_up_with(&fresh, &next);
	g_autofree char *migrated = schema_of(fixture), *made = schema_of(&fresh);
	g_assert_cmpstr(migrated, ==, made);
	g_assert_nonnull(strstr(migrated, "extras"));
	g_autofree char *version = query(fixture, "SELECT version, digest FROM version");
	g_autofree char *version_made = query(&fresh, "SELECT version, digest FROM version");
	g_assert_cmpstr(version, ==, version_made);
	g_autofree char *kept = query(fixture, "SELECT name FROM domain WHERE id > 1");
	g_assert_cmpstr(kept, ==, "kept.example");
	g_autofree char *auth = query(fixture, "SELECT name FROM auth WHERE id = 4");
	g_assert_cmpstr(auth, ==, "PASS");
	tear_down(&fresh, NULL);

	/* And this program leaves it alone. */
	g_assert_false(
		migrate(&sqlite_driver, fixture->connection, &store_schema, &created, &error));
	g_assert_error(error, TLSRPT_ERROR, TLSRPT_ERROR_STORE_FOREIGN);
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		g_free(texts[i]);
}

/* A step that does not go through leaves the store as it was. */
static void
test_failing_step(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	char *texts[4];
	SchemaStep step;
	const Schema next = next_schema(&step, texts);
	g_autofree char *before = schema_of(fixture);
	bool created;

	step.sql[ENGINE_SQLITE] = "ALTER TABLE silence ADD COLUMN extra INT; nonsense";
	g_assert_false(migrate(&sqlite_driver, fixture->connection, &next, &created, &error));
	g_assert_nonnull(error);
	g_autofree char *after = schema_of(fixture);
	g_assert_cmpstr(after, ==, before);
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		g_free(texts[i]);
}

/* Another store that calls itself version 1. */
static void
test_other_digest(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	static const char *const changes[] = {
		"UPDATE version SET digest = 'other'",
		"DELETE FROM version",
		("DROP TABLE version; CREATE TABLE version (version INTEGER NOT NULL) STRICT;"
		 " INSERT INTO version VALUES (4)"),
	};

	for (size_t i = 0; i < G_N_ELEMENTS(changes); i++) {
		g_autoptr(GError) error = NULL;
		bool created;
		g_assert_true(sqlite_driver.execute(fixture->connection, changes[i], &error));
		g_assert_false(migrate(
			&sqlite_driver, fixture->connection, &store_schema, &created, &error));
		g_assert_error(error, TLSRPT_ERROR, TLSRPT_ERROR_STORE_FOREIGN);
		g_test_message("%s", error->message);
	}
}

/* A store that has the schema is left as it is. */
static void
test_migrate_again(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	bool created = true;

	g_assert_true(
		migrate(&sqlite_driver, fixture->connection, &store_schema, &created, &error));
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
	add("/sql/known", test_known);
	add("/sql/views", test_views);
	add("/sql/tables", test_tables);
	add("/sql/references", test_references);
	add("/sql/rows", test_rows);
	add("/sql/columns", test_columns);
	add("/sql/dollars", test_dollars);
	add("/sql/digest", test_digest);
	add("/sql/next-version", test_next_version);
	add("/sql/failing-step", test_failing_step);
	add("/sql/other-digest", test_other_digest);
	add("/sql/migrate-again", test_migrate_again);
	return g_test_run();
}
