/* What problems and silences are called in one line: mails, notes. */
#ifndef TLSRPT_VIEW_TITLES_H
#define TLSRPT_VIEW_TITLES_H

#include "tlsrpt/problem.h"

/* "certificate-expired at mx.example.com (example.com and 2 more)"; caller frees. */
char *problem_title(const Problem *problem);

/* "Google no longer reports about example.com"; caller frees. */
char *silence_title(const Silence *silence);

/* "no reports since 2026-11-20"; caller frees. */
char *arrivals_title(const Arrivals *arrivals);

/* Of a full quarantine, and of unauthenticated messages that wait in it; static. */
#define QUARANTINE_FULL_TITLE "the quarantine is full"
#define DAY_LIMIT_TITLE "unauthenticated-per-day is in force"

#endif
