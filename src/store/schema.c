#include "sql.h"

#include <glib.h>

#define SQL_COUNT_MAX "9007199254740992"

/*
 * A sum of counts, as adding them one by one would give it.  Added in floating point, since a sum of
 * whole numbers is an error where it overflows, and compared before the cast: beyond 2^63 that is
 * an error in PostgreSQL, and 2^63 - 1 in SQLite.
 */
#define SQL_REAL_SUM(column) "sum(CAST(" column " AS DOUBLE PRECISION))"
#define SQL_SUM(column) \
	"CASE WHEN " SQL_REAL_SUM(column) " > " SQL_COUNT_MAX " THEN " SQL_COUNT_MAX \
	" ELSE CAST(" SQL_REAL_SUM(column) " AS BIGINT) END"

/* The day of a time, which may be before 1970: division rounds towards 0. */
#define SQL_DAY_OF(time) "(" time " - (" time " % 86400 + 86400) % 86400) / 86400"

/*
 * Times are UTC epoch seconds, days are days since 1970-01-01.  What is unknown is the row of an
 * interned table that has no name (in version 2 the name ''), '' in other columns, and NULL in the
 * views.
 */
static const char sqlite_version_1[] =
	"PRAGMA application_id = 0x544c5352;" /* "TLSR" */
	"CREATE TABLE version (version INTEGER NOT NULL) STRICT;"
	"INSERT INTO version (version) VALUES (1);"

	/* Values that come back in report after report, kept once. */
	"CREATE TABLE organization (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;"
	"CREATE TABLE domain (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;"
	"CREATE TABLE policy_type (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;"
	"CREATE TABLE result_type (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;"
	"CREATE TABLE policy_text (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;"
	"CREATE TABLE mx_list (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;"
	"CREATE TABLE auth (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;"
	"INSERT INTO auth (id, name) VALUES (1, 'unchecked'), (2, 'none'), (3, 'fail'),"
	" (4, 'pass'), (5, 'https');"
	"CREATE TABLE sender (id INTEGER PRIMARY KEY,"
	" organization INTEGER NOT NULL REFERENCES organization,"
	" contact_info TEXT NOT NULL,"
	" submitter INTEGER NOT NULL REFERENCES domain,"
	" from_domain INTEGER NOT NULL REFERENCES domain,"
	" auth INTEGER NOT NULL REFERENCES auth,"
	" auth_domain INTEGER NOT NULL REFERENCES domain,"
	" UNIQUE (organization, contact_info, submitter, from_domain, auth, auth_domain)) STRICT;"

	"CREATE TABLE report (id INTEGER PRIMARY KEY,"
	" sender INTEGER NOT NULL REFERENCES sender,"
	" report_id TEXT NOT NULL,"
	" report_domain INTEGER NOT NULL REFERENCES domain,"
	" start_at INTEGER NOT NULL, end_at INTEGER NOT NULL,"
	" received_at INTEGER NOT NULL,"
	" pruned INTEGER NOT NULL DEFAULT 0) STRICT;"
	"CREATE INDEX report_by_report_id ON report (report_id);"
	"CREATE INDEX report_by_start_at ON report (start_at);"
	"CREATE TABLE identity (digest BLOB PRIMARY KEY,"
	" report INTEGER NOT NULL REFERENCES report) STRICT, WITHOUT ROWID;"
	"CREATE TABLE raw (report INTEGER PRIMARY KEY REFERENCES report,"
	" message_id TEXT, subject TEXT, file_name TEXT, media_type TEXT,"
	" is_report INTEGER NOT NULL, sent_at INTEGER NOT NULL,"
	" is_gzip INTEGER NOT NULL," /* as it came; the content is gzipped in any case */
	" content BLOB NOT NULL) STRICT;"
	"CREATE TABLE finding (id INTEGER PRIMARY KEY,"
	" report INTEGER NOT NULL REFERENCES report,"
	" path TEXT NOT NULL, code TEXT NOT NULL, detail TEXT NOT NULL) STRICT;"
	"CREATE INDEX finding_by_report ON finding (report);"
	"CREATE TABLE policy (id INTEGER PRIMARY KEY,"
	" report INTEGER NOT NULL REFERENCES report,"
	" policy_domain INTEGER NOT NULL REFERENCES domain,"
	" policy_type INTEGER NOT NULL REFERENCES policy_type,"
	" policy_text INTEGER NOT NULL REFERENCES policy_text,"
	" mx_list INTEGER NOT NULL REFERENCES mx_list,"
	" successful_sessions INTEGER NOT NULL, failed_sessions INTEGER NOT NULL) STRICT;"
	"CREATE INDEX policy_by_report ON policy (report);"
	"CREATE TABLE failure (id INTEGER PRIMARY KEY,"
	" policy INTEGER NOT NULL REFERENCES policy,"
	" result_type INTEGER NOT NULL REFERENCES result_type,"
	" receiving_mx INTEGER NOT NULL REFERENCES domain,"
	" failed_sessions INTEGER NOT NULL,"
	" sending_mta_ip TEXT, receiving_ip TEXT, receiving_mx_helo TEXT,"
	" additional_information TEXT, failure_reason_code TEXT) STRICT;"
	"CREATE INDEX failure_by_policy ON failure (policy);"

	/* Totals; they grow with each report, and outlive it. */
	"CREATE TABLE daily_type (day INTEGER NOT NULL,"
	" policy_domain INTEGER NOT NULL REFERENCES domain,"
	" policy_type INTEGER NOT NULL REFERENCES policy_type,"
	" organization INTEGER NOT NULL REFERENCES organization,"
	" auth INTEGER NOT NULL REFERENCES auth,"
	" reports INTEGER NOT NULL,"
	" successful_sessions INTEGER NOT NULL, failed_sessions INTEGER NOT NULL,"
	" PRIMARY KEY (day, policy_domain, policy_type, organization, auth))"
	" STRICT, WITHOUT ROWID;"
	"CREATE TABLE daily_domain (day INTEGER NOT NULL,"
	" policy_domain INTEGER NOT NULL REFERENCES domain,"
	" organization INTEGER NOT NULL REFERENCES organization,"
	" auth INTEGER NOT NULL REFERENCES auth,"
	" reports INTEGER NOT NULL,"
	" sessions INTEGER NOT NULL, failed_sessions INTEGER NOT NULL,"
	" PRIMARY KEY (day, policy_domain, organization, auth)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE incident (id INTEGER PRIMARY KEY,"
	" policy_domain INTEGER NOT NULL REFERENCES domain,"
	" policy_type INTEGER NOT NULL REFERENCES policy_type,"
	" result_type INTEGER NOT NULL REFERENCES result_type,"
	" receiving_mx INTEGER NOT NULL REFERENCES domain,"
	" mode TEXT NOT NULL DEFAULT '', mode_at INTEGER," /* of the policy last seen with it */
	" first_day INTEGER, last_day INTEGER," /* to find it without a look at all its days */
	" UNIQUE (policy_domain, policy_type, result_type, receiving_mx)) STRICT;"
	"CREATE TABLE incident_day ("
	" incident INTEGER NOT NULL REFERENCES incident,"
	" day INTEGER NOT NULL,"
	" organization INTEGER NOT NULL REFERENCES organization,"
	" auth INTEGER NOT NULL REFERENCES auth,"
	" reports INTEGER NOT NULL, failed_sessions INTEGER NOT NULL,"
	" received_at INTEGER NOT NULL," /* of the first report */
	" PRIMARY KEY (incident, day, organization, auth)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE policy_day ("
	" policy_domain INTEGER NOT NULL REFERENCES domain,"
	" policy_type INTEGER NOT NULL REFERENCES policy_type,"
	" policy_text INTEGER NOT NULL REFERENCES policy_text,"
	" organization INTEGER NOT NULL REFERENCES organization,"
	" first_day INTEGER NOT NULL, last_day INTEGER NOT NULL,"
	" PRIMARY KEY (policy_domain, policy_type, policy_text, organization))"
	" STRICT, WITHOUT ROWID;"
	"CREATE TABLE note (id INTEGER PRIMARY KEY,"
	" incident INTEGER NOT NULL REFERENCES incident,"
	" kind TEXT NOT NULL, author TEXT NOT NULL, at INTEGER NOT NULL,"
	" text TEXT NOT NULL) STRICT;"
	"CREATE INDEX note_by_incident ON note (incident);"

	/* Messages that could not be stored as reports; class as QuarantineClass. */
	"CREATE TABLE quarantine (id INTEGER PRIMARY KEY,"
	" received_at INTEGER NOT NULL, class INTEGER NOT NULL,"
	" sender_domain TEXT NOT NULL, stored_size INTEGER NOT NULL, size INTEGER NOT NULL,"
	" reason TEXT NOT NULL, detail TEXT NOT NULL, sender TEXT NOT NULL,"
	" subject TEXT NOT NULL, digest BLOB NOT NULL UNIQUE, content BLOB NOT NULL) STRICT;"
	"CREATE INDEX quarantine_by_sender_domain ON quarantine (sender_domain, stored_size);";

