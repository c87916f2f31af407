/* Documents to bytes: no store, no clock. */
#ifndef TLSRPT_RENDER_H
#define TLSRPT_RENDER_H

#include "tlsrpt/table.h"

#include <glib.h>
#include <stdbool.h>
#include <stdio.h>

/* How text is to look. */
typedef struct {
	int width; /* columns of the terminal */
	bool color, ascii;
} TextStyle;

/* A format that a document can be had in. */
typedef struct {
	const char *name;
	void (*render)(const Document *document, const TextStyle *style, FILE *out);
} Format;

/* All of them; ends with a NULL name. */
extern const Format formats[];

/* NULL if there is none of that name. */
const Format *format_find(const char *name);

/* The text of documents that are more than their tables. */
void text_summary(const Document *document, const TextStyle *style, FILE *out);
void text_failures(const Document *document, const TextStyle *style, FILE *out);
void text_notes(const Document *document, const TextStyle *style, FILE *out);
void text_check(const Document *document, const TextStyle *style, FILE *out);
void text_report(const Document *document, const TextStyle *style, FILE *out);
void text_explain(const Document *document, const TextStyle *style, FILE *out);
void text_policy(const Document *document, const TextStyle *style, FILE *out);
void text_record(const Document *document, const TextStyle *style, FILE *out);
void text_status(const Document *document, const TextStyle *style, FILE *out);
void text_prune(const Document *document, const TextStyle *style, FILE *out);
void text_reprocess(const Document *document, const TextStyle *style, FILE *out);
void text_quarantine(const Document *document, const TextStyle *style, FILE *out);

/*
 * What a stranger wrote, safe to be shown in that style: escape_terminal(), and without anything but
 * ASCII where the style asks for that.  Caller frees.
 */
char *text_safe(const char *text, size_t limit, const TextStyle *style);

/*
 * Likewise a name, which text_paragraph() and text_table() do not break: its blanks are LAYOUT_BLANK.
 * Caller frees.
 */
char *text_name(const char *name, size_t limit, const TextStyle *style);

/* Lines as "a, b and 2 more", each a text_name(); caller frees. */
char *text_names(const char *lines, guint shown, size_t limit, const TextStyle *style);

/*
 * A paragraph of safe text, folded to the width; from the second line on indented.  What is wider
 * than a line alone is broken by letters.
 */
void text_paragraph(const char *text, int indent, const TextStyle *style, FILE *out);

/*
 * "#3 example.com: certificate-expired at mx2.example.com", of the row of a table with the columns of
 * an incident, its number in the column id.  Caller frees.
 */
char *incident_title(const Table *table, size_t row, const char *id, const TextStyle *style);

/* One table. */
void text_table(const Table *table, const TextStyle *style, FILE *out);

void render_text(const Document *document, const TextStyle *style, FILE *out);
void render_json(const Document *document, const TextStyle *style, FILE *out);
void render_ndjson(const Document *document, const TextStyle *style, FILE *out);
void render_csv(const Document *document, const TextStyle *style, FILE *out);

/*
 * A bar of one character for each day: the larger the share, the higher; "." where there is nothing.
 * Caller frees.
 */
char *bars_text(const GArray *bars, bool ascii);

/* "7.5 %", "-" for nothing; caller frees. */
char *share_text(double share);

#endif
