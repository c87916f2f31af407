/* Every SQL statement of the program, by name. */
#ifndef TLSRPT_STORE_SQL_H
#define TLSRPT_STORE_SQL_H

typedef enum {
	SQL_SELECT_VERSION,
	/* Interned values: the lookup of each table, and at the next place its insert. */
	SQL_SELECT_ORGANIZATION,
	SQL_INSERT_ORGANIZATION,
	SQL_SELECT_DOMAIN,
	SQL_INSERT_DOMAIN,
	SQL_SELECT_POLICY_TYPE,
	SQL_INSERT_POLICY_TYPE,
	SQL_SELECT_RESULT_TYPE,
	SQL_INSERT_RESULT_TYPE,
	SQL_SELECT_POLICY_TEXT,
	SQL_INSERT_POLICY_TEXT,
	SQL_SELECT_MX_LIST,
	SQL_INSERT_MX_LIST,
	SQL_SELECT_SENDER, /* the first after them */
	SQL_INSERT_SENDER,
	SQL_SELECT_INCIDENT,
	SQL_INSERT_INCIDENT,
	/* Notes. */
	SQL_SELECT_INCIDENT_ID,
	SQL_SELECT_RESOLUTION,
	SQL_INSERT_NOTE,
	SQL_RENEW_NOTE,
	/* Reports. */
	SQL_SELECT_IDENTITY,
	SQL_INSERT_IDENTITY,
	SQL_SELECT_REPORT_NAME, /* whether there may be one, by hash and organization */
	SQL_SELECT_SAME_ID,
	SQL_INSERT_REPORT,
	SQL_INSERT_REPORT_NAME,
	SQL_INSERT_RAW,
	SQL_INSERT_FINDING,
	SQL_INSERT_POLICY,
	SQL_INSERT_FAILURE,
	/*
	 * Totals: a row is mostly new, or mostly there, and what is mostly so is tried first, since
	 * two plain statements are prepared faster than one that does both, and the second seldom
	 * is.
	 */
	SQL_INSERT_DAILY,
	SQL_ADD_DAILY,
	SQL_INSERT_DAILY_TOTAL,
	SQL_ADD_DAILY_TOTAL,
	SQL_INSERT_INCIDENT_DAY,
	SQL_ADD_INCIDENT_DAY,
	SQL_ADD_DOMAIN_DAY, /* this is mostly there */
	SQL_INSERT_DOMAIN_DAY,
	SQL_EXTEND_INCIDENT, /* does nothing where the report is not the newest */
	SQL_UPDATE_INCIDENT,
	SQL_EXTEND_POLICY_SEEN, /* does nothing where the report is not the newest */
	SQL_INSERT_POLICY_SEEN,
	SQL_PREDATE_POLICY_SEEN,
	/* Quarantine. */
	SQL_SELECT_QUARANTINED,
	SQL_INSERT_QUARANTINE,
	SQL_DELETE_QUARANTINE,
	SQL_SELECT_QUARANTINE_SIZE,
	SQL_SELECT_QUARANTINE_SIZE_OF,
	SQL_SELECT_QUARANTINE_VICTIM,
	SQL_SELECT_QUARANTINE_VICTIM_OF,
	SQL_READ_QUARANTINE,
	SQL_READ_QUARANTINED,
	SQL_UPDATE_QUARANTINE,
	SQL_UPDATE_QUARANTINE_REASON,
	/* Reports once more. */
	SQL_LIST_REPORTS,
	SQL_READ_SOURCE,
	SQL_SELECT_EARLIER_SAME_ID,
	SQL_UPDATE_REPORT,
	SQL_DELETE_REPORT_NAME,
	SQL_LIST_REPORTS_OF_DAY,
	SQL_SELECT_AUTH,
	/* The totals of a key: which, less, away if empty, made anew. */
	SQL_SELECT_DAILY,
	SQL_SUBTRACT_DAILY,
	SQL_CLEAN_DAILY,
	SQL_SET_DAILY,
	SQL_SELECT_DAILY_TOTAL,
	SQL_SUBTRACT_DAILY_TOTAL,
	SQL_CLEAN_DAILY_TOTAL,
	SQL_SET_DAILY_TOTAL,
	SQL_SELECT_INCIDENT_DAY,
	SQL_SUBTRACT_INCIDENT_DAY,
	SQL_CLEAN_INCIDENT_DAY,
	SQL_SET_INCIDENT_DAY,
	SQL_FIND_INCIDENT_DAY,
	/* What follows from these: $1 day, $2 domain, $3 incident. */
	SQL_CLEAN_DOMAIN_DAY,
	SQL_SUM_DAILY_TOTAL,
	SQL_SUM_INCIDENT_DAY,
	SQL_READ_INCIDENT,
	SQL_SET_INCIDENT,
	SQL_CLEAR_INCIDENT,
	SQL_DELETE_INCIDENT,
	SQL_READ_POLICY_SEEN,
	SQL_SET_POLICY_SEEN,
	SQL_DELETE_POLICY_SEEN,
	SQL_FIRST_SEEN,
	SQL_LAST_SEEN,
	SQL_LAST_PRUNED,
	/* Retention. */
	SQL_COUNT_PRUNABLE,
	SQL_LAST_REPORT,
	SQL_LIST_PRUNABLE,
	SQL_FIND_PRUNABLE,
	SQL_PRUNE_FAILURES,
	SQL_PRUNE_POLICIES,
	SQL_PRUNE_FINDINGS,
	SQL_PRUNE_RAW,
	SQL_PRUNE_REPORT,
	SQL_LIST_OLD_QUARANTINE,
	SQL_FIND_OLD_DAILY,
	SQL_PRUNE_DAILY,
	SQL_FIND_OLD_DAILY_TOTAL,
	SQL_PRUNE_DAILY_TOTAL,
	SQL_PRUNE_DOMAIN_DAY,
	SQL_FIND_OLD_INCIDENT,
	SQL_PRUNE_DOMAIN_DAYS_OF_INCIDENT,
	SQL_PRUNE_INCIDENT_DAYS,
	SQL_FIND_OLD_POLICY_SEEN,
	SQL_PRUNE_POLICY_SEEN,
	/*
	 * The read side: by filter $1 since, $2 until (days), $3 domain, $4 organization (ids, or 0).
	 * Where there is one _BY an organization, or one _OF a domain, the other is of all of them.
	 */
	SQL_READ_DOMAIN_DAYS, /* also $5 authenticated ones only */
	SQL_READ_DOMAIN_DAYS_BY, /* also $5 */
	SQL_READ_DOMAIN_ORGANIZATIONS,
	SQL_READ_DOMAIN_ORGANIZATIONS_OF, /* a domain or an organization, or both */
	SQL_READ_ORGANIZATIONS, /* no parameters */
	SQL_READ_DAYS,
	SQL_READ_DAYS_BY,
	SQL_READ_INCIDENTS, /* also $5, $6 first day of the window, $7 today */
	SQL_READ_INCIDENTS_BY, /* also $5, $6, $7 */
	SQL_READ_INCIDENT_ORGANIZATIONS, /* also $5 */
	SQL_READ_INCIDENT_DATES, /* also $5 */
	SQL_READ_LONE_DAYS, /* also $5 */
	SQL_READ_INCIDENT_DAYS, /* also $5 */
	SQL_READ_ORGANIZATION_DAYS, /* also $5 */
	SQL_READ_ORGANIZATION_DAYS_OF, /* also $5 */
	SQL_READ_QUIET_DOMAINS, /* also $5, $6 */
	SQL_READ_REPORT_DAYS, /* also $5 */
	SQL_READ_REPORT_POLICIES,
	SQL_READ_DAILY,
	SQL_READ_NOTES, /* $1 domain */
	SQL_READ_RECEPTION, /* $1 since, $2 until */
	SQL_READ_QUARANTINE_COUNT, /* $1 since, $2 until */
	SQL_READ_POLICIES_SEEN,
	SQL_READ_FAILED_HOSTS,
	SQL_READ_FAILURES_AT_HOSTS,
	SQL_READ_STS_DAYS,
	/* One report. */
	SQL_FIND_REPORT,
	SQL_READ_REPORT,
	SQL_READ_POLICIES,
	SQL_READ_FAILURES,
	SQL_READ_FINDINGS,
	SQL_READ_STATUS,
	SQL_STATEMENTS /* how many there are */
} SqlStatement;

/* Tables of interned values. */
#define SQL_NAME_TABLES ((SQL_SELECT_SENDER - SQL_SELECT_ORGANIZATION) / 2)

/*
 * One text for all backends: parameters $1..$n in the order of first use, ON CONFLICT DO NOTHING,
 * sums cast to BIGINT.
 */
extern const char *const sql_statements[SQL_STATEMENTS];

/* The steps from one schema version to the next: the first makes version 1. */
typedef struct {
	const char *sqlite;
} SqlMigration;

extern const SqlMigration sql_migrations[];
extern const int sql_schema_version; /* the newest, which is their number */

/* The views go before the steps, and come anew after them. */
extern const SqlMigration sql_drop_views, sql_create_views;

#endif
