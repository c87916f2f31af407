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
 * The files in an archive, an array of ZipEntry, caller unrefs: each at most limits->report bytes, at most
 * limits->reports of them, and together at most twice limits->report bytes.  If something is wrong the
 * array has what comes before it, and the error says it: TLSRPT_ERROR_UNREAD_REPORT where the library is
 * missing or cannot read the archive, TLSRPT_ERROR_LIMIT, TLSRPT_ERROR_NO_MEMORY.  Never NULL.
 */
GPtrArray *zip_read(GBytes *zip, const Limits *limits, GError **error);

#endif
