/*
 * The rules by which failures are judged, pure.  A failure is all incidents of one policy domain and
 * one kind of cause; it has a state and an alarm.
 *
 * All windows are whole UTC days.  W, the window, is today and a configured number of days before it.
 * A failure is seen on a day if a report that counts on that day has it.  Only what believed reporters
 * say is given to these functions.
 */
#ifndef TLSRPT_FAILURE_H
#define TLSRPT_FAILURE_H

#include "tlsrpt/day.h"
#include "tlsrpt/incident.h"
#include "tlsrpt/mta_sts.h"
#include "tlsrpt/reporters.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Of several that are true the first counts. */
typedef enum {
	STATE_RESOLVED, /* the operator resolved it, and it was not seen on any later day */
	STATE_ACCEPTED, /* the operator knows it and leaves it, and it did not get much worse */
	STATE_QUIET, /* it was not seen in W */
	STATE_RECURRING, /* it came back in W after 14 days without it, or after it was resolved */
	STATE_NEW, /* it was first seen, or first reported to us, in W */
	STATE_ONGOING,
} FailureState;

/* What to do about it; the first is the worst. */
typedef enum {
	LEVEL_CRITICAL, /* it holds mail back */
	LEVEL_WARNING,
	LEVEL_BACKGROUND, /* it comes again and again, and is too rare to matter: counted, no alarm */
	LEVEL_GLITCH, /* it came once, and is no more than usual */
	LEVEL_NONE, /* no alarm: the state says so, it is over, or nobody believed says so */
} FailureLevel;

/* Why it has that level. */
typedef enum {
	WHY_HELD, /* critical: a policy type or mode under which senders keep the mail back */
	WHY_POLICY, /* warning: the policy itself fails, which stops no mail yet */
	WHY_ONE_REPORTER, /* warning: one alone sees it, while others report success */
	WHY_SMALL_SHARE, /* warning: under 0.5 % of the sessions since it was first seen */
	WHY_DELIVERED, /* warning: a pattern, of which senders deliver in spite of it */
	WHY_FIRST_TIMER, /* warning: it would be critical, but only first-timers see it */
	WHY_UNUSUAL, /* warning: no pattern, but far more than usual at a reporter */
	WHY_BACKGROUND, /* background: under 0.1 % of the sessions of W */
	WHY_GLITCH, /* glitch: no pattern, and not unusual */
	WHY_STATE, /* none: resolved, accepted or quiet */
	WHY_OVER, /* none: whoever saw it has reported on 3 days since without it */
	WHY_UNVERIFIED, /* none: only reporters that are not believed say so */
} FailureWhy;

/* "new"; "critical"; "one-reporter": static. */
const char *failure_state_name(FailureState state);
const char *failure_level_name(FailureLevel level);
const char *failure_why_name(FailureWhy why);

/* "senders keep the mail back": what to tell people, a part of a sentence; static. */
const char *failure_why_text(FailureWhy why);

/* What one reporter reported about a domain for one day. */
typedef struct {
	const Reporter *reporter;
	int64_t day;
	int64_t sessions, failed_sessions;
	int64_t received_day; /* on which the last of these reports arrived */
} ReporterDay;

/* What one reporter saw of a failure on one day: its incidents, added up. */
typedef struct {
	const Reporter *reporter;
	int64_t day;
	int64_t failed_sessions; /* the rules limit it to those of the domain */
	bool has_tlsa, has_sts; /* under a policy of that type */
	bool beyond_policy; /* not only result types that say that the policy itself fails */
} FailureDay;

/* What the operator decided about an incident. */
typedef enum {
	MARK_RESOLVED,
	MARK_REOPENED,
	MARK_ACCEPTED,
} MarkKind;

typedef struct {
	MarkKind kind;
	int64_t at; /* epoch seconds */
	int64_t number; /* of the note that decided it, or the first of them; the later, the higher */
	int64_t until_day; /* of an acceptance: the day on which it ends; DAY_NONE if it has no end */
	/*
	 * Of an acceptance: the share of the failure at that time since it was first seen in W, 0 to 1; that
	 * over all of W would grow with the days on which it is seen.
	 */
	double share;
} Mark;

/* When one incident of the failure was seen. */
typedef struct {
	int64_t first_day; /* of all times, not after today; DAY_NONE if it was never seen */
	int64_t first_received_day; /* the day on which the first report of it arrived */
	int64_t before_window; /* the last day before W on which it was seen, or DAY_NONE */
	const GArray
		*days; /* of int64_t: the days of W on which it was seen, each once, in order */
	const GArray *marks; /* of Mark, by time */
} SeenIncident;

