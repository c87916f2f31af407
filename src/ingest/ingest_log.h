/* The log: one line for each message, to syslog and, if something went wrong, to standard error. */
#ifndef TLSRPT_INGEST_INGEST_LOG_H
#define TLSRPT_INGEST_INGEST_LOG_H

#include "tlsrpt/config.h"

#include <glib.h>

#define PROGRAM "tlsrpt-ingest"

typedef enum {
	LOG_QUIET, /* -q: nothing on standard error */
	LOG_NORMAL, /* only what went wrong */
	LOG_VERBOSE, /* -v: everything */
} LogVerbosity;

/* What a line is about. */
typedef enum {
	LOG_DONE,
	LOG_KEPT, /* in quarantine */
	LOG_FAILED,
} LogEvent;

/* Must be called once, before any library can log. */
void log_start(void);

/* Where lines go from now on. */
void log_open(LogTarget target, LogVerbosity verbosity);

/*
 * Logs one line.  Mail systems put what they find on standard error into bounces, so a line is cut
 * if it is long, and begins with the name of the program: Postfix would take "5.7.1 " for a status
 * code.
 */
void log_line(LogEvent event, const char *text);

/*
 * Logs what only the administrator may see: on standard error only if that is the log, or with -v.
 */
void log_private(const char *text);

/* Says something to who sits at the terminal, and logs nothing. */
void log_say(const char *text);

/* Logs what became of many messages: on standard error, too, unless with -q. */
void log_summary(const char *text);

/* Logs an error, and what happens to the message because of it. */
void log_error(const GError *error);

#endif
