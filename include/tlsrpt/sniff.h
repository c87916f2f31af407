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

/* What base64 that begins so begins with when it is decoded; SNIFF_OTHER also for what is no base64. */
Sniff sniff_base64(const char *text, size_t length);

/* Whether a file name is that of a TLS report (RFC 8460 section 5.1), or ends as one of JSON does. */
bool sniff_has_report_name(const char *file_name);

/* Whether a file name has the fields of section 5.1, and is not that of a DMARC report. */
bool sniff_has_report_fields(const char *file_name);

/* Whether a file name is that of a DMARC report (RFC 7489 section 7.2.1.1), or ends as one of XML does. */
bool sniff_has_dmarc_name(const char *file_name);

/* Whether the bytes have the text somewhere, in any case of letters. */
bool sniff_contains(const char *bytes, size_t length, const char *text);

#endif
