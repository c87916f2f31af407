/*
 * The PostgreSQL driver.  It is a module of its own, so that nobody else needs libpq.
 *
 * All statements go through a pipeline: they are queued, and nothing waits for their results before
 * one of them is asked for, or the transaction is committed.  Statements have no names, and each
 * transaction sets what it needs, so that a pool may give it any connection.
 */
#include "driver.h"
#include "pgsql_connect.h"
#include "pgsql_values.h"
#include "sql_pgsql.h"

#include "tlsrpt/error.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

/* By how much the server, which knows more, may say that the time is over before this program does. */
#define GRACE_US (INT64_C(100) * 1000)

/* What a row takes, beside its values, in its table and in the index of its key. */
#define BYTES_OF_ROW 60

/* A statement that was sent, and who wants its result. */
typedef struct {
	StoreStatement *statement; /* is given the result; NULL if nobody wants it */
	const StoreTask *task; /* NULL if it belongs to none, or nobody waits for it */
	size_t row;
	bool commits;
} Sent;

struct StoreConnection {
	PGconn *pg;
	char *uri;
	int64_t wait_until;
	bool is_reader, makes_schema;
	bool in_transaction;
	bool is_limited; /* whether nothing may be waited for after wait_until */
	GArray *sent; /* of Sent: statements without their results */
	int64_t changes;
	int64_t written; /* about so many bytes */
	bool has_table; /* whether the last statement was about tables that exist */
};

struct StoreStatement {
	StoreConnection *connection;
	const char *text; /* with its parameters as ?1 to ?n */
	char *sql; /* with $1 to $n */
	StoreValue values[PGSQL_PARAMETERS_MAX];
	int width;
	PGresult *result; /* NULL before the first step */
	int row;
	unsigned char *blob; /* the last one that was asked for */
};

/* --- sending, and waiting for what comes back */

static bool
fail(StoreConnection *connection, const PGresult *result, GError **error)
{
	return pgsql_fail(connection->pg, result, error);
}

/* Waits until libpq can go on; false when the time is over, and the connection with it. */
static bool
wait_for_server(StoreConnection *connection, GError **error)
{
	const int unsent = PQflush(connection->pg);
	struct pollfd fd = { .fd = PQsocket(connection->pg), .events = POLLIN };
	int timeout = -1;

	if (unsent > 0)
		fd.events |= POLLOUT;
	if (connection->is_limited) {
		const int64_t left = connection->wait_until + GRACE_US - g_get_monotonic_time();
		timeout = (int)CLAMP(left / 1000, 0, G_MAXINT);
	}
	const int ready = fd.fd >= 0 ? poll(&fd, 1, timeout) : 1;
	if (ready > 0 || (ready < 0 && errno == EINTR)) {
		/* If it fails, the next result says why. */
		(void)PQconsumeInput(connection->pg);
		return true;
	}
	PQfinish(connection->pg);
	connection->pg = NULL;
	g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_STORE_BUSY,
		"the store: the server did not answer in time");
	return false;
}

/* The next result, or NULL between two statements; *ok is false when the time is over. */
static PGresult *
next_result(StoreConnection *connection, bool *ok, GError **error)
{
	while (PQisBusy(connection->pg)) {
		if (!wait_for_server(connection, error)) {
			*ok = false;
			return NULL;
		}
	}
	return PQgetResult(connection->pg);
}

/* Gives the result of a statement to whoever wants it. */
static void
take(StoreConnection *connection, const Sent *one, PGresult *result)
{
	const StoreTask *task = one->task;

	connection->changes = g_ascii_strtoll(PQcmdTuples(result), NULL, 10);
	if (task == NULL && one->statement != NULL) {
		one->statement->result = result;
		one->statement->row = -1;
		return;
	}
	if (task != NULL && task->changes != NULL)
		task->changes[one->row] = connection->changes;
	if (task != NULL && task->answer != NULL) {
		StoreStatement *statement = task->statement;
		statement->result = result;
		for (int i = 0; i < PQntuples(result); i++) {
			statement->row = i;
			task->answer(task->data, one->row, statement);
		}
		statement->result = NULL;
	}
	PQclear(result);
}

static bool
is_error(const PGresult *result)
{
	const ExecStatusType status = PQresultStatus(result);

	return status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK
		&& status != PGRES_PIPELINE_SYNC;
}

