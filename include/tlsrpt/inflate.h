/* gzip (RFC 1952). */
#ifndef TLSRPT_INFLATE_H
#define TLSRPT_INFLATE_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether the bytes begin like gzip. */
bool gzip_looks_like(GBytes *bytes);

/*
 * Inflates all members of a gzip file, at most limit bytes together.  *trailing receives how many
 * bytes after the last member are not gzip; zeros that only pad do not count.
 * TLSRPT_ERROR_CORRUPT_GZIP, TLSRPT_ERROR_TRUNCATED_GZIP, TLSRPT_ERROR_LIMIT,
 * TLSRPT_ERROR_NO_MEMORY.  If damage is not NULL, a damaged member that follows a sound one only
 * ends the result, and *damage receives what is wrong with it.
 */
GBytes *gzip_inflate(GBytes *gzip, int64_t limit, size_t *trailing, GError **damage,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Compresses into one gzip member without name and time, so that equal bytes give an equal result.
 */
GBytes *gzip_deflate(GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
