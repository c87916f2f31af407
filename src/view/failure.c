/* The alarm of a failure: whether it is a pattern, whom it concerns, and what it does to mail. */
#include "tlsrpt/failure.h"

#include "failure_state.h"

#include "tlsrpt/report.h"
#include "tlsrpt/table.h"

/* Shares are cast: i386 computes with more digits, and what is just at a limit is not over it. */
#define PATTERN_SESSIONS 3
#define PATTERN_SESSIONS_FEW 2 /* of those who have hardly any others, or who are several */
#define PATTERN_RAW_SHARE ((double)0.3)
#define PATTERN_DAYS 3
#define BACKGROUND_SHARE ((double)0.001)
#define SMALL_SHARE ((double)0.005)
#define OTHER_WITNESSES 2
#define OTHER_SESSIONS 20
#define UNUSUAL_SESSIONS 5
#define UNUSUAL_SHARE ((double)0.05)
#define UNUSUAL_TIMES 3
#define OVER_DAYS 3 /* without the failure */

const char *
failure_level_name(FailureLevel level)
{
	static const char *const names[] = {
		[LEVEL_CRITICAL] = "critical",
		[LEVEL_WARNING] = "warning",
		[LEVEL_BACKGROUND] = "background",
		[LEVEL_GLITCH] = "glitch",
		[LEVEL_NONE] = "none",
	};

	return names[level];
}

const char *
failure_why_name(FailureWhy why)
{
	static const char *const names[] = {
		[WHY_HELD] = "held",
		[WHY_POLICY] = "policy",
		[WHY_ONE_REPORTER] = "one-reporter",
		[WHY_SMALL_SHARE] = "small-share",
		[WHY_DELIVERED] = "delivered",
		[WHY_FIRST_TIMER] = "first-timer",
		[WHY_UNUSUAL] = "unusual",
		[WHY_BACKGROUND] = "background",
		[WHY_GLITCH] = "glitch",
		[WHY_STATE] = "state",
		[WHY_OVER] = "over",
		[WHY_UNVERIFIED] = "unverified",
	};

	return names[why];
}

const char *
failure_why_text(FailureWhy why)
{
	static const char *const texts[] = {
		[WHY_HELD] = "senders keep the mail back",
		[WHY_POLICY] = "the policy itself fails, which stops no mail yet",
		[WHY_ONE_REPORTER] = "one reporter alone sees it: look at its side first",
		[WHY_SMALL_SHARE] = "it concerns under 0.5 % of the sessions",
		[WHY_DELIVERED] = "senders deliver in spite of it",
		[WHY_FIRST_TIMER] = "only senders that have not reported before say so",
		[WHY_UNUSUAL] = "no pattern, but far more than usual",
		[WHY_BACKGROUND] = "it comes again and again, in under 0.1 % of the sessions",
		[WHY_GLITCH] = "no pattern",
		[WHY_STATE] = "no alarm in this state",
		[WHY_OVER] = "whoever saw it has reported on 3 days since without it",
		[WHY_UNVERIFIED] = "only unverified reporters say so",
	};

	return texts[why];
}

/* What the crowd reported for a day. */
typedef struct {
	bool is_seen; /* the failure was seen on it */
	bool has_success;
	int64_t failed_sessions;
} DaySum;

/*
 * Those whose word counts.  Where others than first-timers see the failure, first-timers are left out
 * altogether.  What first-timers alone see is judged by what they say, and by what the others say.
 * Strangers can be many, so nothing here compares each with each.
 */
typedef struct {
	const FailureEvidence *evidence;
	bool first_timers_only;
	GArray *days; /* of FailureDay, by day: limited to the failed sessions of the domain */
	GHashTable *last_days; /* Reporter to the last FailureDay of it, of those who saw it */
	DaySum *sums; /* of each day of W */
	size_t days_seen; /* distinct days on which it was seen */
	GArray *crowd; /* of ReporterDay, by reporter and day: whoever reported */
	GArray *shared; /* the same, of whose failed sessions only those of the failure count */
	int64_t *failed; /* these, of each of the evidence's totals */
	int64_t first_day; /* on which it was seen in W */
} Counted;

static const FailureDay *
seen_of(const Counted *counted, guint index)
{
	return &g_array_index(counted->days, FailureDay, index);
}

static const ReporterDay *
total_of(const GArray *totals, guint index)
{
	return &g_array_index(totals, ReporterDay, index);
}

static bool
saw_it(const Counted *counted, const Reporter *reporter)
{
	return g_hash_table_contains(counted->last_days, reporter);
}

