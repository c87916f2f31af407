#include "pgsql_values.h"

#include "sql_pgsql.h"

#include <string.h>

#define BINARY 1
#define TEXT 0

/*
 * The object identifiers of types, which are the same in every PostgreSQL.  A number is always one of
 * 64 bits, since some are compared with a column that is shorter.
 */
static const struct {
	const char *name;
	unsigned oid;
} types[] = {
	[VALUE_NULL] = { "bigint", 0 },
	[VALUE_INT] = { "bigint", 20 },
	[VALUE_TEXT] = { "text", 25 },
	[VALUE_BLOB] = { "bytea", 17 },
};

static void *
keep(PgsqlValues *values, void *piece)
{
	if (values->pieces == NULL)
		values->pieces = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(values->pieces, piece);
	return piece;
}

void
pgsql_values_clear(PgsqlValues *values)
{
	g_clear_pointer(&values->pieces, g_ptr_array_unref);
}

/* A text as the server takes it: it refuses what is not UTF-8, which other engines keep. */
static const char *
valid_text(PgsqlValues *values, const char *text)
{
	return g_utf8_validate(text, -1, NULL) ? text : keep(values, g_utf8_make_valid(text, -1));
}

void
pgsql_values_of_row(PgsqlValues *values, const StoreValue *row, size_t width)
{
	for (size_t i = 0; i < width; i++) {
		const StoreValue *value = &row[i];
		values->types[i] = types[value->type].oid;
		values->formats[i] = value->type == VALUE_BLOB ? BINARY : TEXT;
		values->lengths[i] = value->type == VALUE_BLOB ? (int)value->number : 0;
		switch (value->type) {
		case VALUE_NULL:
			values->values[i] = NULL;
			break;
		case VALUE_INT:
			g_snprintf(values->numbers[i], sizeof(values->numbers[i]),
				"%" G_GINT64_FORMAT, value->number);
			values->values[i] = values->numbers[i];
			break;
		case VALUE_TEXT:
			values->values[i] = valid_text(values, value->bytes);
			break;
		case VALUE_BLOB:
			values->values[i] = value->bytes != NULL ? value->bytes : "";
			break;
		}
	}
}

/* --- arrays */

/* A column may be NULL in some of the rows, or in all of them. */
static ValueType
type_of_column(const StoreTask *task, size_t column)
{
	for (size_t row = 0; row < task->n; row++) {
		const ValueType type = task->values[row * task->width + column].type;
		if (type != VALUE_NULL)
			return type;
	}
	return VALUE_INT;
}

void
pgsql_types_of_task(unsigned *of, const StoreTask *task)
{
	for (size_t column = 0; column < task->width; column++)
		of[column] = types[type_of_column(task, column)].oid;
}

static void
append_number(GByteArray *bytes, guint32 number)
{
	const guint32 sent = GUINT32_TO_BE(number);

	g_byte_array_append(bytes, (const guint8 *)&sent, sizeof(sent));
}

static void
append_value(PgsqlValues *values, GByteArray *bytes, const StoreValue *value)
{
	if (value->type == VALUE_NULL) {
		append_number(bytes, G_MAXUINT32);
	} else if (value->type == VALUE_INT) {
		const gint64 sent = GINT64_TO_BE(value->number);
		append_number(bytes, sizeof(sent));
		g_byte_array_append(bytes, (const guint8 *)&sent, sizeof(sent));
	} else {
		const char *text = value->type == VALUE_TEXT ? valid_text(values, value->bytes)
							     : value->bytes;
		const guint size = value->type == VALUE_TEXT ? (guint)strlen(text)
							     : (guint)value->number;
		append_number(bytes, size);
		g_byte_array_append(bytes, (const guint8 *)text, size);
	}
}

void
pgsql_values_of_rows(PgsqlValues *values, const StoreTask *task)
{
	for (size_t column = 0; column < task->width; column++) {
		GByteArray *bytes = g_byte_array_new();
		append_number(bytes, 1); /* dimensions */
		append_number(bytes, 1); /* there may be NULLs */
		append_number(bytes, types[type_of_column(task, column)].oid);
		append_number(bytes, (guint32)task->n);
		append_number(bytes, 1); /* the first index */
		for (size_t row = 0; row < task->n; row++)
			append_value(values, bytes, &task->values[row * task->width + column]);
		values->lengths[column] = (int)bytes->len;
		values->formats[column] = BINARY;
		values->values[column] = keep(values, g_byte_array_free(bytes, FALSE));
	}
}

char *
pgsql_sql_of_rows(const char *sql, const StoreTask *task)
{
	const char *names[PGSQL_PARAMETERS_MAX] = { NULL };

	for (size_t column = 0; column < task->width; column++)
		names[column] = types[type_of_column(task, column)].name;
	return sql_pgsql_of_rows(sql, names, task->width);
}
