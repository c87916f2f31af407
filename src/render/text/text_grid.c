/* Tables as text: columns side by side, or one below the other where the terminal is too narrow. */
#include "text.h"

#include "tlsrpt/day.h"
#include "tlsrpt/layout.h"

#include <string.h>

#define BOLD "\033[1m"
#define RED "\033[31m"
#define PLAIN "\033[0m"

#define FIELD_INDENT 2 /* of what stands below its row */
#define PROSE_COLUMNS 32 /* with less, whole sentences are hard to read */

static char *
cell_text(const Cell *cell, CellKind kind, const Output *out)
{
	switch (kind) {
	case CELL_TEXT:
	case CELL_WORD:
		return text_safe(cell->text != NULL ? cell->text : "", TEXT_NAME_BYTES, out);
	case CELL_NAME:
		return text_name(cell->text != NULL ? cell->text : "", TEXT_NAME_BYTES, out);
	case CELL_NAMES:
		return text_names(
			cell->text != NULL ? cell->text : "", G_MAXUINT, TEXT_NAME_BYTES, out);
	case CELL_ENUM:
		return g_strdup(cell->name != NULL ? cell->name : "");
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

/* A table that is being printed: the columns that are shown, and their cells as text. */
typedef struct {
	const Column **columns;
	size_t n;
	size_t n_rows; /* including the header, which is the first row */
	char **texts; /* row by row */
	bool *alarming; /* likewise: which cells are printed in red */
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

/* Sets where the columns are; false if there is no room for them side by side. */
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
	const LayoutTable table = { grid->needs, grid->n_rows, grid->n, may_spill };
	if (!layout_widths(&table, grid->out->width - gap * gaps, grid->widths))
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

/* A cell that is printed beside others: how wide its lines may be, and what of it is still to come. */
typedef struct {
	size_t place, column;
	int width;
	const char *rest;
} Strip;

/* Prints the next line of a cell in its column, if there is one; returns where the cursor is then. */
static int
print_strip_line(const Grid *grid, Strip *strip, int cursor)
{
	const size_t length = layout_line(strip->rest, strip->width);
	const int columns = layout_columns(strip->rest, length);
	const int start = grid->starts[strip->column]
		+ (is_number(grid->columns[strip->column]->kind) ? MAX(strip->width - columns, 0)
								 : 0);

	if (length == 0)
		return cursor;
	fprintf(grid->out->file, "%*s", start - cursor, "");
	print_piece(grid, strip->place, strip->rest, length);
	strip->rest += length;
	strip->rest += strspn(strip->rest, " " LAYOUT_BLANKS);
	return start + columns;
}

/*
 * Prints the cells of a row side by side, from one column up to the one before another.  The last of
 * them may reach to the edge of the output.
 */
static void
print_cells(const Grid *grid, size_t row, size_t from, size_t to, bool to_edge)
{
	g_autofree Strip *strips = g_new(Strip, grid->n);
	bool more = false;

	for (size_t j = from; j < to; j++) {
		const size_t place = row * grid->n + j;
		strips[j] = (Strip){ place, j, grid->widths[j], grid->texts[place] };
		if (to_edge && j == to - 1)
			strips[j].width = grid->out->width - grid->starts[j];
		more = more || *strips[j].rest != '\0';
	}
	while (more) {
		int cursor = 0;
		more = false;
		for (size_t j = from; j < to; j++) {
			cursor = print_strip_line(grid, &strips[j], cursor);
			more = more || *strips[j].rest != '\0';
		}
		putc('\n', grid->out->file);
	}
}

/* Prints a cell on lines of its own, since it does not fit between its column and the edge. */
static void
print_below(const Grid *grid, size_t row, size_t column)
{
	const char *text = grid->texts[row * grid->n + column];
	g_autofree char *indented = g_strdup_printf("%*s%s", FIELD_INDENT, "", text);

	text_paragraph(column > 0 ? indented : text, FIELD_INDENT, grid->out);
}

/*
 * Prints a row.  A name that is too long for its column reaches into the columns to the right of it.
 * The cells of these then follow on the next line.
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

/* "Title: value", of which the title stays on the line of the value, if there is room for that. */
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

/* Prints a row on a terminal that is too narrow for columns: all other cells below the first one. */
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
