#include "sql_pgsql.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#define COUNT_MAX "9007199254740992"

/* What is added to a row of totals, that is there already. */
#define MORE(table, column) column " = " table "." column " + excluded." column
#define ADD(table, column) \
	column " = least(" table "." column " + excluded." column ", " COUNT_MAX ")"
#define EARLIER(table, column) column " = least(" table "." column ", excluded." column ")"
#define LATER(table, column) column " = greatest(" table "." column ", excluded." column ")"

#define ID_OF(table, parameter) "(SELECT id FROM " table " WHERE name = " parameter ")"

/* The next id of a table.  Each statement takes a parameter, so that it may have several rows. */
#define TAKE_ID(table) \
	"SELECT nextval(pg_get_serial_sequence('" table "', 'id')) + 0 * CAST(?1 AS BIGINT)"

static const char *
statement_of_totals(int which)
{
	switch (which) {
	case SQL_MERGE_REPORTER_DAY:
		return "INSERT INTO reporter_day VALUES (?2, ?3, ?1)"
		       " ON CONFLICT (reporter, day) DO UPDATE SET " MORE(
			       "reporter_day", "reports");
	case SQL_MERGE_DAILY:
		return "INSERT INTO daily_row VALUES (?4, ?5, ?6, ?7, ?1, ?2, ?3)"
		       " ON CONFLICT (day, policy_domain, policy_type, reporter) DO UPDATE SET " MORE(
			       "daily_row", "reports") ", " ADD("daily_row",
			       "successful_sessions") ", " ADD("daily_row", "failed_sessions");
	case SQL_MERGE_DAILY_TOTAL:
		return "INSERT INTO daily_total_row VALUES (?5, ?6, ?7, ?1, ?2, ?3, ?4)"
		       " ON CONFLICT (day, policy_domain, reporter) DO UPDATE SET " MORE(
			       "daily_total_row", "reports") ", " ADD("daily_total_row",
			       "sessions") ", " ADD("daily_total_row",
			       "failed_sessions") ", " LATER("daily_total_row", "received_after");
	case SQL_MERGE_INCIDENT_DAY:
		return "INSERT INTO incident_day VALUES (?4, ?5, ?6, ?1, ?2, ?3)"
		       " ON CONFLICT (incident, day, reporter) DO UPDATE SET " MORE(
			       "incident_day", "reports") ", " ADD("incident_day",
			       "failed_sessions") ", received_after = CASE WHEN incident_day.reports > 0"
						  " AND incident_day.received_after < excluded.received_after"
						  " THEN incident_day.received_after ELSE excluded.received_after END";
	case SQL_MERGE_DAILY_SUM:
		return "INSERT INTO daily_sum VALUES (?4, ?5, ?6, ?7, ?1, ?2, ?3)"
		       " ON CONFLICT (day, policy_domain, incident, auth) DO UPDATE SET " MORE(
			       "daily_sum", "reports") ", " ADD("daily_sum",
			       "sessions") ", " ADD("daily_sum", "failed_sessions");
	case SQL_MERGE_POLICY_SEEN:
		return "INSERT INTO policy_seen_row VALUES (?3, ?4, ?5, ?6, ?1, ?2)"
		       " ON CONFLICT (policy_domain, policy_type, policy_text, reporter)"
		       " DO UPDATE SET " EARLIER("policy_seen_row", "first_day") ", " LATER(
			       "policy_seen_row", "last_day");
	case SQL_ADD_INCIDENT_REASON:
		/* As many codes as the limit in totals.c; the digest is that of "(other)". */
		return "INSERT INTO incident_reason"
		       " SELECT n.incident, n.reporter, CASE WHEN n.reason = o.id"
		       " OR EXISTS (SELECT 1 FROM incident_reason r WHERE r.incident = n.incident"
		       " AND r.reporter = n.reporter AND r.reason = n.reason)"
		       " OR (SELECT count(*) FROM incident_reason r WHERE r.incident = n.incident"
		       " AND r.reporter = n.reporter AND r.reason <> o.id) < 20"
		       " THEN n.reason ELSE o.id END, n.first_day, n.last_day, n.failed"
		       " FROM (SELECT CAST(?1 AS BIGINT) AS failed, CAST(?2 AS INT) AS first_day,"
		       " CAST(?3 AS INT) AS last_day, CAST(?4 AS INT) AS incident,"
		       " CAST(?5 AS INT) AS reporter, CAST(?6 AS INT) AS reason) AS n, reason o"
		       " WHERE o.name = '(other)' AND o.digest = '\\xfea5267d7f4b91b7c74d2e4abb947e0d'"
		       " ON CONFLICT (incident, reporter, reason) DO UPDATE SET " ADD(
			       "incident_reason", "failed_sessions") ", " EARLIER("incident_reason",
			       "first_day") ", " LATER("incident_reason", "last_day");
	default:
		return NULL;
	}
}

