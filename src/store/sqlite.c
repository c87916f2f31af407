/*
 * The SQLite driver, and the only place that calls sqlite3_*.
 *
 * Durability: WAL with synchronous = FULL syncs each commit before it returns.  The journal mode
 * DELETE would not do: the unlink of its journal, which is the commit, is not synced.
 *
 * The -wal and -shm files are left in place when the last writer closes, because a reader that may
 * only read cannot make them.  So there is no checkpoint at close; a writer that finds the WAL
 * grown makes one itself, else it would grow without bound.
 *
 * Writers take turns by a lock on a file beside the database ("-lock"), which is fair where
 * SQLite's busy handler is not, and which also guards the creation: PRAGMA journal_mode fails now
 * and then when several processes do it at once.
 */
#include "driver.h"
#include "files.h"
#include "folder.h"
#include "sql.h"
#include "sqlite_memory.h"

#include "tlsrpt/error.h"
#include "tlsrpt/user.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#define APPLICATION_ID 0x544c5352

/* Once the WAL has this many pages of 4 KiB, a writer makes a checkpoint. */
#define CHECKPOINT_PAGES 100

#define READER_WAIT_MS 5000
#define FIRST_SLEEPS 5 /* so often a sleep of 1 ms doubles; all later ones are equal */

struct StoreConnection {
	sqlite3 *db;
	StoreFolder *folder;
	bool is_immutable; /* for a reader that found no WAL */
	bool has_schema; /* once it was found; nothing takes it away again */
	int lock; /* descriptor of the lock file */
	int64_t wait_until;
	int wal_pages; /* after the last commit */
};

/*
 * So many rows are inserted by one statement where that is possible: it saves a third.  To prepare
 * it takes as long as that saves in ten times as many rows, so a delivery does not begin with it.
 */
#define SEVERAL ((size_t)16)
#define WORTH_SEVERAL (10 * SEVERAL)

struct StoreStatement {
	sqlite3_stmt *stmt;
	sqlite3_stmt *several; /* the same for so many rows; NULL until it is needed */
	size_t rows; /* with which it was performed so far */
	bool gives_id; /* what it returns is the id of the row that it has inserted */
};

/*
 * An insert that returns its id is made without this, since SQLite would make a table of its results
 * first, which takes longer than the insert; the id is known without.
 */
static const char returning[] = " RETURNING id";

/* What the caller can do about an error of SQLite. */
static TlsrptError
classify(int code, int system_errno)
{
	/* A row that was just looked up is gone: another writer has deleted it. */
	if (code == SQLITE_CONSTRAINT_FOREIGNKEY || code == SQLITE_BUSY_SNAPSHOT)
		return TLSRPT_ERROR_STORE_CONFLICT;
	switch (code & 0xff) {
	case SQLITE_CONSTRAINT:
	case SQLITE_MISMATCH:
	case SQLITE_TOOBIG:
	case SQLITE_RANGE:
	case SQLITE_ERROR: /* an error in the statement */
		return TLSRPT_ERROR_STORE_REFUSED;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return TLSRPT_ERROR_STORE_BUSY;
	case SQLITE_FULL:
		return TLSRPT_ERROR_STORE_FULL;
	case SQLITE_IOERR:
		/* EFBIG: the file size limit that Postfix's local(8) sets. */
		return system_errno == ENOSPC || system_errno == EDQUOT || system_errno == EFBIG
			? TLSRPT_ERROR_STORE_FULL
			: TLSRPT_ERROR_IO;
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_CANTOPEN:
		return TLSRPT_ERROR_STORE_READONLY;
	case SQLITE_CORRUPT:
		return TLSRPT_ERROR_STORE_CORRUPT;
	case SQLITE_NOTADB:
		return TLSRPT_ERROR_STORE_FOREIGN;
	case SQLITE_NOMEM:
		return TLSRPT_ERROR_NO_MEMORY;
	default:
		return TLSRPT_ERROR_IO;
	}
}

static bool
fail(sqlite3 *db, int code, GError **error)
{
	const int system_errno = db != NULL ? sqlite3_system_errno(db) : 0;

	g_set_error(error, TLSRPT_ERROR, classify(code, system_errno), "the store: %s",
		db != NULL ? sqlite3_errmsg(db) : sqlite3_errstr(code));
	return false;
}

