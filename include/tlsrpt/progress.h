/* How far a long work is, on a terminal. */
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
	int64_t width; /* of what is there now */
} Progress;

/* Writes nothing where out is no terminal. what is static. */
void progress_begin(Progress *progress, FILE *out, const char *what);

/* Shows it, or not because it was shown just now. */
void progress_show(Progress *progress, int64_t done, int64_t total);

/* Takes the line away. */
void progress_end(Progress *progress);

#endif
