#include "tlsrpt/mail_hosts.h"

#include <string.h>

#define ROOT "."

void
mail_hosts_want_mx(Resolver *resolver, const char *domain)
{
	resolver_want(resolver, DNS_MX, domain);
	resolver_want(resolver, DNS_SOA, ROOT);
}

MailWay
mail_hosts_way(const Resolver *resolver, const char *domain)
{
	const DnsAnswer *mx = resolver_answer(resolver, DNS_MX, domain);

	switch (mx->status) {
	case DNS_FOUND:
		return mx->values->len == 1
				&& *(const char *)g_ptr_array_index(mx->values, 0) == '\0'
			? MAIL_REFUSED
			: MAIL_TO_MX;
	case DNS_NO_NAME:
	case DNS_NO_DATA:
		return MAIL_TO_DOMAIN;
	case DNS_SERVER_FAILURE:
	case DNS_REFUSED:
	case DNS_NO_TCP:
	case DNS_UNREACHABLE:
	case DNS_TIMEOUT:
	case DNS_MALFORMED:
		break;
	}
	return MAIL_UNKNOWN;
}

GPtrArray *
mail_hosts(const Resolver *resolver, const char *domain)
{
	GPtrArray *hosts = g_ptr_array_new();
	const DnsAnswer *mx = resolver_answer(resolver, DNS_MX, domain);
	const MailWay way = mail_hosts_way(resolver, domain);

	if (way == MAIL_TO_DOMAIN)
		g_ptr_array_add(hosts, (gpointer)domain);
	for (guint i = 0; way == MAIL_TO_MX && i < mx->values->len; i++) {
		const char *host = g_ptr_array_index(mx->values, i);
		/* The root beside other hosts is no null MX, and no host either. */
		if (*host != '\0')
			g_ptr_array_add(hosts, (gpointer)host);
	}
	return hosts;
}

char *
mail_hosts_tlsa_name(const char *host)
{
	return g_strconcat("_25._tcp.", host, NULL);
}

void
mail_hosts_want(Resolver *resolver, const char *domain)
{
	g_autoptr(GPtrArray) hosts = mail_hosts(resolver, domain);

	for (guint i = 0; i < hosts->len; i++) {
		const char *host = g_ptr_array_index(hosts, i);
		g_autofree char *tlsa = mail_hosts_tlsa_name(host);
		resolver_want(resolver, DNS_A, host);
		resolver_want(resolver, DNS_AAAA, host);
		resolver_want(resolver, DNS_TLSA, tlsa);
	}
}

const DnsAnswer *
mail_hosts_tlsa(const Resolver *resolver, const char *host)
{
	g_autofree char *name = mail_hosts_tlsa_name(host);

	return resolver_answer(resolver, DNS_TLSA, name);
}

DnsStatus
mail_hosts_address(const Resolver *resolver, const char *host)
{
	const DnsStatus ipv4 = resolver_answer(resolver, DNS_A, host)->status;
	const DnsStatus ipv6 = resolver_answer(resolver, DNS_AAAA, host)->status;

	if (ipv4 == DNS_FOUND || ipv6 == DNS_FOUND)
		return DNS_FOUND;
	/* What DNS does not say weighs more than what is not there. */
	return MAX(ipv4, ipv6);
}

const char *
mail_hosts_alias(const Resolver *resolver, const char *host)
{
	const char *alias = resolver_answer(resolver, DNS_A, host)->alias;

	return alias != NULL ? alias : resolver_answer(resolver, DNS_AAAA, host)->alias;
}

bool
mail_hosts_validates(const Resolver *resolver)
{
	return resolver_answer(resolver, DNS_SOA, ROOT)->authenticated;
}

/* Whether the answers about the addresses of a host are signed, also one that there are none. */
static bool
has_signed_address(const Resolver *resolver, const char *host)
{
	return resolver_answer(resolver, DNS_A, host)->authenticated
		&& resolver_answer(resolver, DNS_AAAA, host)->authenticated;
}

DaneStatus
mail_hosts_dane(const Resolver *resolver, const char *domain, const char *host)
{
	const DnsAnswer *tlsa = mail_hosts_tlsa(resolver, host);
	const DnsAnswer *mx = resolver_answer(resolver, DNS_MX, domain);

	switch (tlsa->status) {
	case DNS_NO_NAME:
	case DNS_NO_DATA:
		return DANE_NONE;
	case DNS_FOUND:
		if (tlsa->authenticated && mx->authenticated && has_signed_address(resolver, host))
			return DANE_READY;
		return tlsa->authenticated || mail_hosts_validates(resolver) ? DANE_UNSIGNED
									     : DANE_UNKNOWN;
	case DNS_SERVER_FAILURE:
		/* Senders ask for TLSA records only where the addresses are signed (section 2.2.2). */
		return has_signed_address(resolver, host) ? DANE_FAILURE : DANE_UNKNOWN;
	case DNS_REFUSED:
	case DNS_NO_TCP:
	case DNS_UNREACHABLE:
	case DNS_TIMEOUT:
	case DNS_MALFORMED:
		break;
	}
	return DANE_UNKNOWN;
}
