#include "ingest_log.h"

#include "exits.h"

#include "tlsrpt/escape.h"

#include <string.h>
#include <sys/uio.h>
#include <sysexits.h>
#include <syslog.h>
#include <unistd.h>

/* Exim kills a child that prints more than 20 kB, and a bounce contains everything printed. */
#define LINE_MAX_BYTES 900

static LogTarget log_target = LOG_TO_SYSLOG;
static LogVerbosity log_verbosity = LOG_NORMAL;

/* Writes a line at once, so that lines of several processes do not mix. */
static void
write_line(const char *text)
{
	g_autofree char *safe = escape_terminal(text, LINE_MAX_BYTES);
	g_autofree char *line = g_strdup_printf(PROGRAM ": %s\n", safe);
	const ssize_t written = write(STDERR_FILENO, line, strlen(line));

	(void)written; /* there is nobody left to tell */
}

/*
 * Writes what a library says before it aborts; it may have no memory, or hold the lock of the heap.
 */
static void
write_last_words(const char *text)
{
	static const char name[] = PROGRAM ": ";
	const struct iovec parts[] = {
		{ (char *)name, strlen(name) },
		{ (char *)text, MIN(strlen(text), LINE_MAX_BYTES) },
		{ (char *)"\n", 1 },
	};
	const ssize_t written = writev(STDERR_FILENO, parts, G_N_ELEMENTS(parts));

	(void)written;
}

/* Writes a message of a library, only with -v, since it may quote what a stranger has sent. */
static GLogWriterOutput
write_library_message(
	GLogLevelFlags level, const GLogField *fields, gsize n_fields, G_GNUC_UNUSED gpointer data)
{
	for (gsize i = 0; i < n_fields && log_verbosity == LOG_VERBOSE; i++) {
		if (strcmp(fields[i].key, "MESSAGE") != 0)
			continue;
		if ((level & (G_LOG_LEVEL_ERROR | G_LOG_FLAG_FATAL)) != 0)
			write_last_words(fields[i].value);
		else
			write_line(fields[i].value);
	}
	return G_LOG_WRITER_HANDLED;
}

void
log_start(void)
{
	g_log_set_writer_func(write_library_message, NULL, NULL);
}

void
log_open(LogTarget target, LogVerbosity verbosity)
{
	log_target = target;
	/* In a container there is mostly no syslog; what it collects is standard error. */
	if (target == LOG_TO_EITHER)
		log_target = access(_PATH_LOG, F_OK) == 0 ? LOG_TO_SYSLOG : LOG_TO_STDERR;
	log_verbosity = verbosity;
	if (log_target == LOG_TO_SYSLOG)
		openlog(PROGRAM, LOG_PID, LOG_MAIL);
}

static void
write_syslog(int priority, const char *text)
{
	g_autofree char *safe = escape_terminal(text, LINE_MAX_BYTES);

	syslog(priority, "%s", safe);
}

void
log_line(LogEvent event, const char *text)
{
	static const int priorities[] = {
		[LOG_DONE] = LOG_INFO,
		[LOG_KEPT] = LOG_WARNING,
		[LOG_FAILED] = LOG_ERR,
	};
	const bool wrong = event != LOG_DONE;

	if (log_target == LOG_TO_SYSLOG)
		write_syslog(priorities[event], text);
	if (log_verbosity == LOG_VERBOSE
		|| (log_verbosity == LOG_NORMAL && (wrong || log_target == LOG_TO_STDERR)))
		write_line(text);
}

void
log_private(const char *text)
{
	if (log_target == LOG_TO_SYSLOG)
		write_syslog(LOG_NOTICE, text);
	if (log_verbosity == LOG_VERBOSE
		|| (log_verbosity == LOG_NORMAL && log_target == LOG_TO_STDERR))
		write_line(text);
}

void
log_say(const char *text)
{
	write_line(text);
}

void
log_summary(const char *text)
{
	if (log_target == LOG_TO_SYSLOG)
		write_syslog(LOG_INFO, text);
	if (log_verbosity != LOG_QUIET)
		write_line(text);
}

void
log_error(const GError *error)
{
	const bool final = exit_code(error) == EX_DATAERR;
	g_autofree char *text = g_strdup_printf(
		"%s: %s", final ? "refused" : "not stored, try again", error->message);

	log_line(LOG_FAILED, text);
}
