#include "tlsrpt/escape.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

#define MARKS_MAX \
	4 /* on one letter: no language needs more, and a pile of them covers other lines */

/*
 * Letters, signs and marks that show nothing, though their category does not tell: those that are to be ignored
 * by default (UAX #44), and the Braille pattern without a dot.
 */
static bool
is_invisible(gunichar c)
{
	static const struct {
		gunichar first, last;
	} ranges[] = {
		{ 0x034f, 0x034f }, /* combining grapheme joiner */
		{ 0x115f, 0x1160 }, /* fillers of Hangul */
		{ 0x17b4, 0x17b5 }, /* inherent vowels of Khmer */
		{ 0x180b, 0x180f }, /* selectors of Mongolian */
		{ 0x2800, 0x2800 }, { 0x3164, 0x3164 }, /* fillers of Hangul */
		{ 0xfe00, 0xfe0f }, /* variation selectors */
		{ 0xffa0, 0xffa0 }, { 0xe0100, 0xe01ef }, /* variation selectors */
	};

	for (size_t i = 0; i < G_N_ELEMENTS(ranges); i++) {
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	}
	return false;
}

/* Whether a character changes how the text around it is shown, or cannot be seen. */
static bool
is_unsafe(gunichar c)
{
	switch (g_unichar_type(c)) {
	case G_UNICODE_CONTROL:
	case G_UNICODE_FORMAT: /* the bidirectional controls are among these */
	case G_UNICODE_LINE_SEPARATOR:
	case G_UNICODE_PARAGRAPH_SEPARATOR:
	case G_UNICODE_PRIVATE_USE:
	case G_UNICODE_SURROGATE:
	case G_UNICODE_UNASSIGNED:
		return true;
	default:
		return is_invisible(c);
	}
}

/* Whether it is drawn over the letter before it. */
static bool
is_mark(gunichar c)
{
	const GUnicodeType type = g_unichar_type(c);

	return type == G_UNICODE_NON_SPACING_MARK || type == G_UNICODE_ENCLOSING_MARK;
}

/*
 * Appends the character at *at in a safe form, and moves *at to the next one.  *marks is how many marks the
 * letter before has: as many as it may where there is none, as after a blank at which a line may end, so that
 * no mark is drawn over what is not of the text.
 */
static void
append_safe(GString *safe, const char **at, int *marks)
{
	const gunichar c = g_utf8_get_char_validated(*at, -1);

	if (c == (gunichar)-1 || c == (gunichar)-2) {
		g_string_append_printf(safe, "\\x{%02x}", (unsigned char)*(*at)++);
		*marks = MARKS_MAX;
		return;
	}
	if (is_unsafe(c) || (is_mark(c) && *marks == MARKS_MAX)) {
		g_string_append_printf(safe, "\\u{%x}", c);
		*marks = MARKS_MAX;
	} else {
		g_string_append_unichar(safe, c);
		*marks = g_unichar_isspace(c) ? MARKS_MAX : is_mark(c) ? *marks + 1 : 0;
	}
	*at = g_utf8_next_char(*at);
}

char *
escape_terminal(const char *text, size_t limit)
{
	GString *safe = g_string_sized_new(strlen(text));
	int marks = MARKS_MAX;

	for (const char *at = text; *at != '\0';) {
		const size_t before = safe->len;
		append_safe(safe, &at, &marks);
		if (limit > 0 && safe->len > limit) {
			g_string_truncate(safe, before);
			g_string_append(safe, "...");
			break;
		}
	}
	return g_string_free(safe, FALSE);
}

char *
escape_json(const char *json)
{
	GString *safe = g_string_sized_new(strlen(json));

	for (const char *at = json, *next; *at != '\0'; at = next) {
		const gunichar c = g_utf8_get_char(at);
		next = g_utf8_next_char(at);
		if (c == '\n' || !is_unsafe(c))
			g_string_append_len(safe, at, next - at);
		else if (c < 0x10000)
			g_string_append_printf(safe, "\\u%04x", c);
		else
			g_string_append_printf(
				safe, "\\u%04x\\u%04x", 0xd7c0 + (c >> 10), 0xdc00 + (c & 0x3ff));
	}
	return g_string_free(safe, FALSE);
}
