/* The registrable domain: what one owner has registered, by the Public Suffix List. */
#ifndef TLSRPT_REGISTRABLE_H
#define TLSRPT_REGISTRABLE_H

/*
 * The registrable domain of a domain in stored form (tlsrpt/hostname.h): "example.co.uk" of
 * "mail.example.co.uk".  A public suffix and a name that has no suffix are their own.  The part of
 * the domain that it is: nothing is allocated, and "" gives "".  The list is the one that libpsl was
 * built with.
 */
const char *registrable_domain(const char *domain);

#endif
