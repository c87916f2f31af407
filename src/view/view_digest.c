/*
 * The weekly digest: one week, compared with the week before it.  The week ends with a whole day.  It
 * is judged as if that day were today, with a window of just this week, so that it does not matter at
 * which hour the digest is made.  The week before is judged likewise, as it was at its end.
 */
#include "tlsrpt/view_digest.h"

#include "problem_rows.h"
#include "quarantine_rows.h"

#include "tlsrpt/day.h"
#include "tlsrpt/problem.h"
#include "tlsrpt/report.h"
#include "tlsrpt/text_table.h"

#include <stdlib.h>
#include <string.h>

#define WEEK_DAYS 7

enum {
	FROM,
	TO,
	TIME,
	FIRST_DAY,
	LAST_DAY,
	WELL,
	RECEPTION,
	LAST_RECEIVED,
	UNVERIFIED_REPORTS,
	DOMAINS,
	SESSIONS,
	FAILED,
	LEARNING_DOMAINS,
	CRITICAL,
	WARNINGS,
	OVER,
	SILENCES,
	UNVERIFIED,
	GLITCHES,
	BACKGROUND,
	ACCEPTED,
	QUARANTINED,
	DIGEST_COLUMNS
};

static const Column digest_columns[DIGEST_COLUMNS] = {
	[FROM] = { "from", NULL, CELL_TEXT },
	[TO] = { "to", NULL, CELL_TEXT },
	[TIME] = { "time", NULL, CELL_TIME },
	[FIRST_DAY] = { "first_day", "From", CELL_DAY },
	[LAST_DAY] = { "last_day", "To", CELL_DAY },
	[WELL] = { "well", "Well", CELL_FLAG },
	[RECEPTION] = { "reception", NULL, CELL_ENUM },
	[LAST_RECEIVED] = { "last_received", NULL, CELL_TEXT }, /* a day */
	[UNVERIFIED_REPORTS] = { "unverified_reports", NULL, CELL_COUNT },
	[DOMAINS] = { "domains", "Domains", CELL_COUNT },
	[SESSIONS] = { "sessions", "Sessions", CELL_COUNT },
	[FAILED] = { "failed_sessions", "Failed", CELL_COUNT },
	[LEARNING_DOMAINS] = { "learning", NULL, CELL_COUNT },
	[CRITICAL] = { "critical", "Critical", CELL_COUNT },
	[WARNINGS] = { "warnings", "Warnings", CELL_COUNT },
	[OVER] = { "over", "Over", CELL_COUNT },
	[SILENCES] = { "silences", "Silences", CELL_COUNT },
	[UNVERIFIED] = { "unverified", "Unverified", CELL_COUNT },
	[GLITCHES] = { "glitches", "Glitches", CELL_COUNT },
	[BACKGROUND] = { "background", "Background", CELL_COUNT },
	[ACCEPTED] = { "accepted", "Accepted", CELL_COUNT },
	[QUARANTINED] = { "quarantined", "Quarantined", CELL_COUNT },
};

enum { PROBLEM_SECTION = PROBLEM_COLUMNS, DIGEST_PROBLEM_COLUMNS };

static const Column digest_problem_columns[DIGEST_PROBLEM_COLUMNS] = {
	PROBLEM_ROW_COLUMNS,
	[PROBLEM_SECTION] = { "section", NULL, CELL_ENUM },
};

enum { K_SECTION, K_KIND, K_PROBLEMS, K_DOMAINS, K_FAILED, KIND_COLUMNS };

static const Column kind_columns[KIND_COLUMNS] = {
	[K_SECTION] = { "section", NULL, CELL_ENUM },
	[K_KIND] = { "kind", NULL, CELL_TEXT },
	[K_PROBLEMS] = { "problems", NULL, CELL_COUNT },
	[K_DOMAINS] = { "domains", NULL, CELL_COUNT }, /* one counts again in another problem */
	[K_FAILED] = { "failed_sessions", NULL, CELL_COUNT },
};

enum { D_DOMAIN, D_SESSIONS, D_FAILED, D_SHARE, D_SHARE_BEFORE, D_LEARNING, DOMAIN_COLUMNS };

