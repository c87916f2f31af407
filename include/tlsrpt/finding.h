/*
 * Findings: where a report or its message departs from RFC 8460, and was accepted nevertheless.  A
 * finding has a path, a code and a detail.  The path is a JSON path into the report
 * ("$.policies[0].policy.mx-host"), or names a place in the message ("mail.file-name").
 * contrib/DEVIATIONS.md says which sender does what.
 */
#ifndef TLSRPT_FINDING_H
#define TLSRPT_FINDING_H

/*
 * X(enumerator, name): the names are stored, so they never change their meaning.
 *
 * The JSON text:
 *   bom                 a byte order mark before the JSON
 *   trailing-bytes      something other than white space after the JSON or after the last gzip member
 *   duplicate-key       a key twice in one object; the last one counts
 * A value (the detail says what was taken instead, where something was):
 *   missing             an expected key is absent
 *   null                null, where the key should be absent or have a value
 *   empty               an empty string or array
 *   wrong-type          a neighbouring type was converted, any other was ignored
 *   not-integer         a count written 5.0 or 1e3; the fraction is dropped
 *   not-a-number        a count that is text; it counts as 0
 *   out-of-range        a count below 0 or over 2^53; it counts as 0
 *   nul                 a NUL character; taken out
 *   invalid-utf8        invalid UTF-8; replaced by U+FFFD
 *   cut                 longer than the limit; cut
 *   control-characters  control characters in a one-line value; kept
 *   white-space         white space around a value; taken off
 *   other-key           another spelling of a key (mx-host-pattern)
 *   other-place         a key that stands beside the object in which it belongs, or in another one; read
 *   other-word          another spelling of a policy type or result type (STS); stored as the RFC has it
 *   unknown-key         a key that nobody knows; the detail is what it holds
 *   json-in-string      a policy-string or mx-host that is JSON array text; unwrapped
 *   list-in-string      several lines or names in one string; taken apart
 *   zone-line           a TLSA record written as a line of a zone file; its data is taken
 *   unexpected          mx-host on a policy that is not sts
 *   mx-prefix           "mx:" before a name in mx-host; taken off
 *   bad-ip              not an IP address; kept as text
 *   other-ip-form       an IP address not in canonical form (RFC 5952); stored canonical
 *   bad-hostname        not a host name; kept as text
 *   unknown-policy-type, unknown-result-type
 *                       not in RFC 8460 section 4.3 or the IANA registry; kept verbatim
 * The dates:
 *   no-zone             no time zone; taken as UTC
 *   date-only           no time of day; taken as midnight
 *   epoch-number        seconds since 1970
 *   bad-date            not a date; treated as missing
 *   not-a-day           the range is not one whole UTC day
 * Of the next four the detail also says on which day the report counts: the one before its receipt.
 *   range-reversed      the end is before the start
 *   range-too-long      the range is longer than 31 days
 *   future              the start is more than a day after the receipt
 *   too-old             the start is before 2018
 * The sums:
 *   sum-exceeds-total   the failed-session-counts add up to more than total-failure-session-count
 *   failures-unexplained
 *                       the failed-session-counts add up to less than total-failure-session-count; the rest is an
 *                       incident "unspecified"
 * The identity and the limits:
 *   same-id             another report of this organisation had this report-id
 *   foreign-policies    policies about domains that are none of own-domains; they are left out
 *   incidents-folded    more incidents than the limit; the rest is one with receiving MX "(many)"
 *   more-findings       more findings than the limit; the detail says how many more
 *   left-to-raw         the message brings more rows or more new text than a message may: the failure rows are added
 *                       up by incident, and addresses, policy texts, reasons and details are in raw alone
 * The message:
 *   media-type          the report's part is not application/tlsrpt+gzip or +json
 *   content-differs     labelled gzip and is not, or labelled json and is gzip
 *   file-name           the file name's ending says gzip and it is not, or json and it is gzip
 *   not-multipart-report
 *                       the message is not multipart/report
 *   submitter-differs   the domain of contact-info is not TLS-Report-Submitter
 *   contact-unaligned   the domain of contact-info is not aligned with that of the DKIM signature
 */