/* Whether a commit that was taken has committed: that of a failed transaction is a rollback. */
static bool
is_committed(const Sent *one, PGresult *result)
{
	return !one->commits || strcmp(PQcmdStatus(result), "COMMIT") == 0;
}

/* Takes all results of one statement; *problem is the first error of all. */
static bool
take_results(StoreConnection *connection, const Sent *one, GError **problem)
{
	PGresult *result;
	bool ok = true;

	while ((result = next_result(connection, &ok, *problem == NULL ? problem : NULL)) != NULL) {
		if (!is_error(result) && is_committed(one, result)) {
			take(connection, one, result);
			continue;
		}
		connection->has_table &= !pgsql_is_missing(result);
		if (*problem == NULL && PQresultStatus(result) != PGRES_PIPELINE_ABORTED)
			fail(connection, result, problem);
		PQclear(result);
		if (PQstatus(connection->pg) == CONNECTION_BAD)
			return false;
	}
	return ok;
}

/* Waits until the server is through with all that was sent before. */
static bool
take_sync(StoreConnection *connection, GError **problem)
{
	bool ok = true;
	PGresult *result = next_result(connection, &ok, *problem == NULL ? problem : NULL);

	if (result != NULL && PQresultStatus(result) != PGRES_PIPELINE_SYNC && *problem == NULL)
		fail(connection, result, problem);
	if (result == NULL && ok && *problem == NULL)
		fail(connection, NULL, problem);
	PQclear(result);
	return ok && *problem == NULL;
}

/* One round trip: asks for the results of all that was sent, and takes them. */
static bool
run(StoreConnection *connection, GError **error)
{
	g_autoptr(GArray) sent = connection->sent;
	GError *problem = NULL;
	bool ok;

	connection->sent = g_array_new(FALSE, TRUE, sizeof(Sent));
	if (connection->pg == NULL) {
		g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_IO,
			"the store: the connection to the server is lost");
		return false;
	}
	ok = PQpipelineSync(connection->pg) == 1 || fail(connection, NULL, &problem);
	for (guint i = 0; i < sent->len && ok; i++)
		ok = take_results(connection, &g_array_index(sent, Sent, i), &problem);
	if (ok)
		(void)take_sync(connection, &problem);
	if (problem != NULL)
		g_propagate_error(error, problem);
	return problem == NULL;
}

static void
note_sent(StoreConnection *connection, const Sent *one)
{
	g_array_append_vals(connection->sent, one, 1);
}

static void
send_values(StoreConnection *connection, const char *sql, int width, const PgsqlValues *values)
{
	/* If it fails, the connection is lost, and the next run() says so. */
	if (connection->pg != NULL)
		(void)PQsendQueryParams(connection->pg, sql, width, values->types, values->values,
			values->lengths, values->formats, 0);
}

/* Sends a statement whose result nobody wants. */
static void
send_text(StoreConnection *connection, const char *sql)
{
	const Sent one = { 0 };
	const PgsqlValues none = { 0 };

	send_values(connection, sql, 0, &none);
	note_sent(connection, &one);
}

/* --- transactions */

static void
send_settings(StoreConnection *connection, int64_t timeout_ms)
{
	g_autofree char *sql = sql_with_dollars(sql_pgsql_settings);
	g_autofree char *timeout = g_strdup_printf("%" G_GINT64_FORMAT, timeout_ms);
	const StoreValue value = { .type = VALUE_TEXT, .bytes = timeout };
	const Sent one = { 0 };
	g_auto(PgsqlValues) values = { 0 };

	pgsql_values_of_row(&values, &value, 1);
	send_values(connection, sql, 1, &values);
	note_sent(connection, &one);
}

