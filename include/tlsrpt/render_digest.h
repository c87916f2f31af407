/* The words and limits that the text and the HTML of the weekly digest share. */
#ifndef TLSRPT_RENDER_DIGEST_H
#define TLSRPT_RENDER_DIGEST_H

#include "tlsrpt/render.h"
#include "tlsrpt/store_note.h"
#include "tlsrpt/table.h"
#include "tlsrpt/view_digest.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* The parts of the digest that list problems, in their order. */
typedef enum {
	SECTION_NEW,
	SECTION_RECURRING,
	SECTION_ONGOING,
	SECTION_GLITCH,
	SECTIONS
} DigestSection;

/* How much the mail shows of each table.  The machine formats have all of it. */
#define DIGEST_PROBLEMS_SHOWN 50
#define DIGEST_INCIDENTS_SHOWN 10 /* of one problem */
#define DIGEST_NOTES_SHOWN 3 /* the latest ones of one incident */
#define DIGEST_DOMAINS_SHOWN 100
#define DIGEST_ROWS_SHOWN 50 /* of the resolved incidents, and of the silent reporters */
#define DIGEST_NAMES_SHOWN 5 /* domains on which one silent reporter used to report */
#define DIGEST_NAME_BYTES 253 /* the longest domain (RFC 1035 section 2.3.4) */

/* "Still open"; static. */
const char *digest_section_title(DigestSection section);

DigestSection digest_section(const Table *problems, size_t row);

/* Whether an incident, by its row, has the domain and the result type of a problem, by its row. */
bool digest_is_of_problem(const Document *document, size_t incident, size_t problem);

/* "12 failed sessions, reported by 2, since 2026-11-14, last on 2026-11-20"; caller frees. */
char *digest_counts(const Table *problems, size_t row);

/* "new, 12 failed sessions, mode enforce"; caller frees. */
char *digest_incident_counts(const Table *incidents, size_t row);

/* The word for a kind of note, such as "resolved"; static. */
const char *digest_note_word(NoteKind kind);

/* Advice for when reports do not arrive; static. */
const char *digest_reception_help(Reception reception);

/* "TLS reports example.com +2: 1 new failure, 1 still open": one line of safe text; caller frees. */
char *digest_subject(const Document *document);

#endif
