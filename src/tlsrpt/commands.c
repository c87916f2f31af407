#include "command.h"

#include "tlsrpt/error.h"
#include "tlsrpt/prometheus.h"
#include "tlsrpt/render_digest.h"

#include <string.h>

IncidentRules
incident_rules(const Options *options)
{
	const Config *settings = options->settings;

	return (IncidentRules){ settings->window_days, settings->baseline_days,
		settings->learning_days, settings->silence_days };
}

static void
add_failures_options(Options *options, GOptionContext *context)
{
	const GOptionEntry entries[] = {
		{ "authenticated-only", 0, 0, G_OPTION_ARG_NONE, &options->authenticated_only,
			"Believe only senders that are authenticated", NULL },
		{ 0 },
	};

	g_option_context_add_main_entries(context, entries, NULL);
}

/* The verbs that are a view and nothing else. */
static Document *
answer_summary(const Options *options, Store *store, const StoreFilter *filter, GError **error)
{
	const IncidentRules rules = incident_rules(options);

	return view_summary(store, filter, &rules, error);
}

static Document *
answer_failures(const Options *options, Store *store, const StoreFilter *filter, GError **error)
{
	const IncidentRules rules = incident_rules(options);

	return view_failures(store, filter, &rules, error);
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
	{ .name = "summary",
		.operands = "",
		.summary = "Is all well? Sessions by domain, and the failures",
		.takes = TAKES_STORE | TAKES_FILTER,
		.default_days = 7,
		.answer = answer_summary,
		.text = text_summary },
	{ .name = "failures",
		.operands = "",
		.summary = "What failed, since when, seen by how many",
		.takes = TAKES_STORE | TAKES_FILTER,
		.default_days = 28,
		.answer = answer_failures,
		.text = text_failures,
		.add_options = add_failures_options },
	{ .name = "trend",
		.operands = "",
		.summary = "Sessions by day",
		.takes = TAKES_STORE | TAKES_FILTER,
		.default_days = 28,
		.answer = answer_trend },
	{ .name = "reports",
		.operands = "",
		.summary = "The reports that came",
		.takes = TAKES_STORE | TAKES_FILTER,
		.default_days = 7,
		.answer = answer_reports },
	{ .name = "show",
		.operands = "ID|REPORT-ID|FILE|-",
		.summary = "One report in full",
		.takes = TAKES_STORE,
		.min_operands = 1,
		.max_operands = 1,
		.use = use_show,
		.answer = answer_show,
		.text = text_report },
	{ .name = "policy",
		.operands = "",
		.summary = "The policies that senders saw, and what to do about them",
		.takes = TAKES_STORE | TAKES_FILTER,
		.default_days = 90,
		.add_options = add_policy_options,
		.prepare = prepare_policy,
		.answer = answer_policy,
		.text = text_policy },
	{ .name = "explain",
		.operands = "[NAME]",
		.summary = "What a failure means, and what to do",
		.max_operands = 1,
		.answer = answer_explain,
		.text = text_explain },
	{ .name = "note",
		.operands = "INCIDENT [TEXT]",
		.summary = "Write down what is known of an incident, or show it",
		.takes = TAKES_STORE,
		.min_operands = 1,
		.max_operands = 2,
		.use = use_note,
		.answer = answer_note,
		.text = text_notes,
		.add_options = add_note_options, .prepare = prepare_note },
	{ .name = "resolve",
		.operands = "INCIDENT [TEXT]",
		.summary = "Mark an incident as resolved",
		.takes = TAKES_STORE,
		.min_operands = 1,
		.max_operands = 2,
		.use = use_write,
		.answer = answer_resolve,
		.text = text_notes,
		.add_options = add_note_options, .prepare = prepare_note },
	{ .name = "reopen",
		.operands = "INCIDENT [TEXT]",
		.summary = "Take that back",
		.takes = TAKES_STORE,
		.min_operands = 1,
		.max_operands = 2,
		.use = use_write,
		.answer = answer_reopen,
		.text = text_notes,
		.add_options = add_note_options, .prepare = prepare_note },
	{ .name = "check",
		.operands = "",
		.summary = "Is there an alarm? For monitoring systems",
		.takes = TAKES_STORE,
		.answer = answer_check,
		.text = text_check,
		.is_plugin = true,
		.add_options = add_check_options },
	{ .name = "digest",
		.operands = "",
		.summary = "The last week, as a mail to be sent",
		.takes = TAKES_STORE,
		.answer = answer_digest,
		.text = text_digest,
		.print = print_digest,
		.formats = "message, html, " ALL_FORMATS,
		.add_options = add_digest_options },
	{ .name = "record",
		.operands = "generate|check [DOMAIN] [RECORD]",
		.summary = "The DNS record that asks for reports",
		.min_operands = 1,
		.max_operands = 3,
		.answer = answer_record,
		.text = text_record,
		.add_options = add_record_options },
	{ .name = "export",
		.operands = "",
		.summary = "Daily sums as flat rows",
		.takes = TAKES_STORE | TAKES_FILTER,
		.default_days = 28,
		.answer = answer_export,
		.print = print_export,
		.formats = ALL_FORMATS ", prometheus" },
	{ .name = "status",
		.operands = "",
		.summary = "How the store is",
		.takes = TAKES_STORE,
		.answer = answer_status,
		.text = text_status },
	{ .name = "prune",
		.operands = "",
		.summary = "Deletes what is too old",
		.takes = TAKES_STORE,
		.use = use_prune,
		.add_options = add_prune_options,
		.answer = answer_prune,
		.text = text_prune },
	{ .name = "quarantine",
		.operands = "[ACTION] [ID...]",
		.summary = "Messages without a sound report: list, show, retry, drop",
		.takes = TAKES_STORE,
		.max_operands = G_MAXINT,
		.use = use_quarantine,
		.answer = answer_quarantine,
		.print = print_quarantine,
		.text = text_quarantine },
	{ .name = "reprocess",
		.operands = "[ID...]",
		.summary = "Reads stored reports anew, from what came",
		.takes = TAKES_STORE | TAKES_FILTER,
		.max_operands = G_MAXINT,
		.use = use_reprocess,
		.add_options = add_reprocess_options,
		.answer = answer_reprocess,
		.text = text_reprocess },
	{ 0 },
};
