#include "incidents.h"

#include "tlsrpt/compare.h"
#include "tlsrpt/report.h"
#include "tlsrpt/view.h"

#include <string.h>

#define NAMES_SHOWN 2 /* of who reported; the rest is counted */
#define BARS_MAX 14 /* days with a bar; of a longer time the last ones */

enum {
	DOMAIN,
	SESSIONS,
	FAILED,
	SHARE,
	DAYS,
	REPORTERS,
	ORGANIZATIONS,
	REPORTED_BY,
	LEARNING,
	DOMAIN_COLUMNS
};

static const Column domain_columns[DOMAIN_COLUMNS] = {
	[DOMAIN] = { "policy_domain", "Domain", CELL_NAME },
	[SESSIONS] = { "sessions", "Sessions", CELL_COUNT },
	[FAILED] = { "failed_sessions", "Failed", CELL_COUNT },
	[SHARE] = { "failed_share", "Share", CELL_SHARE },
	[DAYS] = { "days", "By day", CELL_BARS },
	[REPORTERS] = { "reporters", NULL, CELL_COUNT },
	[ORGANIZATIONS] = { "organizations", NULL, CELL_TEXT },
	[REPORTED_BY] = { NULL, "Reported by", CELL_NAMES },
	[LEARNING] = { "learning", NULL, CELL_FLAG },
};

/* The row of a domain, which comes right after that of the one before; a new one if it is new. */
static Cell *
domain_row(Table *table, const char *domain, size_t n_bars)
{
	if (table->rows->len > 0) {
		Cell *last = g_ptr_array_index(table->rows, table->rows->len - 1);
		if (strcmp(row_text(last, DOMAIN), domain) == 0)
			return last;
	}

	const double nothing = CELL_NOTHING;
	Cell *cells = table_add_row(table);
	cell_set_text(&cells[DOMAIN], domain);
	cells[DAYS].bars = g_array_sized_new(FALSE, FALSE, sizeof(double), (guint)n_bars);
	for (size_t i = 0; i < n_bars; i++)
		g_array_append_val(cells[DAYS].bars, nothing);
	return cells;
}

static bool
read_domain_days(Store *store, const StoreFilter *filter, Table *table, GError **error)
{
	g_autoptr(StoreRows) rows = store_ask(store, STORE_DOMAIN_DAYS, filter, error);
	const int64_t n_bars = MIN(filter->until_day - filter->since_day + 1, BARS_MAX);
	const int64_t first_bar = filter->until_day - n_bars + 1;
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		Cell *cells = domain_row(table, store_rows_text(rows, 0), (size_t)n_bars);
		const int64_t day = store_rows_int(rows, 1);
		const int64_t sessions = store_rows_int(rows, 2), failed = store_rows_int(rows, 3);
		cells[DOMAIN].number = store_rows_int(rows, 5);
		cells[SESSIONS].number = count_add(cells[SESSIONS].number, sessions);
		cells[FAILED].number = count_add(cells[FAILED].number, failed);
		cells[SHARE].share = share_of(cells[FAILED].number, cells[SESSIONS].number);
		if (day >= first_bar)
			g_array_index(cells[DAYS].bars, double, day - first_bar) =
				share_of(failed, sessions);
	}
	return ok;
}

/* Appends a name, if it is known. */
static void
append_name(GString *names, const char *separator, const char *name)
{
	if (names->len > 0 && *name != '\0')
		g_string_append(names, separator);
	g_string_append(names, name);
}

/* Who reported, of a set of numbers. */
static void
set_organizations(Cell *cells, GHashTable *set, GHashTable *names)
{
	g_autoptr(GPtrArray) sorted = g_ptr_array_new();
	g_autoptr(GString) all = g_string_new(NULL);
	g_autoptr(GString) shown = g_string_new(NULL);
	GHashTableIter iter;
	gpointer number;

	g_hash_table_iter_init(&iter, set);
	while (g_hash_table_iter_next(&iter, &number, NULL)) {
		char *name = g_hash_table_lookup(names, number);
		/* Else of a store that changes under its reader, and is read again. */
		if (name != NULL)
			g_ptr_array_add(sorted, name);
	}
	g_ptr_array_sort(sorted, compare_texts);
	cells[REPORTERS].number = sorted->len;
	for (guint i = 0; i < sorted->len; i++) {
		const char *name = g_ptr_array_index(sorted, i);
		append_name(all, "; ", name);
		if (i < NAMES_SHOWN)
			append_name(shown, "\n", name);
	}
	if (sorted->len > NAMES_SHOWN) {
		g_autofree char *rest = g_strdup_printf("+%u", sorted->len - NAMES_SHOWN);
		append_name(shown, "\n", rest);
	}
	cell_set_text(&cells[ORGANIZATIONS], all->str);
	cell_set_text(&cells[REPORTED_BY], shown->str);
}

