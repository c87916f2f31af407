/* The signals that stop a program, as far as children and waiting are concerned. */
#ifndef TLSRPT_PROCESS_STOP_SIGNALS_H
#define TLSRPT_PROCESS_STOP_SIGNALS_H

#include <signal.h>

/* In a child: undoes process_catch_stop_signals(); does nothing if that was never called. */
void stop_signals_release(void);

/*
 * The signal mask to wait with, so that stop signals that are held arrive meanwhile; NULL, which
 * changes nothing, if they are not held.
 */
const sigset_t *stop_signals_waiting_mask(void);

#endif