static bool
sqlite_execute(StoreConnection *connection, const char *sql, GError **error)
{
	const int code = sqlite3_exec(connection->db, sql, NULL, NULL, NULL);

	return code == SQLITE_OK || fail(connection->db, code, error);
}

static StoreStatement *
sqlite_prepare(StoreConnection *connection, const char *sql, GError **error)
{
	sqlite3_stmt *stmt = NULL;
	const bool gives_id = g_str_has_suffix(sql, returning);
	const int length = gives_id ? (int)(strlen(sql) - strlen(returning)) : -1;
	const int code = sqlite3_prepare_v2(connection->db, sql, length, &stmt, NULL);

	if (code != SQLITE_OK) {
		fail(connection->db, code, error);
		return NULL;
	}

	StoreStatement *statement = g_new0(StoreStatement, 1);
	statement->stmt = stmt;
	statement->gives_id = gives_id;
	return statement;
}

static void
sqlite_finalize(StoreStatement *statement)
{
	/* Its result repeats an earlier error. */
	sqlite3_finalize(statement->stmt);
	sqlite3_finalize(statement->several);
	g_free(statement);
}

static void
sqlite_bind_int(StoreStatement *statement, int parameter, int64_t value)
{
	sqlite3_bind_int64(statement->stmt, parameter, value);
}

static void
sqlite_bind_text(StoreStatement *statement, int parameter, const char *value)
{
	sqlite3_bind_text(statement->stmt, parameter, value, -1, SQLITE_STATIC);
}

static void
sqlite_bind_blob(StoreStatement *statement, int parameter, const void *value, size_t size)
{
	sqlite3_bind_blob64(statement->stmt, parameter, value, size, SQLITE_STATIC);
}

/* Whether it has just inserted a row whose id it is to return. */
static bool
has_id(const StoreStatement *statement)
{
	return statement->gives_id && sqlite3_changes64(sqlite3_db_handle(statement->stmt)) > 0;
}

static StepResult
sqlite_step(StoreStatement *statement, GError **error)
{
	const int code = sqlite3_step(statement->stmt);

	if (code == SQLITE_ROW || (code == SQLITE_DONE && has_id(statement)))
		return STEP_ROW;
	if (code == SQLITE_DONE)
		return STEP_DONE;
	fail(sqlite3_db_handle(statement->stmt), code, error);
	return STEP_ERROR;
}

static int
sqlite_columns(StoreStatement *statement)
{
	return sqlite3_column_count(statement->stmt);
}

static int64_t
sqlite_column_int(StoreStatement *statement, int column)
{
	if (statement->gives_id)
		return sqlite3_last_insert_rowid(sqlite3_db_handle(statement->stmt));
	return sqlite3_column_int64(statement->stmt, column);
}

static const char *
sqlite_column_text(StoreStatement *statement, int column)
{
	return (const char *)sqlite3_column_text(statement->stmt, column);
}

static const void *
sqlite_column_blob(StoreStatement *statement, int column, size_t *size)
{
	const void *blob = sqlite3_column_blob(statement->stmt, column);

	*size = (size_t)sqlite3_column_bytes(statement->stmt, column);
	return blob;
}

static void
sqlite_reset(StoreStatement *statement)
{
	sqlite3_reset(statement->stmt);
}

static void
bind_row(sqlite3_stmt *stmt, const StoreValue *values, size_t width)
{
	for (size_t i = 0; i < width; i++) {
		const StoreValue *value = &values[i];
		const int parameter = (int)i + 1;
		switch (value->type) {
		case VALUE_INT:
			sqlite3_bind_int64(stmt, parameter, value->number);
			break;
		case VALUE_TEXT:
			sqlite3_bind_text(stmt, parameter, value->bytes, -1, SQLITE_STATIC);
			break;
		case VALUE_BLOB:
			sqlite3_bind_blob64(stmt, parameter, value->bytes,
				(sqlite3_uint64)value->number, SQLITE_STATIC);
			break;
		case VALUE_NULL:
			sqlite3_bind_null(stmt, parameter);
			break;
		}
	}
}

