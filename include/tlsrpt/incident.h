/*
 * What an incident is to its operator today: pure functions of the days on which it was seen, the
 * daily totals of its domain, what the operator wrote, and today.  An incident is a policy domain,
 * policy type, result type and receiving MX.  It is seen on a day if a report that starts on that
 * UTC day has it; days after today do not count.  The window is today and the days before it.
 */
#ifndef TLSRPT_INCIDENT_H
#define TLSRPT_INCIDENT_H

#include "tlsrpt/report.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* [incidents] of tlsrpt.conf(5), in days. */
typedef struct {
	int64_t window; /* before today */
	int64_t baseline; /* before the window */
	int64_t learning;
	int64_t silence;
} IncidentRules;

typedef enum {
	INCIDENT_RESOLVED, /* the operator said so, and it was not seen on a day that starts after */
	INCIDENT_QUIET, /* not seen inside the window */
	INCIDENT_RECURRING, /* seen again after 14 silent days, or after it was resolved */
	INCIDENT_NEW, /* first seen, or first received, inside the window */
	INCIDENT_ONGOING,
} IncidentState;

/* An incident on one day of the window, at one organization. */
typedef struct {
	int64_t day;
	int64_t organization; /* any number that tells them apart */
	int64_t failed_sessions;
} IncidentDay;

/* The operator resolved an incident, or opened it again. */
typedef struct {
	int64_t at; /* epoch seconds */
	bool resolved;
} Resolution;

typedef struct {
	int64_t first_day; /* on which it was ever seen */
	int64_t first_received_day; /* on which the first report with it came */
	int64_t before_window; /* the last day before the window on which it was seen, or DAY_NONE */
	GArray *days; /* of IncidentDay: those in the window, by day; of several one each is enough */
	GArray *resolutions; /* of Resolution, by time */
} IncidentHistory;

/* What one organization reported on a policy domain for one day: daily_total. */
typedef struct {
	int64_t day;
	int64_t organization;
	int64_t sessions, failed_sessions;
	int64_t received_day; /* on which the last of these reports came */
} ReportDay;

/*
 * Sums of the totals of a domain, by day, and by day and organization: made once, since each of its
 * incidents is held against them, and strangers may send thousands of these.
 */
typedef struct DaySums DaySums;

/* Of an array of ReportDay, in any order. */
DaySums *day_sums_new(const GArray *totals);
void day_sums_free(DaySums *sums);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DaySums, day_sums_free)

/* "new"; static. */
const char *incident_state_name(IncidentState state);

IncidentState incident_state(const IncidentHistory *history, const IncidentRules *rules,
	int64_t today);

/* Whether it was old already, out of the window of that day, when inside this one it first came. */
bool incident_is_late(const IncidentHistory *history, const IncidentRules *rules, int64_t today);

/*
 * Whether there is more to it than a glitch: two organizations saw it, or on two days, or every
 * session failed where only one organization reported on the domain that day.  The sums are those of
 * the domain, of the window at least.
 */
bool incident_is_pattern(const IncidentHistory *history, const DaySums *sums);

/* Whether the above depends on the totals. */
bool incident_needs_totals(const IncidentHistory *history);

/*
 * Whether one that is no pattern is more than the usual: on one day more than five sessions, and
 * more than both 5 % and three times the baseline, failed at an organization that saw it.
 */
bool incident_is_unusual(const IncidentHistory *history, const DaySums *sums, double baseline);

/*
 * The usual share of failed sessions of a domain, 0 to 1: of the days before the window, and of the
 * organizations only that reported a success in that time (some mail failures only).
 */
double incident_baseline(const GArray *totals, const IncidentRules *rules, int64_t today);

/*
 * Whether an organization that used to report on a domain has fallen silent: it reported on at least
 * 9 of the days from 16 to 4 days ago, and nothing of it was received for longer than the rule's
 * silence and 1.5 times its longest gap in 28 days.  days are its own on that domain, by day.
 */
bool reporter_is_silent(const ReportDay *days, size_t n, const IncidentRules *rules, int64_t today);

/*
 * Whether nothing at all has come for 3 days where reports used to come daily: the days from 16 to 4
 * days ago, of which 9 at least have reports.  The likeliest reason is a broken delivery.
 */
bool reports_have_stopped(size_t report_days, int64_t last_received_day, int64_t today);

/* So many days back its gaps are looked for. */
#define REPORTER_DAYS 28

/* The days in which a regular reporter, or any, has to have reported: the first and the last. */
#define REGULAR_SINCE(today) ((today) - 16)
#define REGULAR_UNTIL(today) ((today) - 4)

/* From here on to the last of them, a regular reporter has reported once at least. */
#define REGULAR_AGAIN_SINCE(today) ((today) - 8)

#endif
