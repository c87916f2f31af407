#include "command.h"

#include "tlsrpt/error.h"
#include "tlsrpt/view_check.h"
#include "tlsrpt/view_served.h"

typedef struct {
	char *warning, *critical;
	gboolean learning_ok;
	char *mta_sts; /* the name of a file that tlsrpt-mta-sts writes */
	char *served; /* what is in it */
} Own;

static const CommandOption options[] = {
	{ "warning", 'w', G_OPTION_ARG_FILENAME, offsetof(Own, warning),
		"Warn if a domain's failed share in % is outside", "RANGE", 0 },
	{ "critical", 'c', G_OPTION_ARG_FILENAME, offsetof(Own, critical), "Likewise, critical",
		"RANGE", 0 },
	{ "learning-ok", 0, G_OPTION_ARG_NONE, offsetof(Own, learning_ok),
		"It is all right that no report ever came", NULL, 0 },
	{ "mta-sts", 0, G_OPTION_ARG_FILENAME, offsetof(Own, mta_sts),
		"Tell, too, what tlsrpt-mta-sts wrote into this file", "FILE", 0 },
	{ 0 },
};

/* Reads the file that --mta-sts names. */
static bool
prepare(Request *request, GError **error)
{
	Own *own = request->own;
	g_autoptr(GError) problem = NULL;
	gsize length = 0;

	if (own->mta_sts == NULL)
		return true;
	if (!g_file_get_contents(own->mta_sts, &own->served, &length, &problem))
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_IO, "%s; does tlsrpt-mta-sts run?",
			problem->message);
	else if (length > SERVED_MAX_BYTES)
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE, "%s is larger than 4 MiB",
			own->mta_sts);
	else
		return true;
	return false;
}

static void
clear(void *own)
{
	g_free(((Own *)own)->served);
}

static Document *
answer(const Request *request, Store *store, GError **error)
{
	const Own *own = request->own;
	const IncidentRules rules = incident_rules(request);
	const BelieveRules believe = believe_rules(request);
	const ProblemsQuestion question = {
		.store = store,
		.filter = &request->filter,
		.rules = &rules,
		.believe = &believe,
		.quarantine = request->settings->limits.quarantine,
	};
	const CheckOptions check = {
		.warning = own->warning,
		.critical = own->critical,
		.learning_ok = own->learning_ok,
		.now = request->now,
	};

	Document *document = view_check(&question, &check, error);
	if (document != NULL)
		view_check_add_served(document, own->served, &request->filter, request->now);
	return document;
}

static bool
is_plugin(G_GNUC_UNUSED const Request *request)
{
	return true;
}

const Command command_check = {
	.name = "check",
	.operands = "",
	.summary = "Is there an alarm? For monitoring systems",
	.takes = TAKES_STORE | TAKES_DOMAIN | TAKES_AUTHENTICATED_ONLY,
	.options = options,
	.own_size = sizeof(Own),
	.prepare = prepare,
	.clear = clear,
	.answer = answer,
	.document = "check",
	.is_plugin = is_plugin,
};