static bool
perform_row(StoreConnection *connection, const StoreTask *task, size_t row, GError **error)
{
	sqlite3_stmt *stmt = task->statement->stmt;
	int code;

	bind_row(stmt, task->values + row * task->width, task->width);
	while ((code = sqlite3_step(stmt)) == SQLITE_ROW) {
		if (task->answer != NULL)
			task->answer(task->data, row, task->statement);
	}
	if (code != SQLITE_DONE)
		fail(connection->db, code, error);
	else if (task->answer != NULL && has_id(task->statement))
		task->answer(task->data, row, task->statement);
	else if (task->changes != NULL)
		task->changes[row] = sqlite3_changes64(connection->db);
	sqlite3_reset(stmt);
	return code == SQLITE_DONE;
}

static bool
prepare_several(StoreConnection *connection, const StoreTask *task, GError **error)
{
	StoreStatement *statement = task->statement;

	if (statement->several != NULL)
		return true;
	g_autofree char *sql = sql_of_rows(sqlite3_sql(statement->stmt), task->width, SEVERAL);
	const int code = sqlite3_prepare_v2(connection->db, sql, -1, &statement->several, NULL);
	return code == SQLITE_OK || fail(connection->db, code, error);
}

/* Inserts rows of a task while there are SEVERAL; *row is the first that is left. */
static bool
perform_several(StoreConnection *connection, const StoreTask *task, size_t *row, GError **error)
{
	if (!task->is_plain || task->statement->rows < WORTH_SEVERAL)
		return true;
	for (; task->n - *row >= SEVERAL; *row += SEVERAL) {
		if (!prepare_several(connection, task, error))
			return false;
		sqlite3_stmt *stmt = task->statement->several;
		bind_row(stmt, task->values + *row * task->width, SEVERAL * task->width);
		const int code = sqlite3_step(stmt);
		if (code != SQLITE_DONE)
			fail(connection->db, code, error);
		sqlite3_reset(stmt);
		if (code != SQLITE_DONE)
			return false;
	}
	return true;
}

static bool
sqlite_perform(StoreConnection *connection, const StoreTask *tasks, size_t n, GError **error)
{
	for (size_t i = 0; i < n; i++) {
		size_t row = 0;
		tasks[i].statement->rows += tasks[i].n;
		if (!perform_several(connection, &tasks[i], &row, error))
			return false;
		for (; row < tasks[i].n; row++) {
			if (!perform_row(connection, &tasks[i], row, error))
				return false;
		}
	}
	return true;
}

/* The microseconds that are left to wait. */
static int64_t
time_left(const StoreConnection *connection)
{
	return MAX(connection->wait_until - g_get_monotonic_time(), 0);
}

/*
 * Sleeps before SQLite tries again to get a lock that another program holds, unless the time is up.
 * The time-out of SQLite itself adds up what it meant to sleep; on a busy machine it sleeps longer,
 * and the supervisor would give up first.
 */
static int
on_busy(void *data, int tries)
{
	const int64_t left_us = time_left(data);

	if (left_us == 0)
		return 0;
	g_usleep((gulong)MIN(left_us, INT64_C(1000) << MIN(tries, FIRST_SLEEPS)));
	return 1;
}

static void
wait_for_others(StoreConnection *connection)
{
	sqlite3_busy_handler(connection->db, on_busy, connection);
}

static bool
query_int(StoreConnection *connection, const char *sql, int64_t *value, GError **error)
{
	StoreStatement *statement = sqlite_prepare(connection, sql, error);

	if (statement == NULL)
		return false;
	const StepResult result = sqlite_step(statement, error);
	if (result == STEP_ROW)
		*value = sqlite_column_int(statement, 0);
	sqlite_finalize(statement);
	return result == STEP_ROW;
}

static bool
sqlite_has_schema(StoreConnection *connection, bool *has, GError **error)
{
	int64_t application_id = APPLICATION_ID, schema_version = 0;

	if (!connection->has_schema
		&& !query_int(connection, "PRAGMA application_id", &application_id, error))
		return false;
	*has = connection->has_schema = application_id == APPLICATION_ID;
	if (*has)
		return true;
	/* It is 0 until the first table is made. */
	if (!query_int(connection, "PRAGMA schema_version", &schema_version, error))
		return false;
	if (application_id != 0 || schema_version != 0) {
		g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_STORE_FOREIGN,
			"the store is a database of another program");
		return false;
	}
	return true;
}

