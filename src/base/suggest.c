#include "tlsrpt/suggest.h"

#include <glib.h>
#include <string.h>

#define LENGTH_MAX 32 /* longer words are not compared */
#define LENGTH_SHORT 4 /* words up to this length may have one error, longer ones two */

/*
 * How many typing errors lie between two words: the optimal string alignment distance, which counts
 * two swapped neighbours as one error.
 */
static int
distance(const char *one, const char *other)
{
	const size_t rows = strlen(one), columns = strlen(other);
	int errors[LENGTH_MAX + 1][LENGTH_MAX + 1] = { 0 };

	for (size_t i = 0; i <= rows; i++) {
		for (size_t j = 0; j <= columns; j++) {
			if (i == 0 || j == 0) {
				errors[i][j] = (int)MAX(i, j);
				continue;
			}
			const int wrong = one[i - 1] != other[j - 1];
			const int missing = MIN(errors[i - 1][j], errors[i][j - 1]) + 1;
			errors[i][j] = MIN(errors[i - 1][j - 1] + wrong, missing);
			if (i > 1 && j > 1 && one[i - 1] == other[j - 2]
				&& one[i - 2] == other[j - 1])
				errors[i][j] = MIN(errors[i][j], errors[i - 2][j - 2] + wrong);
		}
	}
	return errors[rows][columns];
}

const char *
suggest(const char *given, const char *const *names)
{
	const size_t length = strlen(given);
	int fewest = length > LENGTH_SHORT ? 2 : 1;
	const char *nearest = NULL;

	if (length == 0 || length > LENGTH_MAX)
		return NULL;
	for (; *names != NULL; names++) {
		if (g_str_has_prefix(*names, given))
			return *names;
		if (strlen(*names) > LENGTH_MAX)
			continue;
		const int errors = distance(given, *names);
		/* Of several names that are equally near, the first one is taken. */
		if (errors < fewest || (errors == fewest && nearest == NULL)) {
			fewest = errors;
			nearest = *names;
		}
	}
	return nearest;
}

char *
suggest_text(const char *given, const char *const *names)
{
	const char *near = suggest(given, names);

	return near != NULL ? g_strdup_printf("; did you mean \"%s\"?", near) : g_strdup("");
}

char *
suggest_option(char **words, const GOptionEntry *options, const char *help)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	for (; options->long_name != NULL; options++) {
		if (*options->long_name != '\0')
			g_ptr_array_add(names, (char *)options->long_name);
	}
	g_ptr_array_add(names, (char *)"help");
	g_ptr_array_add(names, NULL);
	for (; *words != NULL && strcmp(*words, "--") != 0; words++) {
		if (!g_str_has_prefix(*words, "--"))
			continue;
		g_autofree char *name = g_strndup(*words + 2, strcspn(*words + 2, "="));
		if (g_strv_contains((const char *const *)names->pdata, name))
			continue;
		const char *near = suggest(name, (const char *const *)names->pdata);
		return near != NULL ? g_strdup_printf(
			       "unknown option --%s; did you mean --%s? See %s", name, near, help)
				    : g_strdup_printf("unknown option --%s; see %s", name, help);
	}
	return NULL;
}
