/*
 * What is wrong, as people are told it: problems, silences, and whether reports come at all.  This is
 * the only place that decides what a problem is, its number, state, level and order; views, alert, page
 * and export fill their documents from it.
 *
 * An incident is (policy domain, policy type, result type, receiving MX, kind of cause), as stored.  A
 * failure is all incidents of one policy domain and kind; it has a state and an alarm.  A problem is one
 * line for people: all incidents of one kind and MX or, where the sender named no MX, of one kind and
 * domain; problems of one kind that have the same domains in W are one line, and one without MX is in
 * the line of its domain's largest of that kind.
 *
 * W is today and the days of the window before it.  Levels and states are of W; sessions, shares and
 * reporters are of the time asked for.  Counts are of believed reporters, unless they say "unverified".
 */
#ifndef TLSRPT_PROBLEM_H
#define TLSRPT_PROBLEM_H

#include "tlsrpt/failure.h"
#include "tlsrpt/incident.h"
#include "tlsrpt/mta_sts.h"
#include "tlsrpt/quarantine_state.h"
#include "tlsrpt/reporters.h"
#include "tlsrpt/store_read.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* What is asked; all that it points to must last as long as the answer. */
typedef struct {
	Store *store;
	/*
	 * The domain, or NULL for all; the days that are listed (since_day, until_day); and today.  The
	 * organization, if one is given, selects the incidents that it has reported; they are judged by
	 * what all have reported.
	 */
	const StoreFilter *filter;
	const IncidentRules *rules;
	const BelieveRules *believe;
	bool in_full; /* read also Problem.hosts, and more of Problem.reports */
	bool without_silences; /* do not look for silences */
	int64_t quarantine; /* its limit in bytes; 0: do not look how full it is */
} ProblemsQuestion;

/* An incident, as stored.  Days are DAY_NONE where there is none. */
typedef struct {
	int64_t id;
	const char *domain, *policy_type, *result_type, *mx; /* "" if unknown */
	const char *kind; /* of cause; that of the result type where the catalog knows none */
	int64_t first_seen,
		last_seen; /* of all times, by believed reporters; by all if unverified */
	/* In the time asked for: distinct days, reports, and reporters of that failure. */
	int64_t days, reports, reporters;
	int64_t failed_sessions, unverified_sessions;
	bool listed; /* it was seen in the time asked for */
	bool unverified; /* no believed reporter has seen it */
	const char *note; /* the latest text; NULL if there is none */
	int64_t resolved_at; /* 0 if it is not marked as resolved */
} Incident;

/* A reason code (failure-reason-code) and what it means. */
typedef struct {
	const char *code;
	const char *meaning; /* static; NULL if the code is not known */
	int64_t failed_sessions; /* of all times */
} ProblemReason;

/* Who reported it, in the time asked for. */
typedef struct {
	const Reporter *reporter; /* its name is reporter->name */
	int64_t failed_sessions; /* of this problem */
	int64_t sessions; /* of its domains, all that this reporter had */
	int64_t last_day; /* on which it saw the problem */
} ProblemReporter;

/* A host that sent, with its failed sessions of this problem in the reports that were looked at. */
typedef struct {
	const char *address;
	int64_t failed_sessions;
} ProblemHost;

/* A report that has the problem. */
typedef struct {
	int64_t id; /* in the store */
	const char *report_id; /* the sender's */
	const Reporter *reporter;
	int64_t day; /* on which it counts */
} ProblemReport;

/* The incidents of one policy domain and kind. */
typedef struct {
	const char *domain, *kind;
	FailureVerdict verdict;
	MtaStsMode mode; /* that is in force for the domain */
	bool learning; /* the domain has fewer than 14 distinct days with reports */
	bool unverified; /* no believed reporter has seen it */
	bool holds_mail; /* senders keep mail back: policy type tlsa, or sts under enforce */
	int64_t first_seen, last_seen;
	int64_t sessions, failed_sessions; /* of the domain, and of this failure */
	GPtrArray *incidents; /* of const Incident *: also those that were not seen in the time */
} DomainFailure;

