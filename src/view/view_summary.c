/* Whether all is well: the domains, and the problems. */
#include "problem_rows.h"

#include "tlsrpt/compare.h"
#include "tlsrpt/day.h"
#include "tlsrpt/report.h"
#include "tlsrpt/text_table.h"
#include "tlsrpt/view.h"

#include <string.h>

#define NAMES_SHOWN 2 /* of the organizations that reported; the others are only counted */
#define BARS_MAX 14 /* so many days have a bar; of a longer time, the last ones */

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

/* The last row if it is of the domain, else a new row.  The days of a domain are adjacent. */
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
		Cell *cells = domain_row(
			table, store_rows_text(rows, DOMAIN_DAY_DOMAIN), (size_t)n_bars);
		const int64_t day = store_rows_int(rows, DOMAIN_DAY_DAY);
		const int64_t sessions = store_rows_int(rows, DOMAIN_DAY_SESSIONS),
			      failed = store_rows_int(rows, DOMAIN_DAY_FAILED_SESSIONS);
		cells[DOMAIN].number = store_rows_int(rows, DOMAIN_DAY_DOMAIN_NUMBER);
		cells[SESSIONS].number = count_add(cells[SESSIONS].number, sessions);
		cells[FAILED].number = count_add(cells[FAILED].number, failed);
		cells[SHARE].share = share_of(cells[FAILED].number, cells[SESSIONS].number);
		if (day >= first_bar)
			g_array_index(cells[DAYS].bars, double, day - first_bar) = share_of(
				failed, sessions);
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

/* Sets who reported, by the numbers of the organizations. */
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
		/* A name is missing only if the store has just changed; then the command reads it again. */
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
		g_hash_table_insert(names, number_of(rows, ORGANIZATION_NUMBER),
			g_strdup(store_rows_text(rows, ORGANIZATION_NAME)));
	return ok ? g_steal_pointer(&names) : NULL;
}

