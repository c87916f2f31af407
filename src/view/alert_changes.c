#include "alert_changes.h"

#include "tlsrpt/day.h"
#include "tlsrpt/text_table.h"

#include <string.h>

/* An alarm ends when whoever saw it has reported on three days since, so it was seen so long before. */
#define SEEN_BEFORE_OVER_DAYS 3
/* For longer than any window is, what is over is remembered. */
#define OVER_KEPT_DAYS 100

void
standing_alarm_free(StandingAlarm *alarm)
{
	g_ptr_array_unref(alarm->subjects);
	g_free(alarm->title);
	g_free(alarm);
}

void
alert_changes_free(AlertChanges *changes)
{
	g_array_unref(changes->changes);
	g_ptr_array_unref(changes->over);
	g_ptr_array_unref(changes->told);
	g_free(changes);
}

typedef struct {
	const AlertRules *rules;
	GHashTable *told; /* subject to const StoreTold * */
	GHashTable *standing; /* set of subjects */
	GHashTable
		*standing_titles; /* set of the titles of told ones that stand, or a part of them */
	AlertChanges *result;
} Comparison;

/* What is remembered of a subject of an alarm; NULL if nothing is, or of another that had the number. */
static const StoreTold *
remembered(const Comparison *comparison, const StandingAlarm *alarm, size_t i)
{
	const StoreTold *told = g_hash_table_lookup(
		comparison->told, g_ptr_array_index(alarm->subjects, i));

	return told != NULL && day_of(told->at) >= alarm->since_day ? told : NULL;
}

/* What was told of a subject of an alarm, and has not been told to be over; or NULL. */
static const StoreTold *
told_of_subject(const Comparison *comparison, const StandingAlarm *alarm, size_t i)
{
	const StoreTold *told = remembered(comparison, alarm, i);

	return told != NULL && told->level != ALERT_OVER ? told : NULL;
}

/* Whether all of it was told to be over, and it was not seen on a day since then. */
static bool
was_over(const Comparison *comparison, const StandingAlarm *alarm)
{
	for (size_t i = 0; i < alarm->subjects->len; i++) {
		const StoreTold *told = remembered(comparison, alarm, i);
		if (told == NULL || told->level != ALERT_OVER
			|| alarm->last_day > day_of(told->at) - SEEN_BEFORE_OVER_DAYS)
			return false;
	}
	return true;
}

/* What was told of an alarm: the worst of its subjects; NULL if none was told. */
static const StoreTold *
told_of(const Comparison *comparison, const StandingAlarm *alarm)
{
	const StoreTold *worst = NULL;

	for (size_t i = 0; i < alarm->subjects->len; i++) {
		const StoreTold *told = told_of_subject(comparison, alarm, i);
		if (told != NULL && (worst == NULL || told->level > worst->level))
			worst = told;
	}
	return worst;
}

static AlertChange
change_of(const AlertRules *rules, const StandingAlarm *alarm, const StoreTold *told)
{
	if (told == NULL && alarm->level < rules->lowest)
		return CHANGE_NONE;
	if (told == NULL)
		return rules->ever ? CHANGE_BEGAN : CHANGE_STANDS;
	return alarm->level > told->level ? CHANGE_WORSE : CHANGE_NONE;
}

static void
remember(AlertChanges *result, const char *subject, const StoreTold *as)
{
	StoreTold *told = g_new(StoreTold, 1);

	*told = (StoreTold){ g_strdup(subject), as->level, as->at, g_strdup(as->title) };
	g_ptr_array_add(result->told, told);
}

/*
 * The level that was told stays the highest until the alarm is over: one that eases and gets as bad
 * as before is no news.
 */
static void
compare_standing(Comparison *comparison, const StandingAlarm *alarm)
{
	const StoreTold *told = told_of(comparison, alarm);
	const bool is_old = told == NULL && was_over(comparison, alarm);
	const AlertChange change = is_old ? CHANGE_NONE : change_of(comparison->rules, alarm, told);
	const StoreTold now = {
		.level = told != NULL ? MAX(told->level, alarm->level) : alarm->level,
		.at = told != NULL ? told->at : comparison->rules->now,
		.title = alarm->title,
	};

	g_array_append_val(comparison->result->changes, change);
	for (size_t i = 0; i < alarm->subjects->len; i++) {
		const char *subject = g_ptr_array_index(alarm->subjects, i);
		/* Of a subject that is in two lines at once the first one counts. */
		const bool is_first = g_hash_table_add(comparison->standing, (char *)subject);
		const StoreTold *same = told_of_subject(comparison, alarm, i);
		if (same != NULL)
			g_hash_table_add(comparison->standing_titles, same->title);
		const StoreTold *over = is_old ? remembered(comparison, alarm, i) : NULL;
		if (is_first && over != NULL)
			remember(comparison->result, subject, over);
		else if (is_first && (told != NULL || change != CHANGE_NONE))
			remember(comparison->result, subject, &now);
	}
}

static bool
has_title(const GPtrArray *list, const char *title)
{
	for (size_t i = 0; i < list->len; i++) {
		if (strcmp(((const StoreTold *)g_ptr_array_index(list, i))->title, title) == 0)
			return true;
	}
	return false;
}

/*
 * Several subjects of one line have one title: it is told once that they are over, and only when all of
 * them are.
 */
static void
end_told(Comparison *comparison, const StoreTold *told)
{
	AlertChanges *result = comparison->result;
	const int64_t now = comparison->rules->now;
	const StoreTold over = { .level = ALERT_OVER, .at = now, .title = told->title };

	if (g_hash_table_contains(comparison->standing, told->subject))
		return;
	if (comparison->rules->blind || told->level == ALERT_OVER) {
		if (told->level != ALERT_OVER || day_of(now) - day_of(told->at) < OVER_KEPT_DAYS)
			remember(result, told->subject, told);
		return;
	}
	remember(result, told->subject, &over);
	if (!has_title(result->over, told->title)
		&& !g_hash_table_contains(comparison->standing_titles, told->title))
		g_ptr_array_add(result->over, (StoreTold *)told);
}

AlertChanges *
alert_changes(const GPtrArray *alarms, const GPtrArray *told, const AlertRules *rules)
{
	g_autoptr(GHashTable) by_subject = text_table_new(NULL, NULL);
	g_autoptr(GHashTable) standing = text_table_new(NULL, NULL);
	g_autoptr(GHashTable) standing_titles = text_table_new(NULL, NULL);
	AlertChanges *result = g_new(AlertChanges, 1);
	Comparison comparison = { rules, by_subject, standing, standing_titles, result };

	result->changes = g_array_new(FALSE, FALSE, sizeof(AlertChange));
	result->over = g_ptr_array_new();
	result->told = g_ptr_array_new_with_free_func((GDestroyNotify)store_told_free);
	for (size_t i = 0; i < told->len; i++) {
		StoreTold *one = g_ptr_array_index(told, i);
		g_hash_table_insert(by_subject, one->subject, one);
	}
	for (size_t i = 0; i < alarms->len; i++)
		compare_standing(&comparison, g_ptr_array_index(alarms, i));
	for (size_t i = 0; i < told->len; i++)
		end_told(&comparison, g_ptr_array_index(told, i));
	return result;
}
