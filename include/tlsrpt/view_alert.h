/* What alert mails: what began, got worse or is over since it was last told. */
#ifndef TLSRPT_VIEW_ALERT_H
#define TLSRPT_VIEW_ALERT_H

#include "tlsrpt/problem.h"
#include "tlsrpt/store_told.h"
#include "tlsrpt/table.h"

#include <glib.h>

/* What became of an alarm since it was last told. */
typedef enum {
	CHANGE_NONE, /* it was told, or is not to be told */
	CHANGE_STANDS, /* nothing was ever told before, so nobody knows when it began */
	CHANGE_BEGAN,
	CHANGE_WORSE,
	CHANGE_OVER,
} AlertChange;

/* What is asked; all that it points to must last as long as the answer. */
typedef struct {
	Store *store;
	int64_t today, window_day; /* today, and the first day of W */
	const IncidentRules *rules;
	const BelieveRules *believe;
	int64_t quarantine; /* its limit in bytes */
	const char *const *domains; /* which are asked about, in stored form; none: all */
	bool only_critical;
	StoreAlert alert; /* what was told to whom */
	/* What the document only passes on to those who make a mail of it. */
	const char *from, *to; /* mail addresses, or NULL */
	int64_t now; /* epoch seconds */
} AlertQuestion;

/*
 * The table "alert" has one row that sums it up, "changes" a row for each change, the worst first and
 * those that are over last, and "reasons" the commonest reason codes of the problems in it.  The
 * document is blank if nothing has changed.  *told is what is to be remembered once it is told: an
 * array of StoreTold, caller unrefs.
 */
Document *view_alert(const AlertQuestion *question, GPtrArray **told, GError **error);

#endif
