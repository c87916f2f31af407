/* Texts of a report that hold several lines or names, taken apart.  Pure: text in, lines out. */
#ifndef TLSRPT_LINES_H
#define TLSRPT_LINES_H

#include <stdbool.h>

typedef enum {
	LINES_OTHER, /* of a policy of a type that nobody knows */
	LINES_STS, /* of an MTA-STS policy: "key: value" */
	LINES_TLSA, /* TLSA records, as data or as lines of a zone file */
	LINES_NAMES, /* host names */
} LineKind;

/* Whether a text of printable ASCII is one line for sure, as nearly all are. */
bool lines_is_one(LineKind kind, const char *text);

/*
 * Splits a text into lines: at line ends, also if they are written as "\n"; before each further key of a
 * policy; and between records or names that are separated by commas or brackets.  No line is empty or
 * has white space around it, and control characters become blanks.  Caller frees with g_strfreev().
 */
char **lines_split(LineKind kind, const char *text);

/* The line of a policy for a member of an object that stands for it; caller frees. */
char *lines_from_member(LineKind kind, const char *key, const char *value);

#endif
