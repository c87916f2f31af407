/*
 * Numbers and texts in a row of bytes, by which one process hands plain values to another.  Whoever
 * unpacks need not trust whoever packed: the bytes may be anything.
 */
#ifndef TLSRPT_PACK_H
#define TLSRPT_PACK_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void pack_int(GByteArray *packed, int64_t number);

/* The text may be NULL. */
void pack_text(GByteArray *packed, const char *text);

/* A number of bytes that both sides know. */
void pack_bytes(GByteArray *packed, const void *bytes, size_t length);

/* What is left to be unpacked. */
typedef struct {
	const uint8_t *at;
	size_t left;
	/* The bytes are not what was asked for; from then on every result is 0 or NULL. */
	bool failed;
} Unpacker;

/* A number from min to max. */
int64_t unpack_int(Unpacker *unpacker, int64_t min, int64_t max);

/* A text, or NULL; it lies in the bytes that are unpacked. */
const char *unpack_text(Unpacker *unpacker);

/* A text that must be there and be valid UTF-8; "" after a failure. */
const char *unpack_some_text(Unpacker *unpacker);

/* Copies so many bytes. */
void unpack_bytes(Unpacker *unpacker, void *bytes, size_t length);

#endif
