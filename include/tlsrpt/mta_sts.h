/*
 * MTA-STS policies (RFC 8461 section 3.2), as published or as a report quotes them.  Pure: text in,
 * values out.
 */
#ifndef TLSRPT_MTA_STS_H
#define TLSRPT_MTA_STS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define MTA_STS_MAX_BYTES 65536 /* what senders fetch at the most (section 3.3) */
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
	int line; /* from 1; 0 for what is missing in the whole */
	char *key; /* as written, or as it should be there; NULL for a line without one */
	const char *what; /* static */
	bool fatal; /* there is no sound policy without it; else senders just may mind */
} MtaStsProblem;

typedef struct {
	bool has_version;
	const char *mode; /* "enforce", "testing", "none", or "" where there is none; static */
	int64_t max_age; /* seconds, or MTA_STS_NO_AGE */
	GPtrArray *mx; /* of char *: patterns in lower case without final dot; sorted, each once */
	GArray *problems; /* of MtaStsProblem */
} MtaSts;

/*
 * Reads a policy: lines that end in LF or CRLF, in any order, blanks at their ends, keys in upper or
 * lower case.  Unknown keys are passed over, of a key that is there twice the first one counts.
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

/* The policy in one form for all that are equal: version, mode, mx sorted, max_age; caller frees. */
char *mta_sts_text(const MtaSts *policy);

/* In what a policy seen differs from the expected one. */
typedef struct {
	const char *key; /* "mode", "max_age" or "mx"; static */
	char *expected, *seen; /* NULL: an mx that is not in the one or not in the other */
} MtaStsDifference;

/*
 * An array of MtaStsDifference, caller unrefs.  Some senders quote a policy in part: a key of which
 * the one seen has nothing does not differ.
 */
GArray *mta_sts_compare(const MtaSts *expected, const MtaSts *seen);

/*
 * Whether a pattern matches a host (section 4.1): equal, or "*." in place of one left-most label.
 * In any case of letters, with or without a final dot.
 */
bool mta_sts_matches(const char *pattern, const char *host);

/* Whether any mx of the policy matches. */
bool mta_sts_covers(const MtaSts *policy, const char *host);

#endif
