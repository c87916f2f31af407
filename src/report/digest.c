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
hash_char(Hash *hash, char c)
{
	if (hash->length == sizeof(hash->bytes))
		flush(hash);
	hash->bytes[hash->length++] = c;
}

static void
hash_text(Hash *hash, const char *text)
{
	hash_bytes(hash, text, strlen(text));
}

static bool
is_special(char c)
{
	return (unsigned char)c < 0x20 || c == '"' || c == '\\';
}

/* A bit set if one of the eight bytes needs an escape. */
static uint64_t
special_in(uint64_t bytes)
{
	const uint64_t ones = UINT64_MAX / 0xff;
	const uint64_t quote = bytes ^ (ones * '"');
	const uint64_t backslash = bytes ^ (ones * '\\');

	/* Of a byte below n, and only where there is one, the subtraction borrows into the top bit. */
	return (((bytes - ones * 0x20) & ~bytes) | ((quote - ones) & ~quote)
		       | ((backslash - ones) & ~backslash))
		& (ones * 0x80);
}

/*
 * Copies a string, eight bytes at once; false if one of them needs an escape.  The last eight may
 * overlap with those before.
 */
static bool
copy_plain(char *to, const char *from, size_t length)
{
	uint64_t special = 0;
	uint64_t bytes;

	if (length < sizeof(bytes)) {
		for (size_t i = 0; i < length; i++) {
			special |= is_special(from[i]);
			to[i] = from[i];
		}
		return special == 0;
	}
	const size_t last = length - sizeof(bytes);
	for (size_t i = 0; i < last; i += sizeof(bytes)) {
		memcpy(&bytes, from + i, sizeof(bytes));
		memcpy(to + i, &bytes, sizeof(bytes));
		special |= special_in(bytes);
	}
	memcpy(&bytes, from + last, sizeof(bytes));
	memcpy(to + last, &bytes, sizeof(bytes));
	return (special | special_in(bytes)) == 0;
}

static void
hash_escaped(Hash *hash, const char *text, size_t length)
{
	size_t plain = 0; /* where the bytes begin that need no escape */

	for (size_t i = 0; i < length; i++) {
		if (!is_special(text[i]))
			continue;
		char escape[8];
		g_snprintf(escape, sizeof(escape), "\\u%04x", (unsigned char)text[i]);
		hash_bytes(hash, text + plain, i - plain);
		hash_text(hash, escape);
		plain = i + 1;
	}
	hash_bytes(hash, text + plain, length - plain);
}

static void
hash_string(Hash *hash, const char *text, size_t length)
{
	if (length + 2 > sizeof(hash->bytes) - hash->length)
		flush(hash);
	char *to = hash->bytes + hash->length;
	if (length + 2 <= sizeof(hash->bytes) && copy_plain(to + 1, text, length)) {
		to[0] = to[length + 1] = '"';
		hash->length += length + 2;
		return;
	}
	hash_char(hash, '"');
	hash_escaped(hash, text, length);
	hash_char(hash, '"');
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

#define FEW_MEMBERS 16

typedef struct {
	const char *key;
	struct json_object *value;
} Member;

/* Most keys differ in their first letter. */
static int
compare_keys(const void *a, const void *b)
{
	const char *one = ((const Member *)a)->key, *other = ((const Member *)b)->key;
	const int difference = (unsigned char)*one - (unsigned char)*other;

	return difference != 0 ? difference : strcmp(one, other);
}

/* Objects have a few keys, which qsort() would take a copy of first. */
static void
sort_members(Member *members, size_t n)
{
	if (n > FEW_MEMBERS) {
		qsort(members, n, sizeof(*members), compare_keys);
		return;
	}
	for (size_t i = 1; i < n; i++) {
		const Member member = members[i];
		size_t at = i;
		for (; at > 0 && compare_keys(&members[at - 1], &member) > 0; at--)
			members[at] = members[at - 1];
		members[at] = member;
	}
}

static void
hash_object(Hash *hash, struct json_object *object)
{
	const size_t length = (size_t)json_object_object_length(object);
	Member few[FEW_MEMBERS];
	g_autofree Member *many = length > FEW_MEMBERS ? g_new(Member, length) : NULL;
	Member *members = many != NULL ? many : few;
	size_t n = 0;

	json_object_object_foreach(object, key, value) {
		members[n++] = (Member){ key, value };
	}
	sort_members(members, n);
	hash_char(hash, '{');
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			hash_char(hash, ',');
		hash_string(hash, members[i].key, strlen(members[i].key));
		hash_char(hash, ':');
		hash_value(hash, members[i].value);
	}
	hash_char(hash, '}');
}

static void
hash_array(Hash *hash, struct json_object *array)
{
	hash_char(hash, '[');
	for (size_t i = 0; i < json_object_array_length(array); i++) {
		if (i > 0)
			hash_char(hash, ',');
		hash_value(hash, json_object_array_get_idx(array, i));
	}
	hash_char(hash, ']');
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
		hash_char(&hash, '\n');
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
