/*
 * Sets of TLSA records (RFC 6698), as a report quotes them: a record in each line.  Pure: text in,
 * values out.
 */
#ifndef TLSRPT_TLSA_H
#define TLSRPT_TLSA_H

#include <stdbool.h>

/*
 * The records of a text in normal form, so that equal records are equal texts, sorted and each only
 * once: "3 1 1 ab12...", with numbers also where RFC 7218 has names, and hexadecimal in lower case
 * and in one piece (RFC 6698 section 2.2).  A line that is not such a record stays, without
 * superfluous blanks.  Caller frees with g_strfreev().
 */
char **tlsa_records(const char *text);

/*
 * The data, as "3 1 1 ab12...", of a record that is written as in a zone file: with owner, TTL, class,
 * type or parentheses (RFC 1035 section 5.1), or with a type that has no name (RFC 3597).  Caller
 * frees.  NULL if the line is not of that form, as a line of nothing but data is not.
 */
char *tlsa_data(const char *line);

/* Whether a record is in a set. */
bool tlsa_has(const char *const *records, const char *record);

/* Whether two sets have a record in common. */
bool tlsa_overlap(const char *const *one, const char *const *other);

#endif
