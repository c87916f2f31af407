#include "tlsrpt/table.h"

#include "tlsrpt/day.h"
#include "tlsrpt/text_table.h"

#include <string.h>

/* The texts that were appended to a cell, to know each again, and the size of its memory. */
struct CellList {
	GHashTable *known;
	size_t length, size;
};

/* The first row of each text in the first column. */
struct TableIndex {
	GHashTable *rows; /* the text, which the cell has, to the row */
	guint n_rows; /* of the table, when it was made */
};

static void
cell_forget_list(Cell *cell)
{
	if (cell->list == NULL)
		return;
	g_hash_table_unref(cell->list->known);
	g_clear_pointer(&cell->list, g_free);
}

void
table_truncate(Table *table, size_t n)
{
	for (size_t i = n; i < table->rows->len; i++) {
		Cell *cells = g_ptr_array_index(table->rows, i);
		for (size_t j = 0; j < table->n_columns; j++) {
			g_free(cells[j].text);
			cell_forget_list(&cells[j]);
			if (cells[j].bars != NULL)
				g_array_unref(cells[j].bars);
		}
		g_free(cells);
	}
	if (n < table->rows->len)
		g_ptr_array_set_size(table->rows, (gint)n);
}

static void
table_free(gpointer data)
{
	Table *table = data;

	table_truncate(table, 0);
	g_hash_table_unref(table->index->rows);
	g_free(table->index);
	g_ptr_array_unref(table->rows);
	g_free(table);
}

Document *
document_new(const char *schema)
{
	Document *document = g_new0(Document, 1);

	document->schema = schema;
	document->tables = g_ptr_array_new_with_free_func(table_free);
	return document;
}

void
document_free(Document *document)
{
	if (document == NULL)
		return;
	g_ptr_array_unref(document->tables);
	g_bytes_unref(document->bytes);
	g_free(document);
}

Table *
document_add_table(Document *document, const char *key, const char *title, const Column *columns,
	size_t n_columns)
{
	Table *table = g_new0(Table, 1);

	table->key = key;
	table->title = title;
	table->columns = columns;
	table->n_columns = n_columns;
	table->rows = g_ptr_array_new();
	table->index = g_new0(struct TableIndex, 1);
	table->index->rows = text_table_new(NULL, NULL);
	g_ptr_array_add(document->tables, table);
	return table;
}

Cell *
table_add_row(Table *table)
{
	Cell *cells = g_new0(Cell, table->n_columns);

	g_ptr_array_add(table->rows, cells);
	return cells;
}

double
share_of(int64_t failed, int64_t sessions)
{
	return sessions > 0 ? (double)failed / (double)sessions : CELL_NOTHING;
}

void
cell_set_text(Cell *cell, const char *text)
{
	cell_forget_list(cell);
	g_free(cell->text);
	cell->text = text != NULL && *text != '\0' ? g_strdup(text) : NULL;
}

void
cell_set_day_text(Cell *cell, int64_t day)
{
	g_autofree char *text = day != DAY_NONE ? day_text(day) : NULL;

	cell_set_text(cell, text);
}

void
cell_set_enum(Cell *cell, int value, const char *name)
{
	cell->number = value;
	cell->name = name;
}

/* A list that begins with the texts that a cell has so far. */
static struct CellList *
list_of(const char *text, const char *separator)
{
	struct CellList *list = g_new0(struct CellList, 1);
	g_auto(GStrv) parts = g_strsplit(text, separator, -1);

	list->known = text_table_new(g_free, NULL);
	list->length = strlen(text);
	for (char **part = parts; *part != NULL; part++) {
		char *copy = g_strdup(*part);
		g_hash_table_add(list->known, copy);
	}
	return list;
}

/* Appends to the text.  Its memory is doubled, so that not every name copies thousands before it. */
static void
grow(Cell *cell, const char *text)
{
	struct CellList *list = cell->list;
	const size_t length = strlen(text);

	if (cell->text == NULL || list->length + length + 1 > list->size) {
		list->size = 2 * (list->length + length + 1);
		cell->text = g_realloc(cell->text, list->size);
	}
	memcpy(cell->text + list->length, text, length + 1);
	list->length += length;
}

void
cell_append_text(Cell *cell, const char *separator, const char *text)
{
	if (*text == '\0')
		return;
	if (cell->list == NULL)
		cell->list = list_of(cell->text != NULL ? cell->text : "", separator);
	if (g_hash_table_add(cell->list->known, g_strdup(text))) {
		if (cell->text != NULL)
			grow(cell, separator);
		grow(cell, text);
	}
}

size_t
table_find(const Table *table, const char *text)
{
	struct TableIndex *index = table->index;
	gpointer row;

	if (index->n_rows != table->rows->len)
		g_hash_table_remove_all(index->rows);
	for (guint i = index->n_rows != table->rows->len ? 0 : index->n_rows; i < table->rows->len;
		i++) {
		const char *key = row_text(g_ptr_array_index(table->rows, i), 0);
		if (!g_hash_table_contains(index->rows, key))
			g_hash_table_insert(index->rows, (gpointer)key, GUINT_TO_POINTER(i));
	}
	index->n_rows = table->rows->len;
	return g_hash_table_lookup_extended(index->rows, text, NULL, &row) ? GPOINTER_TO_UINT(row)
									   : table->rows->len;
}

const char *
row_text(const Cell *row, size_t column)
{
	return row[column].text != NULL ? row[column].text : "";
}

static const Table *
find_table(const Document *document, const char *key)
{
	for (size_t i = 0; i < document->tables->len; i++) {
		const Table *table = g_ptr_array_index(document->tables, i);
		if (strcmp(table->key, key) == 0)
			return table;
	}
	return NULL;
}

bool
document_has_table(const Document *document, const char *key)
{
	return find_table(document, key) != NULL;
}

const Table *
document_table(const Document *document, const char *key)
{
	const Table *table = find_table(document, key);

	g_assert(table != NULL);
	return table;
}

const Cell *
table_cell(const Table *table, size_t row, const char *key)
{
	const Cell *cells = g_ptr_array_index(table->rows, row);

	for (size_t i = 0; i < table->n_columns; i++) {
		if (g_strcmp0(table->columns[i].key, key) == 0)
			return &cells[i];
	}
	g_assert_not_reached();
}

const char *
table_text(const Table *table, size_t row, const char *key)
{
	const Cell *cell = table_cell(table, row, key);

	return cell->text != NULL ? cell->text : cell->name != NULL ? cell->name : "";
}

const char *
table_text_or(const Table *table, size_t row, const char *key, const char *unknown)
{
	const char *text = table_text(table, row, key);

	return *text != '\0' ? text : unknown;
}

int64_t
table_number(const Table *table, size_t row, const char *key)
{
	return table_cell(table, row, key)->number;
}
