/* Numbers, shares and days in the form that people read. */
#include "tlsrpt/render.h"

#include "tlsrpt/day.h"

#include <math.h>

char *
share_text(double share)
{
	if (share < 0)
		return g_strdup("-");
	/*
	 * Rounding must not turn a few failures into none, or almost all into all.  (Cast, since i386
	 * computes with more digits.)
	 */
	if (share > 0 && share < (double)0.0005)
		return g_strdup("<0.1 %");
	if (share < 1 && share >= (double)0.9995)
		return g_strdup(">99.9 %");
	return g_strdup_printf("%.1f %%", share * 100);
}

char *
bars_text(const GArray *bars, bool ascii)
{
	static const char *const blocks[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	static const char *const letters[] = { "_", "1", "2", "3", "4", "6", "8", "#" };
	const char *const *steps = ascii ? letters : blocks;
	GString *text = g_string_new(NULL);

	for (size_t i = 0; i < bars->len; i++) {
		const double share = g_array_index(bars, double, i);
		/* The lowest step means that nothing failed. */
		const int step = share <= 0 ? 0 : 1 + (int)floor(MIN(share, 0.999) * 7);
		g_string_append(text, share < 0 ? (ascii ? "." : "·") : steps[step]);
	}
	return g_string_free(text, FALSE);
}

char *
table_day(const Table *table, size_t row, const char *key)
{
	return day_text(table_number(table, row, key));
}
