/*
 * The schema, version 1.  Times are UTC epoch seconds, days are days since 1970-01-01.
 *
 * Tables have singular names and views plural ones; where the plural equals the singular, the table
 * has that name with _row.  An unknown value is row 1, with the name '', in an interned table, ''
 * in other columns, and NULL in the views.
 *
 * The text is the same for each engine except for what the engine's macros insert: types, how a key
 * is declared, and how a day becomes text.  It is kept short, since SQLite parses all of it at each
 * start: a column is qualified only where its name alone would be ambiguous.
 */
#include "known_names.h"
#include "schema.h"

#include <glib.h>

/* The first 16 bytes of SHA-256 of nothing: see names.c. */
#define DIGEST_OF_NOTHING "e3b0c44298fc1c149afbf4c8996fb924"

/* A table of short names, which are found by their text; new ones get ids from first on. */
#define NAMES(E, table, first) \
	"CREATE TABLE " table " (id " E##_ID(first) ", name " E##_TEXT " NOT NULL UNIQUE)" \
	E##_ROWS ";INSERT INTO " table " VALUES (1, '');"

#define INSERT_KNOWN(name_table, table, id, name) \
	"INSERT INTO " table " VALUES (" #id ", '" name "');"

/* A table of long texts, which are found by a digest. */
#define TEXTS(E, table) \
	"CREATE TABLE " table " (id " E##_ID("2") ", digest " E##_BYTES " NOT NULL UNIQUE," \
	" name " E##_TEXT " NOT NULL)" E##_ROWS ";" \
	"INSERT INTO " table " VALUES (1, " E##_HEX(DIGEST_OF_NOTHING) ", '');"

#define OF(table) " INT NOT NULL REFERENCES " table

/*
 * A row of policy, failure, finding or raw begins with its day, by which they are pruned.  The
 * columns of a key are never NULL, so that is not said of them.
 */
#define TABLES(E) \
	"CREATE TABLE version (version INT NOT NULL, digest " E##_TEXT " NOT NULL," \
	" rewrites INT NOT NULL DEFAULT 0)" E##_ROWS ";" /* how often stored reports were written anew */ \
\
	/* Values that come back in report after report, kept once. */ \
	NAMES(E, "organization", "2") NAMES(E, "domain", "2") NAMES(E, "address", "2") \
	NAMES(E, "policy_type", "50") NAMES(E, "result_type", "50") NAMES(E, "kind", "50") \
	KNOWN_NAMES(INSERT_KNOWN) TEXTS(E, "contact") TEXTS(E, "policy_text") TEXTS(E, "mx_list") \
	TEXTS(E, "reason") \
	"CREATE TABLE auth (id " E##_ID_1 ", name " E##_TEXT " NOT NULL UNIQUE)" E##_ROWS ";" \
	"INSERT INTO auth VALUES (1, 'unchecked'), (2, 'none'), (3, 'fail'), (4, 'pass')," \
	" (5, 'https');" \
	/* Who reports: totals are kept by reporter. */ \
	"CREATE TABLE reporter (id " E##_ID_1 ", organization" E##_OF("organization") ", auth" OF("auth") \
	", auth_domain" E##_OF("domain") ", UNIQUE (organization, auth, auth_domain))" E##_ROWS ";" \
	/* How a reporter sends: his contact address, submitter and From domain. */ \
	"CREATE TABLE sender (id " E##_ID_1 ", reporter" E##_OF("reporter") ", contact" E##_OF("contact") \
	", submitter" E##_OF("domain") ", from_domain" E##_OF("domain") \
	", first_day INT NOT NULL" /* of reception */ \
	", UNIQUE (reporter, contact, submitter, from_domain))" E##_ROWS ";" \
\
	/* An incident: what fails, and where. */ \
	"CREATE TABLE incident (id " E##_ID_1 ", policy_domain" E##_OF("domain") \
	", policy_type" E##_OF("policy_type") ", result_type" E##_OF("result_type") \
	", receiving_mx" E##_OF("domain") ", kind" E##_OF("kind") "," \
	" problem INT," /* the first id of its kind and MX, or kind and domain; NULL: its own */ \
	" mode " E##_TEXT " NOT NULL, mode_at " E##_BIG "," /* of the policy last seen with it */ \
	" first_day INT, last_day INT," /* known without reading all its days */ \
	" UNIQUE (policy_domain, policy_type, result_type, receiving_mx, kind))" E##_ROWS ";" \
	"CREATE INDEX incident_by_problem ON incident (receiving_mx, kind, policy_domain);" \