static gpointer
number_of(StoreRows *rows, int column)
{
	return GSIZE_TO_POINTER((gsize)store_rows_int(rows, column));
}

/* Number to name, of all; NULL with the errors of the store. */
static GHashTable *
read_names(Store *store, const StoreFilter *filter, GError **error)
{
	g_autoptr(StoreRows) rows = store_ask(store, STORE_ORGANIZATIONS, filter, error);
	g_autoptr(GHashTable) names = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has)
		g_hash_table_insert(names, number_of(rows, 0), g_strdup(store_rows_text(rows, 1)));
	return ok ? g_steal_pointer(&names) : NULL;
}

/* A row for each day, with numbers only, since there are many. */
static bool
read_sets(Store *store, const StoreFilter *filter, GHashTable *sets, GError **error)
{
	g_autoptr(StoreRows) rows = store_ask(store, STORE_DOMAIN_ORGANIZATIONS, filter, error);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		GHashTable *set = g_hash_table_lookup(sets, number_of(rows, 0));
		if (set != NULL)
			g_hash_table_add(set, number_of(rows, 1));
	}
	return ok;
}

static void
unref_set(gpointer set)
{
	g_hash_table_unref(set);
}

static bool
read_organizations(Store *store, const StoreFilter *filter, Table *table, GError **error)
{
	g_autoptr(GHashTable) names = read_names(store, filter, error);
	g_autoptr(GHashTable) sets = g_hash_table_new_full(NULL, NULL, NULL, unref_set);

	for (guint i = 0; i < table->rows->len; i++) {
		const Cell *cells = g_ptr_array_index(table->rows, i);
		g_hash_table_insert(sets, GSIZE_TO_POINTER((gsize)cells[DOMAIN].number),
			g_hash_table_new(NULL, NULL));
	}
	if (names == NULL || !read_sets(store, filter, sets, error))
		return false;
	for (guint i = 0; i < table->rows->len; i++) {
		Cell *cells = g_ptr_array_index(table->rows, i);
		set_organizations(cells,
			g_hash_table_lookup(sets, GSIZE_TO_POINTER((gsize)cells[DOMAIN].number)),
			names);
	}
	return true;
}

static int
compare_rows(gconstpointer a, gconstpointer b)
{
	const Cell *one = *(const Cell *const *)a, *other = *(const Cell *const *)b;

	if (one[FAILED].number != other[FAILED].number)
		return one[FAILED].number < other[FAILED].number ? 1 : -1;
	return one[SESSIONS].number < other[SESSIONS].number ? 1
		: one[SESSIONS].number > other[SESSIONS].number
		? -1
		: g_strcmp0(one[DOMAIN].text, other[DOMAIN].text);
}

Document *
view_summary(Store *store, const StoreFilter *filter, const IncidentRules *rules, GError **error)
{
	g_autoptr(Document) document = document_new("summary");
	Table *domains =
		document_add_table(document, "domains", NULL, domain_columns, DOMAIN_COLUMNS);
	Table *table =
		document_add_table(document, "incidents", NULL, incident_columns, INCIDENT_COLUMNS);

	if (!read_domain_days(store, filter, domains, error)
		|| !read_organizations(store, filter, domains, error))
		return NULL;
	g_autoptr(Incidents) incidents =
		incidents_read(store, filter, rules, INCIDENTS_LISTED, table, error);
	if (incidents == NULL)
		return NULL;
	for (size_t i = 0; i < domains->rows->len; i++) {
		Cell *cells = g_ptr_array_index(domains->rows, i);
		cells[LEARNING].number = incidents_is_learning(incidents,
			row_text(cells, DOMAIN), rules);
	}
	g_ptr_array_sort(domains->rows, compare_rows);
	return g_steal_pointer(&document);
}

Document *
view_failures(Store *store, const StoreFilter *filter, const IncidentRules *rules, GError **error)
{
	g_autoptr(Document) document = document_new("failures");
	Table *table =
		document_add_table(document, "failures", NULL, incident_columns, INCIDENT_COLUMNS);
	g_autoptr(Incidents) incidents =
		incidents_read(store, filter, rules, INCIDENTS_LISTED, table, error);

	return incidents != NULL ? g_steal_pointer(&document) : NULL;
}