static void
send_begin(StoreConnection *connection)
{
	if (connection->is_reader) {
		send_text(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
		send_text(connection, sql_pgsql_settings_of_reader);
		return;
	}
	const int64_t left_ms = (connection->wait_until - g_get_monotonic_time()) / 1000;
	send_text(connection, "BEGIN ISOLATION LEVEL READ COMMITTED");
	send_settings(connection, connection->is_limited ? CLAMP(left_ms, 1, G_MAXINT) : 0);
}

/* A connection that was lost can be made anew between two transactions. */
static bool
reconnect(StoreConnection *connection, GError **error)
{
	if (connection->pg != NULL && PQstatus(connection->pg) == CONNECTION_OK)
		return true;
	PQfinish(connection->pg);
	g_array_set_size(connection->sent, 0);
	connection->pg = pgsql_connect(connection->uri, error);
	return connection->pg != NULL;
}

static bool
pgsql_begin(StoreConnection *connection, bool is_alone, GError **error)
{
	if (!reconnect(connection, error))
		return false;
	connection->is_limited = connection->in_transaction = true;
	connection->written = 0;
	send_begin(connection);
	send_text(connection, is_alone ? sql_pgsql_alone : sql_pgsql_share);
	return true;
}

static void
pgsql_rollback(StoreConnection *connection)
{
	if (!connection->in_transaction)
		return;
	connection->in_transaction = false;
	/* What is still on the way may fail, and then what comes behind it is not done. */
	if (connection->sent->len > 0)
		(void)run(connection, NULL);
	if (connection->pg != NULL && PQstatus(connection->pg) == CONNECTION_OK) {
		send_text(connection, "ROLLBACK");
		(void)run(connection, NULL);
	}
	connection->is_limited = false;
}

static bool
pgsql_commit(StoreConnection *connection, GError **error)
{
	const Sent one = { .commits = true };
	const PgsqlValues none = { 0 };

	send_values(connection, "COMMIT", 0, &none);
	note_sent(connection, &one);
	if (!run(connection, error)) {
		pgsql_rollback(connection);
		return false;
	}
	connection->is_limited = connection->in_transaction = false;
	return true;
}

static void
pgsql_wait_until(StoreConnection *connection, int64_t until)
{
	connection->wait_until = until;
}

static bool
pgsql_save(StoreConnection *connection, G_GNUC_UNUSED GError **error)
{
	send_text(connection, "SAVEPOINT saved");
	return true;
}

static bool
pgsql_restore(StoreConnection *connection, GError **error)
{
	send_text(connection, "ROLLBACK TO SAVEPOINT saved");
	return run(connection, error);
}

/*
 * What others write at the same time is not to be counted, so what this transaction has sent is; what
 * it takes in the tables comes near to that.
 */
static bool
pgsql_used(StoreConnection *connection, int64_t *bytes, G_GNUC_UNUSED GError **error)
{
	*bytes = connection->written;
	return true;
}

/* --- statements */

static StoreStatement *
pgsql_prepare(StoreConnection *connection, const char *text, G_GNUC_UNUSED GError **error)
{
	StoreStatement *statement = g_new0(StoreStatement, 1);

	statement->connection = connection;
	statement->text = text;
	statement->sql = sql_with_dollars(text);
	return statement;
}

static void
pgsql_reset(StoreStatement *statement)
{
	PQclear(statement->result);
	statement->result = NULL;
	PQfreemem(statement->blob);
	statement->blob = NULL;
}

static void
pgsql_finalize(StoreStatement *statement)
{
	pgsql_reset(statement);
	g_free(statement->sql);
	g_free(statement);
}

static StoreValue *
parameter_of(StoreStatement *statement, int parameter)
{
	statement->width = MAX(statement->width, parameter);
	return &statement->values[parameter - 1];
}

static void
pgsql_bind_int(StoreStatement *statement, int parameter, int64_t value)
{
	*parameter_of(statement, parameter) = (StoreValue){ VALUE_INT, value, NULL };
}

static void
pgsql_bind_text(StoreStatement *statement, int parameter, const char *value)
{
	*parameter_of(statement, parameter) = (StoreValue){ value != NULL ? VALUE_TEXT : VALUE_NULL,
		0, value };
}

static void
pgsql_bind_blob(StoreStatement *statement, int parameter, const void *value, size_t size)
{
	*parameter_of(statement, parameter) = (StoreValue){ VALUE_BLOB, (int64_t)size, value };
}

static void
count_written(const StoreStatement *statement, const StoreValue *values, size_t width)
{
	int64_t bytes = BYTES_OF_ROW;

	if (!g_str_has_prefix(statement->text, "INSERT"))
		return;
	for (size_t i = 0; i < width; i++)
		bytes += values[i].type == VALUE_TEXT  ? (int64_t)strlen(values[i].bytes)
			: values[i].type == VALUE_BLOB ? values[i].number
						       : (int64_t)sizeof(int);
	statement->connection->written += bytes;
}

/* Runs a statement; outside a transaction it is one by itself, in the same round trip. */
static bool
run_statement(StoreStatement *statement, GError **error)
{
	StoreConnection *connection = statement->connection;
	const bool is_single = !connection->in_transaction && !connection->is_reader;
	const Sent one = { .statement = statement };
	g_auto(PgsqlValues) values = { 0 };

	if (!connection->in_transaction) {
		send_begin(connection);
		connection->in_transaction = connection->is_reader;
	}
	connection->has_table = true;
	count_written(statement, statement->values, (size_t)statement->width);
	pgsql_values_of_row(&values, statement->values, (size_t)statement->width);
	send_values(connection, statement->sql, statement->width, &values);
	note_sent(connection, &one);
	if (is_single)
		send_text(connection, "COMMIT");
	if (run(connection, error))
		return true;
	if (is_single) {
		connection->in_transaction = true;
		pgsql_rollback(connection);
	}
	return false;
}

static StepResult
pgsql_step(StoreStatement *statement, GError **error)
{
	if (statement->result == NULL && !run_statement(statement, error))
		return STEP_ERROR;
	return ++statement->row < PQntuples(statement->result) ? STEP_ROW : STEP_DONE;
}

static int
pgsql_columns(StoreStatement *statement)
{
	return PQnfields(statement->result);
}

static const char *
pgsql_column_text(StoreStatement *statement, int column)
{
	return PQgetisnull(statement->result, statement->row, column)
		? NULL
		: PQgetvalue(statement->result, statement->row, column);
}

static int64_t
pgsql_column_int(StoreStatement *statement, int column)
{
	return g_ascii_strtoll(PQgetvalue(statement->result, statement->row, column), NULL, 10);
}

static const void *
pgsql_column_blob(StoreStatement *statement, int column, size_t *size)
{
	const char *text = PQgetvalue(statement->result, statement->row, column);

	PQfreemem(statement->blob);
	statement->blob = PQunescapeBytea((const unsigned char *)text, size);
	return statement->blob;
}

static int64_t
pgsql_changes(StoreConnection *connection)
{
	return connection->changes;
}

/* --- many rows */

/* Sends all rows of a plain insert at once. */
static void
send_rows(const StoreTask *task)
{
	StoreConnection *connection = task->statement->connection;
	g_autofree char *sql = pgsql_sql_of_rows(task->statement->text, task);
	const Sent one = { 0 };
	g_auto(PgsqlValues) values = { 0 };

	pgsql_values_of_rows(&values, task);
	send_values(connection, sql, (int)task->width, &values);
	note_sent(connection, &one);
}

/* Sends a statement once, and then each row for it. */
static void
send_each(const StoreTask *task, bool is_asked)
{
	StoreConnection *connection = task->statement->connection;
	const Sent nobody = { 0 };

	if (connection->pg == NULL)
		return;
	unsigned types[PGSQL_PARAMETERS_MAX];
	pgsql_types_of_task(types, task);
	(void)PQsendPrepare(connection->pg, "", task->statement->sql, (int)task->width, types);
	note_sent(connection, &nobody);
	for (size_t row = 0; row < task->n; row++) {
		const Sent one = { .task = is_asked ? task : NULL, .row = row };
		g_auto(PgsqlValues) values = { 0 };
		pgsql_values_of_row(&values, task->values + row * task->width, task->width);
		(void)PQsendQueryPrepared(connection->pg, "", (int)task->width, values.values,
			values.lengths, values.formats, 0);
		note_sent(connection, &one);
	}
}

static bool
pgsql_perform(StoreConnection *connection, const StoreTask *tasks, size_t n, GError **error)
{
	bool is_any_asked = false;

	for (size_t i = 0; i < n; i++) {
		const StoreTask *task = &tasks[i];
		const bool is_asked = task->answer != NULL || task->changes != NULL;
		for (size_t row = 0; row < task->n; row++)
			count_written(
				task->statement, task->values + row * task->width, task->width);
		if (task->is_plain && task->n > 1)
			send_rows(task);
		else
			send_each(task, is_asked);
		is_any_asked |= is_asked;
	}
	return !is_any_asked || run(connection, error);
}

/* --- the schema */

/* Runs a text of several statements, which a pipeline does not take. */
static bool
pgsql_execute(StoreConnection *connection, const char *sql, GError **error)
{
	GError *problem = NULL;
	PGresult *result;
	bool ok = true;

	if (connection->sent->len > 0 && !run(connection, error))
		return false;
	if (PQexitPipelineMode(connection->pg) != 1 || PQsendQuery(connection->pg, sql) != 1)
		return fail(connection, NULL, error);
	while ((result = next_result(connection, &ok, &problem)) != NULL) {
		if (is_error(result) && problem == NULL)
			fail(connection, result, &problem);
		PQclear(result);
	}
	if (problem != NULL)
		g_propagate_error(error, problem);
	return ok && problem == NULL
		&& (PQenterPipelineMode(connection->pg) == 1 || fail(connection, NULL, error));
}

static bool
fail_no_schema(const StoreConnection *connection, GError **error)
{
	g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_STORE_FOREIGN,
		connection->is_reader ? "the store is empty: tlsrpt-ingest --init makes its tables"
				      : "the store has no tables of this version:"
					" tlsrpt-ingest --init makes them");
	return false;
}

