/* Sums in memory what reports add to the totals, so that each row is written only once. */
#ifndef TLSRPT_STORE_TOTALS_H
#define TLSRPT_STORE_TOTALS_H

#include "statement.h"

typedef enum {
	TOTAL_REPORTER_DAY, /* reporter, day of reception */
	TOTAL_DAILY, /* day, domain, policy type, reporter: successful, failed */
	TOTAL_DAILY_TOTAL, /* day, domain, reporter: sessions, failed, received_after */
	TOTAL_INCIDENT_DAY, /* incident, day, reporter: failed, received_after */
	TOTAL_DAILY_SUM, /* day, domain, incident, auth: sessions, failed */
	TOTAL_POLICY_SEEN, /* domain, policy type, policy text, reporter: first, last day */
	TOTAL_INCIDENT_REASON, /* incident, reporter, reason: failed, first, last day */
	TOTAL_KINDS /* the number of kinds */
} TotalKind;

/* The most that any kind has. */
#define TOTAL_KEYS 4
#define TOTAL_COUNTS 3

/* Sums that are still to be written. */
typedef struct {
	GArray *rows[TOTAL_KINDS]; /* of Total; NULL while there are none */
} Totals;

void totals_clear(Totals *totals);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Totals, totals_clear)

/* Adds what one report adds to one row: the row's key, and the counts in the order above. */
void totals_add(Totals *totals, TotalKind kind, const int64_t *key, const int64_t *counts);

/* Performs the tasks, and adds all sums to the rows of the store, in the order of their keys. */
bool totals_write(Totals *totals, Store *store, Task *const *tasks, size_t n, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

#endif
