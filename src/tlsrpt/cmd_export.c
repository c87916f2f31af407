#include "command.h"

#include "tlsrpt/view_metrics.h"

static Document *
answer_metrics(const Request *request, Store *store, GError **error)
{
	const IncidentRules rules = incident_rules(request);
	const BelieveRules believe = believe_rules(request);
	const ProblemsQuestion question = {
		.store = store,
		.filter = &request->filter,
		.rules = &rules,
		.believe = &believe,
	};
	const MetricsOptions options = {
		.quarantine = request->settings->limits.quarantine,
		.now = request->now,
	};

	return view_metrics(&question, &options, error);
}

static Document *
answer(const Request *request, Store *store, GError **error)
{
	/* A sample of Prometheus has no day, so each is of all days asked for. */
	if (g_strcmp0(request->format, "prometheus") == 0)
		return answer_metrics(request, store, error);
	return view_daily(store, &request->filter, error);
}

const Command command_export = {
	.name = "export",
	.operands = "",
	.summary = "Daily sums as rows, or numbers for Prometheus",
	.takes = TAKES_STORE | TAKES_FILTER,
	.default_days = 28,
	.answer = answer,
	.document = "daily",
};
