#include "tlsrpt/view_digest.h"

#include "tlsrpt/render_digest.h"
#include "tlsrpt/store.h"

#include "util.h"

#include <sqlite3.h>

#define LAST INT64_C(20779) /* of the week: 2026-11-22 */
#define FIRST (LAST - 6)

typedef struct {
	char *directory, *path;
	sqlite3 *db;
} Fixture;

static void
execute(const Fixture *fixture, const char *sql)
{
	char *message = NULL;

	if (sqlite3_exec(fixture->db, sql, NULL, NULL, &message) != SQLITE_OK)
		g_error("%s: %s", sql, message);
}

static void G_GNUC_PRINTF(2, 3)
add(const Fixture *fixture, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	g_autofree char *sql = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	execute(fixture, sql);
}

/* To what all organizations say together: of the domain (incident 0), or of an incident. */
static void
add_sum(const Fixture *fixture, int64_t day, int domain, int incident, int sessions, int failed)
{
	add(fixture,
		"INSERT INTO daily_sum (day, policy_domain, incident, auth, reports, sessions,"
		" failed_sessions) VALUES (%" G_GINT64_FORMAT ", %d, %d, 1, 1, %d, %d)"
		" ON CONFLICT DO UPDATE SET reports = reports + 1,"
		" sessions = sessions + excluded.sessions,"
		" failed_sessions = failed_sessions + excluded.failed_sessions",
		day, domain, incident, sessions, failed);
}

/* Of one organization on one domain: a day's total. */
static void
add_total(const Fixture *fixture, int64_t day, int domain, int organization, int sessions, int failed)
{
	add(fixture,
		"INSERT INTO daily_total_row (day, policy_domain, reporter, reports, sessions,"
		" failed_sessions, received_after) VALUES (%" G_GINT64_FORMAT
		", %d, %d, 1, %d, %d, 1)",
		day, domain, organization, sessions, failed);
	add_sum(fixture, day, domain, 0, sessions, failed);
}

static void
add_incident(const Fixture *fixture, int id, int result, int mx, const char *mode)
{
	add(fixture,
		"INSERT INTO incident (id, policy_domain, policy_type, result_type, receiving_mx, kind,"
		" mode) VALUES (%d, 11, 2, %d, %d, 1, '%s')",
		id, result, mx, mode);
}

static void
add_day(const Fixture *fixture, int incident, int64_t day, int organization, int failed)
{
	add(fixture,
		"INSERT INTO incident_day (incident, day, reporter, reports,"
		" failed_sessions, received_after) VALUES (%d, %" G_GINT64_FORMAT
		", %d, 1, %d, 1)",
		incident, day, organization, failed);
	add_sum(fixture, day, 11, incident, 0, failed);
	add(fixture,
		"UPDATE incident SET first_day = min(coalesce(first_day, %" G_GINT64_FORMAT
		"), %" G_GINT64_FORMAT "), last_day = max(coalesce(last_day, 0), %" G_GINT64_FORMAT
		") WHERE id = %d",
		day, day, day, incident);
}

static void
add_note(const Fixture *fixture, int incident, const char *kind, int64_t at, const char *text)
{
	add(fixture,
		"INSERT INTO note (incident, kind, author, at, text) VALUES (%d, '%s', 'root',"
		" %" G_GINT64_FORMAT ", '%s')",
		incident, kind, at, text);
}

static void
set_up(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	const StoreOptions options = { .wait_until = g_get_monotonic_time() + 10000000 };
	g_autoptr(GError) error = NULL;

	fixture->directory = make_directory();
	fixture->path = g_build_filename(fixture->directory, "test.db", NULL);
	Store *store = store_open(fixture->path, &options, NULL, &error);
	g_assert_no_error(error);
	store_close(store);
	g_assert_cmpint(sqlite3_open(fixture->path, &fixture->db), ==, SQLITE_OK);
	execute(fixture,
		"INSERT OR REPLACE INTO domain (id, name) VALUES (11, 'example.com'),"
		" (12, 'example.org'), (21, 'mx1.example.com'), (22, 'mx2.example.com');"
		"INSERT INTO organization (id, name) VALUES (11, 'One'), (12, 'Two'), (13, 'Three');"
		"INSERT OR REPLACE INTO policy_type (id, name) VALUES (2, 'sts');"
		"INSERT INTO reporter VALUES (11, 11, 1, 1), (12, 12, 1, 1), (13, 13, 1, 1);"
		"INSERT INTO result_type (id, name) VALUES (11, 'certificate-expired'),"
		" (12, 'starttls-not-supported'), (13, 'a type that nobody knows');");
}

