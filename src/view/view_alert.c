/*
 * What alert mails.  Problems, their levels and their order are those of problem.h; here they are
 * only compared with what was told.
 */
#include "tlsrpt/view_alert.h"

#include "alert_changes.h"
#include "problem_rows.h"
#include "titles.h"

#include "tlsrpt/day.h"

#include <string.h>

enum { FROM, TO, TIME, SELECTION, FIRST, BEGAN, WORSE, OVER, CRITICAL, HEAD_COLUMNS };

static const Column head_columns[HEAD_COLUMNS] = {
	[FROM] = { "from", NULL, CELL_TEXT },
	[TO] = { "to", NULL, CELL_TEXT },
	[TIME] = { "time", "Time", CELL_TIME },
	[SELECTION] = { "selection", "Of", CELL_TEXT },
	[FIRST] = { "first", NULL,
		CELL_FLAG }, /* nothing was ever told before: this is how it stands */
	[BEGAN] = { "began", "Began", CELL_COUNT },
	[WORSE] = { "worse", "Worse", CELL_COUNT },
	[OVER] = { "over", "Over", CELL_COUNT },
	[CRITICAL] = { "critical", "Critical", CELL_COUNT }, /* of what began or got worse */
};

enum {
	CHANGED = PROBLEM_COLUMNS,
	TOLD_AT, /* when it was first told; of what is over */
	CHANGE_COLUMNS
};

static const Column change_columns[CHANGE_COLUMNS] = {
	PROBLEM_ROW_COLUMNS,
	[CHANGED] = { "change", NULL, CELL_ENUM },
	[TOLD_AT] = { "told_at", NULL, CELL_TIME },
};

/* What stands for an alarm: of these one. */
typedef struct {
	const Problem *problem;
	const Silence *silence;
	const Arrivals *arrivals;
	const QuarantineState *full, *day_limit;
} Source;

typedef struct {
	const AlertQuestion *question;
	GPtrArray *answers; /* of Problems *: of all domains, or one of each that is asked about */
	GPtrArray *alarms; /* of StandingAlarm * */
	GArray *sources; /* of Source, of each alarm */
	bool blind;
	Table *changes;
	EvidenceTables evidence;
	Cell *head;
} Telling;

/* --- what stands */

static void
add_alarm(Telling *telling, Source source, StandingAlarm standing)
{
	StandingAlarm *alarm = g_new(StandingAlarm, 1);

	*alarm = standing;
	g_ptr_array_add(telling->alarms, alarm);
	g_array_append_val(telling->sources, source);
}

static GPtrArray *
one_subject(char *subject)
{
	GPtrArray *subjects = g_ptr_array_new_with_free_func(g_free);

	g_ptr_array_add(subjects, subject);
	return subjects;
}

/* The problems that are in a line: their numbers are those of incidents in it. */
static GPtrArray *
subjects_of(const Problems *problems, const Problem *line)
{
	GPtrArray *subjects = one_subject(g_strdup_printf("p%" G_GINT64_FORMAT, line->number));

	for (size_t i = 0; i < line->incidents->len; i++) {
		const int64_t id = ((const Incident *)g_ptr_array_index(line->incidents, i))->id;
		if (id != line->number && problems_find(problems, id) == line)
			g_ptr_array_add(subjects, g_strdup_printf("p%" G_GINT64_FORMAT, id));
	}
	return subjects;
}

/*
 * The first day of a line, or DAY_NONE if it has an incident that was not seen in W: that one is older
 * than any that took a number over.
 */
static int64_t
first_day_of(const Problem *line)
{
	int64_t first = G_MAXINT64;

	for (size_t i = 0; i < line->incidents->len; i++) {
		const Incident *incident = g_ptr_array_index(line->incidents, i);
		if (!incident->listed)
			return DAY_NONE;
		first = MIN(first, incident->first_seen);
	}
	return first;
}

static void
add_problems(Telling *telling, const Problems *problems)
{
	for (size_t i = 0; i < problems->problems->len; i++) {
		const Problem *problem = g_ptr_array_index(problems->problems, i);
		if (problem->level > LEVEL_WARNING)
			continue;
		const StandingAlarm alarm = {
			.subjects = subjects_of(problems, problem),
			.level = problem->level == LEVEL_CRITICAL ? ALERT_CRITICAL : ALERT_WARNING,
			.title = problem_title(problem),
			.since_day = first_day_of(problem),
			.last_day = problem->last_seen,
		};
		add_alarm(telling, (Source){ .problem = problem }, alarm);
	}
}

