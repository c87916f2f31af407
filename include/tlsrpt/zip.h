/* zip archives, by a library that is loaded only when one comes. */
#ifndef TLSRPT_ZIP_H
#define TLSRPT_ZIP_H

#include "tlsrpt/limits.h"

#include <glib.h>
#include <stdbool.h>

typedef struct {
	char *name; /* valid UTF-8, with its folder */
	GBytes *content;
} ZipEntry;

/*
 * The files in an archive, an array of ZipEntry, never NULL; caller unrefs.  There are at most
 * limits->reports of them, of at most limits->report bytes each, and of twice as many together.  If
 * something is wrong, error is set, and the array has what comes before it:
 * TLSRPT_ERROR_UNREAD_REPORT if the library is missing or cannot read the archive,
 * TLSRPT_ERROR_LIMIT, TLSRPT_ERROR_NO_MEMORY.
 */
GPtrArray *zip_read(GBytes *zip, const Limits *limits, GError **error);

#endif