\
	/* \
	 * Reports.  These three tables are never partitioned, since a digest is unique in the \
	 * whole store.  They are what is left of a pruned report, and what recognizes it. \
	 */ \
	"CREATE TABLE report (id " E##_ID_1 ", day INT NOT NULL," /* on which it counts */ \
	" sender" E##_ROW_OF("sender") ", report_id " E##_TEXT " NOT NULL, report_domain" E##_ROW_OF("domain") \
	", start_at " E##_BIG " NOT NULL, end_at " E##_BIG " NOT NULL," \
	" received_at " E##_BIG " NOT NULL," \
	" state INT NOT NULL DEFAULT 0)" E##_ROWS ";" /* 1: pruned, 2: dropped */ \
	"CREATE INDEX report_by_day ON report (day, sender);" \
	"CREATE TABLE identity (digest " E##_BYTES " PRIMARY KEY, report" E##_ROW_OF("report") ")" \
	E##_KEYED ";" \
	/* Where a report-id may be: the hash takes a quarter of an index of the text. */ \
	"CREATE TABLE report_name (hash INT, organization" E##_KEY_OF("organization") \
	", report" E##_KEY_OF("report") ", PRIMARY KEY (hash, organization, report))" E##_KEYED ";" \
	"CREATE TABLE policy (day INT, report" E##_KEY_OF("report") \
	", number INT," /* in the report, from 0 and below 2^16 */ \
	" policy_domain" E##_ROW_OF("domain") ", policy_type" E##_ROW_OF("policy_type") \
	", policy_text" E##_ROW_OF("policy_text") ", mx_list" E##_ROW_OF("mx_list") \
	", successful_sessions " E##_BIG " NOT NULL, failed_sessions " E##_BIG " NOT NULL," \
	" PRIMARY KEY (day, report, number))" E##_PARTS("policy") ";" \
	"CREATE TABLE failure (day INT, report INT," \
	" policy INT, number INT," /* in the policy, from 0 and below 2^20 */ \
	" incident" E##_KEY_OF("incident") "," /* NULL: counted under none */ \
	" result_type" E##_ROW_OF("result_type") ", receiving_mx" E##_ROW_OF("domain") \
	", sending_mta_ip" E##_ROW_OF("address") ", receiving_ip" E##_ROW_OF("address") ", reason" E##_ROW_OF("reason") \
	", failed_sessions " E##_BIG " NOT NULL, receiving_mx_helo " E##_TEXT " NOT NULL," \
	" additional_information " E##_TEXT " NOT NULL, PRIMARY KEY (day, report, policy, number)" \
	E##_OF_POLICY ")" E##_PARTS("failure") ";" \
	"CREATE TABLE finding (day INT, report" E##_KEY_OF("report") \
	", number INT," /* in the report, from 0 */ \
	" path " E##_TEXT " NOT NULL, code " E##_TEXT " NOT NULL, detail " E##_TEXT " NOT NULL," \
	" PRIMARY KEY (day, report, number))" E##_PARTS("finding") ";" \
	"CREATE TABLE raw (day INT NOT NULL, report " E##_RAW_KEY "," \
	" message_id " E##_TEXT ", subject " E##_TEXT ", file_name " E##_TEXT ", media_type " E##_TEXT "," \
	" is_report INT NOT NULL, sent_at " E##_BIG " NOT NULL," \
	" is_gzip INT NOT NULL," /* as it came; the content is gzipped in any case */ \
	" content " E##_BYTES " NOT NULL" E##_RAW_END ";" \
