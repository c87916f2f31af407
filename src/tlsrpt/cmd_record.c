#include "command.h"

#include "tlsrpt/dns.h"
#include "tlsrpt/error.h"
#include "tlsrpt/record.h"

#include <string.h>

#define DNS_WAIT_S 10 /* wait for both records together */

typedef struct {
	char **rua, *server;
} Own;

static const CommandOption options[] = {
	{ "rua", 0, G_OPTION_ARG_FILENAME_ARRAY, offsetof(Own, rua),
		"Where reports are to go: a mail address, or a URI", "URI", 0 },
	{ "server", 0, G_OPTION_ARG_FILENAME, offsetof(Own, server),
		"Ask this DNS server: ADDRESS, or ADDRESS@PORT", "SERVER", 0 },
	{ 0 },
};

static Document *
usage(GError **error, const char *message)
{
	g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE, message);
	return NULL;
}

static Document *
generate(const Request *request, GError **error)
{
	const Own *own = request->own;
	const char *given = request->operands[1];

	if (own->server != NULL)
		return usage(error, "--server is for record check");
	if (given == NULL && own->rua == NULL)
		return usage(error, "record generate takes a domain, or --rua, or both");
	if (given != NULL && request->operands[2] != NULL)
		return usage(error, "record generate takes one domain");

	g_autofree char *domain = given != NULL ? record_domain(given, error) : NULL;
	if (given != NULL && domain == NULL)
		return NULL;
	g_autofree char *usual = g_strconcat("tls@", domain, NULL);
	const char *const standard[] = { usual, NULL };
	g_autofree char *text = record_generate(
		own->rua != NULL ? (const char *const *)own->rua : standard, error);
	return text != NULL ? view_record_made(domain, text, own->rua == NULL) : NULL;
}

static Document *
check_dns(const char *domain, const char *at, GError **error)
{
	DnsServer server = { 0 };
	const DnsServer *asked = at != NULL ? &server : NULL;

	if (asked != NULL && !dns_server_parse(at, &server, error))
		return NULL;
	g_autofree char *tlsrpt_name = record_name(RECORD_TLSRPT, domain);
	g_autofree char *mta_sts_name = record_name(RECORD_MTA_STS, domain);
	const gint64 deadline = g_get_monotonic_time() + (gint64)DNS_WAIT_S * G_USEC_PER_SEC;
	DnsQuery *tlsrpt_query = dns_start(asked, tlsrpt_name);
	DnsQuery *mta_sts_query = dns_start(asked, mta_sts_name);
	g_autoptr(DnsAnswer) tlsrpt = dns_finish(tlsrpt_query, deadline);
	g_autoptr(DnsAnswer) mta_sts = dns_finish(mta_sts_query, deadline);
	return view_record_dns(domain, tlsrpt, mta_sts);
}

/*
 * Whether the operand is a record rather than a domain: a record has a "=", and no domain has any
 * of these characters.
 */
static bool
is_record(const char *operand)
{
	return strpbrk(operand, "=; \t\"") != NULL;
}

static Document *
check(const Request *request, GError **error)
{
	const Own *own = request->own;
	char **given = request->operands + 1;

	if (own->rua != NULL)
		return usage(error, "--rua is for record generate");
	if (given[0] == NULL || (given[1] != NULL && (is_record(given[0]) || !is_record(given[1]))))
		return usage(error, "record check takes a domain, a record in quotes, or both");

	const char *name = is_record(given[0]) ? NULL : given[0];
	const char *text = name == NULL ? given[0] : given[1];
	if (text != NULL && own->server != NULL)
		return usage(error, "--server is for a record in DNS");
	g_autofree char *domain = name != NULL ? record_domain(name, error) : NULL;
	if (name != NULL && domain == NULL)
		return NULL;
	return text != NULL ? view_record_text(domain, text)
			    : check_dns(domain, own->server, error);
}

static Document *
answer(const Request *request, G_GNUC_UNUSED Store *store, GError **error)
{
	const char *what = request->operands[0];

	if (strcmp(what, "generate") == 0)
		return generate(request, error);
	if (strcmp(what, "check") == 0)
		return check(request, error);
	return usage(error, "it is record generate, or record check");
}

const Command command_record = {
	.name = "record",
	.operands = "generate|check [DOMAIN] [RECORD]",
	.summary = "The DNS record that asks for reports",
	.min_operands = 1,
	.max_operands = 3,
	.options = options,
	.own_size = sizeof(Own),
	.answer = answer,
	.document = "record",
};
