/* Days and times, all of them UTC. */
#ifndef TLSRPT_DAY_H
#define TLSRPT_DAY_H

#include <stdint.h>

#define DAY_SECONDS INT64_C(86400)

/* A day before all others: there is none. */
#define DAY_NONE INT64_MIN

/* The day (days since 1970-01-01) that a time (epoch seconds) falls on. */
int64_t day_of(int64_t at);

/* "2026-11-01T00:00:00Z" and "2026-11-01"; caller frees. */
char *time_text(int64_t at);
char *day_text(int64_t day);

#endif