static const Column domain_columns[DOMAIN_COLUMNS] = {
	[D_DOMAIN] = { "policy_domain", "Domain", CELL_TEXT },
	[D_SESSIONS] = { "sessions", "Sessions", CELL_COUNT },
	[D_FAILED] = { "failed_sessions", "Failed", CELL_COUNT },
	[D_SHARE] = { "failed_share", "Share", CELL_SHARE },
	[D_SHARE_BEFORE] = { "failed_share_before", "Before", CELL_SHARE },
	[D_LEARNING] = { "learning", NULL, CELL_FLAG },
};

typedef struct {
	const DigestQuestion *question;
	int64_t first_day;
	const Problems *now, *before; /* this week, and the one before */
	Cell *head;
	Table *problems, *kinds, *quarantine, *domains;
	EvidenceTables evidence;
	GHashTable *kind_rows; /* section and kind to Cell */
} Week;

/* --- the problems */

static void
set_section(Cell *cell, DigestSection section)
{
	static const char *const names[SECTIONS] = {
		[SECTION_BROKEN] = "broken",
		[SECTION_OVER] = "over",
		[SECTION_MISSING] = "missing",
		[SECTION_UNVERIFIED] = "unverified",
		[SECTION_GLITCH] = "glitch",
		[SECTION_BACKGROUND] = "background",
		[SECTION_ACCEPTED] = "accepted",
	};

	cell_set_enum(cell, section, names[section]);
}

/* Where a problem of this week belongs; whatever is resolved was so in the week in which it was seen. */
static DigestSection
section_of(const Problem *problem)
{
	switch (problem->level) {
	case LEVEL_CRITICAL:
	case LEVEL_WARNING:
		return SECTION_BROKEN;
	case LEVEL_BACKGROUND:
		return SECTION_BACKGROUND;
	case LEVEL_GLITCH:
		return SECTION_GLITCH;
	case LEVEL_NONE:
		break;
	}
	if (problem->unverified)
		return SECTION_UNVERIFIED;
	return problem->state == STATE_ACCEPTED ? SECTION_ACCEPTED : SECTION_OVER;
}

/* Counts it under its kind. */
static void
count_kind(Week *week, DigestSection section, const Problem *problem)
{
	g_autofree char *key = g_strdup_printf("%d %s", (int)section, problem->kind);
	Cell *cells = g_hash_table_lookup(week->kind_rows, key);

	if (cells == NULL) {
		cells = table_add_row(week->kinds);
		set_section(&cells[K_SECTION], section);
		cell_set_text(&cells[K_KIND], problem->kind);
		g_hash_table_insert(week->kind_rows, g_steal_pointer(&key), cells);
	}
	cells[K_PROBLEMS].number++;
	cells[K_DOMAINS].number += problem->domains->len;
	cells[K_FAILED].number = count_add(cells[K_FAILED].number,
		section == SECTION_UNVERIFIED ? problem->unverified_sessions
					      : problem->failed_sessions);
}

static void
add_problem(Week *week, DigestSection section, const Problem *problem)
{
	static const int columns[SECTIONS] = {
		[SECTION_BROKEN] = WARNINGS,
		[SECTION_OVER] = OVER,
		[SECTION_UNVERIFIED] = UNVERIFIED,
		[SECTION_GLITCH] = GLITCHES,
		[SECTION_BACKGROUND] = BACKGROUND,
		[SECTION_ACCEPTED] = ACCEPTED,
	};
	const bool is_critical = section == SECTION_BROKEN && problem->level == LEVEL_CRITICAL;
	Cell *cells = table_add_row(week->problems);

	problem_row_fill(cells, problem);
	set_section(&cells[PROBLEM_SECTION], section);
	week->head[is_critical ? CRITICAL : columns[section]].number++;
	if (section == SECTION_BROKEN)
		problem_add_evidence(&week->evidence, problem);
	else if (section != SECTION_OVER)
		count_kind(week, section, problem);
}

