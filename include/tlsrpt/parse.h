/* Parses the JSON bytes of a report. */
#ifndef TLSRPT_PARSE_H
#define TLSRPT_PARSE_H

#include "tlsrpt/digest.h"
#include "tlsrpt/limits.h"
#include "tlsrpt/report.h"

#include <glib.h>
#include <stdbool.h>

/*
 * Parses one report.  What is missing stays "" (or has_start, has_end false) and adds a finding;
 * report_check() fills it in.  With labelled false, for a part that was not of a tlsrpt type, it
 * must also prove to be a report by a date range, or by a policy with "policy" or "summary" in it.
 * *digest receives the digest of the value (digest.h), with submitter as its suffix if the body
 * names no organisation; submitter may be NULL.
 *
 * TLSRPT_ERROR_NOT_JSON, TLSRPT_ERROR_NOT_REPORT, TLSRPT_ERROR_LIMIT, TLSRPT_ERROR_NO_MEMORY.
 */
Report *parse_report(GBytes *json, bool labelled, const char *submitter, const Limits *limits,
	Digest *digest, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