static void
tear_down(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	sqlite3_close(fixture->db);
	remove_tree(fixture->directory);
	g_free(fixture->path);
	g_free(fixture->directory);
}

/* When the last report came is asked of the reports. */
static void
add_report(const Fixture *fixture, int64_t received_day)
{
	add(fixture,
		"INSERT OR IGNORE INTO sender VALUES (1, 11, 1, 11, 11, 0);"
		"INSERT INTO report (day, report_id, sender, report_domain, start_at, end_at, received_at)"
		" VALUES (0, 'x', 1, 11, 0, 0, %" G_GINT64_FORMAT ")",
		received_day * 86400);
}

/* Both organizations report on example.com daily, one session in a hundred fails. */
static void
add_usual(const Fixture *fixture)
{
	for (int64_t day = LAST - 40; day <= LAST; day++) {
		add_total(fixture, day, 11, 11, 100, 1);
		add_total(fixture, day, 11, 12, 100, 1);
	}
	add_report(fixture, LAST + 1);
}

static Document *
digest_until(const Fixture *fixture, int64_t until)
{
	static const IncidentRules rules = { 7, 28, 14, 4 };
	const StoreFilter filter = { .until_day = until, .today = until + 1 };
	const DigestOptions options = { "a@example.com", "b@example.com", (until + 1) * 86400 };
	g_autoptr(GError) error = NULL;

	Store *store = store_open_reader(fixture->path, &error);
	g_assert_no_error(error);
	Document *document = view_digest(store, &filter, &rules, &options, &error);
	g_assert_no_error(error);
	store_close(store);
	return document;
}

static void
assert_subject(const Document *document, const char *subject)
{
	g_autofree char *got = digest_subject(document);

	g_assert_cmpstr(got, ==, subject);
}

static int64_t
head(const Document *document, const char *key)
{
	return table_cell(document_table(document, "digest"), 0, key)->number;
}

static size_t
rows(const Document *document, const char *key)
{
	return document_table(document, key)->rows->len;
}

static void
test_empty(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	g_autoptr(Document) document = digest_until(fixture, LAST);

	assert_subject(document, "TLS reports: no report ever came");
	g_assert_cmpint(head(document, "well"), ==, 0);
	g_assert_cmpint(head(document, "first_day"), ==, FIRST);
	g_assert_cmpuint(rows(document, "domains"), ==, 0);
}

static void
test_figures(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	add_usual(fixture);
	/* Just inside and just outside of the week, and of the one before. */
	add_total(fixture, FIRST, 12, 11, 10, 1);
	add_total(fixture, LAST, 12, 12, 30, 3);
	add_total(fixture, LAST + 1, 12, 12, 1000, 1000);
	add_total(fixture, FIRST - 1, 12, 11, 100, 20);
	add_total(fixture, FIRST - 7, 12, 11, 100, 20);
	add_total(fixture, FIRST - 8, 12, 11, 100, 80);

	g_autoptr(Document) document = digest_until(fixture, LAST);
	const Table *domains = document_table(document, "domains");
	assert_subject(document, "TLS reports example.com +1: all well");
	g_assert_cmpint(head(document, "well"), ==, 1);
	g_assert_cmpint(head(document, "learning"), ==, 1);
	g_assert_cmpuint(domains->rows->len, ==, 2);
	g_assert_cmpstr(table_text(domains, 0, "policy_domain"), ==, "example.com");
	g_assert_cmpint(table_cell(domains, 0, "sessions")->number, ==, 1400);
	g_assert_cmpint(table_cell(domains, 0, "reporters")->number, ==, 2);
	g_assert_cmpint(table_cell(domains, 0, "learning")->number, ==, 0);
	g_assert_cmpint(table_cell(domains, 1, "sessions")->number, ==, 40);
	g_assert_cmpint(table_cell(domains, 1, "failed_sessions")->number, ==, 4);
	g_assert_cmpint(table_cell(domains, 1, "reporters")->number, ==, 2);
	g_assert_cmpfloat(table_cell(domains, 1, "failed_share")->share, ==, 0.1);
	g_assert_cmpfloat(table_cell(domains, 1, "failed_share_before")->share, ==, 0.2);
	g_assert_cmpfloat(table_cell(domains, 1, "baseline")->share, ==, 0.4);
	g_assert_cmpint(table_cell(domains, 1, "learning")->number, ==, 1);
}

