/* Messages that could not be stored as reports. */
#ifndef TLSRPT_STORE_QUARANTINE_H
#define TLSRPT_STORE_QUARANTINE_H

#include "statement.h"

/*
 * Quarantines one message, inside a transaction; *kept is false if it was there already.  STORE_FULL
 * if there is no room, and none can be made.
 */
bool store_quarantine(Store *store, const StoreDelivery *delivery, int64_t limit, bool *kept,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Deletes one message, inside a transaction; *there is false if it was not there. */
bool quarantine_delete(Store *store, int64_t id, bool *there, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/*
 * Keeps one under another reason, inside a transaction.  If the delivery has no message, nothing
 * else is known of it than before.
 */
bool quarantine_keep(Store *store, int64_t id, const StoreDelivery *delivery, bool *there,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