static const char *
statement_of_heads(int which)
{
	switch (which) {
	case SQL_TAKE_REPORT_ID:
		return TAKE_ID("report");
	case SQL_TAKE_REPORTER_ID:
		return TAKE_ID("reporter");
	case SQL_TAKE_SENDER_ID:
		return TAKE_ID("sender");
	case SQL_TAKE_INCIDENT_ID:
		return TAKE_ID("incident");
	case SQL_FIND_SENDER:
		return "SELECT reporter.id, coalesce(sender.id, 0) FROM reporter LEFT JOIN sender"
		       " ON sender.reporter = reporter.id"
		       " AND sender.contact = (SELECT id FROM contact WHERE digest = ?4)"
		       " AND sender.submitter = " ID_OF(
			       "domain", "?5") " AND sender.from_domain = " ID_OF("domain",
			       "?6") " WHERE reporter.organization = " ID_OF("organization",
			       "?1") " AND reporter.auth = ?2"
				     " AND reporter.auth_domain = " ID_OF("domain", "?3");
	case SQL_FIND_INCIDENT:
		return "SELECT id, mode, mode_at, first_day, last_day FROM incident"
		       " WHERE policy_domain = " ID_OF("domain", "?1") " AND policy_type = " ID_OF(
			       "policy_type", "?2") " AND result_type = " ID_OF("result_type",
			       "?3") " AND receiving_mx = " ID_OF("domain",
			       "?4") " AND kind = " ID_OF("kind", "?5");
	case SQL_READ_FAILURES_BY:
		/* In the order in which SQLite finds them, since not all of them are looked at. */
		return "SELECT failure.incident, report.id, report.report_id, address.name,"
		       " failure.failed_sessions FROM sender"
		       " JOIN report ON report.day = ?1 AND report.day <= ?2"
		       " AND report.sender = sender.id"
		       " JOIN failure ON failure.day = report.day AND failure.report = report.id"
		       " JOIN address ON address.id = failure.sending_mta_ip"
		       " WHERE sender.reporter = ?3 AND failure.incident IS NOT NULL"
		       " ORDER BY sender.contact, sender.submitter, sender.from_domain, report.id,"
		       " failure.policy, failure.number LIMIT 5000";
	case SQL_LOCK_INCIDENTS:
		return "LOCK TABLE version IN SHARE UPDATE EXCLUSIVE MODE";
	case SQL_ADD_REPORTER:
		return "INSERT INTO reporter VALUES (?1, ?2, ?3, ?4)";
	case SQL_ADD_SENDER:
		return "INSERT INTO sender VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
	case SQL_ADD_INCIDENT:
		return "INSERT INTO incident (id, policy_domain, policy_type, result_type, receiving_mx,"
		       " kind, mode, mode_at, first_day, last_day, problem)"
		       " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,"
		       " (SELECT coalesce(problem, id) FROM incident WHERE receiving_mx = ?5"
		       " AND kind = ?6 AND (?5 > 1 OR policy_domain = ?2) LIMIT 1))";
	case SQL_EXTEND_INCIDENT:
		return "UPDATE incident SET mode = CASE WHEN mode_at > ?2 THEN mode ELSE ?1 END,"
		       " mode_at = greatest(mode_at, ?2), first_day = least(first_day, ?3),"
		       " last_day = greatest(last_day, ?4) WHERE id = ?5";
	default:
		return NULL;
	}
}

const char *
sql_pgsql_statement(int which)
{
	const char *sql = statement_of_heads(which);

	if (sql == NULL)
		sql = statement_of_totals(which);
	return sql != NULL ? sql : sql_statements[which];
}

char *
sql_pgsql_of_rows(const char *sql, const char *const *types, size_t width)
{
	static const char before[] = "VALUES (";
	const char *start = strstr(sql, before);

	g_assert(start != NULL);
	const char *end = strchr(start, ')');
	GString *text = g_string_new_len(sql, start - sql);

	g_string_append(text, "SELECT ");
	for (const char *at = start + strlen(before); at < end;) {
		char *next = (char *)at + 1;
		if (*at == '?')
			g_string_append_printf(text, "p%lu", strtoul(at + 1, &next, 10));
		else
			g_string_append_c(text, *at);
		at = next;
	}
	g_string_append(text, " FROM unnest(");
	for (size_t i = 0; i < width; i++)
		g_string_append_printf(text, "%s$%zu::%s[]", i > 0 ? ", " : "", i + 1, types[i]);
	g_string_append(text, ") AS rows (");
	for (size_t i = 0; i < width; i++)
		g_string_append_printf(text, "%sp%zu", i > 0 ? ", " : "", i + 1);
	g_string_append_printf(text, ")%s", end + 1);
	return g_string_free(text, FALSE);
}

