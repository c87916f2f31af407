/* The read side of the store. */
#include "tlsrpt/store_read.h"

#include "hash.h"
#include "migrate.h"
#include "names.h"
#include "open.h"

#include "tlsrpt/error.h"

struct StoreRows {
	Store *store;
	StoreStatement *statement; /* NULL if the filter names something unknown */
};

static bool
check_version(const StoreDriver *driver, StoreConnection *connection, GError **error)
{
	int64_t version;

	if (!migrate_read_version(driver, connection, &store_schema, &version, error))
		return false;
	if (version == store_schema.version)
		return true;
	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_UNSUPPORTED,
		"the store has schema version %" G_GINT64_FORMAT
		"; the next delivery will bring it up to date",
		version);
	return false;
}

Store *
store_open_reader(const char *uri, GError **error)
{
	const char *address;
	const StoreDriver *driver = store_find_driver(uri, &address, error);

	if (driver == NULL)
		return NULL;
	StoreConnection *connection = driver->open_reader(address, error);
	if (connection == NULL)
		return NULL;
	if (!check_version(driver, connection, error)) {
		driver->close(connection);
		return NULL;
	}

	Store *store = g_new0(Store, 1);
	store->driver = driver;
	store->connection = connection;
	return store;
}

bool
store_is_stale(const Store *store)
{
	return store->driver->is_stale(store->connection);
}

