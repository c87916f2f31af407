/* The share of failed sessions, so counted that no reporter outweighs all the others. */
#include "tlsrpt/failure.h"

#include "tlsrpt/report.h"

#define MOST_TIMES 3 /* a reporter counts at most as often as those before it together */

/* What a reporter reported on some days together. */
typedef struct {
	int64_t id;
	int64_t sessions, failed_sessions;
} Sum;

static int
compare_ids(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

static int
compare_totals(gconstpointer a, gconstpointer b)
{
	const ReporterDay *one = a, *other = b;
	const int order = compare_ids(one->reporter->id, other->reporter->id);

	return order != 0 ? order : compare_ids(one->day, other->day);
}

static int
compare_sums(gconstpointer a, gconstpointer b)
{
	const Sum *one = a, *other = b;
	const int order = compare_ids(one->sessions, other->sessions);

	return order != 0 ? order : compare_ids(one->id, other->id);
}

void
reporter_days_sort(GArray *totals)
{
	g_array_sort(totals, compare_totals);
}

const ReporterDay *
reporter_days_find(const GArray *totals, const Reporter *reporter, int64_t day)
{
	const ReporterDay key = { .reporter = reporter, .day = day };
	guint index;

	return g_array_binary_search((GArray *)totals, &key, compare_totals, &index)
		? &g_array_index(totals, ReporterDay, index)
		: NULL;
}

/* The sums of the reporters that had sessions, in ascending order of these. */
static GArray *
sum_up(const GArray *totals, int64_t first, int64_t last)
{
	g_autoptr(GArray) sums = g_array_new(FALSE, FALSE, sizeof(Sum));

	for (guint i = 0; i < totals->len; i++) {
		const ReporterDay *one = &g_array_index(totals, ReporterDay, i);
		Sum *sum = sums->len > 0 ? &g_array_index(sums, Sum, sums->len - 1) : NULL;
		if (one->day < first || one->day > last || one->sessions <= 0)
			continue;
		if (sum == NULL || sum->id != one->reporter->id) {
			const Sum begun = { one->reporter->id, 0, 0 };
			g_array_append_val(sums, begun);
			sum = &g_array_index(sums, Sum, sums->len - 1);
		}
		sum->sessions = count_add(sum->sessions, one->sessions);
		sum->failed_sessions = count_add(sum->failed_sessions, one->failed_sessions);
	}
	g_array_sort(sums, compare_sums);
	return g_steal_pointer(&sums);
}

RobustShare
robust_share(const GArray *totals, int64_t first, int64_t last)
{
	g_autoptr(GArray) sums = sum_up(totals, first, last);
	double counted = 0, failed = 0;

	for (guint i = 0; i < sums->len; i++) {
		const Sum *sum = &g_array_index(sums, Sum, i);
		const double sessions = (double)sum->sessions;
		const double counts = i == 0 ? sessions : MIN(sessions, MOST_TIMES * counted);
		counted += counts;
		failed += (double)MIN(sum->failed_sessions, sum->sessions) * (counts / sessions);
	}
	return (RobustShare){ counted > 0 ? failed / counted : 0, counted };
}
