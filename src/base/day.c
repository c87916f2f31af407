#include "tlsrpt/day.h"

#include <glib.h>
#include <string.h>

int64_t
day_of(int64_t at)
{
	/* Rounded down, also before 1970. */
	return at / DAY_SECONDS - (at % DAY_SECONDS < 0);
}

char *
time_text(int64_t at)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(at);

	return time != NULL ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ")
			    : g_strdup_printf("%" G_GINT64_FORMAT, at);
}

char *
day_text(int64_t day)
{
	char *text = time_text(day * DAY_SECONDS);

	text[strcspn(text, "T")] = '\0';
	return text;
}
