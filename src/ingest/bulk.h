/* Bulk mode: many files at once. */
#ifndef TLSRPT_INGEST_BULK_H
#define TLSRPT_INGEST_BULK_H

#include "ingest.h"

#include <stdbool.h>

/* What the operator asked for.  Everything is borrowed. */
typedef struct {
	const IngestOptions *ingest;
	const char *const *names; /* of files and directories; NULL for none */
	bool names_from_stdin; /* standard input has more names */
	int jobs; /* how many workers */
	bool verbose; /* a line for each message */
	bool shows_progress; /* on standard error, if that is a terminal */
} BulkOptions;

/*
 * Takes in everything.  Returns INGEST_RETRY if something could not be read or stored, else
 * INGEST_REFUSED if something was damaged, else INGEST_STORED.
 */
IngestResult bulk_run(const BulkOptions *options);

#endif
