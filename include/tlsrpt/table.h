/* A document before it is formatted: the tables that it consists of. */
#ifndef TLSRPT_TABLE_H
#define TLSRPT_TABLE_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
	CELL_TEXT, /* written by strangers: every format escapes it */
	CELL_WORD, /* likewise, but short */
	CELL_NAME, /* a name of a stranger, of which no line is broken in the middle: of a host, for example */
	CELL_NAMES, /* several such names, one in each line */
	CELL_ENUM, /* a value of an enumeration, with the name that is written: cell_set_enum() */
	CELL_COUNT,
	CELL_SECONDS, /* a length of time; a negative one is unknown */
	CELL_SHARE, /* 0 to 1, or CELL_NOTHING */
	CELL_DAY, /* days since 1970-01-01 */
	CELL_TIME, /* UTC epoch seconds; 0 is none */
	CELL_FLAG, /* 0 or 1 */
	CELL_BARS, /* for each day a share, or CELL_NOTHING */
} CellKind;

/* In place of a share, if there were no sessions at all. */
#define CELL_NOTHING (-1.0)

/* failed / sessions, or CELL_NOTHING. */
double share_of(int64_t failed, int64_t sessions);

typedef struct {
	const char *key; /* its name in machine formats; NULL leaves the column out of these */
	const char *title; /* its name for people; NULL leaves the column out of the text */
	CellKind kind;
} Column;

typedef struct {
	char *text; /* NULL is unknown */
	const char *name; /* of the value of a CELL_ENUM; static; NULL is unknown */
	int64_t number;
	double share;
	GArray *bars; /* of double */
	struct CellList *list; /* private: the texts that cell_append_text() has appended */
} Cell;

typedef struct {
	const char *key, *title;
	const Column *columns;
	size_t n_columns;
	GPtrArray *rows; /* of Cell *, n_columns each */
	struct TableIndex *index; /* private: where table_find() finds a text */
} Table;

typedef struct {
	const char *schema; /* "summary" */
	GPtrArray *tables; /* of Table; formats that can hold only one table have the first one */
	bool is_blank; /* there is nothing to say, so nothing is to be printed */
	int exit_code; /* of the command that has printed it */
	GBytes *bytes; /* what the text format writes in place of the tables; or NULL */
} Document;

Document *document_new(const char *schema);
void document_free(Document *document);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Document, document_free)

/* Adds a table, which belongs to the document.  The columns and all names are static. */
Table *document_add_table(Document *document, const char *key, const char *title,
	const Column *columns, size_t n_columns);

/* Adds an empty row; its cells belong to the table. */
Cell *table_add_row(Table *table);

/* Removes the rows from number n on, which counts from 0. */
void table_truncate(Table *table, size_t n);

void cell_set_text(Cell *cell, const char *text); /* NULL and "" are unknown */

/* Sets the text of a day (YYYY-MM-DD); DAY_NONE is unknown. */
void cell_set_day_text(Cell *cell, int64_t day);

/* Sets a CELL_ENUM.  Renderers switch over the value; every format writes the name, which is static. */
void cell_set_enum(Cell *cell, int value, const char *name);

/* Appends a text to those that a cell already has, unless it is one of them. */
void cell_append_text(Cell *cell, const char *separator, const char *text);

/*
 * The first row with a text in the first column, or the number of rows if there is none.  The first call walks
 * over all rows; so a caller that asks often does so when no row is added and no such text set any more.
 */
size_t table_find(const Table *table, const char *text);

/* The text of a cell of a row; "" if unknown. */
const char *row_text(const Cell *row, size_t column);

/* The table of that key; it must be there. */
const Table *document_table(const Document *document, const char *key);

bool document_has_table(const Document *document, const char *key);

/* The cell of a row in the column of that key; it must be there. */
const Cell *table_cell(const Table *table, size_t row, const char *key);

/* The text of such a cell, or the name of its value; "" if unknown. */
const char *table_text(const Table *table, size_t row, const char *key);

/* Likewise, but unknown in place of "". */
const char *table_text_or(const Table *table, size_t row, const char *key, const char *unknown);

/* The number of such a cell, or the value of an enumeration. */
int64_t table_number(const Table *table, size_t row, const char *key);

#endif
