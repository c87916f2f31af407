#include "tlsrpt/store.h"

#include "migrate.h"
#include "private.h"

#include "tlsrpt/error.h"

#include <grp.h>
#include <pwd.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

static const StoreDriver *const drivers[] = {
	&sqlite_driver,
};

const StoreDriver *
store_find_driver(const char *uri, const char **address, GError **error)
{
	for (size_t i = 0; i < G_N_ELEMENTS(drivers); i++) {
		if (g_str_has_prefix(uri, drivers[i]->scheme)) {
			*address = uri + strlen(drivers[i]->scheme);
			return drivers[i];
		}
	}
	if (strstr(uri, "://") == NULL) {
		*address = uri;
		return drivers[0];
	}
	g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_UNSUPPORTED,
		"the store's URI has a scheme that this program does not know");
	return NULL;
}

Store *
store_open(const char *uri, const StoreOptions *options, bool *created, GError **error)
{
	const char *address;
	const StoreDriver *driver = store_find_driver(uri, &address, error);
	bool made = false;

	if (driver == NULL)
		return NULL;
	StoreConnection *connection = driver->open(address, options, error);
	if (connection == NULL)
		return NULL;
	if (!migrate(driver, connection, &made, error)) {
		driver->close(connection);
		return NULL;
	}

	Store *store = g_new0(Store, 1);
	store->driver = driver;
	store->connection = connection;
	if (created != NULL)
		*created = made;
	return store;
}

void
store_close(Store *store)
{
	if (store == NULL)
		return;
	for (size_t i = 0; i < SQL_STATEMENTS; i++) {
		if (store->statements[i] != NULL)
			store->driver->finalize(store->statements[i]);
	}
	store_forget_names(store);
	store->driver->close(store->connection);
	g_free(store);
}

static void
bind_id(const StoreDriver *driver, StoreStatement *statement, int parameter, int64_t id)
{
	if (id != 0)
		driver->bind_int(statement, parameter, id);
	else
		driver->bind_text(statement, parameter, NULL);
}

StoreStatement *
store_bind(Store *store, SqlStatement which, GError **error, const char *types, ...)
{
	StoreStatement *statement = store->statements[which];
	va_list arguments;
	int parameter = 1;

	if (statement == NULL)
		statement = store->driver->prepare(store->connection, sql_statements[which], error);
	store->statements[which] = statement;
	if (statement == NULL)
		return NULL;

	va_start(arguments, types);
	for (const char *type = types; *type != '\0'; type++, parameter++) {
		if (*type == 'i') {
			store->driver->bind_int(statement, parameter, va_arg(arguments, int64_t));
		} else if (*type == 'n') {
			bind_id(store->driver, statement, parameter, va_arg(arguments, int64_t));
		} else if (*type == 't') {
			store->driver->bind_text(statement, parameter,
				va_arg(arguments, const char *));
		} else {
			const void *bytes = va_arg(arguments, const void *);
			const size_t size = va_arg(arguments, size_t);
			store->driver->bind_blob(statement, parameter, bytes, size);
		}
	}
	va_end(arguments);
	return statement;
}

bool
store_run(Store *store, StoreStatement *statement, GError **error)
{
	if (statement == NULL)
		return false;

	const StepResult result = store->driver->step(statement, error);
	store->driver->reset(statement);
	return result == STEP_DONE;
}

bool
store_insert(Store *store, StoreStatement *statement, int64_t *id, GError **error)
{
	if (!store_run(store, statement, error))
		return false;
	*id = store->driver->last_id(store->connection);
	return true;
}

bool
store_commit(Store *store, GError **error)
{
	const bool ok = store->driver->commit(store->connection, error);

	if (!ok)
		store_forget_names(store);
	return ok;
}

void
store_rollback(Store *store)
{
	store->driver->rollback(store->connection);
	store_forget_names(store);
}

bool
store_write(Store *store, StoreStatement *statement, bool *written, GError **error)
{
	if (!store_run(store, statement, error))
		return false;
	*written = store->driver->changes(store->connection) > 0;
	return true;
}

bool
store_query(Store *store, StoreStatement *statement, bool *found, int64_t *value, GError **error)
{
	if (statement == NULL)
		return false;

	const StepResult result = store->driver->step(statement, error);
	*found = result == STEP_ROW;
	if (*found)
		*value = store->driver->column_int(statement, 0);
	store->driver->reset(statement);
	return result != STEP_ERROR;
}

static bool
deliver(Store *store, const StoreDelivery *delivery, const Limits *limits, StoreOutcome *outcome,
	GError **error)
{
	for (size_t i = 0; i < delivery->n_reports; i++) {
		if (!store_report(store, delivery, &delivery->reports[i], limits, outcome, error))
			return false;
	}
	return delivery->quarantine == NULL
		|| store_quarantine(store, delivery, limits->quarantine, &outcome->quarantined,
			error);
}

bool
store_deliver_batch(Store *store, const StoreDelivery *deliveries, size_t n, const Limits *limits,
	StoreOutcome *outcomes, GError **error)
{
	bool ok = true;

	if (!store->driver->begin(store->connection, error))
		return false;
	for (size_t i = 0; i < n && ok; i++) {
		outcomes[i] = (StoreOutcome){ 0 };
		ok = deliver(store, &deliveries[i], limits, &outcomes[i], error);
	}
	if (!ok) {
		store_rollback(store);
		return false;
	}
	return store_commit(store, error);
}

bool
store_deliver(Store *store, const StoreDelivery *delivery, const Limits *limits,
	StoreOutcome *outcome, GError **error)
{
	StoreOutcome result;

	if (!store_deliver_batch(store, delivery, 1, limits, &result, error))
		return false;
	*outcome = result;
	return true;
}

void
store_wait_until(Store *store, int64_t wait_until)
{
	store->driver->wait_until(store->connection, wait_until);
}

/* "user" or "user:group" as ids; a user alone stands for his own group. */
static bool
find_owner(const char *owner, int64_t *uid, int64_t *gid, GError **error)
{
	g_auto(GStrv) names = g_strsplit(owner, ":", 2);
	const char *name = names[0] != NULL ? names[0] : "";
	const struct passwd *user = getpwnam(name);

	if (user == NULL) {
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_CONFIG, "no user named \"%s\"", name);
		return false;
	}
	*uid = user->pw_uid;
	*gid = user->pw_gid;
	if (names[1] == NULL)
		return true;

	const struct group *group = getgrnam(names[1]);
	if (group == NULL) {
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_CONFIG, "no group named \"%s\"",
			names[1]);
		return false;
	}
	*gid = group->gr_gid;
	return true;
}

bool
store_init(const char *uri, const char *owner, const StoreOptions *options, bool *created,
	GError **error)
{
	const char *address;
	int64_t uid = -1, gid = -1;
	const StoreDriver *driver = store_find_driver(uri, &address, error);

	if (driver == NULL || (owner != NULL && !find_owner(owner, &uid, &gid, error)))
		return false;
	StoreOptions how = *options;
	how.stays_root = true; /* to give it away */
	Store *store = store_open(uri, &how, created, error);
	if (store == NULL)
		return false;
	store_close(store);
	return driver->give(address, uid, gid, error);
}
