#include "command.h"

static Document *
answer(const Request *request, Store *store, GError **error)
{
	return view_reports(store, &request->filter, error);
}

const Command command_reports = {
	.name = "reports",
	.operands = "",
	.summary = "The reports that came",
	.takes = TAKES_STORE | TAKES_FILTER,
	.default_days = 7,
	.answer = answer,
	.document = "reports",
};
