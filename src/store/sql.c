#include "sql.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

/*
 * a + b, limited to the greatest count: an overflow would make every later addition to the row
 * fail.
 */
#define SQL_COUNT_MAX "9007199254740992"
#define SQL_ADD(column, value) \
	column " = CASE WHEN " column " > " SQL_COUNT_MAX " - " value " THEN " SQL_COUNT_MAX \
	       " ELSE " column " + " value " END"

/*
 * A sum of counts that equals adding them one by one.  The sum is computed in floating point, since
 * a sum of integers fails if it overflows.  It is compared before the cast, which beyond 2^63 fails
 * in PostgreSQL and gives 2^63 - 1 in SQLite.
 */
#define SQL_REAL_SUM(column) "sum(CAST(" column " AS DOUBLE PRECISION))"
#define SQL_SUM(column) \
	"CASE WHEN " SQL_REAL_SUM(column) " > " SQL_COUNT_MAX " THEN " SQL_COUNT_MAX \
	" ELSE CAST(" SQL_REAL_SUM(column) " AS BIGINT) END"

/* a - b for a count; one at the maximum stays there, since its true value is no longer known. */
#define SQL_SUBTRACT(column, by) \
	column " = CASE WHEN " column " >= " SQL_COUNT_MAX " THEN " column " WHEN " column " < " by \
	       " THEN 0 ELSE " column " - " by " END"

#define SQL_EARLIER(column, value) \
	column " = CASE WHEN " column " > " value " THEN " value " ELSE " column " END"
#define SQL_LATER(column, value) \
	column " = CASE WHEN " column " < " value " THEN " value " ELSE " column " END"

/*
 * A row that is inserted is added to the one that is there.  SQLite prepares this form in a third
 * less time than one that PostgreSQL takes, too, which has its own in sql_pgsql.c.
 */
#define SQL_MERGE "ON CONFLICT DO UPDATE SET "
#define SQL_MERGE_REPORTS "reports = reports + excluded.reports"
#define SQL_MERGE_SUM(column) column " = min(" column " + excluded." column ", " SQL_COUNT_MAX ")"

#define SQL_REPORTER_DAY_KEY(a, b) " WHERE reporter = " a " AND day = " b
#define SQL_DAILY_KEY(a, b, c, d) \
	" WHERE day = " a " AND policy_domain = " b " AND policy_type = " c " AND reporter = " d
#define SQL_DAILY_TOTAL_KEY(a, b, c) \
	" WHERE day = " a " AND policy_domain = " b " AND reporter = " c
#define SQL_INCIDENT_DAY_KEY(a, b, c) \
	" WHERE day = " a " AND incident = " b " AND reporter = " c
#define SQL_DAILY_SUM_KEY(a, b, c) \
	" WHERE day = " a " AND policy_domain = " b " AND incident = " c
#define SQL_POLICY_SEEN_KEY(a, b, c, d) \
	" WHERE policy_domain = " a " AND policy_type = " b " AND policy_text = " c \
	" AND reporter = " d

/* The rows of a report; their keys begin with the report's day. */
#define SQL_OF_REPORT(table, report) \
	" FROM " table " WHERE day = (SELECT day FROM report WHERE id = " report ")" \
	" AND report = " report

#define SQL_REPORTERS(condition) "(SELECT id FROM reporter WHERE " condition ")"
#define SQL_IN_DAYS "day BETWEEN ?1 AND ?2"
#define SQL_BY_DOMAIN " AND (?3 = 0 OR policy_domain = ?3)"
#define SQL_BY_ORGANIZATION " AND (?4 = 0 OR reporter IN " SQL_REPORTERS("organization = ?4") ")"
#define SQL_PASSED " AND (?5 = 0 OR auth = 4)"
#define SQL_BY_AUTH " AND (?5 = 0 OR reporter IN " SQL_REPORTERS("auth = 4") ")"

/* The rows of daily_sum that belong to domains, and those that belong to incidents. */
#define SQL_OF_DOMAINS SQL_IN_DAYS " AND incident = 0" SQL_BY_DOMAIN " AND ?4 = 0"
#define SQL_OF_INCIDENTS SQL_IN_DAYS " AND incident > 0" SQL_BY_DOMAIN " AND ?4 = 0"

/* All days asked for: keys begin with the day, so a query for a domain goes day by day. */
#define SQL_DAYS \
	"(WITH RECURSIVE days (day, until_day) AS" \
	" (SELECT CAST(?1 AS INTEGER), CAST(?2 AS INTEGER)" \
	" UNION ALL SELECT day + 1, until_day FROM days WHERE day < until_day)" \
	" SELECT day FROM days) AS days"

/* A value from the days of the incident in the outer query. */
#define SQL_OF_INCIDENT(what, days) \
	" (SELECT " what " FROM incident_day WHERE incident = incident.id AND " days SQL_BY_AUTH ")"

/*
 * The first reports of an organization whose report-ids have a given hash, up to a maximum.
 * Anybody can make thousands of report-ids with the same hash, in anybody's name.  With the maximum
 * no delivery becomes slower by that; all that is lost is the finding that a report-id was used
 * before.
 */
#define SQL_HASHED_MAX "256"
#define SQL_FROM_NAMED_BY(hash, organization, report_id) \
	" FROM (SELECT report FROM report_name WHERE hash = " hash \
	" AND organization = " organization " LIMIT " SQL_HASHED_MAX ") AS hashed" \
	" CROSS JOIN report WHERE report.id = hashed.report AND report.report_id = " report_id

/* The reports with a report-id.  The lookup by its hash leaves few rows to compare. */
#define SQL_FROM_NAMED(hash, report_id) \
	" FROM report_name CROSS JOIN report" \
	" WHERE report_name.hash = " hash " AND report.id = report_name.report" \
	" AND report.report_id = " report_id

#define SQL_SELECT_NAME(table) "SELECT id FROM " table " WHERE name = ?1"
#define SQL_INSERT_NAME(table) \
	"INSERT INTO " table " (name) VALUES (?1) ON CONFLICT DO NOTHING RETURNING id"
#define SQL_SELECT_TEXT(table) "SELECT id FROM " table " WHERE digest = ?1"
#define SQL_INSERT_TEXT(table) \
	"INSERT INTO " table " (digest, name) VALUES (?1, ?2) ON CONFLICT DO NOTHING RETURNING id"

/* The outer loop is ordered by incident.id, so grouping by that first leaves little to sort. */
#define SQL_INCIDENTS_BY_DAY \
	" incident CROSS JOIN incident_day CROSS JOIN reporter" \
	" WHERE incident_day.incident = incident.id AND incident_day." SQL_IN_DAYS \
	" AND incident.last_day >= ?1 AND incident.first_day <= ?2" SQL_BY_DOMAIN \
	" AND reporter.id = incident_day.reporter" \
	" AND (?4 = 0 OR reporter.organization = ?4)" SQL_PASSED

/* The columns of incidents, and of what was seen of them in the time asked for (t). */
#define SQL_INCIDENTS_OF_T \
	" SELECT incident.id, domain.name, policy_type.name, result_type.name, mx.name," \
	" incident.mode, incident.first_day, incident.last_day, t.days, t.reports," \
	" t.failed_sessions," \
	" (SELECT note.text FROM note WHERE note.incident = incident.id AND note.text <> ''" \
	" ORDER BY note.at DESC, note.id DESC LIMIT 1)," \
	" (SELECT CASE note.kind WHEN 'resolve' THEN note.at ELSE 0 END FROM note" \
	" WHERE note.incident = incident.id AND note.kind IN ('resolve', 'reopen')" \
	" ORDER BY note.at DESC, note.id DESC LIMIT 1)," \
	SQL_OF_INCIDENT("max(day)", "day < ?6") "," \
	SQL_OF_INCIDENT("min(day)", "day <= ?7") "," \
	" CASE WHEN EXISTS (SELECT 1 FROM incident_day WHERE incident = incident.id" \
	" AND day + received_after < ?6" SQL_BY_AUTH ") THEN 0 ELSE" \
	SQL_OF_INCIDENT("CAST(min(day + received_after) AS BIGINT) * 86400", "day <= ?7") " END" \
	" FROM t" \
	" JOIN incident ON incident.id = t.incident" \
	" JOIN domain ON domain.id = incident.policy_domain" \
	" JOIN policy_type ON policy_type.id = incident.policy_type" \
	" JOIN result_type ON result_type.id = incident.result_type" \
	" JOIN domain AS mx ON mx.id = incident.receiving_mx" \
	" ORDER BY t.failed_sessions DESC, incident.id"

/*
 * What is written of an incident and what is written of a silence differ in one column only, which
 * is always ?1.
 */
#define SQL_RESOLUTION_OF(subject) \
	"SELECT CASE kind WHEN 'reopen' THEN 0 ELSE 1 END FROM note" \
	" WHERE " subject " = ?1 AND kind IN ('resolve', 'accept', 'reopen')" \
	" ORDER BY at DESC, id DESC LIMIT 1"
/* A share is given and asked for as a whole number of billionths; -1 is none. */
#define SQL_BILLIONTHS "1000000000"
#define SQL_SHARE(value) \
	"CAST(NULLIF(CAST(" value " AS BIGINT), -1) AS DOUBLE PRECISION) / " SQL_BILLIONTHS
#define SQL_INSERT_NOTE_OF(subject) \
	"INSERT INTO note (" subject ", kind, author, at, text, until_day, share, only_domain)" \
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6, " SQL_SHARE("?7") ", ?8)"
/* A note is the same one again if it is the latest on its subject, and recent enough. */
#define SQL_RENEW_NOTE_OF(subject) \
	"UPDATE note SET at = ?2, until_day = ?7, share = " SQL_SHARE("?8") ", only_domain = ?9" \
	" WHERE " subject " = ?1 AND at >= ?3 AND kind = ?4 AND author = ?5 AND text = ?6" \
	" AND id = (SELECT max(id) FROM note WHERE " subject " = ?1)"

/*
 * The incidents of one problem: of one kind and MX or, where the sender named no MX, of one kind and
 * domain.  The bounds of the domain let the index be used in both cases.
 */
#define SQL_OF_ONE_PROBLEM(row, mx, kind, domain) \
	row ".receiving_mx = " mx " AND " row ".kind = " kind " AND " row ".policy_domain" \
	" BETWEEN CASE WHEN " mx " = 1 THEN " domain " ELSE 0 END" \
	" AND CASE WHEN " mx " = 1 THEN " domain " ELSE 2147483647 END"

