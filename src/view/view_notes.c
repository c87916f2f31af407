#include "tlsrpt/view_notes.h"

#include "titles.h"

#include "tlsrpt/day.h"
#include "tlsrpt/error.h"
#include "tlsrpt/text_table.h"

#include <string.h>

enum { SUBJECT, TITLE, KIND, AUTHOR, TIME, TEXT, UNTIL, NOTES_COLUMNS };

static const Column columns[NOTES_COLUMNS] = {
	[SUBJECT] = { "problem", "Problem", CELL_WORD },
	[TITLE] = { "title", "What", CELL_TEXT },
	[KIND] = { "kind", "Kind", CELL_ENUM },
	[AUTHOR] = { "author", "By", CELL_TEXT },
	[TIME] = { "time", "Time", CELL_TIME },
	[TEXT] = { "text", "Text", CELL_TEXT },
	[UNTIL] = { "until", "Until", CELL_TEXT }, /* of an acceptance: the day on which it ends */
};

/* --- what has a number */

void
note_subject_free(NoteSubject *subject)
{
	g_free(subject->name);
	g_free(subject->title);
	g_array_unref(subject->targets);
	g_free(subject);
}

/* The line with a number: its own, that of a problem in it, or that of an incident of it. */
static const Problem *
line_of(const Problems *problems, int64_t number)
{
	const Problem *found = problems_find(problems, number);

	for (size_t i = 0; i < problems->problems->len && found == NULL; i++) {
		const Problem *line = g_ptr_array_index(problems->problems, i);
		for (size_t j = 0; j < line->incidents->len; j++) {
			if (((const Incident *)g_ptr_array_index(line->incidents, j))->id == number)
				found = line;
		}
	}
	return found;
}

bool
note_numbers_known(const Problems *problems, const GArray *numbers)
{
	for (size_t i = 0; i < numbers->len; i++) {
		const NoteNumber *number = &g_array_index(numbers, NoteNumber, i);
		if (number->problem != 0 && line_of(problems, number->problem) == NULL)
			return false;
	}
	return true;
}

static NoteSubject *
silence_subject(const Silence *silence)
{
	NoteSubject *subject = g_new(NoteSubject, 1);
	const NoteTarget target = {
		.silence = silence->number,
		.witness = silence->witness,
		.domain = silence->domain,
	};

	*subject = (NoteSubject){
		.name = g_strdup_printf("s%" G_GINT64_FORMAT, silence->number),
		.title = silence_title(silence),
		.targets = g_array_new(FALSE, FALSE, sizeof(NoteTarget)),
	};
	g_array_append_val(subject->targets, target);
	return subject;
}

static NoteSubject *
problem_subject(const Problem *problem, const char *domain)
{
	g_autoptr(GArray) incidents = problem_incident_ids(problem, domain);
	NoteSubject *subject = g_new(NoteSubject, 1);

	*subject = (NoteSubject){
		.name = g_strdup_printf("%" G_GINT64_FORMAT, problem->number),
		.title = problem_title(problem),
		.targets = g_array_new(FALSE, FALSE, sizeof(NoteTarget)),
	};
	for (size_t i = 0; i < incidents->len; i++) {
		const int64_t incident = g_array_index(incidents, int64_t, i);
		const NoteTarget target = {
			.incident = incident,
			.share = problem_share_of(problem, incident),
		};
		g_array_append_val(subject->targets, target);
	}
	return subject;
}

static bool
has_subject(const GPtrArray *subjects, const char *name)
{
	for (size_t i = 0; i < subjects->len; i++) {
		if (strcmp(((const NoteSubject *)g_ptr_array_index(subjects, i))->name, name) == 0)
			return true;
	}
	return false;
}

static NoteSubject *
find_silence(const Problems *problems, int64_t number, GError **error)
{
	const Silence *silence = problems_find_silence(problems, number);

	if (silence != NULL)
		return silence_subject(silence);
	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE,
		"there is no silence s%" G_GINT64_FORMAT, number);
	return NULL;
}

static NoteSubject *
find_problem(const Problems *problems, int64_t number, const char *domain, GError **error)
{
	const Problem *problem = line_of(problems, number);

	if (problem == NULL) {
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE,
			"there is no problem %" G_GINT64_FORMAT
			"; tlsrpt failures lists them by number",
			number);
		return NULL;
	}
	NoteSubject *subject = problem_subject(problem, domain);
	if (subject->targets->len > 0)
		return subject;
	note_subject_free(subject);
	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE,
		"problem %" G_GINT64_FORMAT " is not about %s", number, domain);
	return NULL;
}

