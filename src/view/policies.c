/* What the parts of the answer about policies share. */
#include "policies.h"

#include <string.h>

bool
policies_is_type(const PolicyHistory *history, const char *type)
{
	return strcmp(history->type, type) == 0;
}

const Reporter *
policies_reporter(const Policies *policies, const char *domain, StoreRows *rows, int column)
{
	const Reporter *reporter = reporters_find(
		policies->reporters, store_rows_int(rows, column));

	return reporter != NULL && reporter->believed
			&& (!reporter->first_timer
				|| !g_hash_table_contains(policies->established, domain))
		? reporter
		: NULL;
}

bool
policies_is_resolved(const Policies *policies, int64_t incident)
{
	return g_hash_table_contains(policies->resolved, &incident);
}

const PolicyHistory *
policies_without(const Policies *policies, const char *domain)
{
	return g_hash_table_lookup(policies->without, domain);
}

const char *
policies_own_text(const Policies *policies, StoreRows *rows, int column)
{
	return text_pool_add(policies->strings, store_rows_text(rows, column));
}

void
policies_set_lines(Cell *cell, const GPtrArray *texts)
{
	g_autoptr(GString) lines = g_string_new(NULL);

	for (guint i = 0; i < texts->len; i++) {
		const char *text = g_ptr_array_index(texts, i);
		if (*text != '\0')
			g_string_append_printf(lines, "%s%s", lines->len > 0 ? "\n" : "", text);
	}
	cell_set_text(cell, lines->str);
}
