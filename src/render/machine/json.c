/* JSON, written by json-c.  The directory contrib/schema describes each document. */
#include "tlsrpt/render.h"

#include "tlsrpt/day.h"
#include "tlsrpt/escape.h"

#include <json-c/json.h>
#include <math.h>

#define SCHEMA_VERSION 1

/* Six digits are enough for a share, and the same on every machine. */
static struct json_object *
share_value(double share)
{
	char text[32];

	if (share < 0)
		return NULL;
	g_ascii_formatd(text, sizeof(text), "%.6f", share);
	return json_object_new_double_s(share, text);
}

static struct json_object *
text_value(const char *text)
{
	/* Text that is not UTF-8 would break the whole JSON, and other programs may write to a store. */
	g_autofree char *valid = text == NULL || g_utf8_validate(text, -1, NULL)
		? NULL
		: g_utf8_make_valid(text, -1);

	return text != NULL ? json_object_new_string(valid != NULL ? valid : text) : NULL;
}

static struct json_object *
cell_value(const Cell *cell, CellKind kind)
{
	g_autofree char *text = NULL;

	switch (kind) {
	case CELL_TEXT:
	case CELL_WORD:
	case CELL_NAME:
	case CELL_NAMES:
		return text_value(cell->text);
	case CELL_ENUM:
		return text_value(cell->name);
	case CELL_COUNT:
		return json_object_new_int64(cell->number);
	case CELL_FLAG:
		return json_object_new_boolean(cell->number != 0);
	case CELL_SECONDS:
		return cell->number >= 0 ? json_object_new_int64(cell->number) : NULL;
	case CELL_SHARE:
		return share_value(cell->share);
	case CELL_DAY:
		text = day_text(cell->number);
		return text_value(text);
	case CELL_TIME:
		text = cell->number != 0 ? time_text(cell->number) : NULL;
		return text_value(text);
	case CELL_BARS:
		break;
	}

	struct json_object *array = json_object_new_array();
	for (size_t i = 0; i < cell->bars->len; i++)
		json_object_array_add(array, share_value(g_array_index(cell->bars, double, i)));
	return array;
}

static struct json_object *
row_value(const Table *table, size_t index)
{
	const Cell *cells = g_ptr_array_index(table->rows, index);
	struct json_object *row = json_object_new_object();

	for (size_t j = 0; j < table->n_columns; j++) {
		if (table->columns[j].key != NULL)
			json_object_object_add(row, table->columns[j].key,
				cell_value(&cells[j], table->columns[j].kind));
	}
	return row;
}

static void
print(struct json_object *value, int flags, const Output *out)
{
	g_autofree char *safe = escape_json(
		json_object_to_json_string_ext(value, flags | JSON_C_TO_STRING_NOSLASHESCAPE));

	fprintf(out->file, "%s\n", safe);
}

void
json_document(const Document *document, const Output *out)
{
	g_autofree char *schema = g_strconcat("tlsrpt/", document->schema, NULL);
	struct json_object *root = json_object_new_object();

	json_object_object_add(root, "schema", json_object_new_string(schema));
	json_object_object_add(root, "version", json_object_new_int(SCHEMA_VERSION));
	for (size_t i = 0; i < document->tables->len; i++) {
		const Table *table = g_ptr_array_index(document->tables, i);
		struct json_object *rows = json_object_new_array();
		for (size_t j = 0; j < table->rows->len; j++)
			json_object_array_add(rows, row_value(table, j));
		json_object_object_add(root, table->key, rows);
	}
	print(root, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED, out);
	json_object_put(root);
}

void
ndjson_document(const Document *document, const Output *out)
{
	if (document->tables->len == 0)
		return;

	const Table *table = g_ptr_array_index(document->tables, 0);
	for (size_t i = 0; i < table->rows->len; i++) {
		struct json_object *row = row_value(table, i);
		print(row, JSON_C_TO_STRING_PLAIN, out);
		json_object_put(row);
	}
}
