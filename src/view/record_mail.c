/* How mail gets to a domain, and reports to where its record has them sent. */
#include "record_view.h"

#include "tlsrpt/mail_hosts.h"

#include <string.h>

void
record_mail_want_rua(Resolver *resolver, const Record *record)
{
	for (guint i = 0; i < record->rua->len; i++) {
		const char *host = g_array_index(record->rua, RecordRua, i).domain;
		if (host == NULL)
			continue;
		mail_hosts_want_mx(resolver, host);
		resolver_want(resolver, DNS_A, host);
		resolver_want(resolver, DNS_AAAA, host);
	}
}

/* --- where reports go */

static bool
is_known(DnsStatus status)
{
	return status == DNS_FOUND || status == DNS_NO_NAME || status == DNS_NO_DATA;
}

static void
judge_address(const RecordRua *rua, MailWay way, DnsStatus address, Record *record)
{
	if (way == MAIL_REFUSED)
		record_add_problem(record, RECORD_ERROR, rua->column, "rua-null-mx",
			"%s takes no mail (null MX, RFC 7505), so no report arrives", rua->domain);
	else if (way == MAIL_TO_DOMAIN && !is_known(address))
		way = MAIL_UNKNOWN;
	else if (way == MAIL_TO_DOMAIN && address != DNS_FOUND)
		record_add_problem(record, RECORD_ERROR, rua->column, "rua-no-mail",
			"%s has neither an MX nor an address, so no report arrives", rua->domain);
	if (way == MAIL_UNKNOWN)
		record_add_problem(record, RECORD_WARNING, rua->column, "rua-unknown",
			"DNS does not say whether %s takes mail", rua->domain);
}

static void
judge_host(const RecordRua *rua, DnsStatus address, Record *record)
{
	if (!is_known(address))
		record_add_problem(record, RECORD_WARNING, rua->column, "rua-unknown",
			"DNS does not say whether %s has an address", rua->domain);
	else if (address != DNS_FOUND)
		record_add_problem(record, RECORD_ERROR, rua->column, "rua-no-host",
			"%s has no address, so no report arrives", rua->domain);
}

void
record_mail_judge_rua(const Resolver *resolver, Record *record)
{
	for (guint i = 0; i < record->rua->len; i++) {
		const RecordRua *rua = &g_array_index(record->rua, RecordRua, i);
		if (rua->domain == NULL)
			continue;
		const DnsStatus address = mail_hosts_address(resolver, rua->domain);
		if (strcmp(rua->scheme, "mailto") == 0)
			judge_address(rua, mail_hosts_way(resolver, rua->domain), address, record);
		else if (strcmp(rua->scheme, "https") == 0)
			judge_host(rua, address, record);
	}
}

/* --- where mail goes */

static const char *
way_name(MailWay way)
{
	static const char *const names[] = {
		[MAIL_TO_MX] = "mx",
		[MAIL_TO_DOMAIN] = "domain",
		[MAIL_REFUSED] = "null-mx",
		[MAIL_UNKNOWN] = "unknown",
	};

	return names[way];
}

static const char *
dane_name(DaneStatus status)
{
	static const char *const names[] = {
		[DANE_NONE] = "none",
		[DANE_READY] = "ready",
		[DANE_UNSIGNED] = "unsigned",
		[DANE_FAILURE] = "failure",
		[DANE_UNKNOWN] = "unknown",
	};

	return names[status];
}

static void
append_values(Cell *cell, const DnsAnswer *answer)
{
	for (guint i = 0; i < answer->values->len; i++)
		cell_append_text(cell, "\n", g_ptr_array_index(answer->values, i));
}

static void
add_host(const RecordView *view, const Resolver *resolver, const char *host)
{
	enum { DOMAIN, HOST, ADDRESSES, ALIAS, TLSA, DANE };
	const DaneStatus dane = mail_hosts_dane(resolver, view->domain, host);
	Cell *cells = table_add_row(view->hosts);

	cell_set_text(&cells[DOMAIN], view->domain);
	cell_set_text(&cells[HOST], host);
	append_values(&cells[ADDRESSES], resolver_answer(resolver, DNS_A, host));
	append_values(&cells[ADDRESSES], resolver_answer(resolver, DNS_AAAA, host));
	cell_set_text(&cells[ALIAS], mail_hosts_alias(resolver, host));
	append_values(&cells[TLSA], mail_hosts_tlsa(resolver, host));
	cell_set_enum(&cells[DANE], dane, dane_name(dane));
}

static void
judge_reach(const RecordView *view, const Resolver *resolver, const char *host)
{
	const DnsStatus address = mail_hosts_address(resolver, host);
	const char *alias = mail_hosts_alias(resolver, host);

	if (!is_known(address))
		record_view_add_problem(view, RECORD_WARNING, "mx-unknown",
			"DNS does not say whether the MX %s has an address", host);
	else if (address != DNS_FOUND)
		record_view_add_problem(view, RECORD_ERROR, "mx-no-address",
			"the MX %s has no address, so no mail gets there", host);
	if (alias != NULL && strcmp(host, view->domain) != 0)
		record_view_add_problem(view, RECORD_WARNING, "mx-alias",
			"the MX %s is a CNAME, which an MX must not be (RFC 2181 section 10.3)",
			host);
}

