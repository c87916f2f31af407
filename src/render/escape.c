#include "tlsrpt/escape.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

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
		return false;
	}
}

/* Appends the character at *at in a safe form, and moves *at to the next one. */
static void
append_safe(GString *safe, const char **at)
{
	const gunichar c = g_utf8_get_char_validated(*at, -1);

	if (c == (gunichar)-1 || c == (gunichar)-2) {
		g_string_append_printf(safe, "\\x{%02x}", (unsigned char)*(*at)++);
		return;
	}
	if (is_unsafe(c))
		g_string_append_printf(safe, "\\u{%x}", c);
	else
		g_string_append_unichar(safe, c);
	*at = g_utf8_next_char(*at);
}

char *
escape_terminal(const char *text, size_t limit)
{
	GString *safe = g_string_sized_new(strlen(text));

	for (const char *at = text; *at != '\0';) {
		const size_t before = safe->len;
		append_safe(safe, &at);
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
