#include "tlsrpt/digest.h"

#include "tlsrpt/value.h"

#include <json-c/json.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Collects the canonical form, so that the checksum gets it in large pieces. */
typedef struct {
	GChecksum *sum;
	size_t length;
	char bytes[4096];
} Hash;

static void hash_value(Hash *hash, struct json_object *value);

static void
flush(Hash *hash)
{
	g_checksum_update(hash->sum, (const guchar *)hash->bytes, (gssize)hash->length);
	hash->length = 0;
}

static void
hash_bytes(Hash *hash, const char *bytes, size_t length)
{
	if (length > sizeof(hash->bytes) - hash->length)
		flush(hash);
	if (length > sizeof(hash->bytes)) {
		g_checksum_update(hash->sum, (const guchar *)bytes, (gssize)length);
		return;
	}
	memcpy(hash->bytes + hash->length, bytes, length);
	hash->length += length;
}

static void
hash_text(Hash *hash, const char *text)
{
	hash_bytes(hash, text, strlen(text));
}

/* Whether something in a string needs an escape.  Without an early end many bytes go at once. */
static bool
has_special(const char *text, size_t length)
{
	uint8_t special = 0;

	for (size_t i = 0; i < length; i++) {
		const uint8_t c = (uint8_t)text[i];
		special |= (uint8_t)((c < 0x20) | (c == '"') | (c == '\\'));
	}
	return special != 0;
}

static void
hash_string(Hash *hash, const char *text, size_t length)
{
	const bool special = has_special(text, length);
	size_t plain = 0; /* where the bytes begin that need no escape */

	hash_bytes(hash, "\"", 1);
	for (size_t i = 0; i < length && special; i++) {
		const unsigned char c = (unsigned char)text[i];
		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		char escape[8];
		g_snprintf(escape, sizeof(escape), "\\u%04x", c);
		hash_bytes(hash, text + plain, i - plain);
		hash_text(hash, escape);
		plain = i + 1;
	}
	hash_bytes(hash, text + plain, length - plain);
	hash_bytes(hash, "\"", 1);
}

static void
hash_int(Hash *hash, struct json_object *value)
{
	const int64_t number = json_object_get_int64(value);
	char text[24];

	/* It may be larger; text without a floating point number in it comes out as the decimal. */
	if (number == INT64_MAX) {
		hash_text(hash, value_text(value));
		return;
	}
	g_snprintf(text, sizeof(text), "%" G_GINT64_FORMAT, number);
	hash_text(hash, text);
}

static void
hash_double(Hash *hash, double number)
{
	char text[64];

	/* Whole numbers that a double holds exactly are integers, however they were written. */
	if (fabs(number) <= 9007199254740992.0 && number == trunc(number))
		g_snprintf(text, sizeof(text), "%.0f", number == 0 ? 0.0 : number);
	else
		g_ascii_formatd(text, sizeof(text), "%.17g", number);
	hash_text(hash, text);
}

typedef struct {
	const char *key;
	struct json_object *value;
} Member;

static int
compare_keys(const void *a, const void *b)
{
	return strcmp(((const Member *)a)->key, ((const Member *)b)->key);
}

static void
hash_object(Hash *hash, struct json_object *object)
{
	g_autofree Member *members = g_new(Member, json_object_object_length(object));
	size_t n = 0;

	json_object_object_foreach(object, key, value) {
		members[n++] = (Member){ key, value };
	}
	if (n > 1)
		qsort(members, n, sizeof(*members), compare_keys);
	hash_bytes(hash, "{", 1);
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			hash_bytes(hash, ",", 1);
		hash_string(hash, members[i].key, strlen(members[i].key));
		hash_bytes(hash, ":", 1);
		hash_value(hash, members[i].value);
	}
	hash_bytes(hash, "}", 1);
}

static void
hash_array(Hash *hash, struct json_object *array)
{
	hash_bytes(hash, "[", 1);
	for (size_t i = 0; i < json_object_array_length(array); i++) {
		if (i > 0)
			hash_bytes(hash, ",", 1);
		hash_value(hash, json_object_array_get_idx(array, i));
	}
	hash_bytes(hash, "]", 1);
}

static void
hash_value(Hash *hash, struct json_object *value)
{
	switch (json_object_get_type(value)) {
	case json_type_null:
		hash_text(hash, "null");
		break;
	case json_type_boolean:
		hash_text(hash, json_object_get_boolean(value) ? "true" : "false");
		break;
	case json_type_int:
		hash_int(hash, value);
		break;
	case json_type_double:
		hash_double(hash, json_object_get_double(value));
		break;
	case json_type_string:
		hash_string(hash, json_object_get_string(value),
			(size_t)json_object_get_string_len(value));
		break;
	case json_type_object:
		hash_object(hash, value);
		break;
	case json_type_array:
		hash_array(hash, value);
		break;
	}
}

static void
finish(GChecksum *sum, Digest *digest)
{
	gsize size = sizeof(digest->bytes);

	g_checksum_get_digest(sum, digest->bytes, &size);
}

void
digest_json(struct json_object *value, const char *suffix, Digest *digest)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	Hash hash = { .sum = sum };

	hash_value(&hash, value);
	if (suffix != NULL) {
		hash_bytes(&hash, "\n", 1);
		hash_text(&hash, suffix);
	}
	flush(&hash);
	finish(sum, digest);
}

void
digest_bytes(const void *bytes, size_t length, Digest *digest)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);

	g_checksum_update(sum, bytes, (gssize)length);
	finish(sum, digest);
}

char *
digest_text(const Digest *digest)
{
	static const char digits[] = "0123456789abcdef";
	char *text = g_new0(char, 2 * DIGEST_SIZE + 1);

	for (size_t i = 0; i < DIGEST_SIZE; i++) {
		text[2 * i] = digits[digest->bytes[i] >> 4];
		text[2 * i + 1] = digits[digest->bytes[i] & 0x0f];
	}
	return text;
}
