/* The database, written side. */
#ifndef TLSRPT_STORE_H
#define TLSRPT_STORE_H

#include "tlsrpt/auth.h"
#include "tlsrpt/digest.h"
#include "tlsrpt/limits.h"
#include "tlsrpt/report.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Store Store;

/* What the message says beside its reports; unknown strings are NULL. */
typedef struct {
	const char *from, *from_domain;
	const char *report_domain, *submitter;
	const char *subject, *message_id;
	int64_t sent_at; /* Date, or 0 */
	bool is_report; /* multipart/report */
} StoreMessage;

/* One report to be stored. */
typedef struct {
	const Report *report;
	Digest digest; /* its identity */
	GBytes *raw; /* the part as received, gzipped */
	bool is_gzip; /* it came like that */
	const char *file_name, *media_type; /* of the part, or NULL */
	Auth auth;
	const char *auth_domain; /* or NULL */
} StoreReport;

/*
 * What is dropped first to make room in quarantine: by class, in this order, and in a class the
 * oldest.  The last one only if older than 30 days.
 */
typedef enum {
	QUARANTINE_NO_REPORT,
	QUARANTINE_UNTRUSTED,
	QUARANTINE_DAMAGED,
} QuarantineClass;

/* One message to be kept in quarantine. */
typedef struct {
	QuarantineClass class;
	const char *reason; /* error_quarantine_reason() */
	const char *detail; /* not NULL */
	Digest digest; /* of the message without its "From " line */
	GBytes *gzip; /* the whole message, compressed */
	int64_t size; /* uncompressed */
} StoreQuarantine;

/* All that one message leaves in the store, in one transaction. */
typedef struct {
	const StoreMessage *message;
	const StoreReport *reports;
	size_t n_reports;
	const StoreQuarantine *quarantine; /* NULL if nothing of it goes there */
	int64_t received_at;
} StoreDelivery;

/* What became of it; same_id counts the stored ones whose report-id was there already. */
typedef struct {
	size_t stored, duplicates, same_id; /* reports */
	bool quarantined; /* kept just now; false also for a message that is kept already */
} StoreOutcome;

/* What to do where the directory of a store is missing. */
typedef enum {
	DIRECTORY_MUST_EXIST,
	DIRECTORY_OF_ITS_OWN, /* make it; refuse one that holds anything but the store */
	DIRECTORY_MAKE_ALL, /* and its parents, all for this user alone (XDG Base Directory) */
} StoreDirectory;

typedef struct {
	int64_t wait_until; /* g_get_monotonic_time() past which no lock is waited for */
	StoreDirectory directory;
	bool must_exist; /* TLSRPT_ERROR_IO where there is no store yet */
	/*
	 * A process of root becomes the owner of the store's directory when it opens a store: for
	 * good, or, for who has other things to open, so that seteuid(0) undoes it.
	 */
	bool stays_root;
} StoreOptions;

/*
 * Opens a store for writing by its URI, an absolute path, and makes it where there is none.  *created, if not NULL, says whether it was
 * made just now.  STORE_BUSY, STORE_FULL, STORE_READONLY, STORE_CORRUPT, STORE_FOREIGN,
 * UNSUPPORTED (an unknown scheme, a network file system), IO, NO_MEMORY.
 */
Store *store_open(const char *uri, const StoreOptions *options, bool *created, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
void store_close(Store *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Store, store_close)

/*
 * Stores a delivery, all of it or nothing, durably.  The same errors; STORE_FULL also where the
 * quarantine has no room left.
 */
bool store_deliver(Store *store, const StoreDelivery *delivery, const Limits *limits,
	StoreOutcome *outcome, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * The same for many deliveries, all of them in one transaction; an outcome for each.  Where that
 * fails, nothing is stored of any.
 */
bool store_deliver_batch(Store *store, const StoreDelivery *deliveries, size_t n,
	const Limits *limits, StoreOutcome *outcomes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Sets the time past which no lock is waited for, of a store that stays open. */
void store_wait_until(Store *store, int64_t wait_until);

/*
 * Creates the store and its directory (options->directory), with modes for one owner, who writes,
 * and a group of readers (0750, 0640, the lock file 0600), and gives them to owner ("user",
 * "user:group", or NULL).  An existing store changes hands and gets these modes.  CONFIG for an
 * unknown user; otherwise as store_open().
 */
bool store_init(const char *uri, const char *owner, const StoreOptions *options, bool *created,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
