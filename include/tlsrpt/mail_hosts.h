/*
 * How a domain takes mail, as DNS says: its MX, their addresses, and whether senders can verify them by
 * DANE (RFC 7672).  What to ask is put down here; the resolver asks it.  Hosts are in lower case,
 * without final dot.
 */
#ifndef TLSRPT_MAIL_HOSTS_H
#define TLSRPT_MAIL_HOSTS_H

#include "tlsrpt/resolver.h"

#include <glib.h>

/* Where mail for a domain goes. */
typedef enum {
	MAIL_TO_MX,
	MAIL_TO_DOMAIN, /* there is no MX, so that the domain itself is the host (RFC 5321 section 5.1) */
	MAIL_REFUSED, /* a null MX (RFC 7505) */
	MAIL_UNKNOWN, /* DNS does not say */
} MailWay;

/* What DANE makes of a host. */
typedef enum {
	DANE_NONE, /* it has no TLSA records */
	DANE_READY, /* senders verify it by its TLSA records */
	DANE_UNSIGNED, /* it has some, and they, its addresses or the MX of the domain are not signed */
	DANE_FAILURE, /* DNS fails for its TLSA records: senders do not deliver (RFC 7672 section 2.1) */
	DANE_UNKNOWN, /* the DNS server did not answer, or it validates nothing */
} DaneStatus;

/* Put down what is to be asked: first the MX of a domain and, once that was asked, its hosts. */
void mail_hosts_want_mx(Resolver *resolver, const char *domain);
void mail_hosts_want(Resolver *resolver, const char *domain);

/* Where mail for a domain goes, after mail_hosts_want_mx() was asked. */
MailWay mail_hosts_way(const Resolver *resolver, const char *domain);

/* The hosts of a domain, of const char *, the most preferred first.  Caller unrefs the array. */
GPtrArray *mail_hosts(const Resolver *resolver, const char *domain);

/* The name of the TLSA records of a host, "_25._tcp.mx.example.com"; caller frees. */
char *mail_hosts_tlsa_name(const char *host);

/* Of one host of the domain, after mail_hosts_want() was asked. */
const DnsAnswer *mail_hosts_tlsa(const Resolver *resolver, const char *host);
DaneStatus mail_hosts_dane(const Resolver *resolver, const char *domain, const char *host);

/* DNS_FOUND if a host has any address; else why there is none. */
DnsStatus mail_hosts_address(const Resolver *resolver, const char *host);

/* The CNAME that the host is, or NULL. */
const char *mail_hosts_alias(const Resolver *resolver, const char *host);

/*
 * Whether the DNS server says of anything that DNSSEC proves it.  If it does not say so even of the
 * root, it does not validate, and nothing that it leaves unsaid means anything.
 */
bool mail_hosts_validates(const Resolver *resolver);

#endif