/* That of a day of W. */
static DaySum *
sum_of(const Counted *counted, int64_t day)
{
	const FailureEvidence *evidence = counted->evidence;

	return &counted->sums[day - (evidence->today - evidence->rules->window)];
}

static void
count_days(const FailureEvidence *evidence, Counted *counted)
{
	counted->first_timers_only = true;
	for (guint i = 0; i < evidence->days->len; i++)
		counted->first_timers_only = counted->first_timers_only
			&& g_array_index(evidence->days, FailureDay, i).reporter->first_timer;
	for (guint i = 0; i < evidence->days->len; i++) {
		FailureDay seen = g_array_index(evidence->days, FailureDay, i);
		const ReporterDay *total = reporter_days_find(
			evidence->totals, seen.reporter, seen.day);
		if (seen.reporter->first_timer && !counted->first_timers_only)
			continue;
		if (total != NULL)
			seen.failed_sessions = MIN(seen.failed_sessions, total->failed_sessions);
		if (seen.failed_sessions <= 0)
			continue;
		if (total != NULL)
			counted->failed[total - total_of(evidence->totals, 0)] =
				seen.failed_sessions;
		DaySum *sum = sum_of(counted, seen.day);
		counted->days_seen += !sum->is_seen;
		sum->is_seen = true;
		g_array_append_val(counted->days, seen);
	}
	for (guint i = 0; i < counted->days->len; i++)
		g_hash_table_insert(counted->last_days, (gpointer)seen_of(counted, i)->reporter,
			(gpointer)seen_of(counted, i));
	counted->first_day = counted->days->len > 0 ? seen_of(counted, 0)->day : DAY_NONE;
}

/* Adds what one of the crowd reported for a day to that day. */
static void
add_to_day(const Counted *counted, const ReporterDay *total)
{
	DaySum *sum = sum_of(counted, total->day);

	sum->failed_sessions = count_add(sum->failed_sessions, total->failed_sessions);
	sum->has_success = sum->has_success || total->failed_sessions < total->sessions;
}

/* Adds the totals of those who count; of the shared ones just that has failed which failed so. */
static void
count_totals(const FailureEvidence *evidence, Counted *counted)
{
	const Reporter *before = NULL;
	bool saw = false;

	for (guint i = 0; i < evidence->totals->len; i++) {
		ReporterDay total = *total_of(evidence->totals, i);
		if (i == 0 || total.reporter != before)
			saw = saw_it(counted, total.reporter);
		before = total.reporter;
		if (!saw && total.reporter->first_timer)
			continue;
		g_array_append_val(counted->crowd, total);
		add_to_day(counted, &total);
		total.failed_sessions = counted->failed[i];
		g_array_append_val(counted->shared, total);
	}
}

static Counted
count(const FailureEvidence *evidence)
{
	Counted counted = {
		.evidence = evidence,
		.days = g_array_new(FALSE, FALSE, sizeof(FailureDay)),
		.last_days = g_hash_table_new(NULL, NULL),
		.failed = g_new0(int64_t, evidence->totals->len),
		.sums = g_new0(DaySum, evidence->rules->window + 1),
		.crowd = g_array_sized_new(
			FALSE, FALSE, sizeof(ReporterDay), evidence->totals->len),
		.shared = g_array_sized_new(
			FALSE, FALSE, sizeof(ReporterDay), evidence->totals->len),
	};

	count_days(evidence, &counted);
	count_totals(evidence, &counted);
	return counted;
}

static void
clear(Counted *counted)
{
	g_array_unref(counted->days);
	g_hash_table_unref(counted->last_days);
	g_free(counted->failed);
	g_free(counted->sums);
	g_array_unref(counted->crowd);
	g_array_unref(counted->shared);
}

/* --- whether it is a pattern */

static int64_t
failed_sessions(const Counted *counted)
{
	int64_t sum = 0;

	for (guint i = 0; i < counted->days->len; i++)
		sum = count_add(sum, seen_of(counted, i)->failed_sessions);
	return sum;
}

/* Failed over sessions of those who saw it, since it was first seen in W. */
static double
raw_share(const Counted *counted)
{
	const Reporter *reporter = NULL;
	int64_t sessions = 0, failed = 0;
	bool saw = false;

	for (guint i = 0; i < counted->shared->len; i++) {
		const ReporterDay *total = total_of(counted->shared, i);
		if (total->reporter != reporter)
			saw = saw_it(counted, total->reporter);
		reporter = total->reporter;
		if (total->day < counted->first_day || !saw)
			continue;
		sessions = count_add(sessions, total->sessions);
		failed = count_add(failed, total->failed_sessions);
	}
	return sessions > 0 ? (double)failed / (double)sessions : 0;
}

