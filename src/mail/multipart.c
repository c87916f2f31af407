/*
 * GMime makes some dozens of objects of each part and each of its fields, and most messages have a
 * part that only people look at.  So what is plainly a multipart of leaves is cut at its boundaries
 * here, and GMime gets the parts that a report may be in.  Whatever is at all unusual (another field
 * that says what the body is, a comment, an escape, a boundary with something behind it, line ends
 * of both kinds around one, a missing end, a part within a part) is left to GMime as a whole, so that there is one judge of such things.
 */
#include "tlsrpt/multipart.h"

#include <string.h>

#define BOUNDARY_MAX 70 /* RFC 2046 section 5.1.1 */

typedef struct {
	const char *at, *end;
} Text;

/* One field, its folding included, which ends with a line end. */
typedef struct {
	Text name, value;
} Field;

static bool
equals(Text text, const char *word)
{
	const size_t length = strlen(word);

	return (size_t)(text.end - text.at) == length
		&& g_ascii_strncasecmp(text.at, word, length) == 0;
}

static bool
is_white(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void
skip_white(Text *text)
{
	while (text->at < text->end && is_white(*text->at))
		text->at++;
}

static bool
skip(Text *text, char c)
{
	if (text->at == text->end || *text->at != c)
		return false;
	text->at++;
	return true;
}

/* What follows of letters, digits and a few others, none of which has a meaning in a field. */
static Text
take_token(Text *text)
{
	Text token = { text->at, text->at };

	while (text->at < text->end
		&& (g_ascii_isalnum(*text->at) || *text->at == '-' || *text->at == '+'
			|| *text->at == '.' || *text->at == '_'))
		text->at++;
	token.end = text->at;
	return token;
}

/* The rest of a quoted string without an escape; false if it has one, or no end. */
static bool
take_quoted(Text *text, Text *quoted)
{
	quoted->at = text->at;
	while (text->at < text->end && g_ascii_isprint(*text->at) && *text->at != '"'
		&& *text->at != '\\')
		text->at++;
	quoted->end = text->at;
	return skip(text, '"');
}

/* Takes the parameters to the end; their boundary must be one that needs no decoding. */
static bool
take_boundary(Text *text, Text *boundary)
{
	bool found = false;

	for (skip_white(text); skip(text, ';'); skip_white(text)) {
		Text value;
		skip_white(text);
		const Text name = take_token(text);
		if (name.at == name.end || !skip(text, '='))
			return false;
		if (!skip(text, '"'))
			value = take_token(text);
		else if (!take_quoted(text, &value))
			return false;
		if (value.at == value.end)
			return false;
		if (equals(name, "boundary")) {
			if (found)
				return false;
			*boundary = value;
			found = true;
		}
	}
	const ptrdiff_t length = found ? boundary->end - boundary->at : 0;
	return text->at == text->end && length > 0 && length <= BOUNDARY_MAX
		&& memchr(boundary->at, ' ', (size_t)length) == NULL
		&& memchr(boundary->at, '?', (size_t)length) == NULL;
}

/* Takes a line off the text, and says where it ends without its line end; false if it has none. */
static bool
take_line(Text *text, Text *line)
{
	const char *newline = memchr(text->at, '\n', (size_t)(text->end - text->at));

	if (newline == NULL)
		return false;
	*line = (Text){ text->at, newline };
	if (line->end > line->at && line->end[-1] == '\r')
		line->end--;
	text->at = newline + 1;
	return true;
}

/* Takes a field off the text; false if it is not in good order. */
static bool
take_field(Text *text, Field *field)
{
	Text line;

	field->name = take_token(text);
	if (field->name.at == field->name.end || !skip(text, ':'))
		return false;
	field->value.at = text->at;
	do {
		if (!take_line(text, &line)
			|| memchr(line.at, '\0', (size_t)(line.end - line.at)) != NULL
			|| memchr(line.at, '\r', (size_t)(line.end - line.at)) != NULL)
			return false;
	} while (text->at < text->end && (*text->at == ' ' || *text->at == '\t'));
	field->value.end = text->at;
	skip_white(&field->value);
	return true;
}

/* Takes the empty line after a header. */
static bool
take_empty_line(Text *text)
{
	skip(text, '\r');
	return skip(text, '\n');
}

/* Takes the header of the message, of which the type is the one field. */
static bool
take_type(Text *text, Text *boundary, bool *is_report)
{
	Field field;

	if (!take_field(text, &field) || !equals(field.name, "Content-Type"))
		return false;
	const Text type = take_token(&field.value);
	if (!equals(type, "multipart") || !skip(&field.value, '/'))
		return false;
	const Text subtype = take_token(&field.value);
	*is_report = equals(subtype, "report");
	return subtype.at < subtype.end && take_boundary(&field.value, boundary)
		&& take_empty_line(text);
}

static bool
has_name(Text value)
{
	for (; value.end - value.at >= (ptrdiff_t)strlen("name"); value.at++) {
		if (g_ascii_strncasecmp(value.at, "name", strlen("name")) == 0)
			return true;
	}
	return false;
}

/* Whether the bytes of a body in that encoding begin as they stand there, or nearly. */
static bool
is_readable(Text encoding)
{
	const Text token = take_token(&encoding);

	skip_white(&encoding);
	return encoding.at == encoding.end
		&& (equals(token, "7bit") || equals(token, "8bit")
			|| equals(token, "quoted-printable"));
}

/* Looks at the header of a part, which must be a leaf of a general kind. */
static bool
look_at_part(MultipartPart *part)
{
	Text text = { part->bytes, part->bytes + part->length };
	bool is_text = false, is_plain = true;
	int types = 0;

	do {
		Field field;
		if (!take_field(&text, &field))
			return false;
		is_plain = is_plain && !has_name(field.value);
		if (equals(field.name, "Content-Transfer-Encoding")) {
			is_plain = is_plain && is_readable(field.value);
		} else if (equals(field.name, "Content-Type")) {
			const Text type = take_token(&field.value);
			is_text = equals(type, "text");
			if (++types > 1 || (!is_text && !equals(type, "application")))
				return false;
		}
	} while (text.at < text.end && *text.at != '\n' && *text.at != '\r');
	if (types == 0 || !take_empty_line(&text))
		return false;
	skip_white(&text);
	part->is_remark = is_text && is_plain && (text.at == text.end || g_ascii_isalnum(*text.at));
	return true;
}

/*
 * Appends the part that ends where a boundary line begins; the line end before that belongs to the
 * boundary, and must be of the same kind as that behind it.
 */
static bool
add_part(GArray *parts, const char *begin, const char *boundary, bool has_crlf)
{
	const char *end = boundary - 1;

	if (has_crlf != (end > begin && end[-1] == '\r'))
		return false;
	end -= has_crlf;
	if (end <= begin)
		return false;
	MultipartPart part = { .bytes = begin, .length = (size_t)(end - begin) };
	if (!look_at_part(&part))
		return false;
	g_array_append_val(parts, part);
	return true;
}

/* Cuts a body at its boundaries; false if one of them, or a part, is not in the plain form. */
static bool
cut(Text text, Text boundary, GArray *parts)
{
	const size_t length = (size_t)(boundary.end - boundary.at);
	const char *begin = NULL; /* of the part */
	bool ended = false;
	Text line;

	while (take_line(&text, &line)) {
		if ((size_t)(line.end - line.at) < 2 + length || memcmp(line.at, "--", 2) != 0
			|| memcmp(line.at + 2, boundary.at, length) != 0)
			continue;
		const Text rest = { line.at + 2 + length, line.end };
		if (ended || (rest.at < rest.end && !equals(rest, "--")))
			return false;
		if (begin != NULL && !add_part(parts, begin, line.at, *line.end == '\r'))
			return false;
		begin = text.at;
		ended = rest.at < rest.end;
	}
	/* What is left has no line end; it may only follow the end. */
	return ended && parts->len > 0;
}

GArray *
multipart_split(const char *bytes, size_t size, bool *is_report)
{
	if (size == 0)
		return NULL; /* what is empty may be NULL */

	g_autoptr(GArray) parts = NULL;
	Text text = { bytes, bytes + size };
	Text boundary;
	bool report;

	if (!take_type(&text, &boundary, &report))
		return NULL;
	parts = g_array_new(FALSE, FALSE, sizeof(MultipartPart));
	if (!cut(text, boundary, parts))
		return NULL;
	*is_report = report;
	return g_steal_pointer(&parts);
}
