#include "command.h"

#include "tlsrpt/prometheus.h"

#include <string.h>

static Document *
answer(const Request *request, Store *store, GError **error)
{
	return view_daily(store, &request->filter, error);
}

static bool
print(const Document *document, const char *format, FILE *out)
{
	static const char *const labels[] = { "policy_domain", "policy_type", "organization",
		"auth", NULL };

	if (strcmp(format, "prometheus") != 0)
		return false;

	/* A sample has no day: the sums of the days asked for. */
	g_autoptr(Document) sums = view_daily_sums(document);
	const Table *table = g_ptr_array_index(sums->tables, 0);
	render_prometheus("tlsrpt_successful_sessions",
		"Sessions with TLS as the policy asks for it.", table, "successful_sessions",
		labels, out);
	render_prometheus("tlsrpt_failed_sessions",
		"Sessions without TLS as the policy asks for it.", table, "failed_sessions", labels,
		out);
	render_prometheus("tlsrpt_reports", "Reports.", table, "reports", labels, out);
	return true;
}

const Command command_export = {
	.name = "export",
	.operands = "",
	.summary = "Daily sums as flat rows",
	.takes = TAKES_STORE | TAKES_FILTER,
	.default_days = 28,
	.answer = answer,
	.print = print,
	.formats = ALL_FORMATS ", prometheus",
};
