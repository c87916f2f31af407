/* The mode of MTA-STS that is in force. */
#include "tlsrpt/failure.h"

static int
strictness(MtaStsMode mode)
{
	static const int ranks[] = {
		[MTA_STS_NO_MODE] = 0,
		[MTA_STS_NONE] = 1,
		[MTA_STS_TESTING] = 2,
		[MTA_STS_ENFORCE] = 3,
	};

	return ranks[mode];
}

static bool
is_newer(const ModeSeen *one, const ModeSeen *other, int64_t today)
{
	const int64_t last = MIN(one->last_day, today), other_last = MIN(other->last_day, today);

	/* On its last day a sender that saw both may keep to the stricter one. */
	if (last != other_last)
		return last > other_last;
	return strictness(one->mode) > strictness(other->mode);
}

MtaStsMode
mode_stricter(MtaStsMode one, MtaStsMode other)
{
	return strictness(one) >= strictness(other) ? one : other;
}

MtaStsMode
failure_mode(const GArray *seen, const IncidentRules *rules, int64_t today)
{
	g_autoptr(GHashTable) newest = g_hash_table_new(NULL, NULL); /* of each reporter */
	MtaStsMode strictest = MTA_STS_NO_MODE;
	GHashTableIter iter;
	gpointer data;

	for (guint i = 0; i < seen->len; i++) {
		const ModeSeen *one = &g_array_index(seen, ModeSeen, i);
		const ModeSeen *other = g_hash_table_lookup(newest, one->reporter);
		if (one->mode == MTA_STS_NO_MODE || one->reporter->first_timer
			|| one->last_day < today - rules->window || one->first_day > today)
			continue;
		if (other == NULL || is_newer(one, other, today))
			g_hash_table_insert(newest, (gpointer)one->reporter, (gpointer)one);
	}
	g_hash_table_iter_init(&iter, newest);
	while (g_hash_table_iter_next(&iter, NULL, &data))
		strictest = mode_stricter(strictest, ((const ModeSeen *)data)->mode);
	return strictest;
}
