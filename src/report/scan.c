/*
 * json-c builds a tree of everything before anything can be counted (16 MiB of "[{},{},...]" cost
 * it 4.2 GiB), and does not tell of a key that occurs twice in an object, or of what follows the
 * value.  So this pass walks over the tokens, and keeps only a stack of the containers that are
 * open, and in each object the keys seen so far.
 *
 * Only this file checks the grammar of RFC 8259: what json-c accepts beyond it, and what it refuses
 * in its strict mode, differs from one of its versions to the next.  There is one exception:
 * strings may hold control characters and bytes that are not UTF-8, which value.c cleans, with a
 * finding.
 */
#include "tlsrpt/scan.h"

#include "tlsrpt/error.h"
#include "tlsrpt/text_table.h"
#include "tlsrpt/value.h"

#include <string.h>

/* Objects with more keys than this keep them in a hash table. */
#define FEW_KEYS 16

/*
 * The few keys of most objects fit into this many bytes, so that they need no memory of their own.
 */
#define KEY_BYTES 192

/* What may come next in a container. */
typedef enum {
	NEXT_FIRST, /* its first element, or its end */
	NEXT_ELEMENT, /* an element, since there was a comma */
	NEXT_VALUE, /* the value of a key */
	NEXT_COMMA, /* a comma, or its end */
} Next;

typedef struct {
	char bracket; /* '{' or '[' */
	Next next;
	ValuePath path; /* of the element that is being read; its parent is one level down */
	char *few_keys[FEW_KEYS];
	int64_t few_sizes[FEW_KEYS]; /* values under each of them */
	size_t n_keys;
	size_t at_key; /* which of few_keys path.key is */
	char key_bytes[KEY_BYTES];
	size_t n_key_bytes;
	GHashTable *many_keys; /* NULL while few_keys is enough; its values are the sizes */
	int64_t kept_before; /* scan->kept at path.key */
} Level;

typedef struct {
	const char *start, *at, *end;
	const Limits *limits;
	Report *report;
	Level *levels;
	size_t depth;
	int64_t values, containers;
	/* how many values there are, without those that a later one under the same key replaces */
	int64_t kept;
	size_t longest;
} Scan;

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static const char *
skip_space(const char *at, const char *end)
{
	while (at < end && is_space(*at))
		at++;
	return at;
}

static const char *
skip_bom(const char *at, const char *end)
{
	return end - at >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0 ? at + 3 : at;
}

bool
scan_looks_like_json(const char *bytes, size_t length)
{
	if (length == 0)
		return false;

	const char *end = bytes + length;
	const char *at = skip_space(skip_bom(bytes, end), end);
	return at < end && (*at == '{' || *at == '[');
}

static bool
not_json(const Scan *scan, const char *what, GError **error)
{
	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_NOT_JSON, "not JSON: %s at byte %zu", what,
		(size_t)(scan->at - scan->start));
	return false;
}

/* The value of the four hexadecimal digits after "\u"; -1 if they are none. */
static int
unicode_escape(const char *at, const char *end)
{
	int code = 0;

	if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
		return -1;
	for (int i = 2; i < 6; i++) {
		const int digit = g_ascii_xdigit_value(at[i]);

		if (digit < 0)
			return -1;
		code = code * 16 + digit;
	}
	return code;
}

/* The length of the escape that begins at the backslash; 0 if RFC 8259 has no such escape. */
static size_t
escape_length(const char *at, const char *end)
{
	if (unicode_escape(at, end) >= 0)
		return 6;
	return end - at >= 2 && at[1] != '\0' && strchr("\"\\/bfnrt", at[1]) != NULL ? 2 : 0;
}

/*
 * Takes the string that starts at the quote: the bytes between the quotes, with escapes as they
 * are.
 */