/* What was broken at the end of the week before, or was resolved since, and was not seen in this week. */
static void
add_over(Week *week)
{
	for (guint i = 0; i < week->before->problems->len; i++) {
		const Problem *problem = g_ptr_array_index(week->before->problems, i);
		const bool is_resolved = !problem->unverified && problem->resolved_at != 0
			&& day_of(problem->resolved_at) >= week->first_day;
		if ((problem->level <= LEVEL_WARNING || is_resolved)
			&& problems_find(week->now, problem->number) == NULL) {
			add_problem(week, SECTION_OVER, problem);
			Cell *cells = g_ptr_array_index(
				week->problems->rows, week->problems->rows->len - 1);
			problem_row_set_level(cells, LEVEL_NONE);
			if (!is_resolved)
				cell_set_enum(
					&cells[PROBLEM_WHY], WHY_OVER, failure_why_name(WHY_OVER));
		}
	}
}

static void
add_problems(Week *week)
{
	for (guint i = 0; i < week->now->problems->len; i++) {
		const Problem *problem = g_ptr_array_index(week->now->problems, i);
		add_problem(week, section_of(problem), problem);
	}
	add_over(week);
}

/* --- what no longer comes */

static void
add_missing(Week *week)
{
	const Arrivals *arrivals = &week->now->arrivals;

	if (arrivals->state != ARRIVALS_OK) {
		Cell *cells = table_add_row(week->problems);
		problem_row_fill_arrivals(cells, arrivals);
		set_section(&cells[PROBLEM_SECTION], SECTION_MISSING);
	}
	for (guint i = 0; i < week->now->silences->len; i++) {
		const Silence *silence = g_ptr_array_index(week->now->silences, i);
		if (silence->accepted)
			continue;
		Cell *cells = table_add_row(week->problems);
		problem_row_fill_silence(cells, silence);
		set_section(&cells[PROBLEM_SECTION], SECTION_MISSING);
		week->head[SILENCES].number++;
	}
}

static void
set_reception(Week *week)
{
	static const char *const names[] = {
		[RECEPTION_REGULAR] = "regular",
		[RECEPTION_STOPPED] = "stopped",
		[RECEPTION_NONE] = "none",
		[RECEPTION_NEVER] = "never",
	};
	const Arrivals *arrivals = &week->now->arrivals;
	g_autofree char *day = arrivals->last_received != DAY_NONE
		? day_text(arrivals->last_received)
		: NULL;
	const Reception reception = arrivals->state == ARRIVALS_NEVER ? RECEPTION_NEVER
		: arrivals->state == ARRIVALS_STOPPED		      ? RECEPTION_STOPPED
		: week->head[SESSIONS].number == 0		      ? RECEPTION_NONE
								      : RECEPTION_REGULAR;

	cell_set_enum(&week->head[RECEPTION], reception, names[reception]);
	cell_set_text(&week->head[LAST_RECEIVED], day);
	week->head[UNVERIFIED_REPORTS].number = arrivals->unverified_reports;
}

/* --- the figures of the domains */

static int
compare_names(gconstpointer a, gconstpointer b)
{
	const DomainTotal *one = *(const DomainTotal *const *)a;
	const DomainTotal *other = *(const DomainTotal *const *)b;

	return strcmp(one->domain, other->domain);
}

/* The share of a domain in the week before; the domains are sorted by name. */
static double
share_before(const Week *week, const char *domain)
{
	const GPtrArray *domains = week->before->domains;
	const DomainTotal sought = { .domain = domain }, *key = &sought;
	const DomainTotal *const *total = domains->len > 0
		? bsearch(&key, domains->pdata, domains->len, sizeof(gpointer), compare_names)
		: NULL;

	return total != NULL ? share_of((*total)->failed_sessions, (*total)->sessions)
			     : CELL_NOTHING;
}

static void
add_domain(Week *week, const DomainTotal *total)
{
	Cell *cells = table_add_row(week->domains);

	cell_set_text(&cells[D_DOMAIN], total->domain);
	cells[D_SESSIONS].number = total->sessions;
	cells[D_FAILED].number = total->failed_sessions;
	cells[D_SHARE].share = share_of(total->failed_sessions, total->sessions);
	cells[D_SHARE_BEFORE].share = share_before(week, total->domain);
	cells[D_LEARNING].number = total->learning;
	week->head[DOMAINS].number++;
	week->head[LEARNING_DOMAINS].number += total->learning;
	week->head[SESSIONS].number = count_add(week->head[SESSIONS].number, total->sessions);
	week->head[FAILED].number = count_add(week->head[FAILED].number, total->failed_sessions);
}