/* One certificate at two MX is one problem, and takes the state of the one that has more to tell. */
static void
test_problems(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	add_usual(fixture);
	add_incident(fixture, 1, 11, 21, "enforce");
	add_incident(fixture, 2, 11, 22, "testing");
	add_incident(fixture, 3, 12, 21, "enforce");
	add_incident(fixture, 4, 13, 22, "");
	add_incident(fixture, 5, 12, 22, "enforce");
	add_day(fixture, 1, LAST - 1, 11, 20);
	add_day(fixture, 1, LAST, 12, 20);
	/* Received before the week, too; the report of the day before it would come in it. */
	add_day(fixture, 2, FIRST - 2, 11, 20);
	add_day(fixture, 2, FIRST, 11, 5);
	add_day(fixture, 2, LAST, 11, 5);
	add_day(fixture, 4, LAST, 11, 1);
	/* Not in the week. */
	add_day(fixture, 3, FIRST - 1, 11, 1000);
	add_day(fixture, 5, LAST + 1, 11, 1000);

	g_autoptr(Document) document = digest_until(fixture, LAST);
	const Table *problems = document_table(document, "problems");
	assert_subject(document, "TLS reports example.com: 1 still open");
	g_assert_cmpint(head(document, "glitches"), ==, 1);
	g_assert_cmpuint(problems->rows->len, ==, 2);
	g_assert_cmpstr(table_text(problems, 0, "result_type"), ==, "certificate-expired");
	g_assert_cmpstr(table_text(problems, 0, "state"), ==, "ongoing");
	g_assert_cmpstr(table_text(problems, 0, "alarm"), ==, "pattern");
	g_assert_cmpstr(table_text(problems, 0, "incidents"), ==, "1,2");
	g_assert_cmpint(table_cell(problems, 0, "failed_sessions")->number, ==, 50);
	g_assert_cmpint(table_cell(problems, 0, "organizations")->number, ==, 2);
	g_assert_cmpint(table_cell(problems, 0, "first_seen")->number, ==, FIRST - 2);
	g_assert_cmpint(table_cell(problems, 0, "last_seen")->number, ==, LAST);
	g_assert_cmpstr(table_text(problems, 0, "enforce"), !=, "");
	g_assert_cmpstr(table_text(problems, 0, "testing"), !=, "");
	g_assert_cmpstr(table_text(problems, 0, "dane"), ==, "");
	g_assert_cmpstr(table_text(problems, 1, "alarm"), ==, "glitch");
	g_assert_cmpstr(table_text(problems, 1, "meaning"), ==, "");
	g_assert_cmpuint(rows(document, "incidents"), ==, 3);
	g_assert_true(digest_is_of_problem(document, 1, 0));
	g_assert_false(digest_is_of_problem(document, 2, 0));
}

/* A glitch at one MX, known for long, does not make old what is new at another. */
static void
test_glitch_and_pattern(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	add_usual(fixture);
	add_incident(fixture, 1, 11, 21, "enforce");
	add_incident(fixture, 2, 11, 22, "enforce");
	add_day(fixture, 1, FIRST - 5, 11, 1);
	add_day(fixture, 1, LAST, 11, 1);
	add_day(fixture, 2, LAST, 11, 9);
	add_day(fixture, 2, LAST, 12, 9);

	g_autoptr(Document) document = digest_until(fixture, LAST);
	assert_subject(document, "TLS reports example.com: 1 new failure");
	g_assert_cmpuint(rows(document, "incidents"), ==, 2);
}