/*
 * Since when nothing has come from a sender is asked of the totals, which outlive the reports: when
 * the last report of a row was received.
 */
static const char sqlite_version_2[] =
	"ALTER TABLE daily_domain ADD COLUMN received_at INTEGER NOT NULL DEFAULT 0;"
	"UPDATE daily_domain SET received_at = t.received_at FROM"
	" (SELECT " SQL_DAY_OF("report.start_at") " AS day,"
	" policy.policy_domain,"
	" sender.organization, sender.auth, max(report.received_at) AS received_at"
	" FROM policy JOIN report ON report.id = policy.report"
	" JOIN sender ON sender.id = report.sender GROUP BY 1, 2, 3, 4) AS t"
	" WHERE t.day = daily_domain.day AND t.policy_domain = daily_domain.policy_domain"
	" AND t.organization = daily_domain.organization AND t.auth = daily_domain.auth;"
	"UPDATE version SET version = 2;";

/*
 * UNIQUE lets no name stand twice, but for NULL; who inserts looks first.  Renamed when the old one
 * is gone, so that the references to it stay.
 */
#define SQL_NULL_NAMES(table) \
	"CREATE TABLE new_" table " (id INTEGER PRIMARY KEY, name TEXT UNIQUE) STRICT;" \
	"INSERT INTO new_" table " SELECT id, NULLIF(name, '') FROM " table ";" \
	"DROP TABLE " table "; ALTER TABLE new_" table " RENAME TO " table ";"

