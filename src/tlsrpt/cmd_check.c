#include "command.h"

#include "tlsrpt/view_check.h"

typedef struct {
	char *warning, *critical;
	gboolean learning_ok;
} Own;

static const CommandOption options[] = {
	{ "warning", 'w', G_OPTION_ARG_FILENAME, offsetof(Own, warning),
		"Warn if the failed share of a domain, in percent, is outside", "RANGE", 0 },
	{ "critical", 'c', G_OPTION_ARG_FILENAME, offsetof(Own, critical), "Likewise, critical",
		"RANGE", 0 },
	{ "learning-ok", 0, G_OPTION_ARG_NONE, offsetof(Own, learning_ok),
		"It is all right that no report ever came", NULL, 0 },
	{ 0 },
};

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
	};
	const CheckOptions check = {
		.warning = own->warning,
		.critical = own->critical,
		.learning_ok = own->learning_ok,
		.now = request->now,
	};

	return view_check(&question, &check, error);
}

const Command command_check = {
	.name = "check",
	.operands = "",
	.summary = "Is there an alarm? For monitoring systems",
	.takes = TAKES_STORE | TAKES_DOMAIN | TAKES_AUTHENTICATED_ONLY,
	.options = options,
	.own_size = sizeof(Own),
	.answer = answer,
	.document = "check",
	.is_plugin = true,
};
