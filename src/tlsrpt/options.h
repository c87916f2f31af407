/* The command line of tlsrpt to a request. */
#ifndef TLSRPT_TLSRPT_OPTIONS_H
#define TLSRPT_TLSRPT_OPTIONS_H

#include "command.h"

/*
 * Where in argv the command stands: the first argument that is neither an option nor the value of a
 * common one, since options may stand before it, too.  0 if there is none.
 */
int options_find_command(int argc, char **argv);

/*
 * Takes the options and operands, without the command's name, into the request, whose command is set.
 * TLSRPT_ERROR_USAGE, or an error of G_OPTION_ERROR.
 */
bool options_parse(
	Request *request, int argc, char **argv, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What help says of the command of the request; caller frees. */
char *options_help(Request *request);

/* Frees what a request holds. */
void options_clear(Request *request);

#endif
