/* What the text of all documents is made with: safe texts, names and paragraphs. */
#include "text.h"

#include "tlsrpt/escape.h"
#include "tlsrpt/layout.h"

#include <stdarg.h>
#include <string.h>

#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._"

/* The text with each internationalized name in it followed by its own letters, in parentheses. */
static char *
with_unicode(const char *text)
{
	GString *both = g_string_new(NULL);

	while (*text != '\0') {
		const size_t length = strspn(text, NAME_CHARACTERS);
		g_autofree char *name = g_strndup(text, length);
		g_autofree char *letters = strstr(name, "xn--") != NULL
			? g_hostname_to_unicode(name)
			: NULL;
		g_string_append(both, name);
		if (letters != NULL && strcmp(letters, name) != 0)
			g_string_append_printf(both, " (%s)", letters);
		text += length;
		if (*text != '\0')
			g_string_append_c(both, *text++);
	}
	return g_string_free(both, FALSE);
}

char *
text_safe(const char *text, size_t limit, const Output *out)
{
	const bool has_idn = out->unicode && !out->ascii && strstr(text, "xn--") != NULL;
	g_autofree char *both = has_idn ? with_unicode(text) : NULL;
	/* The letters of a name of 255 bytes take less than twice as many besides. */
	g_autofree char *safe = has_idn ? escape_terminal(both, 3 * limit)
					: escape_terminal(text, limit);

	if (!out->ascii)
		return g_steal_pointer(&safe);

	GString *ascii = g_string_new(NULL);
	for (const char *at = safe; *at != '\0'; at = g_utf8_next_char(at)) {
		if (g_ascii_isprint(*at))
			g_string_append_c(ascii, *at);
		else
			g_string_append_printf(ascii, "\\u{%x}", g_utf8_get_char(at));
	}
	return g_string_free(ascii, FALSE);
}

char *
text_name(const char *name, size_t limit, const Output *out)
{
	g_autofree char *safe = text_safe(name, limit, out);

	/* The blanks at its ends go, or they would look like blanks between names. */
	return g_strdelimit(g_strdup(g_strstrip(safe)), " ", LAYOUT_BLANK);
}

char *
text_names(const char *lines, guint shown, size_t limit, const Output *out)
{
	g_auto(GStrv) each = g_strsplit(lines, "\n", -1);
	const guint n = g_strv_length(each);
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < n && i < shown; i++) {
		g_autofree char *name = text_name(each[i], limit, out);
		g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", name);
	}
	if (n > shown)
		g_string_append_printf(text, " and %u more", n - shown);
	return g_string_free(text, FALSE);
}

char *
text_words(const char *words, const Output *out)
{
	g_auto(GStrv) parts = g_strsplit(words, LAYOUT_BLANKS, -1);

	for (char **part = parts; *part != NULL; part++) {
		char *safe = text_safe(*part, 0, out);
		g_free(*part);
		*part = safe;
	}
	return g_strjoinv(LAYOUT_BLANKS, parts);
}

char *
text_cell_safe(const Table *table, size_t row, const char *key, const Output *out)
{
	return text_safe(table_text(table, row, key), TEXT_NAME_BYTES, out);
}

char *
text_cell_name(
	const Table *table, size_t row, const char *key, const char *unknown, const Output *out)
{
	return text_name(table_text_or(table, row, key, unknown), TEXT_NAME_BYTES, out);
}

/* How far to indent a line: less than asked for, if its first word would have no room otherwise. */
static int
indent_for(const char *text, int indent, const Output *out)
{
	const int room = out->width - layout_columns(text, strcspn(text, " "));

	return CLAMP(room, 0, indent);
}

void
text_paragraph(const char *text, int indent, const Output *out)
{
	int before = (int)strspn(text, " ");

	for (text += before; *text != '\0'; before = indent) {
		before = indent_for(text, before, out);
		const size_t length = layout_line(text, MAX(out->width - before, 1));
		g_autofree char *line = g_strdelimit(g_strndup(text, length), LAYOUT_BLANKS, ' ');
		fprintf(out->file, "%*s%s\n", before, "", line);
		text += length;
		text += strspn(text, " " LAYOUT_BLANKS);
	}
}

void
text_say(const Output *out, int indent, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	g_autofree char *text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	text_paragraph(text, indent, out);
}
