/* The share of failed sessions, so counted that no witness outweighs all the others. */
#include "tlsrpt/compare.h"
#include "tlsrpt/failure.h"

#include "tlsrpt/report.h"

#define MOST_TIMES 3 /* a witness counts at most as often as those before it together */

/* What a witness reported on some days together, under all names that it has. */
typedef struct {
	int64_t witness; /* its number */
	int64_t sessions, failed_sessions;
} Sum;

static int
compare_totals(gconstpointer a, gconstpointer b)
{
	const ReporterDay *one = a, *other = b;
	const int order = compare_integers(one->reporter->id, other->reporter->id);

	return order != 0 ? order : compare_integers(one->day, other->day);
}

static int
compare_sums(gconstpointer a, gconstpointer b)
{
	const Sum *one = a, *other = b;
	const int order = compare_integers(one->sessions, other->sessions);

	return order != 0 ? order : compare_integers(one->witness, other->witness);
}

static int
compare_witnesses(gconstpointer a, gconstpointer b)
{
	return compare_integers(((const Sum *)a)->witness, ((const Sum *)b)->witness);
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

static void
add_to(Sum *sum, int64_t sessions, int64_t failed_sessions)
{
	sum->sessions = count_add(sum->sessions, sessions);
	sum->failed_sessions = count_add(sum->failed_sessions, failed_sessions);
}

/* Adds up what is of one witness, in sums that are sorted by it. */
static void
join_witnesses(GArray *sums)
{
	guint kept = 0;

	for (guint i = 1; i < sums->len; i++) {
		Sum *last = &g_array_index(sums, Sum, kept);
		const Sum *sum = &g_array_index(sums, Sum, i);
		if (sum->witness != last->witness) {
			g_array_index(sums, Sum, ++kept) = *sum;
			continue;
		}
		add_to(last, sum->sessions, sum->failed_sessions);
	}
	g_array_set_size(sums, MIN(sums->len, kept + 1));
}

/* The sums of the witnesses that had sessions, in ascending order of these. */
static GArray *
sum_up(const GArray *totals, int64_t first, int64_t last)
{
	GArray *sums = g_array_new(FALSE, FALSE, sizeof(Sum));
	const Reporter *before = NULL;

	/* The totals of a reporter are together. */
	for (guint i = 0; i < totals->len; i++) {
		const ReporterDay *one = &g_array_index(totals, ReporterDay, i);
		const Sum none = { one->reporter->witness_number, 0, 0 };
		if (one->day < first || one->day > last || one->sessions <= 0)
			continue;
		if (one->reporter != before)
			g_array_append_val(sums, none);
		before = one->reporter;
		add_to(&g_array_index(sums, Sum, sums->len - 1), one->sessions,
			one->failed_sessions);
	}
	g_array_sort(sums, compare_witnesses);
	join_witnesses(sums);
	g_array_sort(sums, compare_sums);
	return sums;
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
