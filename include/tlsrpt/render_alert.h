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

/* The parts of an alert, in their order; each has the changes of one kind. */
extern const AlertChange alert_sections[];
#define ALERT_SECTIONS 4

/* "Began"; static. */
const char *alert_section_title(AlertChange change);

/* "TLS alert example.com: critical, certificate-expired at mx.example.com": safe; caller frees. */
char *alert_subject(const Document *document);

/* The first line of a change: "#12 CRITICAL ..." of problem_heading(); safe; caller frees. */
char *alert_heading(const Table *changes, size_t row);

/*
 * What is said of one change, line by line: problem_facts(), and what it does to mail; safe.  Caller
 * unrefs.
 */
GPtrArray *alert_facts(const Document *document, size_t row);

/* The commands for it, one in each string; they are safe.  Caller frees. */
GPtrArray *alert_commands(const Document *document, size_t row);

#endif
