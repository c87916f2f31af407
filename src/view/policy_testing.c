#include "tlsrpt/policy_testing.h"

#include "tlsrpt/catalog.h"
#include "tlsrpt/day.h"
#include "tlsrpt/report.h"
#include "tlsrpt/text_table.h"

#include <string.h>

static bool
is_of_dane(const char *result_type)
{
	static const char *const of_dane[] = { "tlsa-invalid", "dnssec-invalid", "dane-required",
		NULL };

	return g_strv_contains(of_dane, result_type);
}

bool
failure_holds_mail(const char *policy_type, const char *result_type)
{
	if (g_str_has_prefix(result_type, "sts-"))
		return true;
	return strcmp(policy_type, POLICY_TYPE_STS) == 0 && !is_of_dane(result_type);
}

bool
enforce_holds_mail(const char *result_type)
{
	return !g_str_has_prefix(result_type, "sts-") && !is_of_dane(result_type);
}

const char *
testing_verdict_name(TestingVerdict verdict)
{
	static const char *const names[] = {
		[TESTING_READY] = "ready",
		[TESTING_SILENT] = "silent",
		[TESTING_OTHER_POLICY] = "other-policy",
		[TESTING_FAILURES] = "failures",
		[TESTING_FEW_DAYS] = "few-days",
		[TESTING_NOT_VALID] = "not-valid",
		[TESTING_UNKNOWN] = "unknown",
	};

	return names[verdict];
}

int64_t
testing_first_day(const PolicyHistory *history)
{
	int64_t first_day = DAY_NONE;

	for (guint i = 0; i < history->policies->len; i++) {
		const SeenPolicy *policy = g_ptr_array_index(history->policies, i);
		if (policy_is_testing(policy)
			&& (first_day == DAY_NONE || policy->first_day < first_day))
			first_day = policy->first_day;
	}
	return first_day;
}

/* Since when one organization saw testing mode, and until when it saw another mode. */
typedef struct {
	int64_t since;
	int64_t other_until; /* or DAY_NONE */
} Phase;

/* The Phase of each organization whose latest policy is in testing mode, by its name. */
static GHashTable *
testing_phases(const PolicyHistory *history)
{
	GHashTable *phases = text_table_new(NULL, g_free);

	for (guint i = 0; i < history->policies->len; i++) {
		const SeenPolicy *policy = g_ptr_array_index(history->policies, i);
		for (guint j = 0; policy->sts != NULL && j < policy->sights->len; j++) {
			const Sight *sight = &g_array_index(policy->sights, Sight, j);
			if (!policy_is_testing(policy_latest(history, sight->organization, NULL)))
				continue;
			Phase *phase = g_hash_table_lookup(phases, sight->organization);
			if (phase == NULL) {
				phase = g_new(Phase, 1);
				*phase = (Phase){ G_MAXINT64, DAY_NONE };
				g_hash_table_insert(phases, (gpointer)sight->organization, phase);
			}
			if (policy_is_testing(policy))
				phase->since = MIN(phase->since, sight->first_day);
			else
				phase->other_until = MAX(phase->other_until, sight->last_day);
		}
	}
	return phases;
}

/* The first day of an organization that counts; DAY_NONE if no day does. */
static int64_t
phase_start(GHashTable *phases, const char *organization)
{
	const Phase *phase = g_hash_table_lookup(phases, organization);

	if (phase == NULL)
		return DAY_NONE;
	/* On the day of the change either policy may have been in force, so that day does not count. */
	return phase->other_until != DAY_NONE ? MAX(phase->since, phase->other_until + 1)
					      : phase->since;
}

static int64_t
first_start(GHashTable *phases)
{
	int64_t first = G_MAXINT64;
	GHashTableIter iter;
	gpointer name;

	g_hash_table_iter_init(&iter, phases);
	while (g_hash_table_iter_next(&iter, &name, NULL))
		first = MIN(first, phase_start(phases, name));
	return first;
}

