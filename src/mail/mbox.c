/*
 * Where a message ends in an mbox nobody has ever agreed on.  Four forms are in use:
 *
 *   mboxo   ">" before lines of a body that begin with "From "; not before ">From ", so that
 *           nobody can tell what it was
 *   mboxrd  the same, also before lines that begin with ">From ", ">>From " and so on
 *   mboxcl  as mboxo, and the field Content-Length has the size of the body
 *   mboxcl2 the same without quoting: only Content-Length says where the body ends
 *
 * So Content-Length is believed if the file ends there or a message begins there, else it is an
 * old one that somebody has copied.  Without it a message begins at a line "From ", if what
 * follows is a header field, and if it either has a date in it or an empty line before it.
 */
#include "tlsrpt/mbox.h"

#include "tlsrpt/error.h"
#include "tlsrpt/input.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FROM "From "
#define FROM_SIZE strlen(FROM)
#define CHUNK ((size_t)256 * 1024)
#define LOOK_AHEAD 2048 /* a "From " line, and the beginning of the line after it */
#define LOOK_BACK 3 /* the empty line before it */
#define BLANK_MAX 4 /* bytes of empty lines after a message, that are none of its size */
#define DATE_MAX 64 /* bytes from the weekday to the minute, with what blanks there may be */
#define HEADER_MAX ((int64_t)64 * 1024) /* in which Content-Length is looked for */

struct Mbox {
	int descriptor;
	int64_t limit;
	char *buffer; /* what is in the file from base on */
	size_t capacity, length;
	int64_t base;
	bool at_end; /* nothing comes after the buffer */
	int64_t next, number; /* of the next message; of the last one */
};

bool
mbox_looks_like(const void *data, size_t size)
{
	return size >= FROM_SIZE && memcmp(data, FROM, FROM_SIZE) == 0;
}

Mbox *
mbox_new(int descriptor, int64_t offset, int64_t number, int64_t limit)
{
	Mbox *mbox = g_new0(Mbox, 1);

	mbox->descriptor = descriptor;
	mbox->base = mbox->next = offset;
	mbox->number = number;
	mbox->limit = limit;
	return mbox;
}

void
mbox_free(Mbox *mbox)
{
	if (mbox == NULL)
		return;
	g_free(mbox->buffer);
	g_free(mbox);
}

static bool
read_at(const Mbox *mbox, void *bytes, size_t size, int64_t offset, size_t *got, GError **error)
{
	ssize_t result;

	do
		result = pread(mbox->descriptor, bytes, size, offset);
	while (result < 0 && errno == EINTR);
	*got = result > 0 ? (size_t)result : 0;
	if (result < 0)
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_IO, "cannot read it: %s",
			g_strerror(errno));
	return result >= 0;
}

/* Reads on, and forgets what stands before keep. */
static bool
read_on(Mbox *mbox, int64_t keep, GError **error)
{
	const size_t gone = (size_t)CLAMP(keep - mbox->base, 0, (int64_t)mbox->length);
	size_t got;

	mbox->length -= gone;
	mbox->base += (int64_t)gone;
	if (mbox->length > 0 && gone > 0)
		memmove(mbox->buffer, mbox->buffer + gone, mbox->length);
	if (mbox->capacity - mbox->length < CHUNK) {
		mbox->capacity = MAX(mbox->length + CHUNK, mbox->length * 3 / 2);
		mbox->buffer = g_realloc(mbox->buffer, mbox->capacity + 1);
	}
	if (!read_at(mbox, mbox->buffer + mbox->length, CHUNK,
		    mbox->base + (int64_t)mbox->length, &got, error))
		return false;
	mbox->length += got;
	mbox->buffer[mbox->length] = '\0'; /* whoever reads a number stops there */
	mbox->at_end = got == 0;
	return true;
}

/* Sees to it that the buffer reaches up to end, if the file does. */
static bool
read_up_to(Mbox *mbox, int64_t end, int64_t keep, GError **error)
{
	while (!mbox->at_end && mbox->base + (int64_t)mbox->length < end) {
		if (!read_on(mbox, keep, error))
			return false;
	}
	return true;
}

static const char *
text_at(const Mbox *mbox, int64_t offset)
{
	return mbox->buffer + (offset - mbox->base);
}

static const char *
text_end(const Mbox *mbox)
{
	return mbox->buffer + mbox->length;
}

/*
 * Whether a "From " line has a date as ctime() writes it, wherever in the line.  From each blank only
 * as far as a date reaches, since sscanf() looks for the end of its text first: a line of blanks
 * would be read as often as it has some.
 */
