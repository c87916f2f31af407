/* A report on its way from the process that has parsed it to one that has not. */
#ifndef TLSRPT_REPORT_PACK_H
#define TLSRPT_REPORT_PACK_H

#include "tlsrpt/pack.h"
#include "tlsrpt/report.h"

void report_pack(GByteArray *packed, const Report *report);

/* NULL, with unpacker->failed, if the bytes are no report. */
Report *report_unpack(Unpacker *unpacker) G_GNUC_WARN_UNUSED_RESULT;

#endif
