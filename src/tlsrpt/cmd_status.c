#include "command.h"

#include "tlsrpt/store_uri.h"

static Document *
answer(const Request *request, Store *store, GError **error)
{
	g_autofree char *uri = request_store_uri(request, error);

	if (uri == NULL)
		return NULL;
	g_autofree char *printable = store_uri_printable(uri);
	return view_status(store, printable, error);
}

const Command command_status = {
	.name = "status",
	.operands = "",
	.summary = "How the store is",
	.takes = TAKES_STORE,
	.answer = answer,
	.document = "status",
};
