/* What holds of a report that was parsed and checked, whatever it was made of. */
#ifndef TLSRPT_FUZZ_CHECKED_H
#define TLSRPT_FUZZ_CHECKED_H

#include "tlsrpt/report.h"

void fuzz_check_report(const Report *report, const Limits *limits);

#endif
