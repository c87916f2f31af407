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

typedef struct {
	NoteKind kind;
	const char *author;
	const char *text; /* "" only if it is no NOTE_NOTE */
	int64_t at; /* epoch seconds */
} StoreNote;

/* USAGE names the first of the incidents that is not there. */
bool store_check_incidents(Store *store, const int64_t *incidents, size_t n_incidents,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Adds a note to each of the incidents, to all of them or to none.  The same once more within ten
 * minutes, with nothing in between, is one note with the later time.  USAGE where there is no such
 * incident, or where one is reopened that is not resolved; otherwise as store_deliver().
 */
bool store_add_note(Store *store, const int64_t *incidents, size_t n_incidents,
	const StoreNote *note, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