StoreRows *
store_ask(Store *store, StoreQuestion question, const StoreFilter *filter, GError **error)
{
	/*
	 * The statement of each question, the types of its parameters, and the statements that take
	 * its place if the filter names an organization or a domain.
	 */
	static const struct {
		SqlStatement statement;
		const char *types;
		SqlStatement by_organization, of_domain; /* 0 if there is none */
	} questions[] = {
		[STORE_DOMAIN_DAYS] = { SQL_READ_DOMAIN_DAYS, "iiiii", SQL_READ_DOMAIN_DAYS_BY, 0 },
		[STORE_DOMAIN_ORGANIZATIONS] = { SQL_READ_DOMAIN_ORGANIZATIONS, "iiii",
			SQL_READ_DOMAIN_ORGANIZATIONS_OF, SQL_READ_DOMAIN_ORGANIZATIONS_OF },
		[STORE_ORGANIZATIONS] = { SQL_READ_ORGANIZATIONS, "", 0, 0 },
		[STORE_DAYS] = { SQL_READ_DAYS, "iiii", SQL_READ_DAYS_BY, 0 },
		[STORE_INCIDENTS] = { SQL_READ_INCIDENTS, "iiiiiii", SQL_READ_INCIDENTS_BY, 0 },
		[STORE_INCIDENT_ORGANIZATIONS] = { SQL_READ_INCIDENT_ORGANIZATIONS, "iiiii", 0, 0 },
		[STORE_INCIDENT_DATES] = { SQL_READ_INCIDENT_DATES, "iiiii", 0, 0 },
		[STORE_LONE_DAYS] = { SQL_READ_LONE_DAYS, "iiiii", 0, 0 },
		[STORE_INCIDENT_DAYS] = { SQL_READ_INCIDENT_DAYS, "iiiii", 0, 0 },
		[STORE_ORGANIZATION_DAYS] = { SQL_READ_ORGANIZATION_DAYS, "iiiii", 0,
			SQL_READ_ORGANIZATION_DAYS_OF },
		[STORE_REPORT_DAYS] = { SQL_READ_REPORT_DAYS, "iiiii", 0, 0 },
		[STORE_REPORT_POLICIES] = { SQL_READ_REPORT_POLICIES, "iiii", 0, 0 },
		[STORE_DAILY] = { SQL_READ_DAILY, "iiii", 0, 0 },
		[STORE_NOTES] = { SQL_READ_NOTES, "i", 0, 0 },
		[STORE_RECEPTION] = { SQL_READ_RECEPTION, "ii", 0, 0 },
		[STORE_SHARES] = { SQL_READ_SHARES, "", 0, 0 },
		[STORE_QUARANTINE] = { SQL_READ_QUARANTINE, "i", 0, 0 },
		[STORE_QUARANTINE_COUNT] = { SQL_READ_QUARANTINE_COUNT, "ii", 0, 0 },
		[STORE_POLICIES_SEEN] = { SQL_READ_POLICIES_SEEN, "iiii", 0, 0 },
		[STORE_FAILED_HOSTS] = { SQL_READ_FAILED_HOSTS, "iiii", 0, 0 },
		[STORE_FAILURES_AT_HOSTS] = { SQL_READ_FAILURES_AT_HOSTS, "iiii", 0, 0 },
		[STORE_STS_DAYS] = { SQL_READ_STS_DAYS, "iiii", 0, 0 },
		[STORE_STS_FAILURES] = { SQL_READ_STS_FAILURES, "iiii", 0, 0 },
		[STORE_REPORTERS] = { SQL_READ_REPORTERS, "", 0, 0 },
		[STORE_REPORTER_CONTACTS] = { SQL_READ_REPORTER_CONTACTS, "", 0, 0 },
		[STORE_ALL_INCIDENTS] = { SQL_READ_ALL_INCIDENTS, "", 0, 0 },
		[STORE_FAILED_TOTALS] = { SQL_READ_FAILED_TOTALS, "iii", 0, SQL_READ_TOTALS_OF },
		[STORE_SEEN_DAYS] = { SQL_READ_SEEN_DAYS, "iii", 0, 0 },
		[STORE_REASONS] = { SQL_READ_REASONS, "iii", 0, 0 },
		[STORE_FAILURE_ROWS] = { SQL_READ_FAILURE_ROWS, "iii", 0, 0 },
		[STORE_DOMAIN_AUTH_DAYS] = { SQL_READ_DOMAIN_AUTH_DAYS, "iii", 0, 0 },
		[STORE_DOMAIN_REPORTER_DAYS] = { SQL_READ_DOMAIN_REPORTER_DAYS, "iii", 0, 0 },
		[STORE_RECEIVED_DAYS] = { SQL_READ_RECEIVED_DAYS, "ii", 0, 0 },
		[STORE_REPORT_DAYS_BY] = { SQL_READ_REPORT_DAYS_BY, "ii", 0, 0 },
		[STORE_LAST_SEEN_BY] = { SQL_READ_LAST_SEEN_BY, "iii", 0, 0 },
		[STORE_FINDING_SUMS] = { SQL_READ_FINDING_SUMS, "iii", 0, 0 },
	};
	const int64_t authenticated = filter->authenticated_only;
	int64_t domain, organization;

	if (!store_find_name(store, NAME_DOMAIN, filter->domain, &domain, error)
		|| !store_find_name(
			store, NAME_ORGANIZATION, filter->organization, &organization, error))
		return NULL;

	const SqlStatement which = organization > 0 && questions[question].by_organization != 0
		? questions[question].by_organization
		: domain > 0 && questions[question].of_domain != 0 ? questions[question].of_domain
								   : questions[question].statement;
	const char *types = questions[question].types;
	StoreStatement *statement = NULL;
	if (domain >= 0 && organization >= 0) {
		statement = question == STORE_NOTES
			? store_bind(store, which, error, types, domain)
			: store_bind(store, which, error, types, filter->since_day,
				filter->until_day, domain, organization, authenticated,
				filter->window_day, filter->today);
		if (statement == NULL)
			return NULL;
	}
	StoreRows *rows = g_new(StoreRows, 1);
	*rows = (StoreRows){ store, statement };
	return rows;
}

StoreRows *
store_ask_about(Store *store, StoreQuestion question, int64_t number, int64_t since_day,
	int64_t until_day, GError **error)
{
	static const SqlStatement statements[] = {
		[STORE_TOTALS_OF] = SQL_READ_TOTALS_OF,
		[STORE_EARLIEST_DAYS] = SQL_READ_EARLIEST_DAYS,
		[STORE_LATEST_DAYS] = SQL_READ_LATEST_DAYS,
		[STORE_MODES_OF] = SQL_READ_MODES_OF,
		[STORE_FAILURES_BY] = SQL_READ_FAILURES_BY,
	};
	StoreStatement *statement = store_bind(
		store, statements[question], error, "iii", since_day, until_day, number);

	if (statement == NULL)
		return NULL;
	StoreRows *rows = g_new(StoreRows, 1);
	*rows = (StoreRows){ store, statement };
	return rows;
}

void
store_rows_free(StoreRows *rows)
{
	if (rows == NULL)
		return;
	if (rows->statement != NULL)
		rows->store->driver->reset(rows->statement);
	g_free(rows);
}

bool
store_rows_next(StoreRows *rows, bool *has, GError **error)
{
	const StepResult result = rows->statement != NULL
		? rows->store->driver->step(rows->statement, error)
		: STEP_DONE;

	*has = result == STEP_ROW;
	return result != STEP_ERROR;
}

