#include "migrate.h"

#include "sql.h"

#include "tlsrpt/error.h"

bool
migrate_read_version(const StoreDriver *driver, StoreConnection *connection, int64_t *version,
	GError **error)
{
	bool has = false;

	*version = 0;
	if (!driver->has_schema(connection, &has, error))
		return false;
	if (!has)
		return true;

	StoreStatement *statement =
		driver->prepare(connection, sql_statements[SQL_SELECT_VERSION], error);
	if (statement == NULL)
		return false;
	const StepResult result = driver->step(statement, error);
	if (result == STEP_ROW)
		*version = driver->column_int(statement, 0);
	driver->finalize(statement);
	if (result == STEP_ROW && *version > sql_schema_version) {
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_STORE_FOREIGN,
			"the store has schema version %" G_GINT64_FORMAT
			", this program knows up to %d", *version, sql_schema_version);
		return false;
	}
	return result == STEP_ROW;
}

static bool
step_forward(const StoreDriver *driver, StoreConnection *connection, int64_t version,
	GError **error)
{
	if (!driver->execute(connection, sql_drop_views.sqlite, error))
		return false;
	for (; version < sql_schema_version; version++) {
		if (!driver->execute(connection, sql_migrations[version].sqlite, error))
			return false;
	}
	return driver->execute(connection, sql_create_views.sqlite, error);
}

/* Inside the transaction: the same question once more, since another may have been quicker. */
static bool
step_if_needed(const StoreDriver *driver, StoreConnection *connection, bool *created,
	GError **error)
{
	int64_t version;

	const bool ok = migrate_read_version(driver, connection, &version, error);
	if (!ok || version == sql_schema_version) {
		driver->rollback(connection);
		return ok;
	}
	*created = version == 0;
	if (!step_forward(driver, connection, version, error)) {
		driver->rollback(connection);
		return false;
	}
	return driver->commit(connection, error);
}

/*
 * Of many that come at once to a store that is not there one makes it, in one turn.  The others wait
 * for that, all together and outside the queue of writers, and look again: they write nothing.
 */
static bool
step_all(const StoreDriver *driver, StoreConnection *connection, bool *created, GError **error)
{
	int64_t version = 0;
	bool begun = false;

	while (version != sql_schema_version) {
		if (!driver->begin_schema(connection, &begun, error))
			return false;
		if (begun)
			return step_if_needed(driver, connection, created, error);
		if (!migrate_read_version(driver, connection, &version, error))
			return false;
	}
	return true;
}

bool
migrate(const StoreDriver *driver, StoreConnection *connection, bool *created, GError **error)
{
	int64_t version;

	*created = false;
	if (!migrate_read_version(driver, connection, &version, error))
		return false;
	if (version == sql_schema_version)
		return true;
	if (!driver->set_migrating(connection, true, error))
		return false;
	const bool ok = step_all(driver, connection, created, error);
	return driver->set_migrating(connection, false, ok ? error : NULL) && ok;
}
