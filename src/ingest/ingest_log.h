/* One line for each message: to syslog, and to standard error where something went wrong. */
#ifndef TLSRPT_INGEST_INGEST_LOG_H
#define TLSRPT_INGEST_INGEST_LOG_H

#include "tlsrpt/config.h"

#include <glib.h>

#define PROGRAM "tlsrpt-ingest"

typedef enum {
	LOG_QUIET, /* -q: nothing to standard error */
	LOG_NORMAL, /* what went wrong */
	LOG_VERBOSE, /* -v: everything */
} LogVerbosity;

/* What the line reports. */
typedef enum {
	LOG_DONE,
	LOG_KEPT, /* in quarantine */
	LOG_FAILED,
} LogEvent;

/* Once, before GLib has anything to say. */
void log_start(void);

void log_open(LogTarget target, LogVerbosity verbosity);

/*
 * Text is one line, already escaped.  It goes into bounces, so it is cut short, and every line on
 * standard error begins with the program's name: Postfix takes "5.7.1 " for a status code.
 */
void log_line(LogEvent event, const char *text);

/* What is for the administrator alone: to standard error only where that is the log, or with -v. */
void log_private(const char *text);

/* What became of many messages: to standard error too, unless that is to be quiet. */
void log_summary(const char *text);

/* The line for an error, and what happens to the message because of it. */
void log_error(const GError *error);

#endif