/*
 * The schema is set in each transaction, since a pool of connections may give each of them to
 * another client.  Nothing waits longer than who has begun it, and a client that is gone with its
 * machine keeps nothing locked.
 */
#define PATH "set_config('search_path', 'tlsrpt, pg_temp', true)"

const char *const sql_pgsql_settings =
	"SELECT " PATH ", set_config('statement_timeout', ?1, true),"
	" set_config('idle_in_transaction_session_timeout', '120000', true)";
/* The compiler of queries makes those of a reader slower by far. */
const char *const sql_pgsql_settings_of_reader = "SELECT " PATH ", set_config('jit', 'off', true)";
/*
 * Whoever counts anew, collects or fills the quarantine must be alone.  Who waits for this table is
 * served in turn.
 */
const char *const sql_pgsql_share = "LOCK TABLE tlsrpt.version IN ROW SHARE MODE";
const char *const sql_pgsql_alone = "LOCK TABLE tlsrpt.version IN EXCLUSIVE MODE";

const char *const sql_pgsql_has_tables =
	"SELECT count(*) FROM pg_catalog.pg_class WHERE oid = to_regclass('tlsrpt.version')";
const char *const sql_pgsql_version =
	"SELECT version, digest, current_setting('synchronous_commit') FROM tlsrpt.version";

const char *const sql_pgsql_roles[] = { "tlsrpt_owner", "tlsrpt_deliver", "tlsrpt_query",
	"tlsrpt_read", NULL };
const char *const sql_pgsql_find_role =
	"SELECT count(*), coalesce(max(CASE WHEN pg_has_role(oid, 'MEMBER') THEN 1 ELSE 0 END), 0)"
	" FROM pg_catalog.pg_roles WHERE rolname = ?1";
const char *const sql_pgsql_make_role = "CREATE ROLE ";
const char *const sql_pgsql_join_owner = "GRANT tlsrpt_owner TO CURRENT_USER";
const char *const sql_pgsql_make_schema =
	"CREATE SCHEMA IF NOT EXISTS tlsrpt AUTHORIZATION tlsrpt_owner; SET LOCAL ROLE tlsrpt_owner;"
	" SET LOCAL search_path = tlsrpt, pg_temp";
const char *const sql_pgsql_grants =
	"SET LOCAL ROLE tlsrpt_owner;"
	" GRANT USAGE ON SCHEMA tlsrpt TO tlsrpt_deliver, tlsrpt_query, tlsrpt_read;"
	" GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA tlsrpt TO tlsrpt_deliver;"
	" GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA tlsrpt TO tlsrpt_deliver;"
	" GRANT SELECT ON ALL TABLES IN SCHEMA tlsrpt TO tlsrpt_query;"
	" GRANT SELECT ON tlsrpt.reports, tlsrpt.policies, tlsrpt.failures, tlsrpt.findings,"
	" tlsrpt.daily, tlsrpt.daily_total, tlsrpt.incidents, tlsrpt.incident_days,"
	" tlsrpt.incident_reasons, tlsrpt.notes, tlsrpt.policy_seen, tlsrpt.quarantined,"
	" tlsrpt.reporters TO tlsrpt_read";

/* A text of many statements, each on a line of its own. */
static void
append_statements(GString *script, const char *text)
{
	g_auto(GStrv) statements = g_strsplit(text, ";", -1);

	for (char **one = statements; *one != NULL; one++) {
		if (*g_strstrip(*one) != '\0')
			g_string_append_printf(script, "%s;\n", *one);
	}
}

char *
sql_pgsql_script(const Schema *schema)
{
	GString *script = g_string_new(
		"-- For psql, as a role that may make roles, and schemas in this database.\n"
		"\\set ON_ERROR_STOP on\n");

	for (size_t i = 0; sql_pgsql_roles[i] != NULL; i++)
		g_string_append_printf(script,
			"SELECT 'CREATE ROLE %s' WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles"
			" WHERE rolname = '%s') \\gexec\n",
			sql_pgsql_roles[i], sql_pgsql_roles[i]);
	g_string_append_printf(script,
		"SELECT '%s' WHERE NOT pg_has_role('tlsrpt_owner', 'MEMBER') \\gexec\n"
		"BEGIN;\n",
		sql_pgsql_join_owner);
	append_statements(script, sql_pgsql_make_schema);
	g_string_append(script,
		"SELECT to_regclass('tlsrpt.version') IS NULL AS is_new \\gset\n\\if :is_new\n");
	append_statements(script, schema->tables[ENGINE_PGSQL]);
	append_statements(script, schema->views[ENGINE_PGSQL]);
	g_string_append_printf(script,
		"INSERT INTO version (version, digest) VALUES (%d, '%s');\n\\endif\n",
		schema->version, schema->digest[ENGINE_PGSQL]);
	append_statements(script, sql_pgsql_grants);
	g_string_append(script, "COMMIT;\n");
	return g_string_free(script, FALSE);
}
