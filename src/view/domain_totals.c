/* What believed reporters said about each domain, and whether that is enough to judge by. */
#include "problem_parts.h"

#include "tlsrpt/report.h"

#include <string.h>

#define AUTHS 8 /* the store numbers authentications from 1 to less than this */

/* A domain while its days are added. */
typedef struct {
	DomainTotal total; /* first, so that one is the other */
	GHashTable *days; /* int64_t * */
	int64_t number;
	int64_t sessions,
		failed_sessions; /* of first-timers, which count where there are no others */
	bool has_others;
} Adding;

static void
adding_free(gpointer data)
{
	Adding *adding = data;

	g_hash_table_unref(adding->days);
	g_free(adding);
}

static int64_t
number_of_auth(const char *auth)
{
	static const char *const names[AUTHS] = { "", "unchecked", "none", "fail", "pass",
		"https" };

	for (int i = 1; i < AUTHS; i++) {
		if (names[i] != NULL && strcmp(names[i], auth) == 0)
			return i;
	}
	return 0;
}

/*
 * Which authentications are believed; false if some reporters with one are believed and others are not, or are
 * first-timers, so that each reporter has to be looked at.
 */
static bool
believed_auths(const Reporters *reporters, bool believed[AUTHS])
{
	const GPtrArray *list = reporters_all(reporters);
	bool seen[AUTHS] = { false };

	for (guint i = 0; i < list->len; i++) {
		const Reporter *reporter = g_ptr_array_index(list, i);
		const int64_t auth = number_of_auth(reporter->auth);
		if ((seen[auth] && believed[auth] != reporter->believed)
			|| (reporter->believed && reporter->first_timer))
			return false;
		seen[auth] = true;
		believed[auth] = reporter->believed;
	}
	return true;
}

bool
domain_days_read(Store *store, const StoreFilter *filter, const DomainDays *days, GError **error)
{
	bool believed[AUTHS] = { false };
	const bool by_auth = believed_auths(days->reporters, believed);
	g_autoptr(StoreRows) rows = store_ask(store,
		by_auth ? STORE_DOMAIN_AUTH_DAYS : STORE_DOMAIN_REPORTER_DAYS, filter, error);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		const int64_t whom = store_rows_int(rows, DOMAIN_BY_WHOM);
		const Reporter *reporter = by_auth ? NULL : reporters_find(days->reporters, whom);
		if (by_auth ? whom > 0 && whom < AUTHS && believed[whom]
			    : reporter != NULL && reporter->believed)
			days->add(rows, reporter != NULL && reporter->first_timer, days->data);
	}
	return ok;
}

/* What adds the days: the answer, and its domains. */
typedef struct {
	ProblemsOwn *own;
	GHashTable *domains; /* of Adding */
} Sums;

static Adding *
find_adding(ProblemsOwn *own, GHashTable *domains, StoreRows *rows)
{
	const int64_t number = store_rows_int(rows, DOMAIN_BY_DOMAIN);
	Adding *adding = g_hash_table_lookup(domains, &number);

	if (adding == NULL) {
		adding = g_new0(Adding, 1);
		adding->number = number;
		adding->total.domain = text_pool_add(
			own->texts, store_rows_text(rows, DOMAIN_BY_NAME));
		adding->days = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
		g_hash_table_insert(domains, &adding->number, adding);
	}
	return adding;
}

static void
add_day(StoreRows *rows, bool is_first_timer, void *data)
{
	const Sums *sums = data;
	const ProblemsOwn *own = sums->own;
	const StoreFilter *filter = own->question->filter;
	const int64_t day = store_rows_int(rows, DOMAIN_BY_DAY);
	Adding *adding = find_adding(sums->own, sums->domains, rows);

	if (day <= own->today && !g_hash_table_contains(adding->days, &day))
		g_hash_table_add(adding->days, g_memdup2(&day, sizeof(day)));
	if (day < filter->since_day || day > filter->until_day)
		return;
	int64_t *sessions = is_first_timer ? &adding->sessions : &adding->total.sessions;
	int64_t *failed = is_first_timer ? &adding->failed_sessions
					 : &adding->total.failed_sessions;
	*sessions = count_add(*sessions, store_rows_int(rows, DOMAIN_BY_SESSIONS));
	*failed = count_add(*failed, store_rows_int(rows, DOMAIN_BY_FAILED_SESSIONS));
	adding->has_others = adding->has_others || !is_first_timer;
}

/* Adds up the days since a first one. */
static bool
read_days(ProblemsOwn *own, int64_t since_day, GHashTable *domains, GError **error)
{
	const StoreFilter filter = { .domain = own->question->filter->domain,
		.since_day = since_day,
		.until_day = own->until_day };
	Sums sums = { own, domains };
	const DomainDays days = { own->reporters, add_day, &sums };

	return domain_days_read(own->question->store, &filter, &days, error);
}

static int
compare_domains(gconstpointer a, gconstpointer b)
{
	const DomainTotal *one = *(const DomainTotal *const *)a;
	const DomainTotal *other = *(const DomainTotal *const *)b;

	return strcmp(one->domain, other->domain);
}

/* Whether there are enough days of each domain, so that no earlier ones have to be counted. */
static bool
are_enough(const ProblemsOwn *own, GHashTable *domains)
{
	GHashTableIter iter;
	gpointer adding;

	g_hash_table_iter_init(&iter, domains);
	while (g_hash_table_iter_next(&iter, NULL, &adding)) {
		if (g_hash_table_size(((Adding *)adding)->days) < own->question->rules->learning)
			return false;
	}
	return true;
}

bool
domain_totals_read(ProblemsOwn *own, Problems *problems, GError **error)
{
	const int64_t learning = own->question->rules->learning;
	const int64_t recent = MIN(own->since_day, own->today - 2 * learning);
	g_autoptr(GHashTable)
		domains = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, adding_free);
	GHashTableIter iter;
	gpointer data;

	if (!read_days(own, recent, domains, error))
		return false;
	if (g_hash_table_size(domains) == 0 || !are_enough(own, domains)) {
		g_hash_table_remove_all(domains);
		if (!read_days(own, G_MININT32, domains, error))
			return false;
	}
	g_hash_table_iter_init(&iter, domains);
	while (g_hash_table_iter_next(&iter, NULL, &data)) {
		Adding *adding = data;
		DomainTotal *total = g_memdup2(&adding->total, sizeof(*total));
		if (!adding->has_others) {
			total->sessions = adding->sessions;
			total->failed_sessions = adding->failed_sessions;
		}
		total->report_days = g_hash_table_size(adding->days);
		total->learning = total->report_days < learning;
		g_ptr_array_add(problems->domains, total);
		DomainPart *domain = g_hash_table_lookup(own->domains, &adding->number);
		if (domain != NULL)
			domain->learning = total->learning;
	}
	g_ptr_array_sort(problems->domains, compare_domains);
	return true;
}
