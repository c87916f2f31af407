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

static void G_GNUC_PRINTF(2, 3) add(const Fixture *fixture, const char *format, ...)
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
add_total(
	const Fixture *fixture, int64_t day, int domain, int organization, int sessions, int failed)
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
		" failed_sessions, received_after) VALUES (%d, %" G_GINT64_FORMAT ", %d, 1, %d, 1)",
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
		"INSERT OR REPLACE INTO kind (id, name) VALUES (1, 'certificate-expired');"
		"INSERT INTO reporter VALUES (11, 11, 1, 1), (12, 12, 1, 1), (13, 13, 1, 1);"
		"DELETE FROM result_type;"
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

/* The days on which reports of an organization were received. */
static void
add_received(const Fixture *fixture, int organization, int64_t first, int64_t last)
{
	for (int64_t day = first; day <= last; day++)
		add(fixture,
			"INSERT OR IGNORE INTO reporter_day VALUES (%d, %" G_GINT64_FORMAT ", 1)",
			organization, day);
}

/* Both organizations report on example.com daily, one session in a hundred fails. */
static void
add_usual(const Fixture *fixture)
{
	for (int64_t day = LAST - 40; day <= LAST; day++) {
		add_total(fixture, day, 11, 11, 100, 1);
		add_total(fixture, day, 11, 12, 100, 1);
	}
	add_received(fixture, 11, LAST - 39, LAST + 1);
	add_received(fixture, 12, LAST - 39, LAST + 1);
	add_report(fixture, LAST + 1);
}

static Document *
digest_until(const Fixture *fixture, int64_t until)
{
	static const IncidentRules rules = { 7, 28, 14, 4 };
	static const BelieveRules believe = { .believe = BELIEVE_ALL };
	g_autoptr(GError) error = NULL;

	Store *store = store_open_reader(fixture->path, &error);
	g_assert_no_error(error);
	const DigestQuestion question = {
		.store = store,
		.last_day = until,
		.rules = &rules,
		.believe = &believe,
		.from = "a@example.com",
		.to = "b@example.com",
		.now = (until + 1) * 86400,
	};
	Document *document = view_digest(&question, &error);
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
	assert_subject(document, "TLS reports example.com +1: nothing broken");
	g_assert_cmpint(head(document, "well"), ==, 1);
	g_assert_cmpint(head(document, "learning"), ==, 1);
	g_assert_cmpint(head(document, "sessions"), ==, 1440);
	g_assert_cmpint(head(document, "failed_sessions"), ==, 18);
	g_assert_cmpuint(domains->rows->len, ==, 2);
	g_assert_cmpstr(table_text(domains, 0, "policy_domain"), ==, "example.com");
	g_assert_cmpint(table_number(domains, 0, "sessions"), ==, 1400);
	g_assert_cmpint(table_number(domains, 0, "learning"), ==, 0);
	g_assert_cmpint(table_number(domains, 1, "sessions"), ==, 40);
	g_assert_cmpint(table_number(domains, 1, "failed_sessions"), ==, 4);
	g_assert_cmpfloat_with_epsilon(table_cell(domains, 1, "failed_share")->share, 0.1, 1e-9);
	g_assert_cmpfloat_with_epsilon(
		table_cell(domains, 1, "failed_share_before")->share, 0.2, 1e-9);
	g_assert_cmpint(table_number(domains, 1, "learning"), ==, 1);
}

static const char *
section_of(const Document *document, size_t row)
{
	return table_text(document_table(document, "problems"), row, "section");
}

/* What is broken comes first; what is only counted is counted by its kind. */
static void
test_problems(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	add_usual(fixture);
	add_incident(fixture, 1, 11, 21, "enforce");
	add_incident(fixture, 2, 12, 22, "enforce");
	add_incident(fixture, 3, 12, 21, "enforce");
	execute(fixture, "UPDATE daily_total_row SET failed_sessions = 40");
	add_day(fixture, 1, LAST - 1, 11, 20);
	add_day(fixture, 1, LAST, 12, 20);
	/* Not in the week. */
	add_day(fixture, 3, LAST + 1, 11, 30);

	g_autoptr(Document) document = digest_until(fixture, LAST);
	const Table *problems = document_table(document, "problems");
	g_assert_cmpint(head(document, "critical") + head(document, "warnings"), ==, 1);
	g_assert_cmpuint(problems->rows->len, ==, 1);
	g_assert_cmpstr(table_text(problems, 0, "problem"), ==, "1");
	g_assert_cmpstr(section_of(document, 0), ==, "broken");
	g_assert_cmpint(table_number(problems, 0, "failed_sessions"), ==, 40);
	g_assert_cmpstr(table_text(problems, 0, "receiving_mx_hostnames"), ==, "mx1.example.com");
	g_assert_cmpuint(rows(document, "kinds"), ==, 0);
	g_assert_cmpint(head(document, "well"), ==, 0);
}

