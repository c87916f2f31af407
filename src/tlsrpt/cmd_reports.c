#include "command.h"

#include "tlsrpt/hostname.h"

typedef struct {
	gboolean failed;
	char *result_type, *mx;
} Own;

static const CommandOption options[] = {
	{ "failed", 0, G_OPTION_ARG_NONE, offsetof(Own, failed), "Only with failed sessions", NULL,
		0 },
	{ "result-type", 0, G_OPTION_ARG_FILENAME, offsetof(Own, result_type),
		"Only with a failure of this result type", "TYPE", 0 },
	{ "mx", 0, G_OPTION_ARG_FILENAME, offsetof(Own, mx), "Only with a failure at this MX",
		"HOST", 0 },
	{ 0 },
};

static Document *
answer(const Request *request, Store *store, GError **error)
{
	const Own *own = request->own;
	g_autofree char *stored = own->mx != NULL ? hostname_stored_form(own->mx) : NULL;
	const ReportsQuestion question = {
		.failed = own->failed,
		.result_type = own->result_type,
		.mx = stored != NULL ? stored : own->mx,
	};

	return view_reports(store, &request->filter, &question, error);
}

const Command command_reports = {
	.name = "reports",
	.operands = "",
	.summary = "The reports that came",
	.takes = TAKES_STORE | TAKES_FILTER,
	.options = options,
	.own_size = sizeof(Own),
	.default_days = 7,
	.answer = answer,
	.document = "reports",
};
