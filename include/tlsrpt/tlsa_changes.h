/*
 * How the TLSA records of a domain (RFC 6698) changed, as senders saw it.  Pure: no store, no clock.
 * Days are days since 1970-01-01.
 */
#ifndef TLSRPT_TLSA_CHANGES_H
#define TLSRPT_TLSA_CHANGES_H

#include "tlsrpt/policy_history.h"

typedef enum {
	TLSA_ADDED, /* a new record next to the old, which is still there */
	TLSA_ROLLOVER, /* likewise, and then the old one was removed */
	TLSA_REPLACED, /* the old ones were removed, and nobody saw them together with the new ones */
} TlsaChangeKind;

/* "rollover"; static. */
const char *tlsa_change_name(TlsaChangeKind kind);

typedef struct {
	TlsaChangeKind kind;
	GPtrArray *new_records, *old_records; /* of const char *, which belong to the history */
	int64_t new_since, old_until; /* first and last seen, by anybody */
	GPtrArray *organizations; /* of const char *: who saw it */
} TlsaChange;

/*
 * The changes in a history of type tlsa, the newest first: an array of TlsaChange, caller unrefs.
 * Each change is judged by what one organization saw, because some organizations report the records of
 * all MX hosts together, and others those of each MX host alone.  Records that one organization saw
 * side by side from the beginning are no change.
 */
GArray *tlsa_changes(const PolicyHistory *history);

#endif
