#include "tlsrpt/input.h"

#include "tlsrpt/error.h"
#include "tlsrpt/inflate.h"
#include "tlsrpt/scan.h"
#include "tlsrpt/sniff.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

static bool
io_error(const char *what, GError **error)
{
	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_IO, "%s: %s", what, g_strerror(errno));
	return false;
}

/*
 * Returns how many bytes were read, 0 at the end of the input, or -1 with errno, which is ETIMEDOUT
 * if no byte came for idle_ms.
 */
static ssize_t
read_some(int in, void *buffer, size_t size, int idle_ms)
{
	for (;;) {
		struct pollfd poller = { .fd = in, .events = POLLIN };
		const int ready = poll(&poller, 1, idle_ms);
		if (ready == 0) {
			errno = ETIMEDOUT;
			return -1;
		}
		const ssize_t got = ready < 0 ? -1 : read(in, buffer, size);
		if (got >= 0 || (errno != EINTR && errno != EAGAIN))
			return got;
	}
}

static bool
write_all(int out, const uint8_t *bytes, size_t size)
{
	while (size > 0) {
		const ssize_t written = write(out, bytes, size);
		if (written < 0 && errno != EINTR)
			return false;
		if (written > 0) {
			bytes += written;
			size -= (size_t)written;
		}
	}
	return true;
}

bool
input_read(int in, int out, int64_t expected, int64_t limit, int idle_ms, int64_t *length,
	GError **error)
{
	uint8_t buffer[64 * 1024];
	int64_t total = 0;

	while (expected < 0 || total < expected) {
		const size_t wanted = expected < 0
			? sizeof(buffer)
			: (size_t)MIN(expected - total, (int64_t)sizeof(buffer));
		const ssize_t got = read_some(in, buffer, wanted, idle_ms);
		if (got < 0)
			return io_error("cannot read the message", error);
		if (got == 0 && expected >= 0) {
			g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_IO,
				"the input ends before as many bytes came as were announced");
			return false;
		}
		if (got == 0)
			break;
		total += got;
		if (total <= limit && !write_all(out, buffer, (size_t)got))
			return io_error("cannot keep the message in memory", error);
	}
	*length = MIN(total, limit + 1);
	return true;
}

void
input_drain(int in, int idle_ms)
{
	uint8_t buffer[64 * 1024];

	while (read_some(in, buffer, sizeof(buffer), idle_ms) > 0)
		continue;
}

InputKind
input_kind(GBytes *bytes)
{
	gsize size;
	const char *data = g_bytes_get_data(bytes, &size);

	if (gzip_looks_like(bytes))
		return INPUT_GZIP;
	if (sniff(data, MIN(size, SNIFF_BYTES)) == SNIFF_ZIP)
		return INPUT_ZIP;
	return scan_looks_like_json(data, size) ? INPUT_JSON : INPUT_MESSAGE;
}

GBytes *
input_without_from_line(GBytes *message)
{
	gsize size;
	const char *data = g_bytes_get_data(message, &size);
	static const char from[] = "From ";

	if (size < strlen(from) || memcmp(data, from, strlen(from)) != 0)
		return g_bytes_ref(message);

	const char *newline = memchr(data, '\n', size);
	const size_t start = newline == NULL ? size : (size_t)(newline + 1 - data);
	return g_bytes_new_from_bytes(message, start, size - start);
}

/* Whether a line is "name: ..." with a field name after RFC 5322 section 2.2. */
static bool
is_header_line(const char *line, const char *end)
{
	const char *at = line;

	/* Looks no further than the name: the rest of the line may be megabytes. */
	while (at < end && *at > ' ' && *at < 0x7f && *at != ':')
		at++;
	return at < end && *at == ':' && at > line;
}

/* The same by the rules of GMime, which allows blanks before the colon, too. */
static bool
is_field(const char *line, const char *end)
{
	const char *at = line;

	while (at < end && *at > ' ' && *at < 0x7f && *at != ':')
		at++;
	const bool is_named = at > line;
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	return is_named && at < end && *at == ':';
}

bool
input_looks_like_message(const char *data, size_t size)
{
	return size > 0 && is_header_line(data, data + size);
}

/* Where the header begins, behind a byte order mark and blank lines; 0 if none follows on these. */
static size_t
header_start(const char *data, size_t size)
{
	size_t start = 0;

	if (size == 0)
		return 0;
	if (size >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0)
		start = 3;
	while (start < size && (data[start] == '\r' || data[start] == '\n'))
		start++;
	const bool has_from = size - start >= strlen("From ")
		&& memcmp(data + start, "From ", strlen("From ")) == 0;
	return has_from || input_looks_like_message(data + start, size - start) ? start : 0;
}

/* Whether the first line ends in CR CR LF; then all do. */
static bool
has_doubled_cr(const char *data, size_t size)
{
	const char *newline = size > 0 ? memchr(data, '\n', size) : NULL;

	return newline != NULL && newline - data >= 2 && newline[-1] == '\r' && newline[-2] == '\r';
}

