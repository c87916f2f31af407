/* Makes text safe for HTML. */
#ifndef TLSRPT_HTML_H
#define TLSRPT_HTML_H

#include "tlsrpt/table.h"

#include <stddef.h>

/*
 * Makes what a stranger wrote safe as the text of an element, or as the quoted value of an attribute.
 * It contains no markup (HTML Living Standard section 13.1).  Before that, it is escaped and cut as by
 * escape_terminal(), so that no character acts on what is around it.  Caller frees.
 */
char *html_escape(const char *text, size_t limit);

/* Likewise the text of a cell, with unknown in place of an empty one.  Caller frees. */
char *html_cell(const Table *table, size_t row, const char *key, const char *unknown, size_t limit);

#endif
