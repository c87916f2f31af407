/* What is broken now: a card a problem; then, folded, what is no alarm. */
#include "page.h"

#include "tlsrpt/day.h"
#include "tlsrpt/escape.h"
#include "tlsrpt/failure.h"
#include "tlsrpt/html.h"
#include "tlsrpt/render_digest.h"
#include "tlsrpt/render_problem.h"

#include <string.h>

#define CARDS_OPEN 3 /* that are critical and say at once what to do */
#define REPORTS_SHOWN 3

typedef struct {
	const Document *document;
	const Table *problems;
	size_t row;
	const Output *out;
} Card;

static const char *
text_of(const Card *card, const char *key)
{
	return table_text(card->problems, card->row, key);
}

static void
term(const Card *card, const char *title)
{
	fprintf(card->out->file, "<dt>%s</dt><dd>", title);
}

static void
end_term(const Card *card)
{
	fputs("</dd>\n", card->out->file);
}

/* --- where, since when, how much */

static void
print_names(const Card *card, const char *title, const char *key)
{
	if (*text_of(card, key) == '\0')
		return;
	term(card, title);
	page_names(card->problems, card->row, key, card->out);
	end_term(card);
}

static void
print_since(const Card *card)
{
	const char *first = text_of(card, "first_seen"), *last = text_of(card, "last_seen");
	FILE *file = card->out->file;

	term(card, "Since");
	fprintf(file, "<time>%s</time>", first);
	if (strcmp(first, last) != 0)
		fprintf(file, ", last on <time>%s</time>", last);
	fprintf(file, " (%s%s%s)", text_of(card, "state"),
		table_number(card->problems, card->row, "late") != 0 ? ", reported late" : "",
		table_number(card->problems, card->row, "learning") != 0 ? ", learning" : "");
	end_term(card);
}

static void
print_how_much(const Card *card)
{
	const int64_t others = table_number(card->problems, card->row, "unverified_sessions");
	g_autofree char *figures = problem_figures(card->problems, card->row);
	g_autofree char *safe = html_escape(figures, 0);

	term(card, "Failed");
	fputs(safe, card->out->file);
	if (others > 0)
		fprintf(card->out->file,
			"; not counted: %" G_GINT64_FORMAT " of which unverified reporters tell",
			others);
	end_term(card);
}

/* --- who saw it, and why */

static bool
is_of(const Card *card, const Table *table, size_t row)
{
	return row < table->rows->len
		&& strcmp(table_text(table, row, "problem"), text_of(card, "problem")) == 0;
}

/* The last day on which a reporter saw it, unless it is that of the problem. */
static void
print_last_day(const Card *card, int64_t day)
{
	g_autofree char *text = day_text(day);

	if (strcmp(text, text_of(card, "last_seen")) != 0)
		fprintf(card->out->file, ", last on <time>%s</time>", text);
}

static void
print_seen_by(const Card *card)
{
	const Table *table = document_table(card->document, "seen_by");
	const size_t first = table_find(table, text_of(card, "problem"));
	g_auto(GStrv) all = g_strsplit(text_of(card, "reporters"), "\n", -1);
	size_t row = first;

	if (!is_of(card, table, first))
		return;
	term(card, "Seen by");
	fputs("<ul>", card->out->file);
	for (; is_of(card, table, row); row++) {
		const int64_t failed = table_number(table, row, "failed_sessions");
		const int64_t sessions = table_number(table, row, "sessions");
		g_autofree char *share = share_text(share_of(failed, sessions));
		g_autofree char *safe = html_escape(share, 0);
		fputs("<li>", card->out->file);
		page_name(table_text(table, row, "reporter"), "?", card->out);
		fprintf(card->out->file, ": %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " (%s)",
			failed, sessions, safe);
		print_last_day(card, table_number(table, row, "last_day"));
		fputs("</li>", card->out->file);
	}
	if (g_strv_length(all) > row - first)
		fprintf(card->out->file, "<li>and %zu more</li>",
			g_strv_length(all) - (row - first));
	fputs("</ul>", card->out->file);
	end_term(card);
}

