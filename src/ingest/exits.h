/* The exit codes: 0, 65 and 75 (sysexits.h), which are all that mail systems agree on. */
#ifndef TLSRPT_INGEST_EXITS_H
#define TLSRPT_INGEST_EXITS_H

#include "ingest.h"

#include <glib.h>
#include <stdbool.h>

/*
 * The exit code of the program for an error: 65 (EX_DATAERR) if the message is provably at fault,
 * else 75 (EX_TEMPFAIL), the only code for which every mail system keeps the message and tries
 * again.
 */
int exit_code(const GError *error);

/* What has become of a message that an error has ended the work on. */
IngestResult result_of_error(const GError *error);

/* The exit code of the program for what has become of a message. */
int exit_code_of_result(IngestResult result);

/* Whether the exit code of a child is an IngestResult other than INGEST_NO_MEMORY. */
bool ingest_is_result(int code);

#endif