\
	/* Totals; they grow with each report, and outlive it. */ \
	"CREATE TABLE reporter_day (reporter" E##_KEY_OF("reporter") ", day INT," /* of reception */ \
	" reports INT NOT NULL, PRIMARY KEY (reporter, day))" E##_KEYED ";" \
	/* What reports that nobody vouches for have added on a day; 1: of pairs that are known. */ \
	"CREATE TABLE unauthenticated_day (day INT NOT NULL, is_known INT NOT NULL, bytes " E##_BIG \
	" NOT NULL, PRIMARY KEY (day, is_known))" E##_KEYED ";" \
	"CREATE TABLE daily_row (day INT, policy_domain" E##_KEY_OF("domain") \
	", policy_type" E##_KEY_OF("policy_type") ", reporter" E##_KEY_OF("reporter") ", reports INT NOT NULL," \
	" successful_sessions " E##_BIG " NOT NULL, failed_sessions " E##_BIG " NOT NULL," \
	" PRIMARY KEY (day, policy_domain, policy_type, reporter))" E##_KEYED ";" \
	"CREATE TABLE daily_total_row (day INT, policy_domain" E##_KEY_OF("domain") \
	", reporter" E##_KEY_OF("reporter") ", reports INT NOT NULL, sessions " E##_BIG " NOT NULL," \
	" failed_sessions " E##_BIG " NOT NULL," \
	" received_after INT NOT NULL," /* days after that day: the last report */ \
	" PRIMARY KEY (day, policy_domain, reporter))" E##_KEYED ";" \
	/* \
	 * What most questions ask for, so that they need not read the rows of each reporter: sums \
	 * of daily_total_row (incident 0) and of incident_day, limited to the greatest count. \
	 */ \
	"CREATE TABLE daily_sum (day INT, policy_domain" E##_KEY_OF("domain") \
	", incident INT, auth" E##_KEY_OF("auth") ", reports INT NOT NULL, sessions " E##_BIG \
	" NOT NULL, failed_sessions " E##_BIG " NOT NULL," \
	" PRIMARY KEY (day, policy_domain, incident, auth))" E##_KEYED ";" \
	"CREATE TABLE incident_day (incident" E##_KEY_OF("incident") ", day INT, reporter" \
	E##_KEY_OF("reporter") ", reports INT NOT NULL, failed_sessions " E##_BIG " NOT NULL," \
	" received_after INT NOT NULL," /* the report received first */ \
	" PRIMARY KEY (incident, day, reporter))" E##_KEYED ";" \
	"CREATE TABLE incident_reason (incident" E##_KEY_OF("incident") ", reporter" E##_KEY_OF("reporter") \
	", reason" E##_KEY_OF("reason") ", first_day INT NOT NULL, last_day INT NOT NULL," \
	" failed_sessions " E##_BIG " NOT NULL, PRIMARY KEY (incident, reporter, reason))" \
	E##_KEYED ";" \
	"CREATE TABLE policy_seen_row (policy_domain" E##_KEY_OF("domain") ", policy_type" E##_KEY_OF("policy_type") \
	", policy_text" E##_KEY_OF("policy_text") ", reporter" E##_KEY_OF("reporter") "," \
	" first_day INT NOT NULL, last_day INT NOT NULL," \
	" PRIMARY KEY (policy_domain, policy_type, policy_text, reporter))" E##_KEYED ";" \
\
	/* What the operator says, of an incident or of a witness that fell silent. */ \
	"CREATE TABLE silence (id " E##_ID_1 ", witness " E##_TEXT " NOT NULL, policy_domain" \
	OF("domain") ", UNIQUE (witness, policy_domain))" E##_ROWS ";" \
	"CREATE TABLE note (id " E##_ID_1 ", incident INT REFERENCES incident," \
	" silence INT REFERENCES silence, kind " E##_TEXT " NOT NULL, author " E##_TEXT " NOT NULL," \
	" at " E##_BIG " NOT NULL, text " E##_TEXT " NOT NULL," \
	" until_day INT, share " E##_REAL "," /* of an acceptance; NULL until_day: for good */ \
	/* 1: of what joins the problem later, it holds for the domain of its incident alone. */ \
	" only_domain INT NOT NULL DEFAULT 0)" E##_ROWS ";" \
	"CREATE INDEX note_by_incident ON note (incident);" \
