#include "command.h"

#include "tlsrpt/error.h"
#include "tlsrpt/record.h"
#include "tlsrpt/resolver.h"
#include "tlsrpt/suggest.h"

#include <string.h>

#define REPORTED_DAYS 90 /* in which those are counted who reported */

typedef struct {
	char **rua, *server;
	gboolean all;
	Resolver *resolver; /* keeps the answers if the store must be asked again */
} Own;

static const CommandOption options[] = {
	{ "rua", 0, G_OPTION_ARG_FILENAME_ARRAY, offsetof(Own, rua),
		"Where reports are to go: a mail address, or a URI", "URI", 0 },
	{ "server", 0, G_OPTION_ARG_FILENAME, offsetof(Own, server),
		"Ask this DNS server: ADDRESS, or ADDRESS@PORT", "SERVER", 0 },
	{ "all", 0, G_OPTION_ARG_NONE, offsetof(Own, all),
		"Check each domain that reports in the store are about", NULL, 0 },
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

	if (own->server != NULL || own->all)
		return usage(error, "--server and --all are for record check");
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
check_dns(const Request *request, Store *store, const char *domain, GError **error)
{
	Own *own = request->own;
	DnsServer server = { 0 };

	if (own->server != NULL && !dns_server_parse(own->server, &server, error))
		return NULL;
	if (own->resolver == NULL)
		own->resolver = resolver_new(own->server != NULL ? &server : NULL);
	const BelieveRules believe = believe_rules(request);
	StoreFilter filter = request->filter;
	filter.since_day = filter.today - REPORTED_DAYS;
	const RecordQuestion question = { domain, own->resolver, &filter, &believe };
	return view_record_dns(store, &question, error);
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
check(const Request *request, Store *store, GError **error)
{
	const Own *own = request->own;
	char **given = request->operands + 1;

	if (own->rua != NULL)
		return usage(error, "--rua is for record generate");
	if (own->all)
		return given[0] == NULL ? check_dns(request, store, NULL, error)
					: usage(error, "it is record check --all, or one domain");
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
			    : check_dns(request, store, domain, error);
}

static Document *
answer(const Request *request, Store *store, GError **error)
{
	const char *what = request->operands[0];

	if (strcmp(what, "generate") == 0)
		return generate(request, error);
	if (strcmp(what, "check") == 0)
		return check(request, store, error);
	static const char *const actions[] = { "generate", "check", NULL };
	g_autofree char *meant = suggest_text(what, actions);
	g_autofree char *text = g_strdup_printf("there is no record %s%s", what,
		*meant != '\0' ? meant : "; it is record generate, or record check");
	return usage(error, text);
}

/* The store says who reported; DNS can be checked without. */
static StoreUse
use(const Request *request)
{
	const Own *own = request->own;
	char **given = request->operands + 1;

	if (strcmp(request->operands[0], "check") != 0)
		return STORE_UNUSED;
	if (given[0] == NULL)
		return own->all ? STORE_READ : STORE_UNUSED;
	return given[1] == NULL && !is_record(given[0]) && !own->all ? STORE_READ_IF_ANY
								     : STORE_UNUSED;
}

static void
clear(void *own)
{
	resolver_free(((Own *)own)->resolver);
}

const Command command_record = {
	.name = "record",
	.operands = "generate|check [DOMAIN] [RECORD]",
	.summary = "The DNS record that asks for reports",
	.min_operands = 1,
	.takes = TAKES_STORE,
	.max_operands = 3,
	.options = options,
	.own_size = sizeof(Own),
	.clear = clear,
	.use = use,
	.answer = answer,
	.document = "record",
};
