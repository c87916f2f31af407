#include "incidents.h"

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
	[DOMAIN] = { "policy_domain", "Domain", CELL_TEXT },
	[SESSIONS] = { "sessions", "Sessions", CELL_COUNT },
	[FAILED] = { "failed_sessions", "Failed", CELL_COUNT },
	[SHARE] = { "failed_share", "Share", CELL_SHARE },
	[DAYS] = { "days", "By day", CELL_BARS },
	[REPORTERS] = { "reporters", NULL, CELL_COUNT },
	[ORGANIZATIONS] = { "organizations", NULL, CELL_TEXT },
	[REPORTED_BY] = { NULL, "Reported by", CELL_TEXT },
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
append_name(Cell *cell, const char *separator, const char *name)
{
	g_autofree char *before = g_steal_pointer(&cell->text);

	if (before == NULL || *name == '\0')
		cell_set_text(cell, before != NULL ? before : name);
	else
		cell->text = g_strconcat(before, separator, name, NULL);
}

static bool
is_domain(const Table *table, guint row, const char *domain)
{
	const Cell *cells = g_ptr_array_index(table->rows, row);

	return strcmp(row_text(cells, DOMAIN), domain) == 0;
}

/* Who reported: the domains come in the same order. */
static bool
read_organizations(Store *store, const StoreFilter *filter, Table *table, GError **error)
{
	g_autoptr(StoreRows) rows = store_ask(store, STORE_DOMAIN_ORGANIZATIONS, filter, error);
	bool has = false, ok = rows != NULL;
	guint index = 0;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		while (index < table->rows->len && !is_domain(table, index, store_rows_text(rows, 0)))
			index++;
		/* Of a store that changes under its reader, and is read again. */
		if (index == table->rows->len)
			break;
		Cell *cells = g_ptr_array_index(table->rows, index);
		cells[REPORTERS].number++;
		append_name(&cells[ORGANIZATIONS], "; ", store_rows_text(rows, 1));
		if (cells[REPORTERS].number <= NAMES_SHOWN)
			append_name(&cells[REPORTED_BY], ", ", store_rows_text(rows, 1));
	}
	for (guint i = 0; ok && i < table->rows->len; i++) {
		Cell *cells = g_ptr_array_index(table->rows, i);
		if (cells[REPORTERS].number > NAMES_SHOWN) {
			g_autofree char *rest = g_strdup_printf("+%" G_GINT64_FORMAT,
				cells[REPORTERS].number - NAMES_SHOWN);
			append_name(&cells[REPORTED_BY], ", ", rest);
		}
	}
	return ok;
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
