/* What somebody who mistyped a word may have meant. */
#ifndef TLSRPT_SUGGEST_H
#define TLSRPT_SUGGEST_H

/*
 * The name nearest to what was given: one that begins with it, or that one or two typing errors
 * (a letter too much, too few or wrong, two letters swapped) turn into it.  NULL if there is none.
 * names ends with NULL; the result is one of them.
 */
const char *suggest(const char *given, const char *const *names);

#endif
