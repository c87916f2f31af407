/*
 * A report has the same few values again and again, and so has a batch.  So each id is looked up
 * once per batch.  It is not remembered longer, since a name that nothing refers to may be collected
 * between two transactions (collect.c).
 */
#include "names.h"

#include "known_names.h"

#include "tlsrpt/digest.h"
#include "tlsrpt/error.h"
#include "tlsrpt/text_table.h"

#include <string.h>

/*
 * Equal texts of a report share one copy, and follow each other in many rows.  So the last texts of
 * each table are remembered by their addresses, and a known address saves a look at the bytes.
 * This is how many are remembered.
 */
#define RECENT 16

typedef struct {
	const char *text; /* owned by the caller */
	const Name *name;
} Recent;

struct Names {
	GHashTable *known[NAME_TABLES]; /* text to Name */
	Recent recent[NAME_TABLES][RECENT];
	GPtrArray *missing[NAME_TABLES]; /* of Name: those without an id */
};

static const Name unknown = { .id = NAME_UNKNOWN, .text = "" };

static const struct {
	NameTable table;
	int64_t id;
	const char *name;
} known_names[] = {
#define KNOWN_NAME(table, table_name, id, name) { table, id, name },
	KNOWN_NAMES(KNOWN_NAME)
};

/* The id of a name that every store has; else 0. */
static int64_t
known_id(NameTable table, const char *text)
{
	for (size_t i = 0; i < G_N_ELEMENTS(known_names); i++) {
		if (known_names[i].table == table && strcmp(known_names[i].name, text) == 0)
			return known_names[i].id;
	}
	return 0;
}

bool
store_knows_id(NameTable table, int64_t id)
{
	for (size_t i = 0; i < G_N_ELEMENTS(known_names); i++) {
		if (known_names[i].table == table && known_names[i].id == id)
			return true;
	}
	return id == NAME_UNKNOWN;
}

static void
free_name(gpointer data)
{
	Name *name = data;

	g_free((char *)name->text);
	g_free(name);
}

static SqlStatement
select_of(NameTable table)
{
	return SQL_SELECT_ORGANIZATION + 2 * table;
}

void
store_forget_names(Store *store)
{
	if (store->names == NULL)
		return;
	for (size_t i = 0; i < NAME_TABLES; i++) {
		g_clear_pointer(&store->names->missing[i], g_ptr_array_unref);
		g_clear_pointer(&store->names->known[i], g_hash_table_unref);
	}
	g_clear_pointer(&store->names, g_free);
}

void
store_begin_names(Store *store)
{
	store_forget_names(store);
	store->names = g_new0(Names, 1);
}

static const Name *
find_or_add(Names *names, NameTable table, const char *text)
{
	if (names->known[table] == NULL) {
		names->known[table] = text_table_new(NULL, free_name);
		names->missing[table] = g_ptr_array_new();
	}
	Name *name = g_hash_table_lookup(names->known[table], text);
	if (name != NULL)
		return name;
	name = g_new0(Name, 1);
	name->text = g_strdup(text);
	name->id = known_id(table, text);
	g_hash_table_insert(names->known[table], (char *)name->text, name);
	if (name->id == 0)
		g_ptr_array_add(names->missing[table], name);
	return name;
}

const Name *
store_want_name(Store *store, NameTable table, const char *text)
{
	if (text == NULL || *text == '\0')
		return &unknown;
	Recent *recent = &store->names->recent[table][((gsize)text >> 4) % RECENT];
	if (recent->text != text)
		*recent = (Recent){ text, find_or_add(store->names, table, text) };
	return recent->name;
}

uint8_t *
store_text_digest(const char *text)
{
	uint8_t *bytes = g_malloc(IDENTITY_SIZE);
	Digest digest;

	digest_bytes(text, strlen(text), &digest);
	memcpy(bytes, digest.bytes, IDENTITY_SIZE);
	return bytes;
}

/* A task on one table of names, with the digests of the texts in its rows. */
typedef struct {
	Task task;
	GPtrArray *digests;
} NameTask;

static void
name_task_clear(NameTask *one)
{
	task_clear(&one->task);
	g_clear_pointer(&one->digests, g_ptr_array_unref);
}

