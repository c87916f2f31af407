/* A store that is empty at each input, in a folder of the process's own below TMPDIR. */
#ifndef TLSRPT_FUZZ_SCRATCH_H
#define TLSRPT_FUZZ_SCRATCH_H

#include "tlsrpt/store.h"

/* Makes it anew, and opens it for writing. */
Store *scratch_open(void);

/* Opens it for reading beside that. */
Store *scratch_read(void);

/* Its rows, "a|b" a line, by a connection of its own; caller frees. */
char *scratch_query(const char *sql);

/* Every text in every view is UTF-8. */
void scratch_check_texts(void);

#endif
