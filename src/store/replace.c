#include "replace.h"

#include "deliver_batch.h"
#include "hash.h"
#include "recount.h"
#include "transaction.h"

#include "tlsrpt/brief.h"
#include "tlsrpt/voucher.h"

#include <string.h>

static bool
find_reporter(Store *store, int64_t id, int64_t *reporter, GError **error)
{
	bool found;

	return store_query(store, store_bind(store, SQL_SELECT_REPORTER_OF, error, "i", id), &found,
		reporter, error);
}

static bool
delete_content(Store *store, const StoredReport *stored, GError **error)
{
	static const SqlStatement statements[] = { SQL_PRUNE_FAILURES, SQL_PRUNE_POLICIES,
		SQL_PRUNE_FINDINGS };

	for (size_t i = 0; i < G_N_ELEMENTS(statements); i++) {
		if (!store_run(
			    store, store_bind(store, statements[i], error, "i", stored->id), error))
			return false;
	}
	return store_run(store,
		store_bind(store, SQL_DELETE_REPORT_NAME, error, "ii",
			store_hash(stored->report->report_id), stored->id),
		error);
}

GArray *
replace_take_out(Store *store, const StoredReport *stored, const Limits *limits, GError **error)
{
	int64_t reporter = 0;

	if (!find_reporter(store, stored->id, &reporter, error))
		return NULL;
	g_autoptr(GArray) before = recount_keys(
		store, stored->report, reporter, stored->received_at, limits, error);
	return before != NULL && recount_subtract(store, before, error)
			&& delete_content(store, stored, error)
		? g_steal_pointer(&before)
		: NULL;
}

/*
 * Adds the new digest of the report to those by which a redelivery is recognized; the old ones
 * stay.
 */
static bool
add_identity(Store *store, int64_t id, const Digest *digest, GError **error)
{
	int64_t other;
	bool found;

	return store_query(store,
		       store_bind(store, SQL_SELECT_IDENTITY, error, "b", digest->bytes,
			       (size_t)IDENTITY_SIZE),
		       &found, &other, error)
		&& (found
			|| store_run(store,
				store_bind(store, SQL_INSERT_IDENTITY, error, "bi", digest->bytes,
					(size_t)IDENTITY_SIZE, id),
				error));
}

/* Writes a report of which only its own row and perhaps its raw bytes are left. */
static bool
write_again(Store *store, const Replacement *replacement, const Limits *limits, GError **error)
{
	const StoreReport *one = replacement->one;
	const Report *report = one->report;
	const int64_t id = replacement->id, was_day = replacement->was_day;
	Row row = batch_row(replacement->delivery, one, NULL);
	g_auto(Batch) batch;

	row.id = id;
	row.same_id = replacement->same_id;
	batch_init(&batch, store, limits);
	batch_add_row(&batch, &row);
	if (!store_run(store, store_bind(store, SQL_ADD_REWRITE, error, ""), error)
		|| !store_look_up_names(store, error) || !batch_write_heads(&batch, error)
		|| (one->raw != NULL
			&& !store_run(
				store, store_bind(store, SQL_PRUNE_RAW, error, "i", id), error)))
		return false;
	return store_run(store,
		       store_bind(store, SQL_UPDATE_REPORT, error, "iitiiiii", row.day,
			       row.sender->id, report->report_id, row.report_domain->id,
			       report->start_at, report->end_at, replacement->delivery->received_at,
			       id),
		       error)
		&& (row.day == was_day || one->raw != NULL
			|| store_run(store,
				store_bind(store, SQL_UPDATE_RAW_DAY, error, "iii", row.day,
					was_day, id),
				error))
		&& batch_write_rows(&batch, error);
}

bool
replace_put_in(Store *store, const Replacement *replacement, const Limits *limits, GError **error)
{
	const StoreReport *one = replacement->one;
	const StoreDelivery *delivery = replacement->delivery;
	const int64_t id = replacement->id;
	int64_t reporter = 0;

	if (!write_again(store, replacement, limits, error)
		|| !add_identity(store, id, &one->digest, error)
		|| !find_reporter(store, id, &reporter, error))
		return false;
	g_autoptr(GArray) now = recount_keys(
		store, one->report, reporter, delivery->received_at, limits, error);
	return now != NULL && recount_mend(store, replacement->before, now, limits, error);
}

bool
replace_mend_same_ids(Store *store, const char *organization, const char *report_id, GError **error)
{
	g_autoptr(GArray) first_two = store_list(store,
		store_bind(store, SQL_LIST_FIRST_SAME_IDS, error, "itt", store_hash(report_id),
			report_id, organization),
		error);

	if (first_two == NULL)
		return false;
	for (guint i = 0; i < first_two->len; i++) {
		const int64_t id = g_array_index(first_two, int64_t, i);
		if (!store_run(store,
			    store_bind(store, i == 0 ? SQL_DELETE_SAME_ID : SQL_INSERT_SAME_ID,
				    error, "i", id),
			    error))
			return false;
	}
	return true;
}