/* Refuses a server that says a commit is done before it is on disk. */
static bool
check_durable(const StoreConnection *connection, const char *setting, GError **error)
{
	if (connection->is_reader || strcmp(setting, "off") != 0)
		return true;
	g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_UNSUPPORTED,
		"the store: synchronous_commit is off, so that a report could be lost after its mail is"
		" gone: set it to on for this role and database");
	return false;
}

static bool
read_version(StoreConnection *connection, int64_t *version, char **digest, GError **error)
{
	StoreStatement *statement = pgsql_prepare(connection, sql_pgsql_version, error);
	GError *problem = NULL;
	const StepResult result = pgsql_step(statement, &problem);
	bool ok = result == STEP_ROW;

	if (ok) {
		*version = pgsql_column_int(statement, 0);
		*digest = g_strdup(pgsql_column_text(statement, 1));
		ok = check_durable(connection, pgsql_column_text(statement, 2), error);
	} else if (result == STEP_DONE || !connection->has_table) {
		g_clear_error(&problem);
		ok = !connection->is_reader || fail_no_schema(connection, error);
	} else {
		g_propagate_error(error, problem);
	}
	pgsql_finalize(statement);
	return ok;
}

static bool
pgsql_has_schema(StoreConnection *connection, bool *has, GError **error)
{
	StoreStatement *statement = pgsql_prepare(connection, sql_pgsql_has_tables, error);
	const StepResult result = pgsql_step(statement, error);

	*has = result == STEP_ROW && pgsql_column_int(statement, 0) > 0;
	pgsql_finalize(statement);
	return result == STEP_ROW;
}

