/* Thresholds of monitoring plugins (Monitoring Plugins guidelines, "Threshold and Ranges"). */
#ifndef TLSRPT_THRESHOLD_H
#define TLSRPT_THRESHOLD_H

#include <glib.h>
#include <stdbool.h>

/* A range, to which both ends belong.  If an end is not given, it is infinite. */
typedef struct {
	double start, end;
	bool inside; /* alert if a value is inside, not outside */
} Threshold;

/* "10", "10:", "~:10", "10:20", "@10:20".  TLSRPT_ERROR_USAGE names the option. */
bool threshold_parse(const char *option, const char *text, Threshold *threshold, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

bool threshold_alerts(const Threshold *threshold, double value);

#endif
