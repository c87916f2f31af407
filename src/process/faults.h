/* The faults that a process catches. */
#ifndef TLSRPT_PROCESS_FAULTS_H
#define TLSRPT_PROCESS_FAULTS_H

#include <stdbool.h>

/* Whether process_catch_faults() has a handler of its own for the signal. */
bool fault_is_caught(int number);

#endif
