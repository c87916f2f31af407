/*
 * Names are stored once and referred to by many rows, of which no index tells whether there are any
 * left.  So all rows are read once, and what they refer to is marked; then what is not marked is
 * deleted, in short transactions.
 *
 * Other writers go on meanwhile.  A delivery looks its names up in the transaction in which it
 * writes its rows, so a name is either gone before that, and the delivery inserts it anew, or its
 * rows are there before the name would be deleted: each transaction here begins with marking what
 * the reports refer to that have come since.  (An engine on which both can happen at once checks
 * the references; the delivery then begins again with the look-up.)  Reports that were there before
 * get new names only when they are written anew, which is counted: then all is left for the next
 * time.
 */
#include "collect.h"

#include "names.h"
#include "transaction.h"

#include <string.h>

/* The tables from which rows are collected: those of names, and two that refer to these. */
enum { TABLE_SENDER = NAME_TABLES, TABLE_REPORTER, TABLES };

#define COLUMNS_MAX 5

/* A query, and the tables to whose ids its columns refer. */
typedef struct {
	SqlStatement which;
	int columns;
	int tables[COLUMNS_MAX];
} References;

static const References references[] = {
	{ SQL_REFERENCES_OF_REPORT, 2, { NAME_DOMAIN, TABLE_SENDER } },
	{ SQL_REFERENCES_OF_POLICY, 4,
		{ NAME_DOMAIN, NAME_POLICY_TYPE, NAME_POLICY_TEXT, NAME_MX_LIST } },
	{ SQL_REFERENCES_OF_FAILURE, 5,
		{ NAME_RESULT_TYPE, NAME_DOMAIN, NAME_ADDRESS, NAME_ADDRESS, NAME_REASON } },
	{ SQL_REFERENCES_OF_DAILY, 3, { NAME_DOMAIN, NAME_POLICY_TYPE, TABLE_REPORTER } },
	{ SQL_REFERENCES_OF_DAILY_TOTAL, 2, { NAME_DOMAIN, TABLE_REPORTER } },
	{ SQL_REFERENCES_OF_DAILY_SUM, 1, { NAME_DOMAIN } },
	{ SQL_REFERENCES_OF_INCIDENT_DAY, 1, { TABLE_REPORTER } },
	{ SQL_REFERENCES_OF_INCIDENT_REASON, 2, { TABLE_REPORTER, NAME_REASON } },
	{ SQL_REFERENCES_OF_POLICY_SEEN, 4,
		{ NAME_DOMAIN, NAME_POLICY_TYPE, NAME_POLICY_TEXT, TABLE_REPORTER } },
	{ SQL_REFERENCES_OF_REPORT_NAME, 1, { NAME_ORGANIZATION } },
};

/* Those of rows of which there are few; they are marked again and again. */
static const References few_references[] = {
	{ SQL_REFERENCES_OF_INCIDENT, 5,
		{ NAME_DOMAIN, NAME_POLICY_TYPE, NAME_RESULT_TYPE, NAME_DOMAIN, NAME_KIND } },
	{ SQL_REFERENCES_OF_SENDER, 4, { TABLE_REPORTER, NAME_CONTACT, NAME_DOMAIN, NAME_DOMAIN } },
	{ SQL_REFERENCES_OF_REPORTER, 2, { NAME_ORGANIZATION, NAME_DOMAIN } },
	{ SQL_REFERENCES_OF_SILENCE, 1, { NAME_DOMAIN } },
};

/* Those of reports that have come since. */
static const References new_references[] = {
	{ SQL_REFERENCES_OF_NEW_REPORT, 2, { NAME_DOMAIN, TABLE_SENDER } },
	{ SQL_REFERENCES_OF_NEW_POLICY, 4,
		{ NAME_DOMAIN, NAME_POLICY_TYPE, NAME_POLICY_TEXT, NAME_MX_LIST } },
	{ SQL_REFERENCES_OF_NEW_FAILURE, 5,
		{ NAME_RESULT_TYPE, NAME_DOMAIN, NAME_ADDRESS, NAME_ADDRESS, NAME_REASON } },
};

typedef struct {
	Store *store;
	/* A bit for each id: what all rows refer to, and without those of which there are few. */
	GByteArray *marks[TABLES], *lasting[TABLES];
	int64_t last_id; /* ids over it are not looked at */
	int64_t last_report; /* reports up to it were looked at */
	int64_t rewrites;
	bool is_fresh; /* whether that was in the transaction at hand */
	bool is_off; /* other work is in the way: the rest is left for the next time */
	int table; /* at hand, its ids, and the next of them */
	GArray *list;
	size_t next;
	int64_t collected;
} Collect;

