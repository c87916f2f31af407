/* The database, looked after: retention, and what is in quarantine. */
#ifndef TLSRPT_STORE_WRITE_H
#define TLSRPT_STORE_WRITE_H

#include "tlsrpt/store.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Called now and then while a long work goes on, between two transactions. */
typedef struct {
	void (*show)(void *data, int64_t done, int64_t total);
	void *data;
} StoreWatch;

/* What is too old: all before these days (days since 1970-01-01). */
typedef struct {
	int64_t before; /* reports by start_at, messages in quarantine by when they came */
	int64_t totals_before; /* not after the other one */
} StoreRetention;

/* Rows. */
typedef struct {
	int64_t reports; /* emptied; their own rows stay */
	int64_t policies, failures, findings;
	int64_t quarantined;
	int64_t daily, daily_total, incident_days, policy_seen;
	int64_t longest_us; /* for which store_prune() held the store without a pause */
} StorePruned;

/* What would go; needs a store that can be read. */
bool store_count_prunable(Store *store, const StoreRetention *retention, StorePruned *prunable,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Deletes it: the policies, failures, findings and raw bytes of reports, which stay as tombstones
 * so that none counts twice; the messages in quarantine; and the totals.  Incidents and notes
 * stay.  Done in many short transactions, so it may end anywhere, and goes on with the next call.
 * The errors of store_deliver(); what was committed before one stays done.
 */
bool store_prune(Store *store, const StoreRetention *retention, const StoreWatch *watch,
	StorePruned *pruned, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A message in quarantine; all owned. */
typedef struct {
	int64_t id, received_at, size;
	char *reason, *detail, *sender, *subject;
	GBytes *gzip; /* the whole message, compressed; NULL in a list */
} StoreQuarantined;

void store_quarantined_free(StoreQuarantined *quarantined);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreQuarantined, store_quarantined_free)

/* All of them, by id, without their content; an array of StoreQuarantined, caller unrefs. */
GPtrArray *store_list_quarantine(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One with its content. NULL without an error if there is none. */
StoreQuarantined *store_read_quarantined(Store *store, int64_t id, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* Takes one out and throws it away; *dropped is false if it was not there. */
bool store_drop_quarantined(Store *store, int64_t id, bool *dropped, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/*
 * What has become of a message in quarantine, in one transaction: stores its reports and takes it
 * out or, where delivery->quarantine says what is still wrong with it, keeps it there with that
 * reason.  Of delivery->quarantine only class, reason and detail are used; with a NULL
 * delivery->message nothing else is known of it than before.  *there is false, and nothing done, if
 * it is in quarantine no more.  The errors of store_deliver().
 */
bool store_retry(Store *store, int64_t id, const StoreDelivery *delivery, const Limits *limits,
	StoreOutcome *outcome, bool *there, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
