/* Many questions to DNS: each is asked once, and so many at a time. */
#ifndef TLSRPT_RESOLVER_H
#define TLSRPT_RESOLVER_H

#include "tlsrpt/dns.h"

#define RESOLVER_WAIT_S 10 /* that an answer is waited for, whatever the servers do */
#define RESOLVER_AT_ONCE 32 /* questions that are asked at the same time */

typedef struct Resolver Resolver;

/* Asks this server, which is copied; if it is NULL, those of resolv.conf(5).  Never NULL. */
Resolver *resolver_new(const DnsServer *server);
void resolver_free(Resolver *resolver);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Resolver, resolver_free)

/* Puts down that the records of a name are to be asked for, unless they were asked for already. */
void resolver_want(Resolver *resolver, DnsType type, const char *name);

/* Asks all that has been put down, and waits for the answers. */
void resolver_ask(Resolver *resolver);

/* The answer to what was asked, which belongs to the resolver; DNS_TIMEOUT if it was never asked. */
const DnsAnswer *resolver_answer(const Resolver *resolver, DnsType type, const char *name);

#endif
