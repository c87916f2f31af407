/* Splits a URI into its parts (RFC 3986 section 3), or says where a text stops being one. */
#ifndef TLSRPT_URI_H
#define TLSRPT_URI_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A part of a URI, as an offset from its start.  A part may be absent, which is not the same as
 * empty.
 */
typedef struct {
	bool present;
	size_t start, length;
} UriPart;

typedef struct {
	UriPart scheme, userinfo, host, port, path, query, fragment;
} Uri;

/*
 * Splits a URI byte for byte as the ABNF of RFC 3986 says.  If it is not a URI, returns false:
 * *wrong is the offset of the first byte that is not allowed, or the length if something is missing
 * at the end; *why says what is wrong (static); uri is undefined.
 */
bool uri_split(const char *text, size_t length, Uri *uri, size_t *wrong, const char **why);

/* Whether the URI has that scheme, in upper or lower case (RFC 3986 section 3.1). */
bool uri_has_scheme(const char *text, const Uri *uri, const char *scheme);

/*
 * A part with its percent-encoding decoded, so that it may hold any byte.  NULL if it holds a NUL.
 * Caller frees.
 */
char *uri_decode(const char *text, const UriPart *part);

/*
 * The text with every byte percent-encoded that is neither unreserved (RFC 3986 section 2.3) nor in
 * keep.  Caller frees.
 */
char *uri_encode(const char *text, const char *keep);

#endif
