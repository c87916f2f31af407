/* What the operator wrote about problems and silences. */
#ifndef TLSRPT_VIEW_NOTES_H
#define TLSRPT_VIEW_NOTES_H

#include "tlsrpt/problem.h"
#include "tlsrpt/store_note.h"
#include "tlsrpt/table.h"

#include <glib.h>
#include <stdint.h>

/* A number by which something is asked for; the other is 0. */
typedef struct {
	int64_t problem, silence;
} NoteNumber;

/* What has the number, and all that a note of it is written on. */
typedef struct {
	char *name; /* the number as people write it: "12" or "s7" */
	char *title;
	GArray *targets; /* of NoteTarget */
} NoteSubject;

void note_subject_free(NoteSubject *subject);

/*
 * The number of a problem may also be that of one of its incidents, which exports and views have.
 */

/* Whether the answer has a line or a silence for each of the numbers, an array of NoteNumber. */
bool note_numbers_known(const Problems *problems, const GArray *numbers);

/*
 * What has these numbers: an array of NoteSubject, which borrows from the problems; caller unrefs.
 * With a domain only what is about that domain; it must be among the domains of each problem.
 * TLSRPT_ERROR_USAGE names the number that there is not.
 */
GPtrArray *note_subjects(
	const Problems *problems, const GArray *numbers, const char *domain, GError **error);

/* All notes on them; a note on many incidents of a problem is one. */
Document *view_notes(Store *store, const GPtrArray *subjects, GError **error);

#endif
