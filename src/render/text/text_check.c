/* The check as the one line that the Monitoring Plugins guidelines ask for. */
#include "text.h"

#include "tlsrpt/layout.h"
#include "tlsrpt/render_problem.h"
#include "tlsrpt/view_check.h"

#define PROBLEMS_NAMED 3
#define PROBLEMS_DETAILED 6 /* in the lines after the first one */
#define NAMES_NAMED 3 /* MX hosts, domains, or reporters of one problem */
#define NAME_MAX_BYTES 80
#define NOTE_MAX_BYTES 100

/* Safe text without "|", which would begin the performance data. */
static char *
plugin_text(const char *text, size_t limit, const Output *out)
{
	return g_strdelimit(text_safe(text, limit, out), "|", '/');
}

/* Likewise words of tlsrpt/render_problem.h. */
static char *
plugin_words(const char *words, const Output *out)
{
	char *text = text_words(words, out);

	/* No line is broken here, so blanks can be blanks. */
	return g_strdelimit(g_strdelimit(text, "|", '/'), LAYOUT_BLANKS, ' ');
}

static char *
problem_text(const Table *problems, size_t row, const char *key, const Output *out)
{
	return plugin_text(table_text(problems, row, key), NAME_MAX_BYTES, out);
}

/* The names in a cell, one in each line, as a list. */
static char *
names_text(const Table *problems, size_t row, const char *key, const Output *out)
{
	char *names = text_names(table_text(problems, row, key), NAMES_NAMED, NAME_MAX_BYTES, out);

	/* No line is broken here, so blanks can be blanks. */
	return g_strdelimit(g_strdelimit(names, "|", '/'), LAYOUT_BLANKS, ' ');
}

/* "30 of 120 sessions failed, 25 %" */
static void
append_figures(GString *line, const Table *problems, size_t row)
{
	const int64_t failed = table_number(problems, row, "failed_sessions");
	const int64_t sessions = table_number(problems, row, "sessions");
	g_autofree char *share = share_text(table_cell(problems, row, "failed_share")->share);

	g_string_append_printf(line,
		"%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " session%s failed, %s", failed,
		sessions, sessions == 1 ? "" : "s", share);
}

static void
append_failure(GString *line, const Table *problems, size_t row, const Output *out)
{
	g_autofree char *heading = problem_heading(problems, row);
	g_autofree char *safe = plugin_words(heading, out);
	g_autofree char *by = names_text(problems, row, "reporters", out);
	g_autofree char *note = plugin_text(table_text(problems, row, "note"), NOTE_MAX_BYTES, out);

	g_string_append_printf(line, "%s (%s, ", safe, table_text(problems, row, "state"));
	append_figures(line, problems, row);
	g_string_append_printf(line, "%s%s)", *by != '\0' ? ", seen by " : "", by);
	if (*note != '\0')
		g_string_append_printf(line, " [note: %s]", note);
}

/* Nothing that is believed comes, and other reports do. */
static void
append_unauthenticated(GString *line, const Table *problems, size_t row, const char *since)
{
	const int64_t n = table_number(problems, row, "unverified_sessions");

	g_string_append_printf(line,
		"%" G_GINT64_FORMAT " report%s came%s%s, none authenticated: look at the milter and"
		" trusted-authserv-ids",
		n, n == 1 ? "" : "s", *since != '\0' ? " since " : "", since);
}

static void
append_problem(GString *line, const Table *problems, size_t row, const Output *out)
{
	const CheckedAlarm alarm = (CheckedAlarm)table_number(problems, row, "alarm");
	g_autofree char *domains = names_text(problems, row, "policy_domains", out);
	g_autofree char *heading = problem_heading(problems, row);
	g_autofree char *safe = plugin_words(heading, out);
	g_autofree char *since = problem_text(problems, row, "last_seen", out);

	switch (alarm) {
	case CHECKED_FAILURE:
		append_failure(line, problems, row, out);
		break;
	case CHECKED_SHARE:
		g_string_append_printf(line, "%s: ", domains);
		append_figures(line, problems, row);
		break;
	case CHECKED_SILENT:
		g_string_append_printf(line, "%s, last on %s", safe, since);
		break;
	case CHECKED_STOPPED:
		g_string_append_printf(line,
			"no report at all since %s: does their mail reach tlsrpt-ingest?", since);
		break;
	case CHECKED_UNAUTHENTICATED:
		append_unauthenticated(line, problems, row, since);
		break;
	case CHECKED_QUARANTINE:
	case CHECKED_DAY_LIMIT:
		g_string_append_printf(line, "%s: %s", table_text(problems, row, "title"),
			table_text(problems, row, "why_text"));
		break;
	case CHECKED_NO_REPORTS:
		g_string_append_printf(
			line, "no report%s%s ever came", *domains != '\0' ? " on " : "", domains);
		break;
	}
}

