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

	return view_summary(&question, error);
}

const Command command_summary = {
	.name = "summary",
	.operands = "",
	.summary = "Is all well? Sessions by domain, and the failures",
	.takes = TAKES_STORE | TAKES_FILTER,
	.default_days = 7,
	.answer = answer,
	.document = "summary",
};
