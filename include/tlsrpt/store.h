/* The store: opening it, and storing what a message brought. */
#ifndef TLSRPT_STORE_H
#define TLSRPT_STORE_H

#include "tlsrpt/delivery.h"
#include "tlsrpt/limits.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Store Store;

/* What became of a delivery. */
typedef struct {
	/* numbers of reports; replaced took the place of a copy that had a worse voucher */
	size_t stored, replaced, duplicates;
	bool quarantined; /* put into quarantine by this delivery; false if it was there before */
} StoreOutcome;

/* What to do where the directory of a store is missing. */
typedef enum {
	DIRECTORY_MUST_EXIST,
	DIRECTORY_OF_ITS_OWN, /* make the directory; refuse one that holds anything but the store */
	DIRECTORY_MAKE_ALL, /* make it and its parents, for this user alone (XDG Base Directory) */
} StoreDirectory;

typedef struct {
	/* The g_get_monotonic_time() until which locks are waited for. */
	int64_t wait_until;
	StoreDirectory directory;
	bool must_exist; /* a missing store is an error (TLSRPT_ERROR_IO) */
	bool makes_schema; /* for store_init(): also in a database that others run */
	/*
	 * A process of root that opens a store becomes the owner of the store's directory.  If this
	 * is set, seteuid(0) can undo that, so that the process can open other things as root;
	 * otherwise it is for good.
	 */
	bool stays_root;
} StoreOptions;

/*
 * Opens a store for writing by its URI, which is an absolute path, and makes it if it is missing.
 * *created, if not NULL, says whether it was just made.  Errors: STORE_BUSY, STORE_FULL,
 * STORE_READONLY, STORE_CORRUPT, STORE_FOREIGN, UNSUPPORTED (an unknown scheme, a network file
 * system), IO, NO_MEMORY.
 */
Store *store_open(const char *uri, const StoreOptions *options, bool *created,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
void store_close(Store *store);

/* Whether the store of a URI is reached over a connection, rather than in files. */
bool store_is_remote(const char *uri);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Store, store_close)

/*
 * Stores a delivery durably, all of it or nothing.  Errors: those of store_open(); STORE_FULL also
 * if the quarantine has no room left; STORE_CONFLICT if other writers interfered until the time to
 * wait was over; STORE_REFUSED if the database does not accept the content of the delivery.
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

/*
 * What store_init() would tell a database server, for somebody who may do that; caller frees.  USAGE
 * for a store in files.
 */
char *store_init_script(const char *uri, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
