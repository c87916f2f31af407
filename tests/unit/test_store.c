#include "tlsrpt/store.h"
#include "tlsrpt/store_write.h"

#include "store/hash.h"
#include "store/migrate.h"
#include "store/statement.h"

#include "tlsrpt/error.h"

#include "util.h"

#include <sqlite3.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define DAY INT64_C(86400)
#define NOV_1 INT64_C(1793491200) /* 2026-11-01T00:00:00Z */
#define ENFORCE "version: STSv1\nmode: enforce"
#define TESTING "version: STSv1\nmode: testing"

typedef struct {
	char *directory, *path;
	Store *store;
	Limits limits;
	int digests; /* given out so far */
} Fixture;

static StoreOptions
options_for(int64_t wait_ms)
{
	return (StoreOptions){ .wait_until = g_get_monotonic_time() + wait_ms * 1000 };
}

static Store *
open_store(const char *path)
{
	const StoreOptions options = options_for(10000);
	g_autoptr(GError) error = NULL;
	Store *store = store_open(path, &options, NULL, &error);

	g_assert_no_error(error);
	g_assert_nonnull(store);
	return store;
}

static void
set_up_empty(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	fixture->directory = make_directory();
	fixture->path = g_build_filename(fixture->directory, "test.db", NULL);
	fixture->limits = default_limits();
}

static void
set_up(Fixture *fixture, gconstpointer data)
{
	set_up_empty(fixture, data);
	fixture->store = open_store(fixture->path);
}

static void
tear_down(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	store_close(fixture->store);
	remove_tree(fixture->directory);
	g_free(fixture->path);
	g_free(fixture->directory);
}

static int
add_row(void *data, int n, char **values, G_GNUC_UNUSED char **names)
{
	GString *text = data;

	for (int i = 0; i < n; i++)
		g_string_append_printf(text, "%s%s",
			i > 0			? "|"
				: text->len > 0 ? "\n"
						: "",
			values[i] != NULL ? values[i] : "NULL");
	return 0;
}

/* What a query gives, by a reader of its own: "a|b", a line each; caller frees. */
static char *
query(const Fixture *fixture, const char *sql)
{
	GString *text = g_string_new(NULL);
	sqlite3 *db;

	g_assert_cmpint(
		sqlite3_open_v2(fixture->path, &db, SQLITE_OPEN_READONLY, NULL), ==, SQLITE_OK);
	const int code = sqlite3_exec(db, sql, add_row, text, NULL);
	if (code != SQLITE_OK)
		g_test_message("%s: %s", sql, sqlite3_errmsg(db));
	g_assert_cmpint(code, ==, SQLITE_OK);
	sqlite3_close(db);
	return g_string_free(text, FALSE);
}

static void
assert_query(const Fixture *fixture, const char *sql, const char *expected)
{
	g_autofree char *text = query(fixture, sql);

	g_test_message("%s", sql);
	g_assert_cmpstr(text, ==, expected);
}

