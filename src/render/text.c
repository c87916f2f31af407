/* For people; the tables are libsmartcols'. */
#include "tlsrpt/render.h"

#include "tlsrpt/day.h"
#include "tlsrpt/escape.h"

#include <libsmartcols.h>
#include <string.h>

#define BOLD "\033[1m"
#define RED "\033[31m"
#define PLAIN "\033[0m"

#define CELL_MAX_BYTES 200 /* of what a stranger wrote */

char *
text_safe(const char *text, size_t limit, const TextStyle *style)
{
	g_autofree char *safe = escape_terminal(text, limit);

	if (!style->ascii)
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
text_names(const char *lines, guint shown, size_t limit, const TextStyle *style)
{
	g_auto(GStrv) each = g_strsplit(lines, "\n", -1);
	const guint n = g_strv_length(each);
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < n && i < shown; i++) {
		g_autofree char *name = text_safe(each[i], limit, style);
		g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", name);
	}
	if (n > shown)
		g_string_append_printf(text, " and %u more", n - shown);
	return g_string_free(text, FALSE);
}

static char *
cell_text(const Cell *cell, CellKind kind, const TextStyle *style)
{
	switch (kind) {
	case CELL_TEXT:
	case CELL_WORD:
		return text_safe(cell->text != NULL ? cell->text : "", CELL_MAX_BYTES, style);
	case CELL_COUNT:
		return g_strdup_printf("%" G_GINT64_FORMAT, cell->number);
	case CELL_FLAG:
		return g_strdup(cell->number != 0 ? "yes" : "");
	case CELL_SECONDS:
		return cell->number >= 0 ? g_strdup_printf("%" G_GINT64_FORMAT, cell->number)
					 : g_strdup("");
	case CELL_SHARE:
		return share_text(cell->share);
	case CELL_DAY:
		return day_text(cell->number);
	case CELL_TIME:
		return cell->number != 0 ? time_text(cell->number) : g_strdup("");
	case CELL_BARS:
		return bars_text(cell->bars, style->ascii);
	}
	return g_strdup("");
}

static bool
is_number(CellKind kind)
{
	return kind == CELL_COUNT || kind == CELL_SECONDS || kind == CELL_SHARE;
}

static void
add_columns(struct libscols_table *scols, const Table *table)
{
	for (size_t j = 0; j < table->n_columns; j++) {
		const Column *column = &table->columns[j];
		if (column->title == NULL)
			continue;
		/* Long names give way where the terminal is narrow. */
		const int flags = is_number(column->kind) ? SCOLS_FL_RIGHT
			: column->kind == CELL_TEXT	  ? SCOLS_FL_WRAP
							  : 0;
		scols_table_new_column(scols, column->title, 0, flags);
	}
}

static void
add_row(struct libscols_table *scols, const Table *table, const Cell *cells, const TextStyle *style)
{
	struct libscols_line *line = scols_table_new_line(scols, NULL);
	size_t place = 0;

	for (size_t j = 0; j < table->n_columns; j++) {
		const Column *column = &table->columns[j];
		if (column->title == NULL)
			continue;
		g_autofree char *text = cell_text(&cells[j], column->kind, style);
		scols_line_set_data(line, place, text);
		if (style->color && column->kind == CELL_SHARE && cells[j].share > 0)
			scols_cell_set_color(scols_line_get_cell(line, place), RED);
		place++;
	}
}

void
text_table(const Table *table, const TextStyle *style, FILE *out)
{
	if (table->title != NULL)
		fprintf(out, "%s%s%s\n", style->color ? BOLD : "", table->title,
			style->color ? PLAIN : "");

	struct libscols_table *scols = scols_new_table();
	scols_table_set_stream(scols, out);
	scols_table_enable_colors(scols, style->color);
	scols_table_enable_ascii(scols, style->ascii);
	scols_table_set_termforce(scols, SCOLS_TERMFORCE_ALWAYS);
	scols_table_set_termwidth(scols, (size_t)style->width);
	add_columns(scols, table);
	for (size_t i = 0; i < table->rows->len; i++)
		add_row(scols, table, g_ptr_array_index(table->rows, i), style);
	scols_print_table(scols);
	scols_unref_table(scols);
}

static int
columns_of(gunichar c)
{
	return g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
}

/* The end of the line that begins at text: at a blank, or inside a word that is too long. */
static const char *
line_end(const char *text, int width)
{
	const char *blank = NULL, *at = text;

	for (int column = 0; *at != '\0'; at = g_utf8_next_char(at)) {
		column += columns_of(g_utf8_get_char(at));
		if (*at == ' ' && at > text && at[-1] != ' ')
			blank = at;
		if (column > width)
			return blank != NULL && strspn(text, " ") < (size_t)(blank - text) ? blank : at;
	}
	return at;
}

void
text_paragraph(const char *text, int indent, const TextStyle *style, FILE *out)
{
	for (int before = 0; *text != '\0'; before = indent) {
		const char *end = line_end(text, MAX(style->width - before, 10));
		fprintf(out, "%*s%.*s\n", before, "", (int)(end - text), text);
		text = end + strspn(end, " ");
	}
}

void
render_text(const Document *document, const TextStyle *style, FILE *out)
{
	bool something = false;

	for (size_t i = 0; i < document->tables->len; i++) {
		const Table *table = g_ptr_array_index(document->tables, i);
		if (table->rows->len == 0)
			continue;
		if (something)
			putc('\n', out);
		text_table(table, style, out);
		something = true;
	}
	if (!something)
		fputs("There is nothing in this time.\n", out);
}
