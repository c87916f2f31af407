/*
 * The reports of one or more deliveries that are being stored, and all the names in them.  A batch
 * is filled by deliver_batch.c, given its ids by deliver_keys.c, and written by deliver_rows.c.
 */
#ifndef TLSRPT_STORE_DELIVER_BATCH_H
#define TLSRPT_STORE_DELIVER_BATCH_H

#include "names.h"
#include "statement.h"

#include "tlsrpt/count.h"

#include <glib.h>

#define DAY_LAST INT64_MAX /* a day after all others: there is none */

/*
 * The keys of an incident and of a sender.  Equal names share one Name, so pointers can be
 * compared.
 */
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
	int64_t first_day; /* of the reports in the batch: on which they were received */
} Sender;

/* An incident as it is stored, combined with what the batch adds to it. */
typedef struct {
	IncidentKey key;
	int64_t id; /* 0 if it is not stored yet */
	bool is_changed;
	char *old_mode; /* the stored mode, to which mode may point */
	const char *mode;
	int64_t mode_at, first_day, last_day; /* if none: INT64_MIN, DAY_LAST, DAY_NONE */
} Incident;

typedef struct {
	const Failure *failure;
	const Name *result_type, *mx, *sending_ip, *receiving_ip, *reason;
	guint incident; /* index into the report's incidents, or COUNT_NO_INCIDENT */
} FailureRow;

typedef struct {
	const Policy *policy;
	const Name *domain, *type, *text, *mx_list;
	guint first_failure; /* index into the failures of the batch */
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

/* A report that is being stored.  Its rows in the arrays of the batch begin at these indexes. */
typedef struct {
	const StoreDelivery *delivery;
	const StoreReport *one;
	StoreOutcome *outcome; /* NULL for a report stored before */
	int64_t id, day, received_day;
	bool same_id;
	const Name *organization, *report_domain;
	Sender *sender;
	guint policies, types, domains, incidents;
} Row;

/* A report that the store has already, or that comes twice in a batch. */
typedef struct {
	const StoreDelivery *delivery;
	const StoreReport *one;
	StoreOutcome *outcome;
} Duplicate;

typedef struct {
	Store *store;
	const Limits *limits;
	GArray *duplicates; /* of Duplicate */
	GArray *rows; /* of Row: the reports that turned out to be new */
	GArray *policies, *failures, *types, *domains, *incidents;
	GHashTable *senders; /* of Sender, by their keys */
	GHashTable *known_incidents; /* of Incident, by their keys */
	GPtrArray *sender_list, *incident_list; /* in order of arrival */
} Batch;

/* The end of a report's rows in an array of the batch, at whose next row they begin. */
#define END_OF(batch, row, member) \
	((guint)((row) - (const Row *)(void *)(batch)->rows->data) + 1 < (batch)->rows->len \
			? (row)[1].member \
			: (batch)->member->len)

void batch_init(Batch *batch, Store *store, const Limits *limits);
void batch_clear(Batch *batch);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Batch, batch_clear)

/* Makes the Row of a delivery's report; outcome is NULL for a report that is stored already. */
Row batch_row(const StoreDelivery *delivery, const StoreReport *one, StoreOutcome *outcome);

/* Adds a report to the batch, and all names in it. */
void batch_add_row(Batch *batch, Row *row);

/* Adds the reports that are not stored yet to the batch, and lists the others as duplicates. */
bool batch_add_new(Batch *batch, const StoreDelivery *deliveries, size_t n, StoreOutcome *outcomes,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same, and looks up all names and keys as well, in one round trip. */
bool batch_add_new_remote(Batch *batch, const StoreDelivery *deliveries, size_t n,
	StoreOutcome *outcomes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What batch_write_heads() does after that, in one round trip. */
bool batch_write_heads_remote(Batch *batch, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What the lookup of a sender has found, and of an incident. row counts in the lists of the batch. */
void batch_take_sender(void *batch, size_t row, const Store *store, StoreStatement *statement);
void batch_take_incident(void *batch, size_t row, const Store *store, StoreStatement *statement);

/* Extends the incidents by the reports that have them. */
void batch_extend_incidents(const Batch *batch);

/* Sets same_id in the rows; is_earlier[i] says whether row i has an earlier report with its id. */
void batch_mark_same_ids(const Batch *batch, const bool *is_earlier);

/*
 * Brings the reports of each delivery that has more new text than a message may into their brief
 * form.  *any says whether there were any: then the batch must be made anew.  The names must have
 * been looked up.
 */
void batch_limit_text(const Batch *batch, bool *any);

/* The same with all reports, whose growth was measured and is too much. */
void batch_make_brief(const Batch *batch, bool *any);

/*
 * What the deliveries of the batch may add to the store together, in bytes; and whether they may
 * come near to it, so that what they do add has to be measured.
 */
int64_t batch_allowance(const Batch *batch);
bool batch_is_heavy(const Batch *batch);

/* What the report of a row may add to the store, in bytes, as it is estimated before. */
int64_t batch_estimate(const Batch *batch, const Row *row);

/*
 * Checks that what nobody vouches for may still add that much today, and remembers that it does.
 * DAY_LIMIT if not: the message may be tried again on another day.  Names must have been looked up.
 */
bool batch_count_day(const Batch *batch, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Looks up the keys that the reports refer to, and inserts what is missing; their names must have
 * been looked up.  STORE_CONFLICT if another writer interfered: then the transaction can be
 * repeated.
 */
bool batch_write_heads(Batch *batch, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Writes the rows of the reports, and adds them to the totals.  batch_write_heads() comes first. */
bool batch_write_rows(Batch *batch, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