static GBytes *
without_doubled_cr(GBytes *message)
{
	gsize size;
	const char *data = g_bytes_get_data(message, &size);
	char *plain = g_malloc(size);
	size_t length = 0;

	for (size_t i = 0; i < size; i++) {
		if (data[i] == '\r' && size - i > 2 && data[i + 1] == '\r' && data[i + 2] == '\n')
			continue;
		plain[length++] = data[i];
	}
	return g_bytes_new_take(plain, length);
}

static GBytes *
skip_bytes(GBytes *bytes, size_t n)
{
	return n == 0 ? g_bytes_ref(bytes)
		      : g_bytes_new_from_bytes(bytes, n, g_bytes_get_size(bytes) - n);
}

GBytes *
input_plain_message(GBytes *message)
{
	gsize size;
	const char *data = g_bytes_get_data(message, &size);
	g_autoptr(GBytes) begun = skip_bytes(message, header_start(data, size));
	g_autoptr(GBytes) letter = input_without_from_line(begun);

	data = g_bytes_get_data(letter, &size);
	return has_doubled_cr(data, size) ? without_doubled_cr(letter) : g_bytes_ref(letter);
}

/* Where in the message a line is, as far as that can be told without parsing. */
typedef enum {
	IN_HEADER,
	AFTER_HEADER, /* before the header of an enclosed message */
	IN_BODY,
} Place;

typedef struct {
	Place place;
	bool encloses; /* the header is that of a message inside the message, perhaps */
	bool has_digest; /* there is a multipart whose parts are messages unless they say otherwise */
	bool in_type; /* in the Content-Type field of the header */
	int64_t dash_lines, header_lines;
	int64_t field_size, fields; /* of the field and of the header that the line is in */
	int64_t fields_size; /* of all headers */
} MessageScan;

/* Whether a line begins with a word, in whatever case. */
static bool
begins_with(const char *line, const char *end, const char *word)
{
	const size_t length = strlen(word);

	return (size_t)(end - line) >= length && g_ascii_strncasecmp(line, word, length) == 0;
}

/* Whether a line has a word, which is in lower case here, anywhere. */
static bool
mentions(const char *line, const char *end, const char *word)
{
	while (line < end && (g_ascii_tolower(*line) != *word || !begins_with(line, end, word)))
		line++;
	return line < end;
}

static void
begin_header(MessageScan *scan)
{
	scan->place = IN_HEADER;
	scan->encloses = scan->has_digest;
	scan->in_type = false;
	scan->field_size = scan->fields = 0;
}

/* A header is what GMime takes for one: a body may hold lines that only look like fields. */
static bool
scan_header_line(MessageScan *scan, const char *line, const char *end, bool is_header,
	const Limits *limits, GError **error)
{
	const int64_t size = end - line + 1;

	if (is_header) {
		scan->field_size = 0;
		scan->fields++;
		scan->in_type = begins_with(line, end, "Content-Type");
	}
	if (scan->in_type) {
		scan->has_digest = scan->has_digest || mentions(line, end, "digest");
		scan->encloses = scan->encloses || mentions(line, end, "message");
	}
	scan->field_size += size;
	scan->fields_size += size;
	if (scan->field_size > limits->header_field)
		return error_over_limit("the message", "header-field", limits->header_field, error);
	/* GMime looks its fields up in a hash table without a key. */
	if (scan->fields > limits->header_fields)
		return error_over_limit(
			"the message", "header-fields", limits->header_fields, error);
	/* GMime makes up to 30 bytes of each of them: parameters, addresses, encoded words. */
	if (scan->fields_size > limits->header)
		return error_over_limit("the message", "header", limits->header, error);
	return true;
}

static bool
scan_line(
	MessageScan *scan, const char *line, const char *end, const Limits *limits, GError **error)
{
	const bool is_header = is_field(line, end);

	/* Counted wherever it stands, since only the parser knows what is a header. */
	if (is_header && ++scan->header_lines > limits->header_lines)
		return error_over_limit("the message", "header-lines", limits->header_lines, error);
	if (end - line >= 2 && line[0] == '-' && line[1] == '-') {
		if (++scan->dash_lines > limits->dash_lines)
			return error_over_limit("the message", "dash-lines", limits->dash_lines, error);
		begin_header(scan);
		return true;
	}
	if (line == end || (end - line == 1 && *line == '\r')) {
		if (scan->place == IN_HEADER)
			scan->place = scan->encloses ? AFTER_HEADER : IN_BODY;
		return true;
	}
	if (scan->place == AFTER_HEADER)
		begin_header(scan);
	return scan->place != IN_HEADER
		|| scan_header_line(scan, line, end, is_header, limits, error);
}

bool
input_scan_message(GBytes *message, const Limits *limits, GError **error)
{
	gsize size;
	const char *at = g_bytes_get_data(message, &size);
	const char *const end = size > 0 ? at + size : at;
	MessageScan scan = { .place = IN_HEADER };

	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *line_end = newline != NULL ? newline : end;
		if (!scan_line(&scan, at, line_end, limits, error))
			return false;
		at = newline != NULL ? newline + 1 : end;
	}
	return true;
}
