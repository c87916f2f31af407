/* The words that the text, the HTML and the subject of the digest share. */
#include "tlsrpt/render_digest.h"

#include "tlsrpt/day.h"
#include "tlsrpt/escape.h"
#include "tlsrpt/render_problem.h"

#include <stdbool.h>
#include <string.h>

#define SUBJECT_NAME_BYTES 60
#define KIND_BYTES 100

const char *
digest_section_title(DigestSection section)
{
	static const char *const titles[SECTIONS] = {
		[SECTION_BROKEN] = "Broken now",
		[SECTION_OVER] = "Over or resolved this week",
		[SECTION_MISSING] = "Reports that no longer come",
		[SECTION_UNVERIFIED] = "Unverified",
		[SECTION_GLITCH] = "Glitches",
		[SECTION_BACKGROUND] = "Background",
		[SECTION_ACCEPTED] = "Accepted",
	};

	return titles[section];
}

static int64_t
head_number(const Document *document, const char *key)
{
	return table_number(document_table(document, "digest"), 0, key);
}

static Reception
reception_of(const Document *document)
{
	return (Reception)head_number(document, "reception");
}

static void add_line(GPtrArray *lines, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void
add_line(GPtrArray *lines, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	g_ptr_array_add(lines, g_strdup_vprintf(format, arguments));
	va_end(arguments);
}

/* Adds "2 warnings" unless there are none. */
static void
add_count(GPtrArray *phrases, int64_t n, const char *one, const char *more)
{
	if (n > 0)
		add_line(phrases, "%" G_GINT64_FORMAT " %s", n, n == 1 ? one : more);
}

static char *
join(GPtrArray *phrases)
{
	g_ptr_array_add(phrases, NULL);
	return g_strjoinv(", ", (char **)phrases->pdata);
}

/* --- the verdict */

static void
add_reception(GPtrArray *phrases, const Document *document)
{
	switch (reception_of(document)) {
	case RECEPTION_REGULAR:
		break;
	case RECEPTION_STOPPED:
		add_line(phrases, "no reports since %s",
			table_text(document_table(document, "digest"), 0, "last_received"));
		break;
	case RECEPTION_NONE:
		g_ptr_array_add(phrases, g_strdup("no reports about this week"));
		break;
	case RECEPTION_NEVER:
		g_ptr_array_add(phrases, g_strdup("no report ever came"));
		break;
	}
	if (head_number(document, "unverified_reports") > 0)
		g_ptr_array_add(phrases, g_strdup("none authenticated"));
}

/* "1 critical, 2 warnings", or "all well"; caller frees. */
static char *
verdict_text(const Document *document)
{
	g_autoptr(GPtrArray) phrases = g_ptr_array_new_with_free_func(g_free);

	add_reception(phrases, document);
	add_count(phrases, head_number(document, "critical"), "critical", "critical");
	add_count(phrases, head_number(document, "warnings"), "warning", "warnings");
	add_count(phrases, head_number(document, "silences"), "silence", "silences");
	if (phrases->len == 0)
		g_ptr_array_add(phrases,
			g_strdup(head_number(document, "failed_sessions") == 0 ? "all well"
									       : "nothing broken"));
	add_count(phrases, head_number(document, "over"), "over", "over");
	return join(phrases);
}

/*
 * The domain that is named in the subject: that of the first problem, or the first in the table if there
 * is no problem.  Caller frees; NULL if there is none.
 */
static char *
first_domain(const Document *document)
{
	const Table *domains = document_table(document, "domains");
	const Table *problems = document_table(document, "problems");
	g_autoptr(GArray) broken = digest_rows(document, SECTION_BROKEN);

	if (broken->len > 0) {
		g_auto(GStrv) names = g_strsplit(
			table_text(problems, g_array_index(broken, size_t, 0), "policy_domains"),
			"\n", 2);
		return g_strdup(names[0] != NULL ? names[0] : "");
	}
	return domains->rows->len > 0 ? g_strdup(table_text(domains, 0, "policy_domain")) : NULL;
}

char *
digest_subject(const Document *document)
{
	const int64_t domains = head_number(document, "domains");
	g_autofree char *first = first_domain(document);
	g_autofree char *verdict = verdict_text(document);
	g_autofree char *name = first != NULL ? escape_terminal(first, SUBJECT_NAME_BYTES) : NULL;
	g_autofree char *more = domains > 1 ? g_strdup_printf(" +%" G_GINT64_FORMAT, domains - 1)
					    : g_strdup("");

	if (name == NULL)
		return g_strdup_printf("TLS reports: %s", verdict);
	return g_strdup_printf(
		"TLS reports %s%s: %s", *name != '\0' ? name : "(no domain)", more, verdict);
}

/* "12 of 300 sessions failed"; caller frees. */
static char *
sessions_text(const Table *head)
{
	const int64_t failed = table_number(head, 0, "failed_sessions");
	const int64_t sessions = table_number(head, 0, "sessions");

	if (failed == 0)
		return g_strdup_printf("none of %" G_GINT64_FORMAT " session%s failed", sessions,
			sessions == 1 ? "" : "s");
	return g_strdup_printf("%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " session%s failed",
		failed, sessions, sessions == 1 ? "" : "s");
}

/* What is broken: "2 problems hold mail back, and there is 1 warning"; caller frees. */
static char *
broken_text(const Table *head)
{
	const int64_t critical = table_number(head, 0, "critical");
	const int64_t warnings = table_number(head, 0, "warnings");
	g_autofree char *others = g_strdup_printf("there %s %" G_GINT64_FORMAT " warning%s",
		warnings == 1 ? "is" : "are", warnings, warnings == 1 ? "" : "s");

	if (critical > 0)
		return g_strdup_printf("%" G_GINT64_FORMAT " problem%s mail back%s%s", critical,
			critical == 1 ? " holds" : "s hold", warnings > 0 ? ", and " : "",
			warnings > 0 ? others : "");
	if (warnings > 0)
		return g_strdup_printf("Nothing holds mail back, but %s", others);
	if (table_number(head, 0, "well") != 0 && table_number(head, 0, "failed_sessions") == 0)
		return g_strdup("All is well");
	return g_strdup("Nothing is broken");
}

/* What is to be said if no believed reports come, or NULL; caller frees. */
static char *
missing_text(const Table *head)
{
	static const char *const texts[] = {
		[RECEPTION_REGULAR] = NULL,
		[RECEPTION_STOPPED] = "No reports come any more",
		[RECEPTION_NONE] = "No report is about this week",
		[RECEPTION_NEVER] = "No report ever came",
	};
	const int64_t others = table_number(head, 0, "unverified_reports");
	const char *text = texts[(Reception)table_number(head, 0, "reception")];

	if (text == NULL)
		return NULL;
	return others > 0 ? g_strdup_printf("%s that is believed: %" G_GINT64_FORMAT
					    " report%s came, none authenticated",
		       text, others, others == 1 ? "" : "s")
			  : g_strdup(text);
}

char *
digest_sentence_of(const Table *head)
{
	const bool is_broken = table_number(head, 0, "critical") + table_number(head, 0, "warnings")
		> 0;
	g_autofree char *broken = broken_text(head);
	g_autofree char *sessions = sessions_text(head);
	g_autofree char *missing = missing_text(head);

	if (missing == NULL)
		return g_strdup_printf("%s: %s.", broken, sessions);
	return is_broken ? g_strdup_printf("%s. By the last ones: %s.", missing, broken)
			 : g_strdup_printf("%s.", missing);
}

char *
digest_sentence(const Document *document)
{
	return digest_sentence_of(document_table(document, "digest"));
}

/* --- the parts */

GArray *
digest_rows(const Document *document, DigestSection section)
{
	const Table *problems = document_table(document, "problems");
	GArray *rows = g_array_new(FALSE, FALSE, sizeof(size_t));

	for (size_t i = 0; i < problems->rows->len; i++) {
		if ((DigestSection)table_number(problems, i, "section") == section)
			g_array_append_val(rows, i);
	}
	return rows;
}

char *
digest_over(const Document *document, size_t row)
{
	const Table *problems = document_table(document, "problems");
	const char *last = table_text(problems, row, "last_seen");
	const int64_t resolved_at = table_number(problems, row, "resolved_at");
	g_autofree char *heading = problem_heading(problems, row);
	g_autofree char *day = resolved_at != 0 ? day_text(day_of(resolved_at)) : NULL;

	return g_strconcat(heading, *last != '\0' ? ", last seen " : "", last,
		day != NULL ? ", resolved " : "", day, NULL);
}

char *
digest_more(size_t rows, size_t shown)
{
	return rows > shown ? g_strdup_printf("and %zu more: tlsrpt failures", rows - shown) : NULL;
}

/* Unverified claims are one line: whoever writes them chooses their kinds. */
static void
add_unverified(GPtrArray *lines, const Document *document)
{
	const int64_t n = head_number(document, "unverified");

	if (n > 0)
		add_line(lines,
			"%" G_GINT64_FORMAT
			" problem%s of which only reporters tell that are not believed: tlsrpt failures",
			n, n == 1 ? "" : "s");
}

GPtrArray *
digest_kinds(const Document *document, DigestSection section)
{
	GPtrArray *lines;

	if (section == SECTION_UNVERIFIED) {
		lines = g_ptr_array_new_with_free_func(g_free);
		add_unverified(lines, document);
		return lines;
	}
	lines = problem_sums(document_table(document, "problems"), "section", (int)section, "");
	if (lines->len > DIGEST_LINES_SHOWN) {
		const guint left = lines->len - DIGEST_LINES_SHOWN;
		g_ptr_array_set_size(lines, DIGEST_LINES_SHOWN);
		add_line(lines, "and %u more kinds: tlsrpt failures", left);
	}
	return lines;
}

GPtrArray *
digest_quarantine(const Document *document)
{
	const Table *quarantine = document_table(document, "quarantine");
	GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);

	for (size_t i = 0; i < quarantine->rows->len && i < DIGEST_LINES_SHOWN; i++) {
		const int64_t messages = table_number(quarantine, i, "messages");
		const int64_t this_week = table_number(quarantine, i, "this_week");
		g_autofree char *reason = escape_terminal(
			table_text(quarantine, i, "reason"), KIND_BYTES);
		add_line(lines,
			"%s: %" G_GINT64_FORMAT " message%s, of which %" G_GINT64_FORMAT
			" came this week",
			reason, messages, messages == 1 ? "" : "s", this_week);
	}
	if (quarantine->rows->len > DIGEST_LINES_SHOWN)
		add_line(lines, "and %u more reasons", quarantine->rows->len - DIGEST_LINES_SHOWN);
	if (quarantine->rows->len > 0)
		add_line(lines, "tlsrpt quarantine list");
	return lines;
}

