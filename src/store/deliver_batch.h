/*
 * The reports of one or more deliveries on their way into the store, and all that they name.  A batch
 * is filled by deliver_batch.c, gets its numbers by deliver_keys.c, and is written by deliver_rows.c.
 */
#ifndef TLSRPT_STORE_DELIVER_BATCH_H
#define TLSRPT_STORE_DELIVER_BATCH_H

#include "names.h"
#include "statement.h"

#include "tlsrpt/count.h"

#include <glib.h>

#define DAY_LAST INT64_MAX /* a day after all others: there is none */

/* What an incident is made of, and what a sender is: by names, which are the same if equal. */
typedef struct {
	const Name *domain, *type, *result, *mx, *kind;
} IncidentKey;

typedef struct {
	const Name *organization, *auth_domain, *contact, *submitter, *from_domain;
	int64_t auth;
} SenderKey;

typedef struct {
	SenderKey key;
	int64_t reporter, id;
} Sender;

/* An incident as it is, and with what the batch adds to it. */
typedef struct {
	IncidentKey key;
	int64_t id; /* 0 if it is not there */
	bool is_changed;
	char *old_mode; /* of the row, where mode may point to */
	const char *mode;
	int64_t mode_at, first_day, last_day; /* INT64_MIN, DAY_LAST, DAY_NONE: none */
} Incident;

typedef struct {
	const Failure *failure;
	const Name *result_type, *mx, *sending_ip, *receiving_ip, *reason;
	guint incident; /* in the incidents of the report, or COUNT_NO_INCIDENT */
} FailureRow;

typedef struct {
	const Policy *policy;
	const Name *domain, *type, *text, *mx_list;
	guint first_failure; /* in the batch */
} PolicyRow;

/* One of the counts of a report. */
typedef struct {
	const Name *domain, *type;
	int64_t counts[2];
} CountRow;

typedef struct {
	Incident *incident;
	const char *mode;
	int64_t failed;
} IncidentRow;

/* A report on its way; its rows in the arrays of the batch begin at these places. */
typedef struct {
	const StoreDelivery *delivery;
	const StoreReport *one;
	StoreOutcome *outcome; /* NULL for one that is there already */
	int64_t id, day, received_day;
	bool same_id;
	const Name *organization, *report_domain;
	Sender *sender;
	guint policies, types, domains, incidents;
} Row;

typedef struct {
	Store *store;
	const Limits *limits;
	GArray *rows; /* of Row: reports that are new, once that is known */
	GArray *policies, *failures, *types, *domains, *incidents;
	GHashTable *senders; /* of Sender, by their keys */
	GHashTable *known_incidents; /* of Incident, by their keys */
	GPtrArray *sender_list, *incident_list; /* in the order in which they came */
} Batch;

/* The end of a report's rows in an array of the batch, at whose next row they begin. */
#define END_OF(batch, row, member) \
	((guint)((row) - (const Row *)(void *)(batch)->rows->data) + 1 < (batch)->rows->len \
			? (row)[1].member \
			: (batch)->member->len)

void batch_init(Batch *batch, Store *store, const Limits *limits);
void batch_clear(Batch *batch);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Batch, batch_clear)

/* A report of a delivery as it begins its way; outcome is NULL for one that is there already. */
Row batch_row(const StoreDelivery *delivery, const StoreReport *one, StoreOutcome *outcome);

/* Takes in a report, and all that it names. */
void batch_add_row(Batch *batch, Row *row);

/* Takes in the reports that are not there yet; the others are counted as duplicates. */
bool batch_add_new(Batch *batch, const StoreDelivery *deliveries, size_t n, StoreOutcome *outcomes,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Looks up everything that the reports name, and inserts what is missing.  STORE_CONFLICT if another
 * writer was in the way: then it can be done again.
 */
bool batch_write_heads(Batch *batch, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Writes the rows of the reports, and adds them to the totals; all that they name is there. */
bool batch_write_rows(Batch *batch, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
