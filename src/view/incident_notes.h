/* Notes by incident, as the digest has them. */
#ifndef TLSRPT_VIEW_INCIDENT_NOTES_H
#define TLSRPT_VIEW_INCIDENT_NOTES_H

#include "tlsrpt/store_read.h"
#include "tlsrpt/table.h"

/* The columns of a table of notes, in the order of STORE_NOTES. */
typedef enum {
	NOTE_INCIDENT,
	NOTE_DOMAIN,
	NOTE_POLICY_TYPE,
	NOTE_RESULT_TYPE,
	NOTE_MX,
	NOTE_KIND,
	NOTE_AUTHOR,
	NOTE_TIME,
	NOTE_TEXT,
	NOTE_COLUMNS
} NoteColumn;

extern const Column note_columns[NOTE_COLUMNS];

/* Adds the notes on all incidents to a table that has note_columns. */
bool notes_read(Store *store, const StoreFilter *filter, Table *table, GError **error);

#endif
