#include "tlsrpt/digest.h"

#include <json-c/json.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void hash_value(GChecksum *sum, struct json_object *value);

static void
hash_text(GChecksum *sum, const char *text)
{
	g_checksum_update(sum, (const guchar *)text, (gssize)strlen(text));
}

static void
hash_string(GChecksum *sum, const char *text, size_t length)
{
	size_t plain = 0; /* where the bytes begin that need no escape */

	hash_text(sum, "\"");
	for (size_t i = 0; i < length; i++) {
		const unsigned char c = (unsigned char)text[i];
		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		char escape[8];
		g_snprintf(escape, sizeof(escape), "\\u%04x", c);
		g_checksum_update(sum, (const guchar *)text + plain, (gssize)(i - plain));
		hash_text(sum, escape);
		plain = i + 1;
	}
	g_checksum_update(sum, (const guchar *)text + plain, (gssize)(length - plain));
	hash_text(sum, "\"");
}

static void
hash_double(GChecksum *sum, double number)
{
	char text[64];

	/* Whole numbers that a double holds exactly are integers, however they were written. */
	if (fabs(number) <= 9007199254740992.0 && number == trunc(number))
		g_snprintf(text, sizeof(text), "%.0f", number == 0 ? 0.0 : number);
	else
		g_ascii_formatd(text, sizeof(text), "%.17g", number);
	hash_text(sum, text);
}

static int
compare_keys(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
hash_object(GChecksum *sum, struct json_object *object)
{
	g_autofree const char **keys = g_new(const char *, json_object_object_length(object));
	size_t n = 0;

	json_object_object_foreach(object, key, unused) {
		(void)unused;
		keys[n++] = key;
	}
	if (n > 1)
		qsort(keys, n, sizeof(*keys), compare_keys);
	hash_text(sum, "{");
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			hash_text(sum, ",");
		hash_string(sum, keys[i], strlen(keys[i]));
		hash_text(sum, ":");
		hash_value(sum, json_object_object_get(object, keys[i]));
	}
	hash_text(sum, "}");
}

static void
hash_array(GChecksum *sum, struct json_object *array)
{
	hash_text(sum, "[");
	for (size_t i = 0; i < json_object_array_length(array); i++) {
		if (i > 0)
			hash_text(sum, ",");
		hash_value(sum, json_object_array_get_idx(array, i));
	}
	hash_text(sum, "]");
}

static void
hash_value(GChecksum *sum, struct json_object *value)
{
	switch (json_object_get_type(value)) {
	case json_type_null:
		hash_text(sum, "null");
		break;
	case json_type_boolean:
		hash_text(sum, json_object_get_boolean(value) ? "true" : "false");
		break;
	case json_type_int:
		/* Text without a floating point number in it comes out as the decimal. */
		hash_text(sum, json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN));
		break;
	case json_type_double:
		hash_double(sum, json_object_get_double(value));
		break;
	case json_type_string:
		hash_string(sum, json_object_get_string(value),
			(size_t)json_object_get_string_len(value));
		break;
	case json_type_object:
		hash_object(sum, value);
		break;
	case json_type_array:
		hash_array(sum, value);
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

	hash_value(sum, value);
	if (suffix != NULL) {
		hash_text(sum, "\n");
		hash_text(sum, suffix);
	}
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
	GString *text = g_string_sized_new((size_t)2 * DIGEST_SIZE);

	for (size_t i = 0; i < DIGEST_SIZE; i++)
		g_string_append_printf(text, "%02x", digest->bytes[i]);
	return g_string_free(text, FALSE);
}
