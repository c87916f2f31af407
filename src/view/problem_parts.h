/* What problems are made of, on the way from the store to the answer. */
#ifndef TLSRPT_VIEW_PROBLEM_PARTS_H
#define TLSRPT_VIEW_PROBLEM_PARTS_H

#include "tlsrpt/problem.h"
#include "tlsrpt/text_table.h"

#include <glib.h>

/* A policy domain that has incidents. */
typedef struct {
	int64_t number; /* in the store */
	const char *name;
	/* What reporters reported about it in the time that was read, by reporter and day. */
	GArray *totals; /* of ReporterDay: of all reporters */
	/*
	 * Their indexes by reporter and day: of reporter r and day d at r * days + d - since_day of what
	 * was read.  NULL where there are too many reporters for that.
	 */
	guint *places;
	GArray *window; /* likewise, of believed reporters in W */
	GArray *usual; /* likewise, on the days of the baseline; NULL until it is read */
	/*
	 * Of believed reporters in the time asked for; of first-timers only if no others reported then.
	 */
	int64_t shown_sessions;
	bool has_others; /* others than first-timers reported in the time asked for */
	MtaStsMode mode; /* in force; if it was read */
	bool has_mode;
	bool learning;
} DomainPart;

/* What one reporter saw of an incident on one day. */
typedef struct {
	const Reporter *reporter;
	int64_t day, received_day;
	int64_t reports, failed_sessions;
	guint total; /* the index in the domain's totals, or NO_TOTAL */
} SeenRow;

#define NO_TOTAL G_MAXUINT

/* Larger grids of places are not made; a total is found by a search then. */
#define PLACES_MAX 65536

/* What all incidents of a domain and kind have in common. */
typedef struct {
	const DomainPart *domain;
	const char *kind; /* which the pool has once */
	struct FailurePart *believed, *unverified; /* that are listed; or NULL */
	struct ProblemPart *home; /* that first had an MX there, and by which it is numbered; or NULL */
	struct ProblemPart *lowest; /* of those with an MX that only this domain has; or NULL */
} PlacePart;

/* An incident. */
typedef struct {
	Incident shown; /* what the answer has of it; first, so that one is the other */
	DomainPart *domain;
	int64_t first_day, last_day; /* by anybody, as stored; DAY_NONE if no day is left */
	int64_t first_received_day, before_window; /* as in SeenIncident */
	bool has_history; /* these and what shown has of first and last days were worked out */
	GArray *rows; /* of SeenRow: in the time that was read; NULL if there are none */
	GArray *days; /* of int64_t: the days of W; or NULL */
	GArray *marks; /* of Mark, by time; or NULL */
	const char *note; /* the latest text; or NULL */
	const char *note_by;
	int64_t note_at;
	struct ProblemPart *problem;
	PlacePart *place;
	Problem *line; /* in which it is told, if it is listed; after lines_make() */
} IncidentPart;

/* All incidents of one kind and MX, or kind and domain. */
typedef struct ProblemPart {
	const char *kind, *mx; /* mx is "" where the sender named none */
	int64_t number; /* the lowest id that any of its incidents ever had */
	int64_t told; /* the number of a line that has it; after numbers_settle() */
	bool is_shared; /* several domains have it, or had it; likewise */
	GPtrArray *incidents; /* of IncidentPart *, by id */
} ProblemPart;

/* The incidents of one domain and kind. */
typedef struct FailurePart {
	DomainFailure shown; /* first, so that one is the other */
	DomainPart *domain;
	GPtrArray *parts; /* of IncidentPart * */
} FailurePart;

struct ProblemsOwn {
	const ProblemsQuestion *question;
	int64_t window_day, today; /* the first and the last day of W */
	int64_t since_day,
		until_day; /* the time that was read: W, the time asked for, and a little more */
	const Reporters *reporters;
	bool all_believed; /* each reporter is */
	TextPool *texts;
	GPtrArray *incidents; /* of IncidentPart *, by id */
	GHashTable *incidents_by_id; /* int64_t * to IncidentPart */
	GHashTable *domains; /* int64_t * to DomainPart, by number */
	GHashTable *places; /* of PlacePart *, by domain and kind */
	GHashTable *problems; /* kind and MX or domain to ProblemPart */
	GPtrArray *failures; /* of FailurePart * */
};

typedef struct ProblemsOwn ProblemsOwn;

ProblemsOwn *problems_own_new(const ProblemsQuestion *question, const Reporters *reporters);
void problems_own_free(ProblemsOwn *own);

/*
 * Reads the incidents of all times, and of those that were seen in the time read the days and the totals
 * of their domains.  False with the errors of the store.
 */
bool incidents_parts_read(ProblemsOwn *own, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Works out when an incident was seen, by believed reporters or, if none of them ever saw it, by others.
 */
bool incident_history_read(
	ProblemsOwn *own, IncidentPart *part, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Makes the failures of the incidents that are listed, with all their incidents and their histories. */
bool failures_find(ProblemsOwn *own, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Gives each incident with a history the decisions of the operator that hold for it. */
bool marks_read(ProblemsOwn *own, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Judges the failures. */
bool failures_judge(ProblemsOwn *own, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Finds the number under which each problem is told. */
void numbers_settle(ProblemsOwn *own);

/* Makes the lines, without their evidence, in their order. */
void lines_make(ProblemsOwn *own, Problems *problems);

/* Sorts names of MX, which incidents have: those that most witnesses see first. */
void mx_sort(GPtrArray *mx_hosts, const GPtrArray *parts);

/* Frees a Problem. */
void problem_free(gpointer problem);

/* Add to the lines the reasons, and the reports that have them with the hosts in these. */
bool reasons_read(ProblemsOwn *own, Problems *problems, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool evidence_read(ProblemsOwn *own, Problems *problems, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reads the totals of all domains; then which of the domains of incidents are learning is known. */
bool domain_totals_read(
	ProblemsOwn *own, Problems *problems, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Who is believed, and what is done with each row. */
typedef struct {
	const Reporters *reporters;
	void (*add)(StoreRows *rows, bool is_first_timer, void *data);
	void *data;
} DomainDays;

/*
 * Gives the sessions of each domain and day, as far as believed reporters told them, in no order and
 * maybe in several rows: columns DOMAIN_BY_DOMAIN to DOMAIN_BY_FAILED_SESSIONS but DOMAIN_BY_WHOM.
 */
bool domain_days_read(Store *store, const StoreFilter *filter, const DomainDays *days,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Finds out whether reports come at all, and who fell silent. */
bool arrivals_read(ProblemsOwn *own, Problems *problems, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool silences_read(ProblemsOwn *own, Problems *problems, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether a row counts for the operator: of a believed reporter, or of anybody if the incident is unverified. */
bool row_counts(const IncidentPart *part, const SeenRow *row);

/* Whether a day of a reporter is in the time, and of the organization, that was asked for. */
bool is_shown(const ProblemsOwn *own, const Reporter *reporter, int64_t day);

bool is_in_window(const ProblemsOwn *own, int64_t day);

#endif
