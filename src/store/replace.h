/* A report in the place of another one that is stored under the same id, or in no place. */
#ifndef TLSRPT_STORE_REPLACE_H
#define TLSRPT_STORE_REPLACE_H

#include "statement.h"

#include "tlsrpt/store_read.h"

/*
 * Deletes the content of a stored report and subtracts what it has counted; its own row, its raw
 * bytes and its identities stay.  Returns the rows of the totals in which it counted, for
 * recount_mend(); the caller unrefs the array.
 */
GArray *replace_take_out(Store *store, const StoredReport *stored, const Limits *limits,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
	int64_t id;
	const StoreDelivery *delivery;
	const StoreReport *one; /* its raw may be NULL: then the raw bytes stay */
	const GArray *before; /* what replace_take_out() has returned */
	int64_t was_day; /* on which the report counted */
	bool same_id; /* an earlier report of the organization has its report-id */
} Replacement;

/* Puts a report in the place of what was taken out, and mends the totals. */
bool replace_put_in(Store *store, const Replacement *replacement, const Limits *limits,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Brings the finding same-id up to date in the reports of an organization with one report-id, when
 * such a report has come to or gone from the front of others.
 */
bool replace_mend_same_ids(Store *store, const char *organization, const char *report_id,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Takes a stored report out with all that it has counted; only its own row stays, as dropped. */
bool replace_with_nothing(Store *store, const StoredReport *stored, const Limits *limits,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A report of which the content is known already. */
typedef struct {
	int64_t id, state, day; /* id 0: there is none */
	int rank; /* voucher_rank() */
} KnownReport;

/* Finds the report that has a digest; reporters as for voucher_rank(). */
bool replace_read_known(Store *store, const Digest *digest, char *const *reporters,
	KnownReport *known, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Stores a report in place of the one that has the same content, if its voucher is better by
 * voucher_rank().  A pruned one is never replaced; one that was dropped is.
 */
bool replace_worse(Store *store, const StoreDelivery *delivery, const StoreReport *one,
	const Limits *limits, bool *replaced, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