/* A row for each day, with numbers only, since there are many. */
static bool
read_sets(Store *store, const StoreFilter *filter, GHashTable *sets, GError **error)
{
	g_autoptr(StoreRows) rows = store_ask(store, STORE_DOMAIN_ORGANIZATIONS, filter, error);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		GHashTable *set = g_hash_table_lookup(
			sets, number_of(rows, DOMAIN_ORGANIZATION_DOMAIN));
		if (set != NULL)
			g_hash_table_add(set, number_of(rows, DOMAIN_ORGANIZATION_ORGANIZATION));
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

/* --- the whole */

enum {
	FROM_DAY,
	TO_DAY,
	N_DOMAINS,
	BELIEVED_SESSIONS,
	BELIEVED_FAILED,
	BELIEVED_SHARE,
	N_LEARNING,
	N_QUARANTINED,
	LAST_DAY, /* in the store; known only if there is nothing in the time asked for */
	SUMMARY_COLUMNS
};

static const Column summary_columns[SUMMARY_COLUMNS] = {
	[FROM_DAY] = { "first_day", NULL, CELL_TEXT },
	[TO_DAY] = { "last_day", NULL, CELL_TEXT },
	[N_DOMAINS] = { "domains", NULL, CELL_COUNT },
	[BELIEVED_SESSIONS] = { "sessions", NULL, CELL_COUNT },
	[BELIEVED_FAILED] = { "failed_sessions", NULL, CELL_COUNT },
	[BELIEVED_SHARE] = { "failed_share", NULL, CELL_SHARE },
	[N_LEARNING] = { "learning", NULL, CELL_COUNT },
	[N_QUARANTINED] = { "quarantined", NULL, CELL_COUNT },
	[LAST_DAY] = { "last_day_in_store", NULL, CELL_TEXT },
};

/* What believed reporters say of all domains. */
static void
sum_up(Cell *row, const Problems *problems)
{
	for (size_t i = 0; i < problems->domains->len; i++) {
		const DomainTotal *domain = g_ptr_array_index(problems->domains, i);
		row[BELIEVED_SESSIONS].number = count_add(
			row[BELIEVED_SESSIONS].number, domain->sessions);
		row[BELIEVED_FAILED].number = count_add(
			row[BELIEVED_FAILED].number, domain->failed_sessions);
	}
	row[BELIEVED_SHARE].share = share_of(
		row[BELIEVED_FAILED].number, row[BELIEVED_SESSIONS].number);
}

/* What there is besides, for somebody who sees nothing. */
static bool
say_what_there_is(Cell *row, Store *store, GError **error)
{
	StoreStatus status;

	if (!store_read_status(store, &status, error))
		return false;
	row[N_QUARANTINED].number = status.quarantined;
	if (status.first_day <= status.last_day)
		cell_set_day_text(&row[LAST_DAY], status.last_day);
	return true;
}

/* Takes over what is known of each domain: whether it is learning and, unless of one organization, its sums. */
static void
take_totals(Table *domains, Cell *row, const Problems *problems, bool has_sums)
{
	g_autoptr(GHashTable) totals = text_table_new(NULL, NULL);

	for (size_t i = 0; i < problems->domains->len; i++) {
		const DomainTotal *total = g_ptr_array_index(problems->domains, i);
		g_hash_table_insert(totals, (gpointer)total->domain, (gpointer)total);
	}
	for (size_t i = 0; i < domains->rows->len; i++) {
		Cell *cells = g_ptr_array_index(domains->rows, i);
		const DomainTotal *total = g_hash_table_lookup(totals, row_text(cells, DOMAIN));
		cells[LEARNING].number = total != NULL && total->learning;
		row[N_LEARNING].number += cells[LEARNING].number;
		if (!has_sums)
			continue;
		cells[SESSIONS].number = total != NULL ? total->sessions : 0;
		cells[FAILED].number = total != NULL ? total->failed_sessions : 0;
		cells[SHARE].share = share_of(cells[FAILED].number, cells[SESSIONS].number);
	}
}

/* Nothing at all is worse than any problem, and somebody who is silent is the least. */
static void
add_problems(Table *table, const EvidenceTables *evidence, const Problems *problems)
{
	if (problems->arrivals.state != ARRIVALS_OK)
		problem_row_fill_arrivals(table_add_row(table), &problems->arrivals);
	for (size_t i = 0; i < problems->problems->len; i++) {
		const Problem *problem = g_ptr_array_index(problems->problems, i);
		problem_row_fill(table_add_row(table), problem);
		problem_add_evidence(evidence, problem);
	}
	for (size_t i = 0; i < problems->silences->len; i++) {
		const Silence *silence = g_ptr_array_index(problems->silences, i);
		if (!silence->accepted)
			problem_row_fill_silence(table_add_row(table), silence);
	}
}

/*
 * Whose sums of a day the table of domains shows: of those who are believed, as far as their mail was
 * authenticated; the store has no sums of fewer.  What nobody vouches for would else make a day as good as a
 * stranger likes.
 */
static StoreFilter
believed_filter(const ProblemsQuestion *question)
{
	const BelieveRules *rules = question->believe;
	StoreFilter filter = *question->filter;

	filter.authenticated_only = filter.authenticated_only
		|| (rules->believe != BELIEVE_ALL && !rules->https);
	return filter;
}

Document *
view_summary(const ProblemsQuestion *question, GError **error)
{
	const StoreFilter *filter = question->filter, believed = believed_filter(question);
	g_autoptr(Document) document = document_new("summary");
	Table *domains = document_add_table(
		document, "domains", NULL, domain_columns, DOMAIN_COLUMNS);
	Table *table = document_add_table(
		document, "problems", NULL, problem_columns, PROBLEM_COLUMNS);
	const EvidenceTables evidence = problem_add_evidence_tables(document);
	Cell *row = table_add_row(
		document_add_table(document, "summary", NULL, summary_columns, SUMMARY_COLUMNS));

	cell_set_day_text(&row[FROM_DAY], filter->since_day);
	cell_set_day_text(&row[TO_DAY], filter->until_day);
	if (!read_domain_days(question->store, &believed, domains, error)
		|| !read_organizations(question->store, filter, domains, error))
		return NULL;
	row[N_DOMAINS].number = domains->rows->len;
	g_autoptr(Problems) problems = problems_read(question, error);
	if (problems == NULL)
		return NULL;
	sum_up(row, problems);
	add_problems(table, &evidence, problems);
	take_totals(domains, row, problems, filter->organization == NULL);
	g_ptr_array_sort(domains->rows, compare_rows);
	return domains->rows->len > 0 || say_what_there_is(row, question->store, error)
		? g_steal_pointer(&document)
		: NULL;
}
