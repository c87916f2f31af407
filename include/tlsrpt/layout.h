/* How wide the columns of a table are, and where lines of text are broken. */
#ifndef TLSRPT_LAYOUT_H
#define TLSRPT_LAYOUT_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * Takes the place of each blank in a name, so that no line is broken there.  Whoever prints the name
 * turns it into a blank again.  No text contains this character by itself, because escape_terminal()
 * leaves no control characters.
 */
#define LAYOUT_BLANK '\037'
#define LAYOUT_BLANKS "\037" /* for functions that take a set */

/* How many columns of a terminal the first bytes of a text take, which is valid UTF-8. */
int layout_columns(const char *text, size_t length);

/* The columns of the widest word.  With less room, the word has to be broken between letters. */
int layout_widest_word(const char *text);

/*
 * How many bytes of a text fit in its first line.  The line ends before a blank.  If the first word
 * alone is too wide, it is broken after a dot, comma, semicolon or slash, or before a LAYOUT_BLANK;
 * if there is none in a good place, between letters.  A line has at least one character of the text.
 */
size_t layout_line(const char *text, int width);

/* How many columns of a terminal a text needs. */
typedef struct {
	int minimum; /* to have room for its widest word */
	int natural; /* to have room in one line */
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
