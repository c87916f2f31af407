/* Where a store that is a file may be, and the turns of those who write to it. */
#ifndef TLSRPT_STORE_FILES_H
#define TLSRPT_STORE_FILES_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* UNSUPPORTED where the directory, a descriptor, is on a network file system. */
bool files_check_file_system(int directory, GError **error) G_GNUC_WARN_UNUSED_RESULT;

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

#endif
