/* Checks the file system of a store that is a file, and keeps its writers in turn. */
#ifndef TLSRPT_STORE_FILES_H
#define TLSRPT_STORE_FILES_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Fails with UNSUPPORTED if the directory, given by a descriptor, is on a network file system. */
bool files_check_file_system(int directory, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Waits for the lock on a file, in order of arrival.  STORE_BUSY once g_get_monotonic_time()
 * reaches wait_until.
 */
bool files_take_turn(int lock, int64_t wait_until, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void files_give_turn(int lock);

/*
 * Claims the right to make the schema.  One process at a time has it, until it gives up its turn as
 * a writer or fails to get one.  If another process has the claim, waits until that one has ended,
 * and sets *claimed to false.  STORE_BUSY once g_get_monotonic_time() reaches wait_until.
 */
bool files_claim(int lock, int64_t wait_until, bool *claimed, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

#endif