/*
 * Makes the settings that are stored in the file and must precede its first table.  Needs the
 * writers' turn.
 */
static bool
make_file(StoreConnection *connection, GError **error)
{
	bool has = false;

	return sqlite_has_schema(connection, &has, error)
		&& (has
			|| sqlite_execute(connection,
				"PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL",
				error));
}

static int
on_commit(void *data, G_GNUC_UNUSED sqlite3 *db, G_GNUC_UNUSED const char *schema, int pages)
{
	((StoreConnection *)data)->wal_pages = pages;
	return SQLITE_OK;
}

/* Settings of the connection. */
static bool
configure(StoreConnection *connection, GError **error)
{
	int keep = 1;

	sqlite3_extended_result_codes(connection->db, 1);
	wait_for_others(connection);
	sqlite3_db_config(connection->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	sqlite3_db_config(connection->db, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
	sqlite3_db_config(connection->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(connection->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_file_control(connection->db, "main", SQLITE_FCNTL_PERSIST_WAL, &keep);
	sqlite3_wal_hook(connection->db, on_commit, connection); /* no automatic checkpoints */
	return sqlite_execute(
		connection, "PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY", error);
}

static bool
open_database(StoreConnection *connection, GError **error)
{
	if (!folder_make_database(connection->folder, error))
		return false;

	const int code = sqlite3_open_v2(folder_path(connection->folder), &connection->db,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW, NULL);
	if (code != SQLITE_OK)
		return fail(connection->db, code, error);
	if (sqlite3_db_readonly(connection->db, "main") == 1)
		return folder_fail_permission(connection->folder, error);
	return configure(connection, error);
}

static void
sqlite_close_connection(StoreConnection *connection)
{
	if (connection == NULL)
		return;
	sqlite3_close(connection->db);
	if (connection->lock >= 0)
		close(connection->lock);
	folder_close(connection->folder);
	g_free(connection);
}

/*
 * This process has one thread and uses no statistics; SQLite's locks and counters would cost 10 %
 * for nothing.  The library is made to open the files of a store relative to the store's directory.
 */
static bool
configure_library(GError **error)
{
	sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
#ifndef TLSRPT_SANITIZE /* which sees only what malloc() gives */
	sqlite3_config(SQLITE_CONFIG_MALLOC, &sqlite_memory);
#endif

	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
	if (vfs != NULL && vfs->iVersion >= 3 && vfs->xSetSystemCall != NULL
		&& vfs->xSetSystemCall(vfs, "open", (sqlite3_syscall_ptr)folder_system_open)
			== SQLITE_OK)
		return true;
	g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_UNSUPPORTED,
		"the store: this SQLite does not let a program open its files for it");
	return false;
}

/* Checks that the file exists, can be read and is not a directory. */
static bool
check_file(const char *path, GError **error)
{
	const bool is_directory = g_file_test(path, G_FILE_TEST_IS_DIR);

	errno = EISDIR;
	if (!is_directory && access(path, R_OK) == 0)
		return true;
	const bool is_refused = errno == EACCES;
	g_autofree char *why = user_refusal(path, errno);
	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_IO, "the store: %s: %s%s", path, why,
		is_refused ? "; its group may read it (\"usermod -aG\", and a new login), its owner"
			     " may do all (\"sudo -u\")"
			   : "");
	return false;
}

static bool
fail_empty(GError **error)
{
	g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_STORE_FOREIGN,
		"the store is empty: nothing was ever delivered to it");
	return false;
}

/*
 * Improves the error of SQLite, which does not say why a file was refused or who holds a lock.
 * Anybody who may read a store can hold SQLite's locks on it, so the message names the process.
 * Returns false.
 */
static bool
say_more(const StoreConnection *connection, GError **error)
{
	if (folder_explain(connection->folder, error))
		return false;

	const int64_t holder = error != NULL
			&& g_error_matches(*error, TLSRPT_ERROR, TLSRPT_ERROR_STORE_BUSY)
		? folder_lock_holder(connection->folder)
		: 0;

	if (holder > 0) {
		g_autofree char *text = g_steal_pointer(&(*error)->message);
		(*error)->message = g_strdup_printf(
			"%s (process %" G_GINT64_FORMAT " holds a lock)", text, holder);
	}
	return false;
}

static bool
open_writer(
	StoreConnection *connection, const char *path, const StoreOptions *options, GError **error)
{
	bool has = false;

	if (!configure_library(error) || (options->must_exist && !check_file(path, error)))
		return false;
	connection->folder = folder_open(path, options, error);
	if (connection->folder == NULL)
		return false;
	connection->lock = folder_open_lock(connection->folder, error);
	if (connection->lock < 0
		|| !folder_wait_for_locks(connection->folder, connection->wait_until, error)
		|| !open_database(connection, error) || !sqlite_has_schema(connection, &has, error))
		return say_more(connection, error);
	return has || !options->must_exist || fail_empty(error);
}

static StoreConnection *
sqlite_open(const char *path, const StoreOptions *options, GError **error)
{
	StoreConnection *connection = g_new0(StoreConnection, 1);

	connection->lock = -1;
	connection->wait_until = options->wait_until;
	if (open_writer(connection, path, options, error))
		return connection;
	sqlite_close_connection(connection);
	return NULL;
}

/*
 * The file as a URI.  If there is no WAL, nobody writes, and the file may be opened as immutable.
 * Otherwise SQLite would have to make a WAL for the reader, who may not be allowed to.
 */
static char *
reader_uri(const char *path, bool immutable)
{
	g_autofree char *escaped = g_uri_escape_string(path, "/", TRUE);

	return g_strconcat("file:", escaped, immutable ? "?immutable=1" : "", NULL);
}

static bool
open_reader(StoreConnection *connection, const char *path, GError **error)
{
	bool has = false;

	if (!configure_library(error) || !check_file(path, error))
		return false;
	connection->folder = folder_open(path, NULL, error);
	if (connection->folder == NULL)
		return false;
	connection->is_immutable = !folder_has(connection->folder, "-wal");

	g_autofree char *uri = reader_uri(
		folder_path(connection->folder), connection->is_immutable);
	const int code = sqlite3_open_v2(uri, &connection->db,
		SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW,
		NULL);
	bool ok = code == SQLITE_OK || fail(connection->db, code, error);
	if (ok) {
		sqlite3_extended_result_codes(connection->db, 1);
		sqlite3_busy_timeout(connection->db, READER_WAIT_MS);
		ok = sqlite_has_schema(connection, &has, error)
			&& sqlite_execute(connection, "PRAGMA temp_store = MEMORY; BEGIN", error);
	}
	return ok ? has || fail_empty(error) : say_more(connection, error);
}

static StoreConnection *
sqlite_open_reader(const char *path, GError **error)
{
	StoreConnection *connection = g_new0(StoreConnection, 1);

	connection->lock = -1;
	if (open_reader(connection, path, error))
		return connection;
	sqlite_close_connection(connection);
	return NULL;
}

static bool
sqlite_is_stale(const StoreConnection *connection)
{
	return connection->is_immutable && folder_has(connection->folder, "-wal");
}

/*
 * Begins a transaction in the writers' turn.  prepare, if not NULL, is called in the turn before
 * the transaction begins.
 */
static bool
begin_after(
	StoreConnection *connection, bool (*prepare)(StoreConnection *, GError **), GError **error)
{
	if (!files_take_turn(connection->lock, connection->wait_until, error))
		return false;
	/* Other programs, such as the sqlite3 shell, do not take part in the turns. */
	wait_for_others(connection);
	if ((prepare == NULL || prepare(connection, error))
		&& sqlite_execute(connection, "BEGIN IMMEDIATE", error))
		return true;
	(void)say_more(connection, error);
	files_give_turn(connection->lock);
	return false;
}

static bool
sqlite_begin(StoreConnection *connection, G_GNUC_UNUSED bool is_alone, GError **error)
{
	return begin_after(connection, NULL, error);
}

static bool
sqlite_begin_schema(StoreConnection *connection, bool *begun, GError **error)
{
	return files_claim(connection->lock, connection->wait_until, begun, error)
		&& (!*begun || begin_after(connection, make_file, error));
}

static bool
sqlite_set_migrating(StoreConnection *connection, bool migrating, GError **error)
{
	/* SQLite ignores this setting inside a transaction. */
	const int code = sqlite3_db_config(
		connection->db, SQLITE_DBCONFIG_ENABLE_FKEY, migrating ? 0 : 1, NULL);

	return code == SQLITE_OK || fail(connection->db, code, error);
}

static void
sqlite_rollback(StoreConnection *connection)
{
	if (!sqlite3_get_autocommit(connection->db))
		sqlite3_exec(connection->db, "ROLLBACK", NULL, NULL, NULL);
	files_give_turn(connection->lock);
}

static bool
sqlite_commit(StoreConnection *connection, GError **error)
{
	if (!sqlite_execute(connection, "COMMIT", error)) {
		sqlite_rollback(connection);
		return false;
	}
	if (connection->wal_pages >= CHECKPOINT_PAGES) {
		/* A reader may prevent it; then the next writer tries again. */
		sqlite3_busy_timeout(connection->db, 0);
		sqlite3_wal_checkpoint_v2(
			connection->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	}
	files_give_turn(connection->lock);
	return true;
}

static void
sqlite_wait_until(StoreConnection *connection, int64_t until)
{
	connection->wait_until = until;
}

static int64_t
sqlite_changes(StoreConnection *connection)
{
	return sqlite3_changes64(connection->db);
}

static bool
sqlite_save(StoreConnection *connection, GError **error)
{
	return sqlite_execute(connection, "SAVEPOINT saved", error);
}

static bool
sqlite_restore(StoreConnection *connection, GError **error)
{
	return sqlite_execute(connection, "ROLLBACK TO saved", error);
}

static bool
sqlite_used(StoreConnection *connection, int64_t *bytes, GError **error)
{
	int64_t size, pages, unused;

	if (!query_int(connection, "PRAGMA page_size", &size, error)
		|| !query_int(connection, "PRAGMA page_count", &pages, error)
		|| !query_int(connection, "PRAGMA freelist_count", &unused, error))
		return false;
	*bytes = (pages - unused) * size;
	return true;
}

static bool
sqlite_give_back(StoreConnection *connection, int pages, int64_t *left, GError **error)
{
	g_autofree char *sql = g_strdup_printf("PRAGMA incremental_vacuum(%d)", pages);

	return sqlite_execute(connection, sql, error)
		&& query_int(connection, "PRAGMA freelist_count", left, error);
}

static bool
sqlite_settle(StoreConnection *connection, GError **error)
{
	if (!files_take_turn(connection->lock, connection->wait_until, error))
		return false;
	sqlite3_busy_timeout(connection->db, 0);
	sqlite3_wal_checkpoint_v2(connection->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	files_give_turn(connection->lock);
	return true;
}

static const char *
sqlite_sql(int which)
{
	return sql_statements[which];
}

const StoreDriver sqlite_driver = {
	.scheme = "sqlite:",
	.engine = ENGINE_SQLITE,
	.sql = sqlite_sql,
	.open = sqlite_open,
	.close = sqlite_close_connection,
	.open_reader = sqlite_open_reader,
	.is_stale = sqlite_is_stale,
	.has_schema = sqlite_has_schema,
	.set_migrating = sqlite_set_migrating,
	.begin_schema = sqlite_begin_schema,
	.begin = sqlite_begin,
	.commit = sqlite_commit,
	.rollback = sqlite_rollback,
	.wait_until = sqlite_wait_until,
	.changes = sqlite_changes,
	.save = sqlite_save,
	.restore = sqlite_restore,
	.used = sqlite_used,
	.give_back = sqlite_give_back,
	.settle = sqlite_settle,
	.execute = sqlite_execute,
	.prepare = sqlite_prepare,
	.perform = sqlite_perform,
	.finalize = sqlite_finalize,
	.bind_int = sqlite_bind_int,
	.bind_text = sqlite_bind_text,
	.bind_blob = sqlite_bind_blob,
	.step = sqlite_step,
	.columns = sqlite_columns,
	.column_int = sqlite_column_int,
	.column_text = sqlite_column_text,
	.column_blob = sqlite_column_blob,
	.reset = sqlite_reset,
	.give = folder_give,
};