static bool
two_witnesses_within_a_day(const Counted *counted)
{
	for (guint i = 1; i < counted->days->len && !counted->first_timers_only; i++) {
		const FailureDay *one = seen_of(counted, i - 1), *other = seen_of(counted, i);
		/* Up to here all that lie within a day of each other are of one witness. */
		if (other->day - one->day <= 1
			&& other->reporter->witness_number != one->reporter->witness_number)
			return true;
	}
	return false;
}

/* Whether one reporter saw it on two days that follow each other among those on which it reported. */
static bool
two_days_of_one_reporter(const Counted *counted)
{
	const Reporter *reporter = NULL;
	bool saw_before = false;

	for (guint i = 0; i < counted->shared->len; i++) {
		const ReporterDay *total = total_of(counted->shared, i);
		const bool saw = total->failed_sessions > 0;
		if (saw && saw_before && total->reporter == reporter)
			return true;
		saw_before = saw;
		reporter = total->reporter;
	}
	return false;
}

static bool
three_days(const Counted *counted)
{
	return counted->days_seen >= PATTERN_DAYS;
}

/* Whether there is a day for which all who reported had only failed sessions, and enough of them. */
static bool
a_day_on_which_all_failed(const Counted *counted)
{
	const int64_t enough = counted->days->len > 1 ? PATTERN_SESSIONS_FEW : PATTERN_SESSIONS;

	for (int64_t i = 0; i <= counted->evidence->rules->window; i++) {
		const DaySum *sum = &counted->sums[i];
		if (sum->is_seen && !sum->has_success && sum->failed_sessions >= enough)
			return true;
	}
	return false;
}

static bool
is_pattern(const Counted *counted)
{
	const int64_t enough = raw_share(counted) >= PATTERN_RAW_SHARE ? PATTERN_SESSIONS_FEW
								       : PATTERN_SESSIONS;

	return failed_sessions(counted) >= enough
		&& (two_witnesses_within_a_day(counted) || two_days_of_one_reporter(counted)
			|| three_days(counted) || a_day_on_which_all_failed(counted));
}

/* --- whom it concerns, and how it ends */

/* Whether others, on the days on which a witness sees it, report success that weighs something. */
static bool
others_succeed(const Counted *counted, int64_t witness)
{
	g_autoptr(GHashTable) others = g_hash_table_new(g_int64_hash, g_int64_equal);
	int64_t sessions = 0;

	for (guint i = 0; i < counted->crowd->len; i++) {
		const ReporterDay *total = total_of(counted->crowd, i);
		const int64_t succeeded = total->sessions - total->failed_sessions;
		if (!sum_of(counted, total->day)->is_seen || succeeded <= 0
			|| total->reporter->witness_number == witness)
			continue;
		g_hash_table_add(others, (gpointer)&total->reporter->witness_number);
		sessions = count_add(sessions, succeeded);
	}
	return g_hash_table_size(others) >= OTHER_WITNESSES || sessions >= OTHER_SESSIONS;
}

/* The one who alone sees it while others report success; NULL if there is none. */
static const Reporter *
only_reporter(const Counted *counted)
{
	const Reporter *first = seen_of(counted, 0)->reporter;

	for (guint i = 1; i < counted->days->len; i++) {
		if (seen_of(counted, i)->reporter->witness_number != first->witness_number)
			return NULL;
	}
	return others_succeed(counted, first->witness_number) ? first : NULL;
}

/* Whether each reporter that saw it has since reported on enough days without it. */
static bool
is_over(const Counted *counted)
{
	const Reporter *reporter = NULL;
	const FailureDay *last = NULL;
	size_t since = 0, over = 0;

	for (guint i = 0; i < counted->crowd->len; i++) {
		const ReporterDay *total = total_of(counted->crowd, i);
		if (total->reporter != reporter) {
			last = g_hash_table_lookup(counted->last_days, total->reporter);
			since = 0;
		}
		reporter = total->reporter;
		if (last != NULL && total->day > last->day)
			over += ++since == OVER_DAYS;
	}
	return over == g_hash_table_size(counted->last_days);
}

/* --- whether it is unusual */

