#include "command.h"

#include "tlsrpt/view_check.h"

Document *
answer_check(const Options *options, Store *store, const StoreFilter *filter, GError **error)
{
	const IncidentRules rules = incident_rules(options);
	const CheckOptions check = {
		.warning = options->warning,
		.critical = options->critical,
		.learning_ok = options->learning_ok,
		.now = options->now,
	};

	return view_check(store, filter, &rules, &check, error);
}

void
add_check_options(Options *options, GOptionContext *context)
{
	const GOptionEntry entries[] = {
		{ "domain", 0, 0, G_OPTION_ARG_FILENAME, &options->domain, "Of this policy domain",
			"DOMAIN" },
		{ "warning", 'w', 0, G_OPTION_ARG_FILENAME, &options->warning,
			"Warn if the failed share of a domain, in percent, is outside", "RANGE" },
		{ "critical", 'c', 0, G_OPTION_ARG_FILENAME, &options->critical,
			"Likewise, critical", "RANGE" },
		{ "authenticated-only", 0, 0, G_OPTION_ARG_NONE, &options->authenticated_only,
			"Believe only senders that are authenticated", NULL },
		{ "learning-ok", 0, 0, G_OPTION_ARG_NONE, &options->learning_ok,
			"It is all right that no report ever came", NULL },
		{ 0 },
	};

	g_option_context_add_main_entries(context, entries, NULL);
}
