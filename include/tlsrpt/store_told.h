/* What tlsrpt alert has told to whom, and that only one process at a time tells it. */
#ifndef TLSRPT_STORE_TOLD_H
#define TLSRPT_STORE_TOLD_H

#include "tlsrpt/store.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * For how many seconds a process that has begun to tell keeps others from it.  After that it is
 * taken for dead, so whoever sends must give up earlier.
 */
#define TELLING_S 180

/* To whom it is told, and what he wants to hear of, each in one form only. */
typedef struct {
	const char *recipient, *selection;
} StoreAlert;

/* Something that was told. */
typedef struct {
	char *subject; /* "p12" is a problem, "s7" a silence */
	int level; /* the highest that was told; 0 once it was told to be over */
	int64_t at; /* when it was first told or, if it is over, that; epoch seconds */
	char *title; /* by what words, so that its end can be told even when it is gone */
} StoreTold;

void store_told_free(StoreTold *told);

/* What a process has begun to tell. */
typedef struct {
	int64_t alert, at;
} StoreTelling;

/*
 * Begins to tell.  *begun is false if another process is doing so just now; otherwise
 * store_end_telling() is to follow.  Errors: those of store_deliver().
 */
bool store_begin_telling(Store *store, const StoreAlert *alert, int64_t now, StoreTelling *telling,
	bool *begun, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Ends it, in one transaction: what was told so far becomes told, an array of StoreTold, or stays
 * as it is if that is NULL.
 */
bool store_end_telling(Store *store, const StoreTelling *telling, const GPtrArray *told,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * An array of StoreTold, the oldest first; caller unrefs.  *ever is whether anything was ever told,
 * be it only that there was nothing to tell.  A store that is open for reading is enough.
 */
GPtrArray *store_read_told(Store *store, const StoreAlert *alert, bool *ever,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
