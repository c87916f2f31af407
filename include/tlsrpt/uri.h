/* The parts of a URI (RFC 3986 section 3), and where a text stops being one. */
#ifndef TLSRPT_URI_H
#define TLSRPT_URI_H

#include <stdbool.h>
#include <stddef.h>

/* A part of a URI, as an offset from its start; absent ones are not there at all. */
typedef struct {
	bool present;
	size_t start, length;
} UriPart;

typedef struct {
	UriPart scheme, userinfo, host, port, path, query, fragment;
} Uri;

/*
 * Splits a URI, byte for byte as the ABNF of RFC 3986 has it.  Else false, with the offset of the
 * first byte that cannot be there, or the length where something is missing at the end, and what
 * is wrong in words (static); uri is undefined then.
 */
bool uri_split(const char *text, size_t length, Uri *uri, size_t *wrong, const char **why);

/* Whether the scheme is that one, in upper or lower case (RFC 3986 section 3.1). */
bool uri_has_scheme(const char *text, const Uri *uri, const char *scheme);

/* A part without its percent-encoding, in which there may be anything; caller frees; NULL if it has a NUL. */
char *uri_decode(const char *text, const UriPart *part);

/*
 * Appends text in which every byte is percent-encoded that is neither unreserved (RFC 3986 section
 * 2.3) nor in keep.  Caller frees.
 */
char *uri_encode(const char *text, const char *keep);

#endif
