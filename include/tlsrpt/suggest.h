/* Guesses what somebody who mistyped a word may have meant. */
#ifndef TLSRPT_SUGGEST_H
#define TLSRPT_SUGGEST_H

#include <glib.h>

/*
 * The name nearest to what was given: one that begins with it, or one from which it differs by one
 * or two typing errors (a letter too many, too few or wrong, two letters swapped).  NULL if there
 * is none.  names ends with NULL; the result is one of them.
 */
const char *suggest(const char *given, const char *const *names);

/* "; did you mean "list"?" with the nearest name, or an empty text; caller frees. */
char *suggest_text(const char *given, const char *const *names);

/*
 * A sentence about the first word that looks like a long option and is not one of these, with the one that
 * was probably meant, or else with help, which says where all are listed.  options ends with a NULL name.
 * NULL if all are known.  Caller frees.
 */
char *suggest_option(char **words, const GOptionEntry *options, const char *help);

#endif
