/* The days by which failures and silences are judged. */
#ifndef TLSRPT_INCIDENT_H
#define TLSRPT_INCIDENT_H

#include <stdint.h>

/* [incidents] of tlsrpt.conf(5), in days. */
typedef struct {
	int64_t window; /* days before today that are judged together with it */
	int64_t baseline; /* days before the window, which show what is usual */
	int64_t learning; /* a domain needs so many days with reports to be judged */
	int64_t silence; /* a reporter that sends nothing for longer has fallen silent */
} IncidentRules;

#endif