static void
add_silences(Telling *telling, const Problems *problems)
{
	for (size_t i = 0; i < problems->silences->len; i++) {
		const Silence *silence = g_ptr_array_index(problems->silences, i);
		if (silence->accepted)
			continue;
		const StandingAlarm alarm = {
			.subjects = one_subject(
				g_strdup_printf("s%" G_GINT64_FORMAT, silence->number)),
			.level = ALERT_WARNING,
			.title = silence_title(silence),
			.since_day = silence->last_received,
			.last_day = telling->question->today,
		};
		add_alarm(telling, (Source){ .silence = silence }, alarm);
	}
}

/* Nothing at all is worse than any problem: nobody would hear of one. */
static void
add_arrivals(Telling *telling, const Problems *problems)
{
	const Arrivals *arrivals = &problems->arrivals;

	telling->blind = arrivals->state != ARRIVALS_OK;
	if (!telling->blind)
		return;
	const StandingAlarm alarm = {
		.subjects = one_subject(g_strdup("arrivals")),
		.level = ALERT_CRITICAL,
		.title = arrivals_title(arrivals),
		.since_day = arrivals->last_received,
		.last_day = telling->question->today,
	};
	add_alarm(telling, (Source){ .arrivals = arrivals }, alarm);
}

/* Messages that cannot be kept, or wait for another day. */
static void
add_quarantine(Telling *telling, const QuarantineState *quarantine)
{
	if (quarantine->is_full) {
		const StandingAlarm full = {
			.subjects = one_subject(g_strdup("quarantine")),
			.level = ALERT_CRITICAL,
			.title = g_strdup(QUARANTINE_FULL_TITLE),
			.since_day = DAY_NONE,
			.last_day = telling->question->today,
		};
		add_alarm(telling, (Source){ .full = quarantine }, full);
	}
	if (quarantine->waiting > 0) {
		const StandingAlarm day_limit = {
			.subjects = one_subject(g_strdup("day-limit")),
			.level = ALERT_WARNING,
			.title = g_strdup(DAY_LIMIT_TITLE),
			.since_day = DAY_NONE,
			.last_day = telling->question->today,
		};
		add_alarm(telling, (Source){ .day_limit = quarantine }, day_limit);
	}
}

static bool
read_answer(Telling *telling, const char *domain, GError **error)
{
	const AlertQuestion *question = telling->question;
	const StoreFilter filter = {
		.domain = domain,
		.since_day = question->window_day,
		.until_day = question->today,
		.window_day = question->window_day,
		.today = question->today,
	};
	const ProblemsQuestion asked = {
		.store = question->store,
		.filter = &filter,
		.rules = question->rules,
		.believe = question->believe,
		.quarantine = question->quarantine,
	};
	Problems *problems = problems_read(&asked, error);

	if (problems == NULL)
		return false;
	if (telling->answers->len == 0) {
		add_arrivals(telling, problems);
		add_quarantine(telling, &problems->quarantine);
	}
	g_ptr_array_add(telling->answers, problems);
	add_problems(telling, problems);
	add_silences(telling, problems);
	return true;
}

static bool
read_answers(Telling *telling, GError **error)
{
	const char *const *domain = telling->question->domains;

	if (domain == NULL || *domain == NULL)
		return read_answer(telling, NULL, error);
	for (; *domain != NULL; domain++) {
		if (!read_answer(telling, *domain, error))
			return false;
	}
	return true;
}

/* --- what is told of it */

static void
add_change(Telling *telling, size_t alarm, AlertChange change)
{
	static const char *const names[] = {
		[CHANGE_STANDS] = "stands",
		[CHANGE_BEGAN] = "began",
		[CHANGE_WORSE] = "worse",
	};
	const Source *source = &g_array_index(telling->sources, Source, alarm);
	Cell *cells = table_add_row(telling->changes);

	if (source->problem != NULL) {
		problem_row_fill(cells, source->problem);
		problem_add_evidence(&telling->evidence, source->problem);
	} else if (source->silence != NULL) {
		problem_row_fill_silence(cells, source->silence);
	} else if (source->arrivals != NULL) {
		problem_row_fill_arrivals(cells, source->arrivals);
	} else if (source->full != NULL) {
		problem_row_fill_full_quarantine(cells);
	} else {
		problem_row_fill_day_limit(cells, source->day_limit);
	}
	cell_set_enum(&cells[CHANGED], change, names[change]);
	telling->head[change == CHANGE_WORSE ? WORSE : BEGAN].number++;
	telling->head[CRITICAL].number += cells[PROBLEM_LEVEL].number == LEVEL_CRITICAL;
}

