#include "open.h"

#include "migrate.h"
#include "module.h"
#include "names.h"
#include "statement.h"

#include "tlsrpt/error.h"
#include "tlsrpt/store_uri.h"

#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

/* The schemes of stores whose driver is a module, and its name; their address is the whole URI. */
static const struct {
	char scheme[12], module[6];
} modules[] = {
	{ "postgresql:", "pgsql" },
	{ "postgres:", "pgsql" },
};

const StoreDriver *
store_find_driver(const char *uri, const char **address, GError **error)
{
	*address = uri;
	if (store_uri_is_path(uri))
		return &sqlite_driver;
	if (g_str_has_prefix(uri, sqlite_driver.scheme)) {
		*address = uri + strlen(sqlite_driver.scheme);
		return &sqlite_driver;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(modules); i++) {
		if (g_str_has_prefix(uri, modules[i].scheme))
			return module_driver(modules[i].module, error);
	}
	g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_UNSUPPORTED,
		"the store's URI has a scheme that this program does not know");
	return NULL;
}

bool
store_is_remote(const char *uri)
{
	bool is_remote = false;

	for (size_t i = 0; i < G_N_ELEMENTS(modules); i++)
		is_remote |= g_str_has_prefix(uri, modules[i].scheme);
	return is_remote;
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
	if (!migrate(driver, connection, &store_schema, &made, error)) {
		driver->close(connection);
		return NULL;
	}

	Store *store = g_new0(Store, 1);
	store->driver = driver;
	store->connection = connection;
	store->wait_until = options->wait_until;
	if (created != NULL)
		*created = made;
	return store;
}

void
store_close(Store *store)
{
	if (store == NULL)
		return;
	for (size_t i = 0; i < SQL_ALL_STATEMENTS; i++) {
		if (store->statements[i] != NULL)
			store->driver->finalize(store->statements[i]);
	}
	store_forget_names(store);
	store->driver->close(store->connection);
	g_free(store);
}

void
store_wait_until(Store *store, int64_t wait_until)
{
	store->wait_until = wait_until;
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

char *
store_init_script(const char *uri, GError **error)
{
	const char *address;
	const StoreDriver *driver = store_find_driver(uri, &address, error);

	if (driver == NULL)
		return NULL;
	if (driver->script != NULL)
		return driver->script(&store_schema);
	g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE,
		"--print-sql is for stores in PostgreSQL; one in files is made by --init alone");
	return NULL;
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
	how.stays_root = true; /* only root can give it away below */
	how.makes_schema = true;
	Store *store = store_open(uri, &how, created, error);
	if (store == NULL)
		return false;
	store_close(store);
	return driver->give(address, uid, gid, error);
}
