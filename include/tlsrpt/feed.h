/* Starts another program, gives it what it is to read, and waits until it has ended. */
#ifndef TLSRPT_FEED_H
#define TLSRPT_FEED_H

#include <glib.h>
#include <stdbool.h>

/*
 * Starts the program arguments[0], a path or a name to be found in PATH, with these bytes as its
 * standard input, and waits for at most limit_s seconds; then it is killed.  True if its exit code
 * is 0.  Otherwise TLSRPT_ERROR_IO, which names the program and has the first line of what it
 * printed.
 */
bool process_feed(const char *const *arguments, GBytes *input, int limit_s,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
