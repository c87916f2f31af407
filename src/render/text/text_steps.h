/* The parts of an explanation: paragraphs, lists, and commands that can be pasted. */
#ifndef TLSRPT_RENDER_TEXT_STEPS_H
#define TLSRPT_RENDER_TEXT_STEPS_H

#include "text.h"

/*
 * Each prints its text under a heading, and nothing if the text is empty.  The text is our own, and what
 * was filled in is plainly a name of a host: it is not escaped.
 */
void text_step(const char *heading, const char *text, const Output *out);

/* A list, of which each line is an item. */
void text_step_list(const char *heading, const char *lines, const Output *out);

/*
 * Commands for a shell, a line each, which are continued in the next line where they are wider than the
 * output.  If %D or %M are left in them, a first line has the variables into which the names are put.
 */
void text_step_commands(const char *lines, const Output *out);

#endif
