/* The database, looked after: retention, what is in quarantine, reports read anew. */
#ifndef TLSRPT_STORE_WRITE_H
#define TLSRPT_STORE_WRITE_H

#include "tlsrpt/store_read.h"

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

/* A report as it came; all borrowed. */
typedef struct {
	int64_t id, received_at;
	StoreMessage message; /* but for from, which is not kept */
	const char *file_name, *media_type; /* NULL if unknown */
	bool is_gzip; /* it came like that */
	GBytes *raw; /* gzipped in any case */
	Auth auth;
	const char *auth_domain; /* or NULL */
} StoreSource;

/* Makes a report of it, and its digest, as a delivery would. NULL with an error. */
typedef Report *(*StoreParse)(void *data, const StoreSource *source, Digest *digest,
	GError **error);

/* What is wrong with a report that was stored once, or why it is no more to be had. */
typedef struct {
	int64_t id;
	char *reason, *detail;
} StoreUnreadable;

typedef struct {
	int64_t examined;
	GArray *changed; /* of int64_t: ids, sorted */
	GPtrArray *unreadable; /* of StoreUnreadable: these stay as they are */
	int64_t longest_us; /* for which the store was held without a pause */
} StoreReprocessed;

void store_reprocessed_clear(StoreReprocessed *reprocessed);

/* The reports of a filter that can be read anew, by id; an array of int64_t, caller unrefs. */
GArray *store_list_reports(Store *store, const StoreFilter *filter, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/*
 * Has each of the reports parsed anew and, where the result is not what is stored, puts it in its
 * place, and right in the totals, each report in one transaction with no other in between.  Pruned
 * reports are passed over.  With dry_run it only reads.  reprocessed must be cleared in any case.
 */
bool store_reprocess(Store *store, const GArray *ids, StoreParse parse, void *data, bool dry_run,
	const Limits *limits, const StoreWatch *watch, StoreReprocessed *reprocessed,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
