/* In which order what belongs to a problem is told; for g_ptr_array_sort(). */
#ifndef TLSRPT_PROBLEM_ORDER_H
#define TLSRPT_PROBLEM_ORDER_H

#include <glib.h>

/* Of ProblemReporter: who saw most failed sessions first, then by name, then by id. */
int problem_compare_reporters(gconstpointer a, gconstpointer b);

/* Of ProblemReason: that of most failed sessions first, then by code. */
int problem_compare_reasons(gconstpointer a, gconstpointer b);

/* Of ProblemReport: the newest first. */
int problem_compare_reports(gconstpointer a, gconstpointer b);

#endif
