#include "sql.h"

#include <glib.h>

/* a + b that stays within what a count may be; an overflow would make the row refuse all others. */
#define SQL_COUNT_MAX "9007199254740992"
#define SQL_ADD(column, value) \
	column " = CASE WHEN " column " > " SQL_COUNT_MAX " - " value " THEN " SQL_COUNT_MAX \
	       " ELSE " column " + " value " END"

/*
 * A sum of counts, as adding them one by one would give it.  Added in floating point, since a sum of
 * whole numbers is an error where it overflows, and compared before the cast: beyond 2^63 that is
 * an error in PostgreSQL, and 2^63 - 1 in SQLite.
 */
#define SQL_REAL_SUM(column) "sum(CAST(" column " AS DOUBLE PRECISION))"
#define SQL_SUM(column) \
	"CASE WHEN " SQL_REAL_SUM(column) " > " SQL_COUNT_MAX " THEN " SQL_COUNT_MAX \
	" ELSE CAST(" SQL_REAL_SUM(column) " AS BIGINT) END"

/* a - b for a count; what has once reached the maximum is not known any more. */
#define SQL_SUBTRACT(column, by) \
	column " = CASE WHEN " column " >= " SQL_COUNT_MAX " THEN " column " WHEN " column " < " by \
	       " THEN 0 ELSE " column " - " by " END"

#define SQL_DAILY_KEY(a, b, c, d, e) \
	" WHERE day = " a " AND policy_domain = " b " AND policy_type = " c \
	" AND organization = " d " AND auth = " e
#define SQL_DAILY_TOTAL_KEY(a, b, c, d) \
	" WHERE day = " a " AND policy_domain = " b " AND organization = " c " AND auth = " d
#define SQL_INCIDENT_DAY_KEY(a, b, c, d) \
	" WHERE day = " a " AND incident = " b " AND organization = " c " AND auth = " d
#define SQL_DOMAIN_DAY_KEY(a, b, c) \
	" WHERE day = " a " AND policy_domain = " b " AND incident = " c
#define SQL_POLICY_SEEN_KEY(a, b, c, d) \
	" WHERE policy_domain = " a " AND policy_type = " b " AND policy_text = " c \
	" AND organization = " d

#define SQL_IN_DAYS "day BETWEEN $1 AND $2"
#define SQL_BY_DOMAIN " AND ($3 = 0 OR policy_domain = $3)"
#define SQL_BY_ORGANIZATION " AND ($4 = 0 OR organization = $4)"
#define SQL_BY_AUTH " AND ($5 = 0 OR auth = 4)" /* pass */

/* Rows of domain_day: those of domains, or of incidents. */
#define SQL_OF_DOMAINS SQL_IN_DAYS " AND incident = 0" SQL_BY_DOMAIN " AND $4 = 0"
#define SQL_OF_INCIDENTS SQL_IN_DAYS " AND incident > 0" SQL_BY_DOMAIN " AND $4 = 0"

/* Day by day, where the rows of a domain on each are wanted, since keys begin with the day. */
#define SQL_DAYS \
	"(WITH RECURSIVE days (day, until_day) AS" \
	" (SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT)" \
	" UNION ALL SELECT day + 1, until_day FROM days WHERE day < until_day)" \
	" SELECT day FROM days) AS days"

/* Of the incident at hand: a day, or the like. */
#define SQL_OF_INCIDENT(what, days) \
	" (SELECT " what " FROM incident_day WHERE incident = incident.id AND " days SQL_BY_AUTH ")"

/*
 * The first of those with the hash of a report-id, at one organization.  Anybody can make thousands of
 * report-ids of one hash, in the name of anybody; then the finding that an id came before is lost, and
 * no delivery takes longer.
 */
#define SQL_HASHED_MAX "256"
#define SQL_FROM_NAMED_BY(hash, organization, report_id) \
	" FROM (SELECT report FROM report_name WHERE hash = " hash \
	" AND organization = " organization " LIMIT " SQL_HASHED_MAX ") AS hashed" \
	" CROSS JOIN report WHERE report.id = hashed.report AND report.report_id = " report_id

/* The reports with a report-id, of which the hash leaves one or two. */
#define SQL_FROM_NAMED(hash, report_id) \
	" FROM report_name CROSS JOIN report" \
	" WHERE report_name.hash = " hash " AND report.id = report_name.report" \
	" AND report.report_id = " report_id

#define SQL_SELECT_NAME(table) "SELECT id FROM " table " WHERE name IS NOT DISTINCT FROM $1"
#define SQL_INSERT_NAME(table) \
	"INSERT INTO " table " (name) VALUES ($1)"

/* Grouped by incident.id, there is nothing to sort: that is the order of the outer loop. */
#define SQL_INCIDENTS_BY_DAY \
	" incident CROSS JOIN incident_day" \
	" WHERE incident_day.incident = incident.id AND incident_day." SQL_IN_DAYS \
	" AND incident.last_day >= $1 AND incident.first_day <= $2" \
	SQL_BY_DOMAIN SQL_BY_ORGANIZATION SQL_BY_AUTH

/* What is known of incidents, and of what they had in the time asked for (t). */
#define SQL_INCIDENTS_OF_T \
	" SELECT incident.id, domain.name, policy_type.name, result_type.name, mx.name," \
	" incident.mode, incident.first_day, incident.last_day, t.days, t.reports," \
	" t.failed_sessions," \
	" (SELECT note.text FROM note WHERE note.incident = incident.id AND note.text <> ''" \
	" ORDER BY note.at DESC, note.id DESC LIMIT 1)," \
	" (SELECT CASE note.kind WHEN 'resolve' THEN note.at ELSE 0 END FROM note" \
	" WHERE note.incident = incident.id AND note.kind IN ('resolve', 'reopen')" \
	" ORDER BY note.at DESC, note.id DESC LIMIT 1)," \
	SQL_OF_INCIDENT("max(day)", "day < $6") "," \
	SQL_OF_INCIDENT("min(day)", "day <= $7") "," \
	" CASE WHEN EXISTS (SELECT 1 FROM incident_day WHERE incident = incident.id" \
	" AND day + received_after < $6" SQL_BY_AUTH ") THEN 0 ELSE" \
	SQL_OF_INCIDENT("min(day + received_after) * 86400", "day <= $7") " END" \
	" FROM t" \
	" JOIN incident ON incident.id = t.incident" \
	" JOIN domain ON domain.id = incident.policy_domain" \
	" JOIN policy_type ON policy_type.id = incident.policy_type" \
	" JOIN result_type ON result_type.id = incident.result_type" \
	" JOIN domain AS mx ON mx.id = incident.receiving_mx" \
	" ORDER BY t.failed_sessions DESC, incident.id"

