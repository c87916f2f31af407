/* Finds all files in directories. */
#ifndef TLSRPT_INGEST_WALK_H
#define TLSRPT_INGEST_WALK_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * The functions that a walk calls.  A name is valid during the call.  Returning false ends the
 * walk.
 */
typedef struct {
	/* Called for each regular file, of size bytes. */
	bool (*file)(const char *name, int64_t size, gpointer data);
	/*
	 * Called for what cannot be read.  TLSRPT_ERROR_NO_REPORT if that will never change (a
	 * socket, a loop of symbolic links), else TLSRPT_ERROR_IO.
	 */
	bool (*problem)(const char *name, const GError *error, gpointer data);
	gpointer data;
} WalkVisitor;

/*
 * Visits a file, or all files in a directory and below it, in no particular order.  Follows
 * symbolic links.  Leaves out the directory tmp of a Maildir, which holds what is not delivered
 * yet.  Opens nothing but directories.  Returns false if the visitor has ended the walk.
 */
bool walk(const char *name, const WalkVisitor *visitor);

/*
 * Does the same with each name of a list that is read from a descriptor.  The names end with a NUL
 * or, if there is no NUL near the beginning, with a newline.  Returns false for an error, too:
 * TLSRPT_ERROR_IO.
 */
bool walk_list(int descriptor, const WalkVisitor *visitor, GError **error);

/*
 * Opens a file for reading, by its name in a directory (or AT_FDCWD).  Does not wait, not even for
 * a writer of a pipe, and does not change the access time if that is allowed.  Returns -1 with
 * errno.
 */
int walk_open(int directory, const char *name, int flags);

#endif
