#include "tlsrpt/value.h"

#include <json-c/json.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void
append_path(GString *text, const ValuePath *path)
{
	if (path == NULL) {
		g_string_append_c(text, '$');
		return;
	}
	append_path(text, path->parent);
	if (path->key != NULL)
		g_string_append_printf(text, ".%s", path->key);
	else
		g_string_append_printf(text, "[%zu]", path->index);
}

char *
value_path_text(const ValuePath *path)
{
	GString *text = g_string_new(NULL);

	append_path(text, path);
	return g_string_free(text, FALSE);
}

void
value_finding(const ValueContext *context, const ValuePath *parent, const char *key,
	FindingCode code, const char *detail)
{
	const ValuePath path = { .parent = parent, .key = key };
	g_autofree char *text = value_path_text(&path);

	/* A path may hold a key that a stranger chose, and that is as long as he likes. */
	if (strlen(text) > (size_t)context->limits->string)
		text[context->limits->string] = '\0';
	g_autofree char *valid = g_utf8_make_valid(text, -1);
	report_add_finding(context->report, context->limits, code, valid, detail);
}

/* What a value is called in a finding's detail. */
static const char *
type_name(struct json_object *value)
{
	switch (json_object_get_type(value)) {
	case json_type_null:
		return "null";
	case json_type_boolean:
		return "boolean";
	case json_type_double:
	case json_type_int:
		return "number";
	case json_type_object:
		return "object";
	case json_type_array:
		return "array";
	case json_type_string:
		return "string";
	}
	return "value";
}

static void
finding_wrong_type(const ValueContext *context, const ValuePath *parent, const char *key,
	struct json_object *value, const char *wanted, bool ignored)
{
	g_autofree char *detail = g_strdup_printf("%s for %s%s", type_name(value), wanted,
		ignored ? ", ignored" : "");

	value_finding(context, parent, key, FINDING_WRONG_TYPE, detail);
}

bool
value_holds(struct json_object *value)
{
	switch (json_object_get_type(value)) {
	case json_type_null:
		return false;
	case json_type_string:
		return json_object_get_string_len(value) > 0;
	case json_type_array:
		return json_object_array_length(value) > 0;
	case json_type_object:
		return json_object_object_length(value) > 0;
	default:
		return true;
	}
}

