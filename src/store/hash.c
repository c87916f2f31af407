/*
 * store_hash() is FNV-1a of 32 bits.  The hashes are stored, so the function must be the same in all versions and
 * on all machines.
 */
#include "hash.h"

#include "names.h"

#include <string.h>

#define FNV_OFFSET UINT32_C(2166136261)
#define FNV_PRIME UINT32_C(16777619)

int64_t
store_hash(const char *text)
{
	uint32_t hash = FNV_OFFSET;

	for (const char *at = text; *at != '\0'; at++)
		hash = (hash ^ (uint8_t)*at) * FNV_PRIME;
	/* Fold it into a signed number of 24 bits, which SQLite stores in three bytes. */
	return (int64_t)(hash >> 24 ^ (hash & 0xffffff)) - 0x800000;
}

/* A digest is as good as random: any of its bytes are a hash. */
guint
digest_hash(gconstpointer key)
{
	guint hash;

	memcpy(&hash, key, sizeof(hash));
	return hash;
}

gboolean
digest_equal(gconstpointer a, gconstpointer b)
{
	return memcmp(a, b, IDENTITY_SIZE) == 0;
}
