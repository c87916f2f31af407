/*
 * What is to be told: pure.  It compares the alarms that stand with those that were told, and says
 * what began, what got worse and what is over, and what is to be remembered once that is told.
 */
#ifndef TLSRPT_VIEW_ALERT_CHANGES_H
#define TLSRPT_VIEW_ALERT_CHANGES_H

#include "tlsrpt/store_told.h"
#include "tlsrpt/view_alert.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * The levels that are told, as the store has them; the higher, the worse.  What was told to be over is
 * remembered for a while, as of then, so that a report that comes late about the days before is no news.
 */
enum { ALERT_OVER = 0, ALERT_WARNING = 1, ALERT_CRITICAL = 2 };

/* An alarm that stands. */
typedef struct {
	/*
	 * Of char *: its own subject, and those of other problems that are in the same line now, so
	 * that neither of them begins anew when the line is divided later.
	 */
	GPtrArray *subjects;
	int level;
	char *title;
	/*
	 * The day since which there has been something to tell, or DAY_NONE.  What was told before that
	 * day was told of another that had the number: numbers are used again once nothing refers to them.
	 */
	int64_t since_day;
	int64_t last_day; /* on which it was seen; of what is no problem the day itself */
} StandingAlarm;

void standing_alarm_free(StandingAlarm *alarm);

typedef struct {
	int64_t now; /* epoch seconds */
	int lowest; /* the lowest level that is told */
	bool ever; /* whether anything was ever told */
	bool blind; /* nothing is received, so nothing that is seen no more is over for that */
} AlertRules;

typedef struct {
	GArray *changes; /* of AlertChange: of each standing alarm */
	GPtrArray *over; /* of const StoreTold *, borrowed: one of each title */
	GPtrArray *told; /* of StoreTold *: what is told then */
} AlertChanges;

/* alarms: of StandingAlarm *; told: of StoreTold *, which must outlast the result. */
AlertChanges *alert_changes(
	const GPtrArray *alarms, const GPtrArray *told, const AlertRules *rules);
void alert_changes_free(AlertChanges *changes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AlertChanges, alert_changes_free)

#endif
