/* Reads the command line of tlsrpt into a request. */
#ifndef TLSRPT_TLSRPT_OPTIONS_H
#define TLSRPT_TLSRPT_OPTIONS_H

#include "command.h"

/*
 * Where in argv the command is: the first argument that is neither an option nor the value of a
 * common option, since options may come before the command.  0 if there is none.
 */
int options_find_command(int argc, char **argv);

/*
 * Takes the options and operands, without the name of the command, into the request, whose command
 * is set.  False with TLSRPT_ERROR_USAGE, or with an error of G_OPTION_ERROR.
 */
bool options_parse(
	Request *request, int argc, char **argv, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * A sentence about the first long option of these arguments, which end with NULL, that no command of the list has; NULL if
 * there is none.  Caller frees.
 */
char *options_suggest(char **arguments, const Command *const *list);

/* The help text for the command of the request; caller frees. */
char *options_help(Request *request);

/* Frees what a request holds. */
void options_clear(Request *request);

#endif
