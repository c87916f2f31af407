/* The files of a store that is a file; the paths are absolute. */
#ifndef TLSRPT_STORE_FILES_H
#define TLSRPT_STORE_FILES_H

#include "tlsrpt/store.h"

/* UNSUPPORTED where the directory is on a network file system. */
bool files_check_file_system(const char *directory, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Makes the directory of the store at path, or refuses it, as StoreDirectory says. */
bool files_make_directory(const char *directory, const char *path, StoreDirectory how,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A descriptor of a file that is made where it is missing; -1 with errno. */
int files_open(const char *path);

/*
 * Waits for the lock on a file, in the order of arrival, until g_get_monotonic_time() is wait_until:
 * STORE_BUSY.
 */
bool files_take_turn(int lock, int64_t wait_until, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void files_give_turn(int lock);

/*
 * Claims the making of the schema, for one at a time, until the turn that it takes then has ended,
 * or has not come.  Where another is at it, waits until that one has ended, and *claimed is false.
 * STORE_BUSY when g_get_monotonic_time() is wait_until.
 */
bool files_claim(int lock, int64_t wait_until, bool *claimed, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* Gives all files of the store and its directory to an owner; -1 leaves one as it is. */
bool files_give(const char *path, int64_t uid, int64_t gid, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

#endif
