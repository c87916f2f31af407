/* The parts of a multipart message in the plain form that nearly all reports come in. */
#ifndef TLSRPT_MULTIPART_H
#define TLSRPT_MULTIPART_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct {
	const char *bytes; /* header, empty line and body; borrowed from the message */
	size_t length;
	bool is_remark; /* text for people, without a name, which does not begin like a report */
} MultipartPart;

/*
 * Takes apart what begins with the Content-* fields of a message, where its form leaves room for one
 * opinion only.  NULL if it is no multipart or of another form: then it is for the MIME parser to
 * say what it is.  Caller unrefs the array, which is of MultipartPart; *is_report tells whether it is
 * a multipart/report, and is untouched without a result.
 */
GArray *multipart_split(const char *bytes, size_t size, bool *is_report);

#endif
