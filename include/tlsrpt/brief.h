/*
 * The brief form of a report: its numbers are all there, its texts are left to the bytes that were
 * received.  A report gets it whose message brings more rows or more new text than a message may
 * (limits.h).
 */
#ifndef TLSRPT_BRIEF_H
#define TLSRPT_BRIEF_H

#include "tlsrpt/report.h"

/*
 * Brings a report into its brief form, and adds the finding left-to-raw.  The failure rows of a
 * policy that count under one incident become one row without addresses and texts; rows that count
 * under none go.  Of a policy text its mode stays, of the details of findings nothing.  Does
 * nothing to a report that is brief already.
 */
void report_make_brief(Report *report, const Limits *limits);

/* Whether a report has its brief form; also of one that was read from the store. */
bool report_is_brief(const Report *report);

#endif