static void
mark(const Collect *collect, GByteArray *marks, int64_t id)
{
	if (id > 0 && id <= collect->last_id)
		marks->data[id / 8] |= (guint8)(1 << id % 8);
}

static bool
is_marked(const Collect *collect, int table, int64_t id)
{
	return (table < NAME_TABLES && store_knows_id((NameTable)table, id))
		|| (collect->marks[table]->data[id / 8] >> id % 8 & 1) != 0;
}

/* Marks what rows refer to, in marks and, if they are not few, in lasting. */
static bool
mark_references(const Collect *collect, const References *one, StoreStatement *rows,
	bool is_lasting, GError **error)
{
	const StoreDriver *driver = collect->store->driver;
	StepResult result;

	if (rows == NULL)
		return false;
	while ((result = driver->step(rows, error)) == STEP_ROW) {
		for (int i = 0; i < one->columns; i++) {
			const int64_t id = driver->column_int(rows, i);
			mark(collect, collect->marks[one->tables[i]], id);
			if (is_lasting)
				mark(collect, collect->lasting[one->tables[i]], id);
		}
	}
	driver->reset(rows);
	return result == STEP_DONE;
}

static bool
mark_all(const Collect *collect, const References *list, size_t n, bool is_lasting, GError **error)
{
	for (size_t i = 0; i < n; i++) {
		if (!mark_references(collect, &list[i],
			    store_bind(collect->store, list[i].which, error, ""), is_lasting,
			    error))
			return false;
	}
	return true;
}

static bool
mark_few(const Collect *collect, GError **error)
{
	return mark_all(collect, few_references, G_N_ELEMENTS(few_references), false, error);
}

static bool
ask(const Collect *collect, SqlStatement which, int64_t *number, GError **error)
{
	bool found;

	return store_query(collect->store, store_bind(collect->store, which, error, ""), &found,
		number, error);
}

/* Marks what has come since, once in each transaction. */
static bool
mark_new(Collect *collect, GError **error)
{
	Store *store = collect->store;
	int64_t rewrites = 0, last = 0, pruned;
	bool is_pruned;

	if (collect->is_fresh)
		return true;
	if (!ask(collect, SQL_SELECT_REWRITES, &rewrites, error)
		|| !ask(collect, SQL_LAST_REPORT, &last, error)
		|| !store_query(store,
			store_bind(store, SQL_LAST_NEW_PRUNED, error, "i", collect->last_report),
			&is_pruned, &pruned, error))
		return false;
	collect->is_off = rewrites != collect->rewrites || is_pruned;
	for (size_t i = 0; i < G_N_ELEMENTS(new_references); i++) {
		const References *one = &new_references[i];
		if (!mark_references(collect, one,
			    store_bind(store, one->which, error, "i", collect->last_report), true,
			    error))
			return false;
	}
	collect->last_report = last;
	collect->is_fresh = true;
	return mark_few(collect, error);
}

static void
end_transaction(void *work)
{
	((Collect *)work)->is_fresh = false;
}

static int64_t
take_next(Collect *collect, bool *more)
{
	const int64_t id = g_array_index(collect->list, int64_t, collect->next++);

	*more = collect->next < collect->list->len;
	return id;
}

static bool
step_name(void *work, bool *more, GError **error)
{
	Collect *collect = work;
	Store *store = collect->store;

	if (!mark_new(collect, error))
		return false;
	const int64_t id = take_next(collect, more);
	*more &= !collect->is_off;
	if (collect->is_off || is_marked(collect, collect->table, id))
		return true;
	collect->collected++;
	if (collect->table == TABLE_REPORTER
		&& !store_run(store, store_bind(store, SQL_DELETE_DAYS_OF_REPORTER, error, "i", id),
			error))
		return false;
	return store_run(store,
		store_bind(store, SQL_DELETE_ORGANIZATION + 2 * collect->table, error, "i", id),
		error);
}

bool
store_forget_incident(Store *store, int64_t id, bool *gone, GError **error)
{
	if (!store_run(
		    store, store_bind(store, SQL_DELETE_REASONS_OF_INCIDENT, error, "i", id), error)
		|| !store_run(store, store_bind(store, SQL_DELETE_INCIDENT, error, "i", id), error))
		return false;
	*gone = store->driver->changes(store->connection) > 0;
	return true;
}

static bool
step_incident(void *work, bool *more, GError **error)
{
	Collect *collect = work;
	Store *store = collect->store;
	int64_t id = take_next(collect, more);
	bool is_idle, gone;

	if (!store_query(store, store_bind(store, SQL_IS_INCIDENT_IDLE, error, "i", id), &is_idle,
		    &id, error))
		return false;
	if (!is_idle)
		return true;
	if (!store_forget_incident(store, id, &gone, error))
		return false;
	collect->collected += gone;
	return true;
}

