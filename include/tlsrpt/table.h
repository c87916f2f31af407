/* What an answer consists of, before it is formatted: tables. */
#ifndef TLSRPT_TABLE_H
#define TLSRPT_TABLE_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
	CELL_TEXT, /* written by strangers: every format escapes it */
	CELL_WORD, /* likewise, but short */
	CELL_NAME, /* likewise, and stays whole: of a domain, a host, an organization, a result type */
	CELL_NAMES, /* such names, a line each */
	CELL_COUNT,
	CELL_SECONDS, /* a span of time; below 0 is unknown */
	CELL_SHARE, /* 0 to 1, or CELL_NOTHING */
	CELL_DAY, /* days since 1970-01-01 */
	CELL_TIME, /* UTC epoch seconds; 0 is none */
	CELL_FLAG, /* 0 or 1 */
	CELL_BARS, /* a share for each day, or CELL_NOTHING */
} CellKind;

/* A share where there is nothing to have a share of. */
#define CELL_NOTHING (-1.0)

/* failed / sessions, or CELL_NOTHING. */
double share_of(int64_t failed, int64_t sessions);

typedef struct {
	const char *key; /* in machine formats; NULL leaves the column out of them */
	const char *title; /* for people; NULL leaves the column out of the text */
	CellKind kind;
} Column;

typedef struct {
	char *text; /* NULL is unknown */
	int64_t number;
	double share;
	GArray *bars; /* of double */
	struct CellList *list; /* private: what cell_append_text() has put together */
} Cell;

typedef struct {
	const char *key, *title;
	const Column *columns;
	size_t n_columns;
	GPtrArray *rows; /* of Cell *, n_columns each */
} Table;

typedef struct {
	const char *schema; /* "summary" */
	GPtrArray *tables; /* of Table; the first is the one of formats that have only one */
	bool is_blank; /* nothing of it is to be printed */
	int exit_code; /* with which the command ends that has printed it */
	GBytes *bytes; /* what the text is, as it is, instead of the tables; or NULL */
} Document;

Document *document_new(const char *schema);
void document_free(Document *document);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Document, document_free)

/* Columns and names are static. The table belongs to the document. */
Table *document_add_table(Document *document, const char *key, const char *title,
	const Column *columns, size_t n_columns);

/* A new row, empty; the cells belong to the table. */
Cell *table_add_row(Table *table);

void cell_set_text(Cell *cell, const char *text); /* "" is unknown, too */

/* Appends a text to those that a cell has, if it is not among them. */
void cell_append_text(Cell *cell, const char *separator, const char *text);

/* The text of a cell of a row; "" if unknown. */
const char *row_text(const Cell *row, size_t column);

/* The table of that key; it must be there. */
const Table *document_table(const Document *document, const char *key);

/* The cell of a row in the column of that key; it must be there. */
const Cell *table_cell(const Table *table, size_t row, const char *key);

/* The text of such a cell; "" if unknown. */
const char *table_text(const Table *table, size_t row, const char *key);

#endif
