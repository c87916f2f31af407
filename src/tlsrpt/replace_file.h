/* Puts a whole new file in the place of an old one. */
#ifndef TLSRPT_TLSRPT_REPLACE_FILE_H
#define TLSRPT_TLSRPT_REPLACE_FILE_H

#include <glib.h>
#include <stdbool.h>
#include <stdio.h>

/* Writes the content; a write that fails is seen in the file. */
typedef void (*WriteFile)(FILE *file, const void *data);

/*
 * Has a new file written beside the path, and renames it to that once it is on the disk; whoever reads
 * sees the old one or the new one, each whole, and after a failure the old one is as it was.  The file
 * has the mode and the group of the one that it replaces, else the mode 0640.  What is there must be a
 * regular file: a symbolic link is not followed.  What a killed writer of the same user left beside it more
 * than a day ago is removed.  TLSRPT_ERROR_IO names the path.
 */
bool replace_file(const char *path, WriteFile write, const void *data,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
