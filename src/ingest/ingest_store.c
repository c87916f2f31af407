#include "ingest_store.h"

#include "ingest_log.h"

#include "tlsrpt/store_uri.h"

Store *
ingest_open_store(const IngestOptions *options, int64_t wait_until, GError **error)
{
	const StoreOptions how = { .wait_until = wait_until, .directory = options->directory };
	bool created = false;
	Store *store = store_open(options->store_uri, &how, &created, error);

	if (store != NULL && created) {
		g_autofree char *uri = store_uri_printable(options->store_uri);
		g_autofree char *text = g_strdup_printf("made the store %s", uri);
		log_private(text);
	}
	return store;
}
