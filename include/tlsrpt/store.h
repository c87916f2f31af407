/* The store: opening it, and storing what a message brought. */
#ifndef TLSRPT_STORE_H
#define TLSRPT_STORE_H

#include "tlsrpt/delivery.h"
#include "tlsrpt/limits.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Store Store;

/* What became of it; same_id counts the stored ones whose report-id was there already. */
typedef struct {
	size_t stored, duplicates, same_id; /* reports */
	bool quarantined; /* put into quarantine by this delivery; false if it was there before */
} StoreOutcome;

/* What to do where the directory of a store is missing. */
typedef enum {
	DIRECTORY_MUST_EXIST,
	DIRECTORY_OF_ITS_OWN, /* make the directory; refuse one that holds anything but the store */
	DIRECTORY_MAKE_ALL, /* make it and its parents, for this user alone (XDG Base Directory) */
} StoreDirectory;

typedef struct {
	/* no lock is waited for longer than until g_get_monotonic_time() is this */
	int64_t wait_until;
	StoreDirectory directory;
	bool must_exist; /* do not make a missing store, which is TLSRPT_ERROR_IO then */
	/*
	 * When a process of root opens a store, it becomes the owner of the store's directory: for
	 * good or, if this is set, so that seteuid(0) makes it root again, to open other things.
	 */
	bool stays_root;
} StoreOptions;

/*
 * Opens a store for writing by its URI, which is an absolute path, and makes it if it is missing.
 * *created, if not NULL, says whether it was just made.  STORE_BUSY, STORE_FULL, STORE_READONLY,
 * STORE_CORRUPT, STORE_FOREIGN, UNSUPPORTED (an unknown scheme, a network file system), IO,
 * NO_MEMORY.
 */
Store *store_open(const char *uri, const StoreOptions *options, bool *created, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
void store_close(Store *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Store, store_close)

/*
 * Stores a delivery durably, all of it or nothing.  The errors of store_open(); STORE_FULL also if
 * the quarantine has no room left, STORE_CONFLICT if other writers were in the way for as long as the
 * store may wait, STORE_REFUSED if the database does not take what is in the delivery.
 */
bool store_deliver(Store *store, const StoreDelivery *delivery, const Limits *limits,
	StoreOutcome *outcome, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Stores many deliveries in one transaction, with an outcome for each.  If it fails, nothing of any
 * of them is stored.
 */
bool store_deliver_batch(Store *store, const StoreDelivery *deliveries, size_t n,
	const Limits *limits, StoreOutcome *outcomes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* For a store that stays open: sets the time until which locks are waited for. */
void store_wait_until(Store *store, int64_t wait_until);

/*
 * Creates the store and its directory (options->directory) for one owner, who writes, and a group
 * of readers: modes 0750, 0640, and 0600 for the lock file.  Gives them to owner ("user",
 * "user:group", or NULL).  An existing store is given to the owner, too, and gets these modes.
 * CONFIG for an unknown user; otherwise as store_open().
 */
bool store_init(const char *uri, const char *owner, const StoreOptions *options, bool *created,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
