/* The last 90 days: all domains together by day, and each domain. */
#include "view_page_parts.h"

#include "problem_parts.h"

#include "tlsrpt/report.h"
#include "tlsrpt/text_table.h"

#include <string.h>

enum { DAY_OF, DAY_ALL, DAY_FAILED, DAY_SHARE, DAY_COLUMN_COUNT };

static const Column day_columns[DAY_COLUMN_COUNT] = {
	[DAY_OF] = { "day", NULL, CELL_DAY },
	[DAY_ALL] = { "sessions", NULL, CELL_COUNT },
	[DAY_FAILED] = { "failed_sessions", NULL, CELL_COUNT },
	[DAY_SHARE] = { "failed_share", NULL, CELL_SHARE }, /* CELL_NOTHING: nobody reported */
};

enum {
	D_DOMAIN,
	D_SESSIONS,
	D_FAILED,
	D_SHARE,
	D_SHARE_90,
	D_REPORT_DAYS,
	D_FAILED_DAYS,
	D_LEARNING,
	D_BARS,
	D_COLUMNS
};

static const Column domain_columns[D_COLUMNS] = {
	[D_DOMAIN] = { "policy_domain", NULL, CELL_TEXT },
	[D_SESSIONS] = { "sessions", NULL, CELL_COUNT }, /* of W */
	[D_FAILED] = { "failed_sessions", NULL, CELL_COUNT },
	[D_SHARE] = { "failed_share", NULL, CELL_SHARE },
	[D_SHARE_90] = { "failed_share_90", NULL, CELL_SHARE },
	[D_REPORT_DAYS] = { "report_days", NULL, CELL_COUNT }, /* of the 90 */
	[D_FAILED_DAYS] = { "failed_days", NULL, CELL_COUNT },
	[D_LEARNING] = { "learning", NULL, CELL_FLAG },
	[D_BARS] = { "days", NULL, CELL_BARS },
};

typedef struct {
	int64_t sessions, failed_sessions;
} DaySum;

/* What believed reporters told about a domain. */
typedef struct {
	char *name;
	DaySum days[PAGE_DAYS];
	DaySum window, all;
} DomainDaysOf;

typedef struct {
	const PageView *view;
	int64_t first_day;
	GHashTable *by_number; /* int64_t to DomainDaysOf; the keys are in them */
	GPtrArray *domains; /* of DomainDaysOf * */
	DaySum days[PAGE_DAYS];
} Collected;

static void
add_sum(DaySum *sum, const DaySum *more)
{
	sum->sessions = count_add(sum->sessions, more->sessions);
	sum->failed_sessions = count_add(sum->failed_sessions, more->failed_sessions);
}

static void
domain_free(gpointer data)
{
	DomainDaysOf *domain = data;

	g_free(domain->name);
	g_free(domain);
}

static DomainDaysOf *
find_domain(Collected *collected, StoreRows *rows)
{
	const gsize number = (gsize)store_rows_int(rows, DOMAIN_BY_DOMAIN);
	DomainDaysOf *domain = g_hash_table_lookup(collected->by_number, GSIZE_TO_POINTER(number));

	if (domain == NULL) {
		domain = g_new0(DomainDaysOf, 1);
		domain->name = g_strdup(store_rows_text(rows, DOMAIN_BY_NAME));
		g_ptr_array_add(collected->domains, domain);
		g_hash_table_insert(collected->by_number, GSIZE_TO_POINTER(number), domain);
	}
	return domain;
}

static void
add_row(StoreRows *rows, bool is_first_timer G_GNUC_UNUSED, void *data)
{
	Collected *collected = data;
	const int64_t day = store_rows_int(rows, DOMAIN_BY_DAY);
	const DaySum sum = { store_rows_int(rows, DOMAIN_BY_SESSIONS),
		store_rows_int(rows, DOMAIN_BY_FAILED_SESSIONS) };
	DomainDaysOf *domain = find_domain(collected, rows);

	add_sum(&domain->days[day - collected->first_day], &sum);
	add_sum(&domain->all, &sum);
	if (day >= collected->view->question->window_day)
		add_sum(&domain->window, &sum);
	add_sum(&collected->days[day - collected->first_day], &sum);
}

static bool
collect(Collected *collected, GError **error)
{
	const PageView *view = collected->view;
	bool ok = true;

	for (guint i = 0; ok && i < view->answers->len; i++) {
		const Problems *answer = g_ptr_array_index(view->answers, i);
		const StoreFilter filter = view_page_filter(view, i);
		const DomainDays days = { answer->reporters, add_row, collected };
		ok = domain_days_read(view->question->store, &filter, &days, error);
	}
	return ok;
}

