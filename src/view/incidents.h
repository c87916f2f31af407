/* What the views of incidents share: their rows, and what is behind these. */
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
	INCIDENT_STATE, /* of today, whatever time was asked for */
	INCIDENT_LATE,
	INCIDENT_PATTERN,
	INCIDENT_LEARNING, /* of the domain */
	INCIDENT_MEANING,
	INCIDENT_COLUMNS
} IncidentColumn;

extern const Column incident_columns[INCIDENT_COLUMNS];

/* How much is read of what is behind the rows. */
typedef enum {
	INCIDENTS_LISTED, /* what the rows say */
	INCIDENTS_WEIGHED, /* what incidents_alarm() and incidents_mode() go by, and no organizations */
	INCIDENTS_IN_FULL, /* both, each day at each organization, and all totals of the baseline */
} IncidentsDepth;

/* What is asked; all that it points to must last as long as the answer. */
typedef struct {
	Store *store;
	const StoreFilter *filter; /* the time whose incidents are listed; judged as of its today */
	const IncidentRules *rules;
	IncidentsDepth depth;
} IncidentsQuestion;

/* What the rows were made of. */
typedef struct {
	IncidentsQuestion question;
	StoreFilter window; /* its days, whatever time was asked for */
	GHashTable *histories; /* int64_t * to IncidentHistory, by incident */
	GHashTable *totals; /* domain to DomainTotals */
	GHashTable *organizations; /* int64_t * to name */
	GHashTable *report_days; /* domain to how many distinct days have reports, at least */
	GHashTable *modes; /* domain to DomainMode, as far as incidents_mode() needs it */
} Incidents;

void incidents_free(Incidents *incidents);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Incidents, incidents_free)

/*
 * Fills a table with incident_columns: those of the time asked for, those with the same domain and
 * result type together, and of these the ones with most failed sessions first.  NULL with the errors
 * of the store.
 */
Incidents *incidents_read(const IncidentsQuestion *question, Table *table, GError **error);

const IncidentHistory *incidents_history(const Incidents *incidents, const Cell *row);

/* Of a domain, of ReportDay, by organization and day, as far as they were read; else empty. */
const GArray *incidents_totals(const Incidents *incidents, const char *domain);

/* Reads those of a domain since the start of the baseline, unless that is done. */
bool incidents_read_totals(Incidents *incidents, const char *domain, GError **error);

/* That of the row of an incident; of one that is resolved or quiet it is none. */
Alarm incidents_alarm(const Incidents *incidents, const Cell *row);

/*
 * The mode under which an incident happened: that of the policy that was reported with it.  Some
 * senders report none; then it is that of the domain's newest MTA-STS policy, unless it is the policy
 * that failed.
 */
MtaStsMode incidents_mode(const Incidents *incidents, const Cell *row);

/* Whether a domain has fewer days with reports than the rule says. */
bool incidents_is_learning(const Incidents *incidents, const char *domain);

#endif
