/* What the text of all documents is made with. */
#ifndef TLSRPT_RENDER_TEXT_TEXT_H
#define TLSRPT_RENDER_TEXT_TEXT_H

#include "tlsrpt/render.h"

#define TEXT_NAME_BYTES 255 /* how much of a name is shown: a domain is no longer */

/*
 * A text of a stranger, safe to be shown: as escape_terminal() makes it and, if the output has to be
 * ASCII, with all other characters escaped.  Caller frees.
 */
char *text_safe(const char *text, size_t limit, const Output *out);

/*
 * Likewise a name, which text_paragraph() and text_table() do not break: its blanks are LAYOUT_BLANK.
 * Caller frees.
 */
char *text_name(const char *name, size_t limit, const Output *out);

/* Names, one in each line, as "a, b and 2 more"; each is made by text_name().  Caller frees. */
char *text_names(const char *lines, guint shown, size_t limit, const Output *out);

/* Words of tlsrpt/render_problem.h, with the blanks within names as they are; caller frees. */
char *text_words(const char *words, const Output *out);

/* The text of a cell by text_safe(), of TEXT_NAME_BYTES at the most; caller frees. */
char *text_cell_safe(const Table *table, size_t row, const char *key, const Output *out);

/* Likewise by text_name(), with unknown in place of an empty text; caller frees. */
char *text_cell_name(
	const Table *table, size_t row, const char *key, const char *unknown, const Output *out);

/*
 * Prints safe text as a paragraph, folded to the width.  All lines but the first are indented by that
 * many columns.  A word that is wider than a line is broken by letters.
 */
void text_paragraph(const char *text, int indent, const Output *out);

/* Likewise, formatted as by printf(). */
void text_say(const Output *out, int indent, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* Prints one table, with as many columns side by side as there is room for. */
void text_table(const Table *table, const Output *out);

/* The first line of a problem: problem_heading(). */
void text_problem_line(const Table *problems, size_t row, const Output *out);

/* A problem in full: its first line, problem_facts(), and the command that explains it. */
void text_problem(const Document *document, const Table *problems, size_t row, const Output *out);

#endif
