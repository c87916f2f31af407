/* Messages that could not be stored as reports. */
#ifndef TLSRPT_STORE_QUARANTINE_H
#define TLSRPT_STORE_QUARANTINE_H

#include "statement.h"

/* Quarantines one message, inside a transaction; *kept is false if it was there already. */
bool store_quarantine(Store *store, const StoreDelivery *delivery, int64_t limit, bool *kept,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
