#include "command.h"

static Document *
answer(const Request *request, Store *store, GError **error)
{
	const IncidentRules rules = incident_rules(request);
	const BelieveRules believe = believe_rules(request);
	const ProblemsQuestion question = {
		.store = store,
		.filter = &request->filter,
		.rules = &rules,
		.believe = &believe,
	};

	return view_failures(&question, error);
}

const Command command_failures = {
	.name = "failures",
	.operands = "",
	.summary = "What failed, since when, seen by how many",
	.takes = TAKES_STORE | TAKES_FILTER | TAKES_AUTHENTICATED_ONLY,
	.default_days = 28,
	.answer = answer,
	.document = "failures",
};
