/* The URI of a store in the form in which people may see it. */
#ifndef TLSRPT_STORE_URI_H
#define TLSRPT_STORE_URI_H

#include <stdbool.h>

/* Whether it is a path: it has no scheme, not even one that no program knows. */
bool store_uri_is_path(const char *uri);

/*
 * The URI without its secrets: "***" in place of a password before the host, and of the value of
 * each parameter whose name says that it is a secret.  A text without a scheme is a path, and is
 * returned as it is.  If it is not clear what the password is, more than the password is replaced.
 * Caller frees.
 */
char *store_uri_printable(const char *uri);

#endif