/* A line for people. */
typedef struct {
	int64_t number; /* the lowest incident id that it ever had */
	const char *kind; /* of cause, such as "certificate-expired" */
	const char *meaning; /* one line; static; NULL if it is not known */
	/* Of its worst failure. */
	FailureLevel level;
	FailureWhy why;
	FailureState state;
	const Reporter *only; /* with WHY_ONE_REPORTER: who alone sees it */
	bool holds_mail;
	/* Of any of its failures. */
	bool late, learning;
	bool unverified; /* only reporters that are not believed say so */
	MtaStsMode mode; /* the strictest of its domains */
	/*
	 * Each once, sorted: of const char *.  Domains: those with it in the time asked for.  The MX that
	 * most witnesses see come first, so that a liar hides none behind others.
	 */
	GPtrArray *domains, *mx_hosts, *result_types, *policy_types;
	int64_t first_seen, last_seen; /* days */
	int64_t days; /* distinct days on which it was seen in the time asked for */
	int64_t sessions, failed_sessions; /* of its domains, and of it */
	double share; /* plain: failed_sessions of sessions; CELL_NOTHING without sessions */
	int64_t unverified_sessions; /* failed sessions that others tell of, which count nowhere */
	GPtrArray
		*reasons; /* of ProblemReason *: at most the three commonest, the commonest first */
	size_t more_reasons; /* that are left out */
	GPtrArray *reporters; /* of ProblemReporter *: most failed sessions first */
	/*
	 * Reports in the time asked for; of several domains the sum of each, though a report may be about all.  The
	 * list has the newest few, and more of them if it was asked for in full; fewer, or none, where the store
	 * holds so many that looking further would take long.
	 */
	int64_t n_reports;
	GPtrArray *reports; /* of ProblemReport * */
	GPtrArray *hosts; /* of ProblemHost *: those in the newest reports; empty unless asked for */
	size_t more_hosts; /* in these, that are left out */
	int64_t since_day, until_day; /* in the time asked for: of it, and the last */
	const char *note; /* the latest text on any of its incidents, or NULL */
	const char *note_by; /* who wrote it; NULL without a note */
	int64_t note_at; /* epoch seconds */
	int64_t resolved_at; /* epoch seconds; 0 unless its state is resolved */
	int64_t accepted_until; /* a day; DAY_NONE if it has no end, or is not accepted */
	GPtrArray *failures; /* of const DomainFailure *: the worst first */
	GPtrArray *incidents; /* of const Incident *, by id: all that it ever had */
} Problem;

/* A witness that used to report and does so no longer, or a domain about which nobody does. */
typedef struct {
	/*
	 * Told as "s7".  As long as nothing was written on a silence the store does not have it; what writes
	 * on it gives it that number, the witness and the domain.
	 */
	int64_t number;
	const char *witness; /* "" for a domain about which nobody reports any more */
	const char *domain; /* that domain; "" for a witness */
	const char *name; /* of the witness, for people */
	GPtrArray *domains; /* of const char *, sorted: about which it reported */
	int64_t last_received; /* the day on which its last report was received */
	bool accepted; /* the operator knows it: no alarm */
	const char *note; /* or NULL */
} Silence;

/* Whether reports come at all. */
typedef enum {
	ARRIVALS_OK,
	ARRIVALS_NEVER, /* nothing believed was ever received */
	ARRIVALS_STOPPED, /* nothing believed was received for 3 days, though it used to come daily */
} ArrivalsState;

typedef struct {
	ArrivalsState state;
	int64_t last_received; /* the day of the last believed report; DAY_NONE if there is none */
	int64_t last_received_at; /* epoch seconds of the last report of anybody; 0 if there is none */
	/*
	 * Reports of others since the last believed one or, if there never was one, in all times.
	 * If it is not 0 while nothing believed comes: "N reports came, none authenticated: look at the
	 * milter and trusted-authserv-ids".
	 */
	int64_t unverified_reports;
} Arrivals;

/* A domain in the time asked for. */
typedef struct {
	const char *domain;
	int64_t sessions, failed_sessions;
	int64_t report_days; /* in all times, or enough of them */
	bool learning;
} DomainTotal;

typedef struct {
	GPtrArray
		*problems; /* of Problem *, the worst first: by level, held mail, share, sessions */
	GPtrArray *silences; /* of Silence *, those that are accepted last */
	Arrivals arrivals;
	QuarantineState quarantine; /* all 0 unless asked for */
	GPtrArray *domains; /* of DomainTotal *, by name: all with believed reports */
	GPtrArray *incidents; /* of Incident *, by id: all that the problems have */
	GPtrArray *failures; /* of DomainFailure * */
	Reporters *reporters;
	struct ProblemsOwn *own; /* private: what the members borrow from */
} Problems;

/* NULL with the errors of the store. */
Problems *problems_read(const ProblemsQuestion *question, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void problems_free(Problems *problems);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Problems, problems_free)

/*
 * The line that has a number: that of the line itself, or of a problem that is in it.  NULL if there is
 * none in the answer; ask with a filter that lists all days for one that is long over.
 */
const Problem *problems_find(const Problems *problems, int64_t number);

/* The silence that has a number, or NULL. */
const Silence *problems_find_silence(const Problems *problems, int64_t number);

/*
 * What a note, a resolution or an acceptance of a problem is written to: the ids of all incidents of the
 * line, an array of int64_t, caller unrefs; with a domain only those of that domain.  Incidents that join
 * later by the kind and one of the MX or domains take it over when they are judged.
 */
GArray *problem_incident_ids(const Problem *problem, const char *domain);

/* The share that an acceptance stores with an incident: that of its failure since it was first seen in W. */
double problem_share_of(const Problem *problem, int64_t incident);

#endif
