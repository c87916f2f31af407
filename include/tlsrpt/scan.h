/* A pass over the bytes of a JSON text, before json-c builds a tree of it. */
#ifndef TLSRPT_SCAN_H
#define TLSRPT_SCAN_H

#include "tlsrpt/limits.h"
#include "tlsrpt/report.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The JSON value of a text, and what a parser must find in it: if it finds less, it ran out of
 * memory.
 */
typedef struct {
	const char *start; /* without BOM and white space */
	size_t length;
	size_t longest; /* bytes of the longest string, number or word in it */
	/* of all kinds, but not those whose key occurs again later in the same object */
	int64_t values;
} JsonText;

/* Whether the first byte after BOM and white space begins a JSON object or array. */
bool scan_looks_like_json(const char *bytes, size_t length);

/*
 * Finds the JSON value in the bytes, without what is before and after it.  Checks it against
 * json_depth, json_values and json_objects, and adds the findings to the report that a JSON parser
 * hides (bom, trailing-bytes, duplicate-key).  The value follows the grammar of RFC 8259, except
 * that its strings may hold control characters other than NUL, and bytes that are not UTF-8.
 *
 * TLSRPT_ERROR_LIMIT; TLSRPT_ERROR_NOT_JSON for text that ends inside the value or is not JSON. On
 * failure *text is untouched.
 */
bool scan_json(const char *bytes, size_t length, const Limits *limits, Report *report,
	JsonText *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
