/* Several JSON objects in one text, as some senders put several reports into one part.  Pure. */
#ifndef TLSRPT_SERIES_H
#define TLSRPT_SERIES_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct {
	size_t start, length;
} SeriesItem;

/* How a series ends. */
typedef enum {
	SERIES_WHOLE,
	SERIES_OTHER_ELEMENT, /* an array has an element that is no object */
	SERIES_NO_END, /* an array is not closed */
} SeriesEnd;

/* Whether a text begins with an array.  It may be one of reports; a report itself is no array. */
bool series_is_array(const char *text, size_t length);

/*
 * Where the objects of a text are, at most limit + 1 of them; an array of SeriesItem, caller unrefs.
 * They follow each other, or are the elements of an array, with white space, commas, byte order marks
 * or record separators (RFC 7464) in between.  Other bytes after the last object count as part of it,
 * and an object that does not end takes the rest of the text.
 */
GArray *series_split(const char *text, size_t length, size_t limit, SeriesEnd *end);

#endif
