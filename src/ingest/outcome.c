#include "outcome.h"

#include "ingest_log.h"

#include "tlsrpt/count.h"
#include "tlsrpt/error.h"
#include "tlsrpt/escape.h"

#define FIELD_MAX_BYTES 120 /* of each name in the line */
#define NAMES_MAX 3 /* how many reports and domains are named */

static void
append_field(GString *line, const char *key, const char *value)
{
	g_autofree char *safe = escape_terminal(value, FIELD_MAX_BYTES);

	g_string_append_printf(line, " %s=\"%s\"", key, safe);
}

static void
append_report(GString *line, const Report *report)
{
	g_autoptr(GArray) types = count_types(report);
	g_autoptr(GArray) domains = count_domains(types);
	int64_t sessions = 0, failed = 0;

	append_field(line, "organization", report->organization);
	append_field(line, "report-id", report->report_id);
	for (size_t i = 0; i < domains->len; i++) {
		const DomainCount *count = &g_array_index(domains, DomainCount, i);
		if (i < NAMES_MAX)
			append_field(line, "domain", count->policy_domain);
		sessions = count_add(sessions, count->sessions);
		failed = count_add(failed, count->failed_sessions);
	}
	if (domains->len > NAMES_MAX)
		g_string_append_printf(line, " more-domains=%u", domains->len - NAMES_MAX);
	g_string_append_printf(
		line, " sessions=%" G_GINT64_FORMAT " failed=%" G_GINT64_FORMAT, sessions, failed);
}

/* "stored"; "stored 2, already stored 1". */
static void
append_fates(GString *line, const StoreOutcome *outcome)
{
	const struct {
		size_t n;
		const char *fate;
	} fates[] = {
		{ outcome->stored, "stored" },
		{ outcome->replaced, "stored in place of a copy from a worse sender" },
		{ outcome->duplicates, "already stored" },
	};
	const size_t all = outcome->stored + outcome->replaced + outcome->duplicates;
	const char *separator = "";

	for (size_t i = 0; i < G_N_ELEMENTS(fates); i++) {
		if (fates[i].n == 0)
			continue;
		g_string_append_printf(line, "%s%s", separator, fates[i].fate);
		if (fates[i].n < all)
			g_string_append_printf(line, " %zu", fates[i].n);
		separator = ", ";
	}
}

char *
outcome_text(const GArray *reports, const GError *problem, const StoreOutcome *outcome)
{
	GString *line = g_string_new(NULL);
	const guint length = reports != NULL ? reports->len : 0;

	if (problem != NULL)
		g_string_append_printf(line, "kept in quarantine: %s: %s%s",
			error_quarantine_reason(problem), problem->message,
			outcome->quarantined ? "" : " (already there)");
	if (length > 0) {
		if (problem != NULL)
			g_string_append(line, "; of the rest ");
		append_fates(line, outcome);
		for (guint i = 0; i < length && i < NAMES_MAX; i++)
			append_report(line, g_array_index(reports, StoreReport, i).report);
		if (length > NAMES_MAX)
			g_string_append_printf(line, " more-reports=%u", length - NAMES_MAX);
	}
	return g_string_free(line, FALSE);
}

void
outcome_log(const GArray *reports, const GError *problem, const StoreOutcome *outcome)
{
	g_autofree char *text = outcome_text(reports, problem, outcome);

	log_line(problem != NULL ? LOG_KEPT : LOG_DONE, text);
}
