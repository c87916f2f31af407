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
	SQL_SELECT_SENDER,
	SQL_INSERT_SENDER,
	SQL_SELECT_INCIDENT,
	SQL_INSERT_INCIDENT,
	/* Notes. */
	SQL_SELECT_INCIDENT_ID,
	SQL_SELECT_RESOLUTION,
	SQL_INSERT_NOTE,
	/* Reports. */
	SQL_SELECT_IDENTITY,
	SQL_INSERT_IDENTITY,
	SQL_SELECT_SAME_ID,
	SQL_INSERT_REPORT,
	SQL_INSERT_RAW,
	SQL_INSERT_FINDING,
	SQL_INSERT_POLICY,
	SQL_INSERT_FAILURE,
	/* Totals. */
	SQL_ADD_DAILY,
	SQL_ADD_DAILY_TOTAL,
	SQL_ADD_INCIDENT_DAY,
	SQL_UPDATE_INCIDENT,
	SQL_ADD_POLICY_SEEN,
	/* Quarantine. */
	SQL_SELECT_QUARANTINED,
	SQL_INSERT_QUARANTINE,
	SQL_DELETE_QUARANTINE,
	SQL_SELECT_QUARANTINE_SIZE,
	SQL_SELECT_QUARANTINE_SIZE_OF,
	SQL_SELECT_QUARANTINE_VICTIM,
	SQL_SELECT_QUARANTINE_VICTIM_OF,
	/* The read side: by filter $1 since, $2 until (days), $3 domain, $4 organization (ids, or 0). */
	SQL_READ_DOMAIN_DAYS,
	SQL_READ_DOMAIN_ORGANIZATIONS,
	SQL_READ_DAYS,
	SQL_READ_INCIDENTS, /* also $5 authenticated ones only, $6 first day of the window, $7 today */
	SQL_READ_INCIDENT_DAYS, /* also $5 */
	SQL_READ_ORGANIZATION_DAYS, /* also $5 */
	SQL_READ_REPORT_DAYS, /* also $5 */
	SQL_READ_REPORT_POLICIES,
	SQL_READ_DAILY,
	SQL_READ_NOTES, /* $1 domain */
	SQL_READ_RECEPTION, /* $1 since, $2 until */
	/* One report. */
	SQL_FIND_REPORT,
	SQL_READ_REPORT,
	SQL_READ_POLICIES,
	SQL_READ_FAILURES,
	SQL_READ_FINDINGS,
	SQL_READ_STATUS,
	SQL_STATEMENTS /* how many there are */
} SqlStatement;

/*
 * One text for all backends: parameters $1..$n in the order of first use, ON CONFLICT ... DO
 * NOTHING RETURNING id, sums cast to BIGINT.
 */
extern const char *const sql_statements[SQL_STATEMENTS];

/* The steps from one schema version to the next: the first makes version 1. */
typedef struct {
	const char *sqlite;
} SqlMigration;

extern const SqlMigration sql_migrations[];
extern const int sql_schema_version; /* the newest, which is their number */

#endif
