/* The words and limits that the text and the HTML of the weekly digest share. */
#ifndef TLSRPT_RENDER_DIGEST_H
#define TLSRPT_RENDER_DIGEST_H

#include "tlsrpt/render.h"
#include "tlsrpt/table.h"
#include "tlsrpt/view_digest.h"

#include <glib.h>
#include <stddef.h>

/* How much the mail shows of each table.  The machine formats have all of it. */
#define DIGEST_PROBLEMS_SHOWN 15 /* of each section, with all that is known */
#define DIGEST_LINES_SHOWN 10 /* of what is over, of the kinds in a section, and of the reasons */
#define DIGEST_DOMAINS_SHOWN 20
#define DIGEST_NAME_BYTES 253 /* the longest domain (RFC 1035 section 2.3.4) */

/* What stands below the table of domains. */
#define DIGEST_TABLE_LEGEND \
	"Share is the part of the sessions that failed; Before, that of the week before."

/* "Broken now"; static. */
const char *digest_section_title(DigestSection section);

/* "TLS reports example.com +2: 1 critical, 1 over": one line of safe text; caller frees. */
char *digest_subject(const Document *document);

/* The same as a sentence: "1 problem holds mail back."  Caller frees. */
char *digest_sentence(const Document *document);

/*
 * Likewise, from a table with one row that has the columns critical, warnings, well, sessions,
 * failed_sessions, reception and unverified_reports of the digest.
 */
char *digest_sentence_of(const Table *head);

/*
 * The rows of the table of problems that are in a section, in their order: an array of size_t, caller
 * unrefs.
 */
GArray *digest_rows(const Document *document, DigestSection section);

/* What is said of a row in SECTION_OVER: "#4 over tlsa-invalid: example.com, last seen 2026-11-14"; caller frees. */
char *digest_over(const Document *document, size_t row);

/* What follows those rows that are shown: "and 3 more: tlsrpt failures"; NULL if nothing; caller frees. */
char *digest_more(size_t rows, size_t shown);

/*
 * Each gives lines of safe text: the problems of a section that are only counted, by kind; what waits in
 * quarantine; and what is said of the domains that are not in the table.  Array of char *, caller
 * unrefs.
 */
GPtrArray *digest_kinds(const Document *document, DigestSection section);
GPtrArray *digest_quarantine(const Document *document);
GPtrArray *digest_other_domains(const Document *document);

/* How many rows of the table of domains are shown: those that failed first. */
size_t digest_domains_shown(const Document *document);

#endif
