/* What the operator writes about incidents. */
#ifndef TLSRPT_STORE_NOTE_H
#define TLSRPT_STORE_NOTE_H

#include "tlsrpt/store.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define NOTE_MAX_BYTES 4096

typedef enum {
	NOTE_NOTE,
	NOTE_RESOLVE,
	NOTE_REOPEN,
} NoteKind;

/* The name of a kind, such as "resolve"; a static string. */
const char *note_kind_name(NoteKind kind);

/* The kind that has the given name; NOTE_NOTE for any other name. */
NoteKind note_kind_of(const char *name);

typedef struct {
	NoteKind kind;
	const char *author;
	const char *text; /* may be "" unless it is a NOTE_NOTE */
	int64_t at; /* epoch seconds */
} StoreNote;

/*
 * Whether all of the incidents exist.  False with TLSRPT_ERROR_USAGE, which names the first that
 * does not.
 */
bool store_check_incidents(Store *store, const int64_t *incidents, size_t n_incidents,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Adds a note to all of the incidents or to none.  If the same note was added less than ten minutes
 * ago and no other came after it, only its time is changed, so that a retry makes no second note.
 * USAGE if an incident does not exist, or if one is reopened that is not resolved; otherwise as
 * store_deliver().
 */
bool store_add_note(Store *store, const int64_t *incidents, size_t n_incidents,
	const StoreNote *note, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
