/*
 * Interned values.  A batch first collects the names that it wants.  Then they are looked up
 * together, the missing ones are inserted, and each has its id.
 */
#ifndef TLSRPT_STORE_NAMES_H
#define TLSRPT_STORE_NAMES_H

#include "statement.h"

/* The size of the digest by which a long text, or a report, is recognized. */
#define IDENTITY_SIZE 16

/* The id of the name "" in every table. */
#define NAME_UNKNOWN 1

/* The reason for which the reasons of an incident are counted that are beyond the limit. */
#define NAME_REASON_OTHER "(other)"

typedef struct {
	int64_t id; /* 0 until it is known */
	const char *text;
} Name;

/* Begins a batch. The Names of an earlier batch may not be used any longer. */
void store_begin_names(Store *store);

/* The Name of a text; NULL counts as "".  The text must stay unchanged until the batch ends. */
const Name *store_want_name(Store *store, NameTable table, const char *text);

/* Looks up all wanted names whose ids are unknown.  A name that is not stored keeps the id 0. */
bool store_look_up_names(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Inserts the names that store_look_up_names() has not found, sorted by their bytes.
 * STORE_CONFLICT if another writer has just inserted one of them.
 */
bool store_insert_names(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same with other tasks, which an engine over a network performs in the same round trip. */
bool store_look_up_names_and(
	Store *store, Task *const *tasks, size_t n, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool store_insert_names_and(
	Store *store, Task *const *tasks, size_t n, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The digest by which a long text is found, IDENTITY_SIZE bytes; caller frees. */
uint8_t *store_text_digest(const char *text);

/* Does both. */
bool store_resolve_names(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether each store has that name from the start; such a name is never collected. */
bool store_knows_id(NameTable table, int64_t id);

/* Frees all names. */
void store_forget_names(Store *store);

/* Finds the id of a name: 0 for NULL, -1 for a name that the store does not have. */
bool store_find_name(Store *store, NameTable table, const char *text, int64_t *id,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
