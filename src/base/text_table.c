#include "tlsrpt/text_table.h"

#include <string.h>
#include <sys/auxv.h>
#include <sys/random.h>

static uint64_t
rotate(uint64_t value, int bits)
{
	return value << bits | value >> (64 - bits);
}

static uint64_t
read_word(const uint8_t *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	return GUINT64_FROM_LE(word);
}

/* --- SipHash-1-3 (Aumasson and Bernstein), as its reference has it */

typedef struct {
	uint64_t v0, v1, v2, v3;
} SipState;

static void
sip_round(SipState *state)
{
	state->v0 += state->v1;
	state->v1 = rotate(state->v1, 13) ^ state->v0;
	state->v0 = rotate(state->v0, 32);
	state->v2 += state->v3;
	state->v3 = rotate(state->v3, 16) ^ state->v2;
	state->v0 += state->v3;
	state->v3 = rotate(state->v3, 21) ^ state->v0;
	state->v2 += state->v1;
	state->v1 = rotate(state->v1, 17) ^ state->v2;
	state->v2 = rotate(state->v2, 32);
}

static void
sip_word(SipState *state, uint64_t word)
{
	state->v3 ^= word;
	sip_round(state);
	state->v0 ^= word;
}

uint64_t
text_hash_bytes(const uint8_t key[TEXT_HASH_KEY_SIZE], const uint8_t *bytes, size_t length)
{
	const uint64_t k0 = read_word(key), k1 = read_word(key + 8);
	SipState state = { k0 ^ UINT64_C(0x736f6d6570736575), k1 ^ UINT64_C(0x646f72616e646f6d),
		k0 ^ UINT64_C(0x6c7967656e657261), k1 ^ UINT64_C(0x7465646279746573) };
	uint64_t last = (uint64_t)length << 56;
	size_t at = 0;

	for (; length - at >= 8; at += 8)
		sip_word(&state, read_word(bytes + at));
	for (int shift = 0; at < length; at++, shift += 8)
		last |= (uint64_t)bytes[at] << shift;
	sip_word(&state, last);
	state.v2 ^= 0xff;
	for (int i = 0; i < 3; i++)
		sip_round(&state);
	return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

/* --- the key of this process */

/*
 * Where the kernel has no random bytes yet, or a filter forbids the call, those are taken that it
 * gave to this process at its start.
 */
static void
draw_key(uint8_t key[TEXT_HASH_KEY_SIZE])
{
	if (getrandom(key, TEXT_HASH_KEY_SIZE, GRND_NONBLOCK) == TEXT_HASH_KEY_SIZE)
		return;

	const void *given = (const void *)(uintptr_t)getauxval(
		AT_RANDOM); // NOLINT(performance-no-int-to-ptr)
	if (given != NULL)
		memcpy(key, given, TEXT_HASH_KEY_SIZE);
}

guint
text_hash(gconstpointer text)
{
	static uint8_t key[TEXT_HASH_KEY_SIZE];
	static gsize is_drawn;

	if (g_once_init_enter(&is_drawn)) {
		draw_key(key);
		g_once_init_leave(&is_drawn, 1);
	}
	return (guint)text_hash_bytes(key, text, strlen(text));
}

/* --- the tables */

GHashTable *
text_table_new(GDestroyNotify free_key, GDestroyNotify free_value)
{
	return g_hash_table_new_full(text_hash, g_str_equal, free_key, free_value);
}

struct TextPool {
	GStringChunk *chunk;
	GHashTable *texts;
};

TextPool *
text_pool_new(size_t block_size)
{
	TextPool *pool = g_new(TextPool, 1);

	pool->chunk = g_string_chunk_new(block_size);
	pool->texts = text_table_new(NULL, NULL);
	return pool;
}

void
text_pool_free(TextPool *pool)
{
	if (pool == NULL)
		return;
	g_hash_table_unref(pool->texts);
	g_string_chunk_free(pool->chunk);
	g_free(pool);
}

const char *
text_pool_add(TextPool *pool, const char *text)
{
	char *own = g_hash_table_lookup(pool->texts, text);

	if (own == NULL) {
		own = g_string_chunk_insert(pool->chunk, text);
		g_hash_table_add(pool->texts, own);
	}
	return own;
}