static bool
scan_string(Scan *scan, const char **text, size_t *length, GError **error)
{
	const char *const start = scan->at + 1;
	const char *at = start;
	const char *quote = memchr(at, '"', (size_t)(scan->end - at));

	/* Nearly all strings have no escape and no NUL, and end at the first quote. */
	if (quote != NULL && memchr(at, '\\', (size_t)(quote - at)) == NULL
		&& memchr(at, '\0', (size_t)(quote - at)) == NULL)
		at = quote;
	while (at < scan->end && *at != '"') {
		const size_t step = *at == '\\' ? escape_length(at, scan->end) : *at != '\0';
		/* An escape at the end of a text that was cut off may have been a valid one. */
		if (step == 0
			&& (*at == '\0' || memchr(at, '"', (size_t)(scan->end - at)) != NULL)) {
			scan->at = at;
			return not_json(
				scan, *at == '\0' ? "a NUL in a string" : "no such escape", error);
		}
		at = step > 0 ? at + step : scan->end;
	}
	if (at >= scan->end)
		return not_json(scan, "the text ends inside the string", error);
	*text = start;
	*length = (size_t)(at - start);
	scan->at = at + 1;
	scan->longest = MAX(scan->longest, *length);
	return true;
}

/* The character of the escape at *at, which moves behind it. */
static gunichar
read_escape(const char **at, const char *end)
{
	static const char escapes[] = "b\bf\fn\nr\rt\t";
	const int code = unicode_escape(*at, end);
	const int low = code >= 0 ? unicode_escape(*at + 6, end) : -1;

	if (code >= 0xd800 && code < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
		*at += 12;
		return (gunichar)(0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00));
	}
	if (code >= 0) {
		*at += 6;
		return g_unichar_validate((gunichar)code) ? (gunichar)code : 0xfffd;
	}

	const char letter = (*at)[1];
	const char *plain = letter != '\0' ? strchr(escapes, letter) : NULL;
	*at += 2;
	return plain != NULL && (plain - escapes) % 2 == 0 ? (gunichar)plain[1]
							   : (gunichar)(unsigned char)letter;
}

/* The characters of a key, so that "a" and "\u0061" are the same; cut at a NUL, as json-c does. */
static char *
unescape_key(const char *text, size_t length)
{
	if (memchr(text, '\\', length) == NULL)
		return g_strndup(text, length);

	GString *key = g_string_sized_new(length);
	const char *const end = text + length;
	for (const char *at = text; at < end && *at != '\0';) {
		if (*at != '\\' || end - at < 2) {
			g_string_append_c(key, *at++);
			continue;
		}
		const gunichar c = read_escape(&at, end);
		if (c == 0)
			break;
		g_string_append_unichar(key, c);
	}
	return g_string_free(key, FALSE);
}

static bool
is_in_level(const Level *level, const char *key)
{
	return key >= level->key_bytes && key < level->key_bytes + KEY_BYTES;
}

/* Does what unescape_key() does, in the level's own bytes if they have room. */
static char *
level_make_key(Level *level, const char *text, size_t length)
{
	char *key = level->key_bytes + level->n_key_bytes;

	if (level->many_keys != NULL || length >= KEY_BYTES - level->n_key_bytes
		|| memchr(text, '\\', length) != NULL)
		return unescape_key(text, length);
	memcpy(key, text, length);
	key[length] = '\0';
	level->n_key_bytes += length + 1;
	return key;
}

static void
level_free_key(const Level *level, char *key)
{
	if (!is_in_level(level, key))
		g_free(key);
}

/* A copy of a key that a hash table can own. */
static char *
level_heap_key(const Level *level, char *key)
{
	return is_in_level(level, key) ? g_strdup(key) : key;
}

/*
 * Adds a key, which the level owns from then on.  Returns how many values the object already has
 * under it.
 */
static int64_t
level_add_key(Level *level, char *key)
{
	if (level->many_keys != NULL) {
		const int64_t size = GPOINTER_TO_SIZE(g_hash_table_lookup(level->many_keys, key));
		g_hash_table_replace(level->many_keys, key, NULL);
		return size;
	}
	for (size_t i = 0; i < level->n_keys; i++) {
		if (strcmp(level->few_keys[i], key) == 0) {
			level_free_key(level, level->few_keys[i]);
			level->few_keys[i] = key;
			level->at_key = i;
			return level->few_sizes[i];
		}
	}
	if (level->n_keys < FEW_KEYS) {
		level->at_key = level->n_keys;
		level->few_keys[level->n_keys++] = key;
		return 0;
	}
	level->many_keys = text_table_new(g_free, NULL);
	for (size_t i = 0; i < level->n_keys; i++)
		g_hash_table_replace(level->many_keys, level_heap_key(level, level->few_keys[i]),
			GSIZE_TO_POINTER(level->few_sizes[i]));
	level->n_keys = 0;
	/* path.key still points at the bytes of the level. */
	g_hash_table_replace(level->many_keys, level_heap_key(level, key), NULL);
	return 0;
}

