/* What all HTML is made with. */
#ifndef TLSRPT_HTML_H
#define TLSRPT_HTML_H

#include "tlsrpt/table.h"

#include <stddef.h>

/*
 * What a stranger wrote, as text of an element or as the value of an attribute in quotes: no markup
 * (HTML Living Standard section 13.1), and no character that acts on what is around it, see
 * escape_terminal(), which has the limit, too.  Caller frees.
 */
char *html_escape(const char *text, size_t limit);

/* Likewise the text of a cell, with unknown in place of an empty one.  Caller frees. */
char *html_cell(const Table *table, size_t row, const char *key, const char *unknown, size_t limit);

#endif