/* Whether senders take none of the records for usable (RFC 7672 section 3.1.3). */
static bool
is_all_unusable(const GPtrArray *records)
{
	for (guint i = 0; i < records->len; i++) {
		const char *record = g_ptr_array_index(records, i);
		if (g_str_has_prefix(record, "2 ") || g_str_has_prefix(record, "3 "))
			return false;
	}
	return records->len > 0;
}

static void
judge_tlsa(const RecordView *view, const Resolver *resolver, const char *host)
{
	const GPtrArray *records = mail_hosts_tlsa(resolver, host)->values;
	g_autofree char *name = mail_hosts_tlsa_name(host);

	switch (mail_hosts_dane(resolver, view->domain, host)) {
	case DANE_UNSIGNED:
		record_view_add_problem(view, RECORD_WARNING, "tlsa-unsigned",
			"%s has TLSA records, but these, the addresses of the host, or the MX of the "
			"domain are not signed, so senders do not use them (RFC 7672 section 2.2)",
			host);
		break;
	case DANE_FAILURE:
		record_view_add_problem(view, RECORD_ERROR, "tlsa-failure",
			"DNS fails for %s, and until it answers senders that use DANE deliver no mail "
			"to this host (RFC 7672 section 2.1.2)",
			name);
		break;
	case DANE_READY:
	case DANE_NONE:
	case DANE_UNKNOWN:
		break;
	}
	if (is_all_unusable(records))
		record_view_add_problem(view, RECORD_WARNING, "tlsa-usage",
			"no TLSA record of %s has usage 2 or 3, and senders use no others (RFC 7672 "
			"section 3.1.3)",
			host);
	else if (records->len == 1)
		record_view_add_problem(view, RECORD_NOTE, "tlsa-single",
			"%s has a single TLSA record: before its key changes, publish the record of the "
			"next key beside it",
			host);
}

/* Some hosts of the domain have TLSA records and others do not. */
static void
judge_mixture(const RecordView *view, const Resolver *resolver, const GPtrArray *hosts)
{
	guint with = 0;

	for (guint i = 0; i < hosts->len; i++)
		with += mail_hosts_tlsa(resolver, g_ptr_array_index(hosts, i))->values->len > 0;
	for (guint i = 0; with > 0 && i < hosts->len; i++) {
		const char *host = g_ptr_array_index(hosts, i);
		if (mail_hosts_dane(resolver, view->domain, host) == DANE_NONE)
			record_view_add_problem(view, RECORD_WARNING, "tlsa-missing",
				"%s has no TLSA record, while another MX has: mail to this one is not "
				"protected by DANE",
				host);
	}
}

static void
judge_way(const RecordView *view, const Resolver *resolver, MailWay way)
{
	if (way == MAIL_REFUSED)
		record_view_add_problem(view, RECORD_NOTE, "null-mx",
			"the domain takes no mail (null MX, RFC 7505), so nobody has anything to report");
	if (way == MAIL_UNKNOWN)
		record_view_add_problem(view, RECORD_WARNING, "mx-unknown",
			"DNS does not say which MX the domain has");
	if (way == MAIL_TO_DOMAIN) {
		const DnsStatus address = mail_hosts_address(resolver, view->domain);
		if (!is_known(address))
			record_view_add_problem(view, RECORD_WARNING, "mx-unknown",
				"there is no MX, and DNS does not say whether the domain has an address");
		else if (address != DNS_FOUND)
			record_view_add_problem(view, RECORD_WARNING, "no-mail",
				"the domain has neither an MX nor an address, so it takes no mail");
	}
}

void
record_mail_add_hosts(const RecordView *view, const Resolver *resolver, Cell *way_cell)
{
	const MailWay way = mail_hosts_way(resolver, view->domain);
	g_autoptr(GPtrArray) hosts = mail_hosts(resolver, view->domain);
	bool has_tlsa = false;

	cell_set_enum(way_cell, way, way_name(way));
	judge_way(view, resolver, way);
	for (guint i = 0; i < hosts->len; i++) {
		const char *host = g_ptr_array_index(hosts, i);
		if (way == MAIL_TO_DOMAIN && mail_hosts_address(resolver, host) != DNS_FOUND)
			continue;
		add_host(view, resolver, host);
		judge_reach(view, resolver, host);
		judge_tlsa(view, resolver, host);
		has_tlsa = has_tlsa || mail_hosts_tlsa(resolver, host)->values->len > 0;
	}
	judge_mixture(view, resolver, hosts);
	if (has_tlsa && !mail_hosts_validates(resolver))
		record_view_add_problem(view, RECORD_NOTE, "not-validating",
			"the DNS server says of nothing that DNSSEC proves it, so ask one that validates "
			"whether the TLSA records count (--server)");
}