/* The value under the key has ended, so its size is known now. */
static void
level_end_value(Level *level, int64_t kept)
{
	const int64_t size = kept - level->kept_before;

	if (level->path.key != NULL && level->many_keys == NULL)
		level->few_sizes[level->at_key] = size;
	else if (level->path.key != NULL)
		g_hash_table_insert(level->many_keys, g_strdup(level->path.key),
			GSIZE_TO_POINTER(size));
	level->path.key = NULL;
}

static bool
scan_key(Scan *scan, Level *level, GError **error)
{
	const char *text;
	size_t length;

	if (!scan_string(scan, &text, &length, error))
		return false;
	scan->at = skip_space(scan->at, scan->end);
	if (scan->at >= scan->end || *scan->at != ':')
		return not_json(scan, "no ':' after a key", error);
	scan->at++;

	char *key = level_make_key(level, text, length);
	level->path.key = key;
	const int64_t replaced = level_add_key(level, key);
	scan->kept -= replaced;
	level->kept_before = scan->kept;
	if (replaced > 0) {
		const ValueContext context = { scan->report, scan->limits };
		value_finding(&context, level->path.parent, key, FINDING_DUPLICATE_KEY, NULL);
	}
	level->next = NEXT_VALUE;
	return true;
}

static bool
push_level(Scan *scan, GError **error)
{
	if ((int64_t)scan->depth >= scan->limits->json_depth)
		return error_over_limit("the JSON", "json-depth", scan->limits->json_depth, error);
	if (++scan->containers > scan->limits->json_objects)
		return error_over_limit("the JSON", "json-objects", scan->limits->json_objects, error);

	Level *level = &scan->levels[scan->depth];
	*level = (Level){ .bracket = *scan->at };
	level->path.parent = scan->depth > 0 ? &level[-1].path : NULL;
	scan->depth++;
	scan->at++;
	return true;
}

static void
pop_level(Scan *scan)
{
	Level *level = &scan->levels[--scan->depth];

	for (size_t i = 0; i < level->n_keys; i++)
		level_free_key(level, level->few_keys[i]);
	g_clear_pointer(&level->many_keys, g_hash_table_unref);
}

static const char *
skip_digits(const char *at, const char *end)
{
	while (at < end && g_ascii_isdigit(*at))
		at++;
	return at;
}

/* Where the number that the bytes begin with ends; NULL if it is not a number as JSON has them. */
static const char *
number_end(const char *at, const char *end)
{
	if (at < end && *at == '-')
		at++;

	const char *digits = at;
	at = skip_digits(at, end);
	if (at == digits || (*digits == '0' && at > digits + 1))
		return NULL;
	if (at < end && *at == '.') {
		digits = ++at;
		at = skip_digits(at, end);
		if (at == digits)
			return NULL;
	}
	if (at < end && (*at == 'e' || *at == 'E')) {
		at++;
		if (at < end && (*at == '+' || *at == '-'))
			at++;
		digits = at;
		at = skip_digits(at, end);
		if (at == digits)
			return NULL;
	}
	return at;
}

static bool
is_word(const char *word, size_t length)
{
	static const char *const words[] = { "true", "false", "null" };

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
		if (length == strlen(words[i]) && memcmp(word, words[i], length) == 0)
			return true;
	}
	return false;
}

