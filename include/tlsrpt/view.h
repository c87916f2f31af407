/* The documents that answer each question to the store: tables, which are not formatted yet. */
#ifndef TLSRPT_VIEW_H
#define TLSRPT_VIEW_H

#include "tlsrpt/problem.h"
#include "tlsrpt/mta_sts.h"
#include "tlsrpt/reporters.h"
#include "tlsrpt/resolver.h"
#include "tlsrpt/store_read.h"
#include "tlsrpt/store_write.h"
#include "tlsrpt/table.h"

#include <glib.h>

/* Each returns a new document, or NULL with the errors of the store. */

/*
 * The tables "domains", "problems", "reasons", and "summary" with one row.  Problems are rows of
 * view/problem_rows.h, and so are silences and that nothing comes at all.
 */
Document *view_summary(const ProblemsQuestion *question, GError **error);

/* All problems, with the tables "reasons", "hosts", "reports" and "incidents" of what is in them. */
Document *view_failures(const ProblemsQuestion *question, GError **error);

Document *view_trend(Store *store, const StoreFilter *filter, GError **error);

/* Which reports are listed: only those with failed sessions, or with a failure that has these. */
typedef struct {
	bool failed;
	const char *result_type, *mx; /* in stored form; NULL for any */
} ReportsQuestion;

Document *view_reports(
	Store *store, const StoreFilter *filter, const ReportsQuestion *question, GError **error);
Document *view_daily(Store *store, const StoreFilter *filter, GError **error);

/*
 * The rows of view_daily() added up over all days: one row for each combination of domain, policy
 * type, organization and authentication.
 */
Document *view_daily_sums(const Document *daily);

/* What view_status() tells beside what is in the store. */
typedef struct {
	const char *uri; /* printable */
	int64_t free_bytes; /* beside the store; -1 if unknown */
	int64_t quarantine; /* its limit in bytes */
	int64_t now; /* epoch seconds */
} StatusOptions;

Document *view_status(Store *store, const StatusOptions *options, GError **error);

/* What a row of the table "differences" of view_policy() is about. */
typedef enum {
	DIFFERENCE_IN_KEY, /* a key of the policy, whose name is the name of the value */
	DIFFERENCE_NO_POLICY, /* a sender that saw a policy earlier saw none at all */
} DifferenceKind;

/* Why a policy in the table "weak" of view_policy() is unwise, though it is valid. */
typedef enum {
	WEAK_SINGLE_TLSA, /* a single TLSA record */
	WEAK_SHORT_MAX_AGE, /* in mode enforce, a max_age of under a day */
} PolicyWeakness;

/* Whether an mx of a policy matches a host. */
typedef enum {
	LIVE_COVERED,
	LIVE_NOT_COVERED,
	LIVE_NO_POLICY, /* there is no policy that lists mx */
} LiveCover;

/* What a row of the table "live_findings" of view_policy() is about. */
typedef enum {
	LIVE_MX_NOT_COVERED, /* no mx of the policy matches an MX in DNS */
	LIVE_NULL_MX, /* the domain takes no mail */
	LIVE_DNS_UNKNOWN, /* DNS does not say */
	LIVE_TLSA_GONE, /* records that senders last saw are in DNS no more */
	LIVE_TLSA_NEW, /* no sender saw these records yet */
	LIVE_TLSA_REPLACED, /* both, and no record is the same */
} LiveFinding;

/* What view_policy() compares the policies with, and the rules of tlsrpt.conf(5). */
typedef struct {
	const MtaSts *expected; /* or NULL */
	int64_t expected_since; /* the day since which it is published, or DAY_NONE if that is not known */
	bool without_sights; /* leave the table "seen" empty: it has a row for each who saw a policy */
	bool is_check; /* judge for a monitoring system; there is an expected policy */
	Resolver *
		resolver; /* ask it for MX and TLSA records; it keeps the answers; NULL for no DNS */
	const IncidentRules *rules;
	const BelieveRules *believe;
} PolicyQuestion;

Document *view_policy(
	Store *store, const StoreFilter *filter, const PolicyQuestion *question, GError **error);

/* One report in full.  For a report that is not from a store, only stored->report must be set. */
Document *view_report(const StoredReport *stored);

/* The kinds of rows that are pruned. */
typedef enum {
	PRUNED_REPORTS,
	PRUNED_POLICIES,
	PRUNED_FAILURES,
	PRUNED_FINDINGS,
	PRUNED_QUARANTINED,
	PRUNED_DAILY,
	PRUNED_DAILY_TOTAL,
	PRUNED_INCIDENT_DAYS,
	PRUNED_POLICY_SEEN,
	PRUNED_KINDS
} PrunedKind;

/* The report that was taken away, or with dry_run would be. */
Document *view_drop(const StoreDropped *dropped, bool dry_run);

/* What was pruned or, in a dry run, what would be. */
Document *view_prune(const StorePruned *pruned, const StoreRetention *retention, bool dry_run);

/* Which reports changed when they were read anew or, in a dry run, which would change. */
Document *view_reprocess(const StoreReprocessed *reprocessed, bool dry_run);

/* The messages in quarantine, from an array of StoreQuarantined. */
Document *view_quarantine(const GPtrArray *list);

/* What can become of a message in quarantine that is tried again, or dropped. */
typedef enum {
	FATE_STORED,
	FATE_DUPLICATE, /* its reports were in the store already */
	FATE_KEPT, /* it still cannot be stored, and stays in quarantine */
	FATE_DROPPED,
	FATE_GONE, /* it was not in quarantine any more */
} FateOutcome;

/* What became of one: the outcome, and counts. */
typedef struct {
	int64_t id;
	FateOutcome outcome;
	int64_t stored, duplicates; /* reports */
	char *reason, *detail; /* why it is kept; NULL if it is not */
} QuarantineFate;

void quarantine_fate_free(QuarantineFate *fate);

/* What became of each message, from an array of QuarantineFate. */
Document *view_quarantine_fates(const GPtrArray *fates);

/* The explanation of a value, or of all values if name is NULL; NULL if the value is not known. */
Document *view_explain(const char *name);

/* What is asked about records in DNS. */
typedef struct {
	const char *domain; /* NULL: each that believed reports of the time asked for are about */
	Resolver *resolver; /* whom to ask; it keeps the answers */
	const StoreFilter *filter;
	const BelieveRules *believe;
} RecordQuestion;

/*
 * What is wrong with records: with the TLSRPT and the MTA-STS record of domains as DNS has them, and with
 * where their mail and their reports go; with the text of one TLSRPT record; or with one that was
 * generated.  Without a store, which must be there if the question has no domain, it is not said who
 * reported.  For the last two the domain may be NULL.  The exit code of the document is 1 if there is an
 * error.
 */
Document *view_record_dns(Store *store, const RecordQuestion *question, GError **error);
Document *view_record_text(const char *domain, const char *text);
Document *view_record_made(const char *domain, const char *text, bool is_own_choice);

#endif
