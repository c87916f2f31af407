/* What is broken now, as cards; and what is no alarm; and who fell silent. */
#include "view_page_parts.h"

#include "problem_rows.h"

#include "tlsrpt/hide_addresses.h"
#include "tlsrpt/view_explain.h"

#define SEEN_BY_SHOWN 12 /* of a problem */
#define HOSTS_SHOWN 20

enum {
	CARD_HAPPENED = PROBLEM_COLUMNS,
	CARD_EFFECT,
	CARD_CAUSES,
	CARD_FIXES,
	CARD_VERIFY,
	CARD_COLUMNS
};

static const Column card_columns[CARD_COLUMNS] = {
	PROBLEM_ROW_COLUMNS,
	[CARD_HAPPENED] = { "happened", NULL, CELL_TEXT },
	[CARD_EFFECT] = { "effect", NULL, CELL_TEXT },
	[CARD_CAUSES] = { "causes", NULL, CELL_TEXT },
	[CARD_FIXES] = { "fixes", NULL, CELL_TEXT },
	[CARD_VERIFY] = { "verify", NULL, CELL_TEXT },
};

enum { SEEN_PROBLEM, SEEN_NAME, SEEN_FAILED, SEEN_SESSIONS, SEEN_LAST, SEEN_COLUMNS };

static const Column seen_columns[SEEN_COLUMNS] = {
	[SEEN_PROBLEM] = { "problem", NULL, CELL_WORD },
	[SEEN_NAME] = { "reporter", NULL, CELL_TEXT },
	[SEEN_FAILED] = { "failed_sessions", NULL, CELL_COUNT },
	[SEEN_SESSIONS] = { "sessions", NULL, CELL_COUNT },
	[SEEN_LAST] = { "last_day", NULL, CELL_DAY },
};

enum { HOST_PROBLEM, HOST_ADDRESS, HOST_FAILED, HOST_COLUMNS };

static const Column host_columns[HOST_COLUMNS] = {
	[HOST_PROBLEM] = { "problem", NULL, CELL_WORD },
	[HOST_ADDRESS] = { "sending_mta_ip", NULL, CELL_TEXT },
	[HOST_FAILED] = { "failed_sessions", NULL, CELL_COUNT },
};

typedef struct {
	PageView *view;
	Table *problems, *others, *seen_by, *hosts;
	EvidenceTables evidence;
	size_t left_out, others_left_out;
} Cards;

/* --- one problem */

/* What it means and what to do, with its own names. */
static void
explain_card(Cell *cells, const Problem *problem)
{
	static const char *const keys[] = { "happened", "effect", "causes", "fixes", "verify" };
	g_autoptr(Document) document = explained_problem(problem);
	const Table *explained = document_table(document, "problem");

	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
		cell_set_text(&cells[CARD_HAPPENED + i], table_text(explained, 0, keys[i]));
}

static void
add_seen_by(const Cards *cards, const Problem *problem, const char *number)
{
	const GPtrArray *reporters = problem->reporters;

	for (guint i = 0; i < reporters->len && i < SEEN_BY_SHOWN; i++) {
		const ProblemReporter *reporter = g_ptr_array_index(reporters, i);
		Cell *cells = table_add_row(cards->seen_by);
		cell_set_text(&cells[SEEN_PROBLEM], number);
		cell_set_text(&cells[SEEN_NAME], reporter->reporter->name);
		cells[SEEN_FAILED].number = reporter->failed_sessions;
		cells[SEEN_SESSIONS].number = reporter->sessions;
		cells[SEEN_LAST].number = reporter->last_day;
	}
}

static void
add_hosts(const Cards *cards, const Problem *problem, const char *number)
{
	for (guint i = 0; i < problem->hosts->len && i < HOSTS_SHOWN; i++) {
		const ProblemHost *host = g_ptr_array_index(problem->hosts, i);
		Cell *cells = table_add_row(cards->hosts);
		cell_set_text(&cells[HOST_PROBLEM], number);
		cell_set_text(&cells[HOST_ADDRESS], host->address);
		cells[HOST_FAILED].number = host->failed_sessions;
	}
}

/* Who wrote a note is left out where nobody asked for names of people. */
static void
fill_row(const Cards *cards, Cell *cells, const Problem *problem)
{
	problem_row_fill(cells, problem);
	if (!cards->view->question->with_hosts)
		cell_set_text(&cells[PROBLEM_NOTE_BY], NULL);
}

