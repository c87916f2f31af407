#include "command.h"

#include "tlsrpt/store_uri.h"

#include <sys/statvfs.h>

/* What is free on the file system of a store that is a file, in bytes; -1 if that is unknown. */
static int64_t
free_bytes(const char *uri)
{
	struct statvfs file_system;

	if (!store_uri_is_path(uri) || statvfs(uri, &file_system) != 0)
		return -1;
	return (int64_t)file_system.f_bavail * (int64_t)file_system.f_frsize;
}

static Document *
answer(const Request *request, Store *store, GError **error)
{
	g_autofree char *uri = request_store_uri(request, error);

	if (uri == NULL)
		return NULL;
	g_autofree char *printable = store_uri_printable(uri);
	const StatusOptions options = {
		.uri = printable,
		.free_bytes = free_bytes(uri),
		.quarantine = request->settings->limits.quarantine,
		.now = request->now,
	};
	return view_status(store, &options, error);
}

const Command command_status = {
	.name = "status",
	.operands = "",
	.summary = "How the store is",
	.takes = TAKES_STORE,
	.answer = answer,
	.document = "status",
};
