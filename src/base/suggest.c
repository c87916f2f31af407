#include "tlsrpt/suggest.h"

#include <glib.h>
#include <string.h>

#define LENGTH_MAX 32 /* of a word that is compared */
#define LENGTH_SHORT 4 /* up to which one error alone is a likely one */

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
		/* The first of several that are as near. */
		if (errors < fewest || (errors == fewest && nearest == NULL)) {
			fewest = errors;
			nearest = *names;
		}
	}
	return nearest;
}