static void
print_hosts(const Card *card)
{
	const Table *table = document_table(card->document, "hosts");
	const size_t first = table_find(table, text_of(card, "problem"));

	if (!is_of(card, table, first))
		return;
	term(card, "Sending hosts");
	for (size_t row = first; is_of(card, table, row); row++) {
		fputs(row > first ? ", " : "", card->out->file);
		page_name(table_text(table, row, "sending_mta_ip"), "?", card->out);
		fprintf(card->out->file, " (%" G_GINT64_FORMAT ")",
			table_number(table, row, "failed_sessions"));
	}
	end_term(card);
}

static void
print_reasons(const Card *card)
{
	const Table *table = document_table(card->document, "reasons");
	const size_t first = table_find(table, text_of(card, "problem"));

	if (!is_of(card, table, first))
		return;
	term(card, "Reasons");
	fputs("<ul>", card->out->file);
	for (size_t row = first; is_of(card, table, row); row++) {
		const char *meaning = table_text(table, row, "meaning");
		g_autofree char *sessions = page_count(
			table_number(table, row, "failed_sessions"), "session");
		fputs("<li><code>", card->out->file);
		page_name(table_text(table, row, "failure_reason_code"), "?", card->out);
		fprintf(card->out->file, "</code> (%s)%s", sessions, *meaning != '\0' ? ": " : "");
		page_text(meaning, card->out);
		fputs("</li>", card->out->file);
	}
	fputs("</ul>", card->out->file);
	end_term(card);
}

/*
 * The newest reports, as tlsrpt show takes them and as their senders call them; on a page of some domains only
 * the former, since a sender may name other domains in a report-id.
 */
static void
print_reports(const Card *card)
{
	const Table *table = document_table(card->document, "reports");
	const size_t first = table_find(table, text_of(card, "problem"));
	const bool has_ids = table_number(document_table(card->document, "page"), 0, "selected")
		== 0;

	if (!is_of(card, table, first))
		return;
	term(card, "Newest reports");
	for (size_t row = first; is_of(card, table, row) && row < first + REPORTS_SHOWN; row++) {
		fprintf(card->out->file, "%s%" G_GINT64_FORMAT, row > first ? ", " : "",
			table_number(table, row, "id"));
		if (!has_ids)
			continue;
		fputs(" (<code>", card->out->file);
		page_name(table_text(table, row, "report_id"), "?", card->out);
		fputs("</code>)", card->out->file);
	}
	end_term(card);
}

/* --- what it does, and what to do */

/* Why it has its level, as a sentence: "Only X sees it: look at X first." */
static void
print_why(const Card *card)
{
	const char *why = text_of(card, "why_text");
	g_autofree char *first = g_utf8_substring(why, 0, *why != '\0');
	g_autofree char *start = g_utf8_strup(first, -1);

	if (*why == '\0')
		return;
	fputs("<p class=\"why\">", card->out->file);
	page_text(start, card->out);
	page_text(why + strlen(first), card->out);
	fputs(".</p>\n", card->out->file);
}

static void
print_lines(const Card *card, const char *key)
{
	g_auto(GStrv) lines = g_strsplit(text_of(card, key), "\n", -1);

	for (char **line = lines; *line != NULL; line++) {
		page_text(*line, card->out);
		fputs(line[1] != NULL ? "<br>" : "", card->out->file);
	}
}

static void
print_effect(const Card *card)
{
	if (*text_of(card, "effect") == '\0')
		return;
	term(card, "What it does to mail");
	print_lines(card, "effect");
	end_term(card);
}

static void
print_note(const Card *card)
{
	const int64_t at = table_number(card->problems, card->row, "note_at");
	const char *by = text_of(card, "note_by");

	if (*text_of(card, "note") == '\0')
		return;
	term(card, "Note");
	print_lines(card, "note");
	if (at != 0) {
		fputs(" (", card->out->file);
		page_text(by, card->out);
		fputs(*by != '\0' ? ", " : "", card->out->file);
		page_day(day_of(at), card->out);
		fputs(")", card->out->file);
	}
	end_term(card);
}

