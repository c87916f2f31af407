/* What the first bytes of something say that it is.  Pure. */
#ifndef TLSRPT_SNIFF_H
#define TLSRPT_SNIFF_H

#include <stdbool.h>
#include <stddef.h>

typedef enum {
	SNIFF_OTHER,
	SNIFF_GZIP,
	SNIFF_JSON, /* an object, or an array of objects */
	SNIFF_ZIP,
	SNIFF_MESSAGE, /* a message as mail systems store it: with fields of theirs first */
	SNIFF_XML,
} Sniff;

/* How many bytes are enough. */
#define SNIFF_BYTES 256

Sniff sniff(const char *bytes, size_t length);

/* What a text in base64 is by its first bytes, decoded; SNIFF_OTHER also if it is not base64. */
Sniff sniff_base64(const char *text, size_t length);

/* Whether a file is named as TLS reports are (RFC 8460 section 5.1), or as JSON is. */
bool sniff_has_report_name(const char *file_name);

/* Whether a file name has the fields of section 5.1, and is not that of a DMARC report. */
bool sniff_has_report_fields(const char *file_name);

/* Whether a file is named as DMARC reports are (RFC 7489 section 7.2.1.1), or as XML is. */
bool sniff_has_dmarc_name(const char *file_name);

/* Whether the bytes have the text somewhere, in any case of letters. */
bool sniff_contains(const char *bytes, size_t length, const char *text);

#endif
