#include "tlsrpt/incident.h"

#include "tlsrpt/day.h"
#include "tlsrpt/report.h"
#include "tlsrpt/table.h"

#define RECURRING_AFTER_DAYS 14 /* silent ones */
#define UNUSUAL_SESSIONS 5
#define UNUSUAL_SHARE 0.05
#define UNUSUAL_FACTOR 3
#define REGULAR_DAYS 9 /* of the thirteen that are looked at */
#define GAP_SINCE(today) ((today) - REPORTER_DAYS)
#define GAP_FACTOR 1.5
#define STOPPED_DAYS 3

const char *
incident_state_name(IncidentState state)
{
	static const char *const names[] = {
		[INCIDENT_RESOLVED] = "resolved",
		[INCIDENT_QUIET] = "quiet",
		[INCIDENT_RECURRING] = "recurring",
		[INCIDENT_NEW] = "new",
		[INCIDENT_ONGOING] = "ongoing",
	};

	return names[state];
}

static const IncidentDay *
seen(const IncidentHistory *history, size_t index)
{
	return &g_array_index(history->days, IncidentDay, index);
}

/* The last day on which it was seen. */
static int64_t
last_day(const IncidentHistory *history)
{
	return history->days->len > 0 ? seen(history, history->days->len - 1)->day
				      : history->before_window;
}

/* What the operator had said last before a time; NULL if nothing. */
static const Resolution *
resolution_before(const IncidentHistory *history, int64_t at)
{
	const Resolution *found = NULL;

	for (size_t i = 0; i < history->resolutions->len; i++) {
		const Resolution *one = &g_array_index(history->resolutions, Resolution, i);
		if (one->at < at)
			found = one;
	}
	return found;
}

static bool
is_resolved(const IncidentHistory *history)
{
	const Resolution *last = resolution_before(history, INT64_MAX);

	return last != NULL && last->resolved
		&& (last_day(history) == DAY_NONE || last_day(history) * DAY_SECONDS <= last->at);
}

/* Whether it begins anew on a day, which comes after the one before on which it was seen. */
static bool
restarts(const IncidentHistory *history, int64_t before, int64_t day)
{
	const Resolution *last = resolution_before(history, day * DAY_SECONDS);

	return day - before - 1 >= RECURRING_AFTER_DAYS
		|| (last != NULL && last->resolved && before * DAY_SECONDS <= last->at);
}

static bool
is_recurring(const IncidentHistory *history)
{
	int64_t before = history->before_window;

	for (size_t i = 0; i < history->days->len; i++) {
		const int64_t day = seen(history, i)->day;
		if (before != DAY_NONE && day > before && restarts(history, before, day))
			return true;
		before = day;
	}
	return false;
}

static bool
is_in_window(int64_t day, const IncidentRules *rules, int64_t today)
{
	return day >= today - rules->window && day <= today;
}

bool
incident_is_late(const IncidentHistory *history, const IncidentRules *rules, int64_t today)
{
	return is_in_window(history->first_received_day, rules, today)
		&& history->first_day < history->first_received_day - rules->window;
}

IncidentState
incident_state(const IncidentHistory *history, const IncidentRules *rules, int64_t today)
{
	if (is_resolved(history))
		return INCIDENT_RESOLVED;
	if (history->days->len == 0)
		return INCIDENT_QUIET;
	if (is_recurring(history))
		return INCIDENT_RECURRING;
	if (is_in_window(history->first_day, rules, today)
		|| is_in_window(history->first_received_day, rules, today))
		return INCIDENT_NEW;
	return INCIDENT_ONGOING;
}

/* --- sums of totals */

#define ANYBODY INT64_MIN /* in place of an organization: all of them */

/* Of a day and an organization. */
typedef struct {
	int64_t day, organization;
	int64_t sessions, failed_sessions;
	size_t rows; /* that were added up */
} DaySum;

struct DaySums {
	GArray *sums; /* of DaySum, by day and organization */
};

static int
compare_sums(gconstpointer a, gconstpointer b)
{
	const DaySum *one = a, *other = b;

	if (one->day != other->day)
		return one->day < other->day ? -1 : 1;
	return one->organization < other->organization ? -1
						       : one->organization > other->organization;
}

/* Makes one of those with the same key. */
static void
merge_sums(GArray *sums)
{
	guint kept = 0;

	g_array_sort(sums, compare_sums);
	for (guint i = 1; i < sums->len; i++) {
		DaySum *last = &g_array_index(sums, DaySum, kept);
		const DaySum *sum = &g_array_index(sums, DaySum, i);
		if (compare_sums(sum, last) != 0) {
			g_array_index(sums, DaySum, ++kept) = *sum;
			continue;
		}
		last->sessions = count_add(last->sessions, sum->sessions);
		last->failed_sessions = count_add(last->failed_sessions, sum->failed_sessions);
		last->rows += sum->rows;
	}
	g_array_set_size(sums, MIN(sums->len, kept + 1));
}

