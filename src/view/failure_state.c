/* The state of a failure: what the operator decided of it, and since when it is there. */
#include "failure_state.h"

#define RECURRING_AFTER_DAYS 14 /* without the failure */
#define WORSE_TIMES 2 /* than the share that was accepted */
#define WORSE_SESSIONS 5

const char *
failure_state_name(FailureState state)
{
	static const char *const names[] = {
		[STATE_RESOLVED] = "resolved",
		[STATE_ACCEPTED] = "accepted",
		[STATE_QUIET] = "quiet",
		[STATE_RECURRING] = "recurring",
		[STATE_NEW] = "new",
		[STATE_ONGOING] = "ongoing",
	};

	return names[state];
}

static const SeenIncident *
incident_at(const GArray *incidents, guint index)
{
	return &g_array_index(incidents, SeenIncident, index);
}

static const SeenIncident *
incident_of(const FailureEvidence *evidence, guint index)
{
	return incident_at(evidence->incidents, index);
}

static int64_t
day_seen(const SeenIncident *incident, guint index)
{
	return g_array_index(incident->days, int64_t, index);
}

static int64_t
last_seen(const SeenIncident *incident)
{
	return incident->days->len > 0 ? day_seen(incident, incident->days->len - 1)
				       : incident->before_window;
}

/* What the operator last decided of an incident before a time; NULL if nothing. */
static const Mark *
mark_before(const SeenIncident *incident, int64_t at)
{
	const Mark *found = NULL;

	for (guint i = 0; i < incident->marks->len; i++) {
		const Mark *mark = &g_array_index(incident->marks, Mark, i);
		if (mark->at < at)
			found = mark;
	}
	return found;
}

int64_t
failure_resolved_day(const SeenIncident *incident)
{
	const Mark *mark = mark_before(incident, INT64_MAX);

	return mark != NULL && mark->kind == MARK_RESOLVED ? day_of(mark->at) : DAY_NONE;
}

/* Whether it is resolved, and not seen on a day after that. */
static bool
is_resolved(const SeenIncident *incident)
{
	const int64_t day = failure_resolved_day(incident);

	return day != DAY_NONE && (last_seen(incident) == DAY_NONE || last_seen(incident) <= day);
}

static bool
is_worse(double accepted, const RobustShare *share)
{
	const double more = share->share - WORSE_TIMES * accepted;

	return more > 0 && more * share->sessions > WORSE_SESSIONS;
}

/* The acceptance that holds today; NULL if there is none, or it has ended. */
static const Mark *
acceptance_of(const SeenIncident *incident, int64_t today)
{
	const Mark *mark = mark_before(incident, INT64_MAX);

	return mark != NULL && mark->kind == MARK_ACCEPTED
			&& (mark->until_day == DAY_NONE || mark->until_day > today)
		? mark
		: NULL;
}

/* Whether an incident was seen in W; if none of the failure was, all of them matter. */
static bool
matters(const GArray *incidents, const SeenIncident *incident)
{
	if (incident->days->len > 0)
		return true;
	for (guint i = 0; i < incidents->len; i++) {
		if (incident_at(incidents, i)->days->len > 0)
			return false;
	}
	return true;
}

bool
failure_is_resolved(const GArray *incidents)
{
	for (guint i = 0; i < incidents->len; i++) {
		const SeenIncident *incident = incident_at(incidents, i);
		if (matters(incidents, incident) && !is_resolved(incident))
			return false;
	}
	return incidents->len > 0;
}

/* Whether all are accepted, and none is much worse; until when is the first day on which one ends. */
static bool
all_are_accepted(
	const FailureEvidence *evidence, const RobustShare *share, int64_t *until_day)
{
	*until_day = DAY_NONE;
	for (guint i = 0; i < evidence->incidents->len; i++) {
		const SeenIncident *incident = incident_of(evidence, i);
		if (!matters(evidence->incidents, incident))
			continue;
		const Mark *mark = acceptance_of(incident, evidence->today);
		if (mark == NULL || is_worse(mark->share, share))
			return false;
		if (mark->until_day != DAY_NONE
			&& (*until_day == DAY_NONE || mark->until_day < *until_day))
			*until_day = mark->until_day;
	}
	return evidence->incidents->len > 0;
}

