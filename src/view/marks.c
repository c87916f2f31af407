/*
 * What the operator decided.  A decision is stored with each incident that its line showed, and holds also
 * for incidents that join later by its kind and one of the MX or domains.
 */
#include "problem_parts.h"

#include <string.h>

/*
 * One decision: the notes of one kind that were written one after the other at the same time.  Acceptances of several lines at once
 * have shares of their own.
 */
typedef struct {
	Mark mark;
	bool only_domain; /* of what joins later it holds for the domains alone */
	GHashTable *ids; /* int64_t *: the incidents with it */
	int64_t last_id; /* the highest of these */
} Decision;

/* A note on an incident. */
typedef struct {
	Mark mark;
	bool only_domain;
	IncidentPart *part;
} Note;

#define BILLION 1e9

typedef struct {
	ProblemsOwn *own;
	GPtrArray *decisions; /* of Decision *, by time */
	GHashTable *by_place; /* kind and MX, or kind and domain, to GPtrArray of Decision * */
} Decisions;

static void
decision_free(gpointer data)
{
	Decision *decision = data;

	g_hash_table_unref(decision->ids);
	g_free(decision);
}

static bool
mark_kind_of(const char *name, MarkKind *kind)
{
	static const char *const names[] = {
		[MARK_RESOLVED] = "resolve",
		[MARK_REOPENED] = "reopen",
		[MARK_ACCEPTED] = "accept",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		if (strcmp(names[i], name) == 0) {
			*kind = (MarkKind)i;
			return true;
		}
	}
	return false;
}

/* The key of a place: an MX, or a domain. */
static char *
place_key(const char *kind, const char *mx, const char *domain)
{
	return mx != NULL ? g_strjoin("\n", kind, "mx", mx, NULL)
			  : g_strjoin("\n", kind, "domain", domain, NULL);
}

static void
add_place(Decisions *decisions, char *key, Decision *decision)
{
	GPtrArray *list = g_hash_table_lookup(decisions->by_place, key);

	if (list == NULL) {
		list = g_ptr_array_new();
		g_hash_table_insert(decisions->by_place, key, list);
	} else {
		g_free(key);
	}
	if (list->len == 0 || g_ptr_array_index(list, list->len - 1) != decision)
		g_ptr_array_add(list, decision);
}

static Decision *
find_decision(Decisions *decisions, const Note *note)
{
	Decision *last = decisions->decisions->len > 0
		? g_ptr_array_index(decisions->decisions, decisions->decisions->len - 1)
		: NULL;

	/* They come by share; so an equal one is next to it. */
	if (last != NULL && last->mark.number == note->mark.number
		&& last->mark.share >= note->mark.share)
		return last;
	Decision *decision = g_new0(Decision, 1);
	decision->mark = note->mark;
	decision->only_domain = note->only_domain;
	decision->ids = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	g_ptr_array_add(decisions->decisions, decision);
	return decision;
}

static void
add_mark(IncidentPart *part, const Mark *mark)
{
	if (part->marks == NULL)
		part->marks = g_array_new(FALSE, FALSE, sizeof(Mark));
	g_array_append_vals(part->marks, mark, 1);
}

static void
take_note(Decisions *decisions, const Note *note)
{
	IncidentPart *part = note->part;
	Decision *decision = find_decision(decisions, note);

	add_mark(part, &note->mark);
	g_hash_table_add(decision->ids, g_memdup2(&part->shown.id, sizeof(int64_t)));
	decision->last_id = MAX(decision->last_id, part->shown.id);
	add_place(decisions, place_key(part->shown.kind, NULL, part->shown.domain), decision);
	if (*part->shown.mx != '\0' && !decision->only_domain)
		add_place(decisions, place_key(part->shown.kind, part->shown.mx, NULL), decision);
}

/* Keeps the latest text, and adds what is a decision. */
static void
read_note(ProblemsOwn *own, StoreRows *rows, GArray *notes)
{
	const int64_t id = store_rows_int(rows, STORED_NOTE_INCIDENT);
	const char *text = store_rows_text(rows, STORED_NOTE_TEXT);
	Note note = {
		.mark = { .at = store_rows_int(rows, STORED_NOTE_AT),
			.number = store_rows_int(rows, STORED_NOTE_NUMBER),
			.until_day = store_rows_is_null(rows, STORED_NOTE_UNTIL_DAY)
				? DAY_NONE
				: store_rows_int(rows, STORED_NOTE_UNTIL_DAY),
			.share = (double)store_rows_int(rows, STORED_NOTE_SHARE) / BILLION },
		.only_domain = store_rows_int(rows, STORED_NOTE_ONLY_DOMAIN) != 0,
		.part = g_hash_table_lookup(own->incidents_by_id, &id),
	};

	if (note.part == NULL)
		return;
	if (*text != '\0') {
		note.part->note = note.part->shown.note = text_pool_add(own->texts, text);
		note.part->note_at = note.mark.at;
		note.part->note_by = text_pool_add(
			own->texts, store_rows_text(rows, STORED_NOTE_AUTHOR));
	}
	if (mark_kind_of(store_rows_text(rows, STORED_NOTE_KIND), &note.mark.kind))
		g_array_append_val(notes, note);
}