static bool
has_date(const char *line, const char *end)
{
	char text[DATE_MAX + 1], weekday[4], month[4];
	int day, hour, minute;

	for (const char *blank = line;; blank++) {
		blank = memchr(blank, ' ', (size_t)(end - blank));
		if (blank == NULL)
			return false;
		const size_t size = MIN((size_t)(end - blank), DATE_MAX);
		memcpy(text, blank, size);
		text[size] = '\0';
		if (sscanf(text, " %3[A-Za-z] %3[A-Za-z] %2d %2d:%2d", weekday, month, &day,
			    &hour, &minute) == 5)
			return true;
	}
}

/* Whether a message begins at line, which has begin before it and end after it. */
static bool
is_boundary(const char *begin, const char *line, const char *end)
{
	if (!mbox_looks_like(line, (size_t)(end - line)))
		return false;

	const char *newline = memchr(line, '\n', (size_t)(end - line));
	if (newline == NULL
		|| !input_looks_like_message(newline + 1, (size_t)(end - newline - 1)))
		return false;
	const size_t before = (size_t)(line - begin);
	const bool after_empty = before == 0 || (before >= 2 && line[-2] == '\n')
		|| (before >= 3 && line[-2] == '\r' && line[-3] == '\n');
	return after_empty || has_date(line, newline);
}

/* The body's size as the header says it, or -1; *body is where the body begins. */
static int64_t
content_length(const char *header, const char *end, const char **body)
{
	static const char name[] = "Content-Length:";
	int64_t length = -1;

	while (header < end && *header != '\n' && *header != '\r') {
		const char *newline = memchr(header, '\n', (size_t)(end - header));
		if (newline == NULL)
			return -1;
		if ((size_t)(newline - header) > strlen(name)
			&& g_ascii_strncasecmp(header, name, strlen(name)) == 0)
			length = g_ascii_strtoll(header + strlen(name), NULL, 10);
		header = newline + 1;
	}
	const char *newline = header < end ? memchr(header, '\n', (size_t)(end - header)) : NULL;
	if (newline == NULL)
		return -1;
	*body = newline + 1;
	return length > 0 && length < G_MAXINT64 / 2 ? length : -1;
}

/* Whether a message ends at offset: then *next is where the next one begins. */
static bool
ends_at(const Mbox *mbox, int64_t offset, int64_t *next, GError **error)
{
	char bytes[LOOK_AHEAD];
	size_t size;

	if (!read_at(mbox, bytes, sizeof(bytes), offset, &size, error))
		return false;
	const char *at = bytes, *end = bytes + size;
	while (at < end && at < bytes + BLANK_MAX && (*at == '\n' || *at == '\r'))
		at++;
	*next = offset + (at - bytes);
	if (at < end)
		return is_boundary(at, at, end);
	/* At the end of the file; but not past it. */
	return size > 0 || (read_at(mbox, bytes, 1, offset - 1, &size, error) && size == 1);
}

/* Looks whether the message that starts at start says itself where it ends. */
static bool
find_stated_end(Mbox *mbox, int64_t start, int64_t *end, int64_t *next, GError **error)
{
	const char *body = NULL;
	GError *problem = NULL;

	*end = -1;
	if (!read_up_to(mbox, start + HEADER_MAX, mbox->next, error))
		return false;
	const int64_t length = content_length(text_at(mbox, start), text_end(mbox), &body);
	if (length < 0)
		return true;
	const int64_t stated = mbox->base + (body - mbox->buffer) + length;
	if (ends_at(mbox, stated, next, &problem))
		*end = stated;
	if (problem != NULL)
		g_propagate_error(error, problem);
	return problem == NULL;
}

/*
 * Finds the line at which the next message begins, or the end of the file.  What has been looked
 * at is forgotten when it is more than the limit.
 */
static bool
find_next(Mbox *mbox, int64_t start, int64_t *next, GError **error)
{
	int64_t at = start - 1; /* the newline before the line in question */

	for (;;) {
		const int64_t keep = at - start > mbox->limit + BLANK_MAX ? at - LOOK_BACK : mbox->next;
		const char *from = text_at(mbox, at);
		const char *found =
			memmem(from, (size_t)(text_end(mbox) - from), "\n" FROM, FROM_SIZE + 1);
		const int64_t line = found != NULL
			? mbox->base + (found + 1 - mbox->buffer)
			: mbox->base + (int64_t)mbox->length - (int64_t)FROM_SIZE;
		if (found == NULL) {
			at = MAX(at, line);
			if (mbox->at_end) {
				*next = mbox->base + (int64_t)mbox->length;
				return true;
			}
			if (!read_on(mbox, keep, error))
				return false;
			continue;
		}
		if (!read_up_to(mbox, line + LOOK_AHEAD, keep, error))
			return false;
		const char *begin = start > mbox->base ? text_at(mbox, start) : mbox->buffer;
		if (is_boundary(begin, text_at(mbox, line), text_end(mbox))) {
			*next = line;
			return true;
		}
		at = line;
	}
}