/* Changes a database as a program would that is not ours, and leaves all of it in one file. */
static void
change(const Fixture *fixture, const char *sql)
{
	sqlite3 *db;

	g_assert_cmpint(sqlite3_open(fixture->path, &db), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_exec(db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
	sqlite3_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
	sqlite3_close(db);
}

/* Everything in the tables; caller frees. */
static char *
dump(const Fixture *fixture)
{
	g_autofree char *names = query(
		fixture, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name");
	g_auto(GStrv) tables = g_strsplit(names, "\n", -1);
	GString *text = g_string_new(NULL);

	for (char **table = tables; *table != NULL && **table != '\0'; table++) {
		g_autofree char *sql = g_strdup_printf("SELECT * FROM %s", *table);
		g_autofree char *rows = query(fixture, sql);
		g_string_append_printf(text, "%s\n%s\n", *table, rows);
	}
	return g_string_free(text, FALSE);
}

static Report *
new_report(const char *organization, const char *id, int day)
{
	Report *report = report_new();

	report->organization = report_string(report, organization);
	report->report_id = report_string(report, id);
	report->contact_info = report_string(report, "c@org.example");
	report->start_at = NOV_1 + day * DAY;
	report->end_at = report->start_at + DAY - 1;
	report->day = report->start_at / DAY;
	report->has_start = report->has_end = true;
	return report;
}

static Policy *
add_policy(Report *report, const char *type, const char *text, int64_t successful, int64_t failed)
{
	Policy *policy = report_add_policy(report);

	policy->policy_type = type;
	policy->policy_domain = "d.example";
	policy->policy_text = text;
	policy->successful_sessions = successful;
	policy->failed_sessions = failed;
	return policy;
}

static Failure *
add_failure(Policy *policy, const char *result_type, const char *mx, int64_t sessions)
{
	Failure *failure = policy_add_failure(policy);

	failure->result_type = result_type;
	failure->receiving_mx_hostname = mx;
	failure->failed_sessions = sessions;
	return failure;
}

/* A report with a row of each kind. */
static Report *
full_report(const char *organization, const char *id, int day)
{
	const Limits limits = default_limits();
	Report *report = new_report(organization, id, day);

	add_failure(add_policy(report, "sts", ENFORCE, 10, 2), "certificate-expired",
		"mx.d.example", 2);
	report_add_finding(report, &limits, FINDING_NULL, "$.x", "detail");
	return report;
}

/* A digest that no other has. */
static Digest
next_digest(Fixture *fixture)
{
	const int number = ++fixture->digests;
	Digest digest;

	digest_bytes(&number, sizeof(number), &digest);
	return digest;
}

static const StoreMessage plain_message = { .is_report = true };

/* A report as the store takes it; the last fields are the caller's to change. */
static StoreReport
store_report_of(Report *report, GBytes *raw, Digest digest)
{
	return (StoreReport){
		.report = report,
		.digest = digest,
		.raw = raw,
		.auth = AUTH_UNCHECKED,
	};
}

static bool
deliver_as(Fixture *fixture, Report *report, Auth auth, Digest digest, StoreOutcome *outcome,
	GError **error)
{
	g_autoptr(GBytes) raw = g_bytes_new_static("raw", 3);
	StoreReport one = store_report_of(report, raw, digest);
	const StoreDelivery delivery = {
		.message = &plain_message,
		.reports = &one,
		.n_reports = 1,
		.received_at = NOV_1 + 2 * DAY,
	};

	one.auth = auth;
	return store_deliver(fixture->store, &delivery, &fixture->limits, outcome, error);
}

/* Delivers a report that is new. Takes it. */
static void
deliver(Fixture *fixture, Report *report)
{
	g_autoptr(GError) error = NULL;
	StoreOutcome outcome;

	g_assert_true(deliver_as(
		fixture, report, AUTH_UNCHECKED, next_digest(fixture), &outcome, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(outcome.stored, ==, 1);
	g_assert_cmpuint(outcome.duplicates, ==, 0);
	g_assert_false(outcome.quarantined);
	report_free(report);
}

static bool
quarantine_as(Fixture *fixture, const char *auth_domain, QuarantineClass class, size_t size,
	int64_t received_at, bool *quarantined, GError **error)
{
	g_autofree char *content = g_strnfill(size, 'x');
	g_autoptr(GBytes) gzip = bytes_of(content);
	const StoreMessage message = {
		.from = "a@b.example",
		.from_domain = "b.example",
		.subject = "s",
	};
	const StoreQuarantine quarantine = {
		.class = class,
		.auth_domain = auth_domain,
		.reason = "not-json",
		.detail = "why",
		.digest = next_digest(fixture),
		.gzip = gzip,
		.size = (int64_t)size * 2,
	};
	const StoreDelivery delivery = {
		.message = &message,
		.quarantine = &quarantine,
		.received_at = received_at,
	};
	StoreOutcome outcome = { 0 };
	const bool ok = store_deliver(fixture->store, &delivery, &fixture->limits, &outcome, error);

	*quarantined = outcome.quarantined;
	return ok;
}

/* Keeps a message that is new. */
static void
keep(Fixture *fixture, const char *auth_domain, QuarantineClass class, size_t size,
	int64_t received_at)
{
	g_autoptr(GError) error = NULL;
	bool quarantined;

	g_assert_true(quarantine_as(
		fixture, auth_domain, class, size, received_at, &quarantined, &error));
	g_assert_no_error(error);
	g_assert_true(quarantined);
}

static void
assert_full(Fixture *fixture, const char *auth_domain, QuarantineClass class, size_t size,
	int64_t received_at)
{
	g_autofree char *before = dump(fixture);
	g_autoptr(GError) error = NULL;
	bool quarantined;

	g_assert_false(quarantine_as(
		fixture, auth_domain, class, size, received_at, &quarantined, &error));
	g_assert_error(error, TLSRPT_ERROR, TLSRPT_ERROR_STORE_FULL);
	/* Nothing was dropped for it either. */
	g_autofree char *after = dump(fixture);
	g_assert_cmpstr(after, ==, before);
}

static void
assert_open_fails(const char *uri, int64_t wait_ms, TlsrptError code)
{
	const StoreOptions options = options_for(wait_ms);
	g_autoptr(GError) error = NULL;
	bool created = true;

	g_test_message("%s", uri);
	g_assert_null(store_open(uri, &options, &created, &error));
	g_assert_error(error, TLSRPT_ERROR, (int)code);
}

static int64_t
pragma(const Store *store, const char *sql)
{
	g_autoptr(GError) error = NULL;
	StoreStatement *statement = store->driver->prepare(store->connection, sql, &error);

	g_assert_no_error(error);
	g_assert_cmpint(store->driver->step(statement, &error), ==, STEP_ROW);
	const int64_t value = store->driver->column_int(statement, 0);
	store->driver->finalize(statement);
	return value;
}

static void
test_create(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	static const char *const suffixes[] = { "", "-wal", "-shm", "-lock" };
	const StoreOptions options = options_for(10000);
	g_autoptr(GError) error = NULL;

	for (int i = 0; i < 2; i++) {
		bool created = i != 0;
		fixture->store = store_open(fixture->path, &options, &created, &error);
		g_assert_no_error(error);
		g_assert_cmpint(created, ==, i == 0);
		g_assert_cmpint(pragma(fixture->store, "PRAGMA auto_vacuum"), ==, 2);
		g_assert_cmpint(pragma(fixture->store, "PRAGMA foreign_keys"), ==, 1);
		g_assert_cmpint(pragma(fixture->store, "PRAGMA synchronous"), ==, 2);
		g_assert_cmpint(pragma(fixture->store, "PRAGMA temp_store"), ==, 2);
		g_assert_cmpint(pragma(fixture->store, "PRAGMA application_id"), ==, 0x544c5352);
		g_clear_pointer(&fixture->store, store_close);

		/* What a reader needs who can make no files is left in place. */
		for (size_t j = 0; j < G_N_ELEMENTS(suffixes); j++) {
			g_autofree char *file = g_strconcat(fixture->path, suffixes[j], NULL);
			g_assert_true(g_file_test(file, G_FILE_TEST_IS_REGULAR));
		}
		assert_query(fixture, "PRAGMA journal_mode", "wal");
	}
	assert_query(fixture, "PRAGMA integrity_check", "ok");
	store_close(NULL);
}

static void
test_uris(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	g_autofree char *uri = g_strconcat("sqlite:", fixture->path, NULL);
	g_autofree char *absent = g_build_filename(fixture->directory, "no", "x.db", NULL);

	fixture->store = open_store(uri);
	g_clear_pointer(&fixture->store, store_close);
	fixture->store = open_store(fixture->path);
	assert_open_fails("pgsql://host/base", 1000, TLSRPT_ERROR_UNSUPPORTED);
	assert_open_fails("unheard-of://x", 1000, TLSRPT_ERROR_UNSUPPORTED);
	assert_open_fails(absent, 1000, TLSRPT_ERROR_STORE_READONLY);
	g_autofree char *folder = g_build_filename(fixture->directory, "folder", NULL);
	g_assert_cmpint(g_mkdir(folder, 0700), ==, 0);
	assert_open_fails(folder, 1000, TLSRPT_ERROR_UNSUPPORTED);
}

static void
test_report_rows(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	g_autoptr(Report) report = full_report("Org", "r1", 0);
	g_autoptr(GError) error = NULL;
	StoreOutcome outcome;
	const StoreMessage message = {
		.from_domain = "from.example",
		.report_domain = "report.example",
		.submitter = "submitter.example",
		.subject = "subject",
		.message_id = "id@x",
		.sent_at = NOV_1 + DAY,
		.is_report = true,
	};
	g_autoptr(GBytes) raw = g_bytes_new_static("raw", 3);
	StoreReport one = store_report_of(report, raw, next_digest(fixture));
	const StoreDelivery delivery = {
		.message = &message,
		.reports = &one,
		.n_reports = 1,
		.received_at = NOV_1 + 2 * DAY,
	};

	Failure *failure = &g_array_index(
		g_array_index(report->policies, Policy, 0).failures, Failure, 0);
	failure->sending_mta_ip = "192.0.2.1";
	failure->receiving_ip = "2001:db8::1";
	failure->receiving_mx_helo = "helo";
	failure->additional_information = "information";
	failure->failure_reason_code = "reason";
	g_array_index(report->policies, Policy, 0).mx_hosts = "mx.d.example\n*.d.example";
	one.auth = AUTH_PASS;
	one.auth_domain = "auth.example";
	g_assert_true(store_deliver(fixture->store, &delivery, &fixture->limits, &outcome, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(outcome.stored, ==, 1);

	assert_query(fixture, "SELECT * FROM reports",
		"1|Org|r1|c@org.example|submitter.example|from.example|report.example|id@x|pass|"
		"auth.example|1793491200|1793577599|1793664000|2026-11-01|2026-11-01T00:00:00Z|"
		"2026-11-01T23:59:59Z|1|0");
	assert_query(fixture, "SELECT * FROM policies",
		"65536|1|Org|d.example|sts|" ENFORCE "|mx.d.example\n*.d.example|10|2|1793491200|"
		"1793577599");
	assert_query(fixture, "SELECT * FROM failures",
		"68719476736|65536|1|Org|d.example|sts|certificate-expired|192.0.2.1|mx.d.example|"
		"helo|2001:db8::1|2|information|reason|1793491200|1793577599|1");
	assert_query(fixture, "SELECT * FROM findings", "1|$.x|null|detail");
	assert_query(fixture, "SELECT * FROM daily",
		"2026-11-01|d.example|sts|Org|pass|auth.example|1|10|2");
	assert_query(fixture, "SELECT * FROM daily_total",
		"2026-11-01|d.example|Org|pass|auth.example|1|12|2|2026-11-03");
	assert_query(fixture, "SELECT * FROM reporters",
		"1|Org|pass|auth.example|1|1|2026-11-03|2026-11-03");
	assert_query(fixture, "SELECT * FROM incident_reasons",
		"1|reason|Org|pass|auth.example|2026-11-01|2026-11-01|2");
	assert_query(
		fixture, "SELECT * FROM incident_days", "1|2026-11-01|Org|pass|auth.example|1|2");
	assert_query(fixture, "SELECT * FROM incidents",
		"1|1|d.example|sts|certificate-expired|mx.d.example|certificate-expired|enforce|"
		"2026-11-03|2026-11-01|2026-11-01|1|1|1|2|NULL|NULL|NULL");
	assert_query(fixture, "SELECT * FROM policy_seen",
		"d.example|sts|" ENFORCE "|Org|pass|auth.example|2026-11-01|2026-11-01");
	assert_query(
		fixture, "SELECT * FROM raw", "20758|1|id@x|subject|NULL|NULL|1|1793577600|0|raw");
	assert_query(fixture, "SELECT * FROM notes", "");
	assert_query(fixture, "SELECT * FROM quarantined", "");
}

/* What is unknown is NULL in the views. */
static void
test_unknown(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	Report *report = new_report("", "r1", 0);

	report->contact_info = "";
	Policy *policy = add_policy(report, "", "", 0, 1);
	policy->policy_domain = "";
	add_failure(policy, "unspecified", "", 1);
	deliver(fixture, report);
	assert_query(fixture,
		"SELECT organization, contact_info, submitter, from_domain,"
		" report_domain, message_id, auth, auth_domain FROM reports",
		"NULL|NULL|NULL|NULL|NULL|NULL|unchecked|NULL");
	assert_query(fixture,
		"SELECT organization, policy_domain, policy_type, policy_text,"
		" mx_hosts FROM policies",
		"NULL|NULL|NULL|NULL|NULL");
	assert_query(fixture,
		"SELECT organization, policy_domain, policy_type, sending_mta_ip,"
		" receiving_mx_hostname, receiving_mx_helo, receiving_ip, additional_information,"
		" failure_reason_code FROM failures",
		"NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL");
	assert_query(fixture, "SELECT policy_domain, policy_type, organization FROM daily",
		"NULL|NULL|NULL");
	assert_query(fixture,
		"SELECT policy_domain, policy_type, receiving_mx_hostname, mode"
		" FROM incidents",
		"NULL|NULL|NULL|NULL");
}

static void
test_auth(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	for (int auth = AUTH_UNCHECKED; auth <= AUTH_HTTPS; auth++) {
		g_autoptr(Report) report = full_report("Org", "r", 0);
		g_autoptr(GError) error = NULL;
		StoreOutcome outcome;
		g_assert_true(deliver_as(
			fixture, report, (Auth)auth, next_digest(fixture), &outcome, &error));
	}
	assert_query(fixture, "SELECT auth FROM reports ORDER BY id",
		"unchecked\nnone\nfail\npass\nhttps");
	/* Totals are apart for each. */
	assert_query(fixture, "SELECT count(*), sum(reports) FROM daily_total", "5|5");
	assert_query(fixture, "SELECT count(*) FROM incident_days", "5");
	assert_query(fixture, "SELECT reports, failed_sessions FROM incidents", "5|10");
}

static void
test_duplicate(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	g_autoptr(Report) report = full_report("Org", "r1", 0);
	g_autoptr(Report) other = full_report("Other", "r2", 5);
	const Digest digest = next_digest(fixture);
	g_autoptr(GError) error = NULL;
	StoreOutcome outcome;

	g_assert_true(deliver_as(fixture, report, AUTH_UNCHECKED, digest, &outcome, &error));
	g_autofree char *before = dump(fixture);
	Report *const reports[] = { report, other }; /* the digest is what counts */
	for (size_t i = 0; i < G_N_ELEMENTS(reports); i++) {
		g_assert_true(
			deliver_as(fixture, reports[i], AUTH_UNCHECKED, digest, &outcome, &error));
		g_assert_cmpuint(outcome.stored, ==, 0);
		g_assert_cmpuint(outcome.duplicates, ==, 1);
		g_autofree char *after = dump(fixture);
		g_assert_cmpstr(after, ==, before);
	}
}

static void
test_same_id(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	static const struct {
		const char *organization, *id;
	} rows[] = {
		{ "Org", "r1" },
		{ "Org", "r1" },
		{ "Org", "r1" },
		{ "Org", "r2" },
		{ "Other", "r1" },
		{ "", "r1" },
		{ "", "r1" },
		{ "Org", "r12324" }, /* of the same hash as the next */
		{ "Org", "r19515" },
		{ "Org", "r19515" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Report) report = new_report(rows[i].organization, rows[i].id, 0);
		g_autoptr(GError) error = NULL;
		StoreOutcome outcome;
		g_assert_true(deliver_as(
			fixture, report, AUTH_UNCHECKED, next_digest(fixture), &outcome, &error));
		g_assert_cmpuint(outcome.stored, ==, 1);
	}
	assert_query(fixture, "SELECT * FROM findings",
		"2|$.report-id|same-id|r1\n3|$.report-id|same-id|r1\n7|$.report-id|same-id|r1\n"
		"10|$.report-id|same-id|r19515");
	assert_query(fixture, "SELECT count(*) FROM reports", "10");
	g_assert_cmpint(store_hash("r12324"), ==, store_hash("r19515"));
}

/* It is in the file: these are published values of FNV-1a, folded and moved. */
static void
test_hash(void)
{
	g_assert_cmpint(store_hash(""), ==, (0x81 ^ 0x1c9dc5) - 0x800000);
	g_assert_cmpint(store_hash("a"), ==, (0xe4 ^ 0x0c292c) - 0x800000);
	g_assert_cmpint(store_hash("foobar"), ==, (0xbf ^ 0x9cf968) - 0x800000);
}

/* Several reports in one message: all, and each once. */
static void
test_several(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	g_autoptr(Report) one = full_report("Org", "r1", 0);
	g_autoptr(Report) two = full_report("Org", "r2", 0);
	g_autoptr(GBytes) raw = g_bytes_new_static("raw", 3);
	g_autoptr(GError) error = NULL;
	const Digest first = next_digest(fixture), second = next_digest(fixture);
	StoreReport reports[] = {
		store_report_of(one, raw, first),
		store_report_of(two, raw, second),
		store_report_of(one, raw, first),
	};
	const StoreDelivery delivery = {
		.message = &plain_message,
		.reports = reports,
		.n_reports = G_N_ELEMENTS(reports),
		.received_at = NOV_1,
	};
	StoreOutcome outcome;

	reports[0].file_name = "f";
	reports[0].media_type = "t";
	g_assert_true(store_deliver(fixture->store, &delivery, &fixture->limits, &outcome, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(outcome.stored, ==, 2);
	g_assert_cmpuint(outcome.duplicates, ==, 1);
	assert_query(fixture, "SELECT file_name, media_type FROM raw", "f|t\nNULL|NULL");
	assert_query(
		fixture, "SELECT reports, sessions, failed_sessions FROM daily_total", "2|24|4");
}

static void
test_totals(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	/* The later day first; the same sessions under sts and tlsa. */
	for (int day = 1; day >= 0; day--) {
		Report *report = full_report("Org", day == 0 ? "r0" : "r1", day);
		add_policy(report, "tlsa", "3 1 1 aa", 11, 1);
		add_policy(report, "no-policy-found", "", 100, 0);
		deliver(fixture, report);
	}
	deliver(fixture, full_report("Org", "r2", 1));
	deliver(fixture, full_report("Other", "r3", 1));

	assert_query(fixture, "SELECT * FROM daily ORDER BY 1, 3, 4",
		"2026-11-01|d.example|no-policy-found|Org|unchecked|NULL|1|100|0\n"
		"2026-11-01|d.example|sts|Org|unchecked|NULL|1|10|2\n"
		"2026-11-01|d.example|tlsa|Org|unchecked|NULL|1|11|1\n"
		"2026-11-02|d.example|no-policy-found|Org|unchecked|NULL|1|100|0\n"
		"2026-11-02|d.example|sts|Org|unchecked|NULL|2|20|4\n"
		"2026-11-02|d.example|sts|Other|unchecked|NULL|1|10|2\n"
		"2026-11-02|d.example|tlsa|Org|unchecked|NULL|1|11|1");
	/* The rule holds for each report: 112 and 12, not max(24, 12) + 100. */
	assert_query(fixture, "SELECT * FROM daily_total ORDER BY 1, 3",
		"2026-11-01|d.example|Org|unchecked|NULL|1|112|2|2026-11-03\n"
		"2026-11-02|d.example|Org|unchecked|NULL|2|124|4|2026-11-03\n"
		"2026-11-02|d.example|Other|unchecked|NULL|1|12|2|2026-11-03");
	assert_query(fixture, "SELECT * FROM incident_days ORDER BY 2, 3",
		"1|2026-11-01|Org|unchecked|NULL|1|2\n1|2026-11-02|Org|unchecked|NULL|2|4\n"
		"1|2026-11-02|Other|unchecked|NULL|1|2");
	assert_query(fixture,
		"SELECT first_seen, last_seen, days, reports, organizations,"
		" failed_sessions FROM incidents",
		"2026-11-01|2026-11-02|2|4|2|8");
	assert_query(fixture,
		"SELECT policy_type, organization, first_day, last_day FROM"
		" policy_seen WHERE policy_type = 'sts' ORDER BY 2",
		"sts|Org|2026-11-01|2026-11-02\nsts|Other|2026-11-02|2026-11-02");
	/* The same values are kept once. */
	assert_query(fixture, "SELECT count(*) FROM policy_text", "3");
	assert_query(fixture, "SELECT count(*) FROM organization", "3");
	assert_query(fixture, "SELECT count(*) FROM sender", "2");
	assert_query(fixture, "PRAGMA foreign_key_check", "");
}

/* The mode is that of the policy last seen with it, by the day of the report. */
static void
test_incident_mode(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	static const struct {
		int day;
		const char *text, *mode;
	} rows[] = {
		{ 1, TESTING, "testing" },
		{ 2, ENFORCE, "enforce" },
		{ 0, TESTING, "enforce" },
		{ 2, TESTING, "testing" },
		{ 3, "", "NULL" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *id = g_strdup_printf("r%zu", i);
		Report *report = new_report("Org", id, rows[i].day);
		add_failure(add_policy(report, "sts", rows[i].text, 0, 1), "r", "mx", 1);
		deliver(fixture, report);
		assert_query(fixture, "SELECT mode FROM incidents", rows[i].mode);
	}
}

/* A total that is as great as can be takes in further reports. */
static void
test_saturation(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	for (int i = 0; i < 3; i++) {
		g_autofree char *id = g_strdup_printf("r%d", i);
		Report *report = new_report("Org", id, 0);
		Policy *policy = add_policy(report, "sts", ENFORCE, COUNT_MAX, COUNT_MAX);
		add_failure(policy, "r", "mx", COUNT_MAX);
		deliver(fixture, report);
	}
	deliver(fixture, full_report("Org", "small", 1));
	assert_query(fixture,
		"SELECT reports, successful_sessions, failed_sessions FROM daily"
		" WHERE day = '2026-11-01'",
		"3|9007199254740992|9007199254740992");
	assert_query(fixture,
		"SELECT reports, sessions, failed_sessions FROM daily_total"
		" WHERE day = '2026-11-01'",
		"3|9007199254740992|9007199254740992");
	assert_query(fixture,
		"SELECT reports, failed_sessions FROM incident_days"
		" WHERE incident = 1",
		"3|9007199254740992");
	assert_query(
		fixture, "SELECT failed_sessions FROM incidents WHERE id = 1", "9007199254740992");
	assert_query(fixture, "SELECT count(*) FROM reports", "4");
}

static void
test_folded_incidents(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	fixture->limits.incidents = 1;
	for (int day = 0; day < 2; day++) {
		Report *report = new_report("Org", day == 0 ? "r0" : "r1", day);
		Policy *policy = add_policy(report, "sts", ENFORCE, 0, 7);
		add_failure(policy, "r", "mx1", 1);
		add_failure(policy, "r", "mx2", 2);
		add_failure(policy, "r", "mx3", 4);
		deliver(fixture, report);
	}
	assert_query(fixture,
		"SELECT receiving_mx_hostname, days, failed_sessions FROM incidents ORDER BY id",
		"mx1|2|2\n(many)|2|12");
	assert_query(fixture, "SELECT count(*) FROM failures", "6");
}

static void
test_nothing(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	g_autofree char *before = dump(fixture);
	g_autoptr(GError) error = NULL;
	const StoreDelivery delivery = { .message = &plain_message, .received_at = NOV_1 };
	StoreOutcome outcome = { .stored = 7, .quarantined = true };

	g_assert_true(store_deliver(fixture->store, &delivery, &fixture->limits, &outcome, &error));
	g_assert_cmpuint(outcome.stored, ==, 0);
	g_assert_false(outcome.quarantined);
	g_autofree char *after = dump(fixture);
	g_assert_cmpstr(after, ==, before);
}

/* The messages in quarantine; and that the shares are the sums of the rows. */
#define QUARANTINE "SELECT auth_domain, class FROM quarantined_row ORDER BY id"
#define SHARES \
	"SELECT (SELECT count(*) FROM (SELECT auth_domain, count(*), sum(stored_size)" \
	" FROM quarantined_row GROUP BY 1 UNION ALL SELECT '(all)', count(*), sum(stored_size)" \
	" FROM quarantined_row HAVING count(*) > 0 EXCEPT SELECT * FROM quarantine_share)" \
	") + (SELECT count(*) FROM quarantine_share) - (SELECT count(DISTINCT auth_domain)" \
	" + (count(*) > 0) FROM quarantined_row)"

/* What a message of these tests takes: its texts and 300 bytes, twice. */
#define SIZE_OF(content, domain) \
	(2 * (300 + (content) + 8 + 3 + 11 + 1 + 3 * (int64_t)strlen(domain)))

static void
test_quarantine(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	bool quarantined;

	keep(fixture, "b.example", QUARANTINE_DAMAGED, 10, NOV_1);
	assert_query(fixture, "SELECT * FROM quarantined",
		"1|1793491200|not-json|why|a@b.example|s|b.example|20");
	assert_query(fixture, "SELECT content FROM quarantined_row", "xxxxxxxxxx");
	assert_query(fixture, SHARES, "0");
	g_autofree char *size = g_strdup_printf("%" G_GINT64_FORMAT, SIZE_OF(10, "b.example"));
	assert_query(fixture, "SELECT stored_size FROM quarantined_row", size);

	/* An equal message only once, from whomever. */
	fixture->digests--;
	g_assert_true(quarantine_as(
		fixture, "c.example", QUARANTINE_NO_REPORT, 20, NOV_1 + 1, &quarantined, &error));
	g_assert_false(quarantined);
	assert_query(fixture, QUARANTINE, "b.example|4");
}

/* One part is good and another damaged: both in one transaction, or neither. */
static void
test_report_and_quarantine(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	g_autoptr(Report) report = full_report("Org", "r1", 0);
	g_autoptr(GBytes) bytes = g_bytes_new_static("0123456789", 10);
	const StoreReport one = store_report_of(report, bytes, next_digest(fixture));
	const StoreQuarantine quarantine = {
		.class = QUARANTINE_UNAUTHENTICATED,
		.reason = "not-json",
		.detail = "part 3",
		.digest = next_digest(fixture),
		.gzip = bytes,
		.size = 10,
	};
	const StoreDelivery delivery = { &plain_message, &one, 1, &quarantine, NOV_1, NULL, 1000,
		false };
	StoreOutcome outcome = { 0 };
	g_autoptr(GError) error = NULL;

	fixture->limits.quarantine = 1000; /* half of it is too little */
	g_autofree char *before = dump(fixture);
	g_assert_false(
		store_deliver(fixture->store, &delivery, &fixture->limits, &outcome, &error));
	g_assert_error(error, TLSRPT_ERROR, TLSRPT_ERROR_STORE_FULL);
	g_assert_cmpuint(outcome.stored, ==, 0);
	g_autofree char *after = dump(fixture);
	g_assert_cmpstr(after, ==, before);
	g_clear_error(&error);

	fixture->limits.quarantine = 2000;
	g_assert_true(store_deliver(fixture->store, &delivery, &fixture->limits, &outcome, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(outcome.stored, ==, 1);
	g_assert_true(outcome.quarantined);
	assert_query(fixture, QUARANTINE, "|1");
}

/*
 * First the oldest of no report, then of what nobody vouches for, then what nobody wants, then damaged
 * ones of more than 30 days.
 */
static void
test_quarantine_order(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	static const char *const left[] = {
		"old|4\n|1\nbad|3\nlat|0\nne1|4",
		"old|4\n|1\nbad|3\nne1|4\nne2|4",
		"old|4\nbad|3\nne1|4\nne2|4\nne3|4",
		"old|4\nne1|4\nne2|4\nne3|4\nne4|4",
		"ne1|4\nne2|4\nne3|4\nne4|4\nne5|4",
	};
	const int64_t now = NOV_1 + 30 * DAY + 1;

	fixture->limits.quarantine = 5 * SIZE_OF(10, "old");
	keep(fixture, "old", QUARANTINE_DAMAGED, 10, NOV_1);
	keep(fixture, NULL, QUARANTINE_UNAUTHENTICATED, 10, NOV_1 + 1);
	keep(fixture, "bad", QUARANTINE_FOREIGN, 10, NOV_1);
	keep(fixture, "lat", QUARANTINE_NO_REPORT, 10, NOV_1 + 3);
	keep(fixture, "ear", QUARANTINE_NO_REPORT, 10, NOV_1 + 2);
	for (size_t i = 0; i < G_N_ELEMENTS(left); i++) {
		g_autofree char *domain = g_strdup_printf("ne%zu", i + 1);
		keep(fixture, domain, QUARANTINE_DAMAGED, 10, now);
		assert_query(fixture, QUARANTINE, left[i]);
		assert_query(fixture, SHARES, "0");
	}
	assert_full(fixture, "ne6", QUARANTINE_DAMAGED, 10, now);
}

/* At 30 days, and past them. */
static void
test_quarantine_age(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	fixture->limits.quarantine = 4 * SIZE_OF(10, "d0");
	for (int i = 0; i < 4; i++) {
		g_autofree char *domain = g_strdup_printf("d%d", i);
		keep(fixture, domain, QUARANTINE_DAMAGED, 10, NOV_1);
	}
	assert_full(fixture, "e0", QUARANTINE_NO_REPORT, 10, NOV_1 + 30 * DAY);
	keep(fixture, "e0", QUARANTINE_NO_REPORT, 10, NOV_1 + 30 * DAY + 1);
	assert_query(fixture, QUARANTINE, "d1|4\nd2|4\nd3|4\ne0|0");
}

/*
 * One domain that signs fills a quarter, all that nobody vouches for a half; only their own messages
 * make room for others there.
 */
static void
test_quarantine_share(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	fixture->limits.quarantine = 8 * SIZE_OF(10, "a");
	keep(fixture, "a", QUARANTINE_NO_REPORT, 10, NOV_1);
	keep(fixture, "b", QUARANTINE_NO_REPORT, 10, NOV_1);
	keep(fixture, "b", QUARANTINE_DAMAGED, 10, NOV_1);
	keep(fixture, "b", QUARANTINE_DAMAGED, 10, NOV_1);
	assert_query(fixture, QUARANTINE, "a|0\nb|4\nb|4");
	assert_full(fixture, "b", QUARANTINE_DAMAGED, 1, NOV_1);
	assert_full(fixture, "d", QUARANTINE_DAMAGED, 1000, NOV_1);
	for (int i = 0; i < 3; i++)
		keep(fixture, NULL, QUARANTINE_UNAUTHENTICATED, 10, NOV_1);
	keep(fixture, NULL, QUARANTINE_NO_REPORT, 10, NOV_1 + 1);
	assert_query(fixture, QUARANTINE, "a|0\nb|4\nb|4\n|1\n|1\n|1\n|0");
	/* Spam of today goes before what looks like a report and is older. */
	keep(fixture, NULL, QUARANTINE_UNAUTHENTICATED, 10, NOV_1 + 2);
	assert_query(fixture, QUARANTINE, "a|0\nb|4\nb|4\n|1\n|1\n|1\n|1");
	keep(fixture, NULL, QUARANTINE_NO_REPORT, 10, NOV_1 + 3);
	assert_query(fixture, QUARANTINE, "a|0\nb|4\nb|4\n|1\n|1\n|1\n|0");
	assert_query(fixture, SHARES, "0");
}

/* A large message drops as many small ones as it needs, in a fixed number of statements. */
static void
test_quarantine_many(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	fixture->limits.quarantine = 8 * SIZE_OF(10, "a");
	for (int i = 0; i < 4; i++)
		keep(fixture, NULL, QUARANTINE_UNAUTHENTICATED, 10, NOV_1 + i);
	keep(fixture, NULL, QUARANTINE_UNAUTHENTICATED, 400, NOV_1);
	assert_query(
		fixture, "SELECT count(*), min(received_at) FROM quarantined_row", "2|1793491200");
	assert_query(fixture, SHARES, "0");
}

/* How many names of all kinds there are, beside the empty ones; senders, reporters, incidents. */
#define NAMES \
	"SELECT (SELECT count(*) - 1 FROM organization), (SELECT count(*) - 1 FROM domain)," \
	" (SELECT count(*) - 1 FROM address), (SELECT count(*) - 1 FROM policy_type)," \
	" (SELECT count(*) - 1 FROM result_type), (SELECT count(*) - 1 FROM kind)," \
	" (SELECT count(*) - 1 FROM contact), (SELECT count(*) - 1 FROM policy_text)," \
	" (SELECT count(*) - 1 FROM mx_list), (SELECT count(*) - 1 FROM reason)," \
	" (SELECT count(*) FROM sender), (SELECT count(*) FROM reporter)," \
	" (SELECT count(*) FROM incident)"

static void
show_nothing(G_GNUC_UNUSED void *data, G_GNUC_UNUSED int64_t done, G_GNUC_UNUSED int64_t total)
{
}

static void
prune_until(Fixture *fixture, int day, int64_t collected)
{
	const StoreRetention retention = { NOV_1 / DAY + day, NOV_1 / DAY + day };
	const StoreWatch watch = { show_nothing, NULL };
	g_autoptr(GError) error = NULL;
	StorePruned pruned;

	g_assert_true(store_prune(fixture->store, &retention, &watch, &pruned, &error));
	g_assert_no_error(error);
	g_assert_cmpint(pruned.collected, ==, collected);
}

static void
deliver_with_names(Fixture *fixture, const char *name, int day)
{
	g_autofree char *mx = g_strdup_printf("mx.%s.test", name);
	Report *report = new_report(name, name, day);
	Policy *policy = add_policy(report, "sts", ENFORCE, 0, 1);
	Failure *failure = add_failure(
		policy, report_string(report, name), report_string(report, mx), 1);

	policy->policy_domain = report_string(report, name);
	policy->policy_text = policy->policy_domain;
	policy->mx_hosts = failure->receiving_mx_hostname;
	failure->sending_mta_ip = policy->policy_domain;
	failure->failure_reason_code = policy->policy_domain;
	deliver(fixture, report);
}

/* Of a pruned report its tombstone is left, and what that refers to. */
static void
test_collect(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	for (int i = 0; i < 3; i++) {
		g_autofree char *name = g_strdup_printf("n%d", i);
		deliver_with_names(fixture, name, i);
	}
	assert_query(fixture, NAMES, "3|6|3|3|15|17|1|3|3|3|3|3|3");
	prune_until(fixture, 0, 0);
	assert_query(fixture, NAMES, "3|6|3|3|15|17|1|3|3|3|3|3|3");
	/* Of each: incident, two domains, address, result type, policy text, list of MX, reason. */
	prune_until(fixture, 2, 16);
	assert_query(fixture, NAMES, "3|2|1|3|13|17|1|1|1|1|3|3|1");
	assert_query(fixture,
		"SELECT policy_domain, receiving_mx_hostname, policy_type FROM failures",
		"n2|mx.n2.test|sts");
	assert_query(fixture, "SELECT count(*) FROM reports WHERE organization IS NULL", "0");
	assert_query(fixture, "PRAGMA foreign_key_check", "");

	/* The same names again, and an incident with a note. */
	deliver_with_names(fixture, "n0", 3);
	assert_query(fixture, NAMES, "3|4|2|3|14|17|1|2|2|2|3|3|2");
	g_assert_true(sqlite_driver.execute(fixture->store->connection,
		"INSERT INTO note (incident, kind, author, at, text)"
		" SELECT min(id), 'note', 'me', 1, 'x' FROM incident",
		NULL));
	deliver_with_names(fixture, "n4", 4);
	deliver_with_names(fixture, "n5", 5);
	prune_until(fixture, 6, 24);
	/* Those of the incident with a note, and of the last one, whose id is not given again. */
	assert_query(fixture, NAMES, "5|4|0|3|14|17|1|0|0|0|5|5|2");
	assert_query(fixture, "SELECT count(*) FROM reports WHERE pruned", "6");
	prune_until(fixture, 6, 0);
}

/* What was collected from a store that another program has open is found missing there, too. */
static void
test_collect_beside(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	deliver_with_names(fixture, "n0", 0);
	prune_until(fixture, 2, 4);
	for (int day = 3; day < 6; day++) {
		deliver_with_names(fixture, "n0", day);
		deliver_with_names(fixture, "n1", day);
	}
	assert_query(fixture,
		"SELECT count(*) FROM failures WHERE policy_domain IS NULL"
		" OR receiving_mx_hostname IS NULL OR failure_reason_code IS NULL",
		"0");
	assert_query(fixture, "SELECT count(*) FROM failures", "6");
}

static void
test_no_quarantine(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	fixture->limits.quarantine = 0;
	assert_full(fixture, "a", QUARANTINE_DAMAGED, 1, NOV_1);
}

/* All bytes of the file. */
static GBytes *
content_of(const Fixture *fixture)
{
	char *content;
	gsize size;

	g_assert_true(g_file_get_contents(fixture->path, &content, &size, NULL));
	return g_bytes_new_take(content, size);
}

static void
assert_refused(const Fixture *fixture, TlsrptError code)
{
	g_autoptr(GBytes) before = content_of(fixture);

	assert_open_fails(fixture->path, 1000, code);
	g_autoptr(GBytes) after = content_of(fixture);
	g_assert_true(g_bytes_equal(before, after));
}

static void
test_foreign(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	static const char *const foreign[] = {
		"CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1)",
		"PRAGMA application_id = 12345",
		"PRAGMA application_id = 12345; CREATE TABLE version (version)",
		"PRAGMA journal_mode = WAL; CREATE TABLE theirs (a)",
		"CREATE VIEW theirs AS SELECT 1",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(foreign); i++) {
		g_test_message("%s", foreign[i]);
		change(fixture, foreign[i]);
		assert_refused(fixture, TLSRPT_ERROR_STORE_FOREIGN);
		g_assert_cmpint(g_remove(fixture->path), ==, 0);
	}
}

static void
test_newer(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	g_autofree char *sql = g_strdup_printf(
		"UPDATE version SET version = %d", store_schema.version + 1);

	g_clear_pointer(&fixture->store, store_close);
	change(fixture, sql);
	assert_refused(fixture, TLSRPT_ERROR_STORE_FOREIGN);
}

static void
test_not_a_database(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	g_autofree char *text = g_strnfill(5000, 'x');

	g_assert_true(g_file_set_contents(fixture->path, text, -1, NULL));
	assert_refused(fixture, TLSRPT_ERROR_STORE_FOREIGN);
	g_assert_true(g_file_set_contents(fixture->path, "{}", -1, NULL));
	assert_refused(fixture, TLSRPT_ERROR_STORE_FOREIGN);
}

static void
test_corrupt(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	g_clear_pointer(&fixture->store, store_close);
	change(fixture, "DELETE FROM auth WHERE id > 99");
	g_autoptr(GBytes) content = content_of(fixture);
	gsize size;
	g_autofree char *copy = g_malloc(g_bytes_get_size(content));
	memcpy(copy, g_bytes_get_data(content, &size), g_bytes_get_size(content));
	memset(copy + 100, 0xff, 900); /* the root of the schema */
	g_assert_true(g_file_set_contents(fixture->path, copy, (gssize)size, NULL));
	assert_refused(fixture, TLSRPT_ERROR_STORE_CORRUPT);
}

/* Files that a creation cut short may leave. */
static void
test_unfinished(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	static const char *const left[] = {
		NULL, /* an empty file */
		"PRAGMA auto_vacuum = INCREMENTAL",
		"PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL",
	};
	const StoreOptions options = options_for(10000);

	for (size_t i = 0; i < G_N_ELEMENTS(left); i++) {
		g_autoptr(GError) error = NULL;
		bool created = false;
		if (left[i] == NULL)
			g_assert_true(g_file_set_contents(fixture->path, "", 0, NULL));
		else
			change(fixture, left[i]);
		fixture->store = store_open(fixture->path, &options, &created, &error);
		g_assert_no_error(error);
		g_assert_true(created);
		deliver(fixture, full_report("Org", "r1", 0));
		g_assert_cmpint(pragma(fixture->store, "PRAGMA auto_vacuum"), ==, 2);
		assert_query(fixture, "PRAGMA journal_mode", "wal");
		g_clear_pointer(&fixture->store, store_close);
		remove_tree(fixture->directory);
		g_assert_cmpint(g_mkdir(fixture->directory, 0700), ==, 0);
	}
}

/* Delivers a report while somebody else keeps the store busy. */
static void
assert_busy(Fixture *fixture, int64_t wait_ms)
{
	const StoreOptions options = options_for(wait_ms);
	const int64_t start = g_get_monotonic_time();
	g_autoptr(Report) report = full_report("Org", "r1", 0);
	g_autoptr(GError) error = NULL;
	StoreOutcome outcome = { .stored = 7 };
	Store *store = store_open(fixture->path, &options, NULL, &error);

	g_assert_no_error(error);
	fixture->store = store;
	g_assert_false(deliver_as(
		fixture, report, AUTH_UNCHECKED, next_digest(fixture), &outcome, &error));
	g_assert_error(error, TLSRPT_ERROR, TLSRPT_ERROR_STORE_BUSY);
	g_assert_cmpuint(outcome.stored, ==, 7);
	const int64_t waited = (g_get_monotonic_time() - start) / 1000;
	g_assert_cmpint(waited, >=, wait_ms / 2);
	g_assert_cmpint(waited, <, wait_ms + 3000);
	fixture->store = NULL;
	store_close(store);
}

static void
test_busy_database(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	sqlite3 *db;

	g_clear_pointer(&fixture->store, store_close);
	g_assert_cmpint(sqlite3_open(fixture->path, &db), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==, SQLITE_OK);
	assert_busy(fixture, 0);
	assert_busy(fixture, 300);
	g_assert_cmpint(sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL), ==, SQLITE_OK);
	fixture->store = open_store(fixture->path);
	deliver(fixture, full_report("Org", "r1", 0));
	sqlite3_close(db);
}

/* A descriptor that holds the writers' turn. */
static int
hold_turn(const Fixture *fixture)
{
	g_autofree char *path = g_strconcat(fixture->path, "-lock", NULL);
	const int fd = g_open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	g_assert_cmpint(fd, >=, 0);
	g_assert_cmpint(flock(fd, LOCK_EX), ==, 0);
	return fd;
}

static void
test_busy_turn(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	g_clear_pointer(&fixture->store, store_close);
	const int fd = hold_turn(fixture);
	assert_busy(fixture, 0);
	assert_busy(fixture, 300);
	close(fd);
	fixture->store = open_store(fixture->path);
	deliver(fixture, full_report("Org", "r1", 0));
}

static void
test_busy_creation(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	const int fd = hold_turn(fixture);

	assert_open_fails(fixture->path, 200, TLSRPT_ERROR_STORE_BUSY);
	close(fd);
	fixture->store = open_store(fixture->path);
	deliver(fixture, full_report("Org", "r1", 0));
}

/* Waiting ends when the turn comes, and the signals of the process are as before. */
static void
test_wait_for_turn(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	const int fd = hold_turn(fixture);
	const pid_t child = fork();

	if (child == 0) {
		g_usleep(200000);
		_exit(0); /* the other descriptor of the lock */
	}
	close(fd);
	deliver(fixture, full_report("Org", "r1", 0));
	g_assert_cmpint(waitpid(child, NULL, 0), ==, child);
	struct sigaction action;
	sigaction(SIGALRM, NULL, &action);
	g_assert_true(action.sa_handler == SIG_DFL);
}

/* Processes that all find no store make it once, and lose no report. */
static void
test_many_writers(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	pid_t children[6];

	for (size_t i = 0; i < G_N_ELEMENTS(children); i++) {
		children[i] = fork();
		if (children[i] != 0)
			continue;
		g_autofree char *id = g_strdup_printf("r%zu", i);
		fixture->digests = (int)i;
		fixture->store = open_store(fixture->path);
		deliver(fixture, full_report("Org", id, 0));
		store_close(fixture->store);
		_exit(0);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(children); i++) {
		int status;
		g_assert_cmpint(waitpid(children[i], &status, 0), ==, children[i]);
		g_assert_cmpint(status, ==, 0);
	}
	assert_query(fixture, "SELECT reports, sessions FROM daily_total", "6|72");
	g_autofree char *version = g_strdup_printf("%d", store_schema.version);
	assert_query(fixture, "SELECT version FROM version", version);
	assert_query(fixture, "PRAGMA integrity_check", "ok");
}

/* A full disk loses nothing but the delivery that did not fit. */
static void
test_full(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	StoreOutcome outcome = { 0 };

	deliver(fixture, full_report("Org", "r1", 0));
	g_autofree char *before = dump(fixture);
	g_autofree char *limit = g_strdup_printf("PRAGMA max_page_count = %" G_GINT64_FORMAT,
		pragma(fixture->store, "PRAGMA page_count") + 2);
	g_assert_true(sqlite_driver.execute(fixture->store->connection, limit, &error));
	Report *report = full_report("Org", "r2", 0);
	for (int i = 0; i < 2000; i++)
		add_failure(&g_array_index(report->policies, Policy, 0), "r", "mx", 1);
	const Digest digest = next_digest(fixture);
	g_assert_false(deliver_as(fixture, report, AUTH_UNCHECKED, digest, &outcome, &error));
	g_assert_error(error, TLSRPT_ERROR, TLSRPT_ERROR_STORE_FULL);
	g_clear_error(&error);
	g_autofree char *after = dump(fixture);
	g_assert_cmpstr(after, ==, before);

	g_assert_true(sqlite_driver.execute(
		fixture->store->connection, "PRAGMA max_page_count = 100000", &error));
	g_assert_true(deliver_as(fixture, report, AUTH_UNCHECKED, digest, &outcome, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(outcome.stored, ==, 1);
	report_free(report);
}

/*
 * The SQLite driver, but call number failing.at fails.  Calls that cannot fail are not counted.
 */
static struct {
	int at, calls;
	const StoreTask *task; /* that is performed row by row */
	size_t row;
} failing;

static bool
fails_now(GError **error)
{
	if (++failing.calls != failing.at)
		return false;
	g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_STORE_FULL, "on request");
	return true;
}

static void
answer_row(G_GNUC_UNUSED void *data, G_GNUC_UNUSED size_t row, StoreStatement *statement)
{
	if (failing.task->answer != NULL)
		failing.task->answer(failing.task->data, failing.row, statement);
}

static bool
failing_has_schema(StoreConnection *connection, bool *has, GError **error)
{
	return !fails_now(error) && sqlite_driver.has_schema(connection, has, error);
}

static bool
failing_begin(StoreConnection *connection, bool is_alone, GError **error)
{
	return !fails_now(error) && sqlite_driver.begin(connection, is_alone, error);
}

static bool
failing_commit(StoreConnection *connection, GError **error)
{
	if (!fails_now(error))
		return sqlite_driver.commit(connection, error);
	sqlite_driver.rollback(connection); /* as a driver's commit does when it fails */
	return false;
}

static bool
failing_execute(StoreConnection *connection, const char *sql, GError **error)
{
	return !fails_now(error) && sqlite_driver.execute(connection, sql, error);
}

static StoreStatement *
failing_prepare(StoreConnection *connection, const char *sql, GError **error)
{
	return fails_now(error) ? NULL : sqlite_driver.prepare(connection, sql, error);
}

static StepResult
failing_step(StoreStatement *statement, GError **error)
{
	return fails_now(error) ? STEP_ERROR : sqlite_driver.step(statement, error);
}

/* Row by row, so that it fails at each. */
static bool
failing_perform(StoreConnection *connection, const StoreTask *tasks, size_t n, GError **error)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t row = 0; row < tasks[i].n; row++) {
			StoreTask one = tasks[i];
			one.values += row * one.width;
			one.n = 1;
			one.changes = one.changes != NULL ? one.changes + row : NULL;
			one.answer = answer_row;
			failing.task = &tasks[i];
			failing.row = row;
			if (fails_now(error) || !sqlite_driver.perform(connection, &one, 1, error))
				return false;
		}
	}
	return true;
}

static StoreDriver
failing_driver(void)
{
	StoreDriver driver = sqlite_driver;

	driver.has_schema = failing_has_schema;
	driver.begin = failing_begin;
	driver.commit = failing_commit;
	driver.execute = failing_execute;
	driver.prepare = failing_prepare;
	driver.step = failing_step;
	driver.perform = failing_perform;
	return driver;
}

/* Whichever call fails, the database holds all of a delivery or nothing. */
static void
test_failing_delivery(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	const StoreDriver driver = failing_driver();
	g_autoptr(Report) one = full_report("Org", "r1", 0);
	g_autoptr(Report) two = full_report("Org", "r1", 1);
	g_autoptr(GBytes) bytes = g_bytes_new_static("0123456789", 10);
	const StoreReport reports[] = {
		store_report_of(one, bytes, next_digest(fixture)),
		store_report_of(two, bytes, next_digest(fixture)),
	};
	const StoreQuarantine quarantine = { QUARANTINE_DAMAGED, "d9", "not-json", "why",
		next_digest(fixture), bytes, 10 };
	const StoreDelivery delivery = { &plain_message, reports, 2, &quarantine, NOV_1, NULL, 1000,
		false };
	bool ok = false;

	/* So full that something has to be dropped. */
	fixture->limits.quarantine = 4 * SIZE_OF(10, "d0");
	for (int i = 0; i < 4; i++) {
		g_autofree char *domain = g_strdup_printf("d%d", i);
		keep(fixture, domain, QUARANTINE_NO_REPORT, 10, NOV_1);
	}
	g_autofree char *before = dump(fixture);
	fixture->store->driver = &driver;
	for (failing.at = 1; !ok; failing.at++) {
		g_autoptr(GError) error = NULL;
		StoreOutcome outcome = { .stored = 7 };
		failing.calls = 0;
		ok = store_deliver(fixture->store, &delivery, &fixture->limits, &outcome, &error);
		g_assert_cmpint(outcome.stored, ==, ok ? 2 : 7);
		if (ok)
			break;
		g_assert_error(error, TLSRPT_ERROR, TLSRPT_ERROR_STORE_FULL);
		g_assert_cmpint(failing.calls, ==, failing.at); /* nothing is tried after it */
		g_autofree char *after = dump(fixture);
		g_assert_cmpstr(after, ==, before);
	}
	/* Two reports, each with dozens of statements, were on the way. */
	g_assert_cmpint(failing.at, >, 60);
	fixture->store->driver = &sqlite_driver;
	assert_query(fixture, "SELECT report_id FROM reports", "r1\nr1");
	assert_query(fixture, "SELECT reports, sessions FROM daily_total", "1|12\n1|12");
	assert_query(fixture, "SELECT * FROM findings WHERE code = 'same-id'",
		"2|$.report-id|same-id|r1");
	assert_query(fixture, "SELECT count(*), min(id) FROM quarantined_row", "4|2");
	assert_query(fixture, SHARES, "0");
	assert_query(fixture, "PRAGMA foreign_key_check", "");
}

/* The SQLite driver, in whose way another writer is, so many times. */
static struct {
	int left, begun;
} conflicts;

static bool
conflicting_begin(StoreConnection *connection, bool is_alone, GError **error)
{
	conflicts.begun++;
	return sqlite_driver.begin(connection, is_alone, error);
}

static bool
conflicting_commit(StoreConnection *connection, GError **error)
{
	if (conflicts.left == 0)
		return sqlite_driver.commit(connection, error);
	conflicts.left--;
	sqlite_driver.rollback(connection);
	g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_STORE_CONFLICT, "on request");
	return false;
}

/* What another writer was in the way of is done again from its first look on, and counts once. */
static void
test_conflict(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	StoreDriver driver = sqlite_driver;

	driver.begin = conflicting_begin;
	driver.commit = conflicting_commit;
	fixture->store->driver = &driver;
	for (int times = 0; times < 4; times++) {
		g_autofree char *id = g_strdup_printf("r%d", times);
		conflicts.left = times;
		conflicts.begun = 0;
		deliver(fixture, full_report("Org", id, times));
		g_assert_cmpint(conflicts.begun, ==, times + 1);
	}
	assert_query(fixture, "SELECT day, reports, sessions FROM daily_total ORDER BY 1",
		"2026-11-01|1|12\n2026-11-02|1|12\n2026-11-03|1|12\n2026-11-04|1|12");
	assert_query(fixture, "SELECT count(*) FROM policy_text", "2");

	/* There is an end: when time is up, and when it never helps. */
	g_autoptr(Report) report = full_report("Org", "never", 9);
	g_autofree char *before = dump(fixture);
	for (int i = 0; i < 2; i++) {
		g_autoptr(GError) error = NULL;
		StoreOutcome outcome;
		store_wait_until(fixture->store,
			g_get_monotonic_time() + (i == 0 ? 0 : 10 * G_USEC_PER_SEC));
		conflicts.left = 1000;
		conflicts.begun = 0;
		g_assert_false(deliver_as(
			fixture, report, AUTH_UNCHECKED, next_digest(fixture), &outcome, &error));
		g_assert_error(error, TLSRPT_ERROR, TLSRPT_ERROR_STORE_CONFLICT);
		if (i == 0)
			g_assert_cmpint(conflicts.begun, ==, 1);
		else
			g_assert_cmpint(conflicts.begun, >, 5);
	}
	g_autofree char *after = dump(fixture);
	g_assert_cmpstr(after, ==, before);
	fixture->store->driver = &sqlite_driver;
}

/* A reporter may give as many codes as he likes; of an incident so many are kept apart. */
static void
test_reasons(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	for (int day = 0; day < 2; day++) {
		Report *report = new_report("Org", day == 0 ? "r0" : "r1", day);
		Policy *policy = add_policy(report, "sts", ENFORCE, 0, 30);
		for (int i = 0; i < 15; i++) {
			g_autofree char *code = g_strdup_printf("code %d", 10 * day + i);
			add_failure(policy, "r", "mx", 1);
			g_array_index(policy->failures, Failure, i).failure_reason_code =
				report_string(report, code);
		}
		deliver(fixture, report);
	}
	/* 0 to 14, then 10 to 24, of which there is room for up to 19. */
	assert_query(
		fixture, "SELECT count(*), sum(failed_sessions) FROM incident_reasons", "21|30");
	assert_query(fixture,
		"SELECT failed_sessions, first_day, last_day FROM incident_reasons"
		" WHERE failure_reason_code IN ('code 9', 'code 10', 'code 19', '(other)')"
		" ORDER BY failure_reason_code",
		"5|2026-11-02|2026-11-02\n2|2026-11-01|2026-11-02\n1|2026-11-02|2026-11-02\n"
		"1|2026-11-01|2026-11-01");
}

/* Whichever call fails while a store is made, it has no schema or all of it. */
static void
test_failing_creation(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	const StoreDriver driver = failing_driver();
	const StoreOptions options = options_for(10000);
	g_autoptr(GError) error = NULL;
	bool ok = false;
	StoreConnection *connection = sqlite_driver.open(fixture->path, &options, &error);

	g_assert_no_error(error);
	for (failing.at = 1; !ok; failing.at++) {
		g_autoptr(GError) problem = NULL;
		bool created = false;
		failing.calls = 0;
		ok = migrate(&driver, connection, &store_schema, &created, &problem);
		if (ok) {
			g_assert_true(created);
			break;
		}
		g_assert_error(problem, TLSRPT_ERROR, TLSRPT_ERROR_STORE_FULL);
		assert_query(fixture, "SELECT count(*) FROM sqlite_schema", "0");
	}
	g_assert_cmpint(failing.at, >, 4);
	sqlite_driver.close(connection);
	fixture->store = open_store(fixture->path);
	deliver(fixture, full_report("Org", "r1", 0));
}

/* The error of SQLite itself, in place of the fake's, leaves nothing behind either. */
static void
test_refused_row(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	g_autoptr(Report) report = full_report("Org", "r1", 0);
	const Auth no_such_row = (Auth)99;
	g_autoptr(GError) error = NULL;
	StoreOutcome outcome;
	g_autofree char *before = dump(fixture);

	g_assert_false(
		deliver_as(fixture, report, no_such_row, next_digest(fixture), &outcome, &error));
	g_assert_error(error, TLSRPT_ERROR, TLSRPT_ERROR_STORE_CONFLICT);
	g_autofree char *after = dump(fixture);
	g_assert_cmpstr(after, ==, before);
	deliver(fixture, g_steal_pointer(&report));
}

static mode_t
mode_of(const char *path)
{
	struct stat status;

	g_assert_cmpint(stat(path, &status), ==, 0);
	return status.st_mode & 07777;
}

static void
test_directory(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	g_autofree char *parent = g_build_filename(fixture->directory, "a", NULL);
	g_autofree char *directory = g_build_filename(parent, "b", NULL);
	g_autofree char *path = g_build_filename(directory, "x.db", NULL);
	StoreOptions options = options_for(10000);
	g_autoptr(GError) error = NULL;

	/* A directory of its own has its parent already. */
	options.directory = DIRECTORY_OF_ITS_OWN;
	g_assert_null(store_open(path, &options, NULL, &error));
	g_assert_error(error, TLSRPT_ERROR, TLSRPT_ERROR_STORE_READONLY);
	g_clear_error(&error);
	options.directory = DIRECTORY_MAKE_ALL;
	fixture->store = store_open(path, &options, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpint(mode_of(parent), ==, 0700);
	g_assert_cmpint(mode_of(directory), ==, 0700);
}

static void
test_directory_of_its_own(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	g_autofree char *directory = g_build_filename(fixture->directory, "a", NULL);
	g_autofree char *path = g_build_filename(directory, "x.db", NULL);
	g_autofree char *other = g_build_filename(directory, "other", NULL);
	StoreOptions options = options_for(10000);
	g_autoptr(GError) error = NULL;

	options.directory = DIRECTORY_OF_ITS_OWN;
	for (int i = 0; i < 2; i++) {
		fixture->store = store_open(path, &options, NULL, &error);
		g_assert_no_error(error);
		g_clear_pointer(&fixture->store, store_close);
	}
	g_assert_true(g_file_set_contents(other, "", 0, NULL));
	g_assert_null(store_open(path, &options, NULL, &error));
	g_assert_error(error, TLSRPT_ERROR, TLSRPT_ERROR_CONFIG);
}

static void
test_init(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	static const char *const suffixes[] = { "", "-wal", "-shm", "-lock" };
	g_autofree char *directory = g_build_filename(fixture->directory, "a", NULL);
	g_autofree char *path = g_build_filename(directory, "x.db", NULL);
	StoreOptions options = options_for(10000);
	const mode_t mask = umask(077);

	options.directory = DIRECTORY_OF_ITS_OWN;
	for (int i = 0; i < 2; i++) {
		g_autoptr(GError) error = NULL;
		bool created = i != 0;
		g_assert_true(store_init(path, NULL, &options, &created, &error));
		g_assert_no_error(error);
		g_assert_cmpint(created, ==, i == 0);
		g_assert_cmpint(mode_of(directory), ==, 0750);
		for (size_t j = 0; j < G_N_ELEMENTS(suffixes); j++) {
			g_autofree char *file = g_strconcat(path, suffixes[j], NULL);
			g_assert_cmpint(mode_of(file), ==, j < 3 ? 0640 : 0600);
		}
	}
	umask(mask);
}

static void
test_init_owner(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	static const char *const unknown[] = { "no-such-user", "no-such-user:root",
		"root:no-such-group", ":root" };
	const StoreOptions options = options_for(10000);

	for (size_t i = 0; i < G_N_ELEMENTS(unknown); i++) {
		g_autoptr(GError) error = NULL;
		bool created = false;
		g_assert_false(store_init(fixture->path, unknown[i], &options, &created, &error));
		g_assert_error(error, TLSRPT_ERROR, TLSRPT_ERROR_CONFIG);
		g_assert_false(g_file_test(fixture->path, G_FILE_TEST_EXISTS));
	}
}

/* An owner without a name is an unknown user. */
static void
test_init_empty_owner(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	const StoreOptions options = options_for(10000);
	g_autoptr(GError) error = NULL;
	bool created;

	if (g_test_subprocess()) {
		g_assert_false(store_init(fixture->path, "", &options, &created, &error));
		g_assert_error(error, TLSRPT_ERROR, TLSRPT_ERROR_CONFIG);
		return;
	}
	g_test_trap_subprocess(NULL, 0, 0);
	g_test_trap_assert_passed();
}

/* The files that are made have their mode whatever the umask. */
static void
test_file_modes(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
	g_autofree char *lock = g_strconcat(fixture->path, "-lock", NULL);
	const mode_t mask = umask(077);

	fixture->store = open_store(fixture->path);
	umask(mask);
	g_assert_cmpint(mode_of(fixture->path), ==, 0640);
	g_assert_cmpint(mode_of(lock), ==, 0600);
}

static void
add(const char *path, void (*test)(Fixture *, gconstpointer))
{
	g_test_add(path, Fixture, NULL, set_up, test, tear_down);
}

static void
add_empty(const char *path, void (*test)(Fixture *, gconstpointer))
{
	g_test_add(path, Fixture, NULL, set_up_empty, test, tear_down);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	add_empty("/store/create", test_create);
	add_empty("/store/uris", test_uris);
	add("/store/report-rows", test_report_rows);
	add("/store/unknown", test_unknown);
	add("/store/auth", test_auth);
	add("/store/duplicate", test_duplicate);
	add("/store/same-id", test_same_id);
	g_test_add_func("/store/hash", test_hash);
	add("/store/several", test_several);
	add("/store/totals", test_totals);
	add("/store/incident-mode", test_incident_mode);
	add("/store/saturation", test_saturation);
	add("/store/folded-incidents", test_folded_incidents);
	add("/store/nothing", test_nothing);
	add("/store/quarantine", test_quarantine);
	add("/store/report-and-quarantine", test_report_and_quarantine);
	add("/store/quarantine-order", test_quarantine_order);
	add("/store/quarantine-age", test_quarantine_age);
	add("/store/quarantine-share", test_quarantine_share);
	add("/store/quarantine-many", test_quarantine_many);
	add("/store/collect", test_collect);
	add("/store/collect-beside", test_collect_beside);
	add("/store/no-quarantine", test_no_quarantine);
	add_empty("/store/foreign", test_foreign);
	add("/store/newer", test_newer);
	add_empty("/store/not-a-database", test_not_a_database);
	add("/store/corrupt", test_corrupt);
	add_empty("/store/unfinished", test_unfinished);
	add("/store/busy-database", test_busy_database);
	add("/store/busy-turn", test_busy_turn);
	add_empty("/store/busy-creation", test_busy_creation);
	add("/store/wait-for-turn", test_wait_for_turn);
	add_empty("/store/many-writers", test_many_writers);
	add("/store/full", test_full);
	add("/store/failing-delivery", test_failing_delivery);
	add("/store/conflict", test_conflict);
	add("/store/reasons", test_reasons);
	add_empty("/store/failing-creation", test_failing_creation);
	add("/store/refused-row", test_refused_row);
	add_empty("/store/directory", test_directory);
	add_empty("/store/directory-of-its-own", test_directory_of_its_own);
	add_empty("/store/init", test_init);
	add_empty("/store/init-owner", test_init_owner);
	add_empty("/store/init-empty-owner", test_init_empty_owner);
	add_empty("/store/file-modes", test_file_modes);
	return g_test_run();
}
