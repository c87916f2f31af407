/*
 * Interned values.  A batch says what names it wants, and has their ids once they were looked up
 * together, with those that are missing inserted.
 */
#ifndef TLSRPT_STORE_NAMES_H
#define TLSRPT_STORE_NAMES_H

#include "statement.h"

/* The bytes of a digest that a long text is known by, and a report. */
#define IDENTITY_SIZE 16

/* The id of the name "", of all tables. */
#define NAME_UNKNOWN 1

typedef struct {
	int64_t id; /* 0 as long as it is not known */
	const char *text;
} Name;

/* Begins a batch. No Name of an earlier one may be used any more. */
void store_begin_names(Store *store);

/* The name of a text, NULL is "". Both must last as long as the batch, the text unchanged. */
const Name *store_want_name(Store *store, NameTable table, const char *text);

/*
 * Looks up all names that are wanted and not known, and inserts those that are missing, in the order
 * of their bytes.
 */
bool store_resolve_names(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* At the end. */
void store_forget_names(Store *store);

/* The id of a name that is looked for; 0 for NULL, -1 for a name that is not there. */
bool store_find_name(Store *store, NameTable table, const char *text, int64_t *id, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

#endif
