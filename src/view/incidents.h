/* What the views of incidents share: the rows of incidents, and the histories behind the rows. */
#ifndef TLSRPT_VIEW_INCIDENTS_H
#define TLSRPT_VIEW_INCIDENTS_H

#include "tlsrpt/incident.h"
#include "tlsrpt/mta_sts.h"
#include "tlsrpt/store_read.h"
#include "tlsrpt/table.h"

#include <glib.h>

/* The columns of a table of incidents. */
typedef enum {
	INCIDENT_ID,
	INCIDENT_DOMAIN,
	INCIDENT_POLICY_TYPE,
	INCIDENT_RESULT_TYPE,
	INCIDENT_MX,
	INCIDENT_MODE,
	INCIDENT_FIRST,
	INCIDENT_LAST,
	INCIDENT_DAYS,
	INCIDENT_REPORTS,
	INCIDENT_ORGANIZATIONS,
	INCIDENT_FAILED,
	INCIDENT_NOTE,
	INCIDENT_RESOLVED_AT,
	INCIDENT_STATE, /* as of today, whatever time was asked for */
	INCIDENT_LATE,
	INCIDENT_PATTERN,
	INCIDENT_LEARNING, /* of the domain */
	INCIDENT_MEANING,
	INCIDENT_COLUMNS
} IncidentColumn;

extern const Column incident_columns[INCIDENT_COLUMNS];

/* How much is read besides the rows. */
typedef enum {
	INCIDENTS_LISTED, /* enough to fill the rows */
	INCIDENTS_WEIGHED, /* enough for incidents_alarm() and incidents_mode(), but the rows have no organizations */
	INCIDENTS_IN_FULL, /* enough for all, with every day of every organization, and all totals of the baseline */
} IncidentsDepth;

/* What is asked; all that it points to must last as long as the answer. */
typedef struct {
	Store *store;
	const StoreFilter *filter; /* the time whose incidents are listed; judged as of its today */
	const IncidentRules *rules;
	IncidentsDepth depth;
} IncidentsQuestion;

/* What the rows were made from. */
typedef struct {
	IncidentsQuestion question;
	StoreFilter window; /* its days, whatever time was asked for */
	GHashTable *histories; /* int64_t * to IncidentHistory, by incident */
	GHashTable *totals; /* domain to DomainTotals */
	GHashTable *organizations; /* int64_t * to name */
	GHashTable *report_days; /* domain to its days with reports, or to enough of them */
	GHashTable *modes; /* domain to DomainMode, where incidents_mode() needs it */
} Incidents;

void incidents_free(Incidents *incidents);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Incidents, incidents_free)

/*
 * Fills a table that has incident_columns with the incidents of the time that was asked for.  Incidents
 * with the same domain and result type are adjacent, those with the most failed sessions first.  NULL
 * with the errors of the store.
 */
Incidents *incidents_read(const IncidentsQuestion *question, Table *table, GError **error);

const IncidentHistory *incidents_history(const Incidents *incidents, const Cell *row);

/* The totals of a domain that have been read: an array of ReportDay, by organization and day. */
const GArray *incidents_totals(const Incidents *incidents, const char *domain);

/* Reads the totals of a domain since the start of the baseline, unless that is done. */
bool incidents_read_totals(Incidents *incidents, const char *domain, GError **error);

/* The alarm of an incident, by its row; ALARM_NONE if it is resolved or quiet. */
Alarm incidents_alarm(const Incidents *incidents, const Cell *row);

/*
 * The mode under which an incident happened.  It is that of the policy that was reported with it.  Some
 * senders report no policy; then it is the mode of the newest MTA-STS policy of the domain, unless the
 * policy itself is what failed.
 */
MtaStsMode incidents_mode(const Incidents *incidents, const Cell *row);

/* Whether a domain has fewer days with reports than the rule says. */
bool incidents_is_learning(const Incidents *incidents, const char *domain);

#endif
