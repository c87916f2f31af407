/*
 * Strict, typed access to json-c values.  All of it is here because json-c's own accessors convert
 * values without telling.  Each getter returns the value, and adds findings for what it had to
 * convert or to leave out.
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

/* What the getters need in order to add findings. */
typedef struct {
	Report *report;
	const Limits *limits;
} ValueContext;

/* "$.policies[0].policy"; caller frees. */
char *value_path_text(const ValuePath *path);

void value_finding(const ValueContext *context, const ValuePath *parent, const char *key,
	FindingCode code, const char *detail);

/* Whether a value says anything: it is neither null nor an empty string, array or object. */
bool value_holds(struct json_object *value);

/*
 * A value as text, a string as it is and anything else as JSON: valid UTF-8 of at most limit bytes.
 * Caller frees.
 */
char *value_shown(struct json_object *value, size_t limit);

/*
 * Whether the object has the key, even with the value null.  False if it is not an object.  *value
 * receives the value, borrowed from the object; NULL if the key is not there.
 */
bool value_find(struct json_object *object, const char *key, struct json_object **value);

/* Likewise, without the value. */
bool value_has(struct json_object *object, const char *key);

/* The object, or the array, under a key.  NULL if absent or of another type; adds no finding. */
struct json_object *value_peek_object(struct json_object *object, const char *key);
struct json_object *value_peek_list(struct json_object *object, const char *key);

/*
 * The string under a key: clean, within limits->string, and owned by the report.  "" if it is
 * absent (which is a finding only if it is expected), null, empty, or of a type that has no text.
 */
const char *value_string(const ValueContext *context, struct json_object *object,
	const ValuePath *parent, const char *key, bool expected);

/* Likewise, but a value that is no string is kept as its JSON text. */
const char *value_string_or_json(const ValueContext *context, struct json_object *object,
	const ValuePath *parent, const char *key);

/* Whether there is a whole number under a key; adds no finding. */
bool value_whole_number(struct json_object *object, const char *key, int64_t *number);

/*
 * The count under a key, from 0 to COUNT_MAX; 0 if it is absent or no count.  *known receives whether
 * there is one that can be read.
 */
int64_t value_count(const ValueContext *context, struct json_object *object,
	const ValuePath *parent, const char *key, bool expected, bool *known);

/*
 * The strings under a key as lines: of an array, or a single string, which is taken apart where it
 * holds several of that kind.  unwrapped, if not NULL, is what value_only_string() found as JSON
 * text, and is taken instead.
 */
const char *value_lines(const ValueContext *context, struct json_object *object,
	const ValuePath *parent, const char *key, LineKind kind, struct json_object *unwrapped,
	bool expected);

/*
 * The string under a key, or the only element of an array there; NULL otherwise.  Borrowed from the
 * object.
 */
const char *value_only_string(struct json_object *object, const char *key);

/* The object under a key, also if it is the only element of an array.  NULL, with a finding, if none. */
struct json_object *value_object(const ValueContext *context, struct json_object *object,
	const ValuePath *parent, const char *key, bool expected);

/*
 * A list of objects under a key: an array, or a single object instead of one.  NULL if it is
 * neither. Use value_list_length() and value_list_element() on the result.
 */
struct json_object *value_list(const ValueContext *context, struct json_object *object,
	const ValuePath *parent, const char *key, bool expected);
size_t value_list_length(struct json_object *list);
struct json_object *value_list_element(struct json_object *list, size_t index);

/*
 * The text of a string, or of a number as it was written; never NULL.  json-c makes the text of a
 * number when it is asked for, and returns none if there is no memory: then the process ends.
 */
const char *value_text(struct json_object *value);

/* Ends the process, as GLib does when there is no memory. */
_Noreturn void value_no_memory(void);

#endif
