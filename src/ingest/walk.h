/* Names of files and directories to all files in them. */
#ifndef TLSRPT_INGEST_WALK_H
#define TLSRPT_INGEST_WALK_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* What a walk tells. The names last for the call only; false ends the walk. */
typedef struct {
	/* A regular file, of so many bytes. */
	bool (*file)(const char *name, int64_t size, gpointer data);
	/*
	 * What cannot be read: TLSRPT_ERROR_IO, or, where it will never be, TLSRPT_ERROR_NO_REPORT
	 * (a socket, a loop of symbolic links).
	 */
	bool (*problem)(const char *name, const GError *error, gpointer data);
	gpointer data;
} WalkVisitor;

/*
 * Visits a file, or all files in a directory and below, in no order; symbolic links are followed.
 * Of a Maildir the folder tmp is left out: what is there is not delivered yet.  Nothing is opened
 * but directories.  False if the visitor has ended the walk.
 */
bool walk(const char *name, const WalkVisitor *visitor);

/*
 * Does the same with each name of a list on a descriptor, which end in NUL or, if there is no NUL
 * near the beginning, in a newline.  False also for an error: TLSRPT_ERROR_IO.
 */
bool walk_list(int descriptor, const WalkVisitor *visitor, GError **error);

/*
 * Opens a file in a directory (or AT_FDCWD) for reading, never waiting for anybody, and without a
 * trace in its times where that is allowed.  -1 with errno.
 */
int walk_open(int directory, const char *name, int flags);

#endif