char *
value_shown(struct json_object *value, size_t limit)
{
	const bool is_string = json_object_is_type(value, json_type_string);
	const char *text = is_string
		? json_object_get_string(value)
		: json_object_to_json_string_ext(
			value, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
	char *valid = g_utf8_make_valid(text, -1);

	if (strlen(valid) > limit)
		*g_utf8_find_prev_char(valid, valid + limit + 1) = '\0';
	return valid;
}

/* To compare so few members takes less than json-c's hash of the key. */
#define FEW_MEMBERS 16

bool
value_find(struct json_object *object, const char *key, struct json_object **value)
{
	*value = NULL;
	if (!json_object_is_type(object, json_type_object))
		return false;
	if (json_object_object_length(object) > FEW_MEMBERS)
		return json_object_object_get_ex(object, key, value);
	json_object_object_foreach (object, name, member) {
		if (*name == *key && strcmp(name, key) == 0) {
			*value = member;
			return true;
		}
	}
	return false;
}

bool
value_has(struct json_object *object, const char *key)
{
	struct json_object *value;

	return value_find(object, key, &value);
}

static struct json_object *
peek(struct json_object *object, const char *key)
{
	struct json_object *value;

	value_find(object, key, &value);
	return value;
}

struct json_object *
value_peek_object(struct json_object *object, const char *key)
{
	struct json_object *value = peek(object, key);

	return json_object_is_type(value, json_type_object) ? value : NULL;
}

struct json_object *
value_peek_list(struct json_object *object, const char *key)
{
	struct json_object *value = peek(object, key);
	const bool is_list = json_object_is_type(value, json_type_object)
		|| json_object_is_type(value, json_type_array);

	return is_list ? value : NULL;
}

/*
 * The value under a key.  NULL if it is absent or null; then adds the finding for that, if one is
 * due.
 */
static struct json_object *
get(const ValueContext *context, struct json_object *object, const ValuePath *parent,
	const char *key, bool expected)
{
	struct json_object *value;

	if (!value_find(object, key, &value)) {
		if (expected)
			value_finding(context, parent, key, FINDING_MISSING, NULL);
		return NULL;
	}
	if (value == NULL)
		value_finding(context, parent, key, FINDING_NULL, NULL);
	return value;
}

/*
 * The text of a string in which nothing is to be cleaned, as nearly all are: printable ASCII within
 * the limit, and no white space at either end.  NULL for any other string.
 */
static const char *
text_as_it_is(const ValueContext *context, struct json_object *string)
{
	const size_t length = (size_t)json_object_get_string_len(string);
	const char *text = json_object_get_string(string);

	if (length == 0 || length > (size_t)context->limits->string || text[0] == ' '
		|| text[length - 1] == ' ')
		return NULL;
	for (const char *at = text; at < text + length; at++) {
		if (!g_ascii_isprint(*at))
			return NULL;
	}
	return text;
}

static bool
has_control_characters(const char *text)
{
	for (; *text != '\0'; text = g_utf8_next_char(text)) {
		if (g_unichar_iscntrl(g_utf8_get_char(text)))
			return true;
	}
	return false;
}

/* Keeps the text, which is within the limit, as a value of one line. */
static const char *
keep_text(const ValueContext *context, const ValuePath *parent, const char *key, const char *text)
{
	g_autofree char *stripped = g_strstrip(g_strdup(text));

	if (strlen(stripped) < strlen(text))
		value_finding(context, parent, key, FINDING_WHITE_SPACE, NULL);
	if (has_control_characters(stripped))
		value_finding(context, parent, key, FINDING_CONTROL_CHARACTERS, NULL);
	return report_string(context->report, stripped);
}

/*
 * A JSON string as clean UTF-8 without NUL, of at most limit bytes.  If *owned is set, the caller
 * frees that.
 */
static const char *
clean_text(const ValueContext *context, struct json_object *value, const ValuePath *parent,
	const char *key, char **owned)
{
	const size_t limit = (size_t)context->limits->string;
	size_t length = (size_t)json_object_get_string_len(value);
	const char *text = json_object_get_string(value);

	*owned = NULL;
	if (memchr(text, '\0', length) != NULL) {
		GString *without = g_string_sized_new(length);
		for (size_t i = 0; i < length; i++) {
			if (text[i] != '\0')
				g_string_append_c(without, text[i]);
		}
		value_finding(context, parent, key, FINDING_NUL, NULL);
		length = without->len;
		text = *owned = g_string_free(without, FALSE);
	}
	if (!g_utf8_validate(text, (gssize)length, NULL)) {
		char *valid = g_utf8_make_valid(text, (gssize)length);
		value_finding(context, parent, key, FINDING_INVALID_UTF8, NULL);
		g_free(*owned);
		text = *owned = valid;
		length = strlen(valid);
	}
	if (length > limit) {
		g_autofree char *detail = g_strdup_printf("%zu bytes", length);
		value_finding(context, parent, key, FINDING_CUT, detail);
		size_t cut = limit;
		while (cut > 0 && ((unsigned char)text[cut] & 0xc0) == 0x80)
			cut--;
		char *shorter = g_strndup(text, cut);
		g_free(*owned);
		text = *owned = shorter;
	}
	return text;
}

static bool
is_number(struct json_object *value)
{
	return json_object_is_type(value, json_type_int)
		|| json_object_is_type(value, json_type_double);
}

void
value_no_memory(void)
{
	g_error("no memory"); /* which does not return */
}

const char *
value_text(struct json_object *value)
{
	/*
	 * json-c keeps the text of a number with a fraction as it was written.  Its own function
	 * for the text would make a copy.
	 */
	const char *written = json_object_is_type(value, json_type_double)
		? json_object_get_userdata(value)
		: NULL;
	const char *text = written != NULL ? written : json_object_get_string(value);

	if (text == NULL)
		value_no_memory();
	return text;
}

/* A number as it was written, within the limit; caller frees. */
static char *
number_text(const ValueContext *context, struct json_object *value, const ValuePath *parent,
	const char *key)
{
	const char *text = value_text(value);
	const size_t limit = (size_t)context->limits->string;

	if (strlen(text) > limit) {
		g_autofree char *detail = g_strdup_printf("%zu bytes", strlen(text));
		value_finding(context, parent, key, FINDING_CUT, detail);
	}
	return g_strndup(text, limit);
}

const char *
value_string(const ValueContext *context, struct json_object *object, const ValuePath *parent,
	const char *key, bool expected)
{
	struct json_object *value = get(context, object, parent, key, expected);
	const char *as_it_is = json_object_is_type(value, json_type_string)
		? text_as_it_is(context, value)
		: NULL;
	g_autofree char *owned = NULL;

	if (as_it_is != NULL)
		return report_string(context->report, as_it_is);
	if (value == NULL)
		return "";
	if (is_number(value)) {
		finding_wrong_type(context, parent, key, value, "string", false);
		owned = number_text(context, value, parent, key);
		return report_string(context->report, owned);
	}
	if (!json_object_is_type(value, json_type_string)) {
		finding_wrong_type(context, parent, key, value, "string", true);
		return "";
	}
	if (json_object_get_string_len(value) == 0) {
		value_finding(context, parent, key, FINDING_EMPTY, NULL);
		return "";
	}

	const char *text = clean_text(context, value, parent, key, &owned);
	return keep_text(context, parent, key, text);
}

const char *
value_string_or_json(const ValueContext *context, struct json_object *object,
	const ValuePath *parent, const char *key)
{
	struct json_object *value = peek(object, key);

	if (value == NULL || json_object_is_type(value, json_type_string) || is_number(value))
		return value_string(context, object, parent, key, false);
	if (!value_holds(value)) {
		value_finding(context, parent, key, FINDING_EMPTY, NULL);
		return "";
	}
	const size_t limit = (size_t)context->limits->string;
	g_autofree char *whole = value_shown(value, SIZE_MAX - 1);
	g_autofree char *text = value_shown(value, limit);
	finding_wrong_type(context, parent, key, value, "string", false);
	if (strlen(text) < strlen(whole)) {
		g_autofree char *detail = g_strdup_printf("%zu bytes", strlen(whole));
		value_finding(context, parent, key, FINDING_CUT, detail);
	}
	return report_string(context->report, text);
}

bool
value_whole_number(struct json_object *object, const char *key, int64_t *number)
{
	struct json_object *value = peek(object, key);

	if (!json_object_is_type(value, json_type_int))
		return false;
	*number = json_object_get_int64(value);
	return true;
}

/* A number that may be a count, in whatever form it was written. */
typedef struct {
	double number; /* exact as far as counts go */
	/* it was written as a whole number, which is then in whole, or the nearest int64_t */
	bool is_whole;
	int64_t whole;
} Number;

/* Reads a value as a number; false if it is none. */
static bool
number_of(struct json_object *value, Number *number)
{
	const char *text = value_text(value);
	char *end;

	if (json_object_is_type(value, json_type_int)) {
		number->is_whole = true;
		number->whole = json_object_get_int64(value);
	} else {
		number->whole = g_ascii_strtoll(text, &end, 10);
		number->is_whole = end != text && end[strspn(end, " \t\r\n")] == '\0';
	}
	number->number = g_ascii_strtod(text, &end);
	return end != text && end[strspn(end, " \t\r\n")] == '\0' && !isnan(number->number);
}

int64_t
value_count(const ValueContext *context, struct json_object *object, const ValuePath *parent,
	const char *key, bool expected, bool *known)
{
	struct json_object *value = get(context, object, parent, key, expected);
	const bool is_string = json_object_is_type(value, json_type_string);
	Number number;

	*known = false;
	if (value == NULL)
		return 0;
	if (is_string && json_object_get_string_len(value) == 0) {
		value_finding(context, parent, key, FINDING_EMPTY, NULL);
		return 0;
	}
	if (!is_string && !is_number(value)) {
		finding_wrong_type(context, parent, key, value, "number", true);
		return 0;
	}
	if (json_object_is_type(value, json_type_int)) {
		const int64_t count = json_object_get_int64(value);
		*known = count >= 0 && count <= COUNT_MAX;
		if (*known)
			return count;
	}
	if (!number_of(value, &number)) {
		value_finding(context, parent, key, FINDING_NOT_A_NUMBER, NULL);
		return 0;
	}
	if (is_string)
		finding_wrong_type(context, parent, key, value, "number", false);

	g_autofree char *seen = is_string
		? NULL
		: g_strndup(value_text(value), (size_t)context->limits->string);
	if (number.number < 0 || number.number > (double)COUNT_MAX
		|| (number.is_whole && number.whole > COUNT_MAX)) {
		value_finding(context, parent, key, FINDING_OUT_OF_RANGE, seen);
		return 0;
	}
	*known = true;
	if (json_object_is_type(value, json_type_double) || number.number != trunc(number.number))
		value_finding(context, parent, key, FINDING_NOT_INTEGER, seen);
	return (int64_t)number.number;
}

struct json_object *
value_object(const ValueContext *context, struct json_object *object, const ValuePath *parent,
	const char *key, bool expected)
{
	struct json_object *value = get(context, object, parent, key, expected);

	if (value == NULL || json_object_is_type(value, json_type_object))
		return value;

	struct json_object *only = json_object_is_type(value, json_type_array)
			&& json_object_array_length(value) == 1
		? json_object_array_get_idx(value, 0)
		: NULL;
	const bool one = json_object_is_type(only, json_type_object);
	finding_wrong_type(context, parent, key, value, "object", !one);
	return one ? only : NULL;
}

struct json_object *
value_list(const ValueContext *context, struct json_object *object, const ValuePath *parent,
	const char *key, bool expected)
{
	struct json_object *value = get(context, object, parent, key, expected);

	if (value == NULL || json_object_is_type(value, json_type_array))
		return value;

	const bool one = json_object_is_type(value, json_type_object);
	finding_wrong_type(context, parent, key, value, "array", !one);
	return one ? value : NULL;
}

size_t
value_list_length(struct json_object *list)
{
	if (list == NULL)
		return 0;
	return json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 1;
}

struct json_object *
value_list_element(struct json_object *list, size_t index)
{
	return json_object_is_type(list, json_type_array) ? json_object_array_get_idx(list, index)
							  : list;
}

/* Lines that are being put together into one text. */
typedef struct {
	const ValueContext *context;
	const ValuePath *parent;
	const char *key;
	LineKind kind;
	GString *text;
	bool had_white_space, had_list, is_cut;
} Lines;

static void
append_line(Lines *lines, const char *line)
{
	const size_t length = strlen(line);
	const size_t separator = lines->text->len > 0;

	if (lines->text->len + separator + length > (size_t)lines->context->limits->lines) {
		lines->is_cut = true;
		return;
	}
	if (separator > 0)
		g_string_append_c(lines->text, '\n');
	g_string_append_len(lines->text, line, (gssize)length);
}

/* Appends what a text is, which may be several lines. */
static void
append_text(Lines *lines, const char *text)
{
	g_auto(GStrv) parts = lines_split(lines->kind, text);

	lines->had_list |= parts[0] != NULL
		&& (parts[1] != NULL || strlen(parts[0]) < strlen(text));
	for (char **part = parts; *part != NULL; part++)
		append_line(lines, *part);
}

/* The text of an element; NULL if it has none.  Caller frees. */
static char *
line_text(const Lines *lines, struct json_object *element)
{
	if (is_number(element)) {
		finding_wrong_type(lines->context, lines->parent, lines->key, element, "string",
			false);
		return number_text(lines->context, element, lines->parent, lines->key);
	}
	if (json_object_is_type(element, json_type_string)) {
		char *owned;
		const char *text =
			clean_text(lines->context, element, lines->parent, lines->key, &owned);
		return owned != NULL ? owned : g_strdup(text);
	}
	finding_wrong_type(lines->context, lines->parent, lines->key, element, "string", true);
	return NULL;
}

/* Appends a member of a policy that is an object: a line, or a line for each element of an array. */
static void
add_member(Lines *lines, const char *key, struct json_object *value)
{
	const size_t n = json_object_is_type(value, json_type_array)
		? json_object_array_length(value)
		: 1;

	for (size_t i = 0; i < n; i++) {
		struct json_object *one = json_object_is_type(value, json_type_array)
			? json_object_array_get_idx(value, i)
			: value;
		if (!value_holds(one))
			continue;
		g_autofree char *text = value_shown(one, (size_t)lines->context->limits->string);
		g_autofree char *line = lines_from_member(lines->kind, key, text);
		append_line(lines, line);
	}
}

/* Appends a policy, or a part of it, that is an object: a line a member; one for all of a TLSA record. */
static void
add_object(Lines *lines, struct json_object *object)
{
	GString *record = g_string_new(NULL);

	finding_wrong_type(lines->context, lines->parent, lines->key, object, "string", false);
	json_object_object_foreach (object, key, value) {
		if (lines->kind != LINES_TLSA) {
			add_member(lines, key, value);
			continue;
		}
		g_autofree char *text = value_shown(value, (size_t)lines->context->limits->string);
		g_string_append_printf(record, "%s%s", record->len > 0 ? " " : "", text);
	}
	if (record->len > 0)
		append_text(lines, record->str);
	g_string_free(record, TRUE);
}

static void
add_line(Lines *lines, struct json_object *element)
{
	const char *clean = json_object_is_type(element, json_type_string)
		? text_as_it_is(lines->context, element)
		: NULL;

	if (clean != NULL && lines_is_one(lines->kind, clean)) {
		append_line(lines, clean);
		return;
	}
	if (json_object_is_type(element, json_type_object) && lines->kind != LINES_NAMES
		&& json_object_object_length(element) > 0) {
		add_object(lines, element);
		return;
	}

	g_autofree char *line = line_text(lines, element);
	if (line == NULL)
		return;
	const size_t length = strlen(line);
	g_strstrip(line);
	lines->had_white_space |= strlen(line) < length;
	if (*line != '\0')
		append_text(lines, line);
}

const char *
value_only_string(struct json_object *object, const char *key)
{
	struct json_object *value = peek(object, key);

	if (json_object_is_type(value, json_type_array) && json_object_array_length(value) == 1)
		value = json_object_array_get_idx(value, 0);
	return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : NULL;
}

static void
add_lines(Lines *lines, struct json_object *value)
{
	if (!json_object_is_type(value, json_type_array)) {
		add_line(lines, value);
		return;
	}
	for (size_t i = 0; i < json_object_array_length(value); i++)
		add_line(lines, json_object_array_get_idx(value, i));
}

const char *
value_lines(const ValueContext *context, struct json_object *object, const ValuePath *parent,
	const char *key, LineKind kind, struct json_object *unwrapped, bool expected)
{
	struct json_object *value = get(context, object, parent, key, expected);

	if (value == NULL)
		return "";

	const bool is_array = json_object_is_type(value, json_type_array);
	const bool is_string = json_object_is_type(value, json_type_string);
	const bool is_policy = json_object_is_type(value, json_type_object) && kind != LINES_NAMES;
	if ((is_array || is_string || is_policy) && !value_holds(value)) {
		value_finding(context, parent, key, FINDING_EMPTY, NULL);
		return "";
	}
	if (!is_array && !is_policy)
		finding_wrong_type(context, parent, key, value, "array", !is_string);
	if (!is_array && !is_string && !is_policy)
		return "";

	if (unwrapped != NULL) {
		value_finding(context, parent, key, FINDING_JSON_IN_STRING, NULL);
		value = unwrapped;
	}

	Lines lines = { .context = context,
		.parent = parent,
		.key = key,
		.kind = kind,
		.text = g_string_new(NULL) };
	add_lines(&lines, value);
	if (lines.had_white_space)
		value_finding(context, parent, key, FINDING_WHITE_SPACE, NULL);
	if (lines.had_list)
		value_finding(context, parent, key, FINDING_LIST_IN_STRING, NULL);
	if (lines.is_cut)
		value_finding(context, parent, key, FINDING_CUT, "lines left out");
	const char *result = report_string(context->report, lines.text->str);
	g_string_free(lines.text, TRUE);
	return result;
}