/* A copy of the message, with one ">" less before each "From " that is quoted. */
static GBytes *
unquote(const char *text, size_t size)
{
	static const char quoted[] = ">" FROM;
	const char *const end = text + size;
	const char *copied = text, *at = text;
	const char *found;

	found = size > 0 ? memmem(text, size, quoted, strlen(quoted)) : NULL;
	if (found == NULL)
		return g_bytes_new(text, size);

	GByteArray *bytes = g_byte_array_sized_new((guint)size);
	for (; found != NULL; found = memmem(at, (size_t)(end - at), quoted, strlen(quoted))) {
		const char *line = found;
		while (line > text && line[-1] == '>')
			line--;
		if (line == text || line[-1] == '\n') {
			g_byte_array_append(bytes, (const guint8 *)copied, (guint)(found - copied));
			copied = found + 1;
		}
		at = found + strlen(quoted);
	}
	g_byte_array_append(bytes, (const guint8 *)copied, (guint)(end - copied));
	return g_byte_array_free_to_bytes(bytes);
}

/* Without the empty line that stands before the next "From " line. */
static size_t
without_empty_line(const char *text, size_t size)
{
	if (size >= 2 && text[size - 1] == '\n' && text[size - 2] == '\n')
		return size - 1;
	if (size >= 4 && memcmp(text + size - 4, "\r\n\r\n", 4) == 0)
		return size - 2;
	return size;
}

/* The message between two offsets, which are in the buffer; NULL if it is too large. */
static GBytes *
take(const Mbox *mbox, int64_t start, int64_t end, bool is_stated)
{
	const char *text = text_at(mbox, start);
	const size_t size = is_stated ? (size_t)(end - start)
				      : without_empty_line(text, (size_t)(end - start));

	if ((int64_t)size > mbox->limit)
		return NULL;
	if (is_stated && memmem(text, size, "\n" FROM, FROM_SIZE + 1) != NULL)
		return g_bytes_new(text, size); /* mboxcl2 */
	return unquote(text, size);
}

/* Where the line that begins at mbox->next ends; a message begins there. */
static bool
pass_from_line(Mbox *mbox, int64_t *start, GError **error)
{
	for (int64_t size = LOOK_AHEAD;; size *= 2) {
		if (!read_up_to(mbox, mbox->next + size, mbox->next, error))
			return false;
		const char *line = text_at(mbox, mbox->next);
		const char *newline = memchr(line, '\n', (size_t)(text_end(mbox) - line));
		if (newline == NULL && !mbox->at_end && size < mbox->limit)
			continue;
		*start = newline != NULL ? mbox->base + (newline + 1 - mbox->buffer)
					 : mbox->base + (int64_t)mbox->length;
		return true;
	}
}

bool
mbox_next(Mbox *mbox, MboxMessage *message, GError **error)
{
	int64_t start, end, next;

	if (!read_up_to(mbox, mbox->next + 1, mbox->next, error)
		|| mbox->base + (int64_t)mbox->length <= mbox->next)
		return false;
	if (!pass_from_line(mbox, &start, error)
		|| !find_stated_end(mbox, start, &end, &next, error))
		return false;
	const bool is_stated = end >= 0;
	if (!is_stated) {
		if (!find_next(mbox, start, &next, error))
			return false;
		end = next;
	}

	const bool too_large = end - start > mbox->limit + BLANK_MAX;
	if (!too_large && !read_up_to(mbox, end, mbox->next, error))
		return false;
	/* A file that somebody cuts short meanwhile. */
	end = MIN(end, mbox->base + (int64_t)mbox->length);
	*message = (MboxMessage){
		.bytes = too_large ? NULL : take(mbox, start, end, is_stated),
		.number = ++mbox->number,
		.offset = mbox->next,
		.end = next,
	};
	mbox->next = next;
	if (next > mbox->base + (int64_t)mbox->length) {
		mbox->base = next;
		mbox->length = 0;
		mbox->at_end = false;
	}
	return true;
}
