#include "tlsrpt/store_note.h"

#include "transaction.h"

#include "tlsrpt/error.h"

#include <string.h>

static bool
check_incident(Store *store, int64_t incident, NoteKind kind, GError **error)
{
	bool found, judged;
	int64_t id, resolved = 0;

	if (!store_query(store, store_bind(store, SQL_SELECT_INCIDENT_ID, error, "i", incident),
		    &found, &id, error)
		|| !store_query(store,
			store_bind(store, SQL_SELECT_RESOLUTION, error, "i", incident), &judged,
			&resolved, error))
		return false;
	const bool cannot_reopen = kind == NOTE_REOPEN && (!judged || resolved == 0);
	if (!found)
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE,
			"there is no incident %" G_GINT64_FORMAT, incident);
	else if (cannot_reopen)
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE,
			"incident %" G_GINT64_FORMAT " is not marked as resolved", incident);
	return found && !cannot_reopen;
}

bool
store_check_incidents(Store *store, const int64_t *incidents, size_t n_incidents, GError **error)
{
	for (size_t i = 0; i < n_incidents; i++) {
		if (!check_incident(store, incidents[i], NOTE_NOTE, error))
			return false;
	}
	return true;
}

static const char *const kinds[] = {
	[NOTE_NOTE] = "note",
	[NOTE_RESOLVE] = "resolve",
	[NOTE_REOPEN] = "reopen",
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

typedef struct {
	const int64_t *incidents;
	size_t n_incidents;
	const StoreNote *note;
} Work;

/*
 * If the fsync() of a commit failed, the caller gets an error, yet the next process may find the
 * note in the journal.  So the same note written again within this time is taken for a retry: the
 * stored note gets the present time, and this write makes it as durable as a new one.
 */
#define RETRY_S 600

static bool
renew(Store *store, int64_t incident, const char *kind, const StoreNote *note, bool *is_there,
	GError **error)
{
	return store_write(store,
		store_bind(store, SQL_RENEW_NOTE, error, "iiittt", note->at, note->at - RETRY_S,
			incident, kind, note->author, note->text),
		is_there, error);
}

static bool
add_all(Store *store, void *data, GError **error)
{
	const Work *work = data;
	const StoreNote *note = work->note;

	for (size_t i = 0; i < work->n_incidents; i++) {
		const int64_t incident = work->incidents[i];
		const char *kind = note_kind_name(note->kind);
		bool is_there;
		if (!renew(store, incident, kind, note, &is_there, error))
			return false;
		if (is_there)
			continue;
		if (!check_incident(store, incident, note->kind, error)
			|| !store_run(store,
				store_bind(store, SQL_INSERT_NOTE, error, "ittit", incident,
					kind, note->author, note->at, note->text),
				error))
			return false;
	}
	return true;
}

bool
store_add_note(Store *store, const int64_t *incidents, size_t n_incidents, const StoreNote *note,
	GError **error)
{
	Work work = { incidents, n_incidents, note };

	return store_transact(store, add_all, &work, error);
}