\
	/* What alert told to whom; a subject is a problem (\"p12\") or a silence (\"s7\"). */ \
	"CREATE TABLE alert (id " E##_ID_1 ", recipient " E##_TEXT " NOT NULL, selection " E##_TEXT \
	" NOT NULL, told_at " E##_BIG ", sending_at " E##_BIG "," /* NULL: never; nobody sends now */ \
	" UNIQUE (recipient, selection))" E##_ROWS ";" \
	"CREATE TABLE told (alert" OF("alert") ", subject " E##_TEXT ", level INT NOT NULL," \
	" at " E##_BIG " NOT NULL, title " E##_TEXT " NOT NULL, PRIMARY KEY (alert, subject))" E##_KEYED ";" \
\
	/* Messages that could not be stored as reports; class as QuarantineClass. */ \
	"CREATE TABLE quarantined_row (id " E##_ID_1 ", received_at " E##_BIG " NOT NULL," \
	" class INT NOT NULL, auth_domain " E##_TEXT " NOT NULL," /* '': nobody vouches for it */ \
	" stored_size " E##_BIG " NOT NULL," /* what the row takes */ \
	" size " E##_BIG " NOT NULL," \
	" reason " E##_TEXT " NOT NULL, detail " E##_TEXT " NOT NULL, sender " E##_TEXT " NOT NULL," \
	" subject " E##_TEXT " NOT NULL, digest " E##_BYTES " NOT NULL UNIQUE," \
	" content " E##_BYTES " NOT NULL)" E##_ROWS ";" \
	"CREATE INDEX quarantined_row_by_class" \
	" ON quarantined_row (class, received_at, id, stored_size, auth_domain);" \
	"CREATE INDEX quarantined_row_by_auth_domain" \
	" ON quarantined_row (auth_domain, class, received_at, id, stored_size);" \
	/* The sums of each auth_domain, and of all as '(all)', so that they need not be counted. */ \
	"CREATE TABLE quarantine_share (auth_domain " E##_TEXT " PRIMARY KEY, messages " E##_BIG \
	" NOT NULL, stored_size " E##_BIG " NOT NULL)" E##_KEYED ";"

/* The greatest value of a count; a sum of integers would be an error if it overflowed. */
#define COUNT_LIMIT "9007199254740992"

/* A column that is NULL in a view if its value is unknown. */
#define KNOWN(column, name) "NULLIF(" column ", '') AS " name

/*
 * The columns of a reporter, from the view of their names; columns that are not selected cost
 * nothing.
 */
#define WHO "organization, auth, auth_domain"
#define JOIN_WHO " JOIN reporter_names USING (reporter)"

#define LATEST_NOTE(kinds) \
	" FROM note WHERE incident = i.id AND " kinds " ORDER BY at DESC, id DESC LIMIT 1)"

/*
 * SQLite parses all views at each start, and takes longest for names that are joined.  So what
 * several views join is written once, in the views whose names end in _names, which are private.
 */
#define VIEWS(E) \
	E##_VIEW("reporter_names") "SELECT w.id AS reporter, " KNOWN("o.name", "organization") \
	", a.name AS auth, " KNOWN("v.name", "auth_domain") \
	" FROM reporter w LEFT JOIN organization o ON o.id = organization" \
	" LEFT JOIN auth a ON a.id = w.auth LEFT JOIN domain v ON v.id = w.auth_domain;" \
\
	/* Not one whose only report turned out to be another's when it was read anew. */ \
	E##_VIEW("reporters") "SELECT reporter AS id, " WHO ", sum(reports) AS reports," \
	" count(*) AS received_days, " E##_DAY("min(day)") " AS first_received, " \
	E##_DAY("max(day)") " AS last_received FROM reporter_day" JOIN_WHO \
	" GROUP BY reporter, " WHO ";" \
\
	E##_VIEW("reports") "SELECT report.id AS id, organization, report_id, " \
	KNOWN("c.name", "contact_info") ", " KNOWN("s.name", "submitter") ", " \
	KNOWN("f.name", "from_domain") ", " KNOWN("r.name", "report_domain") ", message_id," \
	" auth, auth_domain, start_at, end_at, received_at, " \
	E##_DAY("report.day") " AS day, " E##_MOMENT("start_at") " AS start_time, " \
	E##_MOMENT("end_at") " AS end_time, (SELECT count(*) FROM finding" \
	" WHERE day = report.day AND report = report.id) AS findings, state AS pruned" \
	" FROM report JOIN sender ON sender.id = sender" JOIN_WHO \
	" LEFT JOIN contact c ON c.id = contact LEFT JOIN domain s ON s.id = submitter" \
	" LEFT JOIN domain f ON f.id = from_domain LEFT JOIN domain r ON r.id = report_domain" \
	" LEFT JOIN raw ON " E##_RAW_OF_REPORT " WHERE state < 2;" \
