/* The summary, and all failures. */
#include "text.h"

#include "tlsrpt/failure.h"
#include "tlsrpt/render_problem.h"

#include <string.h>

#define PROBLEMS_SHOWN 10
#define DOMAINS_SHOWN 20 /* more than these are only those that failed */
#define FAILED_DOMAINS_SHOWN 50
#define LEARNING_SHOWN 5

/* Whether it is to be worked on. */
static bool
is_alarm(const Table *problems, size_t row)
{
	return table_number(problems, row, "level") <= LEVEL_WARNING;
}

/* --- the summary: problems */

static void
print_sums(const Table *problems, FailureLevel level, const Output *out)
{
	g_autofree char *prefix = g_strconcat(failure_level_name(level), " ", NULL);
	g_autoptr(GPtrArray) sums = problem_sums(problems, "level", (int)level, prefix);

	for (size_t i = 0; i < sums->len; i++)
		text_say(out, 2, "%s", (const char *)g_ptr_array_index(sums, i));
}

/* What is no alarm in a few lines, since nothing is to be done about it. */
static void
print_rest(const Table *problems, const Output *out)
{
	g_autofree char *rest = problem_rest(problems);

	print_sums(problems, LEVEL_BACKGROUND, out);
	print_sums(problems, LEVEL_GLITCH, out);
	if (*rest != '\0')
		text_say(out, 2, "No alarm: %s; tlsrpt failures shows them.", rest);
}

/* Returns how many there are. */
static size_t
print_alarms(const Document *document, const Output *out)
{
	const Table *problems = document_table(document, "problems");
	size_t alarms = 0;

	for (size_t i = 0; i < problems->rows->len; i++) {
		if (is_alarm(problems, i) && ++alarms <= PROBLEMS_SHOWN)
			text_problem(document, problems, i, out);
	}
	if (alarms > PROBLEMS_SHOWN)
		text_say(out, 2, "and %zu more: tlsrpt failures", alarms - PROBLEMS_SHOWN);
	return alarms;
}

/* How it stands, if there is no alarm: what is well has sessions, and none failed. */
static void
print_verdict(const Table *summary, const Output *out)
{
	const int64_t sessions = table_number(summary, 0, "sessions");
	const int64_t failed = table_number(summary, 0, "failed_sessions");
	g_autofree char *share = share_text(table_cell(summary, 0, "failed_share")->share);

	if (sessions == 0)
		text_say(out, 2, "No reporter that is believed tells of any session in this time.");
	else if (failed == 0)
		text_say(out, 2, "All is well: none of %" G_GINT64_FORMAT " session%s failed.",
			sessions, sessions == 1 ? "" : "s");
	else
		text_say(out, 2,
			"Nothing is to be done: %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
			" session%s failed (%s).",
			failed, sessions, sessions == 1 ? "" : "s", share);
}

static void
print_problems(const Document *document, const Output *out)
{
	if (print_alarms(document, out) == 0)
		print_verdict(document_table(document, "summary"), out);
	print_rest(document_table(document, "problems"), out);
}

/* --- the summary: domains */

static int64_t
failed_of(const Table *domains, size_t row)
{
	return table_number(domains, row, "failed_sessions");
}

/* The rows that are shown: of many domains those that failed.  Caller unrefs. */
static GPtrArray *
rows_shown(const Table *domains)
{
	const bool are_many = domains->rows->len > DOMAINS_SHOWN;
	GPtrArray *rows = g_ptr_array_new();

	for (size_t i = 0; i < domains->rows->len; i++) {
		if (!are_many || (failed_of(domains, i) > 0 && rows->len < FAILED_DOMAINS_SHOWN))
			g_ptr_array_add(rows, g_ptr_array_index(domains->rows, i));
	}
	return rows;
}

