/* Reports as rows. */
#ifndef TLSRPT_STORE_DELIVER_H
#define TLSRPT_STORE_DELIVER_H

#include "statement.h"

/* Stores the reports of deliveries, inside a transaction, and adds to the outcome of each. */
bool store_reports(Store *store, const StoreDelivery *deliveries, size_t n, const Limits *limits,
	StoreOutcome *outcomes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * The same for a report that is there already, and of which nothing is left but its own row and its
 * bytes.  was_day: the day that it counted on; same_id: an earlier one of its organisation has its
 * report-id.
 */
bool store_report_again(Store *store, const StoreDelivery *delivery, const StoreReport *one,
	int64_t id, int64_t was_day, bool same_id, const Limits *limits,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