/* --- the tables */

static void
fill_days(const Collected *collected, Table *table)
{
	for (int i = 0; i < PAGE_DAYS; i++) {
		const DaySum *sum = &collected->days[i];
		Cell *cells = table_add_row(table);
		cells[DAY_OF].number = collected->first_day + i;
		cells[DAY_ALL].number = sum->sessions;
		cells[DAY_FAILED].number = sum->failed_sessions;
		cells[DAY_SHARE].share = share_of(sum->failed_sessions, sum->sessions);
	}
}

/* What fails now first, then what failed most, then by name. */
static int
compare_domains(gconstpointer a, gconstpointer b)
{
	const DomainDaysOf *one = *(const DomainDaysOf *const *)a;
	const DomainDaysOf *other = *(const DomainDaysOf *const *)b;

	if (one->window.failed_sessions != other->window.failed_sessions)
		return one->window.failed_sessions > other->window.failed_sessions ? -1 : 1;
	if (one->all.failed_sessions != other->all.failed_sessions)
		return one->all.failed_sessions > other->all.failed_sessions ? -1 : 1;
	return strcmp(one->name, other->name);
}

static void
fill_domain(const DomainDaysOf *domain, Cell *cells)
{
	cell_set_text(&cells[D_DOMAIN], domain->name);
	cells[D_SESSIONS].number = domain->window.sessions;
	cells[D_FAILED].number = domain->window.failed_sessions;
	cells[D_SHARE].share = share_of(domain->window.failed_sessions, domain->window.sessions);
	cells[D_SHARE_90].share = share_of(domain->all.failed_sessions, domain->all.sessions);
	cells[D_BARS].bars = g_array_sized_new(FALSE, FALSE, sizeof(double), PAGE_DAYS);
	for (int i = 0; i < PAGE_DAYS; i++) {
		const DaySum *sum = &domain->days[i];
		const double share = share_of(sum->failed_sessions, sum->sessions);
		g_array_append_val(cells[D_BARS].bars, share);
		cells[D_REPORT_DAYS].number += sum->sessions > 0;
		cells[D_FAILED_DAYS].number += sum->failed_sessions > 0;
	}
}

/* The names of domains that have too few days with reports to be judged; caller unrefs. */
static GHashTable *
find_learning(const PageView *view)
{
	GHashTable *names = text_table_new(NULL, NULL);

	for (guint i = 0; i < view->answers->len; i++) {
		const Problems *answer = g_ptr_array_index(view->answers, i);
		for (guint j = 0; j < answer->domains->len; j++) {
			const DomainTotal *total = g_ptr_array_index(answer->domains, j);
			if (total->learning)
				g_hash_table_add(names, (gpointer)total->domain);
		}
	}
	return names;
}

static void
fill_domains(const Collected *collected, Table *table)
{
	const GPtrArray *domains = collected->domains;
	g_autoptr(GHashTable) learning = find_learning(collected->view);

	for (guint i = 0; i < domains->len && i < PAGE_ROWS; i++) {
		const DomainDaysOf *domain = g_ptr_array_index(domains, i);
		Cell *cells = table_add_row(table);
		fill_domain(domain, cells);
		cells[D_LEARNING].number = g_hash_table_contains(learning, domain->name);
	}
	view_page_leave_out(
		collected->view, table, domains->len > PAGE_ROWS ? domains->len - PAGE_ROWS : 0);
}

bool
view_page_add_days(PageView *view, GError **error)
{
	Table *days = document_add_table(
		view->document, "days", NULL, day_columns, DAY_COLUMN_COUNT);
	Table *table = document_add_table(
		view->document, "domains", NULL, domain_columns, D_COLUMNS);
	g_autoptr(GHashTable) by_number = g_hash_table_new(NULL, NULL);
	g_autoptr(GPtrArray) domains = g_ptr_array_new_with_free_func(domain_free);
	Collected collected = {
		.view = view,
		.first_day = view->question->today - PAGE_DAYS + 1,
		.by_number = by_number,
		.domains = domains,
	};

	if (!collect(&collected, error))
		return false;
	g_ptr_array_sort(domains, compare_domains);
	fill_days(&collected, days);
	fill_domains(&collected, table);
	return true;
}
