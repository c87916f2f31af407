/* The store, as it is opened for deliveries. */
#ifndef TLSRPT_INGEST_INGEST_STORE_H
#define TLSRPT_INGEST_INGEST_STORE_H

#include "ingest.h"

#include "tlsrpt/store.h"

/*
 * Opens the store, and makes it if it is missing, which is logged.  Waits for locks until
 * wait_until (g_get_monotonic_time()).  The errors of store_open().
 */
Store *ingest_open_store(
	const IngestOptions *options, int64_t wait_until, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