/* How many domains are not in the table. */
static void
print_domains_left(const Table *domains, size_t shown, const Output *out)
{
	size_t failed = 0;

	for (size_t i = 0; i < domains->rows->len; i++)
		failed += failed_of(domains, i) > 0;
	if (domains->rows->len <= DOMAINS_SHOWN)
		return;
	if (failed > shown)
		text_say(out, 2, "and %zu more with failures: tlsrpt summary -f csv",
			failed - shown);
	if (domains->rows->len > failed)
		text_say(out, 2, "%zu domain%s without a failure", domains->rows->len - failed,
			domains->rows->len - failed == 1 ? "" : "s");
}

static void
print_domains(const Table *domains, const Output *out)
{
	g_autoptr(GPtrArray) rows = rows_shown(domains);
	Table shown = *domains;

	shown.rows = rows;
	if (rows->len > 0)
		text_table(&shown, out);
	print_domains_left(domains, rows->len, out);
}

/* Prints the domains that have too few days with reports to be judged. */
static void
print_learning(const Table *domains, int64_t learning, const Output *out)
{
	g_autoptr(GString) names = g_string_new(NULL);
	int64_t named = 0;

	for (size_t i = 0; i < domains->rows->len && named < LEARNING_SHOWN; i++) {
		if (table_number(domains, i, "learning") == 0)
			continue;
		g_autofree char *name = text_cell_name(domains, i, "policy_domain", NO_DOMAIN, out);
		g_string_append_printf(names, "%s %s", named++ > 0 ? "," : "", name);
	}
	if (learning > named)
		g_string_append_printf(names, " and %" G_GINT64_FORMAT " more", learning - named);
	if (named > 0)
		text_say(out, 2, "Still learning, for want of days with reports:%s", names->str);
}

/* --- nothing */

static void
print_first_steps(const Output *out)
{
	fputs("There are no reports in this time.\n"
	      "\n"
	      "To be sent reports, publish a record such as this one:\n"
	      "  _smtp._tls.example.com. TXT \"v=TLSRPTv1; rua=mailto:tls@example.com\"\n"
	      "and have the mail for that address piped into tlsrpt-ingest(1); the directory\n"
	      "contrib of the source has the settings for your mail system.\n",
		out->file);
}

/* What there is besides, and how to see it. */
static void
print_elsewhere(const Table *summary, const char *last, const Output *out)
{
	text_say(out, 0, "There are no reports from %s to %s.", table_text(summary, 0, "first_day"),
		table_text(summary, 0, "last_day"));
	text_say(out, 2, "The last report counts on %s: tlsrpt summary --since %s", last, last);
}

static void
print_nothing(const Table *summary, const Output *out)
{
	const int64_t quarantined = table_number(summary, 0, "quarantined");
	const char *last = table_text(summary, 0, "last_day_in_store");

	if (*last != '\0')
		print_elsewhere(summary, last, out);
	else
		print_first_steps(out);
	if (quarantined > 0)
		text_say(out, 2, "%" G_GINT64_FORMAT " message%s in quarantine: tlsrpt quarantine",
			quarantined, quarantined == 1 ? " waits" : "s wait");
}

void
text_summary(const Document *document, const Output *out)
{
	const Table *domains = document_table(document, "domains");
	const Table *summary = document_table(document, "summary");

	if (domains->rows->len == 0) {
		print_nothing(summary, out);
		return;
	}
	print_problems(document, out);
	putc('\n', out->file);
	print_domains(domains, out);
	print_learning(domains, table_number(summary, 0, "learning"), out);
}

/* --- failures */

void
text_failures(const Document *document, const Output *out)
{
	const Table *problems = document_table(document, "problems");
	bool learning = false;

	if (problems->rows->len == 0)
		fputs("There is nothing in this time.\n", out->file);
	for (size_t i = 0; i < problems->rows->len; i++) {
		text_problem(document, problems, i, out);
		learning = learning || table_number(problems, i, "learning") != 0;
	}
	if (learning) {
		putc('\n', out->file);
		text_say(out, 2,
			"Of some of these domains too few days have reports to tell what is usual.");
	}
}
