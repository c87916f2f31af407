/*
 * The process that the mail system started does nothing but supervise a child that does the work,
 * because a signal bounces the mail in Exim and OpenSMTPD, and a time-out does in Postfix and Exim.
 */
#ifndef TLSRPT_INGEST_SUPERVISE_H
#define TLSRPT_INGEST_SUPERVISE_H

#include "ingest.h"

/* Takes the message on standard input. Never INGEST_NO_MEMORY. */
IngestResult supervise(const IngestOptions *options);

#endif
