#include "command.h"

#include "tlsrpt/compose.h"
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

/* An option over the configuration; NULL for neither, and for an empty one. */
static const char *
setting(const char *option, const char *configured)
{
	const char *value = option != NULL ? option : configured;

	return value != NULL && *value != '\0' ? value : NULL;
}

static bool
is_message(const Request *request)
{
	return request->format == NULL || strcmp(request->format, FORMAT_MESSAGE) == 0;
}

static bool
check_addresses(const Request *request, const DigestOptions *digest, GError **error)
{
	if (digest->to == NULL && is_message(request)) {
		g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE,
			"to whom? --to, or to= in the group [digest] of the configuration");
		return false;
	}
	return (digest->to == NULL || compose_check_addresses("--to", digest->to, true, error))
		&& compose_check_addresses("--from", digest->from, false, error);
}

/* The week is over: it ends yesterday, or before. */
static bool
end_week(const Request *request, StoreFilter *filter, GError **error)
{
	if (request->until == NULL)
		filter->until_day = filter->today - 1;
	if (filter->until_day < filter->today)
		return true;
	g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE,
		"--until: the week must be over, so yesterday at the latest");
	return false;
}

static Document *
answer(const Request *request, Store *store, GError **error)
{
	const Own *own = request->own;
	const IncidentRules rules = incident_rules(request);
	const Config *settings = request->settings;
	g_autofree char *sender = g_strconcat(PROGRAM "@", g_get_host_name(), NULL);
	const char *from = setting(own->from, settings->digest_from);
	const DigestOptions digest = {
		.from = from != NULL ? from : sender,
		.to = setting(own->to, settings->digest_to),
		.now = request->now,
	};
	StoreFilter week = request->filter;

	if (!check_addresses(request, &digest, error) || !end_week(request, &week, error))
		return NULL;
	Document *document = view_digest(store, &week, &rules, &digest, error);
	if (document != NULL && own->only_problems)
		document->is_blank =
			table_cell(document_table(document, "digest"), 0, "well")->number != 0;
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