/*
 * A smaller store.  What was there is copied in the order of the new keys, and goes at once, so that
 * the next table finds room; no UPDATE of a whole table, whose undo journal would be in memory.
 */
static const char sqlite_version_3[] =
	"ALTER TABLE identity RENAME TO old_identity; ALTER TABLE finding RENAME TO old_finding;"
	"ALTER TABLE failure RENAME TO old_failure;"
	"ALTER TABLE daily_domain RENAME TO old_daily_domain;"
	"ALTER TABLE incident_day RENAME TO old_incident_day;"

	/*
	 * The first 16 bytes of the digest will do: nobody finds a second report with the same 128
	 * bits as one that he wants to be taken for known.
	 */
	"CREATE TABLE identity (digest BLOB PRIMARY KEY,"
	" report INTEGER NOT NULL REFERENCES report) STRICT, WITHOUT ROWID;"
	"INSERT INTO identity SELECT substr(digest, 1, 16), report FROM old_identity"
	" WHERE true ON CONFLICT DO NOTHING;"
	"DROP TABLE old_identity;"

	/*
	 * Where a report-id may be: the hash takes a quarter of an index of the text.  Many senders
	 * make it of the day and the domain, so it is no use to look at those of all others.
	 */
	"DROP INDEX report_by_report_id;"
	"CREATE TABLE report_name (hash INTEGER NOT NULL,"
	" organization INTEGER NOT NULL REFERENCES organization,"
	" report INTEGER NOT NULL REFERENCES report,"
	" PRIMARY KEY (hash, organization, report)) STRICT, WITHOUT ROWID;"
	"INSERT INTO report_name SELECT store_hash(report_id), organization, report.id"
	" FROM report JOIN sender ON sender.id = report.sender ORDER BY 1, 2, 3;"

	"CREATE TABLE finding (report INTEGER NOT NULL REFERENCES report,"
	" number INTEGER NOT NULL," /* in the report, from 0 */
	" path TEXT NOT NULL, code TEXT NOT NULL, detail TEXT NOT NULL,"
	" PRIMARY KEY (report, number)) STRICT, WITHOUT ROWID;"
	"INSERT INTO finding SELECT report,"
	" id - (SELECT min(id) FROM old_finding AS first WHERE first.report = old.report),"
	" path, code, detail FROM old_finding AS old ORDER BY report, id;"
	"DROP TABLE old_finding;"

	/* The views need not make NULL of ''. */
	SQL_NULL_NAMES("organization") SQL_NULL_NAMES("domain") SQL_NULL_NAMES("policy_type")
	SQL_NULL_NAMES("result_type") SQL_NULL_NAMES("policy_text") SQL_NULL_NAMES("mx_list")

	/* Addresses come back in report after report, like names of hosts: they are kept with them. */
	"INSERT INTO domain (name) SELECT sending_mta_ip FROM old_failure"
	" WHERE sending_mta_ip IS NOT NULL ON CONFLICT DO NOTHING;"
	"INSERT INTO domain (name) SELECT receiving_ip FROM old_failure"
	" WHERE receiving_ip IS NOT NULL ON CONFLICT DO NOTHING;"
	"CREATE TABLE failure (policy INTEGER NOT NULL REFERENCES policy,"
	" number INTEGER NOT NULL," /* in the policy, from 0 and below 2^20 */
	" result_type INTEGER NOT NULL REFERENCES result_type,"
	" receiving_mx INTEGER NOT NULL REFERENCES domain,"
	" failed_sessions INTEGER NOT NULL,"
	" sending_mta_ip INTEGER REFERENCES domain, receiving_ip INTEGER REFERENCES domain,"
	" receiving_mx_helo TEXT, additional_information TEXT, failure_reason_code TEXT,"
	" PRIMARY KEY (policy, number)) STRICT, WITHOUT ROWID;"
	"INSERT INTO failure SELECT policy,"
	" id - (SELECT min(id) FROM old_failure AS first WHERE first.policy = old.policy),"
	" result_type, receiving_mx, failed_sessions,"
	" (SELECT id FROM domain WHERE name = sending_mta_ip),"
	" (SELECT id FROM domain WHERE name = receiving_ip),"
	" receiving_mx_helo, additional_information, failure_reason_code"
	" FROM old_failure AS old ORDER BY policy, id;"
	"DROP TABLE old_failure;"

	/* When a report was received, as days after the day that it is of. */
	"CREATE TABLE daily_domain (day INTEGER NOT NULL,"
	" policy_domain INTEGER NOT NULL REFERENCES domain,"
	" organization INTEGER NOT NULL REFERENCES organization,"
	" auth INTEGER NOT NULL REFERENCES auth,"
	" reports INTEGER NOT NULL,"
	" sessions INTEGER NOT NULL, failed_sessions INTEGER NOT NULL,"
	" received_after INTEGER NOT NULL," /* the last report */
	" PRIMARY KEY (day, policy_domain, organization, auth)) STRICT, WITHOUT ROWID;"
	"INSERT INTO daily_domain SELECT day, policy_domain, organization, auth, reports, sessions,"
	" failed_sessions, " SQL_DAY_OF("received_at") " - day FROM old_daily_domain;"
	"DROP TABLE old_daily_domain;"
	"CREATE TABLE incident_day ("
	" incident INTEGER NOT NULL REFERENCES incident,"
	" day INTEGER NOT NULL,"
	" organization INTEGER NOT NULL REFERENCES organization,"
	" auth INTEGER NOT NULL REFERENCES auth,"
	" reports INTEGER NOT NULL, failed_sessions INTEGER NOT NULL,"
	" received_after INTEGER NOT NULL," /* the first report */
	" PRIMARY KEY (incident, day, organization, auth)) STRICT, WITHOUT ROWID;"
	"INSERT INTO incident_day SELECT incident, day, organization, auth, reports,"
	" failed_sessions, " SQL_DAY_OF("received_at") " - day FROM old_incident_day;"
	"DROP TABLE old_incident_day;"

	"UPDATE version SET version = 3;";

