/*
 * The directory of a store that is a file.  It is opened once, and every file of the store by its
 * descriptor: what others do to names meanwhile leads nowhere else.
 */
#ifndef TLSRPT_STORE_FOLDER_H
#define TLSRPT_STORE_FOLDER_H

#include "tlsrpt/store.h"

typedef struct StoreFolder StoreFolder;

/*
 * Opens the directory of the store at path, or makes it, as options->directory says; NULL for the
 * options is a reader's.  A root who is not its owner becomes that, see StoreOptions.
 * STORE_READONLY, CONFIG, UNSUPPORTED.
 */
StoreFolder *folder_open(
	const char *path, const StoreOptions *options, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void folder_close(StoreFolder *folder);

/* Where the database is, without a symbolic link; for SQLite. */
const char *folder_path(const StoreFolder *folder);

/* Whether there is a file of that suffix ("-wal"). */
bool folder_has(const StoreFolder *folder, const char *suffix);

/* The descriptor of the lock file, which is made where it is missing; -1 on failure. */
int folder_open_lock(StoreFolder *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Makes the database where it is missing, empty, with its mode, and durably. */
bool folder_make_database(StoreFolder *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What SQLite is to call instead of open(). */
int folder_system_open(const char *path, int flags, int mode);

/* Says that a file was refused, if that is why SQLite could not open it. Returns whether it was. */
bool folder_explain(const StoreFolder *folder, GError **error);

/* Sets STORE_READONLY: whom the store belongs to, and how to become that user. Returns false. */
bool folder_fail_permission(const StoreFolder *folder, GError **error);

/* The process that holds a lock of SQLite's on the store; 0 where the kernel does not tell. */
int64_t folder_lock_holder(const StoreFolder *folder);

/*
 * Waits until nobody holds a lock that keeps SQLite from opening the store for writing, and that
 * SQLite would not hold itself: by such a lock who may only read holds up writers, and SQLite waits
 * longer for it than it is told.  STORE_BUSY, which names the process, when g_get_monotonic_time() is
 * wait_until.
 */
bool folder_wait_for_locks(
	StoreFolder *folder, int64_t wait_until, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Sets the modes of a store that nobody in this process has open, and gives it to an owner; -1 leaves
 * one as it is.
 */
bool folder_give(
	const char *path, int64_t uid, int64_t gid, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
