/*
 * What a message adds to the store is in proportion to its size.  A small message may bring much:
 * gzip makes a thousandth of a text that repeats itself, and a failure row may be three bytes long.
 */
#include "deliver_batch.h"

#include "tlsrpt/brief.h"

#include <string.h>

/*
 * About the most bytes that a row takes, with those of the totals that come with it, and with the
 * room that is lost where pages are split; and what a delivery takes that splits a page in each
 * table.
 */
#define BYTES_OF_REPORT 2048
#define BYTES_OF_POLICY 600
#define BYTES_OF_FAILURE 250
#define BYTES_OF_INCIDENT 2048
#define BYTES_OF_FINDING 300
#define BYTES_OF_SPLITS (100 * KIB)

/* What one delivery, or all of them, bring. */
typedef struct {
	const Batch *batch;
	GHashTable *seen; /* of Name: those that were counted */
	int64_t text; /* that the store has not seen before */
	int64_t policies, bytes;
} Growth;

static void
add_name(Growth *growth, const Name *name)
{
	if (name->id == 0 && g_hash_table_add(growth->seen, (gpointer)name))
		growth->text += (int64_t)strlen(name->text);
}

static void
add_text(Growth *growth, const char *text)
{
	growth->text += (int64_t)strlen(text);
}

static void
add_failure(Growth *growth, const FailureRow *row)
{
	add_name(growth, row->result_type);
	add_name(growth, row->mx);
	add_name(growth, row->sending_ip);
	add_name(growth, row->receiving_ip);
	add_name(growth, row->reason);
	add_text(growth, row->failure->receiving_mx_helo);
	add_text(growth, row->failure->additional_information);
	growth->bytes += BYTES_OF_FAILURE;
}

static void
add_policies(Growth *growth, const Row *row)
{
	const Batch *batch = growth->batch;
	const guint end = END_OF(batch, row, policies);

	for (guint i = row->policies; i < end; i++) {
		const PolicyRow *one = &g_array_index(batch->policies, PolicyRow, i);
		const guint last = i + 1 < batch->policies->len ? one[1].first_failure
								: batch->failures->len;
		add_name(growth, one->domain);
		add_name(growth, one->type);
		add_name(growth, one->text);
		add_name(growth, one->mx_list);
		for (guint j = one->first_failure; j < last; j++)
			add_failure(growth, &g_array_index(batch->failures, FailureRow, j));
	}
	growth->policies += end - row->policies;
	growth->bytes += (int64_t)(end - row->policies) * BYTES_OF_POLICY;
}

static void
add_row(Growth *growth, const Row *row)
{
	const Report *report = row->one->report;

	add_name(growth, row->organization);
	add_name(growth, row->sender->key.contact);
	add_text(growth, report->report_id);
	for (guint i = 0; i < report->findings->len; i++) {
		const Finding *finding = &g_array_index(report->findings, Finding, i);
		add_text(growth, finding->path);
		add_text(growth, finding->detail);
	}
	add_policies(growth, row);
	growth->bytes += BYTES_OF_REPORT + (int64_t)report->findings->len * BYTES_OF_FINDING
		+ (int64_t)(END_OF(growth->batch, row, incidents) - row->incidents)
			* BYTES_OF_INCIDENT
		+ (row->one->raw != NULL ? (int64_t)g_bytes_get_size(row->one->raw) : 0);
}

/* Whether a delivery has more new text than its message may. */
static bool
has_too_much_text(const Growth *growth)
{
	const Limits *limits = growth->batch->limits;

	return growth->text > limits->new_text + growth->policies * limits->new_text_of_policy;
}

static bool
is_same_delivery(const Row *one, const Row *other)
{
	return one->delivery == other->delivery;
}

static void
make_brief(const Row *row, const Limits *limits, bool *any)
{
	if (report_is_brief(row->one->report))
		return;
	report_make_brief(row->one->report, limits);
	*any = true;
}

/* The reports of a delivery follow each other; this is the place behind the last one. */
static guint
end_of_delivery(const Batch *batch, guint from)
{
	guint end = from + 1;

	while (end < batch->rows->len
		&& is_same_delivery(&g_array_index(batch->rows, Row, from),
			&g_array_index(batch->rows, Row, end)))
		end++;
	return end;
}

void
batch_limit_text(const Batch *batch, bool *any)
{
	guint end;

	*any = false;
	for (guint from = 0; from < batch->rows->len; from = end) {
		g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
		Growth growth = { .batch = batch, .seen = seen };
		end = end_of_delivery(batch, from);
		for (guint i = from; i < end; i++)
			add_row(&growth, &g_array_index(batch->rows, Row, i));
		for (guint i = from; i < end && has_too_much_text(&growth); i++)
			make_brief(&g_array_index(batch->rows, Row, i), batch->limits, any);
	}
}

void
batch_make_brief(const Batch *batch, bool *any)
{
	*any = false;
	for (guint i = 0; i < batch->rows->len; i++)
		make_brief(&g_array_index(batch->rows, Row, i), batch->limits, any);
}

int64_t
batch_allowance(const Batch *batch)
{
	const Limits *limits = batch->limits;
	int64_t allowance = 0;

	for (guint i = 0; i < batch->rows->len; i = end_of_delivery(batch, i)) {
		const Row *row = &g_array_index(batch->rows, Row, i);
		allowance += limits->growth * row->delivery->size + limits->growth_besides;
	}
	return allowance;
}

bool
batch_is_heavy(const Batch *batch)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
	Growth growth = { .batch = batch, .seen = seen };

	for (guint i = 0; i < batch->rows->len; i++)
		add_row(&growth, &g_array_index(batch->rows, Row, i));
	/* A text may be in a table and in its index. */
	return BYTES_OF_SPLITS + growth.bytes + 3 * growth.text > batch_allowance(batch);
}

int64_t
batch_estimate(const Batch *batch, const Row *row)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
	Growth growth = { .batch = batch, .seen = seen };

	add_row(&growth, row);
	return growth.bytes + 2 * growth.text;
}
