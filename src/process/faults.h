/* The faults that a process catches. */
#ifndef TLSRPT_PROCESS_FAULTS_H
#define TLSRPT_PROCESS_FAULTS_H

#include <stdbool.h>

/* In a child: its death by a fault is to show which one it was. */
void faults_release(void);

/* Whether process_catch_faults() has a handler of its own for the signal. */
bool fault_is_caught(int number);

#endif
