/*
 * Strict, typed access to json-c values, in this one place because json-c's own accessors hide
 * what they convert.  Each getter gives the value, and adds findings for what it had to do.
 */
#ifndef TLSRPT_VALUE_H
#define TLSRPT_VALUE_H

#include "tlsrpt/limits.h"
#include "tlsrpt/lines.h"
#include "tlsrpt/report.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_object;

/* Where a value stands; a chain of these on the stack is its JSON path. */
typedef struct ValuePath {
	const struct ValuePath *parent; /* NULL at the root */
	const char *key; /* NULL for an array element */
	size_t index;
} ValuePath;

/* What the getters need to add findings. */
typedef struct {
	Report *report;
	const Limits *limits;
} ValueContext;

/* "$.policies[0].policy"; caller frees. */
char *value_path_text(const ValuePath *path);

void value_finding(const ValueContext *context, const ValuePath *parent, const char *key,
	FindingCode code, const char *detail);

/* Whether a value says anything: it is not null, nor an empty string, array or object. */
bool value_holds(struct json_object *value);

/* A value as text, a string as it is and anything else as JSON: valid UTF-8 of at most limit bytes; caller frees. */
char *value_shown(struct json_object *value, size_t limit);

/* Whether the object has the key at all, null or not; false where it is not an object. */
bool value_has(struct json_object *object, const char *key);

/* The object or array under a key; NULL without a finding unless it is both. */
struct json_object *value_peek_object(struct json_object *object, const char *key);
struct json_object *value_peek_list(struct json_object *object, const char *key);

/*
 * A string, clean, within limits->string, owned by the report.  "" if absent (a finding only
 * where expected), null, empty or of a type that has no text.
 */
const char *value_string(const ValueContext *context, struct json_object *object,
	const ValuePath *parent, const char *key, bool expected);

/* Likewise, but what is no string is kept as its JSON text. */
const char *value_string_or_json(const ValueContext *context, struct json_object *object,
	const ValuePath *parent, const char *key);

/* Whether there is a whole number under a key; no finding. */
bool value_whole_number(struct json_object *object, const char *key, int64_t *number);

/* A count, 0 to COUNT_MAX; *known receives whether there is one that can be read. */
int64_t value_count(const ValueContext *context, struct json_object *object,
	const ValuePath *parent, const char *key, bool expected, bool *known);

/*
 * Strings as lines: an array of them, or one, taken apart where one of them holds several of that
 * kind; unwrapped, if not NULL, is what was found as JSON text in value_only_string(), and taken
 * instead.
 */
const char *value_lines(const ValueContext *context, struct json_object *object,
	const ValuePath *parent, const char *key, LineKind kind, struct json_object *unwrapped,
	bool expected);

/* The string under a key, or in an array of one there; else NULL. Borrowed from the object. */
const char *value_only_string(struct json_object *object, const char *key);

/* The object under a key, also as the only element of an array, or NULL, with a finding. */
struct json_object *value_object(const ValueContext *context, struct json_object *object,
	const ValuePath *parent, const char *key, bool expected);

/*
 * A list of objects under a key: an array, or one object instead of it.  NULL if it is neither.
 * Use value_list_length() and value_list_element() on what is returned.
 */
struct json_object *value_list(const ValueContext *context, struct json_object *object,
	const ValuePath *parent, const char *key, bool expected);
size_t value_list_length(struct json_object *list);
struct json_object *value_list_element(struct json_object *list, size_t index);

/*
 * The text of a string, or of a number as it was written; never NULL.  json-c makes that of a number
 * when it is asked for, and has none if it gets no memory.
 */
const char *value_text(struct json_object *value);

/* Ends the process as GLib does where it gets no memory. */
_Noreturn void value_no_memory(void);

#endif