DaySums *
day_sums_new(const GArray *totals)
{
	DaySums *sums = g_new(DaySums, 1);

	sums->sums = g_array_sized_new(FALSE, FALSE, sizeof(DaySum), 2 * totals->len);
	for (guint i = 0; i < totals->len; i++) {
		const ReportDay *one = &g_array_index(totals, ReportDay, i);
		DaySum sum = { one->day, one->organization, one->sessions, one->failed_sessions,
			1 };
		g_array_append_val(sums->sums, sum);
		sum.organization = ANYBODY;
		g_array_append_val(sums->sums, sum);
	}
	merge_sums(sums->sums);
	return sums;
}

void
day_sums_free(DaySums *sums)
{
	if (sums == NULL)
		return;
	g_array_unref(sums->sums);
	g_free(sums);
}

/* That of a day at an organization; of no rows where there is none. */
static DaySum
find_sum(const DaySums *sums, int64_t day, int64_t organization)
{
	const DaySum key = { .day = day, .organization = organization };
	guint index;

	return g_array_binary_search(sums->sums, &key, compare_sums, &index)
		? g_array_index(sums->sums, DaySum, index)
		: key;
}

bool
incident_needs_totals(const IncidentHistory *history)
{
	return history->days->len == 1;
}

bool
incident_is_pattern(const IncidentHistory *history, const DaySums *sums)
{
	if (history->days->len == 0)
		return false;
	/* A row more is another day or another organization. */
	if (!incident_needs_totals(history))
		return true;
	const DaySum total = find_sum(sums, seen(history, 0)->day, ANYBODY);
	return total.rows == 1 && total.sessions > 0 && total.failed_sessions >= total.sessions;
}

bool
incident_is_unusual(const IncidentHistory *history, const DaySums *sums, double baseline)
{
	const double usual = MAX(UNUSUAL_SHARE, UNUSUAL_FACTOR * baseline);

	for (size_t i = 0; i < history->days->len; i++) {
		const IncidentDay *one = seen(history, i);
		const DaySum total = find_sum(sums, one->day, one->organization);
		if (total.failed_sessions > UNUSUAL_SESSIONS
			&& share_of(total.failed_sessions, total.sessions) > usual)
			return true;
	}
	return false;
}

double
incident_baseline(const GArray *totals, const IncidentRules *rules, int64_t today)
{
	const int64_t until = today - rules->window - 1, since = until - rules->baseline + 1;
	g_autoptr(GHashTable) successful = g_hash_table_new(g_int64_hash, g_int64_equal);
	double sessions = 0, failed = 0;

	for (size_t i = 0; i < totals->len; i++) {
		ReportDay *one = &g_array_index(totals, ReportDay, i);
		if (one->day >= since && one->day <= until && one->sessions > one->failed_sessions)
			g_hash_table_add(successful, &one->organization);
	}
	for (size_t i = 0; i < totals->len; i++) {
		const ReportDay *one = &g_array_index(totals, ReportDay, i);
		if (one->day < since || one->day > until
			|| !g_hash_table_contains(successful, &one->organization))
			continue;
		sessions += (double)one->sessions;
		failed += (double)one->failed_sessions;
	}
	return sessions > 0 ? failed / sessions : 0;
}

bool
reporter_is_silent(const ReportDay *days, size_t n, const IncidentRules *rules, int64_t today)
{
	int64_t before = DAY_NONE, gap = 0, received = DAY_NONE;
	size_t regular = 0;

	for (size_t i = 0; i < n && days[i].day <= today; i++) {
		const int64_t day = days[i].day;
		received = MAX(received, days[i].received_day);
		if (day == before)
			continue;
		regular += day >= REGULAR_SINCE(today) && day <= REGULAR_UNTIL(today);
		if (day >= GAP_SINCE(today)) {
			gap = before != DAY_NONE ? MAX(gap, day - before) : gap;
			before = day;
		}
	}
	return regular >= REGULAR_DAYS
		&& (double)(today - received) > MAX((double)rules->silence, GAP_FACTOR * (double)gap);
}

bool
reports_have_stopped(size_t report_days, int64_t last_received_day, int64_t today)
{
	return report_days >= REGULAR_DAYS && today - last_received_day >= STOPPED_DAYS;
}
