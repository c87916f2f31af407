/* For people. */
#include "tlsrpt/render.h"

#include "tlsrpt/day.h"
#include "tlsrpt/escape.h"
#include "tlsrpt/layout.h"

#include <string.h>

#define BOLD "\033[1m"
#define RED "\033[31m"
#define PLAIN "\033[0m"

#define CELL_MAX_BYTES 255 /* of what a stranger wrote: as long as a domain can be */
#define FIELD_INDENT 2 /* of what stands below its row */
#define PROSE_COLUMNS 32 /* with less, whole sentences are hard to read */

char *
text_safe(const char *text, size_t limit, const Output *out)
{
	g_autofree char *safe = escape_terminal(text, limit);

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

	/* Else a blank at its end would be one between names. */
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

static char *
cell_text(const Cell *cell, CellKind kind, const Output *out)
{
	switch (kind) {
	case CELL_TEXT:
	case CELL_WORD:
		return text_safe(cell->text != NULL ? cell->text : "", CELL_MAX_BYTES, out);
	case CELL_NAME:
		return text_name(cell->text != NULL ? cell->text : "", CELL_MAX_BYTES, out);
	case CELL_NAMES:
		return text_names(
			cell->text != NULL ? cell->text : "", G_MAXUINT, CELL_MAX_BYTES, out);
	case CELL_COUNT:
		return g_strdup_printf("%" G_GINT64_FORMAT, cell->number);
	case CELL_FLAG:
		return g_strdup(cell->number != 0 ? "yes" : "");
	case CELL_SECONDS:
		return cell->number >= 0 ? g_strdup_printf("%" G_GINT64_FORMAT, cell->number)
					 : g_strdup("");
	case CELL_SHARE:
		return g_strdelimit(share_text(cell->share), " ", LAYOUT_BLANK);
	case CELL_DAY:
		return day_text(cell->number);
	case CELL_TIME:
		return cell->number != 0 ? time_text(cell->number) : g_strdup("");
	case CELL_BARS:
		return bars_text(cell->bars, out->ascii);
	}
	return g_strdup("");
}

static bool
is_number(CellKind kind)
{
	return kind == CELL_COUNT || kind == CELL_SECONDS || kind == CELL_SHARE;
}

/* --- tables */

/* A table on its way out: its columns that are shown, and their cells as text. */
typedef struct {
	const Column **columns;
	size_t n;
	size_t n_rows; /* with the header, which is the first */
	char **texts; /* row by row */
	bool *alarming; /* likewise: what is red */
	LayoutNeed *needs; /* likewise */
	int *widths, *starts;
	const Output *out;
} Grid;

static void
grid_clear(Grid *grid)
{
	for (size_t i = 0; i < grid->n_rows * grid->n; i++)
		g_free(grid->texts[i]);
	g_free(grid->texts);
	g_free(grid->columns);
	g_free(grid->alarming);
	g_free(grid->needs);
	g_free(grid->widths);
	g_free(grid->starts);
}

static void
grid_fill(Grid *grid, const Table *table, const Output *out)
{
	size_t place = 0;

	grid->columns = g_new0(const Column *, table->n_columns);
	for (size_t j = 0; j < table->n_columns; j++) {
		if (table->columns[j].title != NULL)
			grid->columns[grid->n++] = &table->columns[j];
	}
	grid->n_rows = table->rows->len + 1;
	grid->texts = g_new(char *, grid->n_rows * grid->n);
	grid->alarming = g_new0(bool, grid->n_rows * grid->n);
	grid->needs = g_new(LayoutNeed, grid->n_rows * grid->n);
	for (size_t j = 0; j < grid->n; j++)
		grid->texts[place++] = g_strdup(grid->columns[j]->title);
	for (size_t i = 0; i < table->rows->len; i++) {
		const Cell *cells = g_ptr_array_index(table->rows, i);
		for (size_t j = 0; j < grid->n; j++) {
			const Cell *cell = &cells[grid->columns[j] - table->columns];
			grid->alarming[place] = grid->columns[j]->kind == CELL_SHARE
				&& cell->share > 0;
			grid->texts[place++] = cell_text(cell, grid->columns[j]->kind, out);
		}
	}
	for (size_t i = 0; i < place; i++) {
		LayoutNeed *need = &grid->needs[i];
		*need = layout_need(grid->texts[i]);
		if (grid->columns[i % grid->n]->kind == CELL_TEXT)
			need->minimum = MAX(need->minimum,
				MIN(need->natural, MIN(PROSE_COLUMNS, out->width / 2)));
	}
}

/* Where the columns are to be; false if there is no room for them side by side. */
static bool
grid_place(Grid *grid)
{
	g_autofree bool *may_spill = g_new(bool, grid->n);
	int natural = 0, gap = 2, start = 0;

	grid->widths = g_new(int, grid->n);
	grid->starts = g_new(int, grid->n);
	for (size_t j = 0; j < grid->n; j++) {
		const CellKind kind = grid->columns[j]->kind;
		int widest = 0;
		for (size_t i = 0; i < grid->n_rows; i++)
			widest = MAX(widest, grid->needs[i * grid->n + j].natural);
		natural += widest;
		may_spill[j] = kind == CELL_TEXT || kind == CELL_NAME || kind == CELL_NAMES;
	}
	const int gaps = (int)grid->n - 1;
	if (natural + gap * gaps > grid->out->width)
		gap = 1;
	if (!layout_widths(grid->needs, grid->n_rows, grid->n, may_spill,
		    grid->out->width - gap * gaps, grid->widths))
		return false;
	for (size_t j = 0; j < grid->n; j++) {
		grid->starts[j] = start;
		start += grid->widths[j] + gap;
	}
	return true;
}

static void
print_piece(const Grid *grid, size_t cell, const char *text, size_t length)
{
	const bool red = grid->out->color && grid->alarming[cell];

	fputs(red ? RED : "", grid->out->file);
	for (size_t i = 0; i < length; i++)
		putc(text[i] == LAYOUT_BLANK ? ' ' : text[i], grid->out->file);
	fputs(red ? PLAIN : "", grid->out->file);
}

/* The next line of a cell, as far as there is one, in its column; returns where the cursor is then. */
static int
print_cell_line(
	const Grid *grid, size_t row, size_t column, int width, const char **rest, int cursor)
{
	const size_t length = layout_line(*rest, width);
	const int columns = layout_columns(*rest, length);
	const int start = grid->starts[column]
		+ (is_number(grid->columns[column]->kind) ? MAX(width - columns, 0) : 0);

	if (length == 0)
		return cursor;
	fprintf(grid->out->file, "%*s", start - cursor, "");
	print_piece(grid, row * grid->n + column, *rest, length);
	*rest += length;
	*rest += strspn(*rest, " " LAYOUT_BLANKS);
	return start + columns;
}

/* Cells side by side, those from one column up to before another; the last may reach to the edge. */
static void
print_cells(const Grid *grid, size_t row, size_t from, size_t to, bool to_edge)
{
	g_autofree const char **rests = g_new(const char *, grid->n);
	bool more = false;

	for (size_t j = from; j < to; j++) {
		rests[j] = grid->texts[row * grid->n + j];
		more = more || *rests[j] != '\0';
	}
	while (more) {
		int cursor = 0;
		more = false;
		for (size_t j = from; j < to; j++) {
			const int width = to_edge && j == to - 1
				? grid->out->width - grid->starts[j]
				: grid->widths[j];
			cursor = print_cell_line(grid, row, j, width, &rests[j], cursor);
			more = more || *rests[j] != '\0';
		}
		putc('\n', grid->out->file);
	}
}

/* A cell that has no room to the right of its column's start, on lines of its own. */
static void
print_below(const Grid *grid, size_t row, size_t column)
{
	const char *text = grid->texts[row * grid->n + column];
	g_autofree char *indented = g_strdup_printf("%*s%s", FIELD_INDENT, "", text);

	text_paragraph(column > 0 ? indented : text, FIELD_INDENT, grid->out);
}

/*
 * A row.  A name that is too long for its column reaches into those to the right of it, whose cells
 * then come on the next line.
 */
static void
print_row(const Grid *grid, size_t row)
{
	size_t from = 0;

	for (size_t j = 0; j < grid->n; j++) {
		const int needed = grid->needs[row * grid->n + j].minimum;
		if (needed <= grid->widths[j])
			continue;
		const bool has_room = grid->starts[j] + needed <= grid->out->width;
		print_cells(grid, row, from, has_room ? j + 1 : j, has_room);
		if (!has_room)
			print_below(grid, row, j);
		from = j + 1;
	}
	print_cells(grid, row, from, grid->n, false);
}

/* "Title: value"; in one line, if there is room for it. */
static char *
field_text(const Grid *grid, size_t row, size_t column)
{
	const char *title = grid->columns[column]->title;
	const char *value = grid->texts[row * grid->n + column];
	g_autofree char *text = g_strconcat(title, *title != '\0' ? ": " : "", value, NULL);
	const size_t named = strlen(text) - strlen(value);

	if (layout_columns(text, named) + layout_widest_word(value) + FIELD_INDENT
		< grid->out->width) {
		for (size_t i = 0; i < named; i++) {
			if (text[i] == ' ')
				text[i] = LAYOUT_BLANK;
		}
	}
	return g_steal_pointer(&text);
}

/* Where a terminal is too narrow for columns: what is in them, one after the other, below the first. */
static void
print_fields(const Grid *grid, size_t row)
{
	const bool is_numbered = is_number(grid->columns[0]->kind);
	g_autofree char *head = g_strdup_printf("%s%s%s",
		is_numbered ? grid->columns[0]->title : "", is_numbered ? " " : "",
		grid->texts[row * grid->n]);
	g_autoptr(GString) text = g_string_new(NULL);

	for (size_t j = 1; j < grid->n; j++) {
		g_autofree char *field = field_text(grid, row, j);
		if (*grid->texts[row * grid->n + j] != '\0')
			g_string_append_printf(text, "%s%s", text->len > 0 ? "; " : "  ", field);
	}
	text_paragraph(head, FIELD_INDENT, grid->out);
	text_paragraph(text->str, FIELD_INDENT, grid->out);
}

void
text_table(const Table *table, const Output *out)
{
	Grid grid = { .out = out };

	if (table->title != NULL)
		fprintf(out->file, "%s%s%s\n", out->color ? BOLD : "", table->title,
			out->color ? PLAIN : "");
	grid_fill(&grid, table, out);
	const bool has_room = grid_place(&grid);
	for (size_t i = has_room ? 0 : 1; grid.n > 0 && i < grid.n_rows; i++)
		(has_room ? print_row : print_fields)(&grid, i);
	grid_clear(&grid);
}

/* --- paragraphs */

/* How far a line of that text is indented: less than asked for if else its first word had no room. */
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
text_tables(const Document *document, const Output *out)
{
	bool something = false;

	for (size_t i = 0; i < document->tables->len; i++) {
		const Table *table = g_ptr_array_index(document->tables, i);
		if (table->rows->len == 0)
			continue;
		if (something)
			putc('\n', out->file);
		text_table(table, out);
		something = true;
	}
	if (!something)
		fputs("There is nothing in this time.\n", out->file);
}