static bool
pgsql_read_version(StoreConnection *connection, int64_t *version, char **digest, GError **error)
{
	bool has = true;

	*version = 0;
	*digest = NULL;
	if (connection->in_transaction && !pgsql_has_schema(connection, &has, error))
		return false;
	const bool ok = !has || read_version(connection, version, digest, error);
	connection->is_limited &= connection->in_transaction;
	return ok;
}

static bool
pgsql_set_migrating(G_GNUC_UNUSED StoreConnection *connection, G_GNUC_UNUSED bool migrating,
	G_GNUC_UNUSED GError **error)
{
	return true;
}

/* Makes a role if there is none of that name, and becomes a member of the owner. */
static bool
make_role(StoreConnection *connection, const char *role, GError **error)
{
	StoreStatement *statement = pgsql_prepare(connection, sql_pgsql_find_role, error);

	pgsql_bind_text(statement, 1, role);
	bool ok = pgsql_step(statement, error) == STEP_ROW;
	const bool is_there = ok && pgsql_column_int(statement, 0) > 0;
	const bool is_ours = ok && pgsql_column_int(statement, 1) > 0;
	pgsql_finalize(statement);
	if (ok && !is_there) {
		g_autofree char *sql = g_strconcat(sql_pgsql_make_role, role, NULL);
		ok = pgsql_execute(connection, sql, error);
	}
	if (ok && !is_ours && strcmp(role, sql_pgsql_roles[0]) == 0)
		ok = pgsql_execute(connection, sql_pgsql_join_owner, error);
	return ok;
}

static bool
make_roles(StoreConnection *connection, GError **error)
{
	for (size_t i = 0; sql_pgsql_roles[i] != NULL; i++) {
		if (!make_role(connection, sql_pgsql_roles[i], error))
			return false;
	}
	return true;
}

