/* Reading the store: named questions, which are answered in rows. */
#ifndef TLSRPT_STORE_READ_H
#define TLSRPT_STORE_READ_H

#include "tlsrpt/store.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Opens a store for reading.  Read permission is enough, whether or not deliveries go on.  All that
 * is read is the state of one moment.  A store that does not exist is TLSRPT_ERROR_IO; otherwise as
 * store_open().
 */
Store *store_open_reader(const char *uri, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Whether what was read may be wrong: while no writer had the store open, it was opened in a way
 * that does not see a writer who comes later, and one has come.  Close it then, and read again.
 */
bool store_is_stale(const Store *store);

/* Which rows are asked for. */
typedef struct {
	const char *domain; /* policy domain in stored form; NULL for all */
	const char *organization; /* its name; NULL for all */
	int64_t since_day, until_day; /* days since 1970-01-01, both included */
	/* only what authenticated senders reported; applies to the questions marked * */
	bool authenticated_only;
	int64_t window_day, today; /* for the history of incidents */
} StoreFilter;

/* The questions, with the columns of their answers; days are days since 1970-01-01. */
typedef enum {
	/* domain, day, sessions, failed_sessions, reports, the domain's number; by domain and day * */
	STORE_DOMAIN_DAYS,
	/* domain, organization (numbers): who reported on what, once or more often */
	STORE_DOMAIN_ORGANIZATIONS,
	/* number, name: of all organizations */
	STORE_ORGANIZATIONS,
	/* day, sessions, failed_sessions, reports; by day */
	STORE_DAYS,
	/* id, domain, policy_type, result_type, mx, mode, first day, last day, and in the time asked
	   for: days, reports, failed_sessions; then note (or NULL) and resolved_at (or 0); then, of all
	   organizations: last day before filter->window_day (or NULL), and up to filter->today the
	   first day, and when the first report with it was received (0 if before
	   filter->window_day); the most failed sessions first * */
	STORE_INCIDENTS,
	/* incident, how many organizations saw it in the time asked for: this looks at all its rows * */
	STORE_INCIDENT_ORGANIZATIONS,
	/* incident, day, of all organizations; by day * */
	STORE_INCIDENT_DATES,
	/* the same as the next one, of the incidents that were seen on one day only * */
	STORE_LONE_DAYS,
	/* incident, day, organization (a number), failed_sessions; by incident and day * */
	STORE_INCIDENT_DAYS,
	/* domain, organization (a number), its name, day, sessions, failed_sessions, when the last of
	   the reports was received; those of a domain together, in it by organization and day * */
	STORE_ORGANIZATION_DAYS,
	/* domain, of those with an organization whose reports of the days asked for were all received
	   before filter->window_day; by domain * */
	STORE_QUIET_DOMAINS,
	/* domain, number of days with reports * */
	STORE_REPORT_DAYS,
	/* incident, domain, policy_type, result_type, mx, kind, author, at, text: of all times, by
	   incident and time */
	STORE_NOTES,
	/* when the last report was received (0 if there is none), and how many of the days of the
	   filter have reports: of all domains and organizations */
	STORE_RECEPTION,
	/* how many of the messages in quarantine were received on the days of the filter */
	STORE_QUARANTINE_COUNT,
	/* report, organization, report_id, start_at, end_at, received_at, auth, auth_domain,
	   findings, domain, policy_type, successful_sessions, failed_sessions: a row for each policy,
	   or one with NULL from domain on for a report without; by start_at and report */
	STORE_REPORT_POLICIES,
	/* day, domain, policy_type, organization, auth, reports, successful_sessions,
	   failed_sessions */
	STORE_DAILY,
	/* domain, policy_type, policy text, organization, first day, last day: those last seen in the
	   time asked for; by domain and policy_type */
	STORE_POLICIES_SEEN,
	/* domain, mx: where anything failed around the time asked for, by whomever; by domain and mx */
	STORE_FAILED_HOSTS,
	/* policy_type, result_type, mx, organization, and in the time asked for: first day, last day,
	   failed_sessions; the filter must name a domain; by mx */
	STORE_FAILURES_AT_HOSTS,
	/* day, organization, successful_sessions, failed_sessions of policy type sts; the filter must
	   name a domain; by day and organization */
	STORE_STS_DAYS,
} StoreQuestion;

typedef struct StoreRows StoreRows;

StoreRows *store_ask(Store *store, StoreQuestion question, const StoreFilter *filter, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
void store_rows_free(StoreRows *rows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreRows, store_rows_free)

/* Moves to the next row; *has is false after the last one. */
bool store_rows_next(StoreRows *rows, bool *has, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Values of the row, columns from 0. Texts are valid until the next row, and "" for NULL. */
int64_t store_rows_int(StoreRows *rows, int column);
bool store_rows_is_null(StoreRows *rows, int column);
const char *store_rows_text(StoreRows *rows, int column);

/* One report, and what is known beside its content.  All owned; free with store_report_clear(). */
typedef struct {
	/* with its findings; a pruned report has no policies and failures any more */
	Report *report;
	int64_t id, received_at;
	bool pruned;
	char *auth, *auth_domain, *submitter, *report_domain, *from_domain, *message_id;
} StoredReport;

/*
 * Reads a report by its id in the store or, if the text is not a number, by its report-id, of which
 * it takes the latest.  NULL without an error if there is none.
 */
StoredReport *store_read_report(Store *store, const char *id, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
void stored_report_free(StoredReport *stored);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoredReport, stored_report_free)

/* How the store is. */
typedef struct {
	int64_t version, reports, policies, failures, incidents, quarantined, quarantined_bytes;
	int64_t first_day, last_day; /* of the totals; last_day < first_day if there are none */
	int64_t last_received_at; /* 0 if nothing was received */
} StoreStatus;

bool store_read_status(Store *store, StoreStatus *status, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
