/* Names of hosts and domains in the form in which they are stored: lower case, A-labels, no final dot. */
#ifndef TLSRPT_HOSTNAME_H
#define TLSRPT_HOSTNAME_H

#include <stdbool.h>
#include <stddef.h>

/* Whether the name, of that many bytes, is in stored form; false also for unusual ones that are. */
bool hostname_is_stored_form(const char *name, size_t length);

/* The name in stored form (RFC 5890, RFC 1035 section 2.3.4); NULL if it is no name; caller frees. */
char *hostname_stored_form(const char *name);

#endif