static int
compare_marks(gconstpointer a, gconstpointer b)
{
	const Mark *one = a, *other = b;

	if (one->at != other->at)
		return one->at < other->at ? -1 : 1;
	return one->number < other->number ? -1 : one->number > other->number;
}

static int
compare_notes(gconstpointer a, gconstpointer b)
{
	const Note *one = a, *other = b;
	const int order = compare_marks(&one->mark, &other->mark);

	if (order != 0)
		return order;
	return one->mark.share < other->mark.share ? -1 : one->mark.share > other->mark.share;
}

/* Gives all notes of a decision the number of its first one, and sorts them. */
static void
sort_notes(GArray *notes)
{
	g_array_sort(notes, compare_notes);
	for (guint i = 1; i < notes->len; i++) {
		const Mark *last = &g_array_index(notes, Note, i - 1).mark;
		Mark *mark = &g_array_index(notes, Note, i).mark;
		if (mark->kind == last->kind && mark->at == last->at)
			mark->number = last->number;
	}
	g_array_sort(notes, compare_notes);
}

static bool
read_notes(Decisions *decisions, GError **error)
{
	const StoreFilter all = { 0 };
	ProblemsOwn *own = decisions->own;
	g_autoptr(StoreRows) rows = store_ask(own->question->store, STORE_NOTES, &all, error);
	g_autoptr(GArray) notes = g_array_new(FALSE, FALSE, sizeof(Note));
	bool has = false, ok = rows != NULL;

	while (ok && (ok = store_rows_next(rows, &has, error)) && has)
		read_note(own, rows, notes);
	sort_notes(notes);
	for (guint i = 0; i < notes->len; i++)
		take_note(decisions, &g_array_index(notes, Note, i));
	return ok;
}

/* Whether an incident has come since the decision. */
static bool
joined_later(const Decision *decision, const IncidentPart *part)
{
	const int64_t day = day_of(decision->mark.at);

	return part->shown.id > decision->last_id && part->first_received_day != DAY_NONE
		&& part->first_received_day >= day
		&& !g_hash_table_contains(decision->ids, &part->shown.id);
}

static bool
has_mark(const IncidentPart *part, const Mark *mark)
{
	for (guint i = 0; part->marks != NULL && i < part->marks->len; i++) {
		const Mark *one = &g_array_index(part->marks, Mark, i);
		if (one->number == mark->number)
			return true;
	}
	return false;
}

/* Gives an incident the decisions about a place where it is, too. */
static void
inherit(const Decisions *decisions, IncidentPart *part, bool by_mx)
{
	g_autofree char *key = place_key(
		part->shown.kind, by_mx ? part->shown.mx : NULL, part->shown.domain);
	const GPtrArray *list = g_hash_table_lookup(decisions->by_place, key);

	for (guint i = 0; list != NULL && i < list->len; i++) {
		const Decision *decision = g_ptr_array_index(list, i);
		/* Not twice, by its domain and by its MX. */
		if (joined_later(decision, part) && !has_mark(part, &decision->mark))
			add_mark(part, &decision->mark);
	}
}

/* When it was marked as resolved, if that is what was decided last. */
static void
set_resolved_at(IncidentPart *part)
{
	for (guint i = 0; part->marks != NULL && i < part->marks->len; i++) {
		const Mark *mark = &g_array_index(part->marks, Mark, i);
		part->shown.resolved_at = mark->kind == MARK_RESOLVED ? mark->at : 0;
	}
}

bool
marks_read(ProblemsOwn *own, GError **error)
{
	Decisions decisions = { own, g_ptr_array_new_with_free_func(decision_free),
		text_table_new(g_free, (GDestroyNotify)g_ptr_array_unref) };
	const bool ok = read_notes(&decisions, error);

	for (guint i = 0; ok && decisions.decisions->len > 0 && i < own->incidents->len; i++) {
		IncidentPart *part = g_ptr_array_index(own->incidents, i);
		if (!part->has_history)
			continue;
		inherit(&decisions, part, false);
		if (*part->shown.mx != '\0')
			inherit(&decisions, part, true);
		if (part->marks != NULL)
			g_array_sort(part->marks, compare_marks);
		set_resolved_at(part);
	}
	g_hash_table_unref(decisions.by_place);
	g_ptr_array_unref(decisions.decisions);
	return ok;
}
