/* Splits multipart messages of the plain form that nearly all reports come in. */
#ifndef TLSRPT_MULTIPART_H
#define TLSRPT_MULTIPART_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct {
	const char *bytes; /* header, empty line and body; borrowed from the message */
	size_t length;
	/* a text for people: it has no file name, and does not begin like a report */
	bool is_remark;
} MultipartPart;

/*
 * Splits bytes that begin with the Content-* fields of a message.  Returns NULL if they are no
 * multipart, or if their form leaves any room for doubt; then the MIME parser decides what they
 * are. The array is of MultipartPart, caller unrefs.  *is_report tells whether it is a
 * multipart/report; it is untouched where NULL is returned.
 */
GArray *multipart_split(const char *bytes, size_t size, bool *is_report);

#endif