/* The texts of reasons have addresses in them now and then. */
static void
add_evidence(const Cards *cards, const Problem *problem)
{
	GPtrArray *rows = cards->evidence.reasons->rows;
	const guint first = rows->len;

	problem_add_evidence(&cards->evidence, problem);
	for (guint i = first; !cards->view->question->with_hosts && i < rows->len; i++) {
		Cell *cell = (Cell *)table_cell(cards->evidence.reasons, i, "failure_reason_code");
		g_autofree char *hidden = hide_addresses(cell->text != NULL ? cell->text : "");
		cell_set_text(cell, hidden);
	}
}

static void
add_card(Cards *cards, const Problem *problem)
{
	const bool in_full = cards->problems->rows->len < PAGE_CARDS;
	Cell *cells = table_add_row(cards->problems);

	fill_row(cards, cells, problem);
	if (!in_full)
		return;
	explain_card(cells, problem);
	add_evidence(cards, problem);
	add_seen_by(cards, problem, cells[PROBLEM_NUMBER].text);
	if (cards->view->question->with_hosts)
		add_hosts(cards, problem, cells[PROBLEM_NUMBER].text);
}

/* --- all of them */

/* Only as many rows are made as are shown. */
static void
add_problem(Cards *cards, const Problem *problem)
{
	const bool is_alarm = problem->level <= LEVEL_WARNING;

	if (is_alarm)
		cards->view->head[problem->level == LEVEL_CRITICAL ? PAGE_CRITICAL : PAGE_WARNINGS]
			.number++;
	if (is_alarm && cards->problems->rows->len < PAGE_CARDS + PAGE_ROWS)
		add_card(cards, problem);
	else if (!is_alarm && cards->others->rows->len < PAGE_ROWS)
		fill_row(cards, table_add_row(cards->others), problem);
	else
		(*(is_alarm ? &cards->left_out : &cards->others_left_out))++;
}

void
view_page_add_problems(PageView *view)
{
	Document *document = view->document;
	g_autoptr(GPtrArray) problems = view_page_unite(view);
	Cards cards = {
		.view = view,
		.problems = document_add_table(
			document, "problems", NULL, card_columns, CARD_COLUMNS),
		.others = document_add_table(
			document, "others", NULL, problem_columns, PROBLEM_COLUMNS),
		.evidence = problem_add_evidence_tables(document),
		.seen_by = document_add_table(
			document, "seen_by", NULL, seen_columns, SEEN_COLUMNS),
		.hosts = document_add_table(document, "hosts", NULL, host_columns, HOST_COLUMNS),
	};

	for (guint i = 0; i < problems->len; i++)
		add_problem(&cards, g_ptr_array_index(problems, i));
	view_page_leave_out(view, cards.problems, cards.left_out);
	view_page_leave_out(view, cards.others, cards.others_left_out);
}

/* --- who fell silent */

/* Those that are alarms: a witness that is silent about several domains that are asked about is one. */
static GPtrArray *
unite_silences(const PageView *view)
{
	g_autoptr(GHashTable) known = g_hash_table_new(g_int64_hash, g_int64_equal);
	GPtrArray *silences = g_ptr_array_new();

	for (guint i = 0; i < view->answers->len; i++) {
		const Problems *answer = g_ptr_array_index(view->answers, i);
		for (guint j = 0; j < answer->silences->len; j++) {
			Silence *silence = g_ptr_array_index(answer->silences, j);
			Silence *first = g_hash_table_lookup(known, &silence->number);
			if (silence->accepted)
				continue;
			if (first != NULL) {
				g_ptr_array_extend(first->domains, silence->domains, NULL, NULL);
				continue;
			}
			g_hash_table_insert(known, &silence->number, silence);
			g_ptr_array_add(silences, silence);
		}
	}
	return silences;
}

void
view_page_add_silences(PageView *view)
{
	Table *table = document_add_table(
		view->document, "silences", NULL, problem_columns, PROBLEM_COLUMNS);
	g_autoptr(GPtrArray) silences = unite_silences(view);

	for (guint i = 0; i < silences->len; i++)
		problem_row_fill_silence(table_add_row(table), g_ptr_array_index(silences, i));
	view->head[PAGE_SILENCES].number = silences->len;
	view_page_limit(view, table, PAGE_ROWS);
}
