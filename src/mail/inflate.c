/*
 * zlib is used directly.  GMimeFilterGZip reports success for a stream that is cut in half, has a
 * wrong CRC or no trailer, and it has no limit of size.
 */
#include "tlsrpt/inflate.h"

#include "tlsrpt/error.h"

#include <string.h>
#include <zlib.h>

#define GZIP_WINDOW (15 + 16) /* the largest window, gzip header and trailer */

bool
gzip_looks_like(GBytes *bytes)
{
	gsize size;
	const uint8_t *data = g_bytes_get_data(bytes, &size);

	return size >= 2 && data[0] == 0x1f && data[1] == 0x8b;
}

static bool
fail(TlsrptError code, const char *what, GError **error)
{
	g_set_error(error, TLSRPT_ERROR, code, "%s", what);
	return false;
}

/* Inflates one member, and appends it to out.  Afterwards the stream stands behind the member. */
static bool
inflate_member(z_stream *stream, GByteArray *out, int64_t limit, GError **error)
{
	uint8_t buffer[16 * 1024];
	int status;

	do {
		/* cppcheck-suppress autoVariables ; taken back below */
		stream->next_out = buffer;
		stream->avail_out = sizeof(buffer);
		status = inflate(stream, Z_NO_FLUSH);
		const size_t produced = sizeof(buffer) - stream->avail_out;
		if ((int64_t)(out->len + produced) > limit)
			return fail(TLSRPT_ERROR_LIMIT,
				"what the gzip data hold is over its limit (report= in the group [limits])",
				error);
		g_byte_array_append(out, buffer, (guint)produced);
	} while (status == Z_OK && (stream->avail_in > 0 || stream->avail_out == 0));

	stream->next_out = NULL;
	switch (status) {
	case Z_STREAM_END:
		return true;
	case Z_OK:
	case Z_BUF_ERROR:
		return fail(TLSRPT_ERROR_TRUNCATED_GZIP, "the gzip data ends too early", error);
	case Z_MEM_ERROR:
		return fail(TLSRPT_ERROR_NO_MEMORY, "no memory", error);
	default:
		return fail(TLSRPT_ERROR_CORRUPT_GZIP,
			stream->msg != NULL ? stream->msg : "not gzip", error);
	}
}

static bool
at_member(const z_stream *stream)
{
	return stream->avail_in >= 2 && stream->next_in[0] == 0x1f && stream->next_in[1] == 0x8b;
}

GBytes *
gzip_inflate(GBytes *gzip, int64_t limit, size_t *trailing, GError **damage, GError **error)
{
	gsize size;
	const uint8_t *data = g_bytes_get_data(gzip, &size);
	z_stream stream = { .next_in = (Bytef *)data, .avail_in = (uInt)size };

	if (inflateInit2(&stream, GZIP_WINDOW) != Z_OK) {
		fail(TLSRPT_ERROR_NO_MEMORY, "no memory", error);
		return NULL;
	}

	g_autoptr(GByteArray) out = g_byte_array_new();
	bool ok = inflate_member(&stream, out, limit, error);
	for (bool is_sound = ok; is_sound && at_member(&stream);) {
		const guint sound_size = out->len;
		inflateReset(&stream);
		is_sound = inflate_member(&stream, out, limit, damage != NULL ? damage : error);
		ok = is_sound || damage != NULL;
		if (!is_sound) {
			g_byte_array_set_size(out, sound_size);
			stream.avail_in = 0;
		}
	}
	while (stream.avail_in > 0 && *stream.next_in == 0) {
		stream.next_in++;
		stream.avail_in--;
	}
	*trailing = stream.avail_in;
	inflateEnd(&stream);
	return ok ? g_byte_array_free_to_bytes(g_steal_pointer(&out)) : NULL;
}

GBytes *
gzip_deflate(GBytes *bytes, GError **error)
{
	gsize size;
	const uint8_t *data = g_bytes_get_data(bytes, &size);
	z_stream stream = { .next_in = (Bytef *)data, .avail_in = (uInt)size };

	if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, 8,
		    Z_DEFAULT_STRATEGY)
		!= Z_OK) {
		fail(TLSRPT_ERROR_NO_MEMORY, "no memory", error);
		return NULL;
	}

	/* The bound is enough room to compress everything in one call. */
	const uLong bound = deflateBound(&stream, (uLong)size);
	uint8_t *out = g_malloc(bound);
	stream.next_out = out;
	stream.avail_out = (uInt)bound;
	const int status = deflate(&stream, Z_FINISH);
	const size_t produced = bound - stream.avail_out;
	deflateEnd(&stream);
	if (status != Z_STREAM_END) {
		g_free(out);
		fail(TLSRPT_ERROR_NO_MEMORY, "the compression failed", error);
		return NULL;
	}
	return g_bytes_new_take(g_realloc(out, produced), produced);
}
