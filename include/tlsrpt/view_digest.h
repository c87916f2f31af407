/* The weekly digest: one week, compared with the week before it. */
#ifndef TLSRPT_VIEW_DIGEST_H
#define TLSRPT_VIEW_DIGEST_H

#include "tlsrpt/incident.h"
#include "tlsrpt/reporters.h"
#include "tlsrpt/store_read.h"
#include "tlsrpt/table.h"

#include <glib.h>
#include <stdint.h>

/* Whether believed reports came in the week, and if not, since when there were none. */
typedef enum {
	RECEPTION_REGULAR,
	RECEPTION_STOPPED, /* none for three days, where they used to come daily */
	RECEPTION_NONE, /* none about this week */
	RECEPTION_NEVER, /* none ever */
} Reception;

/* The parts of the digest in which problems and silences are, in their order. */
typedef enum {
	SECTION_BROKEN, /* critical, or a warning */
	SECTION_OVER, /* it was so the week before or in this week, and is no longer */
	SECTION_MISSING, /* reports that no longer come: of all, or of one reporter */
	SECTION_UNVERIFIED, /* only reporters that are not believed say so */
	SECTION_GLITCH,
	SECTION_BACKGROUND,
	SECTION_ACCEPTED,
	SECTIONS
} DigestSection;

/* What is asked; all that it points to must last as long as the call. */
typedef struct {
	Store *store;
	const char *domain; /* or NULL for all */
	int64_t last_day; /* of the week */
	const IncidentRules *rules;
	const BelieveRules *believe;
	/* What the document only passes on to those who make a mail of it. */
	const char *from, *to; /* mail addresses, or NULL */
	int64_t now; /* epoch seconds */
} DigestQuestion;

/*
 * The digest of a week.  The table "digest" sums it up in one row.  "problems" has all problems, silences
 * and whether reports come, by section and in the order of problem.h, and "reasons" those of what is
 * broken; "kinds" counts the problems of each kind in the sections that no mail lists; "quarantine" has
 * what waits there now, by reason; and "domains" the figures of each domain.  NULL with the errors of
 * the store.
 */
Document *view_digest(const DigestQuestion *question, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