/* Whether an incident was resolved when it was seen on a day, and had not been seen since. */
static bool
was_resolved(const SeenIncident *incident, int64_t before, int64_t day)
{
	const Mark *mark = mark_before(incident, day * DAY_SECONDS);

	return mark != NULL && mark->kind == MARK_RESOLVED && before <= day_of(mark->at);
}

static bool
came_back_after_resolution(const SeenIncident *incident)
{
	int64_t before = incident->before_window;

	for (guint i = 0; i < incident->days->len; i++) {
		const int64_t day = day_seen(incident, i);
		if (before != DAY_NONE && was_resolved(incident, before, day))
			return true;
		before = day;
	}
	return false;
}

/* Whether the failure was seen in W after so many days without it. */
static bool
came_back_after_silence(const FailureEvidence *evidence)
{
	int64_t before = DAY_NONE;

	for (guint i = 0; i < evidence->incidents->len; i++)
		before = MAX(before, incident_of(evidence, i)->before_window);
	for (guint i = 0; i < evidence->days->len; i++) {
		const int64_t day = g_array_index(evidence->days, FailureDay, i).day;
		if (before != DAY_NONE && day - before - 1 >= RECURRING_AFTER_DAYS)
			return true;
		before = day;
	}
	return false;
}

static bool
is_recurring(const FailureEvidence *evidence)
{
	for (guint i = 0; i < evidence->incidents->len; i++) {
		if (came_back_after_resolution(incident_of(evidence, i)))
			return true;
	}
	return came_back_after_silence(evidence);
}

/* The earliest of a day that each incident has; DAY_NONE if none has one. */
static int64_t
earliest(const FailureEvidence *evidence, size_t offset)
{
	int64_t first = DAY_NONE;

	for (guint i = 0; i < evidence->incidents->len; i++) {
		const int64_t day = G_STRUCT_MEMBER(int64_t, incident_of(evidence, i), offset);
		if (day != DAY_NONE && (first == DAY_NONE || day < first))
			first = day;
	}
	return first;
}

static bool
is_in_window(const FailureEvidence *evidence, int64_t day)
{
	return day >= evidence->today - evidence->rules->window && day <= evidence->today;
}

static bool
is_seen_in_window(const FailureEvidence *evidence)
{
	for (guint i = 0; i < evidence->incidents->len; i++) {
		if (incident_of(evidence, i)->days->len > 0)
			return true;
	}
	return false;
}

void
failure_set_state(
	const FailureEvidence *evidence, const RobustShare *share, FailureVerdict *verdict)
{
	const int64_t first = earliest(evidence, offsetof(SeenIncident, first_day));
	const int64_t received = earliest(evidence, offsetof(SeenIncident, first_received_day));
	const bool was_received_now = is_in_window(evidence, received);
	int64_t until_day = DAY_NONE;

	/* By the day of reception, so that it is not late some days after it was told in time. */
	verdict->late = was_received_now && first < received - evidence->rules->window;
	verdict->accepted_until = DAY_NONE;
	if (failure_is_resolved(evidence->incidents)) {
		verdict->state = STATE_RESOLVED;
	} else if (all_are_accepted(evidence, share, &until_day)) {
		verdict->state = STATE_ACCEPTED;
		verdict->accepted_until = until_day;
	} else if (!is_seen_in_window(evidence)) {
		verdict->state = STATE_QUIET;
	} else if (is_recurring(evidence)) {
		verdict->state = STATE_RECURRING;
	} else if (is_in_window(evidence, first) || was_received_now) {
		verdict->state = STATE_NEW;
	} else {
		verdict->state = STATE_ONGOING;
	}
}
