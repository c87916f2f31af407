/* TXT records from DNS.  Only dns.c calls libresolv: GResolver fails on TXT bytes that are not UTF-8. */
#ifndef TLSRPT_DNS_H
#define TLSRPT_DNS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

typedef enum {
	DNS_FOUND,
	DNS_NO_NAME, /* NXDOMAIN: there is nothing of that name */
	DNS_NO_DATA, /* the name is there, and has no TXT record */
	DNS_SERVER_FAILURE, /* SERVFAIL */
	DNS_REFUSED, /* REFUSED, or another code that is no answer */
	DNS_NO_TCP, /* the answer is too long for UDP, and TCP does not work */
	DNS_UNREACHABLE, /* nobody listens there */
	DNS_TIMEOUT,
	DNS_MALFORMED, /* what came is no DNS message, or its TXT records are none */
} DnsStatus;

typedef struct {
	DnsStatus status;
	/* of GBytes, in the order of their bytes: the strings of each TXT record as one, without blanks */
	GPtrArray *texts;
	char *alias; /* where the CNAMEs end, or NULL */
} DnsAnswer;

/* A name server. */
typedef struct {
	struct sockaddr_storage address;
} DnsServer;

typedef struct DnsQuery DnsQuery;

/* "192.0.2.1", "::1" or with "@5353" after it, the port.  False with TLSRPT_ERROR_USAGE. */
bool dns_server_parse(const char *text, DnsServer *server, GError **error);

/*
 * Asks for the TXT records of a name, by UDP, and by TCP where that is not enough: the server, or if
 * it is NULL those of resolv.conf(5), which also says how often and how long.  Goes on by itself;
 * give it to dns_finish().
 */
DnsQuery *dns_start(const DnsServer *server, const char *name);

/*
 * The answer; never NULL.  From the deadline on, a value of g_get_monotonic_time(), it is
 * DNS_TIMEOUT whatever the servers do.  Frees the query; caller frees the answer.
 */
DnsAnswer *dns_finish(DnsQuery *query, int64_t deadline);

void dns_answer_free(DnsAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DnsAnswer, dns_answer_free)

#endif