#define SQL_QUARANTINED "SELECT id, received_at, reason, detail, sender, subject, size"

/*
 * The inserts that every delivery uses name no columns and give all of them in order: looking up
 * the names takes a quarter of the time to prepare such a statement.
 */
const char *const sql_statements[SQL_STATEMENTS] = {
	[SQL_SELECT_VERSION] = "SELECT version, digest FROM version",
	[SQL_INSERT_VERSION] = "INSERT INTO version (version, digest) VALUES (?1, ?2)",
	[SQL_SELECT_REWRITES] = "SELECT rewrites FROM version",
	[SQL_ADD_REWRITE] = "UPDATE version SET rewrites = rewrites + 1",
	[SQL_UPDATE_VERSION] = "UPDATE version SET version = ?1, digest = ?2",

	[SQL_SELECT_ORGANIZATION] = SQL_SELECT_NAME("organization"),
	[SQL_INSERT_ORGANIZATION] = SQL_INSERT_NAME("organization"),
	[SQL_SELECT_DOMAIN] = SQL_SELECT_NAME("domain"),
	[SQL_INSERT_DOMAIN] = SQL_INSERT_NAME("domain"),
	[SQL_SELECT_ADDRESS] = SQL_SELECT_NAME("address"),
	[SQL_INSERT_ADDRESS] = SQL_INSERT_NAME("address"),
	[SQL_SELECT_POLICY_TYPE] = SQL_SELECT_NAME("policy_type"),
	[SQL_INSERT_POLICY_TYPE] = SQL_INSERT_NAME("policy_type"),
	[SQL_SELECT_RESULT_TYPE] = SQL_SELECT_NAME("result_type"),
	[SQL_INSERT_RESULT_TYPE] = SQL_INSERT_NAME("result_type"),
	[SQL_SELECT_KIND] = SQL_SELECT_NAME("kind"),
	[SQL_INSERT_KIND] = SQL_INSERT_NAME("kind"),
	[SQL_SELECT_CONTACT] = SQL_SELECT_TEXT("contact"),
	[SQL_INSERT_CONTACT] = SQL_INSERT_TEXT("contact"),
	[SQL_SELECT_POLICY_TEXT] = SQL_SELECT_TEXT("policy_text"),
	[SQL_INSERT_POLICY_TEXT] = SQL_INSERT_TEXT("policy_text"),
	[SQL_SELECT_MX_LIST] = SQL_SELECT_TEXT("mx_list"),
	[SQL_INSERT_MX_LIST] = SQL_INSERT_TEXT("mx_list"),
	[SQL_SELECT_REASON] = SQL_SELECT_TEXT("reason"),
	[SQL_INSERT_REASON] = SQL_INSERT_TEXT("reason"),
	[SQL_SELECT_REPORTER] =
		"SELECT id FROM reporter WHERE organization = ?1 AND auth = ?2 AND auth_domain = ?3",
	[SQL_INSERT_REPORTER] =
		"INSERT INTO reporter (organization, auth, auth_domain) VALUES (?1, ?2, ?3)"
		" ON CONFLICT DO NOTHING RETURNING id",
	/* A join takes twice as long to prepare. */
	[SQL_SELECT_SENDER] =
		"SELECT reporter, id FROM sender WHERE reporter = (SELECT id FROM reporter"
		" WHERE organization = ?1 AND auth = ?2 AND auth_domain = ?3)"
		" AND contact = ?4 AND submitter = ?5 AND from_domain = ?6",
	[SQL_INSERT_SENDER] =
		"INSERT INTO sender (reporter, contact, submitter, from_domain, first_day)"
		" VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING RETURNING id",
	[SQL_FIRST_DAY_OF_PAIR] =
		"SELECT coalesce(min(first_day), ?3) FROM reporter JOIN sender"
		" ON sender.reporter = reporter.id WHERE organization = ?1 AND from_domain = ?2",
	[SQL_SUM_UNAUTHENTICATED] =
		"SELECT coalesce(sum(bytes), 0) FROM unauthenticated_day"
		" WHERE day = ?1 AND is_known <= ?2",
	[SQL_ADD_UNAUTHENTICATED] =
		"UPDATE unauthenticated_day SET bytes = bytes + ?1 WHERE day = ?2 AND is_known = ?3",
	[SQL_INSERT_UNAUTHENTICATED] = "INSERT INTO unauthenticated_day VALUES (?2, ?3, ?1)",
	[SQL_CLEAN_UNAUTHENTICATED] = "DELETE FROM unauthenticated_day WHERE day < ?1",
	[SQL_SELECT_INCIDENT] =
		"SELECT id, mode, mode_at, first_day, last_day FROM incident"
		" WHERE policy_domain = ?1 AND policy_type = ?2 AND result_type = ?3"
		" AND receiving_mx = ?4 AND kind = ?5",
	[SQL_INSERT_INCIDENT] =
		"INSERT INTO incident (policy_domain, policy_type, result_type, receiving_mx, kind,"
		" mode, mode_at, first_day, last_day, problem)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,"
		/* They all have the same, so that it is not necessary to read them all. */
		" (SELECT coalesce(problem, id) FROM incident WHERE "
		SQL_OF_ONE_PROBLEM("incident", "?4", "?5", "?1") " LIMIT 1))"
		" ON CONFLICT DO NOTHING RETURNING id",

	[SQL_SELECT_INCIDENT_ID] = "SELECT id FROM incident WHERE id = ?1",
	[SQL_SELECT_SILENCE_ID] = "SELECT id FROM silence WHERE id = ?1",
	[SQL_INSERT_SILENCE] =
		"INSERT INTO silence (id, witness, policy_domain) SELECT ?1, ?2, id FROM domain"
		" WHERE name = ?3 ON CONFLICT DO NOTHING",
	[SQL_SELECT_RESOLUTION] = SQL_RESOLUTION_OF("incident"),
	[SQL_SELECT_RESOLUTION_OF_SILENCE] = SQL_RESOLUTION_OF("silence"),
	[SQL_INSERT_NOTE] = SQL_INSERT_NOTE_OF("incident"),
	[SQL_INSERT_NOTE_OF_SILENCE] = SQL_INSERT_NOTE_OF("silence"),
	[SQL_RENEW_NOTE] = SQL_RENEW_NOTE_OF("incident"),
	[SQL_RENEW_NOTE_OF_SILENCE] = SQL_RENEW_NOTE_OF("silence"),

	[SQL_INSERT_ALERT] =
		"INSERT INTO alert (recipient, selection) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
	[SQL_SELECT_ALERT] = "SELECT id FROM alert WHERE recipient = ?1 AND selection = ?2",
	[SQL_READ_ALERT] = "SELECT id, coalesce(told_at, 0) FROM alert"
		" WHERE recipient = ?1 AND selection = ?2",
	/*
	 * ?2 now, ?3 seconds: whoever has been sending for so long, or says to begin only after so
	 * long, is taken for dead.
	 */
	[SQL_BEGIN_ALERT] =
		"UPDATE alert SET sending_at = ?2 WHERE id = ?1 AND (sending_at IS NULL"
		" OR sending_at NOT BETWEEN ?2 - CAST(?3 AS BIGINT) AND ?2 + CAST(?3 AS BIGINT))",
	[SQL_END_ALERT] = "UPDATE alert SET sending_at = NULL WHERE id = ?1 AND sending_at = ?2",
	[SQL_SET_TOLD_AT] = "UPDATE alert SET told_at = ?2 WHERE id = ?1",
	[SQL_READ_TOLD] =
		"SELECT subject, level, at, title FROM told WHERE alert = ?1 ORDER BY at, subject",
	[SQL_DELETE_TOLD] = "DELETE FROM told WHERE alert = ?1",
	[SQL_INSERT_TOLD] = "INSERT INTO told VALUES (?1, ?2, ?3, ?4, ?5)",

	[SQL_SELECT_IDENTITY] = "SELECT report FROM identity WHERE digest = ?1",
	[SQL_INSERT_IDENTITY] = "INSERT INTO identity VALUES (?1, ?2)",
	/* Few pass this, and it takes a quarter of the time to prepare that the next one takes. */
	[SQL_SELECT_SAME_HASH] =
		"SELECT report FROM report_name WHERE hash = ?1 AND organization = ?2 LIMIT 1",
	[SQL_SELECT_SAME_ID] =
		"SELECT report.id" SQL_FROM_NAMED_BY("?1", "?3", "?2") " LIMIT 1",
	/* Nobody else writes at the same time, so all rows of a batch can be written with their ids. */
	[SQL_TAKE_REPORT_ID] = "SELECT id + ?1 FROM report ORDER BY id DESC LIMIT 1",
	[SQL_INSERT_REPORT] = "INSERT INTO report VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0)",
	[SQL_INSERT_REPORT_NAME] = "INSERT INTO report_name VALUES (?1, ?2, ?3)",
	[SQL_INSERT_RAW] = "INSERT INTO raw VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
	[SQL_INSERT_FINDING] = "INSERT INTO finding VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
	[SQL_INSERT_POLICY] = "INSERT INTO policy VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
	[SQL_INSERT_FAILURE] =
		"INSERT INTO failure VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",

	[SQL_INSERT_DAILY] =
		"INSERT INTO daily_row VALUES (?4, ?5, ?6, ?7, ?1, ?2, ?3) ON CONFLICT DO NOTHING",
	[SQL_ADD_DAILY] =
		"UPDATE daily_row SET reports = reports + ?1, " SQL_ADD("successful_sessions", "?2")
		", " SQL_ADD("failed_sessions", "?3") SQL_DAILY_KEY("?4", "?5", "?6", "?7"),
	[SQL_INSERT_DAILY_TOTAL] =
		"INSERT INTO daily_total_row VALUES (?5, ?6, ?7, ?1, ?2, ?3, ?4)"
		" ON CONFLICT DO NOTHING",
	[SQL_ADD_DAILY_TOTAL] =
		"UPDATE daily_total_row SET reports = reports + ?1, " SQL_ADD("sessions", "?2") ", "
		SQL_ADD("failed_sessions", "?3") ", " SQL_LATER("received_after", "?4")
		SQL_DAILY_TOTAL_KEY("?5", "?6", "?7"),
	[SQL_INSERT_INCIDENT_DAY] =
		"INSERT INTO incident_day VALUES (?4, ?5, ?6, ?1, ?2, ?3) ON CONFLICT DO NOTHING",
	[SQL_ADD_INCIDENT_DAY] =
		"UPDATE incident_day SET reports = reports + ?1, " SQL_ADD("failed_sessions", "?2")
		/* A row without reports is one of which the only one was taken out to be replaced. */
		", received_after = CASE WHEN reports > 0 AND received_after < ?3 THEN received_after"
		" ELSE ?3 END"
		SQL_INCIDENT_DAY_KEY("?5", "?4", "?6"),
	[SQL_ADD_INCIDENT_REASON] =
		"UPDATE incident_reason SET " SQL_ADD("failed_sessions", "?1") ", "
		SQL_EARLIER("first_day", "?2") ", " SQL_LATER("last_day", "?3")
		" WHERE incident = ?4 AND reporter = ?5 AND reason = ?6",
	[SQL_INSERT_INCIDENT_REASON] =
		"INSERT INTO incident_reason VALUES (?4, ?5, ?6, ?2, ?3, ?1)",
	[SQL_COUNT_INCIDENT_REASONS] =
		"SELECT count(*) FROM incident_reason WHERE incident = ?1 AND reporter = ?2"
		" AND reason <> ?3",
	[SQL_MERGE_REPORTER_DAY] =
		"INSERT INTO reporter_day VALUES (?2, ?3, ?1) " SQL_MERGE SQL_MERGE_REPORTS,
	[SQL_MERGE_DAILY] =
		"INSERT INTO daily_row VALUES (?4, ?5, ?6, ?7, ?1, ?2, ?3) " SQL_MERGE
		SQL_MERGE_REPORTS ", " SQL_MERGE_SUM("successful_sessions") ", "
		SQL_MERGE_SUM("failed_sessions"),
	[SQL_MERGE_DAILY_TOTAL] =
		"INSERT INTO daily_total_row VALUES (?5, ?6, ?7, ?1, ?2, ?3, ?4) " SQL_MERGE
		SQL_MERGE_REPORTS ", " SQL_MERGE_SUM("sessions") ", "
		SQL_MERGE_SUM("failed_sessions")
		", received_after = max(received_after, excluded.received_after)",
	[SQL_MERGE_INCIDENT_DAY] =
		"INSERT INTO incident_day VALUES (?4, ?5, ?6, ?1, ?2, ?3) " SQL_MERGE
		SQL_MERGE_REPORTS ", " SQL_MERGE_SUM("failed_sessions")
		", received_after = CASE WHEN reports > 0"
		" THEN min(received_after, excluded.received_after) ELSE excluded.received_after END",
	[SQL_MERGE_DAILY_SUM] =
		"INSERT INTO daily_sum VALUES (?4, ?5, ?6, ?7, ?1, ?2, ?3) " SQL_MERGE
		SQL_MERGE_REPORTS ", " SQL_MERGE_SUM("sessions") ", "
		SQL_MERGE_SUM("failed_sessions"),
	[SQL_MERGE_POLICY_SEEN] =
		"INSERT INTO policy_seen_row VALUES (?3, ?4, ?5, ?6, ?1, ?2) " SQL_MERGE
		"first_day = min(first_day, excluded.first_day),"
		" last_day = max(last_day, excluded.last_day)",
	[SQL_SET_INCIDENT] =
		"UPDATE incident SET mode = ?1, mode_at = ?2, first_day = ?3, last_day = ?4"
		" WHERE id = ?5",

	[SQL_SELECT_QUARANTINED] = "SELECT id FROM quarantined_row WHERE digest = ?1",
	[SQL_INSERT_QUARANTINED] =
		"INSERT INTO quarantined_row (received_at, class, auth_domain, stored_size, size,"
		" reason, detail, sender, subject, digest, content)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
	[SQL_SELECT_QUARANTINED_SIZE] =
		"SELECT stored_size, auth_domain FROM quarantined_row WHERE id = ?1",
	[SQL_DELETE_QUARANTINED] = "DELETE FROM quarantined_row WHERE id = ?1",
	[SQL_SELECT_SHARE] = "SELECT stored_size FROM quarantine_share WHERE auth_domain = ?1",
	[SQL_ADD_SHARE] =
		"UPDATE quarantine_share SET messages = messages + ?1,"
		" stored_size = stored_size + ?2 WHERE auth_domain = ?3",
	[SQL_INSERT_SHARE] = "INSERT INTO quarantine_share VALUES (?3, ?1, ?2)",
	[SQL_CLEAN_SHARE] = "DELETE FROM quarantine_share WHERE auth_domain = ?1 AND messages <= 0",
	/* The last class is dropped only when it is old enough. */
	[SQL_LIST_VICTIMS] =
		"SELECT class, received_at, id, stored_size, auth_domain FROM quarantined_row"
		" WHERE class < 4 OR received_at < ?1 ORDER BY class, received_at, id LIMIT ?2",
	[SQL_LIST_VICTIMS_OF] =
		"SELECT class, received_at, id, stored_size, auth_domain FROM quarantined_row"
		" WHERE (class < 4 OR received_at < ?1) AND auth_domain = ?3"
		" ORDER BY class, received_at, id LIMIT ?2",
	[SQL_DELETE_VICTIMS] =
		"DELETE FROM quarantined_row WHERE (class, received_at, id) <= (?1, ?2, ?3)",
	[SQL_DELETE_VICTIMS_OF] =
		"DELETE FROM quarantined_row WHERE (class, received_at, id) <= (?1, ?2, ?3)"
		" AND auth_domain = ?4",
	[SQL_LIST_WAITING] =
		"SELECT id FROM quarantined_row WHERE class = 2 ORDER BY received_at, id",
	[SQL_LIST_QUARANTINED] = SQL_QUARANTINED " FROM quarantined_row ORDER BY id",
	[SQL_READ_QUARANTINED] = SQL_QUARANTINED ", content FROM quarantined_row WHERE id = ?1",
	[SQL_UPDATE_QUARANTINED] =
		"UPDATE quarantined_row SET class = ?1, reason = ?2, detail = ?3,"
		" auth_domain = ?4, sender = ?5, subject = ?6 WHERE id = ?7",
	[SQL_UPDATE_QUARANTINED_REASON] =
		"UPDATE quarantined_row SET class = ?1, reason = ?2, detail = ?3 WHERE id = ?4",

	[SQL_LIST_REPORTS] =
		"SELECT report.id FROM report JOIN sender ON sender.id = report.sender"
		" WHERE report.state = 0 AND report." SQL_IN_DAYS
		" AND (?3 = 0 OR EXISTS (SELECT 1 FROM policy WHERE policy.day = report.day"
		" AND policy.report = report.id AND policy.policy_domain = ?3))"
		SQL_BY_ORGANIZATION
		" ORDER BY report.id",
	[SQL_READ_SOURCE] =
		"SELECT report.received_at, report_domain.name, submitter.name, from_domain.name,"
		" reporter.auth, auth_domain.name, raw.subject, raw.message_id, raw.file_name,"
		" raw.media_type, raw.is_report, raw.sent_at, raw.is_gzip, raw.content"
		" FROM report"
		" JOIN raw ON raw.day = report.day AND raw.report = report.id"
		" JOIN sender ON sender.id = report.sender"
		" JOIN reporter ON reporter.id = sender.reporter"
		" JOIN domain AS report_domain ON report_domain.id = report.report_domain"
		" JOIN domain AS submitter ON submitter.id = sender.submitter"
		" JOIN domain AS from_domain ON from_domain.id = sender.from_domain"
		" JOIN domain AS auth_domain ON auth_domain.id = reporter.auth_domain"
		" WHERE report.id = ?1 AND report.state = 0",
	[SQL_SELECT_EARLIER_SAME_ID] =
		"SELECT report.id"
		SQL_FROM_NAMED_BY("?1", "(SELECT id FROM organization WHERE name = ?3)", "?2")
		" AND report.id < ?4 LIMIT 1",
	[SQL_LIST_FIRST_SAME_IDS] =
		"SELECT report.id"
		SQL_FROM_NAMED_BY("?1", "(SELECT id FROM organization WHERE name = ?3)", "?2")
		" ORDER BY report.id LIMIT 2",
	[SQL_DELETE_SAME_ID] = "DELETE" SQL_OF_REPORT("finding", "?1") " AND code = 'same-id'",
	[SQL_INSERT_SAME_ID] =
		"INSERT INTO finding (day, report, number, path, code, detail)"
		" SELECT report.day, report.id, (SELECT coalesce(max(number), -1) + 1 FROM finding"
		" WHERE finding.day = report.day AND finding.report = report.id), '$.report-id',"
		" 'same-id', report.report_id FROM report WHERE id = ?1 AND state = 0"
		" AND NOT EXISTS (SELECT 1 FROM finding WHERE finding.day = report.day"
		" AND finding.report = report.id AND code = 'same-id')",
	[SQL_READ_VOUCHER] =
		"SELECT report.id, report.state, report.day, reporter.auth, auth_domain.name,"
		" contact.name FROM identity"
		" JOIN report ON report.id = identity.report"
		" JOIN sender ON sender.id = report.sender"
		" JOIN reporter ON reporter.id = sender.reporter"
		" JOIN domain AS auth_domain ON auth_domain.id = reporter.auth_domain"
		" JOIN contact ON contact.id = sender.contact"
		" WHERE identity.digest = ?1",
	[SQL_DROP_REPORT] = "UPDATE report SET state = 2 WHERE id = ?1",
	[SQL_SELECT_STATE] = "SELECT state FROM report WHERE id = ?1",
	[SQL_MOVE_IDENTITIES] = "UPDATE identity SET report = ?2 WHERE report = ?1",
	[SQL_DELETE_IDENTITIES] = "DELETE FROM identity WHERE report = ?1",
	[SQL_DELETE_REPORT] = "DELETE FROM report WHERE id = ?1",
	[SQL_SELECT_REPORTER_OF] =
		"SELECT sender.reporter FROM report JOIN sender ON sender.id = report.sender"
		" WHERE report.id = ?1",
	[SQL_UPDATE_REPORT] =
		"UPDATE report SET day = ?1, sender = ?2, report_id = ?3, report_domain = ?4,"
		" start_at = ?5, end_at = ?6, received_at = ?7, state = 0 WHERE id = ?8",
	[SQL_DELETE_REPORT_NAME] = "DELETE FROM report_name WHERE hash = ?1 AND report = ?2",
	[SQL_UPDATE_RAW_DAY] = "UPDATE raw SET day = ?1 WHERE day = ?2 AND report = ?3",
	/* 0 stands for any reporter or any policy domain. */
	[SQL_LIST_REPORTS_OF_DAY] =
		"SELECT report.id FROM report WHERE report.day = ?1 AND report.state = ?2"
		" AND (?3 = 0 OR report.sender IN (SELECT id FROM sender WHERE reporter = ?3))"
		" AND (?4 = 0 OR EXISTS (SELECT 1 FROM policy WHERE policy.day = report.day"
		" AND policy.report = report.id AND policy.policy_domain = ?4))"
		/* At the time at which each counts: see report_counts_at(). */
		" ORDER BY CASE WHEN report.start_at BETWEEN CAST(?1 AS BIGINT) * 86400"
		" AND CAST(?1 AS BIGINT) * 86400 + 86399 THEN report.start_at"
		" ELSE CAST(?1 AS BIGINT) * 86400 END, report.id",
	[SQL_SUBTRACT_REPORTER_DAY] =
		"UPDATE reporter_day SET reports = reports - 1" SQL_REPORTER_DAY_KEY("?1", "?2"),
	[SQL_CLEAN_REPORTER_DAY] =
		"DELETE FROM reporter_day" SQL_REPORTER_DAY_KEY("?1", "?2") " AND reports <= 0",
	[SQL_SELECT_DAILY] =
		"SELECT CASE WHEN successful_sessions > failed_sessions THEN successful_sessions"
		" ELSE failed_sessions END FROM daily_row" SQL_DAILY_KEY("?1", "?2", "?3", "?4"),
	[SQL_SUBTRACT_DAILY] =
		"UPDATE daily_row SET reports = reports - 1, "
		SQL_SUBTRACT("successful_sessions", "?1") ", " SQL_SUBTRACT("failed_sessions", "?2")
		SQL_DAILY_KEY("?3", "?4", "?5", "?6"),
	[SQL_CLEAN_DAILY] =
		"DELETE FROM daily_row" SQL_DAILY_KEY("?1", "?2", "?3", "?4") " AND reports <= 0",
	[SQL_SET_DAILY] =
		"UPDATE daily_row SET reports = ?1, successful_sessions = ?2, failed_sessions = ?3"
		SQL_DAILY_KEY("?4", "?5", "?6", "?7"),
	[SQL_SELECT_DAILY_TOTAL] =
		"SELECT CASE WHEN sessions > failed_sessions THEN sessions ELSE failed_sessions END"
		" FROM daily_total_row" SQL_DAILY_TOTAL_KEY("?1", "?2", "?3"),
	[SQL_SUBTRACT_DAILY_TOTAL] =
		"UPDATE daily_total_row SET reports = reports - 1, " SQL_SUBTRACT("sessions", "?1")
		", " SQL_SUBTRACT("failed_sessions", "?2")
		SQL_DAILY_TOTAL_KEY("?3", "?4", "?5"),
	[SQL_CLEAN_DAILY_TOTAL] =
		"DELETE FROM daily_total_row" SQL_DAILY_TOTAL_KEY("?1", "?2", "?3")
		" AND reports <= 0",
	[SQL_SET_DAILY_TOTAL] =
		"UPDATE daily_total_row SET reports = ?1, sessions = ?2, failed_sessions = ?3,"
		" received_after = ?4" SQL_DAILY_TOTAL_KEY("?5", "?6", "?7"),
	[SQL_SELECT_INCIDENT_DAY] =
		"SELECT failed_sessions FROM incident_day" SQL_INCIDENT_DAY_KEY("?1", "?2", "?3"),
	[SQL_SUBTRACT_INCIDENT_DAY] =
		"UPDATE incident_day SET reports = reports - 1, "
		SQL_SUBTRACT("failed_sessions", "?1") SQL_INCIDENT_DAY_KEY("?2", "?3", "?4"),
	[SQL_CLEAN_INCIDENT_DAY] =
		"DELETE FROM incident_day" SQL_INCIDENT_DAY_KEY("?1", "?2", "?3")
		" AND reports <= 0",
	[SQL_SET_INCIDENT_DAY] =
		"UPDATE incident_day SET reports = ?1, failed_sessions = ?2, received_after = ?3"
		SQL_INCIDENT_DAY_KEY("?4", "?5", "?6"),
	[SQL_FIND_INCIDENT_DAY] =
		"SELECT reports FROM incident_day WHERE day = ?1 AND incident = ?2 LIMIT 1",
	[SQL_CLEAN_DAILY_SUM] = "DELETE FROM daily_sum" SQL_DAILY_SUM_KEY("?1", "?2", "?3"),
	[SQL_SUM_DAILY_TOTAL] =
		"INSERT INTO daily_sum (day, policy_domain, incident, auth, reports, sessions,"
		" failed_sessions)"
		" SELECT day, policy_domain, 0, auth, sum(reports), " SQL_SUM("sessions") ", "
		SQL_SUM("failed_sessions")
		" FROM daily_total_row JOIN reporter ON reporter.id = daily_total_row.reporter"
		" WHERE day = ?1 AND policy_domain = ?2 AND ?3 = 0"
		" GROUP BY day, policy_domain, auth",
	[SQL_SUM_INCIDENT_DAY] =
		"INSERT INTO daily_sum (day, policy_domain, incident, auth, reports, sessions,"
		" failed_sessions)"
		" SELECT day, policy_domain, incident, auth, sum(reports), 0, "
		SQL_SUM("failed_sessions")
		" FROM incident_day JOIN incident ON incident.id = incident_day.incident"
		" JOIN reporter ON reporter.id = incident_day.reporter"
		" WHERE day = ?1 AND policy_domain = ?2 AND incident = ?3"
		" GROUP BY day, policy_domain, incident, auth",
	[SQL_READ_INCIDENT] =
		"SELECT id, mode, mode_at, first_day, last_day,"
		" (SELECT min(day) FROM incident_day WHERE incident = ?1),"
		" (SELECT max(day) FROM incident_day WHERE incident = ?1)"
		" FROM incident WHERE id = ?1",
	[SQL_CLEAR_INCIDENT] =
		"UPDATE incident SET mode = '', mode_at = NULL, first_day = NULL, last_day = NULL"
		" WHERE id = ?1",
	[SQL_DELETE_REASONS_OF_INCIDENT] = "DELETE FROM incident_reason WHERE incident = ?1",
	/*
	 * Notes stay with what they were said of, and a number that was given is never another's: so the
	 * one with the highest id stays, and the one after which a problem is numbered.
	 */
	[SQL_DELETE_INCIDENT] =
		"DELETE FROM incident WHERE id = ?1 AND id < (SELECT max(id) FROM incident)"
		" AND NOT EXISTS (SELECT 1 FROM note WHERE incident = ?1)"
		" AND (problem IS NOT NULL OR NOT EXISTS (SELECT 1 FROM incident AS other WHERE "
		SQL_OF_ONE_PROBLEM("other", "incident.receiving_mx", "incident.kind",
			"incident.policy_domain")
		" AND other.problem = ?1))",
	[SQL_LIST_DAYS_OF_INCIDENT] =
		"SELECT day FROM incident_day WHERE incident = ?1 AND reporter = ?2 ORDER BY day",
	[SQL_READ_REASONS_OF_REPORT] =
		"SELECT incident, reason, failed_sessions FROM failure"
		" WHERE day = ?1 AND report = ?2 AND incident IS NOT NULL AND reason > 1"
		" ORDER BY policy, number",
	[SQL_DELETE_INCIDENT_REASONS] =
		"DELETE FROM incident_reason WHERE incident = ?1 AND reporter = ?2",
	[SQL_READ_POLICY_SEEN] =
		"SELECT first_day, last_day FROM policy_seen_row"
		SQL_POLICY_SEEN_KEY("?1", "?2", "?3", "?4"),
	[SQL_SET_POLICY_SEEN] =
		"UPDATE policy_seen_row SET first_day = ?1, last_day = ?2"
		SQL_POLICY_SEEN_KEY("?3", "?4", "?5", "?6"),
	[SQL_DELETE_POLICY_SEEN] =
		"DELETE FROM policy_seen_row" SQL_POLICY_SEEN_KEY("?1", "?2", "?3", "?4"),
	/*
	 * Searches from a day forwards or backwards, in the order of the index, up to the first
	 * match.
	 */
	[SQL_FIRST_SEEN] =
		"SELECT report.day FROM report CROSS JOIN sender CROSS JOIN policy"
		" WHERE report.day >= ?1 AND sender.id = report.sender"
		" AND sender.reporter = ?2 AND policy.day = report.day AND policy.report = report.id"
		" AND policy.policy_domain = ?3 AND policy.policy_type = ?4"
		" AND policy.policy_text = ?5 ORDER BY report.day LIMIT 1",
	[SQL_LAST_SEEN] =
		"SELECT report.day FROM report CROSS JOIN sender CROSS JOIN policy"
		" WHERE report.day <= ?1 AND sender.id = report.sender"
		" AND sender.reporter = ?2 AND policy.day = report.day AND policy.report = report.id"
		" AND policy.policy_domain = ?3 AND policy.policy_type = ?4"
		" AND policy.policy_text = ?5 ORDER BY report.day DESC LIMIT 1",
	[SQL_LAST_PRUNED] =
		"SELECT report.day FROM report CROSS JOIN sender"
		" WHERE report.day <= ?1 AND report.state = 1 AND sender.id = report.sender"
		" AND sender.reporter = ?2 ORDER BY report.day DESC LIMIT 1",

	/* Counts the reports of days before ?1, and the totals of days before ?2. */
	[SQL_COUNT_PRUNABLE] =
		"SELECT (SELECT count(*) FROM report WHERE day < ?1 AND state = 0),"
		" (SELECT count(*) FROM policy WHERE day < ?1),"
		" (SELECT count(*) FROM failure WHERE day < ?1),"
		" (SELECT count(*) FROM finding WHERE day < ?1),"
		" (SELECT count(*) FROM quarantined_row"
		" WHERE received_at < CAST(?1 AS BIGINT) * 86400),"
		" (SELECT count(*) FROM daily_row WHERE day < ?2),"
		" (SELECT count(*) FROM daily_total_row WHERE day < ?2),"
		" (SELECT count(*) FROM incident_day WHERE day < ?2),"
		" (SELECT count(*) FROM policy_seen_row WHERE last_day < ?2)",
	[SQL_LAST_REPORT] = "SELECT coalesce(max(id), 0) FROM report",
	[SQL_LIST_PRUNABLE] =
		"SELECT id FROM report WHERE day < ?1 AND state = 0 AND id <= ?2 ORDER BY day, id",
	[SQL_FIND_PRUNABLE] =
		"SELECT id FROM report WHERE id > ?1 AND day < ?2 AND state = 0"
		" ORDER BY id LIMIT 1",
	[SQL_PRUNE_FAILURES] = "DELETE" SQL_OF_REPORT("failure", "?1"),
	[SQL_PRUNE_POLICIES] = "DELETE" SQL_OF_REPORT("policy", "?1"),
	[SQL_PRUNE_FINDINGS] = "DELETE" SQL_OF_REPORT("finding", "?1"),
	[SQL_PRUNE_RAW] = "DELETE" SQL_OF_REPORT("raw", "?1"),
	[SQL_PRUNE_REPORT] = "UPDATE report SET state = 1 WHERE id = ?1 AND state = 0",
	[SQL_LIST_OLD_QUARANTINED] =
		"SELECT id FROM quarantined_row WHERE received_at < ?1 ORDER BY id",
	[SQL_FIND_OLD_DAILY] =
		"SELECT day, policy_domain FROM daily_row WHERE day < ?1"
		" ORDER BY day, policy_domain LIMIT 1",
	[SQL_PRUNE_DAILY] = "DELETE FROM daily_row WHERE day = ?1 AND policy_domain = ?2",
	[SQL_FIND_OLD_DAILY_TOTAL] =
		"SELECT day, policy_domain FROM daily_total_row WHERE day < ?1"
		" ORDER BY day, policy_domain LIMIT 1",
	[SQL_PRUNE_DAILY_TOTAL] =
		"DELETE FROM daily_total_row WHERE day = ?1 AND policy_domain = ?2",
	[SQL_PRUNE_DAILY_SUM] = "DELETE FROM daily_sum" SQL_DAILY_SUM_KEY("?1", "?2", "0"),
	[SQL_FIND_OLD_INCIDENT] =
		"SELECT id FROM incident WHERE id > ?1 AND first_day < ?2 ORDER BY id LIMIT 1",
	[SQL_PRUNE_DAILY_SUMS_OF_INCIDENT] =
		"DELETE FROM daily_sum"
		" WHERE policy_domain = (SELECT policy_domain FROM incident WHERE id = ?1)"
		" AND incident = ?1"
		" AND day IN (SELECT day FROM incident_day WHERE incident = ?1 AND day < ?2)",
	[SQL_PRUNE_INCIDENT_DAYS] = "DELETE FROM incident_day WHERE incident = ?1 AND day < ?2",
	[SQL_PRUNE_INCIDENT_REASONS] =
		"DELETE FROM incident_reason WHERE incident = ?1 AND last_day < ?2",
	[SQL_FIND_OLD_POLICY_SEEN] =
		"SELECT policy_domain FROM policy_seen_row WHERE policy_domain > ?1 AND last_day < ?2"
		" ORDER BY policy_domain LIMIT 1",
	[SQL_PRUNE_POLICY_SEEN] =
		"DELETE FROM policy_seen_row WHERE policy_domain = ?1 AND last_day < ?2",
	[SQL_LIST_IDS_OF_ORGANIZATION] = "SELECT id FROM organization WHERE id > 1 AND id <= ?1 ORDER BY id",
	[SQL_DELETE_ORGANIZATION] = "DELETE FROM organization WHERE id = ?1",
	[SQL_LIST_IDS_OF_DOMAIN] = "SELECT id FROM domain WHERE id > 1 AND id <= ?1 ORDER BY id",
	[SQL_DELETE_DOMAIN] = "DELETE FROM domain WHERE id = ?1",
	[SQL_LIST_IDS_OF_ADDRESS] = "SELECT id FROM address WHERE id > 1 AND id <= ?1 ORDER BY id",
	[SQL_DELETE_ADDRESS] = "DELETE FROM address WHERE id = ?1",
	[SQL_LIST_IDS_OF_POLICY_TYPE] = "SELECT id FROM policy_type WHERE id > 1 AND id <= ?1 ORDER BY id",
	[SQL_DELETE_POLICY_TYPE] = "DELETE FROM policy_type WHERE id = ?1",
	[SQL_LIST_IDS_OF_RESULT_TYPE] = "SELECT id FROM result_type WHERE id > 1 AND id <= ?1 ORDER BY id",
	[SQL_DELETE_RESULT_TYPE] = "DELETE FROM result_type WHERE id = ?1",
	[SQL_LIST_IDS_OF_KIND] = "SELECT id FROM kind WHERE id > 1 AND id <= ?1 ORDER BY id",
	[SQL_DELETE_KIND] = "DELETE FROM kind WHERE id = ?1",
	[SQL_LIST_IDS_OF_CONTACT] = "SELECT id FROM contact WHERE id > 1 AND id <= ?1 ORDER BY id",
	[SQL_DELETE_CONTACT] = "DELETE FROM contact WHERE id = ?1",
	[SQL_LIST_IDS_OF_POLICY_TEXT] = "SELECT id FROM policy_text WHERE id > 1 AND id <= ?1 ORDER BY id",
	[SQL_DELETE_POLICY_TEXT] = "DELETE FROM policy_text WHERE id = ?1",
	[SQL_LIST_IDS_OF_MX_LIST] = "SELECT id FROM mx_list WHERE id > 1 AND id <= ?1 ORDER BY id",
	[SQL_DELETE_MX_LIST] = "DELETE FROM mx_list WHERE id = ?1",
	[SQL_LIST_IDS_OF_REASON] = "SELECT id FROM reason WHERE id > 1 AND id <= ?1 ORDER BY id",
	[SQL_DELETE_REASON] = "DELETE FROM reason WHERE id = ?1",
	[SQL_LIST_IDS_OF_SENDER] = "SELECT id FROM sender WHERE id <= ?1 ORDER BY id",
	[SQL_DELETE_SENDER] = "DELETE FROM sender WHERE id = ?1",
	[SQL_LIST_IDS_OF_REPORTER] = "SELECT id FROM reporter WHERE id <= ?1 ORDER BY id",
	[SQL_DELETE_REPORTER] = "DELETE FROM reporter WHERE id = ?1",
	[SQL_REFERENCES_OF_REPORT] = "SELECT report_domain, sender FROM report",
	[SQL_REFERENCES_OF_POLICY] = "SELECT policy_domain, policy_type, policy_text, mx_list FROM policy",
	[SQL_REFERENCES_OF_FAILURE] = "SELECT result_type, receiving_mx, sending_mta_ip, receiving_ip, reason FROM failure",
	[SQL_REFERENCES_OF_DAILY] = "SELECT policy_domain, policy_type, reporter FROM daily_row",
	[SQL_REFERENCES_OF_DAILY_TOTAL] = "SELECT policy_domain, reporter FROM daily_total_row",
	[SQL_REFERENCES_OF_DAILY_SUM] = "SELECT policy_domain FROM daily_sum",
	[SQL_REFERENCES_OF_INCIDENT] = "SELECT policy_domain, policy_type, result_type, receiving_mx, kind FROM incident",
	[SQL_REFERENCES_OF_INCIDENT_DAY] = "SELECT reporter FROM incident_day",
	[SQL_REFERENCES_OF_INCIDENT_REASON] = "SELECT reporter, reason FROM incident_reason",
	[SQL_REFERENCES_OF_POLICY_SEEN] = "SELECT policy_domain, policy_type, policy_text, reporter FROM policy_seen_row",
	[SQL_REFERENCES_OF_REPORT_NAME] = "SELECT organization FROM report_name",
	[SQL_REFERENCES_OF_SENDER] = "SELECT reporter, contact, submitter, from_domain FROM sender",
	[SQL_REFERENCES_OF_REPORTER] = "SELECT organization, auth_domain FROM reporter",
	[SQL_REFERENCES_OF_SILENCE] = "SELECT policy_domain FROM silence",
	[SQL_REFERENCES_OF_NEW_REPORT] =
		"SELECT report_domain, sender"
		" FROM report WHERE id > ?1",
	[SQL_REFERENCES_OF_NEW_POLICY] =
		"SELECT policy_domain, policy_type, policy_text, mx_list"
		" FROM report CROSS JOIN policy"
		" WHERE report.id > ?1 AND policy.day = report.day AND policy.report = report.id",
	[SQL_REFERENCES_OF_NEW_FAILURE] =
		"SELECT result_type, receiving_mx, sending_mta_ip, receiving_ip, reason"
		" FROM report CROSS JOIN failure"
		" WHERE report.id > ?1 AND failure.day = report.day AND failure.report = report.id",
	[SQL_LAST_NEW_PRUNED] = "SELECT id FROM report WHERE id > ?1 AND state = 1 LIMIT 1",
	[SQL_LAST_ID_OF_NAMES] =
		"SELECT max(id) FROM (SELECT max(id) AS id FROM organization"
		" UNION ALL SELECT max(id) FROM domain"
		" UNION ALL SELECT max(id) FROM address"
		" UNION ALL SELECT max(id) FROM policy_type"
		" UNION ALL SELECT max(id) FROM result_type"
		" UNION ALL SELECT max(id) FROM kind"
		" UNION ALL SELECT max(id) FROM contact"
		" UNION ALL SELECT max(id) FROM policy_text"
		" UNION ALL SELECT max(id) FROM mx_list"
		" UNION ALL SELECT max(id) FROM reason"
		" UNION ALL SELECT max(id) FROM sender"
		" UNION ALL SELECT max(id) FROM reporter"
		") AS t",
	[SQL_DELETE_DAYS_OF_REPORTER] = "DELETE FROM reporter_day WHERE reporter = ?1",
	[SQL_LIST_IDLE_INCIDENTS] =
		"SELECT id FROM incident WHERE id NOT IN (SELECT incident FROM incident_day)"
		" ORDER BY id",
	[SQL_IS_INCIDENT_IDLE] =
		"SELECT id FROM incident WHERE id = ?1"
		" AND NOT EXISTS (SELECT 1 FROM incident_day WHERE incident = ?1)",

	[SQL_READ_DOMAIN_DAYS] =
		"SELECT domain.name, t.day, t.sessions, t.failed_sessions, t.reports, domain.id"
		" FROM (SELECT policy_domain, day, " SQL_SUM("sessions") " AS sessions, "
		SQL_SUM("failed_sessions") " AS failed_sessions, " SQL_SUM("reports") " AS reports"
		" FROM daily_sum WHERE " SQL_OF_DOMAINS SQL_PASSED
		" GROUP BY day, policy_domain) AS t"
		" JOIN domain ON domain.id = t.policy_domain"
		" ORDER BY domain.name NULLS FIRST, t.day",
	[SQL_READ_DOMAIN_DAYS_BY] =
		"SELECT domain.name, t.day, t.sessions, t.failed_sessions, t.reports, domain.id"
		" FROM (SELECT policy_domain, day, " SQL_SUM("sessions") " AS sessions, "
		SQL_SUM("failed_sessions") " AS failed_sessions, " SQL_SUM("reports") " AS reports"
		" FROM daily_total_row WHERE " SQL_IN_DAYS SQL_BY_DOMAIN SQL_BY_ORGANIZATION
		SQL_BY_AUTH " GROUP BY day, policy_domain) AS t"
		" JOIN domain ON domain.id = t.policy_domain"
		" ORDER BY domain.name NULLS FIRST, t.day",
	/* Each text has only those conditions on a row that its filter needs. */
	[SQL_READ_DOMAIN_ORGANIZATIONS] =
		"SELECT policy_domain, reporter.organization FROM daily_total_row"
		" JOIN reporter ON reporter.id = daily_total_row.reporter WHERE " SQL_IN_DAYS
		" AND ?3 = 0 AND ?4 = 0",
	[SQL_READ_DOMAIN_ORGANIZATIONS_OF] =
		"SELECT policy_domain, reporter.organization FROM daily_total_row"
		" JOIN reporter ON reporter.id = daily_total_row.reporter WHERE " SQL_IN_DAYS
		SQL_BY_DOMAIN " AND (?4 = 0 OR reporter.organization = ?4)",
	[SQL_READ_ORGANIZATIONS] = "SELECT id, name FROM organization",
	[SQL_READ_DAYS] =
		"SELECT day, " SQL_SUM("sessions") ", " SQL_SUM("failed_sessions") ", "
		SQL_SUM("reports") " FROM daily_sum WHERE " SQL_OF_DOMAINS
		" GROUP BY day ORDER BY day",
	[SQL_READ_DAYS_BY] =
		"SELECT day, " SQL_SUM("sessions") ", " SQL_SUM("failed_sessions") ", "
		SQL_SUM("reports") " FROM daily_total_row WHERE " SQL_IN_DAYS SQL_BY_DOMAIN
		SQL_BY_ORGANIZATION " GROUP BY day ORDER BY day",
	[SQL_READ_INCIDENTS] =
		"WITH t AS (SELECT incident, count(DISTINCT day) AS days, " SQL_SUM("reports")
		" AS reports, " SQL_SUM("failed_sessions") " AS failed_sessions"
		" FROM daily_sum WHERE " SQL_OF_INCIDENTS SQL_PASSED " GROUP BY incident)"
		SQL_INCIDENTS_OF_T,
	[SQL_READ_INCIDENTS_BY] =
		"WITH t AS (SELECT incident.id AS incident,"
		" count(DISTINCT incident_day.day) AS days, "
		SQL_SUM("incident_day.reports") " AS reports, "
		SQL_SUM("incident_day.failed_sessions") " AS failed_sessions"
		" FROM" SQL_INCIDENTS_BY_DAY " GROUP BY incident.id)" SQL_INCIDENTS_OF_T,
	[SQL_READ_INCIDENT_ORGANIZATIONS] =
		"WITH t AS (SELECT id FROM incident WHERE last_day >= ?1 AND first_day <= ?2"
		SQL_BY_DOMAIN ")"
		" SELECT id, CASE WHEN ?4 > 0 THEN 1 ELSE"
		" (SELECT count(DISTINCT reporter.organization) FROM incident_day"
		" JOIN reporter ON reporter.id = incident_day.reporter"
		" WHERE incident = t.id AND " SQL_IN_DAYS SQL_PASSED ") END"
		" FROM t",
	/* Ordered by day, with each incident once per day: the order of the key. */
	[SQL_READ_INCIDENT_DATES] =
		"SELECT incident, day FROM daily_sum WHERE " SQL_OF_INCIDENTS SQL_PASSED
		" GROUP BY day, policy_domain, incident ORDER BY day",
	[SQL_READ_LONE_DAYS] =
		"SELECT incident_day.incident, incident_day.day, reporter.organization, "
		SQL_SUM("incident_day.failed_sessions")
		" FROM (SELECT incident, min(day) AS day FROM daily_sum WHERE " SQL_OF_INCIDENTS
		SQL_PASSED " GROUP BY incident HAVING min(day) = max(day)) AS t"
		" CROSS JOIN incident_day CROSS JOIN reporter"
		" WHERE incident_day.incident = t.incident AND incident_day.day = t.day"
		" AND reporter.id = incident_day.reporter" SQL_PASSED
		" GROUP BY incident_day.incident, incident_day.day, reporter.organization"
		" ORDER BY incident_day.incident, incident_day.day, reporter.organization",
	[SQL_READ_INCIDENT_DAYS] =
		"SELECT incident.id, incident_day.day, reporter.organization, "
		SQL_SUM("incident_day.failed_sessions")
		" FROM" SQL_INCIDENTS_BY_DAY
		" GROUP BY incident.id, incident_day.day, reporter.organization"
		/* The same order as above, so that nothing has to be sorted again. */
		" ORDER BY incident.id, incident_day.day, reporter.organization",
	[SQL_READ_ORGANIZATION_DAYS] =
		"SELECT domain.name, t.organization, organization.name, t.day, t.sessions,"
		" t.failed_sessions, t.received_at"
		" FROM (SELECT policy_domain, organization, day, " SQL_SUM("sessions")
		" AS sessions, " SQL_SUM("failed_sessions") " AS failed_sessions,"
		" CAST(max(day + received_after) AS BIGINT) * 86400 AS received_at"
		" FROM daily_total_row JOIN reporter ON reporter.id = daily_total_row.reporter"
		" WHERE " SQL_IN_DAYS SQL_BY_DOMAIN
		" AND (?4 = 0 OR organization = ?4)" SQL_PASSED
		" GROUP BY policy_domain, organization, day) AS t"
		" JOIN domain ON domain.id = t.policy_domain"
		" JOIN organization ON organization.id = t.organization"
		" ORDER BY t.policy_domain, t.organization, t.day",
	[SQL_READ_ORGANIZATION_DAYS_OF] =
		"SELECT domain.name, t.organization, organization.name, t.day, t.sessions,"
		" t.failed_sessions, t.received_at"
		" FROM (SELECT policy_domain, organization, daily_total_row.day AS day, "
		SQL_SUM("sessions") " AS sessions, " SQL_SUM("failed_sessions")
		" AS failed_sessions,"
		" CAST(max(daily_total_row.day + received_after) AS BIGINT) * 86400 AS received_at"
		" FROM " SQL_DAYS " CROSS JOIN daily_total_row CROSS JOIN reporter"
		" WHERE daily_total_row.day = days.day AND policy_domain = ?3"
		" AND reporter.id = daily_total_row.reporter"
		" AND (?4 = 0 OR organization = ?4)" SQL_PASSED
		" GROUP BY policy_domain, organization, daily_total_row.day) AS t"
		" JOIN domain ON domain.id = t.policy_domain"
		" JOIN organization ON organization.id = t.organization"
		" ORDER BY t.organization, t.day",
	[SQL_READ_REPORT_DAYS] =
		"SELECT domain.name, t.days FROM (SELECT policy_domain, count(DISTINCT day) AS days"
		" FROM daily_sum WHERE " SQL_OF_DOMAINS SQL_PASSED
		" GROUP BY policy_domain) AS t JOIN domain ON domain.id = t.policy_domain",
	[SQL_READ_NOTES] =
		"SELECT coalesce(note.incident, 0), domain.name, policy_type.name, result_type.name,"
		" mx.name, note.kind, note.author, note.at, note.text, coalesce(note.silence, 0),"
		" silence.witness, note.until_day,"
		" CAST(note.share * " SQL_BILLIONTHS " AS BIGINT), note.only_domain, note.id FROM note"
		" LEFT JOIN incident ON incident.id = note.incident"
		" LEFT JOIN silence ON silence.id = note.silence"
		" LEFT JOIN domain"
		" ON domain.id = coalesce(incident.policy_domain, silence.policy_domain)"
		" LEFT JOIN policy_type ON policy_type.id = incident.policy_type"
		" LEFT JOIN result_type ON result_type.id = incident.result_type"
		" LEFT JOIN domain AS mx ON mx.id = incident.receiving_mx"
		" WHERE (?1 = 0 OR domain.id = ?1)"
		" ORDER BY coalesce(note.incident, 0), coalesce(note.silence, 0), note.at, note.id",
	/*
	 * The last report stored need not be the last received, since one may have been put aside
	 * for a while.
	 */
	[SQL_READ_RECEPTION] =
		"SELECT (SELECT coalesce(max(received_at), 0) FROM"
		" (SELECT received_at FROM report ORDER BY id DESC LIMIT 1000) AS latest),"
		" (SELECT count(DISTINCT day) FROM daily_sum WHERE " SQL_IN_DAYS " AND incident = 0)",
	[SQL_READ_SHARES] =
		"SELECT auth.name, count(*), coalesce(" SQL_SUM("length(raw.content)") ", 0)"
		" FROM report JOIN sender ON sender.id = report.sender"
		" JOIN reporter ON reporter.id = sender.reporter"
		" JOIN auth ON auth.id = reporter.auth"
		" LEFT JOIN raw ON raw.day = report.day AND raw.report = report.id"
		" WHERE report.state < 2 GROUP BY auth.id, auth.name ORDER BY auth.id",
	[SQL_READ_QUARANTINE] =
		"SELECT coalesce(max(everything.messages), 0), coalesce(max(everything.stored_size), 0),"
		" coalesce(max(unvouched.messages), 0), coalesce(max(unvouched.stored_size), 0),"
		" (SELECT count(*) FROM quarantined_row WHERE class = 2),"
		" CASE WHEN EXISTS (SELECT 1 FROM quarantined_row WHERE class < 4)"
		" OR EXISTS (SELECT 1 FROM quarantined_row WHERE class = 4"
		" AND received_at < CAST(?1 AS BIGINT) * 86400) THEN 1 ELSE 0 END"
		" FROM quarantine_share AS everything LEFT JOIN quarantine_share AS unvouched"
		" ON unvouched.auth_domain = '' WHERE everything.auth_domain = '(all)'",
	[SQL_READ_QUARANTINE_COUNT] =
		"SELECT count(*) FROM quarantined_row"
		" WHERE received_at >= CAST(?1 AS BIGINT) * 86400"
		" AND received_at < (CAST(?2 AS BIGINT) + 1) * 86400",
	[SQL_READ_REPORT_POLICIES] =
		"SELECT report.id, organization.name, report.report_id, report.start_at,"
		" report.end_at, report.received_at, auth.name, auth_domain.name,"
		" (SELECT count(*) FROM finding WHERE finding.day = report.day"
		" AND finding.report = report.id),"
		" domain.name, policy_type.name, policy.successful_sessions, policy.failed_sessions"
		" FROM report"
		" JOIN sender ON sender.id = report.sender"
		" JOIN reporter ON reporter.id = sender.reporter"
		" JOIN organization ON organization.id = reporter.organization"
		" JOIN auth ON auth.id = reporter.auth"
		" JOIN domain AS auth_domain ON auth_domain.id = reporter.auth_domain"
		" LEFT JOIN policy ON policy.day = report.day AND policy.report = report.id"
		" LEFT JOIN domain ON domain.id = policy.policy_domain"
		" LEFT JOIN policy_type ON policy_type.id = policy.policy_type"
		" WHERE report." SQL_IN_DAYS " AND report.state < 2"
		" AND (?3 = 0 OR EXISTS (SELECT 1 FROM policy AS own WHERE own.day = report.day"
		" AND own.report = report.id AND own.policy_domain = ?3))"
		" AND (?4 = 0 OR reporter.organization = ?4)"
		" ORDER BY report.day, report.start_at, report.id, policy.number NULLS FIRST",
	[SQL_READ_DAILY] =
		"SELECT daily_row.day, domain.name, policy_type.name, organization.name, auth.name,"
		" sum(daily_row.reports), " SQL_SUM("daily_row.successful_sessions") ", "
		SQL_SUM("daily_row.failed_sessions")
		" FROM daily_row"
		" JOIN domain ON domain.id = daily_row.policy_domain"
		" JOIN policy_type ON policy_type.id = daily_row.policy_type"
		" JOIN reporter ON reporter.id = daily_row.reporter"
		" JOIN organization ON organization.id = reporter.organization"
		" JOIN auth ON auth.id = reporter.auth"
		" WHERE daily_row." SQL_IN_DAYS SQL_BY_DOMAIN
		" AND (?4 = 0 OR reporter.organization = ?4)"
		" GROUP BY daily_row.day, domain.name, policy_type.name, organization.name, auth.name"
		" ORDER BY daily_row.day, domain.name NULLS FIRST, policy_type.name NULLS FIRST,"
		" organization.name NULLS FIRST, auth.name",
	[SQL_READ_POLICIES_SEEN] =
		"SELECT domain.name, policy_type.name, policy_text.name, organization.name,"
		" policy_seen_row.first_day, policy_seen_row.last_day, policy_seen_row.reporter"
		" FROM policy_seen_row"
		" JOIN reporter ON reporter.id = policy_seen_row.reporter"
		" JOIN domain ON domain.id = policy_seen_row.policy_domain"
		" JOIN policy_type ON policy_type.id = policy_seen_row.policy_type"
		" JOIN policy_text ON policy_text.id = policy_seen_row.policy_text"
		" JOIN organization ON organization.id = reporter.organization"
		" WHERE policy_seen_row.last_day BETWEEN ?1 AND ?2"
		" AND (?3 = 0 OR policy_seen_row.policy_domain = ?3)"
		" AND (?4 = 0 OR reporter.organization = ?4)"
		" ORDER BY domain.name NULLS FIRST, policy_type.name NULLS FIRST",
	/* The days of the incidents are not read, since they are many. */
	[SQL_READ_FAILED_HOSTS] =
		"SELECT DISTINCT domain.name, mx.name FROM incident"
		" JOIN domain ON domain.id = incident.policy_domain"
		" JOIN domain AS mx ON mx.id = incident.receiving_mx"
		" WHERE incident.last_day >= ?1 AND incident.first_day <= ?2" SQL_BY_DOMAIN
		" AND (?4 = 0 OR EXISTS (SELECT 1 FROM incident_day"
		" WHERE incident_day.incident = incident.id AND incident_day.reporter IN "
		SQL_REPORTERS("organization = ?4") "))"
		" ORDER BY domain.name, mx.name",
	[SQL_READ_FAILURES_AT_HOSTS] =
		"SELECT policy_type.name, result_type.name, mx.name, t.reporter,"
		" t.first_day, t.last_day, t.failed_sessions"
		" FROM (SELECT incident.id AS incident, reporter.id AS reporter,"
		" min(incident_day.day) AS first_day, max(incident_day.day) AS last_day, "
		SQL_SUM("incident_day.failed_sessions") " AS failed_sessions"
		" FROM incident CROSS JOIN incident_day CROSS JOIN reporter"
		" WHERE incident_day.incident = incident.id AND incident_day." SQL_IN_DAYS
		" AND incident.policy_domain = ?3 AND reporter.id = incident_day.reporter"
		" AND (?4 = 0 OR reporter.organization = ?4)"
		" GROUP BY incident.id, reporter.id) AS t"
		" JOIN incident ON incident.id = t.incident"
		" JOIN policy_type ON policy_type.id = incident.policy_type"
		" JOIN result_type ON result_type.id = incident.result_type"
		" JOIN domain AS mx ON mx.id = incident.receiving_mx"
		" ORDER BY mx.name NULLS FIRST, incident.id, t.reporter",
	[SQL_READ_STS_DAYS] =
		"SELECT daily_row.day, daily_row.reporter, daily_row.successful_sessions,"
		" daily_row.failed_sessions"
		" FROM " SQL_DAYS " CROSS JOIN daily_row"
		" JOIN reporter ON reporter.id = daily_row.reporter"
		" WHERE daily_row.day = days.day AND daily_row.policy_domain = ?3"
		" AND daily_row.policy_type = (SELECT id FROM policy_type WHERE name = 'sts')"
		" AND (?4 = 0 OR reporter.organization = ?4)"
		" ORDER BY daily_row.day, daily_row.reporter",
	[SQL_READ_STS_FAILURES] =
		"SELECT incident.id, kind.name, result_type.name, mx.name, incident_day.day,"
		" incident_day.reporter, incident_day.failed_sessions"
		" FROM incident CROSS JOIN incident_day"
		" JOIN reporter ON reporter.id = incident_day.reporter"
		" JOIN result_type ON result_type.id = incident.result_type"
		" JOIN kind ON kind.id = incident.kind"
		" JOIN domain AS mx ON mx.id = incident.receiving_mx"
		" WHERE incident.policy_domain = ?3 AND incident_day.incident = incident.id"
		" AND incident.policy_type = (SELECT id FROM policy_type WHERE name = 'sts')"
		" AND incident_day." SQL_IN_DAYS " AND (?4 = 0 OR reporter.organization = ?4)"
		" ORDER BY incident_day.day, incident_day.reporter, incident.id",

	/* Two days are enough to know all days of a reporter that has no more than two. */
	[SQL_READ_REPORTERS] =
		"SELECT reporter.id, organization.name, auth.name, auth_domain.name,"
		" (SELECT count(*) FROM (SELECT 1 FROM reporter_day"
		" WHERE reporter_day.reporter = reporter.id LIMIT 3) AS few),"
		" (SELECT min(day) FROM reporter_day WHERE reporter_day.reporter = reporter.id),"
		" (SELECT max(day) FROM reporter_day WHERE reporter_day.reporter = reporter.id)"
		" FROM reporter"
		" JOIN organization ON organization.id = reporter.organization"
		" JOIN auth ON auth.id = reporter.auth"
		" JOIN domain AS auth_domain ON auth_domain.id = reporter.auth_domain"
		" ORDER BY reporter.id",
	[SQL_READ_REPORTER_CONTACTS] =
		"SELECT DISTINCT sender.reporter, contact.name FROM sender"
		" JOIN reporter ON reporter.id = sender.reporter"
		" JOIN auth ON auth.id = reporter.auth AND auth.name = 'pass'"
		" JOIN contact ON contact.id = sender.contact"
		" ORDER BY sender.reporter",
	[SQL_READ_ALL_INCIDENTS] =
		"SELECT incident.id, incident.problem, incident.policy_domain, domain.name,"
		" policy_type.name, result_type.name, mx.name, kind.name, incident.first_day,"
		" incident.last_day FROM incident"
		" JOIN domain ON domain.id = incident.policy_domain"
		" JOIN policy_type ON policy_type.id = incident.policy_type"
		" JOIN result_type ON result_type.id = incident.result_type"
		" JOIN domain AS mx ON mx.id = incident.receiving_mx"
		" JOIN kind ON kind.id = incident.kind ORDER BY incident.id",
	/* The totals of domains with an incident that may have been seen in the time asked for. */
	[SQL_READ_FAILED_TOTALS] =
		"SELECT policy_domain, day, reporter, sessions, failed_sessions, day + received_after"
		" FROM daily_total_row WHERE " SQL_IN_DAYS SQL_BY_DOMAIN
		" AND policy_domain IN (SELECT policy_domain FROM incident"
		" WHERE last_day >= ?1 AND first_day <= ?2)",
	[SQL_READ_TOTALS_OF] =
		"SELECT policy_domain, daily_total_row.day, reporter, sessions, failed_sessions,"
		" daily_total_row.day + received_after"
		" FROM " SQL_DAYS " CROSS JOIN daily_total_row"
		" WHERE daily_total_row.day = days.day AND policy_domain = ?3",
	[SQL_READ_SEEN_DAYS] =
		"SELECT incident.id, incident_day.day, incident_day.reporter, incident_day.reports,"
		" incident_day.failed_sessions, incident_day.day + incident_day.received_after"
		" FROM incident CROSS JOIN incident_day"
		" WHERE incident_day.incident = incident.id AND incident_day." SQL_IN_DAYS
		" AND incident.last_day >= ?1 AND incident.first_day <= ?2" SQL_BY_DOMAIN
		/* The same order as above, so that nothing has to be sorted again. */
		" ORDER BY incident.id, incident_day.day, incident_day.reporter",
	[SQL_READ_EARLIEST_DAYS] =
		"SELECT day, reporter, day + received_after FROM incident_day"
		" WHERE incident = ?3 AND " SQL_IN_DAYS " ORDER BY day, reporter",
	[SQL_READ_LATEST_DAYS] =
		"SELECT day, reporter, day + received_after FROM incident_day"
		" WHERE incident = ?3 AND " SQL_IN_DAYS " ORDER BY day DESC, reporter DESC",
	[SQL_READ_MODES_OF] =
		"SELECT policy_text.name, reporter, first_day, last_day FROM policy_seen_row"
		" JOIN policy_text ON policy_text.id = policy_seen_row.policy_text"
		" WHERE policy_domain = ?3"
		" AND policy_type = (SELECT id FROM policy_type WHERE name = 'sts')"
		" AND last_day >= ?1 AND first_day <= ?2",
	/* In the order of the key, and without what has no reason. */
	[SQL_READ_REASONS] =
		"SELECT incident_reason.incident, reason.name, incident_reason.reporter,"
		" incident_reason.failed_sessions"
		" FROM incident CROSS JOIN incident_reason CROSS JOIN reason"
		" WHERE incident_reason.incident = incident.id AND incident_reason.reason <> 1"
		" AND incident_reason.last_day >= ?1 AND incident_reason.first_day <= ?2"
		" AND reason.id = incident_reason.reason"
		" AND incident.last_day >= ?1 AND incident.first_day <= ?2" SQL_BY_DOMAIN
		" ORDER BY incident.id, incident_reason.reporter, incident_reason.reason",
	/* The day is one, so that the index finds what the reporter sent; without an order, which would cost more. */
	[SQL_READ_FAILURES_BY] =
		"SELECT failure.incident, report.id, report.report_id, address.name,"
		" failure.failed_sessions"
		" FROM sender CROSS JOIN report CROSS JOIN failure CROSS JOIN address"
		" WHERE report.day = ?1 AND report.day <= ?2 AND sender.reporter = ?3"
		" AND report.sender = sender.id AND failure.day = report.day"
		" AND failure.report = report.id AND failure.incident IS NOT NULL"
		" AND address.id = failure.sending_mta_ip LIMIT 5000",
	[SQL_READ_FAILURE_ROWS] =
		"SELECT failure.incident, failure.report FROM failure"
		" WHERE " SQL_IN_DAYS " AND failure.incident IS NOT NULL"
		" AND (?3 = 0 OR failure.incident IN"
		" (SELECT id FROM incident WHERE policy_domain = ?3))",
	[SQL_READ_DOMAIN_AUTH_DAYS] =
		"SELECT domain.id, domain.name, day, auth, sessions, failed_sessions FROM daily_sum"
		" JOIN domain ON domain.id = policy_domain"
		" WHERE " SQL_IN_DAYS " AND incident = 0" SQL_BY_DOMAIN,
	[SQL_READ_DOMAIN_REPORTER_DAYS] =
		"SELECT domain.id, domain.name, day, reporter, sessions, failed_sessions"
		" FROM daily_total_row JOIN domain ON domain.id = policy_domain"
		" WHERE " SQL_IN_DAYS SQL_BY_DOMAIN,
	[SQL_READ_RECEIVED_DAYS] =
		"SELECT reporter_day.reporter, reporter_day.day, reporter_day.reports"
		" FROM reporter CROSS JOIN reporter_day"
		" WHERE reporter_day.reporter = reporter.id AND reporter_day." SQL_IN_DAYS,
	[SQL_READ_REPORT_DAYS_BY] =
		"SELECT DISTINCT day, reporter FROM daily_total_row WHERE " SQL_IN_DAYS,
	/* Each report has policies, and there are far fewer of these rows than of totals. */
	[SQL_READ_LAST_SEEN_BY] =
		"SELECT t.policy_domain, domain.name, t.reporter, t.last_day"
		" FROM (SELECT policy_domain, reporter, max(last_day) AS last_day"
		" FROM policy_seen_row WHERE last_day >= ?1 AND first_day <= ?2" SQL_BY_DOMAIN
		" GROUP BY policy_domain, reporter) AS t"
		" JOIN domain ON domain.id = t.policy_domain",

	/* A report that has a finding several times has it once. */
	[SQL_READ_FINDING_SUMS] =
		"SELECT sender.reporter, t.code, count(*)"
		" FROM (SELECT report, code FROM finding WHERE " SQL_IN_DAYS
		" GROUP BY report, code) AS t"
		" JOIN report ON report.id = t.report JOIN sender ON sender.id = report.sender"
		" WHERE (?3 = 0 OR EXISTS (SELECT 1 FROM policy WHERE policy.day = report.day"
		" AND policy.report = report.id AND policy.policy_domain = ?3))"
		" GROUP BY sender.reporter, t.code ORDER BY sender.reporter, t.code",

	[SQL_FIND_REPORT] =
		"SELECT report.id" SQL_FROM_NAMED("?1", "?2") " AND report.state < 2"
		" ORDER BY report.day DESC, report.start_at DESC, report.id DESC LIMIT 1",
	[SQL_READ_REPORT] =
		"SELECT report.id, organization.name, report.report_id, contact.name,"
		" report.start_at, report.end_at, report.received_at, report.state, auth.name,"
		" auth_domain.name, submitter.name, report_domain.name, from_domain.name,"
		" raw.message_id, report.day"
		" FROM report"
		" JOIN sender ON sender.id = report.sender"
		" JOIN reporter ON reporter.id = sender.reporter"
		" JOIN organization ON organization.id = reporter.organization"
		" JOIN contact ON contact.id = sender.contact"
		" JOIN auth ON auth.id = reporter.auth"
		" JOIN domain AS auth_domain ON auth_domain.id = reporter.auth_domain"
		" JOIN domain AS submitter ON submitter.id = sender.submitter"
		" JOIN domain AS report_domain ON report_domain.id = report.report_domain"
		" JOIN domain AS from_domain ON from_domain.id = sender.from_domain"
		" LEFT JOIN raw ON raw.day = report.day AND raw.report = report.id"
		" WHERE report.id = ?1 AND report.state < 2",
	[SQL_READ_POLICIES] =
		"SELECT policy.number, domain.name, policy_type.name, policy_text.name, mx_list.name,"
		" policy.successful_sessions, policy.failed_sessions FROM policy"
		" JOIN domain ON domain.id = policy.policy_domain"
		" JOIN policy_type ON policy_type.id = policy.policy_type"
		" JOIN policy_text ON policy_text.id = policy.policy_text"
		" JOIN mx_list ON mx_list.id = policy.mx_list"
		" WHERE policy.day = (SELECT day FROM report WHERE id = ?1) AND policy.report = ?1"
		" ORDER BY policy.number",
	[SQL_READ_FAILURES] =
		"SELECT failure.policy, result_type.name, mx.name, failure.failed_sessions,"
		" sending_ip.name, receiving_ip.name, failure.receiving_mx_helo,"
		" failure.additional_information, reason.name, kind.name FROM failure"
		" JOIN result_type ON result_type.id = failure.result_type"
		" JOIN domain AS mx ON mx.id = failure.receiving_mx"
		" JOIN address AS sending_ip ON sending_ip.id = failure.sending_mta_ip"
		" JOIN address AS receiving_ip ON receiving_ip.id = failure.receiving_ip"
		" JOIN reason ON reason.id = failure.reason"
		" LEFT JOIN incident ON incident.id = failure.incident"
		" AND incident.receiving_mx = failure.receiving_mx"
		" LEFT JOIN kind ON kind.id = incident.kind"
		" WHERE failure.day = (SELECT day FROM report WHERE id = ?1) AND failure.report = ?1"
		" ORDER BY failure.policy, failure.number",
	[SQL_READ_FINDINGS] =
		"SELECT code, path, detail" SQL_OF_REPORT("finding", "?1") " ORDER BY number",
	[SQL_READ_STATUS] =
		"SELECT (SELECT version FROM version), (SELECT count(*) FROM report WHERE state < 2),"
		" (SELECT count(*) FROM policy), (SELECT count(*) FROM failure),"
		" (SELECT count(*) FROM incident),"
		" (SELECT coalesce(max(messages), 0) FROM quarantine_share WHERE auth_domain = '(all)'),"
		" (SELECT coalesce(max(stored_size), 0) FROM quarantine_share"
		" WHERE auth_domain = '(all)'),"
		" (SELECT coalesce(min(day), 0) FROM daily_total_row),"
		" (SELECT coalesce(max(day), -1) FROM daily_total_row),"
		" (SELECT coalesce(max(received_at), 0) FROM report WHERE state < 2)",
};

char *
sql_of_rows(const char *sql, size_t width, size_t rows)
{
	const char *values = strstr(sql, "VALUES (") + strlen("VALUES ");
	const char *rest = strchr(values, ')') + 1;
	GString *text = g_string_new_len(sql, values - sql);

	for (size_t row = 0; row < rows; row++) {
		const char *at = values;
		if (row > 0)
			g_string_append_c(text, ',');
		while (at < rest) {
			char *end = (char *)at + 1;
			if (*at == '?')
				g_string_append_printf(text, "?%lu",
					strtoul(at + 1, &end, 10) + (unsigned long)(row * width));
			else
				g_string_append_c(text, *at);
			at = end;
		}
	}
	g_string_append(text, rest);
	return g_string_free(text, FALSE);
}

char *
sql_with_dollars(const char *sql)
{
	char *text = g_strndup(sql, strlen(sql));

	/* In these statements a question mark always begins a parameter. */
	for (char *at = text; *at != '\0'; at++) {
		if (*at == '?')
			*at = '$';
	}
	return text;
}
