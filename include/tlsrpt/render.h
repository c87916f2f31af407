/* Documents to bytes: no store, no clock. */
#ifndef TLSRPT_RENDER_H
#define TLSRPT_RENDER_H

#include "tlsrpt/table.h"

#include <glib.h>
#include <stdbool.h>
#include <stdio.h>

/* Where the bytes go, and how text among them is to look. */
typedef struct {
	FILE *file;
	int width; /* columns of the terminal */
	bool color, ascii;
	bool is_terminal; /* which obeys what control characters say */
} Output;

/*
 * The names of the formats that a document with that schema can be had in, the default one first;
 * ends with NULL.  Caller frees the array with g_free(), the names are static.
 */
const char **render_formats(const char *schema);

/* Writes the document in a format, which must be one of those. */
void render(const Document *document, const char *format, const Output *out);

/* What the registry (registry.c) consists of: the text of documents that are more than their tables. */
void text_summary(const Document *document, const Output *out);
void text_failures(const Document *document, const Output *out);
void text_notes(const Document *document, const Output *out);
void text_check(const Document *document, const Output *out);
void text_report(const Document *document, const Output *out);
void text_explain(const Document *document, const Output *out);
void text_policy(const Document *document, const Output *out);
void text_record(const Document *document, const Output *out);
void text_status(const Document *document, const Output *out);
void text_prune(const Document *document, const Output *out);
void text_reprocess(const Document *document, const Output *out);
void text_quarantine(const Document *document, const Output *out);
void text_digest(const Document *document, const Output *out);

/* The digest as a page that needs nothing from elsewhere: no style sheet, image or script. */
void html_digest(const Document *document, const Output *out);

/* Likewise, and as text, in a message for sendmail(1). */
void message_digest(const Document *document, const Output *out);

/* The sums of view_daily_sums(), for the textfile collector. */
void prometheus_daily(const Document *document, const Output *out);

/* Any document. */
void text_tables(const Document *document, const Output *out);
void json_document(const Document *document, const Output *out);
void ndjson_document(const Document *document, const Output *out);
void csv_document(const Document *document, const Output *out);

/*
 * What a stranger wrote, safe to be shown in that style: escape_terminal(), and without anything but
 * ASCII where the style asks for that.  Caller frees.
 */
char *text_safe(const char *text, size_t limit, const Output *out);

/*
 * Likewise a name, which text_paragraph() and text_table() do not break: its blanks are LAYOUT_BLANK.
 * Caller frees.
 */
char *text_name(const char *name, size_t limit, const Output *out);

/* Lines as "a, b and 2 more", each a text_name(); caller frees. */
char *text_names(const char *lines, guint shown, size_t limit, const Output *out);

/*
 * A paragraph of safe text, folded to the width; from the second line on indented.  What is wider
 * than a line alone is broken by letters.
 */
void text_paragraph(const char *text, int indent, const Output *out);

/*
 * "#3 example.com: certificate-expired at mx2.example.com", of the row of a table with the columns of
 * an incident, its number in the column id.  Caller frees.
 */
char *incident_title(const Table *table, size_t row, const char *id, const Output *out);

/* One table. */
void text_table(const Table *table, const Output *out);

/*
 * A bar of one character for each day: the larger the share, the higher; "." where there is nothing.
 * Caller frees.
 */
char *bars_text(const GArray *bars, bool ascii);

/* "7.5 %", "-" for nothing; caller frees. */
char *share_text(double share);

#endif