int64_t
store_rows_int(StoreRows *rows, int column)
{
	return rows->store->driver->column_int(rows->statement, column);
}

bool
store_rows_is_null(StoreRows *rows, int column)
{
	return rows->store->driver->column_text(rows->statement, column) == NULL;
}

const char *
store_rows_text(StoreRows *rows, int column)
{
	const char *text = rows->store->driver->column_text(rows->statement, column);

	return text != NULL ? text : "";
}

/* Runs a query for the rows of one report. */
static bool
ask_of_report(Store *store, SqlStatement which, int64_t id, StoreRows *rows, GError **error)
{
	*rows = (StoreRows){ store, store_bind(store, which, error, "i", id) };
	return rows->statement != NULL;
}

static const char *
own_text(Report *report, StoreRows *rows, int column)
{
	return report_string(report, store_rows_text(rows, column));
}

static char *
copy_text(StoreRows *rows, int column)
{
	const char *text = store_rows_text(rows, column);

	return *text != '\0' ? g_strdup(text) : NULL;
}

static bool
read_head(Store *store, int64_t id, StoredReport *stored, bool *has, GError **error)
{
	StoreRows rows;

	if (!ask_of_report(store, SQL_READ_REPORT, id, &rows, error)
		|| !store_rows_next(&rows, has, error))
		return false;
	if (*has) {
		Report *report = stored->report;
		stored->id = store_rows_int(&rows, REPORT_ID);
		report->organization = own_text(report, &rows, REPORT_ORGANIZATION);
		report->report_id = own_text(report, &rows, REPORT_REPORT_ID);
		report->contact_info = own_text(report, &rows, REPORT_CONTACT_INFO);
		report->start_at = store_rows_int(&rows, REPORT_START_AT);
		report->end_at = store_rows_int(&rows, REPORT_END_AT);
		report->has_start = report->has_end = true;
		report->day = store_rows_int(&rows, REPORT_DAY);
		stored->received_at = store_rows_int(&rows, REPORT_RECEIVED_AT);
		stored->pruned = store_rows_int(&rows, REPORT_STATE) != 0;
		stored->auth = copy_text(&rows, REPORT_AUTH);
		stored->auth_domain = copy_text(&rows, REPORT_AUTH_DOMAIN);
		stored->submitter = copy_text(&rows, REPORT_SUBMITTER);
		stored->report_domain = copy_text(&rows, REPORT_REPORT_DOMAIN);
		stored->from_domain = copy_text(&rows, REPORT_FROM_DOMAIN);
		stored->message_id = copy_text(&rows, REPORT_MESSAGE_ID);
	}
	store->driver->reset(rows.statement);
	return true;
}

/*
 * Reads the policies of a report.  Their ids are added to ids, since the failure rows refer to
 * them.
 */
static bool
read_policies(Store *store, const StoredReport *stored, GArray *ids, GError **error)
{
	Report *report = stored->report;
	StoreRows rows;
	bool has = false;

	if (!ask_of_report(store, SQL_READ_POLICIES, stored->id, &rows, error))
		return false;
	bool ok = true;
	while ((ok = store_rows_next(&rows, &has, error)) && has) {
		const int64_t id = store_rows_int(&rows, POLICY_NUMBER);
		Policy *policy = report_add_policy(report);
		g_array_append_val(ids, id);
		policy->policy_domain = own_text(report, &rows, POLICY_DOMAIN);
		policy->policy_type = own_text(report, &rows, POLICY_TYPE);
		policy->policy_text = own_text(report, &rows, POLICY_TEXT);
		policy->mx_hosts = own_text(report, &rows, POLICY_MX_HOSTS);
		policy->successful_sessions = store_rows_int(&rows, POLICY_SUCCESSFUL_SESSIONS);
		policy->failed_sessions = store_rows_int(&rows, POLICY_FAILED_SESSIONS);
	}
	store->driver->reset(rows.statement);
	return ok;
}

