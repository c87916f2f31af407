/* Guesses what somebody who mistyped a word may have meant. */
#ifndef TLSRPT_SUGGEST_H
#define TLSRPT_SUGGEST_H

/*
 * The name nearest to what was given: one that begins with it, or one from which it differs by one
 * or two typing errors (a letter too many, too few or wrong, two letters swapped).  NULL if there
 * is none.  names ends with NULL; the result is one of them.
 */
const char *suggest(const char *given, const char *const *names);

#endif