static bool
pgsql_begin_schema(StoreConnection *connection, bool *begun, GError **error)
{
	*begun = false;
	if (!connection->makes_schema)
		return fail_no_schema(connection, error);
	connection->is_limited = connection->in_transaction = true;
	send_begin(connection);
	*begun = run(connection, error) && make_roles(connection, error)
		&& pgsql_execute(connection, sql_pgsql_make_schema, error);
	if (!*begun)
		pgsql_rollback(connection);
	return *begun;
}

/* --- connections */

static void
pgsql_close(StoreConnection *connection)
{
	if (connection == NULL)
		return;
	PQfinish(connection->pg);
	g_array_unref(connection->sent);
	g_free(connection->uri);
	g_free(connection);
}

static StoreConnection *
connect_to(const char *uri, bool is_reader, GError **error)
{
	PGconn *pg = pgsql_connect(uri, error);

	if (pg == NULL)
		return NULL;
	StoreConnection *connection = g_new0(StoreConnection, 1);
	connection->pg = pg;
	connection->uri = g_strdup(uri);
	connection->is_reader = is_reader;
	connection->sent = g_array_new(FALSE, TRUE, sizeof(Sent));
	return connection;
}

static StoreConnection *
pgsql_open(const char *uri, const StoreOptions *options, GError **error)
{
	StoreConnection *connection = connect_to(uri, false, error);

	if (connection != NULL) {
		/* What is asked before the first transaction waits no longer either. */
		connection->is_limited = true;
		connection->wait_until = options->wait_until;
		connection->makes_schema = options->makes_schema;
	}
	return connection;
}

static StoreConnection *
pgsql_open_reader(const char *uri, GError **error)
{
	return connect_to(uri, true, error);
}

static bool
pgsql_is_stale(G_GNUC_UNUSED const StoreConnection *connection)
{
	return false;
}

static bool
pgsql_give_back(G_GNUC_UNUSED StoreConnection *connection, G_GNUC_UNUSED int pages, int64_t *left,
	G_GNUC_UNUSED GError **error)
{
	*left = 0; /* the server does that itself */
	return true;
}

static bool
pgsql_settle(G_GNUC_UNUSED StoreConnection *connection, G_GNUC_UNUSED GError **error)
{
	return true;
}

/* Lets the roles use what is there. */
static bool
pgsql_give(const char *uri, int64_t uid, G_GNUC_UNUSED int64_t gid, GError **error)
{
	if (uid >= 0) {
		g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_CONFIG,
			"--owner is for stores that are files; in PostgreSQL grant tlsrpt_deliver to"
			" the role that delivers");
		return false;
	}
	StoreConnection *connection = connect_to(uri, false, error);
	const bool ok = connection != NULL && pgsql_execute(connection, "BEGIN", error)
		&& pgsql_execute(connection, sql_pgsql_grants, error)
		&& pgsql_execute(connection, "COMMIT", error);
	pgsql_close(connection);
	return ok;
}

static const StoreDriver driver = {
	.scheme = "postgresql:",
	.engine = ENGINE_PGSQL,
	.is_remote = true,
	.sql = sql_pgsql_statement,
	.open = pgsql_open,
	.close = pgsql_close,
	.open_reader = pgsql_open_reader,
	.is_stale = pgsql_is_stale,
	.has_schema = pgsql_has_schema,
	.read_version = pgsql_read_version,
	.set_migrating = pgsql_set_migrating,
	.begin_schema = pgsql_begin_schema,
	.begin = pgsql_begin,
	.commit = pgsql_commit,
	.rollback = pgsql_rollback,
	.wait_until = pgsql_wait_until,
	.changes = pgsql_changes,
	.save = pgsql_save,
	.restore = pgsql_restore,
	.used = pgsql_used,
	.give_back = pgsql_give_back,
	.settle = pgsql_settle,
	.execute = pgsql_execute,
	.prepare = pgsql_prepare,
	.perform = pgsql_perform,
	.finalize = pgsql_finalize,
	.bind_int = pgsql_bind_int,
	.bind_text = pgsql_bind_text,
	.bind_blob = pgsql_bind_blob,
	.step = pgsql_step,
	.columns = pgsql_columns,
	.column_int = pgsql_column_int,
	.column_text = pgsql_column_text,
	.column_blob = pgsql_column_blob,
	.reset = pgsql_reset,
	.give = pgsql_give,
	.script = sql_pgsql_script,
};

__attribute__((visibility("default"))) extern const StoreModule tlsrpt_store_module;
const StoreModule tlsrpt_store_module = { TLSRPT_VERSION, &driver };
