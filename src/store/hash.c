/* FNV-1a of 32 bits: it is in the file, so it is one that stays the same everywhere. */
#include "hash.h"

#define FNV_OFFSET UINT32_C(2166136261)
#define FNV_PRIME UINT32_C(16777619)

int64_t
store_hash(const char *text)
{
	uint32_t hash = FNV_OFFSET;

	for (const char *at = text; *at != '\0'; at++)
		hash = (hash ^ (uint8_t)*at) * FNV_PRIME;
	/* What SQLite keeps in three bytes, with a sign. */
	return (int64_t)(hash >> 24 ^ (hash & 0xffffff)) - 0x800000;
}