/* The lines of a cell as a list; prints nothing if it is empty. */
static void
print_list(const Card *card, const char *title, const char *list, const char *key)
{
	g_auto(GStrv) lines = g_strsplit(text_of(card, key), "\n", -1);

	if (*lines == NULL)
		return;
	fprintf(card->out->file, "<h4>%s</h4>\n<%s>\n", title, list);
	for (char **line = lines; *line != NULL; line++) {
		fputs("<li>", card->out->file);
		page_text(*line, card->out);
		fputs("</li>\n", card->out->file);
	}
	fprintf(card->out->file, "</%s>\n", list);
}

static void
print_commands(const Card *card)
{
	g_auto(GStrv) lines = g_strsplit(text_of(card, "verify"), "\n", -1);

	if (*lines == NULL)
		return;
	fputs("<h4>See whether it works</h4>\n<pre>", card->out->file);
	for (char **line = lines; *line != NULL; line++) {
		page_text(*line, card->out);
		fputc('\n', card->out->file);
	}
	fputs("</pre>\n", card->out->file);
}

/* The first card that says the same about what to do and why; the row itself if there is none before it. */
static size_t
find_same(const Card *card)
{
	static const char *const keys[] = { "kind", "fixes", "causes", "happened" };

	for (size_t row = 0; row < card->row; row++) {
		size_t same = 0;
		while (same < G_N_ELEMENTS(keys)
			&& strcmp(table_text(card->problems, row, keys[same]),
				   text_of(card, keys[same]))
				== 0)
			same++;
		if (same == G_N_ELEMENTS(keys))
			return row;
	}
	return card->row;
}

static void
print_advice(const Card *card)
{
	const size_t same = find_same(card);

	if (same < card->row) {
		const char *number = table_text(card->problems, same, "problem");
		fprintf(card->out->file, "<p>As at <a href=\"#p%s\">#%s</a>.</p>\n", number,
			number);
		print_commands(card);
		return;
	}
	print_list(card, "Repair", "ol", "fixes");
	print_commands(card);
	fputs("<h4>What happened</h4>\n<p>", card->out->file);
	page_text(text_of(card, "happened"), card->out);
	fputs("</p>\n", card->out->file);
	print_list(card, "Usual causes", "ul", "causes");
}

/* Unfolded where mail is held back, and at the worst problem whatever it is. */
static void
print_what_to_do(const Card *card)
{
	const bool is_critical = table_number(card->problems, card->row, "level") == LEVEL_CRITICAL;
	const bool is_open = card->row == 0 || (is_critical && card->row < CARDS_OPEN);
	g_autofree char *command = problem_command(card->problems, card->row);

	fprintf(card->out->file, "<details%s><summary>What to do</summary>\n",
		is_open ? " open" : "");
	print_advice(card);
	if (command != NULL)
		fprintf(card->out->file, "<p>All that is known: <code>%s</code></p>\n", command);
	fputs("</details>\n", card->out->file);
}

/* --- a card */

/* "Critical", with a sign of another shape for each level. */
static const char *
level_sign(const Card *card)
{
	return table_number(card->problems, card->row, "level") == LEVEL_CRITICAL ? "✖ Critical"
										  : "▲ Warning";
}

static void
print_heading(const Card *card)
{
	const bool is_critical = table_number(card->problems, card->row, "level") == LEVEL_CRITICAL;
	const char *meaning = text_of(card, "meaning");

	fprintf(card->out->file, "<article class=\"card %s\" id=\"p%s\">\n<h3><span>%s</span> ",
		is_critical ? "bad" : "warn", text_of(card, "problem"), level_sign(card));
	page_text(*meaning != '\0' ? meaning : text_of(card, "kind"), card->out);
	fprintf(card->out->file, "</h3>\n<p>#%s <code>", text_of(card, "problem"));
	page_name(text_of(card, "kind"), "?", card->out);
	fputs("</code></p>\n", card->out->file);
}

static void
print_card(const Card *card)
{
	print_heading(card);
	print_why(card);
	fputs("<dl>\n", card->out->file);
	print_names(card, "MX", "receiving_mx_hostnames");
	print_names(card, "Domains", "policy_domains");
	print_since(card);
	print_how_much(card);
	print_seen_by(card);
	print_hosts(card);
	print_reasons(card);
	print_reports(card);
	print_effect(card);
	print_note(card);
	fputs("</dl>\n", card->out->file);
	print_what_to_do(card);
	fputs("</article>\n", card->out->file);
}

