/*
 * MTA-STS policies (RFC 8461 section 3.2), as a domain publishes them or as a report quotes them.
 * Pure: text in, values out.
 */
#ifndef TLSRPT_MTA_STS_H
#define TLSRPT_MTA_STS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define MTA_STS_MAX_BYTES 65536 /* senders fetch no more than this (section 3.3) */
#define MTA_STS_NO_AGE (-1)

/* What a policy asks of senders. */
typedef enum {
	MTA_STS_NO_MODE, /* the policy says none, or one that there is not */
	MTA_STS_ENFORCE,
	MTA_STS_TESTING,
	MTA_STS_NONE,
} MtaStsMode;

/* Something in a text that is not as section 3.2 has it. */
typedef struct {
	int line; /* from 1; 0 if something is missing in the whole text */
	/* as written, or the proper name of a missing one; NULL for a line without a key */
	char *key;
	const char *what; /* static */
	/* without it there is no valid policy; otherwise some senders may object to it */
	bool fatal;
} MtaStsProblem;

typedef struct {
	bool has_version;
	const char *mode; /* "enforce", "testing", "none", or "" where there is none; static */
	int64_t max_age; /* seconds, or MTA_STS_NO_AGE */
	GPtrArray *mx; /* of char *: patterns in lower case without final dot; sorted, each once */
	GArray *problems; /* of MtaStsProblem */
} MtaSts;

/*
 * Reads a policy: lines that end in LF or CRLF, in any order, maybe with blanks at their ends, and
 * keys in upper or lower case.  Unknown keys are ignored; of a repeated key the first one counts.
 * Never NULL; what was not understood is in problems.
 */
MtaSts *mta_sts_parse(const char *text);
void mta_sts_free(MtaSts *policy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MtaSts, mta_sts_free)

/* The first problem that is fatal, or NULL. */
const MtaStsProblem *mta_sts_flaw(const MtaSts *policy);

/* The mode of a policy text, as in MtaSts, without reading the rest. */
const char *mta_sts_mode(const char *text);

/* The mode with exactly that name, such as "enforce". */
MtaStsMode mta_sts_mode_of(const char *name);

/* "enforce", "testing" or "none"; "" for MTA_STS_NO_MODE.  Static. */
const char *mta_sts_mode_name(MtaStsMode mode);

/* The policy in one form for all that are equal: version, mode, mx sorted, max_age; caller frees. */
char *mta_sts_text(const MtaSts *policy);

/* One difference between a policy that was seen and the expected one. */
typedef struct {
	const char *key; /* "mode", "max_age" or "mx"; static */
	char *expected, *seen; /* NULL for an mx that is missing on that side */
} MtaStsDifference;

/*
 * An array of MtaStsDifference, caller unrefs.  Some senders quote only a part of a policy, so a
 * key that the policy seen lacks altogether is no difference.
 */
GArray *mta_sts_compare(const MtaSts *expected, const MtaSts *seen);

/*
 * Whether a pattern matches a host (section 4.1): it is equal, or has "*." in place of exactly one
 * left-most label.  Upper and lower case and a final dot make no difference.
 */
bool mta_sts_matches(const char *pattern, const char *host);

/* Whether any mx of the policy matches. */
bool mta_sts_covers(const MtaSts *policy, const char *host);

#endif