/* The last day with a failure that would hold mail back; DAY_NONE if there is none. */
static int64_t
last_failure(GHashTable *phases, int64_t since, const TestingEvidence *evidence)
{
	const GArray *days = evidence->days, *failures = evidence->failures;
	int64_t last = DAY_NONE;

	for (guint i = 0; i < days->len; i++) {
		const StsDay *day = &g_array_index(days, StsDay, i);
		if (day->failed_sessions > 0
			&& day->day >= MAX(since, phase_start(phases, day->organization)))
			last = MAX(last, day->day);
	}
	for (guint i = 0; i < failures->len; i++) {
		const FailedHost *failure = &g_array_index(failures, FailedHost, i);
		if (failure->last_day >= MAX(since, phase_start(phases, failure->organization))
			&& failure_holds_mail(failure->policy_type, failure->result_type))
			last = MAX(last, failure->last_day);
	}
	return last;
}

/* Adds up the days that count; the days are sorted. */
static void
count_days(Testing *testing, GHashTable *phases, const GArray *days)
{
	g_autoptr(GHashTable) reporters = text_table_new(NULL, NULL);
	int64_t counted = DAY_NONE;

	for (guint i = 0; i < days->len; i++) {
		const StsDay *day = &g_array_index(days, StsDay, i);
		const int64_t start = phase_start(phases, day->organization);
		if (start == DAY_NONE || day->day < start)
			continue;
		testing->sessions = count_add(testing->sessions, day->sessions);
		testing->failed_sessions = count_add(
			testing->failed_sessions, day->failed_sessions);
		g_hash_table_add(reporters, (gpointer)day->organization);
		if (day->day == counted)
			continue;
		counted = day->day;
		testing->days++;
		if (testing->last_failure == DAY_NONE || day->day > testing->last_failure) {
			if (testing->clean_days++ == 0)
				testing->clean_since = day->day;
		}
	}
	testing->reporters = g_hash_table_size(reporters);
}

/* Finds those who reported since a day, and whose latest policy is another one, or none at all. */
static void
find_others(Testing *testing, const TestingEvidence *evidence, int64_t from)
{
	const PolicyHistory *sts = evidence->sts, *none = evidence->none;
	g_autoptr(GPtrArray) names = policy_organizations(sts);

	for (guint i = 0; i < names->len; i++) {
		const char *name = g_ptr_array_index(names, i);
		const Sight *sight = NULL, *without = NULL;
		const SeenPolicy *latest = policy_latest(sts, name, &sight);
		if (sight == NULL)
			continue;
		if (none != NULL)
			policy_latest(none, name, &without);
		const bool lost = without != NULL && without->last_day > sight->last_day
			&& without->last_day >= from;
		if (lost || (sight->last_day >= from && !policy_is_testing(latest)))
			g_ptr_array_add(testing->others, (gpointer)name);
	}
}

static bool
anybody_since(const GArray *days, int64_t from)
{
	return days->len > 0 && g_array_index(days, StsDay, days->len - 1).day >= from;
}

static TestingVerdict
verdict_of(const Testing *testing, const GArray *days, PolicyValidity validity,
	const TestingRules *rules)
{
	if (!anybody_since(days, rules->until_day - rules->window))
		return TESTING_SILENT;
	if (testing->others->len > 0)
		return TESTING_OTHER_POLICY;
	if (validity != POLICY_VALID)
		return validity == POLICY_INVALID ? TESTING_NOT_VALID : TESTING_UNKNOWN;
	if (testing->clean_days >= rules->learning)
		return TESTING_READY;
	return testing->last_failure != DAY_NONE ? TESTING_FAILURES : TESTING_FEW_DAYS;
}

bool
testing_judge(const TestingEvidence *evidence, const TestingRules *rules, Testing *testing)
{
	const SeenPolicy *now = policy_now(evidence->sts, rules->window);

	if (!policy_is_testing(now))
		return false;

	g_autoptr(GHashTable) phases = testing_phases(evidence->sts);
	*testing = (Testing){ .clean_since = DAY_NONE, .others = g_ptr_array_new() };
	testing->since = g_hash_table_size(phases) > 0 ? first_start(phases) : now->first_day;
	testing->last_failure = last_failure(phases, testing->since, evidence);
	count_days(testing, phases, evidence->days);
	find_others(testing, evidence, rules->until_day - rules->window);
	testing->verdict = verdict_of(
		testing, evidence->days, policy_validity(evidence->sts, now), rules);
	return true;
}

void
testing_clear(Testing *testing)
{
	g_clear_pointer(&testing->others, g_ptr_array_unref);
}