static bool
read_failures(Store *store, const StoredReport *stored, const GArray *ids, GError **error)
{
	Report *report = stored->report;
	StoreRows rows;
	size_t index = 0;
	bool has = false;

	if (!ask_of_report(store, SQL_READ_FAILURES, stored->id, &rows, error))
		return false;
	bool ok = true;
	while ((ok = store_rows_next(&rows, &has, error)) && has) {
		/* Policies and failures are both ordered by the policies' ids. */
		while (g_array_index(ids, int64_t, index) != store_rows_int(&rows, FAILURE_POLICY))
			index++;
		Failure *failure = policy_add_failure(
			&g_array_index(report->policies, Policy, index));
		failure->result_type = own_text(report, &rows, FAILURE_RESULT_TYPE);
		failure->receiving_mx_hostname = own_text(report, &rows, FAILURE_RECEIVING_MX);
		failure->failed_sessions = store_rows_int(&rows, FAILURE_FAILED_SESSIONS);
		failure->sending_mta_ip = own_text(report, &rows, FAILURE_SENDING_MTA_IP);
		failure->receiving_ip = own_text(report, &rows, FAILURE_RECEIVING_IP);
		failure->receiving_mx_helo = own_text(report, &rows, FAILURE_RECEIVING_MX_HELO);
		failure->additional_information = own_text(
			report, &rows, FAILURE_ADDITIONAL_INFORMATION);
		failure->failure_reason_code = own_text(report, &rows, FAILURE_REASON);
		const char *kind = store_rows_text(&rows, FAILURE_KIND);
		/* A row that counts under no incident has none. */
		failure->kind = kind != NULL && *kind != '\0' ? report_string(report, kind) : NULL;
	}
	store->driver->reset(rows.statement);
	return ok;
}

static bool
read_findings(Store *store, const StoredReport *stored, GError **error)
{
	Report *report = stored->report;
	Limits unlimited = { .findings = INT64_MAX };
	StoreRows rows;
	bool has = false;

	if (!ask_of_report(store, SQL_READ_FINDINGS, stored->id, &rows, error))
		return false;
	bool ok = true;
	while ((ok = store_rows_next(&rows, &has, error)) && has) {
		FindingCode code;
		if (finding_code(store_rows_text(&rows, COLUMN_CODE), &code))
			report_add_finding(report, &unlimited, code,
				store_rows_text(&rows, COLUMN_PATH),
				store_rows_text(&rows, COLUMN_DETAIL));
	}
	store->driver->reset(rows.statement);
	return ok;
}

void
stored_report_free(StoredReport *stored)
{
	if (stored == NULL)
		return;
	report_free(stored->report);
	g_free(stored->auth);
	g_free(stored->auth_domain);
	g_free(stored->submitter);
	g_free(stored->report_domain);
	g_free(stored->from_domain);
	g_free(stored->message_id);
	g_free(stored);
}

StoredReport *
store_read_report(Store *store, const char *id, GError **error)
{
	g_autoptr(StoredReport) stored = g_new0(StoredReport, 1);
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
	gint64 number = 0;
	bool has = true;

	stored->report = report_new();
	/* A number may be an id in the store, or a report-id that consists of digits. */
	if (g_ascii_string_to_signed(id, 10, 1, G_MAXINT64, &number, NULL)
		&& !read_head(store, number, stored, &has, error))
		return NULL;
	if (stored->id == 0
		&& (!store_query(store,
			    store_bind(store, SQL_FIND_REPORT, error, "it", store_hash(id), id),
			    &has, &number, error)
			|| !has || !read_head(store, number, stored, &has, error)))
		return NULL;
	if (stored->id == 0 || !read_policies(store, stored, ids, error)
		|| !read_failures(store, stored, ids, error)
		|| !read_findings(store, stored, error))
		return NULL;
	return g_steal_pointer(&stored);
}

bool
store_read_status(Store *store, StoreStatus *status, GError **error)
{
	StoreRows rows = { store, store_bind(store, SQL_READ_STATUS, error, "") };
	int64_t *const members[] = {
		[STATUS_VERSION] = &status->version,
		[STATUS_REPORTS] = &status->reports,
		[STATUS_POLICIES] = &status->policies,
		[STATUS_FAILURES] = &status->failures,
		[STATUS_INCIDENTS] = &status->incidents,
		[STATUS_QUARANTINED] = &status->quarantined,
		[STATUS_QUARANTINED_BYTES] = &status->quarantined_bytes,
		[STATUS_FIRST_DAY] = &status->first_day,
		[STATUS_LAST_DAY] = &status->last_day,
		[STATUS_LAST_RECEIVED_AT] = &status->last_received_at,
	};
	bool has = false;

	if (rows.statement == NULL || !store_rows_next(&rows, &has, error))
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
		*members[i] = store_rows_int(&rows, (int)i);
	store->driver->reset(rows.statement);
	return true;
}
