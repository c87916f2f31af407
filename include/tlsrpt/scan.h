/* A pass over the bytes of a JSON text, before json-c builds a tree of it. */
#ifndef TLSRPT_SCAN_H
#define TLSRPT_SCAN_H

#include "tlsrpt/limits.h"
#include "tlsrpt/report.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A value in a JSON text, and what a parser will make of it unless it runs out of memory. */
typedef struct {
	const char *start; /* without BOM and white space */
	size_t length;
	size_t longest; /* bytes of the longest string, number or word in it */
	int64_t values; /* of all kinds, without those whose key comes once more in the same object */
} JsonText;

/* Whether the bytes look like a JSON object or array: the first one after BOM and white space. */
bool scan_looks_like_json(const char *bytes, size_t length);

/*
 * Finds the one JSON value in the bytes, without anything before and after it.  Holds it against
 * json_depth, json_values and json_objects, and adds the findings that a JSON parser hides (bom,
 * trailing-bytes, duplicate-key) to the report.  A value that it finds is one by the grammar of RFC 8259, but for
 * control characters other than NUL, and bytes that are not UTF-8, in strings.
 *
 * TLSRPT_ERROR_LIMIT; TLSRPT_ERROR_NOT_JSON for text that ends inside the value or is not JSON.
 * On failure *text is untouched.
 */
bool scan_json(const char *bytes, size_t length, const Limits *limits, Report *report,
	JsonText *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
