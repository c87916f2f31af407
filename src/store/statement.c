#include "statement.h"

#include <stdarg.h>
#include <string.h>

static StoreStatement *
find_statement(Store *store, int which, GError **error)
{
	if (store->statements[which] == NULL)
		store->statements[which] = store->driver->prepare(
			store->connection, store->driver->sql(which), error);
	return store->statements[which];
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
	StoreStatement *statement = find_statement(store, which, error);
	va_list arguments;
	int parameter = 1;

	if (statement == NULL)
		return NULL;

	va_start(arguments, types);
	for (const char *type = types; *type != '\0'; type++, parameter++) {
		if (*type == 'i') {
			store->driver->bind_int(statement, parameter, va_arg(arguments, int64_t));
		} else if (*type == 'n') {
			bind_id(store->driver, statement, parameter, va_arg(arguments, int64_t));
		} else if (*type == 't') {
			store->driver->bind_text(
				statement, parameter, va_arg(arguments, const char *));
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

/* --- tasks */

void
task_clear(Task *task)
{
	g_clear_pointer(&task->values, g_array_unref);
	g_clear_pointer(&task->results, g_free);
	task->n = 0;
}

/* Appends room for one more row, and returns it. */
static StoreValue *
add_row(Task *task, size_t width)
{
	if (task->values == NULL)
		/* One without parameters has memory, too: NULL is no address to count from. */
		task->values = g_array_sized_new(
			FALSE, FALSE, sizeof(StoreValue), (guint)MAX(width, 1));
	g_array_set_size(task->values, task->values->len + (guint)width);
	task->n++;
	return &g_array_index(task->values, StoreValue, task->values->len - width);
}

void
task_add(Task *task, ...)
{
	StoreValue *value = add_row(task, strlen(task->types));
	va_list arguments;

	va_start(arguments, task);
	for (const char *type = task->types; *type != '\0'; type++, value++) {
		*value = (StoreValue){ .type = VALUE_NULL };
		if (*type == 'i' || *type == 'n') {
			value->number = va_arg(arguments, int64_t);
			if (*type == 'i' || value->number != 0)
				value->type = VALUE_INT;
		} else if (*type == 't') {
			value->bytes = va_arg(arguments, const char *);
			if (value->bytes != NULL)
				value->type = VALUE_TEXT;
		} else {
			value->type = VALUE_BLOB;
			value->bytes = va_arg(arguments, const void *);
			value->number = (int64_t)va_arg(arguments, size_t);
		}
	}
	va_end(arguments);
}

void
task_add_numbers(Task *task, const int64_t *numbers)
{
	const size_t width = strlen(task->types);
	StoreValue *value = add_row(task, width);

	for (size_t i = 0; i < width; i++)
		value[i] = (StoreValue){ .type = VALUE_INT, .number = numbers[i] };
}

typedef struct {
	const Store *store;
	const Task *task;
} Asked;

static void
take_number(void *data, size_t row, StoreStatement *statement)
{
	const Asked *asked = data;

	asked->task->results[row] = asked->store->driver->column_int(statement, 0);
}

static void
take_answer(void *data, size_t row, StoreStatement *statement)
{
	const Asked *asked = data;

	asked->task->answer(asked->task->data, row, asked->store, statement);
}

bool
store_perform(Store *store, Task *const *tasks, size_t n, GError **error)
{
	g_autofree StoreTask *works = g_new0(StoreTask, n);
	g_autofree Asked *asked = g_new(Asked, n);
	size_t n_works = 0;

	for (size_t i = 0; i < n; i++) {
		Task *task = tasks[i];
		if (task->n == 0)
			continue;
		StoreStatement *statement = find_statement(store, task->which, error);
		if (statement == NULL)
			return false;
		g_free(task->results);
		task->results = g_new0(int64_t, task->n);
		asked[n_works] = (Asked){ store, task };
		works[n_works] = (StoreTask){
			.statement = statement,
			.values = (const StoreValue *)(const void *)task->values->data,
			.width = task->values->len / task->n,
			.n = task->n,
			.changes = task->gives_number || task->is_plain || task->is_blind
				? NULL
				: task->results,
			.is_plain = task->is_plain,
			.answer = task->answer != NULL ? take_answer
				: task->gives_number   ? take_number
						       : NULL,
			.data = &asked[n_works],
		};
		n_works++;
	}
	return n_works == 0 || store->driver->perform(store->connection, works, n_works, error);
}
