#include "tlsrpt/pack.h"

#include <string.h>

#define LENGTH_OF_NULL (-1)

void
pack_bytes(GByteArray *packed, const void *bytes, size_t length)
{
	g_byte_array_append(packed, bytes, (guint)length);
}

void
pack_int(GByteArray *packed, int64_t number)
{
	pack_bytes(packed, &number, sizeof(number));
}

void
pack_text(GByteArray *packed, const char *text)
{
	const size_t length = text != NULL ? strlen(text) : 0;

	pack_int(packed, text != NULL ? (int64_t)length : LENGTH_OF_NULL);
	if (text != NULL)
		pack_bytes(packed, text, length + 1);
}

/* So many bytes where they lie; NULL after a failure. */
static const void *
unpack_in_place(Unpacker *unpacker, size_t length)
{
	const uint8_t *at = unpacker->at;

	if (unpacker->failed || unpacker->left < length) {
		unpacker->failed = true;
		return NULL;
	}
	unpacker->at += length;
	unpacker->left -= length;
	return at;
}

void
unpack_bytes(Unpacker *unpacker, void *bytes, size_t length)
{
	const void *at = unpack_in_place(unpacker, length);

	if (at != NULL)
		memcpy(bytes, at, length);
	else
		memset(bytes, 0, length);
}

int64_t
unpack_int(Unpacker *unpacker, int64_t min, int64_t max)
{
	int64_t number;

	unpack_bytes(unpacker, &number, sizeof(number));
	if (number < min || number > max)
		unpacker->failed = true;
	return unpacker->failed ? 0 : number;
}

const char *
unpack_text(Unpacker *unpacker)
{
	const int64_t length = unpack_int(unpacker, LENGTH_OF_NULL, INT64_MAX - 1);

	if (unpacker->failed || length == LENGTH_OF_NULL)
		return NULL;
	const char *text = unpack_in_place(unpacker, (size_t)length + 1);
	if (text != NULL && text[length] == '\0')
		return text;
	unpacker->failed = true;
	return NULL;
}

const char *
unpack_some_text(Unpacker *unpacker)
{
	const char *text = unpack_text(unpacker);

	if (text != NULL && g_utf8_validate(text, -1, NULL))
		return text;
	unpacker->failed = true;
	return "";
}
