/* Takes addresses of hosts out of what a stranger wrote. */
#ifndef TLSRPT_HIDE_ADDRESSES_H
#define TLSRPT_HIDE_ADDRESSES_H

/*
 * The text with "(address)" in place of each IPv4 and IPv6 address, with or without a port, that stands in it
 * by itself; caller frees.
 */
char *hide_addresses(const char *text);

#endif
