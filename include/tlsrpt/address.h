/* The parts of a mail address, percent-encoded in a URI (RFC 6068 section 2). */
#ifndef TLSRPT_ADDRESS_H
#define TLSRPT_ADDRESS_H

#include "tlsrpt/uri.h"

#include <stdbool.h>

/* Whether this is a dot-atom or quoted-string of RFC 5322, with RFC 6532's UTF-8. */
bool address_is_local_part(const char *text, const UriPart *part);

/* A host name in stored form (hostname_stored_form()), without "*"; NULL if it is none.  Caller frees. */
char *address_host(const char *text, const UriPart *part);

/* Whether this is the domain-literal of RFC 5322, without white space: "[192.0.2.1]". */
bool address_is_literal(const char *text, const UriPart *part);

#endif