\
	E##_VIEW("policy_names") "SELECT p.day AS day, report, number AS policy, " E##_NUMBER("report") \
	" * 65536 + number AS id, organization, start_at, end_at, " KNOWN("d.name", "policy_domain") \
	", " KNOWN("t.name", "policy_type") ", policy_text, mx_list, successful_sessions," \
	" failed_sessions FROM policy p JOIN report ON report.id = p.report AND report.day = p.day" \
	" JOIN sender ON sender.id = sender" JOIN_WHO \
	" LEFT JOIN domain d ON d.id = policy_domain LEFT JOIN policy_type t ON t.id = policy_type;" \
\
	E##_VIEW("policies") "SELECT p.id AS id, report, organization, policy_domain, policy_type, " \
	KNOWN("x.name", "policy_text") ", " KNOWN("m.name", "mx_hosts") \
	", successful_sessions, failed_sessions, start_at, end_at FROM policy_names p" \
	" LEFT JOIN policy_text x ON x.id = policy_text LEFT JOIN mx_list m ON m.id = mx_list;" \
\
	E##_VIEW("failures") "SELECT p.id * 1048576 + number AS id, p.id AS policy, report," \
	" organization, policy_domain, policy_type, r.name AS result_type, " \
	KNOWN("s.name", "sending_mta_ip") ", " KNOWN("m.name", "receiving_mx_hostname") ", " \
	KNOWN("receiving_mx_helo", "receiving_mx_helo") ", " KNOWN("i.name", "receiving_ip") "," \
	" f.failed_sessions AS failed_sessions, " \
	KNOWN("additional_information", "additional_information") ", " \
	KNOWN("c.name", "failure_reason_code") ", start_at, end_at, incident" \
	" FROM failure f JOIN policy_names p USING (day, report, policy)" \
	" LEFT JOIN result_type r ON r.id = result_type LEFT JOIN domain m ON m.id = receiving_mx" \
	" LEFT JOIN address s ON s.id = sending_mta_ip LEFT JOIN address i ON i.id = receiving_ip" \
	" LEFT JOIN reason c ON c.id = reason;" \
\
	E##_VIEW("findings") "SELECT report, path, code, " KNOWN("detail", "detail") \
	" FROM finding f JOIN report ON report.id = report AND report.day = f.day;" \
\
	E##_VIEW("daily") "SELECT " E##_DAY("day") " AS day, " KNOWN("d.name", "policy_domain") ", " \
	KNOWN("t.name", "policy_type") ", " WHO ", reports, successful_sessions, failed_sessions" \
	" FROM daily_row" JOIN_WHO " LEFT JOIN domain d ON d.id = policy_domain" \
	" LEFT JOIN policy_type t ON t.id = policy_type;" \
\
	E##_VIEW("daily_total") "SELECT " E##_DAY("day") " AS day, " KNOWN("d.name", "policy_domain") \
	", " WHO ", reports, sessions, failed_sessions, " E##_DAY("day + received_after") \
	" AS last_received FROM daily_total_row" JOIN_WHO \
	" LEFT JOIN domain d ON d.id = policy_domain;" \
\
	E##_VIEW("incident_days") "SELECT incident, " E##_DAY("day") " AS day, " WHO "," \
	" reports, failed_sessions FROM incident_day" JOIN_WHO ";" \
\
	E##_VIEW("incident_reasons") "SELECT incident, c.name AS failure_reason_code, " WHO ", " \
	E##_DAY("first_day") " AS first_day, " E##_DAY("last_day") " AS last_day, failed_sessions" \
	" FROM incident_reason" JOIN_WHO " JOIN reason c ON c.id = reason;" \
