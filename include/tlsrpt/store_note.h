/* What the operator writes about incidents, and about witnesses that fell silent. */
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
	NOTE_ACCEPT,
} NoteKind;

/* The name of a kind, such as "resolve"; a static string. */
const char *note_kind_name(NoteKind kind);

/* The kind that has the given name; NOTE_NOTE for any other name. */
NoteKind note_kind_of(const char *name);

/* What a note is written on: an incident or a silence; the number of the other is 0. */
typedef struct {
	int64_t incident, silence;
	/*
	 * Of a silence: the store gets it with its first note.  Of a witness the domain is "", of a
	 * domain about which nobody reports the witness.  NULL if the store has it already.
	 */
	const char *witness, *domain;
	double share; /* of the failure that the incident is of, from 0 to 1; for NOTE_ACCEPT */
} NoteTarget;

typedef struct {
	NoteKind kind;
	const char *author;
	const char *text; /* may be "" unless it is a NOTE_NOTE */
	int64_t at; /* epoch seconds */
	int64_t until_day; /* of a NOTE_ACCEPT: the day on which it ends; 0: for good */
	/*
	 * Of incidents that join the problem later, it holds for those of the domains of its
	 * incidents alone, not for others at the same MX.
	 */
	bool only_domain;
} StoreNote;

/*
 * Adds a note to all of the targets or to none.  If the same note was added less than ten minutes
 * ago and no other came after it, its time and its acceptance are set to those of this one, so that
 * a retry makes no second note.  USAGE if a target is not there, or if none of those that are to be
 * reopened is resolved or accepted; otherwise as store_deliver().
 */
bool store_add_note(Store *store, const NoteTarget *targets, size_t n_targets,
	const StoreNote *note, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
