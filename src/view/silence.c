/* The rule for who has fallen silent. */
#include "tlsrpt/failure.h"

#define GAP_TIMES 2.5

WitnessState
witness_state(const GArray *days, const IncidentRules *rules, int64_t today)
{
	int64_t last = DAY_NONE, received = DAY_NONE, before = DAY_NONE, gap = 0;
	size_t regular = 0;
	bool has_success = false;

	if (days->len == 0)
		return WITNESS_IRREGULAR;
	const ReporterDay *const first = (const ReporterDay *)(const void *)days->data;
	const ReporterDay *const end = first + days->len;
	for (const ReporterDay *one = first; one < end; one++) {
		last = MAX(last, one->day);
		received = MAX(received, one->received_day);
		has_success = has_success || one->failed_sessions == 0;
	}
	for (const ReporterDay *one = first; one < end; one++) {
		if (one->day == before || one->day < last - SILENCE_DAYS)
			continue;
		regular += one->day > last - REGULAR_OF_DAYS;
		gap = before != DAY_NONE ? MAX(gap, one->day - before) : gap;
		before = one->day;
	}
	const int64_t since = today - received;
	if (regular < REGULAR_MIN_DAYS || !has_success)
		return WITNESS_IRREGULAR;
	if (since > SILENCE_DAYS)
		return WITNESS_GONE;
	if (since <= rules->silence)
		return WITNESS_REPORTS;
	return (double)since > GAP_TIMES * (double)gap ? WITNESS_SILENT : WITNESS_OVERDUE;
}
