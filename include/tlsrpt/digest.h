/*
 * The identity of a report: SHA-256 over its JSON value in canonical form, which is the value
 * with keys sorted by their UTF-8 bytes, no white space, integers (5.0 and 5e0 too) in decimal,
 * other numbers with 17 significant digits, and in strings only '"', '\' and the characters
 * below U+0020 escaped (all as \u00xx in lower case).
 */
#ifndef TLSRPT_DIGEST_H
#define TLSRPT_DIGEST_H

#include <glib.h>
#include <stdint.h>

#define DIGEST_SIZE 32

/* A SHA-256 that is still taking in bytes, and its result. */
typedef struct {
	uint8_t bytes[DIGEST_SIZE];
} Digest;

struct json_object;

/*
 * Digest of a value.  If suffix is not NULL, a newline and the suffix are hashed after it.  The
 * recursion is as deep as the value, whose depth scan_json() has limited.
 */
void digest_json(struct json_object *value, const char *suffix, Digest *digest);

/* Digest of bytes. */
void digest_bytes(const void *bytes, size_t length, Digest *digest);

/* 64 hexadecimal digits; caller frees. */
char *digest_text(const Digest *digest);

#endif
