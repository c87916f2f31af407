#include "tlsrpt/store_note.h"

#include "private.h"

#include "tlsrpt/error.h"

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

/*
 * A commit whose fsync() failed is an error, and the note may be there all the same, when the next
 * process reads the journal.  So whoever writes the same again soon has tried again: then the note
 * gets the time of now, which is written, so that it is as durable as a new one.
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
add_all(Store *store, const int64_t *incidents, size_t n_incidents, const StoreNote *note,
	GError **error)
{
	static const char *const kinds[] = {
		[NOTE_NOTE] = "note",
		[NOTE_RESOLVE] = "resolve",
		[NOTE_REOPEN] = "reopen",
	};

	for (size_t i = 0; i < n_incidents; i++) {
		const char *kind = kinds[note->kind];
		bool is_there;
		if (!renew(store, incidents[i], kind, note, &is_there, error))
			return false;
		if (is_there)
			continue;
		if (!check_incident(store, incidents[i], note->kind, error)
			|| !store_run(store,
				store_bind(store, SQL_INSERT_NOTE, error, "ittit", incidents[i],
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
	if (!store->driver->begin(store->connection, error))
		return false;
	if (!add_all(store, incidents, n_incidents, note, error)) {
		store_rollback(store);
		return false;
	}
	return store_commit(store, error);
}
