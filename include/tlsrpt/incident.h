/*
 * How serious an incident is today.  The functions here are pure: they judge by the days on which the
 * incident was seen, the daily totals of its domain, what the operator wrote, and today's date.
 *
 * An incident is a combination of policy domain, policy type, result type and receiving MX.  It was
 * seen on a day if a report that starts on that UTC day mentions it.  Days after today do not count.
 * The window is today and a configured number of days before it.
 */
#ifndef TLSRPT_INCIDENT_H
#define TLSRPT_INCIDENT_H

#include "tlsrpt/report.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* [incidents] of tlsrpt.conf(5), in days. */
typedef struct {
	int64_t window; /* days before today that are judged together with it */
	int64_t baseline; /* days before the window, which show what is usual */
	int64_t learning; /* a domain needs so many days with reports to be judged */
	int64_t silence; /* a reporter that sends nothing for longer has fallen silent */
} IncidentRules;

typedef enum {
	INCIDENT_RESOLVED, /* the operator resolved it, and it was not seen on any later day */
	INCIDENT_QUIET, /* it was not seen in the window */
	INCIDENT_RECURRING, /* it came back after 14 days without it, or after it was resolved */
	INCIDENT_NEW, /* it was first seen, or first reported to us, in the window */
	INCIDENT_ONGOING,
} IncidentState;

/* Whether an incident that is still open in the window is more than a glitch. */
typedef enum {
	ALARM_NONE,
	ALARM_UNUSUAL, /* no pattern, but over the baseline */
	ALARM_PATTERN,
} Alarm;

/* An incident on one day of the window, at one organization. */
typedef struct {
	int64_t day;
	int64_t organization; /* the number of the organization in the store */
	int64_t failed_sessions;
} IncidentDay;

/* At some time the operator resolved an incident, or reopened it. */
typedef struct {
	int64_t at; /* epoch seconds */
	bool resolved;
} Resolution;

typedef struct {
	int64_t first_day; /* the first day on which it was seen */
	int64_t first_received_day; /* the day on which the first report of it arrived */
	int64_t before_window; /* the last day before the window on which it was seen, or DAY_NONE */
	/* Of IncidentDay, in the window, by day.  If there are several days, one entry a day is enough. */
	GArray *days;
	GArray *resolutions; /* of Resolution, by time */
} IncidentHistory;

/* What one organization reported about a policy domain for one day: a row of daily_total. */
typedef struct {
	int64_t day;
	int64_t organization;
	int64_t sessions, failed_sessions;
	int64_t received_day; /* on which the last of these reports arrived */
} ReportDay;

/*
 * The totals of a domain, added up by day, and by day and organization.  They are added up only once,
 * because every incident of the domain is compared with them, and a stranger can cause thousands of
 * incidents.
 */
typedef struct DaySums DaySums;

/* Adds up an array of ReportDay, which may be in any order. */
DaySums *day_sums_new(const GArray *totals);
void day_sums_free(DaySums *sums);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DaySums, day_sums_free)

/* "new"; static. */
const char *incident_state_name(IncidentState state);

/* "pattern", "unusual", or "glitch" for no alarm; static. */
const char *alarm_name(Alarm alarm);

IncidentState incident_state(const IncidentHistory *history, const IncidentRules *rules,
	int64_t today);

/*
 * Whether an incident is reported late: its first report arrived in the window, but is about a day
 * that was older than a whole window when it arrived.
 */
bool incident_is_late(const IncidentHistory *history, const IncidentRules *rules, int64_t today);

/*
 * Whether an incident is a pattern, that is more than a glitch: it was seen by two organizations, or
 * on two days, or every session failed on a day on which only one organization reported on the domain.
 * The sums are those of the domain, and cover at least the window.
 */
bool incident_is_pattern(const IncidentHistory *history, const DaySums *sums);

/* Whether incident_is_pattern() and incident_is_unusual() need the sums to judge this incident. */
bool incident_needs_totals(const IncidentHistory *history);

/*
 * Whether an incident that is no pattern is still more than usual.  It is if, at an organization that
 * saw it, more than five sessions failed on one day, and these were more than 5 % of its sessions and
 * more than three times the share that is usual (the baseline).
 */
bool incident_is_unusual(const IncidentHistory *history, const DaySums *sums, double baseline);

/*
 * The usual share of failed sessions of a domain, from 0 to 1, on the days of the baseline.  Only
 * organizations that reported a success in that time count, since some report nothing but failures.
 */
double incident_baseline(const GArray *totals, const IncidentRules *rules, int64_t today);

/*
 * Whether an organization that used to report on a domain has fallen silent.  It has if it reported
 * on at least 9 of the days from 16 to 4 days ago, and nothing from it arrived for longer than both
 * the silence of the rules and 1.5 times its longest gap in the last 28 days.  days are those on which
 * it reported on that domain, by day.
 */
bool reporter_is_silent(const ReportDay *days, size_t n, const IncidentRules *rules, int64_t today);

/*
 * Whether no report at all has arrived for 3 days, although reports used to arrive daily: at least 9
 * of the days from 16 to 4 days ago have reports.  The likeliest reason is that delivery is broken.
 */
bool reports_have_stopped(size_t report_days, int64_t last_received_day, int64_t today);

/* The gaps of a reporter are looked for in the last so many days. */
#define REPORTER_DAYS 28

/* The first and the last of the days by which it is judged whether reports were regular. */
#define REGULAR_SINCE(today) ((today) - 16)
#define REGULAR_UNTIL(today) ((today) - 4)

#endif
