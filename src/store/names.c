/*
 * Interned values.  A report names a few of them again and again, and an import many: ids are
 * remembered.  That is safe since no name is ever deleted, and those of a transaction that came to
 * nothing are forgotten.
 */
#include "private.h"

#include "tlsrpt/text_table.h"

#include <string.h>

/* Of each table; a name of more bytes is not remembered. */
#define NAMES_MAX 4096
#define NAME_SIZE_MAX 512

const char *
store_name(const char *name)
{
	return *name != '\0' ? name : NULL;
}

static GHashTable **
find_names(Store *store, SqlStatement select)
{
	return &store->names[(select - SQL_SELECT_ORGANIZATION) / 2];
}

static void
remember(GHashTable **names, const char *name, int64_t id)
{
	if (strlen(name) > NAME_SIZE_MAX)
		return;
	if (*names == NULL)
		*names = text_table_new(g_free, NULL);
	if (g_hash_table_size(*names) >= NAMES_MAX)
		g_hash_table_remove_all(*names);
	g_hash_table_insert(*names, g_strdup(name), GSIZE_TO_POINTER((gsize)id));
}

bool
store_intern(Store *store, SqlStatement select, const char *name, int64_t *id, GError **error)
{
	const SqlStatement insert = select + 1;
	const char *text = name != NULL ? name : "";
	GHashTable **names = find_names(store, select);
	bool found;

	*id = *names != NULL ? (int64_t)GPOINTER_TO_SIZE(g_hash_table_lookup(*names, text)) : 0;
	if (*id != 0)
		return true;
	if (!store_query(store, store_bind(store, select, error, "t", store_name(text)), &found, id,
		    error)
		|| (!found
			&& !store_insert(store,
				store_bind(store, insert, error, "t", store_name(text)), id,
				error)))
		return false;
	remember(names, text, *id);
	return true;
}

void
store_forget_names(Store *store)
{
	for (size_t i = 0; i < SQL_NAME_TABLES; i++)
		g_clear_pointer(&store->names[i], g_hash_table_unref);
}
