/*
 * Tables of texts that strangers choose: names of domains, keys of JSON, organizations, policies.
 * The hash has a key that nobody knows, so that no set of texts is slow to look up.  GLib's own
 * g_str_hash() has none: anybody can write thousands of texts that fall on one place of its table.
 */
#ifndef TLSRPT_TEXT_TABLE_H
#define TLSRPT_TEXT_TABLE_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

#define TEXT_HASH_KEY_SIZE 16

/* SipHash-1-3 of the bytes. */
uint64_t text_hash_bytes(
	const uint8_t key[TEXT_HASH_KEY_SIZE], const uint8_t *bytes, size_t length);

/* The hash of a text (const char *) under the key of this process. */
guint text_hash(gconstpointer text);

/* A table with texts as keys; the functions that free keys and values may be NULL. Caller unrefs. */
GHashTable *text_table_new(GDestroyNotify free_key, GDestroyNotify free_value);

/* Texts that are kept once each, until the pool is freed. */
typedef struct TextPool TextPool;

TextPool *text_pool_new(size_t block_size);
void text_pool_free(TextPool *pool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TextPool, text_pool_free)

/* The pool's own copy of the text. */
const char *text_pool_add(TextPool *pool, const char *text);

#endif
