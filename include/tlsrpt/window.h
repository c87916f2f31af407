/* Reads how people ask for a time that consists of whole UTC days. */
#ifndef TLSRPT_WINDOW_H
#define TLSRPT_WINDOW_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
	int64_t since_day, until_day; /* days since 1970-01-01, both included */
} Window;

/* How a time is asked for. */
typedef struct {
	const char *since, *until; /* as written; NULL if not given */
	int64_t default_days; /* before until, if since is not given */
	int64_t today; /* until, if that is not given */
} WindowRequest;

/*
 * since and until: a date ("2026-11-01"), a span back from today ("7d": today and the 7 days before
 * it; "4w"), "today", "yesterday", or a day of the week ("monday", "last monday": the latest before
 * today).  TLSRPT_ERROR_USAGE names the option.
 */
bool window_parse(
	const WindowRequest *request, Window *window, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * A day to come, after today: a date, or a span from today on ("30d", "4w").  TLSRPT_ERROR_USAGE names
 * the option.
 */
bool window_parse_end(const char *option, const char *given, int64_t today, int64_t *day,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Days from "90d" or "13w", at least one. TLSRPT_ERROR_USAGE names the option. */
bool window_parse_days(const char *option, const char *given, int64_t *days, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

#endif
