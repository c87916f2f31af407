#include "migrate.h"

#include "sql.h"

#include "tlsrpt/error.h"

/* The digest of the schema of a version that this program knows. */
static const char *
digest_of_version(const Schema *schema, Engine engine, int64_t version)
{
	return version == schema->version ? schema->digest[engine]
					  : schema->steps[version - 1].digest[engine];
}

static bool
check_version(
	const Schema *schema, Engine engine, int64_t version, const char *digest, GError **error)
{
	if (version > schema->version) {
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_STORE_FOREIGN,
			"the store has schema version %" G_GINT64_FORMAT
			", this program knows up to %d",
			version, schema->version);
		return false;
	}
	if (version < 1 || g_strcmp0(digest, digest_of_version(schema, engine, version)) != 0) {
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_STORE_FOREIGN,
			"the store has other tables than schema version %" G_GINT64_FORMAT
			" of this program: it was made by another program, or by one in development",
			version);
		return false;
	}
	return true;
}

/* A store made before the first release has no digest, so the query for it cannot be prepared. */
static bool
fail_prepare(GError *problem, GError **error)
{
	if (!g_error_matches(problem, TLSRPT_ERROR, TLSRPT_ERROR_STORE_REFUSED)) {
		g_propagate_error(error, problem);
		return false;
	}
	g_error_free(problem);
	g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_STORE_FOREIGN,
		"the store was made by a version of this program from before its first release, and"
		" cannot be taken over: make a new one, and take in the messages anew");
	return false;
}

/* The same of a driver that has it in one question. */
static bool
read_version(const StoreDriver *driver, StoreConnection *connection, const Schema *schema,
	int64_t *version, GError **error)
{
	g_autofree char *digest = NULL;

	return driver->read_version(connection, version, &digest, error)
		&& (*version == 0
			|| check_version(schema, driver->engine, *version, digest, error));
}

bool
migrate_read_version(const StoreDriver *driver, StoreConnection *connection, const Schema *schema,
	int64_t *version, GError **error)
{
	GError *problem = NULL;
	bool has = false;

	*version = 0;
	if (driver->read_version != NULL)
		return read_version(driver, connection, schema, version, error);
	if (!driver->has_schema(connection, &has, error))
		return false;
	if (!has)
		return true;

	StoreStatement *statement = driver->prepare(
		connection, sql_statements[SQL_SELECT_VERSION], &problem);
	if (statement == NULL)
		return fail_prepare(problem, error);
	const StepResult result = driver->step(statement, error);
	bool ok = result == STEP_ROW;
	if (ok) {
		*version = driver->column_int(statement, VERSION_VERSION);
		ok = check_version(schema, driver->engine, *version,
			driver->column_text(statement, VERSION_DIGEST), error);
	} else if (result == STEP_DONE) {
		ok = check_version(schema, driver->engine, 0, NULL, error);
	}
	driver->finalize(statement);
	return ok;
}

static bool
write_version(const StoreDriver *driver, StoreConnection *connection, const Schema *schema,
	SqlStatement which, GError **error)
{
	StoreStatement *statement = driver->prepare(connection, sql_statements[which], error);

	if (statement == NULL)
		return false;
	driver->bind_int(statement, 1, schema->version);
	driver->bind_text(statement, 2, schema->digest[driver->engine]);
	const StepResult result = driver->step(statement, error);
	driver->finalize(statement);
	return result == STEP_DONE;
}

static bool
create(const StoreDriver *driver, StoreConnection *connection, const Schema *schema, GError **error)
{
	return driver->execute(connection, schema->tables[driver->engine], error)
		&& driver->execute(connection, schema->views[driver->engine], error)
		&& write_version(driver, connection, schema, SQL_INSERT_VERSION, error);
}

static bool
step_forward(const StoreDriver *driver, StoreConnection *connection, const Schema *schema,
	int64_t version, GError **error)
{
	const Engine engine = driver->engine;

	if (!driver->execute(connection, schema->drop_views[engine], error))
		return false;
	for (; version < schema->version; version++) {
		if (!driver->execute(connection, schema->steps[version - 1].sql[engine], error))
			return false;
	}
	return driver->execute(connection, schema->views[engine], error)
		&& write_version(driver, connection, schema, SQL_UPDATE_VERSION, error);
}

/*
 * Inside the transaction, checks the version again, since another process may have migrated the
 * store.
 */
static bool
step_if_needed(const StoreDriver *driver, StoreConnection *connection, const Schema *schema,
	bool *created, GError **error)
{
	int64_t version;

	const bool ok = migrate_read_version(driver, connection, schema, &version, error);
	if (!ok || version == schema->version) {
		driver->rollback(connection);
		return ok;
	}
	*created = version == 0;
	if (*created ? !create(driver, connection, schema, error)
		     : !step_forward(driver, connection, schema, version, error)) {
		driver->rollback(connection);
		return false;
	}
	return driver->commit(connection, error);
}

/*
 * If many processes find no store at the same time, one of them makes it, in one turn of the
 * writers.  The others wait for that together, outside the queue of writers, and check again; then
 * they have nothing to write.
 */
static bool
step_all(const StoreDriver *driver, StoreConnection *connection, const Schema *schema,
	bool *created, GError **error)
{
	int64_t version = 0;
	bool begun = false;

	while (version != schema->version) {
		if (!driver->begin_schema(connection, &begun, error))
			return false;
		if (begun)
			return step_if_needed(driver, connection, schema, created, error);
		if (!migrate_read_version(driver, connection, schema, &version, error))
			return false;
	}
	return true;
}

bool
migrate(const StoreDriver *driver, StoreConnection *connection, const Schema *schema, bool *created,
	GError **error)
{
	int64_t version;

	*created = false;
	if (!migrate_read_version(driver, connection, schema, &version, error))
		return false;
	if (version == schema->version)
		return true;
	if (!driver->set_migrating(connection, true, error))
		return false;
	const bool ok = step_all(driver, connection, schema, created, error);
	return driver->set_migrating(connection, false, ok ? error : NULL) && ok;
}
