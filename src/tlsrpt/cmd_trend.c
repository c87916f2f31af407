#include "command.h"

static Document *
answer(const Request *request, Store *store, GError **error)
{
	return view_trend(store, &request->filter, error);
}

const Command command_trend = {
	.name = "trend",
	.operands = "",
	.summary = "Sessions by day",
	.takes = TAKES_STORE | TAKES_FILTER,
	.default_days = 28,
	.answer = answer,
	.document = "trend",
};
