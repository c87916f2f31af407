/* The one way in which the bytes of a message come into memory. */
#ifndef TLSRPT_MESSAGE_READ_H
#define TLSRPT_MESSAGE_READ_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where a message is read from, and how much of it. */
typedef struct {
	int descriptor;
	int64_t length; /* how many bytes to read; -1: all until the end */
	int64_t limit; /* of the bytes of a message */
	int idle_ms; /* how long to wait for the next byte; -1: without end */
} MessageSource;

/*
 * Reads a message into a file of ours.  TLSRPT_ERROR_TOO_LARGE if it is over the limit, after
 * everything was read all the same; otherwise the errors of input_read().
 */
bool message_read(const MessageSource *source, int file, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The content of such a file, which may be closed then.  TLSRPT_ERROR_IO.  Caller unrefs. */
GBytes *message_map(int file, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Both at once, through a file that is only in memory. */
GBytes *message_take(const MessageSource *source, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Reads the first bytes of a regular file of file_size bytes, at most size of them, without moving
 * the position in the file.  *length receives how many there were.  TLSRPT_ERROR_IO.
 */
bool message_read_start(int descriptor, int64_t file_size, char *bytes, size_t size, size_t *length,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* All of a regular file of file_size bytes.  TLSRPT_ERROR_IO.  Caller unrefs. */
GBytes *message_read_file(
	int descriptor, int64_t file_size, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Sets the error that says that a message is larger than limit bytes; returns false. */
bool message_fail_too_large(int64_t limit, GError **error);

#endif
