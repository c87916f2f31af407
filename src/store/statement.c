#include "statement.h"

#include <stdarg.h>

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

GArray *
store_list(Store *store, StoreStatement *statement, GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(int64_t));
	StepResult result = statement != NULL ? STEP_ROW : STEP_ERROR;

	while (result == STEP_ROW && (result = store->driver->step(statement, error)) == STEP_ROW) {
		const int64_t value = store->driver->column_int(statement, 0);
		g_array_append_val(list, value);
	}
	if (statement != NULL)
		store->driver->reset(statement);
	return result == STEP_DONE ? g_steal_pointer(&list) : NULL;
}
