/* What strangers wrote, made safe for where it is shown. */
#ifndef TLSRPT_ESCAPE_H
#define TLSRPT_ESCAPE_H

#include <stddef.h>

/*
 * For a terminal or a log line: control characters, bidirectional controls (UAX #9) and other
 * invisible ones as \u{202e}, invalid UTF-8 as \x{ff}; longer than limit bytes (0: no limit) is
 * cut with an ellipsis.  Caller frees.
 */
char *escape_terminal(const char *text, size_t limit);

#endif
