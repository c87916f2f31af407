/* Writes reports into the store. */
#ifndef TLSRPT_STORE_DELIVER_H
#define TLSRPT_STORE_DELIVER_H

#include "statement.h"

/*
 * Stores the reports of deliveries inside the caller's transaction, and adds to the outcome of each
 * delivery.
 */
bool store_reports(Store *store, const StoreDelivery *deliveries, size_t n, const Limits *limits,
	StoreOutcome *outcomes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
