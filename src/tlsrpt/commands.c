#include "command.h"

#include "tlsrpt/error.h"
#include "tlsrpt/prometheus.h"

#include <string.h>

/* The verbs that are a view and nothing else. */
static Document *
answer_summary(G_GNUC_UNUSED const Options *options, Store *store, const StoreFilter *filter,
	GError **error)
{
	return view_summary(store, filter, error);
}

static Document *
answer_failures(G_GNUC_UNUSED const Options *options, Store *store, const StoreFilter *filter,
	GError **error)
{
	return view_failures(store, filter, error);
}

static Document *
answer_trend(G_GNUC_UNUSED const Options *options, Store *store, const StoreFilter *filter,
	GError **error)
{
	return view_trend(store, filter, error);
}

static Document *
answer_reports(G_GNUC_UNUSED const Options *options, Store *store, const StoreFilter *filter,
	GError **error)
{
	return view_reports(store, filter, error);
}

static Document *
answer_export(G_GNUC_UNUSED const Options *options, Store *store, const StoreFilter *filter,
	GError **error)
{
	return view_daily(store, filter, error);
}

Document *
answer_explain(const Options *options, G_GNUC_UNUSED Store *store,
	G_GNUC_UNUSED const StoreFilter *filter, GError **error)
{
	const char *name = options->operands != NULL ? options->operands[0] : NULL;
	Document *document = view_explain(name);

	if (document == NULL)
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE,
			"nothing is known of \"%s\"; tlsrpt explain lists what is", name);
	return document;
}

bool
print_export(const Document *document, const char *format, FILE *out)
{
	static const char *const labels[] = { "policy_domain", "policy_type", "organization", "auth",
		NULL };

	if (strcmp(format, "prometheus") != 0)
		return false;

	/* A sample has no day: the sums of the days asked for. */
	g_autoptr(Document) sums = view_daily_sums(document);
	const Table *table = g_ptr_array_index(sums->tables, 0);
	render_prometheus("tlsrpt_successful_sessions", "Sessions with TLS as the policy asks for it.",
		table, "successful_sessions", labels, out);
	render_prometheus("tlsrpt_failed_sessions", "Sessions without TLS as the policy asks for it.",
		table, "failed_sessions", labels, out);
	render_prometheus("tlsrpt_reports", "Reports.", table, "reports", labels, out);
	return true;
}

const Command commands[] = {
	{ "summary", "", "Is all well? Sessions by domain, and the failures", TAKES_STORE | TAKES_FILTER,
		7, 0, 0, answer_summary, text_summary, NULL, NULL },
	{ "failures", "", "What failed, since when, seen by how many",
		TAKES_STORE | TAKES_FILTER, 28, 0, 0, answer_failures, text_failures, NULL,
		NULL },
	{ "trend", "", "Sessions by day", TAKES_STORE | TAKES_FILTER, 28, 0, 0, answer_trend, NULL, NULL,
		NULL },
	{ "reports", "", "The reports that came", TAKES_STORE | TAKES_FILTER, 7, 0, 0,
		answer_reports, NULL, NULL, NULL },
	{ "show", "ID|REPORT-ID|FILE|-", "One report in full", TAKES_STORE, 0, 1, 1, answer_show,
		text_report, NULL, NULL },
	{ "explain", "[NAME]", "What a failure means, and what to do", 0, 0, 0, 1, answer_explain,
		text_explain, NULL, NULL },
	{ "export", "", "Daily sums as flat rows", TAKES_STORE | TAKES_FILTER, 28, 0, 0,
		answer_export, NULL, print_export, "prometheus" },
	{ "status", "", "How the store is", TAKES_STORE, 0, 0, 0, answer_status, text_status, NULL,
		NULL },
	{ 0 },
};
