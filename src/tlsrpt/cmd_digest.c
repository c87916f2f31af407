#include "command.h"
#include "mail_addresses.h"

#include "tlsrpt/error.h"
#include "tlsrpt/view_digest.h"

#include <string.h>

#define FORMAT_MESSAGE "message"

typedef struct {
	char *from, *to;
	gboolean only_problems;
} Own;

static const CommandOption options[] = {
	{ "to", 0, G_OPTION_ARG_FILENAME, offsetof(Own, to), "To whom it is addressed",
		"ADDRESS[,ADDRESS]...", 0 },
	{ "from", 0, G_OPTION_ARG_FILENAME, offsetof(Own, from), "From whom it is", "ADDRESS", 0 },
	{ "only-problems", 0, G_OPTION_ARG_NONE, offsetof(Own, only_problems),
		"Print nothing if all is well", NULL, 0 },
	{ 0 },
};

static bool
is_message(const Request *request)
{
	return request->format == NULL || strcmp(request->format, FORMAT_MESSAGE) == 0;
}

/* Only whole days count: the week ends yesterday, or before. */
static bool
end_week(const Request *request, StoreFilter *filter, GError **error)
{
	if (request->until == NULL)
		filter->until_day = filter->today - 1;
	if (filter->until_day < filter->today)
		return true;
	g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE,
		"--until: the week must be over: give yesterday, or a day before");
	return false;
}

static Document *
answer(const Request *request, Store *store, GError **error)
{
	const Own *own = request->own;
	const IncidentRules rules = incident_rules(request);
	const BelieveRules believe = believe_rules(request);
	const GivenAddresses given = {
		.group = "digest",
		.from = { own->from, request->settings->digest_from },
		.to = { own->to, request->settings->digest_to },
		.needs_to = is_message(request),
	};
	g_auto(MailAddresses) addresses = { 0 };
	StoreFilter week = request->filter;

	if (!mail_addresses_find(&given, &addresses, error) || !end_week(request, &week, error))
		return NULL;
	const DigestQuestion question = {
		.store = store,
		.domain = week.domain,
		.last_day = week.until_day,
		.rules = &rules,
		.believe = &believe,
		.from = addresses.from,
		.to = addresses.to,
		.now = request->now,
	};
	Document *document = view_digest(&question, error);
	if (document != NULL && own->only_problems)
		document->is_blank = table_number(document_table(document, "digest"), 0, "well")
			!= 0;
	return document;
}

const Command command_digest = {
	.name = "digest",
	.operands = "",
	.summary = "The last week, as a mail to be sent",
	.takes = TAKES_STORE | TAKES_DOMAIN | TAKES_UNTIL | TAKES_AUTHENTICATED_ONLY,
	.options = options,
	.own_size = sizeof(Own),
	.answer = answer,
	.document = "digest",
};
