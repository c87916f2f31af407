/* The words and limits that the text and the HTML of an alert share. */
#ifndef TLSRPT_RENDER_ALERT_H
#define TLSRPT_RENDER_ALERT_H

#include "tlsrpt/render.h"
#include "tlsrpt/table.h"
#include "tlsrpt/view_alert.h"

#include <stdbool.h>
#include <stddef.h>

/* How much the mail shows.  The machine formats have all of it. */
#define ALERT_CHANGES_SHOWN 50
#define ALERT_NAMES_SHOWN 5
#define ALERT_NAME_BYTES 253 /* the longest domain (RFC 1035 section 2.3.4) */
#define ALERT_TITLE_BYTES 400
#define ALERT_NOTE_BYTES 1000

/* The parts of an alert, in their order; each has the changes of one kind. */
extern const AlertChange alert_sections[];
#define ALERT_SECTIONS 4

/* "Began"; static. */
const char *alert_section_title(AlertChange change);

/* "TLS alert example.com: critical, certificate-expired at mx.example.com": safe; caller frees. */
char *alert_subject(const Document *document);

/* "#12 critical: certificate-expired at mx.example.com (example.com)"; not safe yet; caller frees. */
char *alert_heading(const Table *changes, size_t row);

/*
 * What is said of one change, line by line, in plain text that is not safe yet: "12 of 300 sessions
 * failed (4.0 %)", for instance.  Caller frees.
 */
GPtrArray *alert_facts(const Document *document, size_t row);

/* The commands for it, one in each string; they are safe.  Caller frees. */
GPtrArray *alert_commands(const Document *document, size_t row);

/* The first names of a cell with one in each line: "a, b and 3 more"; not safe; caller frees. */
char *alert_names(const Table *changes, size_t row, const char *key);

#endif