\
	E##_VIEW("incidents") "SELECT i.id AS id, coalesce(problem, i.id) AS problem, " \
	KNOWN("d.name", "policy_domain") ", " KNOWN("t.name", "policy_type") ", r.name AS result_type, " \
	KNOWN("m.name", "receiving_mx_hostname") ", " KNOWN("k.name", "kind") ", " KNOWN("mode", "mode") \
	", first_received, first_seen, last_seen, days, reports, organizations, failed_sessions," \
	" (SELECT text" LATEST_NOTE("text <> ''") " AS note," \
	" (SELECT CASE kind WHEN 'resolve' THEN at END" LATEST_NOTE("kind >= 're'") /* or reopen */ \
	" AS resolved_at, (SELECT CASE kind WHEN 'accept' THEN " E##_DAY("until_day") " END" \
	LATEST_NOTE("kind <> 'note'") " AS accepted_until" \
	" FROM incident i JOIN (SELECT i.id AS incident, " \
	E##_DAY("min(day + received_after)") " AS first_received, " E##_DAY("min(day)") \
	" AS first_seen, " E##_DAY("max(day)") " AS last_seen, count(DISTINCT day) AS days," \
	" coalesce(sum(reports), 0) AS reports, count(DISTINCT organization) AS organizations, " \
	E##_TOTAL("failed_sessions") " AS failed_sessions FROM incident i" \
	" LEFT JOIN incident_day ON incident = i.id LEFT JOIN reporter w ON w.id = reporter" \
	" GROUP BY i.id) n ON incident = i.id LEFT JOIN domain d ON d.id = policy_domain" \
	" LEFT JOIN policy_type t ON t.id = policy_type LEFT JOIN result_type r ON r.id = result_type" \
	" LEFT JOIN domain m ON m.id = receiving_mx LEFT JOIN kind k ON k.id = kind;" \
\
	E##_VIEW("notes") "SELECT incident, kind, author, at, text, " E##_DAY("until_day") \
	" AS until FROM note WHERE silence IS NULL;" \
\
	E##_VIEW("policy_seen") "SELECT " KNOWN("d.name", "policy_domain") ", " \
	KNOWN("t.name", "policy_type") ", " KNOWN("x.name", "policy_text") ", " WHO ", " \
	E##_DAY("first_day") " AS first_day, " E##_DAY("last_day") " AS last_day" \
	" FROM policy_seen_row" JOIN_WHO " LEFT JOIN domain d ON d.id = policy_domain" \
	" LEFT JOIN policy_type t ON t.id = policy_type" \
	" LEFT JOIN policy_text x ON x.id = policy_text;" \
\
	E##_VIEW("quarantined") "SELECT id, received_at, reason, " KNOWN("detail", "detail") ", " \
	KNOWN("sender", "sender") ", " KNOWN("subject", "subject") ", " \
	KNOWN("auth_domain", "auth_domain") ", size FROM quarantined_row;"

/* In an order in which no view is dropped before one that uses it. */
#define DROP_VIEWS \
	"DROP VIEW reports; DROP VIEW failures; DROP VIEW policies; DROP VIEW policy_names;" \
	"DROP VIEW findings;" \
	"DROP VIEW daily; DROP VIEW daily_total; DROP VIEW incident_days; DROP VIEW incident_reasons;" \
	"DROP VIEW incidents; DROP VIEW notes; DROP VIEW policy_seen; DROP VIEW quarantined;" \
	"DROP VIEW reporters; DROP VIEW reporter_names;"

/* SQLite. */
#define SQLITE_ID(first) "INTEGER PRIMARY KEY"
#define SQLITE_ID_1 SQLITE_ID("1")
#define SQLITE_TEXT "TEXT"
#define SQLITE_BYTES "BLOB"
#define SQLITE_HEX(digits) "x'" digits "'"
#define SQLITE_BIG "INT"
#define SQLITE_REAL "REAL"
/*
 * References between the rows that a delivery writes are not checked.  Each would be looked up once
 * more for each row, which is a seventh of the cost of an import, and the writer has looked them up
 * in the same transaction.
 */
