/* In which order people are told the MX of a problem. */
#include "problem_parts.h"

#include <string.h>

static void
unref_set(gpointer set)
{
	g_hash_table_unref(set);
}

/* By MX: the set of the witnesses, first-timers apart, that saw it in the time that was read. */
static GHashTable *
find_witnesses(const GPtrArray *parts)
{
	GHashTable *sets = g_hash_table_new_full(NULL, NULL, NULL, unref_set);

	for (guint i = 0; i < parts->len; i++) {
		const IncidentPart *part = g_ptr_array_index(parts, i);
		GHashTable *set = g_hash_table_lookup(sets, part->shown.mx);
		if (set == NULL) {
			set = g_hash_table_new(g_int64_hash, g_int64_equal);
			g_hash_table_insert(sets, (gpointer)part->shown.mx, set);
		}
		for (guint j = 0; part->rows != NULL && j < part->rows->len; j++) {
			const SeenRow *row = &g_array_index(part->rows, SeenRow, j);
			if (row_counts(part, row) && !row->reporter->first_timer)
				g_hash_table_add(set, (gpointer)&row->reporter->witness_number);
		}
	}
	return sets;
}

static int
compare_mx(gconstpointer a, gconstpointer b, gpointer sets)
{
	const char *one = *(const char *const *)a, *other = *(const char *const *)b;
	const guint n = g_hash_table_size(g_hash_table_lookup(sets, one));
	const guint other_n = g_hash_table_size(g_hash_table_lookup(sets, other));

	return n != other_n ? (n < other_n ? 1 : -1) : strcmp(one, other);
}

void
mx_sort(GPtrArray *mx_hosts, const GPtrArray *parts)
{
	g_autoptr(GHashTable) sets = find_witnesses(parts);

	g_ptr_array_sort_with_data(mx_hosts, compare_mx, sets);
}