static void
add_name(NameTask *one, bool is_text, bool with_text, const Name *name)
{
	if (!is_text) {
		task_add(&one->task, name->text);
		return;
	}
	if (one->digests == NULL)
		one->digests = g_ptr_array_new_with_free_func(g_free);
	uint8_t *digest = store_text_digest(name->text);
	g_ptr_array_add(one->digests, digest);
	if (with_text)
		task_add(&one->task, digest, (size_t)IDENTITY_SIZE, name->text);
	else
		task_add(&one->task, digest, (size_t)IDENTITY_SIZE);
}

#define MORE_MAX 5

/*
 * Looks up or inserts all missing names, and sets the ids that the statements return.  More tasks
 * are performed after these, in the same trip.
 */
static bool
perform(Store *store, bool inserts, Task *const *more, size_t n_more, GError **error)
{
	Names *names = store->names;
	NameTask of_tables[NAME_TABLES] = { 0 };
	Task *tasks[NAME_TABLES + MORE_MAX];

	g_return_val_if_fail(n_more <= MORE_MAX, false);
	for (size_t i = 0; i < n_more; i++)
		tasks[NAME_TABLES + i] = more[i];

	for (size_t i = 0; i < NAME_TABLES; i++) {
		const bool is_text = i >= NAME_FIRST_TEXT;
		NameTask *one = &of_tables[i];
		one->task = QUERY(select_of(i) + (inserts ? 1 : 0),
			!is_text	  ? "t"
				: inserts ? "bt"
					  : "b");
		for (guint j = 0; names->missing[i] != NULL && j < names->missing[i]->len; j++)
			add_name(one, is_text, inserts, names->missing[i]->pdata[j]);
		tasks[i] = &one->task;
	}
	const bool ok = store_perform(store, tasks, NAME_TABLES + n_more, error);
	for (size_t i = 0; i < NAME_TABLES; i++) {
		for (guint j = 0; ok && j < of_tables[i].task.n; j++)
			((Name *)names->missing[i]->pdata[j])->id = of_tables[i].task.results[j];
		name_task_clear(&of_tables[i]);
	}
	return ok;
}

static int
compare_names(gconstpointer a, gconstpointer b)
{
	return strcmp((*(Name *const *)a)->text, (*(Name *const *)b)->text);
}

/*
 * Drops the names whose ids are known by now from the lists, which stay sorted; returns whether any
 * are left.
 */
static bool
keep_missing(Names *names)
{
	bool any = false;

	for (size_t i = 0; i < NAME_TABLES; i++) {
		GPtrArray *missing = names->missing[i];
		guint kept = 0;
		if (missing == NULL || missing->len == 0)
			continue;
		for (guint j = 0; j < missing->len; j++) {
			if (((const Name *)missing->pdata[j])->id == 0)
				missing->pdata[kept++] = missing->pdata[j];
		}
		g_ptr_array_set_size(missing, (int)kept);
		g_ptr_array_sort(missing, compare_names);
		any |= kept > 0;
	}
	return any;
}

bool
store_look_up_names_and(Store *store, Task *const *tasks, size_t n, GError **error)
{
	if (!perform(store, false, tasks, n, error))
		return false;
	(void)keep_missing(store->names);
	return true;
}

bool
store_look_up_names(Store *store, GError **error)
{
	return store_look_up_names_and(store, NULL, 0, error);
}

bool
store_insert_names(Store *store, GError **error)
{
	return !keep_missing(store->names) || store_insert_names_and(store, NULL, 0, error);
}

bool
store_insert_names_and(Store *store, Task *const *tasks, size_t n, GError **error)
{
	(void)keep_missing(store->names);
	if (!perform(store, true, tasks, n, error))
		return false;
	if (keep_missing(store->names)) {
		/* Another writer has just inserted one of them. */
		g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_STORE_CONFLICT,
			"another writer was in the way");
		return false;
	}
	return true;
}

bool
store_resolve_names(Store *store, GError **error)
{
	return store_look_up_names(store, error) && store_insert_names(store, error);
}

bool
store_find_name(Store *store, NameTable table, const char *text, int64_t *id, GError **error)
{
	const SqlStatement select = select_of(table);
	bool found = false;

	*id = text == NULL ? 0 : NAME_UNKNOWN;
	if (text == NULL || *text == '\0')
		return true;
	g_autofree uint8_t *digest = table >= NAME_FIRST_TEXT ? store_text_digest(text) : NULL;
	StoreStatement *statement = digest != NULL
		? store_bind(store, select, error, "b", digest, (size_t)IDENTITY_SIZE)
		: store_bind(store, select, error, "t", text);
	if (!store_query(store, statement, &found, id, error))
		return false;
	if (!found)
		*id = -1;
	return true;
}
