#include "command.h"

static Document *
answer(const Request *request, Store *store, GError **error)
{
	g_autoptr(Document) daily = view_daily(store, &request->filter, error);

	/* A sample of Prometheus has no day: it is the sum of the days asked for. */
	if (daily != NULL && g_strcmp0(request->format, "prometheus") == 0)
		return view_daily_sums(daily);
	return g_steal_pointer(&daily);
}

const Command command_export = {
	.name = "export",
	.operands = "",
	.summary = "Daily sums as flat rows",
	.takes = TAKES_STORE | TAKES_FILTER,
	.default_days = 28,
	.answer = answer,
	.document = "daily",
};
