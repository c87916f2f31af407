/*
 * The least that taking in messages can cost: reads the files that standard input names, a line
 * each, finds the attachment of typical.py, decodes it, and inflates it.  Prints how many bytes of
 * JSON that were.
 */
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#define JSON_MAX (64 << 20)
#define GZIP_WINDOW (MAX_WBITS + 16)

/* Cuts what is after the attachment off; NULL if there is none. */
static char *
find_attachment(char *message)
{
	static const char encoding[] = "Content-Transfer-Encoding: base64\n\n";
	char *base64 = strstr(message, encoding);
	char *end = base64 != NULL ? strstr(base64 + sizeof(encoding) - 1, "--") : NULL;

	if (end == NULL)
		return NULL;
	*end = '\0';
	return base64 + sizeof(encoding) - 1;
}

/* The number of bytes of JSON in a file; 0 if it is not as typical.py writes them. */
static size_t
unpack(const char *file, z_stream *stream, Bytef *json)
{
	g_autofree char *message = NULL;
	gsize size;

	if (!g_file_get_contents(file, &message, NULL, NULL))
		return 0;
	char *base64 = find_attachment(message);
	if (base64 == NULL)
		return 0;
	stream->next_in = g_base64_decode_inplace(base64, &size);
	stream->avail_in = (uInt)size;
	stream->next_out = json;
	stream->avail_out = JSON_MAX;
	inflateReset(stream);
	return inflate(stream, Z_FINISH) == Z_STREAM_END ? stream->total_out : 0;
}

int
main(void)
{
	g_autofree Bytef *json = g_malloc(JSON_MAX);
	z_stream stream = { 0 };
	char name[4096];
	size_t sum = 0;

	if (inflateInit2(&stream, GZIP_WINDOW) != Z_OK)
		return 1;
	while (fgets(name, sizeof(name), stdin) != NULL) {
		const size_t size = unpack(g_strchomp(name), &stream, json);
		if (size == 0) {
			fprintf(stderr, "floor: %s holds no attachment\n", name);
			return 1;
		}
		sum += size;
	}
	inflateEnd(&stream);
	printf("%zu\n", sum);
	return 0;
}
