/* What each failure means to the domain that it is reported to, and what to do: one catalogue for every output. */
#ifndef TLSRPT_EXPLAIN_H
#define TLSRPT_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>

typedef enum {
	EXPLAIN_RESULT_TYPE, /* RFC 8460 section 4.3 */
	EXPLAIN_POLICY_TYPE, /* section 4.4 */
	EXPLAIN_KIND, /* a kind of cause (kind.h) that is no result type */
	EXPLAIN_REASON_CODE, /* failure-reason-code: free text of the sender */
} ExplanationKind;

/*
 * All strings are static, in English, plain text.  Lists end with NULL.  In commands %D stands for
 * the policy domain and %M for the receiving MX.  A member that does not apply is NULL.
 */
typedef struct {
	ExplanationKind kind;
	/* as it stands in reports; of a family of reason codes, the beginning that they share */
	const char *name;
	bool is_family; /* of reason codes: what else stands in the text says more */
	const char *meaning; /* one line of at most 70 characters, without a final dot */
	const char *happened; /* what happened at the sender: a sentence or two */
	const char *enforce, *testing, *dane; /* what the failure does to mail, in each case */
	const char *const *causes; /* on the receiving side, the most likely first */
	const char *const *fixes;
	const char *const *verify; /* commands that show whether the fix works */
	const char *const *checkers; /* programs and sites that answer better: sentences */
	const char *source; /* "RFC 8460 section 4.3.1", or who sends it */
} Explanation;

/*
 * The explanation of a value; NULL if there is none.  A reason code has the explanation whose name
 * stands in its text, the longest of those that begin first, and that of a family only where there is
 * no other.  A status of SMTP at its beginning is skipped.  Upper and lower case are the same.
 */
const Explanation *explain(ExplanationKind kind, const char *name);

/* The explanation of a kind of cause (kind.h), which mostly is that of a result type. */
const Explanation *explain_kind(const char *kind);

/* What a reason code means, in a few words, a static string; NULL if it is not known. */
const char *explain_reason(const char *failure_reason_code);

/*
 * The explanation with number n, from 0, in the order in which they are listed; NULL after the
 * last.
 */
const Explanation *explain_nth(size_t n);

#endif
