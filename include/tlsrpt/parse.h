/* JSON bytes to the model. */
#ifndef TLSRPT_PARSE_H
#define TLSRPT_PARSE_H

#include "tlsrpt/digest.h"
#include "tlsrpt/limits.h"
#include "tlsrpt/report.h"

#include <glib.h>
#include <stdbool.h>

/*
 * Parses one report.  What is missing stays "" (or has_start, has_end false) with a finding;
 * report_check() fills it in.  With labelled false (the part was not of a tlsrpt type) it must
 * also prove itself a report by a date range, or a policy with "policy" or "summary" in it.
 * digest receives the digest of the value (digest.h), with submitter as its suffix where the body
 * names no organisation; submitter may be NULL.
 *
 * TLSRPT_ERROR_NOT_JSON, TLSRPT_ERROR_NOT_REPORT, TLSRPT_ERROR_LIMIT, TLSRPT_ERROR_NO_MEMORY.
 */
Report *parse_report(GBytes *json, bool labelled, const char *submitter, const Limits *limits,
	Digest *digest, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
