#include "command.h"

static Document *
answer(const Request *request, Store *store, GError **error)
{
	g_autofree char *uri = request_store_uri(request, error);

	return uri != NULL ? view_status(store, uri, error) : NULL;
}

const Command command_status = {
	.name = "status",
	.operands = "",
	.summary = "How the store is",
	.takes = TAKES_STORE,
	.answer = answer,
	.document = "status",
};