/* What was broken the week before and was not seen since is over: told once. */
static void
test_over(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	add_usual(fixture);
	execute(fixture, "UPDATE daily_total_row SET failed_sessions = 40");
	add_incident(fixture, 1, 11, 21, "enforce");
	add_day(fixture, 1, FIRST - 2, 11, 20);
	add_day(fixture, 1, FIRST - 1, 12, 20);

	g_autoptr(Document) before = digest_until(fixture, FIRST - 1);
	g_assert_cmpstr(section_of(before, 0), ==, "broken");
	g_autoptr(Document) document = digest_until(fixture, LAST);
	g_assert_cmpint(head(document, "over"), ==, 1);
	g_assert_cmpint(head(document, "well"), ==, 1);
	g_assert_cmpstr(section_of(document, 0), ==, "over");
	assert_subject(document, "TLS reports example.com: nothing broken, 1 over");
}

static void
test_resolved(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	add_usual(fixture);
	execute(fixture, "UPDATE daily_total_row SET failed_sessions = 40");
	add_incident(fixture, 1, 11, 21, "enforce");
	add_day(fixture, 1, FIRST, 11, 20);
	add_day(fixture, 1, FIRST + 1, 12, 20);
	add_note(fixture, 1, "resolve", (FIRST + 2) * 86400 + 3600, "renewed");
	add_note(fixture, 1, "note", (FIRST + 2) * 86400 + 7200, "by Ansible");

	g_autoptr(Document) document = digest_until(fixture, LAST);
	const Table *problems = document_table(document, "problems");
	g_assert_cmpint(head(document, "over"), ==, 1);
	g_assert_cmpstr(section_of(document, 0), ==, "over");
	g_assert_cmpstr(table_text(problems, 0, "state"), ==, "resolved");
	g_assert_cmpstr(table_text(problems, 0, "note"), ==, "by Ansible");
	/* The week after it is no news. */
	g_autoptr(Document) later = digest_until(fixture, LAST + 7);
	g_assert_cmpint(head(later, "over"), ==, 0);
}

/* Whatever weekday it is on which a reporter stops, a weekly digest says so. */
static void
test_silent(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	add_usual(fixture);
	for (int64_t day = LAST - 40; day <= LAST - 12; day++)
		add_total(fixture, day, 11, 13, 100, 0);
	add_received(fixture, 13, LAST - 39, LAST - 11);
	add(fixture,
		"INSERT INTO policy_seen_row VALUES (11, 2, 1, 13, %" G_GINT64_FORMAT
		", %" G_GINT64_FORMAT ")",
		LAST - 40, LAST - 12);
	for (int phase = 0; phase < 10; phase++) {
		g_autoptr(Document) document = digest_until(fixture, LAST - phase);
		g_autoptr(GArray) missing = digest_rows(document, SECTION_MISSING);
		const Table *problems = document_table(document, "problems");
		g_assert_cmpint(head(document, "silences"), ==, phase < 7);
		if (missing->len == 0)
			continue;
		const size_t row = g_array_index(missing, size_t, 0);
		g_assert_cmpstr(table_text(problems, row, "title"), ==,
			"Three no longer reports about example.com");
		assert_subject(document, "TLS reports example.com: 1 silence");
	}
}

static void
test_stopped(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	for (int64_t day = LAST - 40; day <= LAST - 4; day++)
		add_total(fixture, day, 11, 11, 100, 0);
	add_received(fixture, 11, LAST - 39, LAST - 3);
	add_report(fixture, LAST - 3);

	g_autoptr(Document) stopped = digest_until(fixture, LAST);
	assert_subject(stopped, "TLS reports example.com: no reports since 2026-11-19");
	g_assert_cmpint(head(stopped, "well"), ==, 0);
	g_autoptr(GArray) missing = digest_rows(stopped, SECTION_MISSING);
	g_assert_cmpuint(missing->len, ==, 1);
	/* The day before it is not yet three days. */
	g_autoptr(Document) well = digest_until(fixture, LAST - 1);
	assert_subject(well, "TLS reports example.com: all well");
	g_autofree char *sentence = digest_sentence(well);
	g_assert_cmpstr(sentence, ==, "All is well: none of 400 sessions failed.");
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
		{ "over", test_over },
		{ "resolved", test_resolved },
		{ "silent", test_silent },
		{ "stopped", test_stopped },
	};

	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++) {
		g_autofree char *path = g_strconcat("/view-digest/", tests[i].name, NULL);
		g_test_add(path, Fixture, NULL, set_up, tests[i].run, tear_down);
	}
	return g_test_run();
}