/*
 * The inserts of every delivery give all columns in their order: to look them up by name takes a
 * quarter of what it takes to prepare such a statement.
 */
const char *const sql_statements[SQL_STATEMENTS] = {
	[SQL_SELECT_VERSION] = "SELECT max(version) FROM version",

	[SQL_SELECT_ORGANIZATION] = SQL_SELECT_NAME("organization"),
	[SQL_INSERT_ORGANIZATION] = SQL_INSERT_NAME("organization"),
	[SQL_SELECT_DOMAIN] = SQL_SELECT_NAME("domain"),
	[SQL_INSERT_DOMAIN] = SQL_INSERT_NAME("domain"),
	[SQL_SELECT_POLICY_TYPE] = SQL_SELECT_NAME("policy_type"),
	[SQL_INSERT_POLICY_TYPE] = SQL_INSERT_NAME("policy_type"),
	[SQL_SELECT_RESULT_TYPE] = SQL_SELECT_NAME("result_type"),
	[SQL_INSERT_RESULT_TYPE] = SQL_INSERT_NAME("result_type"),
	[SQL_SELECT_POLICY_TEXT] = SQL_SELECT_NAME("policy_text"),
	[SQL_INSERT_POLICY_TEXT] = SQL_INSERT_NAME("policy_text"),
	[SQL_SELECT_MX_LIST] = SQL_SELECT_NAME("mx_list"),
	[SQL_INSERT_MX_LIST] = SQL_INSERT_NAME("mx_list"),
	[SQL_SELECT_SENDER] =
		"SELECT id FROM sender WHERE organization = $1 AND contact_info = $2"
		" AND submitter = $3 AND from_domain = $4 AND auth = $5 AND auth_domain = $6",
	[SQL_INSERT_SENDER] =
		"INSERT INTO sender (organization, contact_info, submitter, from_domain, auth,"
		" auth_domain) VALUES ($1, $2, $3, $4, $5, $6)",
	[SQL_SELECT_INCIDENT] =
		"SELECT id FROM incident WHERE policy_domain = $1 AND policy_type = $2"
		" AND result_type = $3 AND receiving_mx = $4",
	[SQL_INSERT_INCIDENT] =
		"INSERT INTO incident (policy_domain, policy_type, result_type, receiving_mx, mode,"
		" mode_at, first_day, last_day) VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",

	[SQL_SELECT_INCIDENT_ID] = "SELECT id FROM incident WHERE id = $1",
	[SQL_SELECT_RESOLUTION] =
		"SELECT CASE kind WHEN 'resolve' THEN 1 ELSE 0 END FROM note"
		" WHERE incident = $1 AND kind IN ('resolve', 'reopen')"
		" ORDER BY at DESC, id DESC LIMIT 1",
	[SQL_INSERT_NOTE] =
		"INSERT INTO note (incident, kind, author, at, text) VALUES ($1, $2, $3, $4, $5)",
	/* That it is the last word on the incident, and so young, makes it the same one again. */
	[SQL_RENEW_NOTE] =
		"UPDATE note SET at = $1 WHERE at >= $2 AND incident = $3 AND kind = $4"
		" AND author = $5 AND text = $6"
		" AND id = (SELECT max(id) FROM note WHERE incident = $3)",

	[SQL_SELECT_IDENTITY] = "SELECT report FROM identity WHERE digest = $1",
	[SQL_INSERT_IDENTITY] = "INSERT INTO identity (digest, report) VALUES ($1, $2)",
	[SQL_SELECT_REPORT_NAME] =
		"SELECT report FROM report_name WHERE hash = $1 AND organization = $2",
	[SQL_SELECT_SAME_ID] =
		"SELECT report.id" SQL_FROM_NAMED_BY("$1", "$2", "$3") " LIMIT 1",
	[SQL_INSERT_REPORT] =
		"INSERT INTO report (sender, report_id, report_domain, start_at, end_at,"
		" received_at) VALUES ($1, $2, $3, $4, $5, $6)",
	[SQL_INSERT_REPORT_NAME] = "INSERT INTO report_name VALUES ($1, $2, $3)",
	[SQL_INSERT_RAW] = "INSERT INTO raw VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
	[SQL_INSERT_FINDING] = "INSERT INTO finding VALUES ($1, $2, $3, $4, $5)",
	[SQL_INSERT_POLICY] =
		"INSERT INTO policy (report, policy_domain, policy_type, policy_text, mx_list,"
		" successful_sessions, failed_sessions) VALUES ($1, $2, $3, $4, $5, $6, $7)",
	[SQL_INSERT_FAILURE] =
		"INSERT INTO failure VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",

	[SQL_INSERT_DAILY] =
		"INSERT INTO daily_type VALUES ($1, $2, $3, $4, $5, 1, $6, $7)"
		" ON CONFLICT DO NOTHING",
	[SQL_ADD_DAILY] =
		"UPDATE daily_type SET " SQL_ADD("successful_sessions", "$1") ", "
		SQL_ADD("failed_sessions", "$2") ", reports = reports + 1"
		" WHERE day = $3 AND policy_domain = $4 AND policy_type = $5 AND organization = $6"
		" AND auth = $7",
	[SQL_INSERT_DAILY_TOTAL] =
		"INSERT INTO daily_domain VALUES ($1, $2, $3, $4, 1, $5, $6, $7)"
		" ON CONFLICT DO NOTHING",
	[SQL_ADD_DAILY_TOTAL] =
		"UPDATE daily_domain SET " SQL_ADD("sessions", "$1") ", "
		SQL_ADD("failed_sessions", "$2") ", reports = reports + 1,"
		" received_after = CASE WHEN received_after < $3 THEN $3 ELSE received_after END"
		" WHERE day = $4 AND policy_domain = $5 AND organization = $6 AND auth = $7",
	[SQL_INSERT_INCIDENT_DAY] =
		"INSERT INTO incident_day VALUES ($1, $2, $3, $4, 1, $5, $6)"
		" ON CONFLICT DO NOTHING",
	[SQL_ADD_INCIDENT_DAY] =
		"UPDATE incident_day SET " SQL_ADD("failed_sessions", "$1") ", reports = reports + 1"
		" WHERE incident = $2 AND day = $3 AND organization = $4 AND auth = $5",
	[SQL_ADD_DOMAIN_DAY] =
		"UPDATE domain_day SET " SQL_ADD("sessions", "$1") ", "
		SQL_ADD("failed_sessions", "$2") ", reports = reports + 1"
		SQL_DOMAIN_DAY_KEY("$3", "$4", "$5") " AND auth = $6",
	[SQL_INSERT_DOMAIN_DAY] =
		"INSERT INTO domain_day VALUES ($1, $2, $3, $4, 1, $5, $6)",
	[SQL_EXTEND_INCIDENT] =
		"UPDATE incident SET mode_at = $1, mode = $2, last_day = $3"
		" WHERE id = $4 AND mode_at <= $1 AND last_day <= $3",
	[SQL_UPDATE_INCIDENT] =
		"UPDATE incident SET"
		" mode = CASE WHEN mode_at IS NULL OR mode_at <= $1 THEN $2 ELSE mode END,"
		" mode_at = CASE WHEN mode_at IS NULL OR mode_at < $1 THEN $1 ELSE mode_at END,"
		" first_day = CASE WHEN first_day IS NULL OR first_day > $3 THEN $3"
		" ELSE first_day END,"
		" last_day = CASE WHEN last_day IS NULL OR last_day < $3 THEN $3 ELSE last_day END"
		" WHERE id = $4",
	[SQL_EXTEND_POLICY_SEEN] =
		"UPDATE policy_day SET last_day = $1 WHERE policy_domain = $2 AND policy_type = $3"
		" AND policy_text = $4 AND organization = $5 AND last_day <= $1",
	[SQL_INSERT_POLICY_SEEN] =
		"INSERT INTO policy_day VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT DO NOTHING",
	[SQL_PREDATE_POLICY_SEEN] =
		"UPDATE policy_day SET first_day = $1 WHERE policy_domain = $2 AND policy_type = $3"
		" AND policy_text = $4 AND organization = $5 AND first_day > $1",

	[SQL_SELECT_QUARANTINED] = "SELECT id FROM quarantine WHERE digest = $1",
	[SQL_INSERT_QUARANTINE] =
		"INSERT INTO quarantine (received_at, class, sender_domain, stored_size, size,"
		" reason, detail, sender, subject, digest, content)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
	[SQL_DELETE_QUARANTINE] = "DELETE FROM quarantine WHERE id = $1",
	[SQL_SELECT_QUARANTINE_SIZE] =
		"SELECT coalesce(" SQL_SUM("stored_size") ", 0) FROM quarantine",
	[SQL_SELECT_QUARANTINE_SIZE_OF] =
		"SELECT coalesce(" SQL_SUM("stored_size") ", 0) FROM quarantine"
		" WHERE sender_domain = $1",
	/* The last class is dropped only when it is old enough. */
	[SQL_SELECT_QUARANTINE_VICTIM] =
		"SELECT id, stored_size FROM quarantine WHERE class < 2 OR received_at < $1"
		" ORDER BY class, received_at, id LIMIT 1",
	[SQL_SELECT_QUARANTINE_VICTIM_OF] =
		"SELECT id, stored_size FROM quarantine WHERE (class < 2 OR received_at < $1)"
		" AND sender_domain = $2 ORDER BY class, received_at, id LIMIT 1",
	[SQL_READ_QUARANTINE] =
		"SELECT id, received_at, reason, detail, sender, subject, size FROM quarantine"
		" ORDER BY id",
	[SQL_READ_QUARANTINED] =
		"SELECT id, received_at, reason, detail, sender, subject, size, content"
		" FROM quarantine WHERE id = $1",
	[SQL_UPDATE_QUARANTINE] =
		"UPDATE quarantine SET class = $1, reason = $2, detail = $3, sender_domain = $4,"
		" sender = $5, subject = $6 WHERE id = $7",
	[SQL_UPDATE_QUARANTINE_REASON] =
		"UPDATE quarantine SET class = $1, reason = $2, detail = $3 WHERE id = $4",

	[SQL_LIST_REPORTS] =
		"SELECT report.id FROM report JOIN sender ON sender.id = report.sender"
		" WHERE report.pruned = 0"
		" AND report.start_at BETWEEN $1 * 86400 AND $2 * 86400 + 86399"
		" AND ($3 = 0 OR EXISTS (SELECT 1 FROM policy WHERE policy.report = report.id"
		" AND policy.policy_domain = $3))"
		SQL_BY_ORGANIZATION
		" ORDER BY report.id",
	[SQL_READ_SOURCE] =
		"SELECT report.received_at, report_domain.name, submitter.name, from_domain.name,"
		" sender.auth, auth_domain.name, raw.subject, raw.message_id, raw.file_name,"
		" raw.media_type, raw.is_report, raw.sent_at, raw.is_gzip, raw.content"
		" FROM report"
		" JOIN raw ON raw.report = report.id"
		" JOIN sender ON sender.id = report.sender"
		" JOIN domain AS report_domain ON report_domain.id = report.report_domain"
		" JOIN domain AS submitter ON submitter.id = sender.submitter"
		" JOIN domain AS from_domain ON from_domain.id = sender.from_domain"
		" JOIN domain AS auth_domain ON auth_domain.id = sender.auth_domain"
		" WHERE report.id = $1 AND report.pruned = 0",
	[SQL_SELECT_EARLIER_SAME_ID] =
		"SELECT report.id" SQL_FROM_NAMED_BY("$1",
			"(SELECT id FROM organization WHERE name IS NOT DISTINCT FROM $2)", "$3")
		" AND report.id < $4 LIMIT 1",
	[SQL_UPDATE_REPORT] =
		"UPDATE report SET sender = $1, report_id = $2, start_at = $3, end_at = $4"
		" WHERE id = $5",
	[SQL_DELETE_REPORT_NAME] = "DELETE FROM report_name WHERE hash = $1 AND report = $2",
	/* 0 is any organization, auth, policy domain. */
	[SQL_LIST_REPORTS_OF_DAY] =
		"SELECT report.id FROM report JOIN sender ON sender.id = report.sender"
		" WHERE report.start_at BETWEEN $1 * 86400 AND $1 * 86400 + 86399"
		" AND report.pruned = $2"
		" AND ($3 = 0 OR sender.organization = $3) AND ($4 = 0 OR sender.auth = $4)"
		" AND ($5 = 0 OR EXISTS (SELECT 1 FROM policy WHERE policy.report = report.id"
		" AND policy.policy_domain = $5))"
		" ORDER BY report.start_at, report.id",
	[SQL_SELECT_AUTH] = SQL_SELECT_NAME("auth"),
	[SQL_SELECT_DAILY] =
		"SELECT CASE WHEN successful_sessions > failed_sessions THEN successful_sessions"
		" ELSE failed_sessions END FROM daily_type" SQL_DAILY_KEY("$1", "$2", "$3", "$4", "$5"),
	[SQL_SUBTRACT_DAILY] =
		"UPDATE daily_type SET reports = reports - 1, "
		SQL_SUBTRACT("successful_sessions", "$1") ", " SQL_SUBTRACT("failed_sessions", "$2")
		SQL_DAILY_KEY("$3", "$4", "$5", "$6", "$7"),
	[SQL_CLEAN_DAILY] =
		"DELETE FROM daily_type" SQL_DAILY_KEY("$1", "$2", "$3", "$4", "$5")
		" AND reports <= 0",
	[SQL_SET_DAILY] =
		"UPDATE daily_type SET reports = $1, successful_sessions = $2, failed_sessions = $3"
		SQL_DAILY_KEY("$4", "$5", "$6", "$7", "$8"),
	[SQL_SELECT_DAILY_TOTAL] =
		"SELECT CASE WHEN sessions > failed_sessions THEN sessions ELSE failed_sessions END"
		" FROM daily_domain" SQL_DAILY_TOTAL_KEY("$1", "$2", "$3", "$4"),
	[SQL_SUBTRACT_DAILY_TOTAL] =
		"UPDATE daily_domain SET reports = reports - 1, " SQL_SUBTRACT("sessions", "$1")
		", " SQL_SUBTRACT("failed_sessions", "$2")
		SQL_DAILY_TOTAL_KEY("$3", "$4", "$5", "$6"),
	[SQL_CLEAN_DAILY_TOTAL] =
		"DELETE FROM daily_domain" SQL_DAILY_TOTAL_KEY("$1", "$2", "$3", "$4")
		" AND reports <= 0",
	[SQL_SET_DAILY_TOTAL] =
		"UPDATE daily_domain SET reports = $1, sessions = $2, failed_sessions = $3,"
		" received_after = $4" SQL_DAILY_TOTAL_KEY("$5", "$6", "$7", "$8"),
	[SQL_SELECT_INCIDENT_DAY] =
		"SELECT failed_sessions FROM incident_day"
		SQL_INCIDENT_DAY_KEY("$1", "$2", "$3", "$4"),
	[SQL_SUBTRACT_INCIDENT_DAY] =
		"UPDATE incident_day SET reports = reports - 1, "
		SQL_SUBTRACT("failed_sessions", "$1") SQL_INCIDENT_DAY_KEY("$2", "$3", "$4", "$5"),
	[SQL_CLEAN_INCIDENT_DAY] =
		"DELETE FROM incident_day" SQL_INCIDENT_DAY_KEY("$1", "$2", "$3", "$4")
		" AND reports <= 0",
	[SQL_SET_INCIDENT_DAY] =
		"UPDATE incident_day SET reports = $1, failed_sessions = $2, received_after = $3"
		SQL_INCIDENT_DAY_KEY("$4", "$5", "$6", "$7"),
	[SQL_FIND_INCIDENT_DAY] =
		"SELECT reports FROM incident_day WHERE day = $1 AND incident = $2 LIMIT 1",
	[SQL_CLEAN_DOMAIN_DAY] = "DELETE FROM domain_day" SQL_DOMAIN_DAY_KEY("$1", "$2", "$3"),
	[SQL_SUM_DAILY_TOTAL] =
		"INSERT INTO domain_day (day, policy_domain, incident, auth, reports, sessions,"
		" failed_sessions)"
		" SELECT day, policy_domain, 0, auth, " SQL_SUM("reports") ", " SQL_SUM("sessions") ", "
		SQL_SUM("failed_sessions") " FROM daily_domain"
		" WHERE day = $1 AND policy_domain = $2 AND $3 = 0 GROUP BY auth",
	[SQL_SUM_INCIDENT_DAY] =
		"INSERT INTO domain_day (day, policy_domain, incident, auth, reports, sessions,"
		" failed_sessions)"
		" SELECT day, policy_domain, incident, auth, " SQL_SUM("reports") ", 0, "
		SQL_SUM("failed_sessions")
		" FROM incident_day JOIN incident ON incident.id = incident_day.incident"
		" WHERE day = $1 AND policy_domain = $2 AND incident = $3 GROUP BY auth",
	[SQL_READ_INCIDENT] =
		"SELECT mode, mode_at, first_day, last_day,"
		" (SELECT min(day) FROM incident_day WHERE incident = $1),"
		" (SELECT max(day) FROM incident_day WHERE incident = $1),"
		" EXISTS (SELECT 1 FROM note WHERE incident = $1)"
		" FROM incident WHERE id = $1",
	[SQL_SET_INCIDENT] =
		"UPDATE incident SET mode = $1, mode_at = $2, first_day = $3, last_day = $4"
		" WHERE id = $5",
	[SQL_CLEAR_INCIDENT] =
		"UPDATE incident SET mode = '', mode_at = NULL, first_day = NULL, last_day = NULL"
		" WHERE id = $1",
	[SQL_DELETE_INCIDENT] = "DELETE FROM incident WHERE id = $1",
	[SQL_READ_POLICY_SEEN] =
		"SELECT first_day, last_day FROM policy_day"
		SQL_POLICY_SEEN_KEY("$1", "$2", "$3", "$4"),
	[SQL_SET_POLICY_SEEN] =
		"UPDATE policy_day SET first_day = $1, last_day = $2"
		SQL_POLICY_SEEN_KEY("$3", "$4", "$5", "$6"),
	[SQL_DELETE_POLICY_SEEN] =
		"DELETE FROM policy_day" SQL_POLICY_SEEN_KEY("$1", "$2", "$3", "$4"),
	/* From a time on, or back from it, in the order of the index, up to the first that is found. */
	[SQL_FIRST_SEEN] =
		"SELECT report.start_at FROM report CROSS JOIN sender CROSS JOIN policy"
		" WHERE report.start_at >= $1 AND sender.id = report.sender"
		" AND sender.organization = $2 AND policy.report = report.id"
		" AND policy.policy_domain = $3 AND policy.policy_type = $4"
		" AND policy.policy_text = $5 ORDER BY report.start_at LIMIT 1",
	[SQL_LAST_SEEN] =
		"SELECT report.start_at FROM report CROSS JOIN sender CROSS JOIN policy"
		" WHERE report.start_at < $1 AND sender.id = report.sender"
		" AND sender.organization = $2 AND policy.report = report.id"
		" AND policy.policy_domain = $3 AND policy.policy_type = $4"
		" AND policy.policy_text = $5 ORDER BY report.start_at DESC LIMIT 1",
	[SQL_LAST_PRUNED] =
		"SELECT report.start_at FROM report CROSS JOIN sender"
		" WHERE report.start_at < $1 AND report.pruned = 1 AND sender.id = report.sender"
		" AND sender.organization = $2 ORDER BY report.start_at DESC LIMIT 1",

	/* Times in $1, days in $2: all before them. */
	[SQL_COUNT_PRUNABLE] =
		"SELECT (SELECT count(*) FROM report WHERE start_at < $1 AND pruned = 0),"
		" (SELECT count(*) FROM policy JOIN report ON report.id = policy.report"
		" WHERE report.start_at < $1 AND report.pruned = 0),"
		" (SELECT count(*) FROM failure JOIN policy ON policy.id = failure.policy"
		" JOIN report ON report.id = policy.report"
		" WHERE report.start_at < $1 AND report.pruned = 0),"
		" (SELECT count(*) FROM finding JOIN report ON report.id = finding.report"
		" WHERE report.start_at < $1 AND report.pruned = 0),"
		" (SELECT count(*) FROM quarantine WHERE received_at < $1),"
		" (SELECT count(*) FROM daily_type WHERE day < $2),"
		" (SELECT count(*) FROM daily_domain WHERE day < $2),"
		" (SELECT count(*) FROM incident_day WHERE day < $2),"
		" (SELECT count(*) FROM policy_day WHERE last_day < $2)",
	[SQL_LAST_REPORT] = "SELECT CAST(coalesce(max(id), 0) AS BIGINT) FROM report",
	[SQL_LIST_PRUNABLE] =
		"SELECT id FROM report WHERE start_at < $1 AND pruned = 0 AND id <= $2"
		" ORDER BY start_at, id",
	[SQL_FIND_PRUNABLE] =
		"SELECT id FROM report WHERE id > $1 AND start_at < $2 AND pruned = 0"
		" ORDER BY id LIMIT 1",
	[SQL_PRUNE_FAILURES] =
		"DELETE FROM failure WHERE policy IN (SELECT id FROM policy WHERE report = $1)",
	[SQL_PRUNE_POLICIES] = "DELETE FROM policy WHERE report = $1",
	[SQL_PRUNE_FINDINGS] = "DELETE FROM finding WHERE report = $1",
	[SQL_PRUNE_RAW] = "DELETE FROM raw WHERE report = $1",
	[SQL_PRUNE_REPORT] = "UPDATE report SET pruned = 1 WHERE id = $1 AND pruned = 0",
	[SQL_LIST_OLD_QUARANTINE] = "SELECT id FROM quarantine WHERE received_at < $1 ORDER BY id",
	[SQL_FIND_OLD_DAILY] =
		"SELECT day, policy_domain FROM daily_type WHERE day < $1"
		" ORDER BY day, policy_domain LIMIT 1",
	[SQL_PRUNE_DAILY] = "DELETE FROM daily_type WHERE day = $1 AND policy_domain = $2",
	[SQL_FIND_OLD_DAILY_TOTAL] =
		"SELECT day, policy_domain FROM daily_domain WHERE day < $1"
		" ORDER BY day, policy_domain LIMIT 1",
	[SQL_PRUNE_DAILY_TOTAL] = "DELETE FROM daily_domain WHERE day = $1 AND policy_domain = $2",
	[SQL_PRUNE_DOMAIN_DAY] =
		"DELETE FROM domain_day" SQL_DOMAIN_DAY_KEY("$1", "$2", "0"),
	[SQL_PRUNE_DOMAIN_DAYS_OF_INCIDENT] =
		"DELETE FROM domain_day"
		" WHERE policy_domain = (SELECT policy_domain FROM incident WHERE id = $1)"
		" AND incident = $1"
		" AND day IN (SELECT day FROM incident_day WHERE incident = $1 AND day < $2)",
	[SQL_FIND_OLD_INCIDENT] =
		"SELECT id FROM incident WHERE id > $1 AND first_day < $2 ORDER BY id LIMIT 1",
	[SQL_PRUNE_INCIDENT_DAYS] = "DELETE FROM incident_day WHERE incident = $1 AND day < $2",
	[SQL_FIND_OLD_POLICY_SEEN] =
		"SELECT policy_domain FROM policy_day WHERE policy_domain > $1 AND last_day < $2"
		" ORDER BY policy_domain LIMIT 1",
	[SQL_PRUNE_POLICY_SEEN] =
		"DELETE FROM policy_day WHERE policy_domain = $1 AND last_day < $2",

	[SQL_READ_DOMAIN_DAYS] =
		"SELECT domain.name, t.day, t.sessions, t.failed_sessions, t.reports, domain.id"
		" FROM (SELECT policy_domain, day, " SQL_SUM("sessions") " AS sessions, "
		SQL_SUM("failed_sessions") " AS failed_sessions, " SQL_SUM("reports") " AS reports"
		" FROM domain_day WHERE " SQL_OF_DOMAINS SQL_BY_AUTH
		" GROUP BY day, policy_domain) AS t"
		" JOIN domain ON domain.id = t.policy_domain ORDER BY domain.name, t.day",
	[SQL_READ_DOMAIN_DAYS_BY] =
		"SELECT domain.name, t.day, t.sessions, t.failed_sessions, t.reports, domain.id"
		" FROM (SELECT policy_domain, day, " SQL_SUM("sessions") " AS sessions, "
		SQL_SUM("failed_sessions") " AS failed_sessions, " SQL_SUM("reports") " AS reports"
		" FROM daily_domain WHERE " SQL_IN_DAYS SQL_BY_DOMAIN SQL_BY_ORGANIZATION SQL_BY_AUTH
		" GROUP BY day, policy_domain) AS t"
		" JOIN domain ON domain.id = t.policy_domain ORDER BY domain.name, t.day",
	/* With conditions on a row only where they are of use. */
	[SQL_READ_DOMAIN_ORGANIZATIONS] =
		"SELECT policy_domain, organization FROM daily_domain WHERE " SQL_IN_DAYS
		" AND $3 = 0 AND $4 = 0",
	[SQL_READ_DOMAIN_ORGANIZATIONS_OF] =
		"SELECT policy_domain, organization FROM daily_domain WHERE " SQL_IN_DAYS
		SQL_BY_DOMAIN SQL_BY_ORGANIZATION,
	[SQL_READ_ORGANIZATIONS] = "SELECT id, name FROM organization",
	[SQL_READ_DAYS] =
		"SELECT day, " SQL_SUM("sessions") ", " SQL_SUM("failed_sessions") ", "
		SQL_SUM("reports") " FROM domain_day WHERE " SQL_OF_DOMAINS
		" GROUP BY day ORDER BY day",
	[SQL_READ_DAYS_BY] =
		"SELECT day, " SQL_SUM("sessions") ", " SQL_SUM("failed_sessions") ", "
		SQL_SUM("reports") " FROM daily_domain WHERE " SQL_IN_DAYS SQL_BY_DOMAIN
		SQL_BY_ORGANIZATION " GROUP BY day ORDER BY day",
	[SQL_READ_INCIDENTS] =
		"WITH t AS (SELECT incident, count(DISTINCT day) AS days, " SQL_SUM("reports")
		" AS reports, " SQL_SUM("failed_sessions") " AS failed_sessions"
		" FROM domain_day WHERE " SQL_OF_INCIDENTS SQL_BY_AUTH " GROUP BY incident)"
		SQL_INCIDENTS_OF_T,
	[SQL_READ_INCIDENTS_BY] =
		"WITH t AS (SELECT incident.id AS incident,"
		" count(DISTINCT incident_day.day) AS days, "
		SQL_SUM("incident_day.reports") " AS reports, "
		SQL_SUM("incident_day.failed_sessions") " AS failed_sessions"
		" FROM" SQL_INCIDENTS_BY_DAY " GROUP BY incident.id)" SQL_INCIDENTS_OF_T,
	[SQL_READ_INCIDENT_ORGANIZATIONS] =
		"WITH t AS (SELECT id FROM incident WHERE last_day >= $1 AND first_day <= $2"
		SQL_BY_DOMAIN ")"
		" SELECT id, CASE WHEN $4 > 0 THEN 1 ELSE (SELECT count(DISTINCT organization)"
		" FROM incident_day WHERE incident = t.id AND " SQL_IN_DAYS SQL_BY_AUTH ") END"
		" FROM t",
	/* By day, and in it once each: the order of the key. */
	[SQL_READ_INCIDENT_DATES] =
		"SELECT incident, day FROM domain_day WHERE " SQL_OF_INCIDENTS SQL_BY_AUTH
		" GROUP BY day, policy_domain, incident ORDER BY day",
	[SQL_READ_LONE_DAYS] =
		"SELECT incident_day.incident, incident_day.day, incident_day.organization, "
		SQL_SUM("incident_day.failed_sessions")
		" FROM (SELECT incident, min(day) AS day FROM domain_day WHERE " SQL_OF_INCIDENTS
		SQL_BY_AUTH " GROUP BY incident HAVING min(day) = max(day)) AS t"
		" CROSS JOIN incident_day"
		" WHERE incident_day.incident = t.incident AND incident_day.day = t.day" SQL_BY_AUTH
		" GROUP BY incident_day.incident, incident_day.day, incident_day.organization"
		" ORDER BY incident_day.incident",
	[SQL_READ_INCIDENT_DAYS] =
		"SELECT incident.id, incident_day.day, incident_day.organization, "
		SQL_SUM("incident_day.failed_sessions")
		" FROM" SQL_INCIDENTS_BY_DAY
		" GROUP BY incident.id, incident_day.day, incident_day.organization"
		/* The same, so that there is nothing to sort. */
		" ORDER BY incident.id, incident_day.day, incident_day.organization",
	[SQL_READ_ORGANIZATION_DAYS] =
		"SELECT domain.name, t.organization, organization.name, t.day, t.sessions,"
		" t.failed_sessions, (t.day + t.received_after) * 86400"
		" FROM (SELECT policy_domain, organization, day, " SQL_SUM("sessions")
		" AS sessions, " SQL_SUM("failed_sessions") " AS failed_sessions,"
		" max(received_after) AS received_after FROM daily_domain WHERE " SQL_IN_DAYS
		SQL_BY_DOMAIN SQL_BY_ORGANIZATION SQL_BY_AUTH
		" GROUP BY policy_domain, organization, day) AS t"
		" JOIN domain ON domain.id = t.policy_domain"
		" JOIN organization ON organization.id = t.organization"
		" ORDER BY t.policy_domain, t.organization, t.day",
	[SQL_READ_ORGANIZATION_DAYS_OF] =
		"SELECT domain.name, t.organization, organization.name, t.day, t.sessions,"
		" t.failed_sessions, (t.day + t.received_after) * 86400"
		" FROM (SELECT policy_domain, organization, daily_domain.day AS day, "
		SQL_SUM("sessions") " AS sessions, " SQL_SUM("failed_sessions")
		" AS failed_sessions, max(received_after) AS received_after"
		" FROM " SQL_DAYS " CROSS JOIN daily_domain"
		" WHERE daily_domain.day = days.day AND policy_domain = $3"
		SQL_BY_ORGANIZATION SQL_BY_AUTH
		" GROUP BY organization, daily_domain.day) AS t"
		" JOIN domain ON domain.id = t.policy_domain"
		" JOIN organization ON organization.id = t.organization"
		" ORDER BY t.organization, t.day",
	[SQL_READ_QUIET_DOMAINS] =
		"SELECT domain.name FROM (SELECT DISTINCT policy_domain FROM"
		" (SELECT policy_domain FROM daily_domain WHERE " SQL_IN_DAYS SQL_BY_DOMAIN
		SQL_BY_ORGANIZATION SQL_BY_AUTH " GROUP BY policy_domain, organization"
		" HAVING max(day + received_after) < $6) AS silent) AS t"
		" JOIN domain ON domain.id = t.policy_domain ORDER BY domain.name",
	[SQL_READ_REPORT_DAYS] =
		"SELECT domain.name, t.days FROM (SELECT policy_domain, count(DISTINCT day) AS days"
		" FROM domain_day WHERE " SQL_OF_DOMAINS SQL_BY_AUTH
		" GROUP BY policy_domain) AS t JOIN domain ON domain.id = t.policy_domain",
	[SQL_READ_NOTES] =
		"SELECT note.incident, domain.name, policy_type.name, result_type.name, mx.name,"
		" note.kind, note.author, note.at, note.text FROM note"
		" JOIN incident ON incident.id = note.incident"
		" JOIN domain ON domain.id = incident.policy_domain"
		" JOIN policy_type ON policy_type.id = incident.policy_type"
		" JOIN result_type ON result_type.id = incident.result_type"
		" JOIN domain AS mx ON mx.id = incident.receiving_mx"
		" WHERE ($1 = 0 OR incident.policy_domain = $1) ORDER BY note.incident, note.at, note.id",
	/* One that was put aside for a while may have come before its neighbours. */
	[SQL_READ_RECEPTION] =
		"SELECT (SELECT coalesce(max(received_at), 0) FROM"
		" (SELECT received_at FROM report ORDER BY id DESC LIMIT 1000) AS latest),"
		" (SELECT count(DISTINCT day) FROM domain_day WHERE " SQL_IN_DAYS " AND incident = 0)",
	[SQL_READ_QUARANTINE_COUNT] =
		"SELECT count(*) FROM quarantine WHERE received_at >= $1 * 86400"
		" AND received_at < ($2 + 1) * 86400",
	[SQL_READ_REPORT_POLICIES] =
		"SELECT report.id, organization.name, report.report_id, report.start_at,"
		" report.end_at, report.received_at, auth.name, auth_domain.name,"
		" (SELECT count(*) FROM finding WHERE finding.report = report.id),"
		" domain.name, policy_type.name, policy.successful_sessions, policy.failed_sessions"
		" FROM report"
		" JOIN sender ON sender.id = report.sender"
		" JOIN organization ON organization.id = sender.organization"
		" JOIN auth ON auth.id = sender.auth"
		" JOIN domain AS auth_domain ON auth_domain.id = sender.auth_domain"
		" LEFT JOIN policy ON policy.report = report.id"
		" LEFT JOIN domain ON domain.id = policy.policy_domain"
		" LEFT JOIN policy_type ON policy_type.id = policy.policy_type"
		" WHERE report.start_at BETWEEN $1 * 86400 AND $2 * 86400 + 86399"
		" AND ($3 = 0 OR EXISTS (SELECT 1 FROM policy AS own WHERE own.report = report.id"
		" AND own.policy_domain = $3))"
		SQL_BY_ORGANIZATION
		" ORDER BY report.start_at, report.id, policy.id",
	[SQL_READ_DAILY] =
		"SELECT daily_type.day, domain.name, policy_type.name, organization.name, auth.name,"
		" daily_type.reports, daily_type.successful_sessions, daily_type.failed_sessions"
		" FROM daily_type"
		" JOIN domain ON domain.id = daily_type.policy_domain"
		" JOIN policy_type ON policy_type.id = daily_type.policy_type"
		" JOIN organization ON organization.id = daily_type.organization"
		" JOIN auth ON auth.id = daily_type.auth"
		" WHERE daily_type." SQL_IN_DAYS SQL_BY_DOMAIN SQL_BY_ORGANIZATION
		" ORDER BY daily_type.day, domain.name, policy_type.name, organization.name,"
		" auth.name",
	[SQL_READ_POLICIES_SEEN] =
		"SELECT domain.name, policy_type.name, policy_text.name, organization.name,"
		" policy_day.first_day, policy_day.last_day"
		" FROM policy_day"
		" JOIN domain ON domain.id = policy_day.policy_domain"
		" JOIN policy_type ON policy_type.id = policy_day.policy_type"
		" JOIN policy_text ON policy_text.id = policy_day.policy_text"
		" JOIN organization ON organization.id = policy_day.organization"
		" WHERE policy_day.last_day BETWEEN $1 AND $2" SQL_BY_DOMAIN SQL_BY_ORGANIZATION
		" ORDER BY domain.name, policy_type.name",
	/* Without a look at their days, which are many. */
	[SQL_READ_FAILED_HOSTS] =
		"SELECT DISTINCT domain.name, mx.name FROM incident"
		" JOIN domain ON domain.id = incident.policy_domain"
		" JOIN domain AS mx ON mx.id = incident.receiving_mx"
		" WHERE incident.last_day >= $1 AND incident.first_day <= $2" SQL_BY_DOMAIN
		" AND ($4 = 0 OR EXISTS (SELECT 1 FROM incident_day"
		" WHERE incident_day.incident = incident.id AND incident_day.organization = $4))"
		" ORDER BY domain.name, mx.name",
	[SQL_READ_FAILURES_AT_HOSTS] =
		"SELECT policy_type.name, result_type.name, mx.name, organization.name,"
		" t.first_day, t.last_day, t.failed_sessions"
		" FROM (SELECT incident.id AS incident, incident_day.organization,"
		" min(incident_day.day) AS first_day, max(incident_day.day) AS last_day, "
		SQL_SUM("incident_day.failed_sessions") " AS failed_sessions"
		" FROM incident CROSS JOIN incident_day"
		" WHERE incident_day.incident = incident.id AND incident_day." SQL_IN_DAYS
		" AND incident.policy_domain = $3" SQL_BY_ORGANIZATION
		" GROUP BY incident.id, incident_day.organization) AS t"
		" JOIN incident ON incident.id = t.incident"
		" JOIN policy_type ON policy_type.id = incident.policy_type"
		" JOIN result_type ON result_type.id = incident.result_type"
		" JOIN domain AS mx ON mx.id = incident.receiving_mx"
		" JOIN organization ON organization.id = t.organization"
		" ORDER BY mx.name, incident.id, organization.name",
	[SQL_READ_STS_DAYS] =
		"SELECT daily_type.day, organization.name, "
		SQL_SUM("daily_type.successful_sessions") ", "
		SQL_SUM("daily_type.failed_sessions")
		" FROM " SQL_DAYS " CROSS JOIN daily_type"
		" JOIN organization ON organization.id = daily_type.organization"
		" WHERE daily_type.day = days.day AND daily_type.policy_domain = $3"
		" AND daily_type.policy_type = (SELECT id FROM policy_type WHERE name = 'sts')"
		SQL_BY_ORGANIZATION
		" GROUP BY daily_type.day, organization.name"
		" ORDER BY daily_type.day, organization.name",

	[SQL_FIND_REPORT] =
		"SELECT report.id" SQL_FROM_NAMED("$1", "$2")
		" ORDER BY report.start_at DESC, report.id DESC LIMIT 1",
	[SQL_READ_REPORT] =
		"SELECT report.id, organization.name, report.report_id, sender.contact_info,"
		" report.start_at, report.end_at, report.received_at, report.pruned, auth.name,"
		" auth_domain.name, submitter.name, report_domain.name, from_domain.name,"
		" raw.message_id"
		" FROM report"
		" JOIN sender ON sender.id = report.sender"
		" JOIN organization ON organization.id = sender.organization"
		" JOIN auth ON auth.id = sender.auth"
		" JOIN domain AS auth_domain ON auth_domain.id = sender.auth_domain"
		" JOIN domain AS submitter ON submitter.id = sender.submitter"
		" JOIN domain AS report_domain ON report_domain.id = report.report_domain"
		" JOIN domain AS from_domain ON from_domain.id = sender.from_domain"
		" LEFT JOIN raw ON raw.report = report.id"
		" WHERE report.id = $1",
	[SQL_READ_POLICIES] =
		"SELECT policy.id, domain.name, policy_type.name, policy_text.name, mx_list.name,"
		" policy.successful_sessions, policy.failed_sessions FROM policy"
		" JOIN domain ON domain.id = policy.policy_domain"
		" JOIN policy_type ON policy_type.id = policy.policy_type"
		" JOIN policy_text ON policy_text.id = policy.policy_text"
		" JOIN mx_list ON mx_list.id = policy.mx_list"
		" WHERE policy.report = $1 ORDER BY policy.id",
	[SQL_READ_FAILURES] =
		"SELECT failure.policy, result_type.name, mx.name, failure.failed_sessions,"
		" sending_ip.name, receiving_ip.name, failure.receiving_mx_helo,"
		" failure.additional_information, failure.failure_reason_code FROM policy"
		" JOIN failure ON failure.policy = policy.id"
		" JOIN result_type ON result_type.id = failure.result_type"
		" JOIN domain AS mx ON mx.id = failure.receiving_mx"
		" LEFT JOIN domain AS sending_ip ON sending_ip.id = failure.sending_mta_ip"
		" LEFT JOIN domain AS receiving_ip ON receiving_ip.id = failure.receiving_ip"
		" WHERE policy.report = $1 ORDER BY policy.id, failure.number",
	[SQL_READ_FINDINGS] =
		"SELECT code, path, detail FROM finding WHERE report = $1 ORDER BY number",
	[SQL_READ_STATUS] =
		"SELECT (SELECT max(version) FROM version), (SELECT count(*) FROM report),"
		" (SELECT count(*) FROM policy), (SELECT count(*) FROM failure),"
		" (SELECT count(*) FROM incident), (SELECT count(*) FROM quarantine),"
		" (SELECT coalesce(" SQL_SUM("size") ", 0) FROM quarantine),"
		" (SELECT coalesce(min(day), 0) FROM daily_domain),"
		" (SELECT coalesce(max(day), -1) FROM daily_domain),"
		" (SELECT coalesce(max(received_at), 0) FROM report)",
};

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