#define SQLITE_OF(table) " INT NOT NULL"
#define SQLITE_ROW_OF(table) SQLITE_OF(table)
#define SQLITE_KEY_OF(table) " INT"
#define SQLITE_OF_POLICY ""
#define SQLITE_ROWS " STRICT"
#define SQLITE_KEYED " STRICT, WITHOUT ROWID"
#define SQLITE_PARTS(table) SQLITE_KEYED
/* Keyed by the row's number, since large values are slow in a table WITHOUT ROWID. */
#define SQLITE_RAW_KEY "INTEGER PRIMARY KEY"
#define SQLITE_RAW_END ") STRICT"
#define SQLITE_VIEW(name) "CREATE VIEW " name " AS "
#define SQLITE_DAY(day) "date(" day " + 2440587.5)" /* the Julian day */
#define SQLITE_MOMENT(at) "strftime('%Y-%m-%dT%H:%M:%SZ', " at ", 'unixepoch')"
#define SQLITE_NUMBER(id) id
#define SQLITE_TOTAL(count) "CAST(min(total(" count "), " COUNT_LIMIT ") AS INT)"
#define SQLITE_RAW_OF_REPORT "raw.report = report.id"

/* PostgreSQL. */
#define PGSQL_ID(first) "INT GENERATED BY DEFAULT AS IDENTITY (START WITH " first ") PRIMARY KEY"
#define PGSQL_ID_1 PGSQL_ID("1")
#define PGSQL_TEXT "TEXT COLLATE \"C\""
#define PGSQL_BYTES "BYTEA"
#define PGSQL_HEX(digits) "'\\x" digits "'"
#define PGSQL_BIG "BIGINT"
#define PGSQL_REAL "DOUBLE PRECISION"
/*
 * Where there are many rows, references are not checked either: those of the largest report would
 * take 3 seconds.  Whoever deletes names does it while no delivery is between its look-up and its
 * commit.
 */
#define PGSQL_OF(table) OF(table)
#define PGSQL_ROW_OF(table) " INT NOT NULL"
#define PGSQL_KEY_OF(table) " INT"
#define PGSQL_OF_POLICY ""
#define PGSQL_ROWS ""
#define PGSQL_KEYED ""
#define PGSQL_PARTS(table) \
	" PARTITION BY RANGE (day); CREATE TABLE " table "_rest PARTITION OF " table " DEFAULT"
#define PGSQL_RAW_KEY "INT NOT NULL"
#define PGSQL_RAW_END ", PRIMARY KEY (day, report))" PGSQL_PARTS("raw")
#define PGSQL_VIEW(name) "CREATE OR REPLACE VIEW " name " AS "
#define PGSQL_DAY(day) "to_char(DATE '1970-01-01' + (" day "), 'YYYY-MM-DD')"
#define PGSQL_MOMENT(at) \
	"to_char(to_timestamp(" at ") AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
#define PGSQL_NUMBER(id) "CAST(" id " AS BIGINT)"
#define PGSQL_TOTAL(count) \
	"CAST(least(coalesce(sum(CAST(" count " AS DOUBLE PRECISION)), 0), " COUNT_LIMIT ") AS BIGINT)"
#define PGSQL_RAW_OF_REPORT "raw.day = report.day AND raw.report = report.id"

const Schema store_schema = {
	.version = 1,
	.tables = {
		[ENGINE_SQLITE] = "PRAGMA application_id = 0x544c5352;" /* "TLSR" */
			TABLES(SQLITE),
		[ENGINE_PGSQL] = TABLES(PGSQL)
			/* Always there: a delivery does not come back to ask for its id. */
			"INSERT INTO reason (digest, name) VALUES ("
			PGSQL_HEX("fea5267d7f4b91b7c74d2e4abb947e0d") ", '(other)');",
	},
	.views = {
		[ENGINE_SQLITE] = VIEWS(SQLITE),
		[ENGINE_PGSQL] = VIEWS(PGSQL),
	},
	.drop_views = {
		[ENGINE_SQLITE] = DROP_VIEWS,
		[ENGINE_PGSQL] = DROP_VIEWS,
	},
	.digest = {
		[ENGINE_SQLITE] = "64157b9abfce67396920cd1148140b2d54e98a2fd1b2de70292455371d853ac0",
		[ENGINE_PGSQL] = "56c3f52f67808769da5fe86ea221d8ba36e1dc151db1ae0f3d264dfb7fb9a5a3",
	},
	.steps = NULL,
};

char *
schema_compute_digest(const Schema *schema, Engine engine)
{
	g_autofree char *text = g_strconcat(schema->tables[engine], schema->views[engine], NULL);

	return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
}