/*
 * Whether all incidents of a failure, an array of SeenIncident, are resolved and were not seen on a day after
 * that; of incidents that were not seen in W while others were nothing is asked.
 */
bool failure_is_resolved(const GArray *incidents);

/*
 * The day on which the operator resolved an incident, if that is what he decided last; else DAY_NONE.  If the
 * failure came back, what was seen up to that day does not count for its alarm any more.
 */
int64_t failure_resolved_day(const SeenIncident *incident);

/* All that a failure is judged by. */
typedef struct {
	const IncidentRules *rules;
	int64_t today;
	const GArray *incidents; /* of SeenIncident */
	/* of ReporterDay, by reporter and day: the whole domain in W */
	const GArray *totals;
	/*
	 * of FailureDay, by day: the failure in W, one a reporter and day; of one that came back after it was
	 * resolved, only the days after that
	 */
	const GArray *days;
	/* of ReporterDay, by reporter and day: the domain on the days of the baseline; NULL if it is not
	   needed */
	const GArray *usual;
	MtaStsMode mode; /* of the domain: failure_mode() */
} FailureEvidence;

typedef struct {
	FailureState state;
	FailureLevel level;
	FailureWhy why;
	/*
	 * It is no pattern, but far more than usual at a reporter.  If evidence->usual was not given it is
	 * judged as if nothing was usual, and may be less with it.
	 */
	bool unusual;
	bool late; /* its first report arrived in W, about a day over a window before */
	int64_t accepted_until; /* the day on which its acceptance ends; DAY_NONE if there is none */
	int64_t failed_sessions; /* in W, those of each reporter and day limited to those of the domain */
	/*
	 * Shares of the sessions of the domain that failed so, from 0 to 1: over W, and since it was first
	 * seen in W, both so counted that nobody outweighs the others; and the plain one of those who saw
	 * it.  An acceptance stores the first.
	 */
	double share, share_since, raw_share;
	const Reporter *only; /* the one who alone sees it, while others report success; or NULL */
} FailureVerdict;

FailureVerdict failure_judge(const FailureEvidence *evidence);

/* What a witness that reported about a domain does now. */
typedef enum {
	WITNESS_IRREGULAR, /* it did not report regularly */
	WITNESS_REPORTS,
	WITNESS_OVERDUE, /* nothing was received for the silence of the rules, which may be its way */
	WITNESS_SILENT, /* and not for 2.5 times its longest gap */
	WITNESS_GONE, /* it was silent, and nothing was received for 28 days */
} WitnessState;

/*
 * By an array of ReporterDay of one witness and domain, by day, not after today.  Regular is who reported on 9
 * of the 13 days up to its last, not with failures alone.  It is silent if nothing was received for longer than
 * the silence of the rules and 2.5 times its longest gap; 28 days after its last one it is gone.
 */
WitnessState witness_state(const GArray *days, const IncidentRules *rules, int64_t today);

/* A silence is told for so many days since the last report was received; so long is also looked for gaps. */
#define SILENCE_DAYS INT64_C(28)

/* The days up to the last one by which it is known who used to report. */
#define REGULAR_OF_DAYS 13
#define REGULAR_MIN_DAYS 9

/* One policy of MTA-STS as one reporter saw it. */
typedef struct {
	const Reporter *reporter;
	MtaStsMode mode;
	int64_t first_day, last_day; /* on which it was seen */
} ModeSeen;

/*
 * The mode in force: of each reporter the newest policy in W, not later than today; the strictest of
 * these, since a sender may still have a policy in its cache.  An array of ModeSeen; first-timers in it
 * do not count.
 */
MtaStsMode failure_mode(const GArray *seen, const IncidentRules *rules, int64_t today);

/* The one of two modes that asks more of senders. */
MtaStsMode mode_stricter(MtaStsMode one, MtaStsMode other);

/*
 * The share of failed sessions in totals, an array of ReporterDay by reporter and day, on the days from
 * first to last: the witnesses in ascending order of their sessions (ties by number), the first counted
 * whole, each next with at most three times the sessions counted before it, and its failed sessions in
 * proportion.  0 if there are no sessions.
 */
typedef struct {
	double share;
	double sessions; /* that were counted */
} RobustShare;

RobustShare robust_share(const GArray *totals, int64_t first, int64_t last);

/* Sorts an array of ReporterDay by reporter and day. */
void reporter_days_sort(GArray *totals);

/* What a reporter reported for a day, in an array so sorted; NULL if nothing. */
const ReporterDay *reporter_days_find(const GArray *totals, const Reporter *reporter, int64_t day);

#endif