/* --- problems as rows */

static const char *const row_titles[] = { "Problem", "MX", "Domains", "State", "#Failed", "#Share",
	"Note", NULL };

/* What it is, if it is no alarm, in a word. */
static const char *
state_of(const Table *table, size_t row)
{
	const FailureLevel level = (FailureLevel)table_number(table, row, "level");

	if (level != LEVEL_NONE)
		return table_text(table, row, "level");
	if (table_number(table, row, "unverified") != 0)
		return "unverified";
	return table_number(table, row, "why") == WHY_OVER ? "over"
							   : table_text(table, row, "state");
}

static void
print_row(const Table *table, size_t row, const Output *out)
{
	const bool is_unverified = table_number(table, row, "unverified") != 0;

	fprintf(out->file, "<tr><th scope=\"row\">#%s ", table_text(table, row, "problem"));
	page_name(table_text(table, row, "kind"), "?", out);
	fputs("</th><td class=\"t\">", out->file);
	page_names(table, row, "receiving_mx_hostnames", out);
	fputs("</td><td class=\"t\">", out->file);
	page_names(table, row, "policy_domains", out);
	fprintf(out->file, "</td><td class=\"t\">%s, since <time>%s</time></td>",
		state_of(table, row), table_text(table, row, "first_seen"));
	page_cell_number(
		table, row, is_unverified ? "unverified_sessions" : "failed_sessions", out);
	page_cell_share(table, row, "failed_share", out);
	fputs("<td class=\"t\">", out->file);
	page_text(table_text(table, row, "note"), out);
	fputs("</td></tr>\n", out->file);
}

static void
print_rows(const Document *document, const char *key, size_t first, const Output *out)
{
	const Table *table = document_table(document, key);

	page_table_begin("problems",
		first > 0 ? "Further problems, the worst first" : "Seen, and no alarm", row_titles,
		out);
	for (size_t row = first; row < table->rows->len; row++)
		print_row(table, row, out);
	page_table_end(document, key, out);
}

static void
print_others(const Document *document, const Output *out)
{
	const Table *others = document_table(document, "others");
	g_autofree char *problems = page_count(
		others->rows->len + page_left_out(document, "others"), "problem");

	if (others->rows->len == 0)
		return;
	fprintf(out->file,
		"<details><summary>No alarm: %s (glitches, too rare, over, accepted, "
		"unverified)</summary>\n",
		problems);
	print_rows(document, "others", 0, out);
	fputs("</details>\n", out->file);
}

/* That nothing comes, which is worse than any problem. */
static void
print_reception(const Table *page, const Output *out)
{
	const Reception reception = (Reception)table_number(page, 0, "reception");

	if (reception == RECEPTION_STOPPED || reception == RECEPTION_NEVER)
		fprintf(out->file,
			"<article class=\"card bad\"><h3><span>✖ Critical</span> %s</h3>\n<p>%s</p>"
			"</article>\n",
			reception == RECEPTION_NEVER ? "No report ever came"
						     : "Reports no longer come",
			table_number(page, 0, "unverified_reports") > 0
				? "Reports come, and none is authenticated: look at the milter and at "
				  "trusted-authserv-ids."
				: "Does the mail with the reports still reach tlsrpt-ingest(1)? See the "
				  "queue and the log of the mail system.");
	if (table_number(page, 0, "quarantine_full") != 0)
		fputs("<article class=\"card bad\"><h3><span>✖ Critical</span> The quarantine is "
		      "full</h3>\n<p>What is not understood stays in the mail queue: look with "
		      "<code>tlsrpt quarantine</code>, and drop what is not needed.</p></article>\n",
			out->file);
}

void
page_problems(const Document *document, const Output *out)
{
	const Table *problems = document_table(document, "problems");

	print_reception(document_table(document, "page"), out);
	if (problems->rows->len == 0)
		fputs("<p>No problem is an alarm.</p>\n", out->file);
	for (size_t row = 0; row < problems->rows->len && row < PAGE_CARDS; row++) {
		const Card card = { document, problems, row, out };
		print_card(&card);
	}
	if (problems->rows->len > PAGE_CARDS)
		print_rows(document, "problems", PAGE_CARDS, out);
	print_others(document, out);
}