static void
test_notes(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	add_usual(fixture);
	for (int id = 1; id <= 4; id++)
		add_incident(fixture, id, 10 + (id < 3 ? id : 3), 20 + (id == 4 ? 2 : 1), "enforce");
	/* Came back after it was resolved. */
	add_day(fixture, 1, FIRST, 11, 9);
	add_note(fixture, 1, "resolve", FIRST * 86400 + 3600, "renewed");
	add_day(fixture, 1, FIRST + 2, 12, 9);
	add_day(fixture, 1, FIRST + 3, 12, 9);
	/* Resolved, and stayed so; a note comes after it. */
	add_day(fixture, 2, FIRST, 11, 9);
	add_note(fixture, 2, "resolve", FIRST * 86400 + 3600, "switched on");
	add_note(fixture, 2, "note", FIRST * 86400 + 7200, "by Ansible");
	/* Resolved before the week: no news.  Resolved, and opened again. */
	add_day(fixture, 3, FIRST - 3, 11, 9);
	add_note(fixture, 3, "resolve", FIRST * 86400 - 1, "old");
	add_day(fixture, 4, FIRST, 11, 9);
	add_day(fixture, 4, FIRST, 12, 9);
	add_note(fixture, 4, "resolve", FIRST * 86400 + 3600, "too early");
	add_note(fixture, 4, "reopen", FIRST * 86400 + 7200, "");

	g_autoptr(Document) document = digest_until(fixture, LAST);
	const Table *resolved = document_table(document, "resolved");
	assert_subject(document, "TLS reports example.com: 1 new failure, 1 back again");
	g_assert_cmpuint(resolved->rows->len, ==, 1);
	g_assert_cmpint(table_cell(resolved, 0, "incident")->number, ==, 2);
	g_assert_cmpstr(table_text(resolved, 0, "text"), ==, "switched on");
	g_assert_cmpuint(rows(document, "notes"), ==, 3);
	g_assert_cmpstr(table_text(document_table(document, "notes"), 0, "text"), ==, "renewed");
}

/* Whatever weekday it is on which a reporter stops, a weekly digest says so: once or twice. */
static void
test_silent(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	for (int64_t day = LAST - 40; day <= LAST + 40; day++) {
		add_total(fixture, day, 11, 11, 100, 0);
		if (day <= LAST - 12)
			add_total(fixture, day, 11, 12, 100, 0);
		/* Reports on weekdays only, and goes on. */
		if (day % 7 < 5)
			add_total(fixture, day, 11, 13, 100, 0);
	}
	add_report(fixture, LAST + 41);
	for (int phase = 0; phase < 7; phase++) {
		int said = 0;
		for (int64_t until = LAST - 20 + phase; until <= LAST + 20; until += 7) {
			g_autoptr(Document) document = digest_until(fixture, until);
			const Table *silent = document_table(document, "silent");
			if (silent->rows->len == 0)
				continue;
			said++;
			g_assert_cmpuint(silent->rows->len, ==, 1);
			g_assert_cmpstr(table_text(silent, 0, "organization"), ==, "Two");
			g_assert_cmpint(table_cell(silent, 0, "since")->number, ==, LAST - 11);
			assert_subject(document, "TLS reports example.com: 1 reporter silent");
		}
		g_assert_cmpint(said, >=, 1);
		g_assert_cmpint(said, <=, 2);
	}
}

/* It comes back before the week is over: nobody is silent. */
static void
test_back(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	add_usual(fixture);
	for (int64_t day = LAST - 40; day <= LAST - 8; day++)
		add_total(fixture, day, 12, 11, 100, 0);
	g_autoptr(Document) before = digest_until(fixture, LAST);
	g_assert_cmpint(head(before, "silent"), ==, 1);
	add_total(fixture, LAST - 1, 12, 11, 100, 0);
	g_autoptr(Document) after = digest_until(fixture, LAST);
	g_assert_cmpint(head(after, "silent"), ==, 0);
}

static void
test_stopped(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	for (int64_t day = LAST - 40; day <= LAST - 4; day++)
		add_total(fixture, day, 11, 11, 100, 0);
	add_report(fixture, LAST - 3);

	g_autoptr(Document) stopped = digest_until(fixture, LAST);
	assert_subject(stopped, "TLS reports example.com: no reports since 2026-11-19");
	g_autoptr(Document) none = digest_until(fixture, LAST + 3);
	assert_subject(none, "TLS reports example.com: no reports came");
	/* The day before it is not yet three days. */
	g_autoptr(Document) well = digest_until(fixture, LAST - 2);
	assert_subject(well, "TLS reports example.com: all well");
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(Fixture *fixture, gconstpointer data);
	} tests[] = {
		{ "empty", test_empty },
		{ "figures", test_figures },
		{ "problems", test_problems },
		{ "glitch-and-pattern", test_glitch_and_pattern },
		{ "notes", test_notes },
		{ "silent", test_silent },
		{ "back", test_back },
		{ "stopped", test_stopped },
	};

	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++) {
		g_autofree char *path = g_strconcat("/view-digest/", tests[i].name, NULL);
		g_test_add(path, Fixture, NULL, set_up, tests[i].run, tear_down);
	}
	return g_test_run();
}