bool
replace_with_nothing(Store *store, const StoredReport *stored, const Limits *limits, GError **error)
{
	const Report *report = stored->report;
	g_autoptr(GArray) before = replace_take_out(store, stored, limits, error);
	g_autoptr(GArray) nothing = g_array_new(FALSE, FALSE, 1);

	return before != NULL
		&& store_run(store, store_bind(store, SQL_PRUNE_RAW, error, "i", stored->id), error)
		&& store_run(
			store, store_bind(store, SQL_DROP_REPORT, error, "i", stored->id), error)
		&& recount_mend(store, before, nothing, limits, error)
		&& replace_mend_same_ids(store, report->organization, report->report_id, error);
}

/* --- vouchers */

bool
replace_read_known(Store *store, const Digest *digest, char *const *reporters, KnownReport *known,
	GError **error)
{
	const StoreDriver *driver = store->driver;
	StoreStatement *row = store_bind(
		store, SQL_READ_VOUCHER, error, "b", digest->bytes, (size_t)IDENTITY_SIZE);

	*known = (KnownReport){ 0 };
	if (row == NULL)
		return false;
	const StepResult result = driver->step(row, error);
	if (result == STEP_ROW) {
		const char *domain = driver->column_text(row, VOUCHER_AUTH_DOMAIN);
		known->id = driver->column_int(row, VOUCHER_REPORT);
		known->state = driver->column_int(row, VOUCHER_STATE);
		known->day = driver->column_int(row, VOUCHER_DAY);
		known->rank = voucher_rank((Auth)driver->column_int(row, VOUCHER_AUTH),
			*domain != '\0' ? domain : NULL, driver->column_text(row, VOUCHER_CONTACT),
			reporters);
	}
	driver->reset(row);
	return result != STEP_ERROR;
}

static bool
has_same_name(const Report *one, const Report *other)
{
	return strcmp(one->organization, other->organization) == 0
		&& strcmp(one->report_id, other->report_id) == 0;
}

/* Brings same-id up to date where a report got another name; stored is NULL if it had none. */
static bool
rename_report(Store *store, const StoredReport *stored, const Report *report, GError **error)
{
	if (stored != NULL && has_same_name(stored->report, report))
		return true;
	return (stored == NULL
		       || replace_mend_same_ids(store, stored->report->organization,
			       stored->report->report_id, error))
		&& replace_mend_same_ids(store, report->organization, report->report_id, error);
}

static bool
replace(Store *store, const KnownReport *known, const StoreDelivery *delivery,
	const StoreReport *one, const Limits *limits, GError **error)
{
	const Report *report = one->report;
	g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, known->id);
	g_autoptr(StoredReport) stored = NULL;
	g_autoptr(GArray) before = NULL;
	Replacement replacement = {
		.id = known->id, .delivery = delivery, .one = one, .was_day = known->day
	};
	int64_t earlier;

	if (known->state == STATE_WHOLE) {
		stored = store_read_report(store, text, error);
		if (stored != NULL && report_is_brief(stored->report))
			report_make_brief(one->report, limits);
		before = stored != NULL ? replace_take_out(store, stored, limits, error) : NULL;
	} else {
		before = g_array_new(FALSE, FALSE, 1);
	}
	replacement.before = before;
	return before != NULL
		&& store_query(store,
			store_bind(store, SQL_SELECT_EARLIER_SAME_ID, error, "itti",
				store_hash(report->report_id), report->report_id,
				report->organization, known->id),
			&replacement.same_id, &earlier, error)
		&& replace_put_in(store, &replacement, limits, error)
		&& rename_report(store, stored, report, error);
}

bool
replace_worse(Store *store, const StoreDelivery *delivery, const StoreReport *one,
	const Limits *limits, bool *replaced, GError **error)
{
	static char *const none[] = { NULL };
	char *const *reporters = delivery->reporters != NULL ? delivery->reporters : none;
	const int rank = voucher_rank(
		one->auth, one->auth_domain, one->report->contact_info, reporters);
	KnownReport known;

	*replaced = false;
	if (!replace_read_known(store, &one->digest, reporters, &known, error))
		return false;
	if (known.id == 0 || known.state == STATE_PRUNED || rank <= known.rank)
		return true;
	*replaced = true;
	return store_be_alone(store, error) && replace(store, &known, delivery, one, limits, error);
}
