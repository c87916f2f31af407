/* The hash by which a report-id is found. */
#ifndef TLSRPT_STORE_HASH_H
#define TLSRPT_STORE_HASH_H

#include <stdint.h>

/* The hash of a report-id, from -2^23 to 2^23 - 1. */
int64_t store_hash(const char *text);

#endif
