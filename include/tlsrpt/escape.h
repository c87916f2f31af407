/* Makes what strangers wrote safe to be shown. */
#ifndef TLSRPT_ESCAPE_H
#define TLSRPT_ESCAPE_H

#include <stddef.h>

/*
 * Makes a text safe for a terminal or a log line.  Control characters, bidirectional controls (UAX #9)
 * and other invisible characters become \u{202e}, and invalid UTF-8 becomes \x{ff}.  A text that is
 * then longer than limit bytes is cut, and ends in three dots; 0 is no limit.  Caller frees.
 */
char *escape_terminal(const char *text, size_t limit);

#endif
