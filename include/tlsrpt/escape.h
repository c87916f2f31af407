/* Makes what strangers wrote safe to be shown. */
#ifndef TLSRPT_ESCAPE_H
#define TLSRPT_ESCAPE_H

#include <stddef.h>

/*
 * Makes a text safe for a terminal or a log line.  Control characters, bidirectional controls (UAX #9)
 * and other invisible characters become \u{202e}, and so do combining marks without a letter before
 * them, or after four others; invalid UTF-8 becomes \x{ff}.  A text that is then longer than limit
 * bytes is cut, and ends in three dots; 0 is no limit.  Caller frees.
 */
char *escape_terminal(const char *text, size_t limit);

/*
 * Makes JSON safe in the same way, but for marks: what escape_terminal() would not show as it is becomes
 * \u202e, with surrogates if need be, so that the values stay the same.  The text is valid JSON in UTF-8,
 * where such characters are in strings alone; its line feeds stay.  Caller frees.
 */
char *escape_json(const char *json);

#endif