/*
 * What most questions are about, without a look at the rows of each organization: sums of
 * daily_domain (incident 0) and of incident_day, up to what a count may be.
 */
static const char sqlite_version_4[] =
	"CREATE TABLE domain_day (day INTEGER NOT NULL,"
	" policy_domain INTEGER NOT NULL REFERENCES domain,"
	" incident INTEGER NOT NULL," /* 0: all sessions, of which the failed ones of the others are */
	" auth INTEGER NOT NULL REFERENCES auth,"
	" reports INTEGER NOT NULL,"
	" sessions INTEGER NOT NULL, failed_sessions INTEGER NOT NULL,"
	" PRIMARY KEY (day, policy_domain, incident, auth)) STRICT, WITHOUT ROWID;"
	"INSERT INTO domain_day SELECT day, policy_domain, 0, auth, " SQL_SUM("reports") ", "
	SQL_SUM("sessions") ", " SQL_SUM("failed_sessions")
	" FROM daily_domain GROUP BY day, policy_domain, auth;"
	"INSERT INTO domain_day SELECT day, policy_domain, incident, auth, " SQL_SUM("reports") ", 0, "
	SQL_SUM("failed_sessions")
	" FROM incident_day JOIN incident ON incident.id = incident_day.incident"
	" GROUP BY day, policy_domain, incident, auth;"
	"UPDATE version SET version = 4;";

