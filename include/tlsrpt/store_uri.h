/* The URI of a store, and that as people may see it. */
#ifndef TLSRPT_STORE_URI_H
#define TLSRPT_STORE_URI_H

#include <stdbool.h>

/* Whether it is a path: it has no scheme, not even one that no program knows. */
bool store_uri_is_path(const char *uri);

/*
 * The URI without its secrets: "***" for a password before the host, and for the value of each
 * parameter that is named like one.  What has no scheme is a path, and is as it was.  Where it is not
 * clear what is the password, too much is left out.  Caller frees.
 */
char *store_uri_printable(const char *uri);

#endif
