/* Makes text safe for HTML, and what the HTML of all mails begins and ends with. */
#ifndef TLSRPT_HTML_H
#define TLSRPT_HTML_H

#include "tlsrpt/table.h"

#include <stddef.h>
#include <stdio.h>

/*
 * Makes what a stranger wrote safe as the text of an element, or as the quoted value of an attribute.
 * It contains no markup (HTML Living Standard section 13.1).  Before that, it is escaped and cut as by
 * escape_terminal(), so that no character acts on what is around it.  Caller frees.
 */
char *html_escape(const char *text, size_t limit);

/* Likewise the text of a cell, with unknown in place of an empty one.  Caller frees. */
char *html_cell(const Table *table, size_t row, const char *key, const char *unknown, size_t limit);

/*
 * Begins the HTML of a mail, with a title that is its first line, too, and a line below that; both are
 * escaped here.  Then its end.
 */
void html_begin(const char *title, const char *below, FILE *file);
void html_end(FILE *file);

/* A heading of a part of it, which has no markup. */
void html_heading(const char *title, FILE *file);

#endif
