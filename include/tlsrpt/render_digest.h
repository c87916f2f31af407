/* The words that the text and the HTML of the weekly digest share. */
#ifndef TLSRPT_RENDER_DIGEST_H
#define TLSRPT_RENDER_DIGEST_H

#include "tlsrpt/render.h"
#include "tlsrpt/table.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* In which part of the digest a problem stands. */
typedef enum {
	SECTION_NEW,
	SECTION_RECURRING,
	SECTION_ONGOING,
	SECTION_GLITCH,
	SECTIONS
} DigestSection;

/* How much of it the mail has; all of it is in the machine formats. */
#define DIGEST_PROBLEMS_SHOWN 50
#define DIGEST_INCIDENTS_SHOWN 10 /* of one problem */
#define DIGEST_NOTES_SHOWN 3 /* of one incident: the latest */
#define DIGEST_DOMAINS_SHOWN 100
#define DIGEST_ROWS_SHOWN 50 /* of what was resolved, and of silent reporters */
#define DIGEST_NAMES_SHOWN 5 /* of the domains of a silent reporter */
#define DIGEST_NAME_BYTES 253 /* of a domain (RFC 1035 section 2.3.4) and the like */

/* "Still open"; static. */
const char *digest_section_title(DigestSection section);

DigestSection digest_section(const Table *problems, size_t row);

/* Whether the row of an incident belongs to that of a problem. */
bool digest_is_of_problem(const Document *document, size_t incident, size_t problem);

/* "12 failed sessions, reported by 2, since 2026-11-14, last on 2026-11-20"; caller frees. */
char *digest_counts(const Table *problems, size_t row);

/* "new, 12 failed sessions, mode enforce"; caller frees. */
char *digest_incident_counts(const Table *incidents, size_t row);

/* "resolved", of the kind of a note; static. */
const char *digest_note_word(const char *kind);

/* What to do where reports do not come, by the column reception; static. */
const char *digest_reception_help(const char *reception);

/* "1 new failure, 1 still open", or "all well"; caller frees. */
char *digest_verdict(const Document *document);

/* "TLS reports example.com +2: 1 new failure, 1 still open", one safe line; caller frees. */
char *digest_subject(const Document *document);

#endif
