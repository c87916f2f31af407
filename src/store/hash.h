/* The hash by which a report-id is found, and tables whose keys are digests. */
#ifndef TLSRPT_STORE_HASH_H
#define TLSRPT_STORE_HASH_H

#include <glib.h>
#include <stdint.h>

/* The hash of a report-id, from -2^23 to 2^23 - 1. */
int64_t store_hash(const char *text);

/* For g_hash_table_new(): keys of IDENTITY_SIZE bytes. */
guint digest_hash(gconstpointer key);
gboolean digest_equal(gconstpointer a, gconstpointer b);

#endif