/* "All is well" where there were sessions and none failed; else what can be said. */
static void
append_ok(GString *line, const Table *check)
{
	const int64_t domains = table_number(check, 0, "domains");
	const int64_t sessions = table_number(check, 0, "sessions");
	const int64_t glitches = table_number(check, 0, "glitches");

	g_string_append_printf(
		line, "%" G_GINT64_FORMAT " domain%s, ", domains, domains == 1 ? "" : "s");
	if (sessions == 0) {
		g_string_append(line, "no sessions reported");
		return;
	}
	if (table_number(check, 0, "failed_sessions") > 0) {
		append_figures(line, check, 0);
		g_string_append(line, ": nothing to be done");
	} else {
		g_string_append_printf(line,
			"none of %" G_GINT64_FORMAT " session%s failed: all is well", sessions,
			sessions == 1 ? "" : "s");
	}
	if (glitches > 0)
		g_string_append_printf(line, ", %" G_GINT64_FORMAT " glitch%s", glitches,
			glitches == 1 ? "" : "es");
}

/* Appends what is not in order with the MTA-STS policies that are served. */
static void
append_served(GString *line, const Table *served, bool is_first, const Output *out)
{
	size_t shown = 0, bad = 0;

	for (size_t i = 0; i < served->rows->len; i++) {
		if (table_number(served, i, "status") == CHECK_OK || bad++ >= PROBLEMS_NAMED)
			continue;
		g_autofree char *domain = problem_text(served, i, "policy_domain", out);
		g_autofree char *message = plugin_text(table_text(served, i, "message"), 0, out);
		g_string_append_printf(
			line, "%s%s: %s", is_first && shown++ == 0 ? "" : "; ", domain, message);
	}
	if (bad > PROBLEMS_NAMED)
		g_string_append_printf(
			line, "; and %zu more policies, see --format=json", bad - PROBLEMS_NAMED);
}

static bool
is_any_bad(const Table *served)
{
	/* The worst is the first. */
	return served->rows->len > 0 && table_number(served, 0, "status") != CHECK_OK;
}

/* Appends 'label'=value[unit];[warn];[crit];[min];[max]; empty fields at the end are left out. */
static void
append_perfdata(GString *line, const Table *perfdata, size_t row)
{
	static const char *const keys[] = { "warning", "critical", "minimum", "maximum" };
	GString *values = g_string_new(NULL);
	gsize used = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		g_string_append_printf(values, ";%s", table_text(perfdata, row, keys[i]));
		used = values->str[values->len - 1] != ';' ? values->len : used;
	}
	g_string_truncate(values, used);
	g_string_append_printf(line, " %s=%s%s%s", table_text(perfdata, row, "label"),
		table_text(perfdata, row, "value"), table_text(perfdata, row, "unit"), values->str);
	g_string_free(values, TRUE);
}

/* What is known beyond the first line, without "|", too: it would begin performance data. */
static void
print_details(const Document *document, size_t row, const Output *out)
{
	const Table *problems = document_table(document, "problems");
	g_autofree char *heading = problem_heading(problems, row);
	g_autofree char *first = plugin_words(heading, out);
	g_autoptr(GPtrArray) facts = problem_facts(document, problems, row);

	fprintf(out->file, "%s\n", first);
	for (size_t i = 0; i < facts->len; i++) {
		g_autofree char *fact = plugin_words(g_ptr_array_index(facts, i), out);
		fprintf(out->file, "  %s\n", fact);
	}
}

void
text_check(const Document *document, const Output *out)
{
	const Table *check = document_table(document, "check");
	const Table *problems = document_table(document, "problems");
	const Table *perfdata = document_table(document, "perfdata");
	const Table *served = document_table(document, "served");
	const int64_t learning = table_number(check, 0, "learning");
	g_autoptr(GString) line = g_string_new(NULL);

	g_string_append_printf(line, "TLSRPT %s - ", table_text(check, 0, "status"));
	for (size_t i = 0; i < problems->rows->len && i < PROBLEMS_NAMED; i++) {
		g_string_append(line, i > 0 ? "; " : "");
		append_problem(line, problems, i, out);
	}
	if (problems->rows->len == 0 && !is_any_bad(served))
		append_ok(line, check);
	if (problems->rows->len > PROBLEMS_NAMED)
		g_string_append_printf(line, "; and %u more", problems->rows->len - PROBLEMS_NAMED);
	append_served(line, served, problems->rows->len == 0, out);
	if (learning > 0)
		g_string_append_printf(line, "; learning: %" G_GINT64_FORMAT " domain%s", learning,
			learning == 1 ? "" : "s");
	if (problems->rows->len > 0) {
		g_autofree char *command = plugin_text(table_text(problems, 0, "command"), 0, out);
		g_string_append_printf(line, "; see: %s", command);
	}
	for (size_t i = 0; i < perfdata->rows->len; i++) {
		g_string_append(line, i == 0 ? " |" : "");
		append_perfdata(line, perfdata, i);
	}
	fprintf(out->file, "%s\n", line->str);
	for (size_t i = 0; i < problems->rows->len && i < PROBLEMS_DETAILED; i++) {
		if (table_number(problems, i, "alarm") == CHECKED_FAILURE)
			print_details(document, i, out);
	}
}
