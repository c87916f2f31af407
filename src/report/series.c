#include "tlsrpt/series.h"

#include <string.h>

typedef struct {
	const char *at, *end;
	int depth; /* number of open arrays */
} Reader;

/* Skips separators, and keeps count of the open arrays. */
static void
skip_separators(Reader *reader)
{
	while (reader->at < reader->end) {
		const char c = *reader->at;
		if (reader->end - reader->at >= 3 && memcmp(reader->at, "\xef\xbb\xbf", 3) == 0) {
			reader->at += 3;
			continue;
		}
		if (c == '\0' || strchr(" \t\r\n,[]\x1e", c) == NULL)
			return;
		reader->depth += (c == '[') - (c == ']');
		reader->at++;
	}
}

/* Moves past the object that begins here, or to the end of the text if it does not end. */
static void
skip_object(Reader *reader)
{
	int depth = 0;
	bool in_string = false;

	for (; reader->at < reader->end; reader->at++) {
		const char c = *reader->at;
		if (in_string) {
			if (c == '\\' && reader->end - reader->at > 1)
				reader->at++;
			in_string = c != '"';
		} else if (c == '"') {
			in_string = true;
		} else if (c == '{') {
			depth++;
		} else if (c == '}' && --depth == 0) {
			reader->at++;
			return;
		}
	}
}

bool
series_is_array(const char *text, size_t length)
{
	if (length == 0)
		return false; /* empty data may be a null pointer */

	Reader reader = { text, text + length, 0 };
	skip_separators(&reader);
	return reader.depth != 0;
}

GArray *
series_split(const char *text, size_t length, size_t limit, SeriesEnd *end)
{
	if (length == 0)
		text = "";

	Reader reader = { text, text + length, 0 };
	GArray *items = g_array_new(FALSE, FALSE, sizeof(SeriesItem));

	*end = SERIES_WHOLE;
	skip_separators(&reader);
	while (reader.at < reader.end && *reader.at == '{' && items->len <= limit) {
		const char *start = reader.at;
		skip_object(&reader);
		const SeriesItem item = { (size_t)(start - text), (size_t)(reader.at - start) };
		g_array_append_val(items, item);
		skip_separators(&reader);
	}
	if (reader.at < reader.end && reader.depth > 0) {
		*end = SERIES_OTHER_ELEMENT;
	} else if (reader.at < reader.end && *reader.at != '{' && items->len > 0) {
		SeriesItem *last = &g_array_index(items, SeriesItem, items->len - 1);
		last->length = length - last->start;
	} else if (reader.depth > 0) {
		*end = SERIES_NO_END;
	}
	return items;
}
