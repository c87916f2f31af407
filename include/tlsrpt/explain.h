/* What each failure means to the domain that it is reported to, and what to do: one catalogue for every output. */
#ifndef TLSRPT_EXPLAIN_H
#define TLSRPT_EXPLAIN_H

#include <stddef.h>

typedef enum {
	EXPLAIN_RESULT_TYPE, /* RFC 8460 section 4.3 */
	EXPLAIN_POLICY_TYPE, /* section 4.4 */
	EXPLAIN_REASON_CODE, /* failure-reason-code: free text of the sender */
} ExplanationKind;

/*
 * All strings are static, in English, plain text.  Lists end with NULL.  In commands %D stands for
 * the policy domain and %M for the receiving MX.  What does not apply is NULL.
 */
typedef struct {
	ExplanationKind kind;
	const char *name; /* as it stands in reports; of a family of reason codes, how it begins */
	const char *meaning; /* one line of at most 70 characters, without a final dot */
	const char *happened; /* what the sender saw: a sentence or two */
	const char *enforce, *testing, *dane; /* what it does to mail, in each case */
	const char *const *causes; /* on the receiving side, the most likely first */
	const char *const *fixes;
	const char *const *verify; /* commands that show whether the fix works */
	const char *source; /* "RFC 8460 section 4.3.1", or who sends it */
} Explanation;

/*
 * The explanation of a value; NULL if there is none.  A reason code is found by its whole text or
 * by the longest family that it begins with, in any case of letters.
 */
const Explanation *explain(ExplanationKind kind, const char *name);

/* The nth of all explanations, from 0, in the order in which they are listed; NULL after the last. */
const Explanation *explain_nth(size_t n);

#endif
