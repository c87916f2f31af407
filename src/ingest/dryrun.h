/* The output of --dry-run: what would be stored, in a form for people. */
#ifndef TLSRPT_INGEST_DRYRUN_H
#define TLSRPT_INGEST_DRYRUN_H

#include "tlsrpt/intake.h"

#include <glib.h>
#include <stdbool.h>

/*
 * Prints it to standard output, below the name of the message unless that is NULL.  TLSRPT_ERROR_IO
 * if it cannot be written.
 */
bool dry_run_print(const Intake *intake, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
