/* Maintaining the store: retention, the quarantine, and reading reports anew. */
#ifndef TLSRPT_STORE_WRITE_H
#define TLSRPT_STORE_WRITE_H

#include "tlsrpt/store_read.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Called from time to time during long work, between two transactions. */
typedef struct {
	void (*show)(void *data, int64_t done, int64_t total);
	void *data;
} StoreWatch;

/* What is too old: everything before these days (days since 1970-01-01). */
typedef struct {
	int64_t before; /* reports by the day on which they count, messages in quarantine by when they were received */
	int64_t totals_before; /* for the totals; not later than before */
} StoreRetention;

/* How many rows were deleted, or would be. */
typedef struct {
	int64_t reports; /* reports of which only their own row is left */
	int64_t policies, failures, findings;
	int64_t quarantined;
	int64_t daily, daily_total, incident_days, policy_seen;
	/* names, senders, reporters and incidents; store_count_prunable() cannot tell */
	int64_t collected;
	/* reports that had waited in quarantine and are stored now; store_prune() leaves it 0 */
	int64_t waited;
	/* The longest time for which store_prune() held the store without a pause. */
	int64_t longest_us;
} StorePruned;

/* Counts what store_prune() would delete.  A store that is open for reading is enough. */
bool store_count_prunable(Store *store, const StoreRetention *retention, StorePruned *prunable,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Deletes what is too old: the policies, failures, findings and raw bytes of reports, the messages
 * in quarantine, and the totals.  The own row of a report stays as a tombstone, so that the report
 * does not count again if it is delivered again.  Notes stay, and the incidents that have notes or days;
 * names, other incidents, senders and reporters go when nothing refers to them.  The work is done in
 * many short transactions, so it may be stopped at any time, and the next call goes on.  The errors
 * of store_deliver(); what was committed before an error stays deleted.
 */
bool store_prune(Store *store, const StoreRetention *retention, const StoreWatch *watch,
	StorePruned *pruned, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A report that was taken away. */
typedef struct {
	int64_t id;
	/* Its own; NULL of one that had been dropped before and was only forgotten now. */
	char *organization, *report_id;
	int64_t policies, failures, findings; /* rows that were deleted */
	bool forgotten;
} StoreDropped;

void store_dropped_clear(StoreDropped *dropped);

/*
 * Takes a report away, by its id in the store or by its report-id as store_read_report() does, and
 * subtracts what it has counted, in one transaction.  Its own row stays as a tombstone, so that the
 * report does not count if it is delivered again, unless by somebody whose word counts more.  With
 * forget nothing stays; a tombstone can be forgotten later by its id.  TLSRPT_ERROR_USAGE if there is
 * no such report, or if it was pruned, so that it is no longer known what it has counted.  The
 * caller clears dropped in any case.
 */
bool store_drop_report(Store *store, const char *id, bool forget, const Limits *limits,
	StoreDropped *dropped, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Says what store_drop_report() would take away.  A store that is open for reading is enough. */
bool store_find_droppable(Store *store, const char *id, bool forget, StoreDropped *droppable,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A message in quarantine; it owns all its members. */
typedef struct {
	int64_t id, received_at, size;
	char *reason, *detail, *sender, *subject;
	GBytes *gzip; /* the whole message, compressed; NULL in a list */
} StoreQuarantined;

void store_quarantined_free(StoreQuarantined *quarantined);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreQuarantined, store_quarantined_free)

/*
 * All messages in quarantine by id, without their content: an array of StoreQuarantined, caller
 * unrefs.
 */
GPtrArray *store_list_quarantine(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * The ids of the messages that wait in quarantine since what nobody vouches for had added enough on
 * their day, the oldest first: an array of int64_t, caller unrefs.
 */
GArray *store_list_waiting(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One message with its content.  NULL without an error if there is none. */
StoreQuarantined *store_read_quarantined(
	Store *store, int64_t id, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Deletes one message; *dropped is false if it was not there. */
bool store_drop_quarantined(
	Store *store, int64_t id, bool *dropped, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Records what became of a message in quarantine, in one transaction: stores its reports and
 * deletes it or, if delivery->quarantine says what is still wrong with it, keeps it under that
 * reason. Of delivery->quarantine only class, reason and detail are used.  If delivery->message is
 * NULL, nothing else is known of the message than before.  *there is false, and nothing is done, if
 * it is no longer in quarantine.  The errors of store_deliver().
 */
bool store_retry(Store *store, int64_t id, const StoreDelivery *delivery, const Limits *limits,
	StoreOutcome *outcome, bool *there, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A stored report as it was received; all members are borrowed. */
typedef struct {
	int64_t id, received_at;
	StoreMessage message; /* without from, which is not stored */
	const char *file_name, *media_type; /* NULL if unknown */
	bool is_gzip; /* it was gzip when it was received */
	GBytes *raw; /* always gzipped here */
	Auth auth;
	const char *auth_domain; /* or NULL */
} StoreSource;

/*
 * Parses the source into a report and computes its digest, as a delivery would.  NULL with an
 * error.
 */
typedef Report *(*StoreParse)(
	void *data, const StoreSource *source, Digest *digest, GError **error);

/* How reports are read anew. */
typedef struct {
	StoreParse parse;
	void *data; /* of parse */
	const Limits *limits;
	char *const *reporters; /* for voucher_rank() */
} StoreReading;

/* Why a stored report could not be read anew. */
typedef struct {
	int64_t id;
	char *reason, *detail;
} StoreUnreadable;

typedef struct {
	int64_t examined;
	GArray *changed; /* of int64_t: ids, sorted */
	GPtrArray *unreadable; /* of StoreUnreadable: these reports stay as they are */
	int64_t longest_us; /* the longest time for which the store was held without a pause */
} StoreReprocessed;

void store_reprocessed_clear(StoreReprocessed *reprocessed);

/*
 * The ids of the reports that the filter selects and that can be read anew, sorted: an array of
 * int64_t, caller unrefs.
 */
GArray *store_list_reports(
	Store *store, const StoreFilter *filter, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Parses each of the reports anew.  A result that differs from what is stored replaces it, and the
 * totals are corrected, in one transaction per report.  Of two that turn out to be the same report the
 * one with the better voucher stays, else the one that was first.  Pruned reports are skipped.  With
 * dry_run nothing is written.  The caller clears reprocessed in any case.
 */
bool store_reprocess(Store *store, const GArray *ids, const StoreReading *reading, bool dry_run,
	const StoreWatch *watch, StoreReprocessed *reprocessed,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
