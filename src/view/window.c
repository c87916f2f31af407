#include "tlsrpt/window.h"

#include "tlsrpt/day.h"
#include "tlsrpt/error.h"

#include <string.h>

/* 1970-01-01 was a Thursday. */
static int
weekday_of(int64_t day)
{
	return (int)((day % 7 + 7 + 4) % 7); /* Sunday is 0 */
}

static bool
parse_weekday(const char *text, int64_t today, int64_t *day)
{
	static const char *const names[] = { "sunday", "monday", "tuesday", "wednesday", "thursday",
		"friday", "saturday" };

	if (strncmp(text, "last ", strlen("last ")) == 0)
		text += strlen("last ");
	for (int i = 0; i < (int)G_N_ELEMENTS(names); i++) {
		if (strcmp(text, names[i]) == 0) {
			*day = today - ((weekday_of(today) - i + 6) % 7 + 1);
			return true;
		}
	}
	return false;
}

/* "7d", "2w" */
static bool
parse_span(const char *text, int64_t today, int64_t *day)
{
	guint64 number;
	const size_t digits = strspn(text, "0123456789");
	g_autofree char *count = g_strndup(text, digits);
	const int64_t unit = strcmp(text + digits, "d") == 0 ? 1
		: strcmp(text + digits, "w") == 0	     ? 7
							     : 0;

	if (unit == 0 || !g_ascii_string_to_unsigned(count, 10, 0, 100000, &number, NULL))
		return false;
	*day = today - (int64_t)number * unit;
	return true;
}

static bool
parse_date(const char *text, int64_t *day)
{
	g_autofree char *midnight = g_strconcat(text, "T00:00:00Z", NULL);
	g_autoptr(GDateTime) time = strlen(text) == strlen("2026-11-01")
		? g_date_time_new_from_iso8601(midnight, NULL)
		: NULL;

	if (time == NULL)
		return false;
	*day = g_date_time_to_unix(time) / DAY_SECONDS;
	return true;
}

static bool
parse_day(const char *option, const char *given, int64_t today, int64_t *day, GError **error)
{
	g_autofree char *lower = g_ascii_strdown(given, -1);
	g_autofree char *text = g_strstrip(g_strdup(lower));

	if (strcmp(text, "today") == 0 || strcmp(text, "yesterday") == 0) {
		*day = today - (*text == 'y');
		return true;
	}
	if (parse_date(text, day) || parse_span(text, today, day)
		|| parse_weekday(text, today, day))
		return true;
	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE,
		"%s: \"%s\" is no day; try 2026-11-01, 7d, yesterday or \"last monday\"", option,
		given);
	return false;
}

bool
window_parse(const WindowRequest *request, Window *window, GError **error)
{
	const char *since = request->since, *until = request->until;
	const int64_t today = request->today;

	window->until_day = today;
	if (until != NULL && !parse_day("--until", until, today, &window->until_day, error))
		return false;
	window->since_day = window->until_day - request->default_days;
	if (since != NULL && !parse_day("--since", since, today, &window->since_day, error))
		return false;
	if (window->since_day <= window->until_day)
		return true;
	g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE, "--until is before --since");
	return false;
}

bool
window_parse_end(const char *option, const char *given, int64_t today, int64_t *day, GError **error)
{
	int64_t days;

	if (parse_span(given, 0, &days))
		*day = today - days;
	else if (!parse_date(given, day)) {
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE,
			"%s: \"%s\" is no day to come; try 2027-01-31 or 30d", option, given);
		return false;
	}
	if (*day > today)
		return true;
	g_set_error(
		error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE, "%s: %s is not to come", option, given);
	return false;
}

bool
window_parse_days(const char *option, const char *given, int64_t *days, GError **error)
{
	int64_t day;

	if (parse_span(given, 0, &day) && day < 0) {
		*days = -day;
		return true;
	}
	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE,
		"%s: \"%s\" is no number of days; try 90d or 13w", option, given);
	return false;
}