/*
 * The views are dropped before a migration, which could not rename their tables else, and made anew
 * after it.  In few words, since SQLite parses all of them at each start, which took a sixth of a
 * delivery: a column is qualified only where its name alone would not do, and failures are looked up
 * through policies.  The sum in floating point, since one of whole numbers fails where it overflows.
 */
static const char sqlite_drop_views[] =
	"DROP VIEW IF EXISTS reports; DROP VIEW IF EXISTS policies; DROP VIEW IF EXISTS failures;"
	"DROP VIEW IF EXISTS findings; DROP VIEW IF EXISTS daily; DROP VIEW IF EXISTS daily_total;"
	"DROP VIEW IF EXISTS incident_days; DROP VIEW IF EXISTS incidents;"
	"DROP VIEW IF EXISTS notes; DROP VIEW IF EXISTS policy_seen;"
	"DROP VIEW IF EXISTS quarantined;";

static const char sqlite_create_views[] =
	"CREATE VIEW reports AS SELECT report.id AS id, o.name AS organization,"
	" report_id, NULLIF(contact_info, '') AS contact_info,"
	" s.name AS submitter, f.name AS from_domain,"
	" r.name AS report_domain, message_id, a.name AS auth,"
	" d.name AS auth_domain, start_at, end_at, received_at,"
	" strftime('%Y-%m-%dT%H:%M:%SZ', start_at, 'unixepoch') AS start_time,"
	" strftime('%Y-%m-%dT%H:%M:%SZ', end_at, 'unixepoch') AS end_time, (SELECT count(*)"
	" FROM finding WHERE report = report.id) AS findings, pruned"
	" FROM report JOIN sender ON sender.id = sender"
	" LEFT JOIN organization o ON o.id = organization"
	" LEFT JOIN domain s ON s.id = submitter LEFT JOIN domain f ON f.id = from_domain"
	" LEFT JOIN domain r ON r.id = report_domain LEFT JOIN domain d ON d.id = auth_domain"
	" LEFT JOIN auth a ON a.id = auth LEFT JOIN raw ON report = report.id;"

	"CREATE VIEW policies AS SELECT policy.id AS id, report,"
	" o.name AS organization, d.name AS policy_domain,"
	" t.name AS policy_type, x.name AS policy_text,"
	" m.name AS mx_hosts, successful_sessions, failed_sessions, start_at,"
	" end_at"
	" FROM policy JOIN report ON report.id = report JOIN sender ON sender.id = sender"
	" LEFT JOIN organization o ON o.id = organization"
	" LEFT JOIN domain d ON d.id = policy_domain"
	" LEFT JOIN policy_type t ON t.id = policy_type"
	" LEFT JOIN policy_text x ON x.id = policy_text"
	" LEFT JOIN mx_list m ON m.id = mx_list;"

	"CREATE VIEW failures AS SELECT policy * 1048576 + number AS id, policy, report, organization,"
	" policy_domain, policy_type, r.name AS result_type,"
	" s.name AS sending_mta_ip, m.name AS receiving_mx_hostname,"
	" receiving_mx_helo, i.name AS receiving_ip,"
	" failure.failed_sessions AS failed_sessions, additional_information,"
	" failure_reason_code, start_at, end_at"
	" FROM failure JOIN policies p ON p.id = policy"
	" LEFT JOIN result_type r ON r.id = result_type"
	" LEFT JOIN domain m ON m.id = receiving_mx"
	" LEFT JOIN domain s ON s.id = sending_mta_ip"
	" LEFT JOIN domain i ON i.id = receiving_ip;"

	"CREATE VIEW findings AS SELECT report, path, code, NULLIF(detail, '') AS detail"
	" FROM finding;"

	"CREATE VIEW daily AS SELECT date(day * 86400, 'unixepoch') AS day,"
	" d.name AS policy_domain, t.name AS policy_type,"
	" o.name AS organization, a.name AS auth, reports, successful_sessions,"
	" failed_sessions"
	" FROM daily_type JOIN domain d ON d.id = policy_domain"
	" JOIN policy_type t ON t.id = policy_type JOIN organization o ON o.id = organization"
	" JOIN auth a ON a.id = auth;"

	"CREATE VIEW daily_total AS SELECT date(day * 86400, 'unixepoch') AS day,"
	" d.name AS policy_domain, o.name AS organization,"
	" a.name AS auth, reports, sessions, failed_sessions"
	" FROM daily_domain JOIN domain d ON d.id = policy_domain"
	" JOIN organization o ON o.id = organization JOIN auth a ON a.id = auth;"

	"CREATE VIEW incident_days AS SELECT incident, date(day * 86400, 'unixepoch') AS day,"
	" o.name AS organization, a.name AS auth, reports, failed_sessions"
	" FROM incident_day JOIN organization o ON o.id = organization"
	" JOIN auth a ON a.id = auth;"

	"CREATE VIEW incidents AS SELECT incident.id AS id,"
	" d.name AS policy_domain, t.name AS policy_type,"
	" r.name AS result_type, m.name AS receiving_mx_hostname,"
	" NULLIF(mode, '') AS mode, date(min(day) * 86400, 'unixepoch') AS first_seen,"
	" date(max(day) * 86400, 'unixepoch') AS last_seen, count(DISTINCT day) AS days,"
	" CAST(min(total(reports), " SQL_COUNT_MAX ") AS INTEGER) AS reports,"
	" count(DISTINCT organization) AS organizations,"
	" CAST(min(total(failed_sessions), " SQL_COUNT_MAX ") AS INTEGER) AS failed_sessions,"
	" (SELECT text FROM note"
	" WHERE incident = incident.id AND text <> ''"
	" ORDER BY at DESC, id DESC LIMIT 1) AS note,"
	" (SELECT CASE kind WHEN 'resolve' THEN at END FROM note"
	" WHERE incident = incident.id AND kind IN ('resolve', 'reopen')"
	" ORDER BY at DESC, id DESC LIMIT 1) AS resolved_at"
	" FROM incident JOIN domain d ON d.id = policy_domain"
	" JOIN policy_type t ON t.id = policy_type JOIN result_type r ON r.id = result_type"
	" JOIN domain m ON m.id = receiving_mx"
	" LEFT JOIN incident_day ON incident = incident.id GROUP BY incident.id;"

	"CREATE VIEW notes AS SELECT incident, kind, author, at, text"
	" FROM note;"

	"CREATE VIEW policy_seen AS SELECT d.name AS policy_domain,"
	" t.name AS policy_type, x.name AS policy_text,"
	" o.name AS organization,"
	" date(first_day * 86400, 'unixepoch') AS first_day,"
	" date(last_day * 86400, 'unixepoch') AS last_day"
	" FROM policy_day JOIN domain d ON d.id = policy_domain"
	" JOIN policy_type t ON t.id = policy_type JOIN policy_text x ON x.id = policy_text"
	" JOIN organization o ON o.id = organization;"

	"CREATE VIEW quarantined AS SELECT id, received_at, reason,"
	" NULLIF(detail, '') AS detail, NULLIF(sender, '') AS sender,"
	" NULLIF(subject, '') AS subject, size"
	" FROM quarantine;";

const SqlMigration sql_migrations[] = {
	{ .sqlite = sqlite_version_1 },
	{ .sqlite = sqlite_version_2 },
	{ .sqlite = sqlite_version_3 },
	{ .sqlite = sqlite_version_4 },
};

const int sql_schema_version = G_N_ELEMENTS(sql_migrations);

const SqlMigration sql_drop_views = { sqlite_drop_views };
const SqlMigration sql_create_views = { sqlite_create_views };
