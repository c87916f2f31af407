/* Rows of the store to documents: what each question is answered with, without formatting. */
#ifndef TLSRPT_VIEW_H
#define TLSRPT_VIEW_H

#include "tlsrpt/incident.h"
#include "tlsrpt/store_read.h"
#include "tlsrpt/table.h"

#include <glib.h>

/* Each returns a new document, or NULL with the errors of the store. */
Document *view_summary(Store *store, const StoreFilter *filter, const IncidentRules *rules,
	GError **error);
Document *view_failures(Store *store, const StoreFilter *filter, const IncidentRules *rules,
	GError **error);

/* All notes on some incidents, an array of int64_t. */
Document *view_notes(Store *store, const StoreFilter *filter, const GArray *incidents,
	GError **error);

Document *view_trend(Store *store, const StoreFilter *filter, GError **error);
Document *view_reports(Store *store, const StoreFilter *filter, GError **error);
Document *view_daily(Store *store, const StoreFilter *filter, GError **error);

/* The rows of view_daily() added up over the days: one for each of the rest of its key. */
Document *view_daily_sums(const Document *daily);

Document *view_status(Store *store, const char *uri, GError **error);

/* One report in full; stored is NULL's members but report where it does not come from a store. */
Document *view_report(const StoredReport *stored);

/* The explanation of a value, or of all; NULL without an error for one that is not known. */
Document *view_explain(const char *name);

#endif