/* How many domains failed: they are the first in the table. */
static size_t
count_failed(const Table *domains)
{
	size_t n = 0;

	while (n < domains->rows->len && table_number(domains, n, "failed_sessions") > 0)
		n++;
	return n;
}

size_t
digest_domains_shown(const Document *document)
{
	return MIN(count_failed(document_table(document, "domains")), DIGEST_DOMAINS_SHOWN);
}

GPtrArray *
digest_other_domains(const Document *document)
{
	const Table *domains = document_table(document, "domains");
	const size_t failed = count_failed(domains);
	const int64_t learning = head_number(document, "learning");
	GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
	int64_t sound = 0, silent = 0;

	for (size_t i = failed; i < domains->rows->len; i++) {
		const bool has_sessions = table_number(domains, i, "sessions") > 0;
		sound += has_sessions;
		silent += !has_sessions;
	}
	if (failed > DIGEST_DOMAINS_SHOWN)
		add_line(lines, "and %zu more: tlsrpt summary", failed - DIGEST_DOMAINS_SHOWN);
	add_count(lines, sound, "domain without a failure", "domains without a failure");
	add_count(lines, silent, "domain without sessions in this week",
		"domains without sessions in this week");
	add_count(lines, learning,
		"domain is still learning: too few days have reports to tell what is usual",
		"domains are still learning: too few days have reports to tell what is usual");
	return lines;
}
