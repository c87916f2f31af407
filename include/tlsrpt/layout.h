/* Text in columns: how wide they are, and where lines are broken. */
#ifndef TLSRPT_LAYOUT_H
#define TLSRPT_LAYOUT_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * Stands in a name for a blank, at which no line is broken; whoever prints makes it one
 * again.  No text has it of its own: escape_terminal() leaves no control character.
 */
#define LAYOUT_BLANK '\037'
#define LAYOUT_BLANKS "\037" /* for functions that take a set */

/* Columns of a terminal that so many bytes of valid UTF-8 take. */
int layout_columns(const char *text, size_t length);

/* The columns of the widest word: with less, a text has to be broken by letters. */
int layout_widest_word(const char *text);

/*
 * The bytes of the line that begins at the text: up to a blank; if the first word alone is wider, up
 * to a letter of it, or better to a dot, slash, comma or LAYOUT_BLANK.  At least one character, if there is one.
 */
size_t layout_line(const char *text, int width);

/* What a text needs: of columns of a terminal. */
typedef struct {
	int minimum; /* for its widest word */
	int natural; /* to stand in one line */
} LayoutNeed;

LayoutNeed layout_need(const char *text);

/*
 * Distributes the available width, without what parts the columns, over n columns.  needs has the
 * cells, row by row, the header's being the first.  Where not everything has room, cells of columns
 * that may spill stay wider than their columns, as few as possible; the header's never do.  Then what
 * is left goes to the columns that want more.  false if there is no room for the rest; widths are
 * then undefined.
 */
bool layout_widths(const LayoutNeed *needs, size_t n_rows, size_t n, const bool *may_spill,
	int available, int *widths);

#endif