#define TLSRPT_FINDINGS(X) \
	X(FINDING_BOM, "bom") \
	X(FINDING_TRAILING_BYTES, "trailing-bytes") \
	X(FINDING_DUPLICATE_KEY, "duplicate-key") \
	X(FINDING_MISSING, "missing") \
	X(FINDING_NULL, "null") \
	X(FINDING_EMPTY, "empty") \
	X(FINDING_WRONG_TYPE, "wrong-type") \
	X(FINDING_NOT_INTEGER, "not-integer") \
	X(FINDING_NOT_A_NUMBER, "not-a-number") \
	X(FINDING_OUT_OF_RANGE, "out-of-range") \
	X(FINDING_NUL, "nul") \
	X(FINDING_INVALID_UTF8, "invalid-utf8") \
	X(FINDING_CUT, "cut") \
	X(FINDING_CONTROL_CHARACTERS, "control-characters") \
	X(FINDING_WHITE_SPACE, "white-space") \
	X(FINDING_OTHER_KEY, "other-key") \
	X(FINDING_OTHER_PLACE, "other-place") \
	X(FINDING_OTHER_WORD, "other-word") \
	X(FINDING_UNKNOWN_KEY, "unknown-key") \
	X(FINDING_JSON_IN_STRING, "json-in-string") \
	X(FINDING_LIST_IN_STRING, "list-in-string") \
	X(FINDING_ZONE_LINE, "zone-line") \
	X(FINDING_UNEXPECTED, "unexpected") \
	X(FINDING_MX_PREFIX, "mx-prefix") \
	X(FINDING_BAD_IP, "bad-ip") \
	X(FINDING_OTHER_IP_FORM, "other-ip-form") \
	X(FINDING_BAD_HOSTNAME, "bad-hostname") \
	X(FINDING_UNKNOWN_POLICY_TYPE, "unknown-policy-type") \
	X(FINDING_UNKNOWN_RESULT_TYPE, "unknown-result-type") \
	X(FINDING_NO_ZONE, "no-zone") \
	X(FINDING_DATE_ONLY, "date-only") \
	X(FINDING_EPOCH_NUMBER, "epoch-number") \
	X(FINDING_BAD_DATE, "bad-date") \
	X(FINDING_NOT_A_DAY, "not-a-day") \
	X(FINDING_RANGE_REVERSED, "range-reversed") \
	X(FINDING_RANGE_TOO_LONG, "range-too-long") \
	X(FINDING_FUTURE, "future") \
	X(FINDING_TOO_OLD, "too-old") \
	X(FINDING_SUM_EXCEEDS_TOTAL, "sum-exceeds-total") \
	X(FINDING_FAILURES_UNEXPLAINED, "failures-unexplained") \
	X(FINDING_SAME_ID, "same-id") \
	X(FINDING_FOREIGN_POLICIES, "foreign-policies") \
	X(FINDING_INCIDENTS_FOLDED, "incidents-folded") \
	X(FINDING_MORE_FINDINGS, "more-findings") \
	X(FINDING_LEFT_TO_RAW, "left-to-raw") \
	X(FINDING_MEDIA_TYPE, "media-type") \
	X(FINDING_CONTENT_DIFFERS, "content-differs") \
	X(FINDING_FILE_NAME, "file-name") \
	X(FINDING_NOT_MULTIPART_REPORT, "not-multipart-report") \
	X(FINDING_SUBMITTER_DIFFERS, "submitter-differs") \
	X(FINDING_CONTACT_UNALIGNED, "contact-unaligned")

typedef enum {
#define FINDING_ENUM(code, name) code,
	TLSRPT_FINDINGS(FINDING_ENUM)
#undef FINDING_ENUM
	FINDING_CODES /* how many there are */
} FindingCode;

/* The code's name as it is stored; static. */
const char *finding_name(FindingCode code);

#endif
