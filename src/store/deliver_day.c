/*
 * Reports that nobody vouches for may add so much to the store in a day, however many mails they
 * come in.  Half of it is for those of whom such reports have come for a while, so that a flood
 * does not keep these out.
 */
#include "deliver_batch.h"

#include "names.h"

#include "tlsrpt/day.h"
#include "tlsrpt/error.h"

#define KNOWN_AFTER_DAYS 14

static bool
is_unauthenticated(const Row *row)
{
	const Auth auth = row->one->auth;

	return row->delivery->has_day_limit
		&& (auth == AUTH_NONE || auth == AUTH_FAIL || auth == AUTH_HTTPS);
}

/* Whether reports of the organization have come from that From domain for long enough. */
static bool
find_known(const Batch *batch, const Row *row, int64_t *is_known, GError **error)
{
	const Name *from_domain = row->sender->key.from_domain;
	int64_t first_day = row->received_day;
	bool found;

	if (row->organization->id != 0 && from_domain->id != 0
		&& !store_query(batch->store,
			store_bind(batch->store, SQL_FIRST_DAY_OF_PAIR, error, "iii",
				row->organization->id, from_domain->id, row->received_day),
			&found, &first_day, error))
		return false;
	*is_known = first_day < row->received_day - KNOWN_AFTER_DAYS;
	return true;
}

static bool
sum_of(Store *store, int64_t day, int64_t is_known, int64_t *bytes, GError **error)
{
	bool found;

	*bytes = 0;
	return store_query(store,
		store_bind(store, SQL_SUM_UNAUTHENTICATED, error, "ii", day, is_known), &found,
		bytes, error);
}

static bool
add(Store *store, int64_t day, int64_t is_known, int64_t bytes, GError **error)
{
	bool written;

	if (!store_write(store,
		    store_bind(store, SQL_ADD_UNAUTHENTICATED, error, "iii", bytes, day, is_known),
		    &written, error))
		return false;
	return written
		|| (store_run(store,
			    store_bind(store, SQL_CLEAN_UNAUTHENTICATED, error, "i", day - 7),
			    error)
			&& store_run(store,
				store_bind(store, SQL_INSERT_UNAUTHENTICATED, error, "iii", bytes,
					day, is_known),
				error));
}

static bool
count_row(const Batch *batch, const Row *row, int64_t day, GError **error)
{
	const int64_t limit = batch->limits->unauthenticated_per_day;
	const int64_t bytes = batch_estimate(batch, row);
	int64_t is_known, all, unknown;

	if (!find_known(batch, row, &is_known, error) || !sum_of(batch->store, day, 1, &all, error)
		|| !sum_of(batch->store, day, 0, &unknown, error))
		return false;
	if (all + bytes <= limit && (is_known != 0 || unknown + bytes <= limit / 2))
		return add(batch->store, day, is_known, bytes, error);
	g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_DAY_LIMIT,
		"what nobody vouches for has added enough today (unauthenticated-per-day= in the "
		"group [limits]); it is tried again by the next prune");
	return false;
}

bool
batch_count_day(const Batch *batch, GError **error)
{
	const int64_t today = g_get_real_time() / G_USEC_PER_SEC / DAY_SECONDS;

	for (guint i = 0; i < batch->rows->len; i++) {
		const Row *row = &g_array_index(batch->rows, Row, i);
		if (is_unauthenticated(row) && !count_row(batch, row, today, error))
			return false;
	}
	return true;
}
