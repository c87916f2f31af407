/* Reads a message, and looks at its bytes before anything parses them. */
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
 * Copies from the descriptor in to the descriptor out, which is a file of ours, until the end of
 * the input or, unless expected is -1, until expected bytes have come; an earlier end is
 * TLSRPT_ERROR_IO.  After limit bytes it reads on and keeps nothing: *length is then limit + 1.
 * TLSRPT_ERROR_IO also if reading or writing fails, or if no byte comes for idle_ms (-1: waits for
 * ever).
 */
bool input_read(int in, int out, int64_t expected, int64_t limit, int idle_ms, int64_t *length,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reads and discards until the end of the input, or until no byte comes for idle_ms. */
void input_drain(int in, int idle_ms);

/* What the bytes are. */
InputKind input_kind(GBytes *bytes);

/* Whether the bytes, of which more may follow, begin with a field of a header. */
bool input_looks_like_message(const char *data, size_t size);

/* The message without the mbox "From " line before it, if there is one. Caller unrefs. */
GBytes *input_without_from_line(GBytes *message);

/*
 * The message in the form in which it was sent: without "From " line as above, without a byte order
 * mark and blank lines before its header, and with CRLF for CR CR LF.  Programs that write a file
 * anew leave such things.  What is in that form already is not copied.  Caller unrefs.
 */
GBytes *input_plain_message(GBytes *message);

/*
 * Checks the bytes of a message against dash_lines, header_lines and the limits of headers, before
 * GMime builds a tree of them.  False with TLSRPT_ERROR_LIMIT.
 */
bool input_scan_message(GBytes *message, const Limits *limits, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

#endif
