/*
 * Asks DNS for one name at a time; resolver.h is for many.  Only dns.c calls libresolv; GLib's
 * GResolver is not used, since it fails if the bytes of a TXT record are not UTF-8, and knows no
 * TLSA records.
 */
#ifndef TLSRPT_DNS_H
#define TLSRPT_DNS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/* The types of records that can be asked for. */
typedef enum {
	DNS_TXT,
	DNS_MX, /* RFC 5321 section 5 */
	DNS_TLSA, /* RFC 6698 */
	DNS_A,
	DNS_AAAA,
	DNS_SOA, /* only whether there is one, and whether it is authenticated */
} DnsType;

typedef enum {
	DNS_FOUND,
	DNS_NO_NAME, /* NXDOMAIN: the name does not exist */
	DNS_NO_DATA, /* the name exists, and has no record of the type */
	DNS_SERVER_FAILURE, /* SERVFAIL */
	DNS_REFUSED, /* REFUSED, or another response code without an answer */
	DNS_NO_TCP, /* the answer is too long for UDP, and TCP does not work */
	DNS_UNREACHABLE, /* nothing listens at the address of the server */
	DNS_TIMEOUT,
	DNS_MALFORMED, /* the answer is not a DNS message, or has a broken record in it */
} DnsStatus;

typedef struct {
	DnsStatus status;
	/*
	 * The DNS server says that DNSSEC proves the answer (the AD bit, RFC 4035 section 3.2.3); also
	 * if there is no record.
	 */
	bool authenticated;
	/*
	 * of GBytes, one for each TXT record, sorted by their bytes: the strings of a record joined
	 * without blanks
	 */
	GPtrArray *texts;
	/*
	 * of char *, one for each record of another type.  MX: the names of the hosts in lower case and
	 * without final dot, the most preferred first, "" for a null MX (RFC 7505).  TLSA: "3 1 1 ab12...",
	 * sorted.  A and AAAA: the addresses, sorted.  SOA: nothing.
	 */
	GPtrArray *values;
	char *alias; /* the name to which CNAMEs lead; NULL if there is no CNAME */
} DnsAnswer;

/* A name server. */
typedef struct {
	struct sockaddr_storage address;
} DnsServer;

typedef struct DnsQuery DnsQuery;

/*
 * Reads the address of a server: "192.0.2.1" or "::1", or with a port after it, as "::1@5353".
 * False with TLSRPT_ERROR_USAGE.
 */
bool dns_server_parse(const char *text, DnsServer *server, GError **error);

/*
 * Starts asking for the records of a name, by UDP, and by TCP if the answer is too long for UDP. Asks the server or, if it is NULL, those of resolv.conf(5), whose time-outs and attempts
 * apply. Returns at once, while a thread goes on asking; pass the query to dns_finish().
 */
DnsQuery *dns_start(const DnsServer *server, DnsType type, const char *name);

/*
 * Waits for the answer; never NULL.  When g_get_monotonic_time() reaches the deadline, the answer
 * is DNS_TIMEOUT, whatever the servers do.  Frees the query; caller frees the answer.
 */
DnsAnswer *dns_finish(DnsQuery *query, int64_t deadline);

void dns_answer_free(DnsAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DnsAnswer, dns_answer_free)

#endif
