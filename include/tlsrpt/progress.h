/* A line on a terminal that shows how far a long task has come. */
#ifndef TLSRPT_PROGRESS_H
#define TLSRPT_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

typedef struct {
	FILE *out;
	const char *what; /* "Pruning" */
	bool is_terminal;
	int64_t shown_at; /* g_get_monotonic_time(); 0 if it never was */
	int64_t width; /* of the line that is shown now */
} Progress;

/* If out is not a terminal, nothing is written.  what is static. */
void progress_begin(Progress *progress, FILE *out, const char *what);

/* Updates the line, unless it was updated a moment ago. */
void progress_show(Progress *progress, int64_t done, int64_t total);

/* Removes the line. */
void progress_end(Progress *progress);

#endif