/* Performs the step for each id of a list, which it takes. */
static bool
run_list(Collect *collect, GArray *list, StoreStep step, int64_t *longest_us, GError **error)
{
	if (list == NULL)
		return false;
	collect->list = list;
	collect->next = 0;
	collect->is_fresh = false;
	const bool ok = list->len == 0
		|| store_in_batches(
			collect->store, step, end_transaction, collect, longest_us, error);
	g_array_unref(list);
	return ok;
}

/* The ids of a table that are not marked. */
static GArray *
list_unmarked(const Collect *collect, GError **error)
{
	GArray *list = store_list(collect->store,
		store_bind(collect->store, SQL_LIST_IDS_OF_ORGANIZATION + 2 * collect->table, error,
			"i", collect->last_id),
		error);
	guint n = 0;

	for (guint i = 0; list != NULL && i < list->len; i++) {
		const int64_t id = g_array_index(list, int64_t, i);
		if (!is_marked(collect, collect->table, id))
			g_array_index(list, int64_t, n++) = id;
	}
	if (list != NULL)
		g_array_set_size(list, n);
	return list;
}

static GByteArray *
no_marks(const Collect *collect)
{
	const guint size = (guint)(collect->last_id / 8 + 1);
	GByteArray *marks = g_byte_array_sized_new(size);

	g_byte_array_set_size(marks, size);
	memset(marks->data, 0, size);
	return marks;
}

/* Marks what is referred to; the order is such that nothing is missed that comes meanwhile. */
static bool
mark_everything(Collect *collect, GError **error)
{
	int64_t other;

	if (!ask(collect, SQL_SELECT_REWRITES, &collect->rewrites, error)
		|| !ask(collect, SQL_LAST_REPORT, &collect->last_report, error)
		|| !ask(collect, SQL_LAST_ID_OF_NAMES, &collect->last_id, error)
		/* Reports may be counted under it without naming it. */
		|| !store_find_name(collect->store, NAME_REASON, NAME_REASON_OTHER, &other, error))
		return false;
	for (int i = 0; i < TABLES; i++) {
		collect->marks[i] = no_marks(collect);
		collect->lasting[i] = no_marks(collect);
	}
	mark(collect, collect->lasting[NAME_REASON], other);
	return mark_all(collect, references, G_N_ELEMENTS(references), true, error);
}

/* Takes back the marks of rows of which there are few, some of which are gone by now. */
static bool
mark_anew(const Collect *collect, GError **error)
{
	for (int i = 0; i < TABLES; i++)
		memcpy(collect->marks[i]->data, collect->lasting[i]->data, collect->marks[i]->len);
	return mark_few(collect, error);
}

/* Collects from one table. */
static bool
collect_table(Collect *collect, int table, int64_t *longest_us, GError **error)
{
	collect->table = table;
	return run_list(collect, list_unmarked(collect, error), step_name, longest_us, error);
}

static bool
collect_incidents(Collect *collect, int64_t *longest_us, GError **error)
{
	GArray *idle = store_list(collect->store,
		store_bind(collect->store, SQL_LIST_IDLE_INCIDENTS, error, ""), error);

	return run_list(collect, idle, step_incident, longest_us, error);
}

/*
 * Senders come before the reporters to which they refer, and reporters before the names.  What was
 * deleted before a table refers to nothing any longer.
 */
static bool
collect_all(Collect *collect, int64_t *longest_us, GError **error)
{
	if (!collect_incidents(collect, longest_us, error) || !mark_everything(collect, error))
		return false;
	for (int i = 0; i < TABLES && !collect->is_off; i++) {
		const int table = i == 0 ? TABLE_SENDER : i == 1 ? TABLE_REPORTER : i - 2;
		if ((i <= 2 && !mark_anew(collect, error))
			|| !collect_table(collect, table, longest_us, error))
			return false;
	}
	return true;
}

bool
store_collect(Store *store, int64_t *collected, int64_t *longest_us, GError **error)
{
	StoreConnection *connection = store->connection;
	Collect collect = { .store = store };

	/*
	 * What refers to a row is known, and without an index SQLite would read whole tables to see
	 * that for each row.
	 */
	if (!store->driver->set_migrating(connection, true, error))
		return false;
	const bool ok = collect_all(&collect, longest_us, error);
	for (int i = 0; i < TABLES; i++) {
		g_clear_pointer(&collect.marks[i], g_byte_array_unref);
		g_clear_pointer(&collect.lasting[i], g_byte_array_unref);
	}
	*collected = collect.collected;
	return store->driver->set_migrating(connection, false, ok ? error : NULL) && ok;
}
