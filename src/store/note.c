#include "tlsrpt/store_note.h"

#include "transaction.h"

#include "tlsrpt/error.h"

#include <string.h>

static const char *const kinds[] = {
	[NOTE_NOTE] = "note",
	[NOTE_RESOLVE] = "resolve",
	[NOTE_REOPEN] = "reopen",
	[NOTE_ACCEPT] = "accept",
};

const char *
note_kind_name(NoteKind kind)
{
	return kinds[kind];
}

NoteKind
note_kind_of(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (strcmp(name, kinds[i]) == 0)
			return (NoteKind)i;
	}
	return NOTE_NOTE;
}

/* The statement that does to the target what this one does to an incident. */
static SqlStatement
on(const NoteTarget *target, SqlStatement which)
{
	return target->silence != 0 ? which + 1 : which;
}

static int64_t
number_of(const NoteTarget *target)
{
	return target->silence != 0 ? target->silence : target->incident;
}

/* Makes a silence a row of the store, as soon as something is written on it. */
static bool
make_silence(Store *store, const NoteTarget *target, GError **error)
{
	return target->witness == NULL
		|| store_run(store,
			store_bind(store, SQL_INSERT_SILENCE, error, "itt", target->silence,
				target->witness, target->domain),
			error);
}

static bool
check_target(Store *store, const NoteTarget *target, GError **error)
{
	bool found;
	int64_t id;

	if (!store_query(store,
		    store_bind(store, on(target, SQL_SELECT_INCIDENT_ID), error, "i",
			    number_of(target)),
		    &found, &id, error))
		return false;
	if (!found)
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE,
			"there is no %s%" G_GINT64_FORMAT,
			target->silence != 0 ? "silence s" : "incident ", number_of(target));
	return found;
}

typedef struct {
	const NoteTarget *targets;
	size_t n_targets;
	const StoreNote *note;
} Work;

/* Whether any of the targets is resolved or accepted. */
static bool
check_settled(Store *store, const Work *work, GError **error)
{
	for (size_t i = 0; i < work->n_targets; i++) {
		const NoteTarget *target = &work->targets[i];
		bool judged;
		int64_t settled = 0;
		if (!store_query(store,
			    store_bind(store, on(target, SQL_SELECT_RESOLUTION), error, "i",
				    number_of(target)),
			    &judged, &settled, error))
			return false;
		if (judged && settled != 0)
			return true;
	}
	g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE,
		"it is neither resolved nor accepted, so there is nothing to reopen");
	return false;
}

/*
 * If the fsync() of a commit failed, the caller gets an error, yet the next process may find the
 * note in the journal.  So the same note written again within this time is taken for a retry: the
 * stored note gets the present time, and this write makes it as durable as a new one.
 */
#define RETRY_S 600

#define BILLION 1e9

/* The share in billionths, as the statements take it; -1 if there is none. */
static int64_t
share_value(const StoreNote *note, const NoteTarget *target)
{
	return note->kind == NOTE_ACCEPT ? (int64_t)(target->share * BILLION) : -1;
}

static bool
renew(Store *store, const NoteTarget *target, const StoreNote *note, bool *is_there, GError **error)
{
	return store_write(store,
		store_bind(store, on(target, SQL_RENEW_NOTE), error, "iiitttnii", number_of(target),
			note->at, note->at - RETRY_S, note_kind_name(note->kind), note->author,
			note->text, note->until_day, share_value(note, target),
			(int64_t)note->only_domain),
		is_there, error);
}

static bool
insert(Store *store, const NoteTarget *target, const StoreNote *note, GError **error)
{
	return make_silence(store, target, error) && check_target(store, target, error)
		&& store_run(store,
			store_bind(store, on(target, SQL_INSERT_NOTE), error, "ittitnii",
				number_of(target), note_kind_name(note->kind), note->author,
				note->at, note->text, note->until_day, share_value(note, target),
				(int64_t)note->only_domain),
			error);
}

static bool
add_all(Store *store, void *data, GError **error)
{
	const Work *work = data;
	g_autofree bool *is_there = g_new0(bool, work->n_targets);
	size_t renewed = 0;

	for (size_t i = 0; i < work->n_targets; i++) {
		if (!renew(store, &work->targets[i], work->note, &is_there[i], error))
			return false;
		renewed += is_there[i];
	}
	if (work->note->kind == NOTE_REOPEN && renewed == 0 && !check_settled(store, work, error))
		return false;
	for (size_t i = 0; i < work->n_targets; i++) {
		if (!is_there[i] && !insert(store, &work->targets[i], work->note, error))
			return false;
	}
	return true;
}

bool
store_add_note(Store *store, const NoteTarget *targets, size_t n_targets, const StoreNote *note,
	GError **error)
{
	Work work = { targets, n_targets, note };

	return store_transact(store, add_all, &work, error);
}