/* The line in which a problem is now that was told; NULL if there is none. */
static const Problem *
find_told(const Telling *telling, const StoreTold *told)
{
	const int64_t number = *told->subject == 'p' ? g_ascii_strtoll(told->subject + 1, NULL, 10)
						     : 0;
	const Problem *found = NULL;

	for (size_t i = 0; i < telling->answers->len && found == NULL && number != 0; i++)
		found = problems_find(g_ptr_array_index(telling->answers, i), number);
	return found;
}

/* Why it is over, as far as is known. */
static const char *
why_over(const StoreTold *told, const Problem *problem)
{
	if (strcmp(told->subject, "quarantine") == 0)
		return "There is room again.";
	if (strcmp(told->subject, "day-limit") == 0)
		return "No message waits any more.";
	if (g_str_has_prefix(told->subject, "s"))
		return "Reports come again, or somebody accepted that none do.";
	if (!g_str_has_prefix(told->subject, "p"))
		return "Reports come again.";
	if (problem == NULL || problem->state == STATE_QUIET)
		return "Nobody reports it any more.";
	if (problem->state == STATE_RESOLVED)
		return "It was marked as resolved.";
	if (problem->state == STATE_ACCEPTED)
		return "It was accepted as it is.";
	if (problem->why == WHY_OVER)
		return "Whoever saw it has reported on three days since without it.";
	return "It goes on, but is no more than usual.";
}

static void
fill_over(Cell *cells, const StoreTold *told, const Problem *problem)
{
	if (problem != NULL)
		problem_row_fill(cells, problem);
	else
		cells[PROBLEM_SHARE].share = CELL_NOTHING;
	problem_row_set_level(cells, LEVEL_NONE);
	if (problem == NULL && strchr("ps", *told->subject) != NULL)
		cell_set_text(&cells[PROBLEM_NUMBER],
			told->subject + g_str_has_prefix(told->subject, "p"));
	cell_set_text(&cells[PROBLEM_TITLE], told->title);
	cell_set_text(&cells[PROBLEM_WHY_TEXT], why_over(told, problem));
	cells[TOLD_AT].number = told->at;
}

static void
add_over(Telling *telling, const StoreTold *told)
{
	Cell *cells = table_add_row(telling->changes);

	fill_over(cells, told, find_told(telling, told));
	cell_set_enum(&cells[CHANGED], CHANGE_OVER, "over");
	telling->head[OVER].number++;
}

static GPtrArray *
tell(Telling *telling, const GPtrArray *told, bool ever)
{
	const AlertRules rules = {
		.now = telling->question->now,
		.lowest = telling->question->only_critical ? ALERT_CRITICAL : ALERT_WARNING,
		.ever = ever,
		.blind = telling->blind,
	};
	g_autoptr(AlertChanges) changes = alert_changes(telling->alarms, told, &rules);

	telling->head[FIRST].number = !ever;
	for (size_t i = 0; i < changes->changes->len; i++) {
		const AlertChange change = g_array_index(changes->changes, AlertChange, i);
		if (change != CHANGE_NONE)
			add_change(telling, i, change);
	}
	for (size_t i = 0; i < changes->over->len; i++)
		add_over(telling, g_ptr_array_index(changes->over, i));
	return g_ptr_array_ref(changes->told);
}

static Document *
new_document(Telling *telling)
{
	const AlertQuestion *question = telling->question;
	Document *document = document_new("alert");

	telling->head = table_add_row(
		document_add_table(document, "alert", NULL, head_columns, HEAD_COLUMNS));
	telling->changes = document_add_table(
		document, "changes", NULL, change_columns, CHANGE_COLUMNS);
	telling->evidence = problem_add_evidence_tables(document);
	cell_set_text(&telling->head[FROM], question->from);
	cell_set_text(&telling->head[TO], question->to);
	telling->head[TIME].number = question->now;
	cell_set_text(&telling->head[SELECTION], question->alert.selection);
	return document;
}

Document *
view_alert(const AlertQuestion *question, GPtrArray **told, GError **error)
{
	g_autoptr(GPtrArray)
		answers = g_ptr_array_new_with_free_func((GDestroyNotify)problems_free);
	g_autoptr(GPtrArray)
		alarms = g_ptr_array_new_with_free_func((GDestroyNotify)standing_alarm_free);
	g_autoptr(GArray) sources = g_array_new(FALSE, FALSE, sizeof(Source));
	Telling telling = {
		.question = question,
		.answers = answers,
		.alarms = alarms,
		.sources = sources,
	};
	bool ever;
	g_autoptr(GPtrArray)
		before = store_read_told(question->store, &question->alert, &ever, error);

	if (before == NULL || !read_answers(&telling, error))
		return NULL;
	Document *document = new_document(&telling);
	*told = tell(&telling, before, ever);
	document->is_blank = telling.changes->rows->len == 0;
	return document;
}
