/*
 * The policies that hold now, as view_policy() tells them, and what follows from them.  Its tables are taken
 * over, as far as the page shows them; of several domains that are asked about each has an answer.
 */
#include "view_page_parts.h"

#include "tlsrpt/view.h"

#include <string.h>

/* The tables that are taken over, and how many rows of each are shown. */
static const struct {
	const char *key;
	size_t rows;
} taken[] = {
	{ "invalid", 50 },
	{ "old_policies", 50 },
	{ "uncovered_mx", 50 },
	{ "testing", PAGE_ROWS },
	{ "cost", PAGE_ROWS },
	{ "tlsa_changes", 50 },
	{ "weak", 50 },
	{ "unverified", 50 },
};

/* Removes the policies that no longer hold. */
static void
keep_current(Table *table)
{
	size_t kept = 0;

	for (guint i = 0; i < table->rows->len; i++) {
		const bool is_current = table_number(table, i, "current") != 0;
		gpointer row = table->rows->pdata[i];
		if (!is_current)
			continue;
		table->rows->pdata[i] = table->rows->pdata[kept];
		table->rows->pdata[kept++] = row;
	}
	table_truncate(table, kept);
}

/* The place of a table among those of the document; their number, if it has none of that name. */
static guint
place_of(const Document *document, const char *key)
{
	for (guint i = 0; i < document->tables->len; i++) {
		const Table *table = g_ptr_array_index(document->tables, i);
		if (strcmp(table->key, key) == 0)
			return i;
	}
	return document->tables->len;
}

/* Moves a table from one document to the other; its rows to the table that is there already. */
static void
take(PageView *view, const Document *policy, const char *key, size_t rows)
{
	GPtrArray *tables = view->document->tables;
	const guint from = place_of(policy, key), to = place_of(view->document, key);

	if (to == tables->len) {
		g_ptr_array_add(tables, g_ptr_array_steal_index(policy->tables, from));
	} else {
		Table *moved = g_ptr_array_index(policy->tables, from), *there = tables->pdata[to];
		g_ptr_array_extend_and_steal(there->rows, moved->rows);
		moved->rows = g_ptr_array_new();
	}
	view_page_limit(view, tables->pdata[to], rows);
}

static bool
read_policies(PageView *view, guint answer, GError **error)
{
	const PageQuestion *question = view->question;
	const StoreFilter filter = view_page_filter(view, answer);
	const PolicyQuestion asked = {
		.expected_since = DAY_NONE,
		.rules = question->rules,
		.believe = question->believe,
		.without_sights = true,
	};
	g_autoptr(Document) policy = view_policy(question->store, &filter, &asked, error);

	if (policy == NULL)
		return false;
	keep_current(policy->tables->pdata[place_of(policy, "policies")]);
	take(view, policy, "policies", PAGE_ROWS);
	for (size_t i = 0; i < G_N_ELEMENTS(taken); i++)
		take(view, policy, taken[i].key, taken[i].rows);
	return true;
}

bool
view_page_add_policies(PageView *view, GError **error)
{
	const char *const *domains = view->question->domains;
	bool ok = read_policies(view, 0, error);

	for (guint i = 1; ok && domains != NULL && domains[i] != NULL; i++)
		ok = read_policies(view, i, error);
	return ok;
}
