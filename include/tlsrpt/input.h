/* The message as bytes. */
#ifndef TLSRPT_INPUT_H
#define TLSRPT_INPUT_H

#include "tlsrpt/limits.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef enum {
	INPUT_MESSAGE, /* RFC 5322 */
	INPUT_JSON,
	INPUT_GZIP,
	INPUT_ZIP,
} InputKind;

/*
 * Copies everything from descriptor in to descriptor out (a file of ours), until the end of the
 * input, or of expected bytes where that is not -1; an end before that is TLSRPT_ERROR_IO.  Past
 * limit bytes it goes on reading but keeps nothing: *length is then limit + 1.
 * Waiting longer than idle_ms (-1: for ever) for the next byte, or failing to read or write, is
 * TLSRPT_ERROR_IO.
 */
bool input_read(int in, int out, int64_t expected, int64_t limit, int idle_ms, int64_t *length,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reads until the end of the input, or idle_ms without a byte, and throws it away. */
void input_drain(int in, int idle_ms);

/* What the bytes are. */
InputKind input_kind(GBytes *bytes);

/* Whether the bytes, of which more may follow, begin with a field of a header. */
bool input_looks_like_message(const char *data, size_t size);

/* The message without the mbox "From " line before it, if there is one. Caller unrefs. */
GBytes *input_without_from_line(GBytes *message);

/*
 * The message in the form in which it was sent: likewise, and without a byte order mark and blank lines
 * before its header, and with CRLF for CR CR LF, as programs leave them that write a file anew.  What
 * is in that form already is not copied.  Caller unrefs.
 */
GBytes *input_plain_message(GBytes *message);

/*
 * A pass over the message's bytes before GMime builds a tree of it: dash_lines, header_lines and
 * header_field.  TLSRPT_ERROR_LIMIT.
 */
bool input_scan_message(GBytes *message, const Limits *limits, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

#endif
