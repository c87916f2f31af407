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

/* What the widths of columns follow from. */
typedef struct {
	const LayoutNeed *needs; /* of the cells, row by row; the first row is the header */
	size_t n_rows, n_columns;
	const bool *may_spill; /* for each column, whether its cells may be wider than it is */
} LayoutTable;

/*
 * Distributes the available width, not counting the gaps, over the columns.  Where not everything has
 * room, as few cells as possible stay wider than their columns, all of them in columns that may spill,
 * and none of them in the header.  What is left of the width goes to the columns that want more.
 * Returns false, with undefined widths, if there is no room even so.
 */
bool layout_widths(const LayoutTable *table, int available, int *widths);

#endif
