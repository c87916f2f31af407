/* Spans of whole UTC days, as people ask for them. */
#ifndef TLSRPT_WINDOW_H
#define TLSRPT_WINDOW_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
	int64_t since_day, until_day; /* days since 1970-01-01, both included */
} Window;

/*
 * since and until: a date ("2026-11-01"), a span back from today ("7d": today and the 7 days before
 * it; "4w"), "today", "yesterday", or a day of the week ("monday", "last monday": the latest before
 * today).  NULL is default_days before until, and today.  TLSRPT_ERROR_USAGE.
 */
bool window_parse(const char *since, const char *until, int64_t default_days, int64_t today,
	Window *window, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Days from "90d" or "13w", at least one. TLSRPT_ERROR_USAGE names the option. */
bool window_parse_days(const char *option, const char *given, int64_t *days, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

#endif
