/*
 * The directory of a store that is a file.  It is opened once, and every file of the store is
 * opened relative to its descriptor, so that renaming the directory meanwhile misleads nobody.
 */
#ifndef TLSRPT_STORE_FOLDER_H
#define TLSRPT_STORE_FOLDER_H

#include "tlsrpt/store.h"

typedef struct StoreFolder StoreFolder;

/*
 * Opens the directory of the store at path, or makes it, as options->directory says; a reader
 * passes NULL for the options.  Root becomes the owner of the directory, see StoreOptions.  Errors:
 * STORE_READONLY, CONFIG, UNSUPPORTED.
 */
StoreFolder *folder_open(
	const char *path, const StoreOptions *options, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void folder_close(StoreFolder *folder);

/* The path of the database without symbolic links, for SQLite. */
const char *folder_path(const StoreFolder *folder);

/* Whether the store has a file with that suffix ("-wal"). */
bool folder_has(const StoreFolder *folder, const char *suffix);

/* Opens the lock file, and makes it if it is missing.  Returns its descriptor; -1 on failure. */
int folder_open_lock(StoreFolder *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Makes an empty database, with the right mode and durably, unless there is one. */
bool folder_make_database(StoreFolder *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* SQLite calls this function instead of open(). */
int folder_system_open(const char *path, int flags, int mode);

/* If SQLite could not open a file because it was refused here, sets that error and returns true. */
bool folder_explain(const StoreFolder *folder, GError **error);

/* Sets STORE_READONLY, with the owner of the store and how to become that user. Returns false. */
bool folder_fail_permission(const StoreFolder *folder, GError **error);

/* The process that holds a lock of SQLite's on the store; 0 where the kernel does not tell. */
int64_t folder_lock_holder(const StoreFolder *folder);

/*
 * Waits until nobody holds a lock that SQLite itself would never take and that keeps it from
 * opening the store for writing.  Somebody who may only read the store can hold up its writers by
 * such a lock, and SQLite waits for it longer than its time-out.  STORE_BUSY, with a message that
 * names the process, once g_get_monotonic_time() reaches wait_until.
 */
bool folder_wait_for_locks(
	StoreFolder *folder, int64_t wait_until, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Sets the modes of a store that this process does not have open, and gives it to an owner and a
 * group, where -1 keeps the present one.
 */
bool folder_give(
	const char *path, int64_t uid, int64_t gid, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
