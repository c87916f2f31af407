/* Rows of the store to documents: what each question is answered with, without formatting. */
#ifndef TLSRPT_VIEW_H
#define TLSRPT_VIEW_H

#include "tlsrpt/incident.h"
#include "tlsrpt/mta_sts.h"
#include "tlsrpt/dns.h"
#include "tlsrpt/store_read.h"
#include "tlsrpt/store_write.h"
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

/* What the policies are compared with, and the days of tlsrpt.conf(5). */
typedef struct {
	const MtaSts *expected; /* or NULL */
	int64_t window_days, learning_days;
} PolicyQuestion;

Document *view_policy(Store *store, const StoreFilter *filter, const PolicyQuestion *question,
	GError **error);

/* One report in full; stored is NULL's members but report where it does not come from a store. */
Document *view_report(const StoredReport *stored);

/* What was pruned, or what would be. */
Document *view_prune(const StorePruned *pruned, const StoreRetention *retention, bool dry_run);

/* What came of reading reports anew, or what would. */
Document *view_reprocess(const StoreReprocessed *reprocessed, bool dry_run);

/* Messages in quarantine; an array of StoreQuarantined. */
Document *view_quarantine(const GPtrArray *list);

/* What became of one that was tried again, or dropped: a word, and counts. */
typedef struct {
	int64_t id;
	const char *outcome; /* "stored", "duplicate", "kept", "dropped" or "gone"; static */
	int64_t stored, duplicates; /* reports */
	char *reason, *detail; /* why it is kept; NULL if it is not */
} QuarantineFate;

void quarantine_fate_free(QuarantineFate *fate);

/* An array of QuarantineFate. */
Document *view_quarantine_fates(const GPtrArray *fates);

/* The explanation of a value, or of all; NULL without an error for one that is not known. */
Document *view_explain(const char *name);

/*
 * The TLSRPT record of a domain and the MTA-STS record beside it, as DNS has them; or one TLSRPT
 * record as a text, for a domain if that is not NULL; or one that was made.  exit_code is 1 where
 * there is an error.
 */
Document *view_record_dns(const char *domain, const DnsAnswer *tlsrpt, const DnsAnswer *mta_sts);
Document *view_record_text(const char *domain, const char *text);
Document *view_record_made(const char *domain, const char *text, bool is_own_choice);

#endif
