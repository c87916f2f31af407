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

/*
 * The same for a report that the store has already, and of which only its own row and its raw bytes
 * are left.  was_day is the day on which it counted; same_id says whether an earlier report of the
 * organization has the same report-id.
 */
bool store_report_again(Store *store, const StoreDelivery *delivery, const StoreReport *one,
	int64_t id, int64_t was_day, bool same_id, const Limits *limits,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
