/* Reading the store: a caller asks one of the named questions, and gets rows as the answer. */
#ifndef TLSRPT_STORE_READ_H
#define TLSRPT_STORE_READ_H

#include "tlsrpt/store.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Opens a store for reading.  Read permission is enough, even during deliveries.  All that is read
 * is the state of one moment.  A store that does not exist is TLSRPT_ERROR_IO; otherwise as
 * store_open().
 */
Store *store_open_reader(const char *uri, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Whether what was read may be wrong.  If no writer has the store open, it is opened for reading in
 * a way that does not notice later writers; this is true if one has come since.  Then close the
 * store, open it again, and read again.
 */
bool store_is_stale(const Store *store);

/* Which rows are asked for. */
typedef struct {
	const char *domain; /* policy domain in stored form; NULL for all */
	const char *organization; /* its name; NULL for all */
	int64_t since_day, until_day; /* days since 1970-01-01, both included */
	/* Only reports of authenticated senders; applies to the questions marked with a star. */
	bool authenticated_only;
	int64_t window_day, today; /* for the history of incidents */
} StoreFilter;

/* The questions; their columns have names below.  Days are days since 1970-01-01. */
typedef enum {
	/* Sessions of each domain and day; by domain and day * */
	STORE_DOMAIN_DAYS,
	/* Which organization reported on which domain; a pair may come more than once. */
	STORE_DOMAIN_ORGANIZATIONS,
	/* All organizations. */
	STORE_ORGANIZATIONS,
	/* Sessions of each day; by day. */
	STORE_DAYS,
	/* Incidents that were seen in the time asked for; the most failed sessions first * */
	STORE_INCIDENTS,
	/* How many organizations saw an incident in the time asked for; reads all its rows * */
	STORE_INCIDENT_ORGANIZATIONS,
	/* The days of incidents, of all organizations; by day * */
	STORE_INCIDENT_DATES,
	/* The same as STORE_INCIDENT_DAYS, for incidents that were seen on one day only * */
	STORE_LONE_DAYS,
	/* What each organization saw of an incident; by incident and day * */
	STORE_INCIDENT_DAYS,
	/* What each organization reported on a domain; those of a domain together, in it by
	   organization and day * */
	STORE_ORGANIZATION_DAYS,
	/* On how many days there were reports on a domain * */
	STORE_REPORT_DAYS,
	/* Notes of all times, on incidents and on silences; by incident, silence and time. */
	STORE_NOTES,
	/* When reports were received; the filter's domain and organization are ignored. */
	STORE_RECEPTION,
	/* What the store holds, by how the reporters are authenticated. */
	STORE_SHARES,
	/* What the quarantine holds; damaged messages may be dropped before filter->since_day. */
	STORE_QUARANTINE,
	/* The number of messages in quarantine that were received on the days of the filter. */
	STORE_QUARANTINE_COUNT,
	/*
	 * A row for each policy of each report; a report without policies has one row, with NULL
	 * from the domain on; by the day on which it counts, start_at and report
	 */
	STORE_REPORT_POLICIES,
	/* Sessions of each day, domain, policy type and organization. */
	STORE_DAILY,
	/* Policies last seen in the time asked for; by domain and policy type. */
	STORE_POLICIES_SEEN,
	/*
	 * Domains and MX hosts with any failure around the time asked for, whoever saw it; by
	 * domain and MX.
	 */
	STORE_FAILED_HOSTS,
	/* What failed at hosts; the filter must name a domain; by MX. */
	STORE_FAILURES_AT_HOSTS,
	/* Sessions of policy type sts; the filter must name a domain; by day and reporter. */
	STORE_STS_DAYS,
	/*
	 * What failed under policy type sts, by incident; the filter must name a domain; by day and
	 * reporter.
	 */
	STORE_STS_FAILURES,
	/* --- what problems are made of; all organizations, whichever the filter names */
	/* Who has ever reported; by number. */
	STORE_REPORTERS,
	/* The contact addresses (contact-info) that authenticated reporters gave; by reporter. */
	STORE_REPORTER_CONTACTS,
	/* All incidents of all times and domains; by number. */
	STORE_ALL_INCIDENTS,
	/*
	 * What each reporter reported on the domains that have an incident that may have been seen in
	 * the time asked for.
	 */
	STORE_FAILED_TOTALS,
	/* What each reporter saw of the incidents on the days asked for; by incident. */
	STORE_SEEN_DAYS,
	/*
	 * The reasons that reporters gave for the incidents in the time asked for, with all their sessions; by
	 * incident.
	 */
	STORE_REASONS,
	/* In which report each failure is that is counted under an incident. */
	STORE_FAILURE_ROWS,
	/* Sessions of each domain, day and authentication. */
	STORE_DOMAIN_AUTH_DAYS,
	/* Sessions of each domain, day and reporter. */
	STORE_DOMAIN_REPORTER_DAYS,
	/* How many reports were received from each reporter, by the day of reception. */
	STORE_RECEIVED_DAYS,
	/* Which reporters have reports that count on which days. */
	STORE_REPORT_DAYS_BY,
	/* The last day on which each reporter has reported on each domain, not before the time asked for. */
	STORE_LAST_SEEN_BY,
	/* How many reports of each reporter have a finding; by reporter and code. */
	STORE_FINDING_SUMS,
	/* --- likewise, for store_ask_about() */
	/* What each reporter reported on a domain. */
	STORE_TOTALS_OF,
	/* When an incident was seen: by day, and by day backwards. */
	STORE_EARLIEST_DAYS,
	STORE_LATEST_DAYS,
	/* The MTA-STS policies of a domain that were seen in the time asked for. */
	STORE_MODES_OF,
	/*
	 * The failures that a reporter told of in the reports that count on a day, which is given twice; not
	 * more than 5,000 of them, in any order.
	 */
	STORE_FAILURES_BY,
} StoreQuestion;

/* The columns of the questions, in their order. */
enum {
	DOMAIN_DAY_DOMAIN,
	DOMAIN_DAY_DAY,
	DOMAIN_DAY_SESSIONS,
	DOMAIN_DAY_FAILED_SESSIONS,
	DOMAIN_DAY_REPORTS,
	DOMAIN_DAY_DOMAIN_NUMBER,
	DOMAIN_DAY_COLUMNS
};
/* Both columns are numbers. */
enum { DOMAIN_ORGANIZATION_DOMAIN, DOMAIN_ORGANIZATION_ORGANIZATION, DOMAIN_ORGANIZATION_COLUMNS };
enum { ORGANIZATION_NUMBER, ORGANIZATION_NAME, ORGANIZATION_COLUMNS };
enum { DAY_DAY, DAY_SESSIONS, DAY_FAILED_SESSIONS, DAY_REPORTS, DAY_COLUMNS };
enum {
	SEEN_INCIDENT_ID,
	SEEN_INCIDENT_DOMAIN,
	SEEN_INCIDENT_POLICY_TYPE,
	SEEN_INCIDENT_RESULT_TYPE,
	SEEN_INCIDENT_MX,
	SEEN_INCIDENT_MODE,
	SEEN_INCIDENT_FIRST_SEEN,
	SEEN_INCIDENT_LAST_SEEN,
	/* In the time asked for. */
	SEEN_INCIDENT_DAYS,
	SEEN_INCIDENT_REPORTS,
	SEEN_INCIDENT_FAILED_SESSIONS,
	SEEN_INCIDENT_NOTE, /* or NULL */
	SEEN_INCIDENT_RESOLVED_AT, /* or 0 */
	/*
	 * These three are over all organizations.  The first is the last day before
	 * filter->window_day, or NULL.  The others look no later than filter->today: the first day,
	 * and when the first report with the incident was received, which is 0 if that was before
	 * filter->window_day.
	 */
	SEEN_INCIDENT_BEFORE_WINDOW,
	SEEN_INCIDENT_FIRST_DAY,
	SEEN_INCIDENT_FIRST_RECEIVED,
	SEEN_INCIDENT_COLUMNS
};
enum {
	INCIDENT_ORGANIZATION_INCIDENT,
	INCIDENT_ORGANIZATION_ORGANIZATIONS, /* the number of them */
	INCIDENT_ORGANIZATION_COLUMNS
};
enum { INCIDENT_DATE_INCIDENT, INCIDENT_DATE_DAY, INCIDENT_DATE_COLUMNS };
enum {
	INCIDENT_DAY_INCIDENT,
	INCIDENT_DAY_DAY,
	INCIDENT_DAY_ORGANIZATION, /* a number */
	INCIDENT_DAY_FAILED_SESSIONS,
	INCIDENT_DAY_COLUMNS
};
enum {
	ORGANIZATION_DAY_DOMAIN,
	ORGANIZATION_DAY_ORGANIZATION, /* a number */
	ORGANIZATION_DAY_NAME,
	ORGANIZATION_DAY_DAY,
	ORGANIZATION_DAY_SESSIONS,
	ORGANIZATION_DAY_FAILED_SESSIONS,
	ORGANIZATION_DAY_RECEIVED_AT, /* when the last report was received */
	ORGANIZATION_DAY_COLUMNS
};
enum { REPORT_DAY_DOMAIN, REPORT_DAY_DAYS, REPORT_DAY_COLUMNS };
enum {
	STORED_NOTE_INCIDENT, /* 0 if it is on a silence; only the domain of that is known */
	STORED_NOTE_DOMAIN,
	STORED_NOTE_POLICY_TYPE,
	STORED_NOTE_RESULT_TYPE,
	STORED_NOTE_MX,
	STORED_NOTE_KIND,
	STORED_NOTE_AUTHOR,
	STORED_NOTE_AT,
	STORED_NOTE_TEXT,
	STORED_NOTE_SILENCE, /* or 0 */
	STORED_NOTE_WITNESS, /* of the silence */
	/* Of an acceptance: the day on which it ends, or NULL; the share then, in billionths. */
	STORED_NOTE_UNTIL_DAY,
	STORED_NOTE_SHARE,
	STORED_NOTE_ONLY_DOMAIN, /* 1: of what joins later, it holds for this domain alone */
	STORED_NOTE_NUMBER, /* the later, the higher */
	STORED_NOTE_COLUMNS
};
enum {
	SHARE_AUTH,
	SHARE_REPORTS,
	SHARE_BYTES, /* of what is kept as received */
	SHARE_COLUMNS
};
enum {
	QUARANTINE_ALL_MESSAGES,
	QUARANTINE_ALL_BYTES,
	QUARANTINE_UNVOUCHED_MESSAGES, /* those that nobody vouches for */
	QUARANTINE_UNVOUCHED_BYTES,
	QUARANTINE_WAITING_MESSAGES, /* over the limit of their day */
	QUARANTINE_HAS_VICTIMS, /* 1: there are messages that would be dropped to make room */
	QUARANTINE_STATE_COLUMNS
};
enum {
	RECEPTION_LAST_RECEIVED_AT, /* 0 if nothing was */
	RECEPTION_DAYS, /* how many of the days of the filter have reports */
	RECEPTION_COLUMNS
};
enum {
	REPORT_POLICY_REPORT,
	REPORT_POLICY_ORGANIZATION,
	REPORT_POLICY_REPORT_ID,
	REPORT_POLICY_START_AT,
	REPORT_POLICY_END_AT,
	REPORT_POLICY_RECEIVED_AT,
	REPORT_POLICY_AUTH,
	REPORT_POLICY_AUTH_DOMAIN,
	REPORT_POLICY_FINDINGS,
	REPORT_POLICY_DOMAIN,
	REPORT_POLICY_POLICY_TYPE,
	REPORT_POLICY_SUCCESSFUL_SESSIONS,
	REPORT_POLICY_FAILED_SESSIONS,
	REPORT_POLICY_COLUMNS
};
enum {
	DAILY_DAY,
	DAILY_DOMAIN,
	DAILY_POLICY_TYPE,
	DAILY_ORGANIZATION,
	DAILY_AUTH,
	DAILY_REPORTS,
	DAILY_SUCCESSFUL_SESSIONS,
	DAILY_FAILED_SESSIONS,
	DAILY_COLUMNS
};
enum {
	POLICY_SEEN_DOMAIN,
	POLICY_SEEN_POLICY_TYPE,
	POLICY_SEEN_POLICY_TEXT,
	POLICY_SEEN_ORGANIZATION,
	POLICY_SEEN_FIRST_DAY,
	POLICY_SEEN_LAST_DAY,
	POLICY_SEEN_REPORTER, /* its id */
	POLICY_SEEN_COLUMNS
};
enum { FAILED_HOST_DOMAIN, FAILED_HOST_MX, FAILED_HOST_COLUMNS };
enum {
	FAILURE_AT_HOST_POLICY_TYPE,
	FAILURE_AT_HOST_RESULT_TYPE,
	FAILURE_AT_HOST_MX,
	FAILURE_AT_HOST_REPORTER, /* its id */
	/* In the time asked for. */
	FAILURE_AT_HOST_FIRST_DAY,
	FAILURE_AT_HOST_LAST_DAY,
	FAILURE_AT_HOST_FAILED_SESSIONS,
	FAILURE_AT_HOST_COLUMNS
};
enum {
	STS_DAY_DAY,
	STS_DAY_REPORTER, /* its id */
	STS_DAY_SUCCESSFUL_SESSIONS,
	STS_DAY_FAILED_SESSIONS,
	STS_DAY_COLUMNS
};
enum {
	STS_FAILURE_INCIDENT,
	STS_FAILURE_KIND, /* of cause */
	STS_FAILURE_RESULT_TYPE,
	STS_FAILURE_MX,
	STS_FAILURE_DAY,
	STS_FAILURE_REPORTER, /* its id */
	STS_FAILURE_FAILED_SESSIONS,
	STS_FAILURE_COLUMNS
};

/* Reporters, incidents and domains are numbers. */
enum {
	REPORTER_NUMBER,
	REPORTER_ORGANIZATION,
	REPORTER_AUTH,
	REPORTER_AUTH_DOMAIN,
	/* Of the days on which its reports were received: how many, but at most 3. */
	REPORTER_FEW_DAYS,
	REPORTER_FIRST_RECEIVED,
	REPORTER_LAST_RECEIVED,
	REPORTER_COLUMNS
};
enum {
	REPORTER_CONTACT_REPORTER, /* its id */
	REPORTER_CONTACT_INFO, /* "" if there was none in the report */
	REPORTER_CONTACT_COLUMNS
};
enum {
	ALL_INCIDENT_ID,
	ALL_INCIDENT_PROBLEM, /* NULL: its own id */
	ALL_INCIDENT_DOMAIN_NUMBER,
	ALL_INCIDENT_DOMAIN,
	ALL_INCIDENT_POLICY_TYPE,
	ALL_INCIDENT_RESULT_TYPE,
	ALL_INCIDENT_MX,
	ALL_INCIDENT_KIND,
	ALL_INCIDENT_FIRST_DAY, /* NULL if no day is left */
	ALL_INCIDENT_LAST_DAY,
	ALL_INCIDENT_COLUMNS
};
/* Of STORE_FAILED_TOTALS and STORE_TOTALS_OF. */
enum {
	TOTAL_DOMAIN,
	TOTAL_DAY,
	TOTAL_REPORTER,
	TOTAL_SESSIONS,
	TOTAL_FAILED_SESSIONS,
	TOTAL_RECEIVED_DAY, /* of the last report */
	TOTAL_COLUMNS
};
enum {
	SEEN_DAY_INCIDENT,
	SEEN_DAY_DAY,
	SEEN_DAY_REPORTER,
	SEEN_DAY_REPORTS,
	SEEN_DAY_FAILED_SESSIONS,
	SEEN_DAY_RECEIVED_DAY, /* of the first report */
	SEEN_DAY_COLUMNS
};
/* Of STORE_EARLIEST_DAYS and STORE_LATEST_DAYS. */
enum { ORDERED_DAY_DAY, ORDERED_DAY_REPORTER, ORDERED_DAY_RECEIVED_DAY, ORDERED_DAY_COLUMNS };
enum { MODE_POLICY_TEXT, MODE_REPORTER, MODE_FIRST_DAY, MODE_LAST_DAY, MODE_COLUMNS };
enum {
	STORED_REASON_INCIDENT,
	STORED_REASON_CODE, /* never "" */
	STORED_REASON_REPORTER,
	STORED_REASON_FAILED_SESSIONS,
	STORED_REASON_COLUMNS
};
enum {
	FAILURE_BY_INCIDENT,
	FAILURE_BY_REPORT,
	FAILURE_BY_REPORT_ID,
	FAILURE_BY_SENDING_IP,
	FAILURE_BY_FAILED_SESSIONS,
	FAILURE_BY_COLUMNS
};
enum { FAILURE_ROW_INCIDENT, FAILURE_ROW_REPORT, FAILURE_ROW_COLUMNS };
/* Of STORE_DOMAIN_AUTH_DAYS and STORE_DOMAIN_REPORTER_DAYS. */
enum {
	DOMAIN_BY_DOMAIN,
	DOMAIN_BY_NAME,
	DOMAIN_BY_DAY,
	DOMAIN_BY_WHOM, /* the authentication, as the store numbers it, or the reporter */
	DOMAIN_BY_SESSIONS,
	DOMAIN_BY_FAILED_SESSIONS,
	DOMAIN_BY_COLUMNS
};
enum { RECEIVED_DAY_REPORTER, RECEIVED_DAY_DAY, RECEIVED_DAY_REPORTS, RECEIVED_DAY_COLUMNS };
enum { LAST_SEEN_DOMAIN, LAST_SEEN_NAME, LAST_SEEN_REPORTER, LAST_SEEN_DAY, LAST_SEEN_COLUMNS };
enum { FINDING_SUM_REPORTER, FINDING_SUM_CODE, FINDING_SUM_REPORTS, FINDING_SUM_COLUMNS };
enum { REPORT_DAY_BY_DAY, REPORT_DAY_BY_REPORTER, REPORT_DAY_BY_COLUMNS };

typedef struct StoreRows StoreRows;

/* Asks about what has a number in the store, on days that include both ends. */
StoreRows *store_ask_about(Store *store, StoreQuestion question, int64_t number, int64_t since_day,
	int64_t until_day, GError **error) G_GNUC_WARN_UNUSED_RESULT;

StoreRows *store_ask(Store *store, StoreQuestion question, const StoreFilter *filter,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
void store_rows_free(StoreRows *rows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreRows, store_rows_free)

/* Moves to the next row; *has is false after the last one. */
bool store_rows_next(StoreRows *rows, bool *has, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Values of the row, columns from 0. Texts are valid until the next row, and "" for NULL. */
int64_t store_rows_int(StoreRows *rows, int column);
bool store_rows_is_null(StoreRows *rows, int column);
const char *store_rows_text(StoreRows *rows, int column);

/*
 * One report, with what the store knows about it besides its content.  It owns all its members;
 * free with store_report_clear().
 */
typedef struct {
	/* Includes the findings; a pruned report has no policies and failures any more. */
	Report *report;
	int64_t id, received_at;
	bool pruned;
	char *auth, *auth_domain, *submitter, *report_domain, *from_domain, *message_id;
} StoredReport;

/*
 * Reads a report by its id in the store or, if the text is not a number, by its report-id, of which
 * it takes the latest.  NULL without an error if there is none.
 */
StoredReport *store_read_report(
	Store *store, const char *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void stored_report_free(StoredReport *stored);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoredReport, stored_report_free)

/* Figures about the whole store. */
typedef struct {
	int64_t version, reports, policies, failures, incidents, quarantined, quarantined_bytes;
	int64_t first_day, last_day; /* of the totals; last_day < first_day if there are none */
	int64_t last_received_at; /* 0 if nothing was received */
} StoreStatus;

bool store_read_status(Store *store, StoreStatus *status, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
