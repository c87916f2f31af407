/*
 * The process that the mail system starts only supervises; children do the work.  A death by a
 * signal would bounce the mail in Exim and OpenSMTPD, and a time-out would in Postfix and Exim.
 */
#ifndef TLSRPT_INGEST_SUPERVISE_H
#define TLSRPT_INGEST_SUPERVISE_H

#include "ingest.h"

/* Takes in the message on standard input.  Never returns INGEST_NO_MEMORY. */
IngestResult supervise(const IngestOptions *options);

#endif