GPtrArray *
note_subjects(const Problems *problems, const GArray *numbers, const char *domain, GError **error)
{
	g_autoptr(GPtrArray)
		subjects = g_ptr_array_new_with_free_func((GDestroyNotify)note_subject_free);

	for (size_t i = 0; i < numbers->len; i++) {
		const NoteNumber *number = &g_array_index(numbers, NoteNumber, i);
		NoteSubject *subject = number->silence != 0
			? find_silence(problems, number->silence, error)
			: find_problem(problems, number->problem, domain, error);
		if (subject == NULL)
			return NULL;
		/* Two numbers may be of one line by now. */
		if (has_subject(subjects, subject->name))
			note_subject_free(subject);
		else
			g_ptr_array_add(subjects, subject);
	}
	return g_steal_pointer(&subjects);
}

/* --- what was written on it */

static bool
is_on(StoreRows *rows, const NoteSubject *subject)
{
	const int64_t incident = store_rows_int(rows, STORED_NOTE_INCIDENT);
	const int64_t silence = store_rows_int(rows, STORED_NOTE_SILENCE);

	for (size_t i = 0; i < subject->targets->len; i++) {
		const NoteTarget *target = &g_array_index(subject->targets, NoteTarget, i);
		if (target->incident == incident && target->silence == silence)
			return true;
	}
	return false;
}

static void
add_note(Table *table, StoreRows *rows, const NoteSubject *subject, int64_t position)
{
	Cell *cells = table_add_row(table);
	const NoteKind kind = note_kind_of(store_rows_text(rows, STORED_NOTE_KIND));
	g_autofree char *until = store_rows_is_null(rows, STORED_NOTE_UNTIL_DAY)
		? NULL
		: day_text(store_rows_int(rows, STORED_NOTE_UNTIL_DAY));

	cells[SUBJECT].number = position;
	cell_set_text(&cells[SUBJECT], subject->name);
	cell_set_text(&cells[TITLE], subject->title);
	cell_set_enum(&cells[KIND], kind, note_kind_name(kind));
	cell_set_text(&cells[AUTHOR], store_rows_text(rows, STORED_NOTE_AUTHOR));
	cells[TIME].number = store_rows_int(rows, STORED_NOTE_AT);
	cell_set_text(&cells[TEXT], store_rows_text(rows, STORED_NOTE_TEXT));
	cell_set_text(&cells[UNTIL], until);
}

/* What makes a note of many incidents one; caller frees. */
static char *
note_key(StoreRows *rows)
{
	return g_strjoin("\n", store_rows_text(rows, STORED_NOTE_KIND),
		store_rows_text(rows, STORED_NOTE_AT), store_rows_text(rows, STORED_NOTE_AUTHOR),
		store_rows_text(rows, STORED_NOTE_TEXT), NULL);
}

static bool
read_notes(Store *store, const NoteSubject *subject, int64_t position, Table *table, GError **error)
{
	const StoreFilter all = { 0 };
	g_autoptr(StoreRows) rows = store_ask(store, STORE_NOTES, &all, error);
	g_autoptr(GHashTable) known = text_table_new(g_free, NULL);
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has) {
		if (is_on(rows, subject) && g_hash_table_add(known, note_key(rows)))
			add_note(table, rows, subject, position);
	}
	return ok;
}

static int
compare_rows(gconstpointer a, gconstpointer b)
{
	const Cell *one = *(const Cell *const *)a, *other = *(const Cell *const *)b;
	const size_t column = one[SUBJECT].number == other[SUBJECT].number ? TIME : SUBJECT;

	return one[column].number == other[column].number   ? 0
		: one[column].number < other[column].number ? -1
							    : 1;
}

Document *
view_notes(Store *store, const GPtrArray *subjects, GError **error)
{
	g_autoptr(Document) document = document_new("notes");
	Table *table = document_add_table(document, "notes", NULL, columns, NOTES_COLUMNS);

	for (size_t i = 0; i < subjects->len; i++) {
		if (!read_notes(store, g_ptr_array_index(subjects, i), (int64_t)i, table, error))
			return NULL;
	}
	g_ptr_array_sort(table->rows, compare_rows);
	return g_steal_pointer(&document);
}