/* Reads a number or a word, with everything after it that looks like a part of it. */
static bool
scan_literal(Scan *scan, GError **error)
{
	const char *const start = scan->at;
	const char *at = start;

	while (at < scan->end && *at != '\0'
		&& (g_ascii_isalnum(*at) || strchr("+-._", *at) != NULL))
		at++;
	if (at == start)
		return not_json(scan, "an unexpected character", error);
	if (g_ascii_isalpha(*start) || *start == '_') {
		if (!is_word(start, (size_t)(at - start)))
			return not_json(scan, "a word that JSON does not have", error);
	} else if (number_end(start, at) != at) {
		return not_json(scan, "a number that JSON does not have", error);
	}
	scan->at = at;
	scan->longest = MAX(scan->longest, (size_t)(at - start));
	return true;
}

static bool
scan_value(Scan *scan, GError **error)
{
	const char c = *scan->at;
	const char *text;
	size_t length;

	if (++scan->values > scan->limits->json_values)
		return error_over_limit("the JSON", "json-values", scan->limits->json_values, error);
	scan->kept++;
	if (c == '{' || c == '[')
		return push_level(scan, error);
	if (c == '"')
		return scan_string(scan, &text, &length, error);
	return scan_literal(scan, error);
}

/* Reads a comma, or the end of the container. */
static bool
scan_separator(Scan *scan, Level *level, GError **error)
{
	const bool is_object = level->bracket == '{';

	if (*scan->at == ',') {
		level_end_value(level, scan->kept);
		level->next = NEXT_ELEMENT;
		level->path.index++;
	} else if (*scan->at == (is_object ? '}' : ']')) {
		pop_level(scan);
	} else if (*scan->at == '}' || *scan->at == ']') {
		return not_json(scan, "a bracket that does not match", error);
	} else {
		return not_json(scan, is_object ? "no ',' or '}'" : "no ',' or ']'", error);
	}
	scan->at++;
	return true;
}

/* Reads one token at scan->at, where there is neither white space nor the end. */
static bool
scan_token(Scan *scan, GError **error)
{
	Level *level = scan->depth > 0 ? &scan->levels[scan->depth - 1] : NULL;
	const char c = *scan->at;

	if (level == NULL)
		return scan_value(scan, error);
	if (level->next == NEXT_COMMA || (level->next == NEXT_FIRST && (c == '}' || c == ']')))
		return scan_separator(scan, level, error);
	if (level->next != NEXT_VALUE && level->bracket == '{')
		return c == '"' ? scan_key(scan, level, error) : not_json(scan, "no key", error);
	level->next = NEXT_COMMA;
	return scan_value(scan, error);
}

/* Everything after the value but white space. */
static void
find_trailing_bytes(Scan *scan)
{
	const char *rest = skip_space(scan->at, scan->end);

	if (rest < scan->end) {
		g_autofree char *detail = g_strdup_printf("%zu bytes", (size_t)(scan->end - rest));
		report_add_finding(scan->report, scan->limits, FINDING_TRAILING_BYTES, "$", detail);
	}
}

bool
scan_json(const char *bytes, size_t length, const Limits *limits, Report *report, JsonText *text,
	GError **error)
{
	if (length == 0)
		bytes = ""; /* what is empty may be NULL */

	g_autofree Level *levels = g_new(Level, limits->json_depth);
	Scan scan = {
		.start = bytes,
		.end = bytes + length,
		.limits = limits,
		.report = report,
		.levels = levels,
	};

	const char *after_bom = skip_bom(bytes, scan.end);
	if (after_bom > bytes)
		report_add_finding(report, limits, FINDING_BOM, "$", NULL);
	const char *start = scan.at = skip_space(after_bom, scan.end);
	if (start == scan.end)
		return not_json(&scan, "no value", error);

	bool ok = true;
	do {
		ok = scan_token(&scan, error);
		if (ok && scan.depth > 0) {
			scan.at = skip_space(scan.at, scan.end);
			if (scan.at >= scan.end)
				ok = not_json(&scan, "the text ends inside the value", error);
		}
	} while (ok && scan.depth > 0);
	while (scan.depth > 0)
		pop_level(&scan);
	if (!ok)
		return false;

	find_trailing_bytes(&scan);
	*text = (JsonText){
		.start = start,
		.length = (size_t)(scan.at - start),
		.longest = scan.longest,
		.values = scan.kept,
	};
	return true;
}