static int
compare_domains(gconstpointer a, gconstpointer b)
{
	const Cell *one = *(const Cell *const *)a, *other = *(const Cell *const *)b;

	for (size_t i = 0; i < 2; i++) {
		const size_t column = i == 0 ? D_FAILED : D_SESSIONS;
		if (one[column].number != other[column].number)
			return one[column].number < other[column].number ? 1 : -1;
	}
	return g_strcmp0(one[D_DOMAIN].text, other[D_DOMAIN].text);
}

static void
add_domains(Week *week)
{
	const char *asked = week->question->domain;

	for (guint i = 0; i < week->now->domains->len; i++)
		add_domain(week, g_ptr_array_index(week->now->domains, i));
	/* A domain that was asked for has a row even if it has no reports. */
	if (asked != NULL && week->domains->rows->len == 0)
		add_domain(week, &(DomainTotal){ .domain = asked });
	g_ptr_array_sort(week->domains->rows, compare_domains);
}

/* --- all of it */

/* What is wrong in the week that ends on a day, judged as if that were today. */
static Problems *
read_week(const DigestQuestion *question, int64_t last_day, bool without_silences, GError **error)
{
	IncidentRules rules = *question->rules;
	const StoreFilter filter = {
		.domain = question->domain,
		.since_day = last_day - WEEK_DAYS + 1,
		.until_day = last_day,
		.window_day = last_day - WEEK_DAYS + 1,
		.today = last_day,
	};
	const ProblemsQuestion asked = {
		.store = question->store,
		.filter = &filter,
		.rules = &rules,
		.believe = question->believe,
		.without_silences = without_silences,
	};

	rules.window = WEEK_DAYS - 1;
	return problems_read(&asked, error);
}

static void
add_tables(Document *document, Week *week)
{
	week->head = table_add_row(
		document_add_table(document, "digest", NULL, digest_columns, DIGEST_COLUMNS));
	week->problems = document_add_table(
		document, "problems", NULL, digest_problem_columns, DIGEST_PROBLEM_COLUMNS);
	week->evidence = problem_add_evidence_tables(document);
	week->kinds = document_add_table(document, "kinds", NULL, kind_columns, KIND_COLUMNS);
	week->quarantine = quarantine_add_table(document);
	week->domains = document_add_table(
		document, "domains", NULL, domain_columns, DOMAIN_COLUMNS);
}

static bool
fill(Week *week, GError **error)
{
	const DigestQuestion *question = week->question;
	Cell *head = week->head;

	cell_set_text(&head[FROM], question->from);
	cell_set_text(&head[TO], question->to);
	head[TIME].number = question->now;
	head[FIRST_DAY].number = week->first_day;
	head[LAST_DAY].number = question->last_day;
	add_problems(week);
	add_missing(week);
	add_domains(week);
	set_reception(week);
	head[WELL].number = head[RECEPTION].number == RECEPTION_REGULAR
		&& head[CRITICAL].number + head[WARNINGS].number + head[SILENCES].number == 0;
	return quarantine_fill(week->quarantine, question->store,
		&(Window){ week->first_day, question->last_day }, &head[QUARANTINED].number, error);
}

Document *
view_digest(const DigestQuestion *question, GError **error)
{
	g_autoptr(Document) document = document_new("digest");
	g_autoptr(Problems) now = read_week(question, question->last_day, false, error);
	g_autoptr(Problems) before = now != NULL
		? read_week(question, question->last_day - WEEK_DAYS, true, error)
		: NULL;
	g_autoptr(GHashTable) kind_rows = text_table_new(g_free, NULL);

	if (before == NULL)
		return NULL;
	Week week = {
		.question = question,
		.first_day = question->last_day - WEEK_DAYS + 1,
		.now = now,
		.before = before,
		.kind_rows = kind_rows,
	};
	add_tables(document, &week);
	return fill(&week, error) ? g_steal_pointer(&document) : NULL;
}
