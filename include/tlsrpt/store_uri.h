/* The URI of a store as people may see it. */
#ifndef TLSRPT_STORE_URI_H
#define TLSRPT_STORE_URI_H

/*
 * The URI without its secrets: "***" for a password before the host, and for the value of each
 * parameter that is named like one.  What has no scheme is a path, and is as it was.  Where it is not
 * clear what is the password, too much is left out.  Caller frees.
 */
char *store_uri_printable(const char *uri);

#endif
