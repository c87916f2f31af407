#include "tlsrpt/threshold.h"

#include "tlsrpt/error.h"

#include <math.h>
#include <string.h>

/* Reads a plain decimal number; strtod() would also take "inf", "nan" and hexadecimal ones. */
static bool
parse_end(const char *text, double *end)
{
	const char *at = text + (*text == '-');
	char *rest;

	if (*at == '\0' || at[strspn(at, "0123456789.")] != '\0')
		return false;
	*end = g_ascii_strtod(text, &rest);
	return *rest == '\0' && rest != text;
}

static bool
parse(const char *text, Threshold *threshold)
{
	*threshold = (Threshold){ .start = 0, .end = INFINITY, .inside = *text == '@' };
	text += threshold->inside;

	const char *colon = strchr(text, ':');
	if (colon == NULL)
		return parse_end(text, &threshold->end) && threshold->end >= 0;

	g_autofree char *start = g_strndup(text, (gsize)(colon - text));
	const bool unbounded = strcmp(start, "~") == 0;
	if (unbounded)
		threshold->start = -INFINITY;
	else if (*start != '\0' && !parse_end(start, &threshold->start))
		return false;
	if (colon[1] != '\0' && !parse_end(colon + 1, &threshold->end))
		return false;
	return threshold->start <= threshold->end;
}

bool
threshold_parse(const char *option, const char *text, Threshold *threshold, GError **error)
{
	if (parse(text, threshold))
		return true;
	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE,
		"%s: \"%s\" is no range; try 5, 5:, ~:5, 5:10 or @5:10", option, text);
	return false;
}

bool
threshold_alerts(const Threshold *threshold, double value)
{
	const bool inside = value >= threshold->start && value <= threshold->end;

	return inside == threshold->inside;
}
