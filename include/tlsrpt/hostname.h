/* Names of hosts and domains in stored form: lower case, A-labels, no final dot. */
#ifndef TLSRPT_HOSTNAME_H
#define TLSRPT_HOSTNAME_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Whether a name of that many bytes is sure to be in stored form.  False may also mean that the
 * name is unusual; then hostname_stored_form() decides.
 */
bool hostname_is_stored_form(const char *name, size_t length);

/*
 * The name in stored form (RFC 5890, RFC 1035 section 2.3.4).  NULL if it is not a name.  Caller
 * frees.
 */
char *hostname_stored_form(const char *name);

/*
 * Whether a name can be put into a command for an operator to paste: it is in stored form, and has nothing
 * that a shell or a program could take for something else, such as a wildcard, an option (-x), a server
 * (@x), or the type of a query, which has no dot.
 */
bool hostname_is_plain(const char *name);

/* Whether a name is one of the domains, or below one of them.  All are in stored form. */
bool hostname_is_within(const char *name, char *const *domains);

/*
 * Whether two domains are the same, or one is a subdomain of the other.  A name without a dot,
 * which is a top-level domain, is aligned with nothing.
 */
bool hostname_is_aligned(const char *one, const char *other);

#endif
