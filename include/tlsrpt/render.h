/* Writes documents in the formats that there are.  Nothing here reads the store or the clock. */
#ifndef TLSRPT_RENDER_H
#define TLSRPT_RENDER_H

#include "tlsrpt/table.h"

#include <glib.h>
#include <stdbool.h>
#include <stdio.h>

/* Where the bytes go, and what text has to look like there. */
typedef struct {
	FILE *file;
	int width; /* columns of the terminal */
	bool color, ascii;
	bool unicode; /* U-labels beside A-labels (RFC 5890) */
	bool is_terminal; /* so control characters in a message would be obeyed */
} Output;

/*
 * The names of the formats in which a document with that schema can be written, the default first and
 * NULL at the end.  The caller frees the array with g_free(); the names are static.
 */
const char **render_formats(const char *schema);

/* Writes the document in a format, which must be one of those. */
void render(const Document *document, const char *format, const Output *out);

/*
 * The functions that registry.c lists.  First those that write a text of their own for one document;
 * all other documents are written as tables by text_tables().
 */
void text_summary(const Document *document, const Output *out);
void text_failures(const Document *document, const Output *out);
void text_notes(const Document *document, const Output *out);
void text_check(const Document *document, const Output *out);
void text_report(const Document *document, const Output *out);
void text_explain(const Document *document, const Output *out);
void text_explain_problem(const Document *document, const Output *out);
void text_explain_silence(const Document *document, const Output *out);
void text_policy(const Document *document, const Output *out);
void text_record(const Document *document, const Output *out);
void text_status(const Document *document, const Output *out);
void text_drop(const Document *document, const Output *out);
void text_prune(const Document *document, const Output *out);
void text_reprocess(const Document *document, const Output *out);
void text_quarantine(const Document *document, const Output *out);
void text_quarantine_fates(const Document *document, const Output *out);
void text_digest(const Document *document, const Output *out);
void text_alert(const Document *document, const Output *out);

/* As HTML pages that load nothing from elsewhere: no style sheet, image or script. */
void html_digest(const Document *document, const Output *out);
void html_alert(const Document *document, const Output *out);
void html_page(const Document *document, const Output *out);

/* The style sheet of html_page(); static. */
const char *page_css(void);

/* As mails with a text part and an HTML part, to be given to sendmail(1). */
void message_digest(const Document *document, const Output *out);
void message_alert(const Document *document, const Output *out);

/* The bytes of that mail; caller unrefs. */
GBytes *alert_message(const Document *document);

/* The document of view_metrics(), for the textfile collector of Prometheus. */
void prometheus_daily(const Document *document, const Output *out);

/* These write any document. */
void text_tables(const Document *document, const Output *out);
void json_document(const Document *document, const Output *out);
void ndjson_document(const Document *document, const Output *out);
void csv_document(const Document *document, const Output *out);

/*
 * A bar of one character for each day, the higher the larger the share is.  A day without sessions has
 * a dot.  Caller frees.
 */
char *bars_text(const GArray *bars, bool ascii);

/* "7.5 %", or "-" for CELL_NOTHING; caller frees. */
char *share_text(double share);

/* The day in a cell, "2026-11-23"; caller frees. */
char *table_day(const Table *table, size_t row, const char *key);

#endif
