/* Whether reports come at all, and whether somebody vouches for them. */
#include "problem_parts.h"

#define STOPPED_DAYS 3
#define LOOKED_DAYS 60 /* for the last days with reports, before the last reception */

static int64_t
last_received(const Reporters *reporters)
{
	const GPtrArray *list = reporters_all(reporters);
	int64_t last = DAY_NONE;

	for (guint i = 0; i < list->len; i++) {
		const Reporter *reporter = g_ptr_array_index(list, i);
		last = reporter->believed ? MAX(last, reporter->last_received) : last;
	}
	return last;
}

static int
compare_days(gconstpointer a, gconstpointer b)
{
	const int64_t one = *(const int64_t *)a, other = *(const int64_t *)b;

	return one < other ? -1 : one > other;
}

/* Whether there were believed reports on most days up to the last one. */
static bool
read_was_regular(ProblemsOwn *own, int64_t last, bool *was_regular, GError **error)
{
	const StoreFilter filter = { .since_day = last - LOOKED_DAYS, .until_day = last };
	g_autoptr(StoreRows)
		rows = store_ask(own->question->store, STORE_REPORT_DAYS_BY, &filter, error);
	g_autoptr(GArray) days = g_array_new(FALSE, FALSE, sizeof(int64_t));
	int64_t before = DAY_NONE;
	size_t n = 0;
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		const Reporter *reporter = reporters_find(
			own->reporters, store_rows_int(rows, REPORT_DAY_BY_REPORTER));
		const int64_t day = store_rows_int(rows, REPORT_DAY_BY_DAY);
		if (reporter != NULL && reporter->believed)
			g_array_append_val(days, day);
	}
	g_array_sort(days, compare_days);
	for (guint i = days->len; i > 0; i--) {
		const int64_t day = g_array_index(days, int64_t, i - 1);
		if (day <= g_array_index(days, int64_t, days->len - 1) - REGULAR_OF_DAYS)
			break;
		n += day != before;
		before = day;
	}
	*was_regular = n >= REGULAR_MIN_DAYS;
	return ok;
}

/* Counts the reports of others that were received after a day. */
static bool
count_unverified(ProblemsOwn *own, int64_t after, int64_t *n, GError **error)
{
	const StoreFilter filter = { .since_day = after == DAY_NONE ? G_MININT32 : after + 1,
		.until_day = G_MAXINT32 };
	g_autoptr(StoreRows)
		rows = store_ask(own->question->store, STORE_RECEIVED_DAYS, &filter, error);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		const Reporter *reporter = reporters_find(
			own->reporters, store_rows_int(rows, RECEIVED_DAY_REPORTER));
		if (reporter != NULL && !reporter->believed)
			*n += store_rows_int(rows, RECEIVED_DAY_REPORTS);
	}
	return ok;
}

static bool
read_last_received_at(ProblemsOwn *own, int64_t *at, GError **error)
{
	const StoreFilter no_days = { .since_day = 1, .until_day = 0 };
	g_autoptr(StoreRows)
		rows = store_ask(own->question->store, STORE_RECEPTION, &no_days, error);
	bool has = false;

	if (rows == NULL || !store_rows_next(rows, &has, error))
		return false;
	*at = store_rows_int(rows, RECEPTION_LAST_RECEIVED_AT);
	return true;
}

bool
arrivals_read(ProblemsOwn *own, Problems *problems, GError **error)
{
	Arrivals *arrivals = &problems->arrivals;
	bool was_regular = true;

	arrivals->last_received = last_received(own->reporters);
	if (!read_last_received_at(own, &arrivals->last_received_at, error))
		return false;
	if (arrivals->last_received != DAY_NONE
		&& own->today - arrivals->last_received < STOPPED_DAYS)
		return true;
	if (arrivals->last_received != DAY_NONE
		&& !read_was_regular(own, arrivals->last_received, &was_regular, error))
		return false;
	if (!was_regular)
		return true;
	arrivals->state = arrivals->last_received == DAY_NONE ? ARRIVALS_NEVER : ARRIVALS_STOPPED;
	return count_unverified(own, arrivals->last_received, &arrivals->unverified_reports, error);
}