/* The usual totals of a reporter are together; the index of the first of them. */
static guint
first_usual(const GArray *usual, const Reporter *reporter)
{
	guint low = 0, high = usual->len;

	while (low < high) {
		const guint middle = low + (high - low) / 2;
		if (total_of(usual, middle)->reporter->id < reporter->id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The share that usually fails at a reporter; 0 if there is nothing to compare with. */
static double
baseline_of(const GArray *usual, const Reporter *reporter)
{
	int64_t sessions = 0, failed = 0;

	if (usual == NULL)
		return 0;
	for (guint i = first_usual(usual, reporter);
		i < usual->len && total_of(usual, i)->reporter == reporter; i++) {
		sessions = count_add(sessions, total_of(usual, i)->sessions);
		failed = count_add(failed, total_of(usual, i)->failed_sessions);
	}
	return failed < sessions ? (double)failed / (double)sessions : 0;
}

static bool
is_unusual(const Counted *counted)
{
	for (guint i = 0; i < counted->days->len; i++) {
		const FailureDay *seen = seen_of(counted, i);
		const ReporterDay *total = reporter_days_find(
			counted->crowd, seen->reporter, seen->day);
		if (total == NULL || total->failed_sessions <= UNUSUAL_SESSIONS)
			continue;
		const double usual = UNUSUAL_TIMES
			* baseline_of(counted->evidence->usual, seen->reporter);
		if (share_of(total->failed_sessions, total->sessions) > MAX(UNUSUAL_SHARE, usual))
			return true;
	}
	return false;
}

/* --- all together */

/* What those who saw it say about the policies under which it happened. */
static FailureDay
all_seen(const Counted *counted)
{
	FailureDay all = { 0 };

	for (guint i = 0; i < counted->days->len; i++) {
		const FailureDay *seen = seen_of(counted, i);
		all.has_tlsa = all.has_tlsa || seen->has_tlsa;
		all.has_sts = all.has_sts || seen->has_sts;
		all.beyond_policy = all.beyond_policy || seen->beyond_policy;
	}
	return all;
}

static void
set_level(FailureVerdict *verdict, FailureLevel level, FailureWhy why)
{
	verdict->level = level;
	verdict->why = why;
}

static void
judge_pattern(const Counted *counted, FailureVerdict *verdict)
{
	const FailureDay all = all_seen(counted);
	const bool is_held = all.has_tlsa
		|| (all.has_sts && counted->evidence->mode == MTA_STS_ENFORCE);

	verdict->only = only_reporter(counted);
	if (verdict->share < BACKGROUND_SHARE)
		set_level(verdict, LEVEL_BACKGROUND, WHY_BACKGROUND);
	else if (!all.beyond_policy)
		set_level(verdict, LEVEL_WARNING, WHY_POLICY);
	else if (verdict->only != NULL)
		set_level(verdict, LEVEL_WARNING, WHY_ONE_REPORTER);
	else if (verdict->share_since < SMALL_SHARE)
		set_level(verdict, LEVEL_WARNING, WHY_SMALL_SHARE);
	else if (is_held && counted->first_timers_only)
		set_level(verdict, LEVEL_WARNING, WHY_FIRST_TIMER);
	else if (is_held)
		set_level(verdict, LEVEL_CRITICAL, WHY_HELD);
	else
		set_level(verdict, LEVEL_WARNING, WHY_DELIVERED);
}

static void
judge(const Counted *counted, FailureVerdict *verdict)
{
	if (verdict->state <= STATE_QUIET || counted->days->len == 0)
		set_level(verdict, LEVEL_NONE, WHY_STATE);
	else if (is_pattern(counted))
		judge_pattern(counted, verdict);
	else if ((verdict->unusual = is_unusual(counted)))
		set_level(verdict, LEVEL_WARNING, WHY_UNUSUAL);
	else
		set_level(verdict, LEVEL_GLITCH, WHY_GLITCH);
	if (verdict->level <= LEVEL_WARNING && is_over(counted))
		set_level(verdict, LEVEL_NONE, WHY_OVER);
}

FailureVerdict
failure_judge(const FailureEvidence *evidence)
{
	const int64_t today = evidence->today, since = today - evidence->rules->window;
	FailureVerdict verdict = { .level = LEVEL_NONE };
	Counted counted = count(evidence);

	verdict.failed_sessions = failed_sessions(&counted);
	const RobustShare share_since = robust_share(counted.shared, counted.first_day, today);
	verdict.share = robust_share(counted.shared, since, today).share;
	verdict.share_since = share_since.share;
	verdict.raw_share = raw_share(&counted);
	failure_set_state(evidence, &share_since, &verdict);
	judge(&counted, &verdict);
	clear(&counted);
	return verdict;
}
