/*
 * The digest as HTML for mail programs.  Styles are only in attributes, since some programs drop all
 * others.  They set no color of the text or of its background, so that the digest can be read on a dark
 * background and without any style.
 */
#include "tlsrpt/render_digest.h"

#include "tlsrpt/day.h"
#include "tlsrpt/html.h"

#include <string.h>

#define RESULT_BYTES 100 /* of a name that is not one of a host */
/* Long words may be broken anywhere, but not figures; a column of names keeps a minimal width. */
#define FIGURE " style=\"text-align: right; padding: 2px 6px; white-space: nowrap\""
#define FIGURE_TITLE " style=\"text-align: right; padding: 2px 6px; overflow-wrap: normal\""
#define NAME " style=\"text-align: left; padding: 2px 6px; min-width: 10em\""

/* A paragraph of plain text, which is escaped here. */
static void
paragraph(const char *text, const Output *out)
{
	g_autofree char *safe = html_escape(text, 0);

	fprintf(out->file, "<p>%s</p>\n", safe);
}

static void
print_note(const Table *notes, size_t row, const Output *out)
{
	g_autofree char *day = day_text(day_of(table_number(notes, row, "time")));
	g_autofree char *author = html_cell(notes, row, "author", "?", DIGEST_NAME_BYTES);
	g_auto(GStrv) lines = g_strsplit(table_text(notes, row, "text"), "\n", -1);

	fprintf(out->file, "<br><em>%s, %s by %s</em>", day,
		digest_note_word((NoteKind)table_number(notes, row, "kind")), author);
	for (char **line = lines; *line != NULL; line++) {
		g_autofree char *safe = html_escape(*line, 0);
		fprintf(out->file, "<br>\n%s", safe);
	}
	putc('\n', out->file);
}

/* The latest notes on an incident.  The table has those of an incident together, the oldest first. */
static void
print_notes(const Document *document, int64_t incident, const Output *out)
{
	const Table *notes = document_table(document, "notes");
	size_t left = 0;

	for (size_t i = 0; i < notes->rows->len; i++)
		left += table_number(notes, i, "incident") == incident;
	if (left > DIGEST_NOTES_SHOWN)
		fprintf(out->file, "<br>%zu older: <code>tlsrpt note %" G_GINT64_FORMAT "</code>\n",
			left - DIGEST_NOTES_SHOWN, incident);
	for (size_t i = 0; i < notes->rows->len; i++) {
		if (table_number(notes, i, "incident") != incident)
			continue;
		if (left-- <= DIGEST_NOTES_SHOWN)
			print_note(notes, i, out);
	}
}

static void
print_incidents(const Document *document, size_t problem, const Output *out)
{
	const Table *incidents = document_table(document, "incidents");
	size_t shown = 0, left = 0;

	fputs("<ul style=\"padding-left: 1.2em\">\n", out->file);
	for (size_t i = 0; i < incidents->rows->len; i++) {
		if (!digest_is_of_problem(document, i, problem))
			continue;
		if (shown == DIGEST_INCIDENTS_SHOWN) {
			left++;
			continue;
		}
		g_autofree char *mx = html_cell(
			incidents, i, "receiving_mx_hostname", "MX not named", DIGEST_NAME_BYTES);
		g_autofree char *counts = digest_incident_counts(incidents, i);
		g_autofree char *safe = html_escape(counts, 0);
		const int64_t id = table_number(incidents, i, "id");
		fprintf(out->file, "<li>#%" G_GINT64_FORMAT " <strong>%s</strong>:\n%s\n", id, mx,
			safe);
		print_notes(document, id, out);
		fputs("</li>\n", out->file);
		shown++;
	}
	if (left > 0)
		fprintf(out->file, "<li>and %zu more: <code>tlsrpt failures</code></li>\n", left);
	fputs("</ul>\n", out->file);
}

static void
print_effect(
	const Table *problems, size_t row, const char *key, const char *name, const Output *out)
{
	g_autofree char *effect = html_cell(problems, row, key, "", 0);

	if (*effect != '\0')
		fprintf(out->file, "<br>\n<strong>%s:</strong> %s", name, effect);
}

static void
print_problem(const Document *document, size_t row, const char *color, const Output *out)
{
	const Table *problems = document_table(document, "problems");
	g_autofree char *domain = html_cell(problems, row, "policy_domain", "?", DIGEST_NAME_BYTES);
	g_autofree char *type = html_cell(problems, row, "result_type", "", RESULT_BYTES);
	g_autofree char *meaning = html_cell(problems, row, "meaning", "", 0);
	g_autofree char *counts = digest_counts(problems, row);
	g_autofree char *ids = html_cell(problems, row, "incidents", "", 0);

	fprintf(out->file,
		"<div style=\"border-left: 4px solid %s; padding-left: 12px; margin: 12px 0\">\n",
		color);
	fprintf(out->file, "<h3 style=\"font-size: 1em; margin: 0\">%s: <code>%s</code></h3>\n",
		domain, type);
	fprintf(out->file, "<p>%s%s%s.", meaning, *meaning != '\0' ? ".<br>\n" : "", counts);
	print_effect(problems, row, "enforce", "In enforce mode", out);
	print_effect(problems, row, "testing", "In testing mode", out);
	print_effect(problems, row, "dane", "Under DANE", out);
	fputs("</p>\n", out->file);
	print_incidents(document, row, out);
	/* A type with a known meaning is a harmless word.  Nobody shall copy any other to a shell. */
	fputs("<p>", out->file);
	if (*meaning != '\0')
		fprintf(out->file, "<code>tlsrpt explain %s</code><br>\n", type);
	fprintf(out->file, "<code>tlsrpt resolve %s</code></p>\n</div>\n", ids);
}

static void
print_problems(const Document *document, const Output *out)
{
	static const char *const colors[SECTIONS] = {
		[SECTION_NEW] = "#d33c3c",
		[SECTION_RECURRING] = "#d33c3c",
		[SECTION_ONGOING] = "#d98e04",
		[SECTION_GLITCH] = "#888888",
	};
	const Table *problems = document_table(document, "problems");
	size_t shown = 0;

	for (int section = 0; section < SECTIONS; section++) {
		bool first = true;
		for (size_t i = 0; i < problems->rows->len; i++) {
			if ((int)digest_section(problems, i) != section
				|| ++shown > DIGEST_PROBLEMS_SHOWN)
				continue;
			if (first)
				html_heading(digest_section_title((DigestSection)section), out->file);
			first = false;
			print_problem(document, i, colors[section], out);
		}
	}
	if (shown > DIGEST_PROBLEMS_SHOWN)
		fprintf(out->file, "<p>and %zu more: <code>tlsrpt failures</code></p>\n",
			shown - DIGEST_PROBLEMS_SHOWN);
}

static void
print_names(const char *lines, const Output *out)
{
	g_auto(GStrv) each = g_strsplit(lines, "\n", -1);
	const guint n = g_strv_length(each);

	if (n == 0)
		putc('?', out->file);
	for (guint i = 0; i < n && i < DIGEST_NAMES_SHOWN; i++) {
		g_autofree char *name = html_escape(each[i], DIGEST_NAME_BYTES);
		fprintf(out->file, "%s%s", i > 0 ? ",\n" : "", name);
	}
	if (n > DIGEST_NAMES_SHOWN)
		fprintf(out->file, " and %u more", n - DIGEST_NAMES_SHOWN);
}

static void
print_silent(const Table *silent, const Output *out)
{
	if (silent->rows->len == 0)
		return;
	html_heading("No longer reporting", out->file);
	fputs("<ul style=\"padding-left: 1.2em\">\n", out->file);
	for (size_t i = 0; i < silent->rows->len && i < DIGEST_ROWS_SHOWN; i++) {
		g_autofree char *name = html_cell(
			silent, i, "organization", "?", DIGEST_NAME_BYTES);
		g_autofree char *since = table_day(silent, i, "since");
		fprintf(out->file, "<li><strong>%s</strong>, about ", name);
		print_names(table_text(silent, i, "policy_domains"), out);
		fprintf(out->file, ":\nthe last report came on %s</li>\n", since);
	}
	if (silent->rows->len > DIGEST_ROWS_SHOWN)
		fprintf(out->file, "<li>and %u more</li>\n", silent->rows->len - DIGEST_ROWS_SHOWN);
	fputs("</ul>\n", out->file);
}

static void
print_resolved(const Table *resolved, const Output *out)
{
	if (resolved->rows->len == 0)
		return;
	html_heading("Resolved this week", out->file);
	fputs("<ul style=\"padding-left: 1.2em\">\n", out->file);
	for (size_t i = 0; i < resolved->rows->len && i < DIGEST_ROWS_SHOWN; i++) {
		g_autofree char *domain = html_cell(
			resolved, i, "policy_domain", "?", DIGEST_NAME_BYTES);
		g_autofree char *type = html_cell(resolved, i, "result_type", "", RESULT_BYTES);
		g_autofree char *mx = html_cell(
			resolved, i, "receiving_mx_hostname", "", DIGEST_NAME_BYTES);
		fprintf(out->file, "<li>#%" G_GINT64_FORMAT " %s: <code>%s</code>%s%s\n",
			table_number(resolved, i, "incident"), domain, type,
			*mx != '\0' ? "\nat " : "", mx);
		print_note(resolved, i, out);
		fputs("</li>\n", out->file);
	}
	if (resolved->rows->len > DIGEST_ROWS_SHOWN)
		fprintf(out->file, "<li>and %u more: <code>tlsrpt failures</code></li>\n",
			resolved->rows->len - DIGEST_ROWS_SHOWN);
	fputs("</ul>\n", out->file);
}

static void
print_share(const Table *domains, size_t row, const char *key, const Output *out)
{
	g_autofree char *share = share_text(table_cell(domains, row, key)->share);
	g_autofree char *safe = html_escape(share, 0);

	fprintf(out->file, "<td" FIGURE ">%s</td>\n", safe);
}

static void
print_domain(const Table *domains, size_t row, const Output *out)
{
	g_autofree char *name = html_cell(domains, row, "policy_domain", "?", DIGEST_NAME_BYTES);

	fprintf(out->file, "<tr>\n<th scope=\"row\"" NAME ">%s%s</th>\n", name,
		table_number(domains, row, "learning") != 0 ? " (learning)" : "");
	fprintf(out->file, "<td" FIGURE ">%" G_GINT64_FORMAT "</td>\n",
		table_number(domains, row, "sessions"));
	fprintf(out->file, "<td" FIGURE ">%" G_GINT64_FORMAT "</td>\n",
		table_number(domains, row, "failed_sessions"));
	print_share(domains, row, "failed_share", out);
	print_share(domains, row, "failed_share_before", out);
	print_share(domains, row, "baseline", out);
	fprintf(out->file, "<td" FIGURE ">%" G_GINT64_FORMAT "</td>\n</tr>\n",
		table_number(domains, row, "reporters"));
}

static void
print_domains(const Table *domains, const Output *out)
{
	static const char *const titles[] = { "Sessions", "Failed", "Share", "Week before", "Usual",
		"Reporters" };

	if (domains->rows->len == 0)
		return;
	html_heading("Domains", out->file);
	fputs("<table style=\"border-collapse: collapse\">\n<thead>\n<tr>\n<th scope=\"col\"" NAME
	      ">Domain</th>\n",
		out->file);
	for (size_t i = 0; i < G_N_ELEMENTS(titles); i++)
		fprintf(out->file, "<th scope=\"col\"" FIGURE_TITLE ">%s</th>\n", titles[i]);
	fputs("</tr>\n</thead>\n<tbody>\n", out->file);
	for (size_t i = 0; i < domains->rows->len && i < DIGEST_DOMAINS_SHOWN; i++)
		print_domain(domains, i, out);
	fputs("</tbody>\n</table>\n", out->file);
	if (domains->rows->len > DIGEST_DOMAINS_SHOWN)
		fprintf(out->file, "<p>and %u more: <code>tlsrpt summary</code></p>\n",
			domains->rows->len - DIGEST_DOMAINS_SHOWN);
	paragraph("Share is the part of the sessions that failed, this week, the week before, and "
		  "usually, that is in the weeks before this one.",
		out);
}

static void
print_remarks(const Table *digest, const Output *out)
{
	const int64_t learning = table_number(digest, 0, "learning");
	const int64_t quarantined = table_number(digest, 0, "quarantined");

	if (learning > 0)
		fprintf(out->file,
			"<p>%" G_GINT64_FORMAT
			" domain%s still learning:\ntoo few days have reports to "
			"tell what is usual.</p>\n",
			learning, learning == 1 ? " is" : "s are");
	if (quarantined > 0)
		fprintf(out->file,
			"<p>%" G_GINT64_FORMAT " message%s came into quarantine:\n"
			"<code>tlsrpt quarantine list</code></p>\n",
			quarantined, quarantined == 1 ? "" : "s");
}

void
html_digest(const Document *document, const Output *out)
{
	const Table *digest = document_table(document, "digest");
	const Reception reception = (Reception)table_number(digest, 0, "reception");
	g_autofree char *first = table_day(digest, 0, "first_day");
	g_autofree char *last = table_day(digest, 0, "last_day");
	g_autofree char *subject = digest_subject(document);
	g_autofree char *days = g_strdup_printf("%s to %s, UTC", first, last);

	html_begin(subject, days, out->file);
	if (reception != RECEPTION_REGULAR)
		paragraph(digest_reception_help(reception), out);
	print_problems(document, out);
	print_silent(document_table(document, "silent"), out);
	print_resolved(document_table(document, "resolved"), out);
	print_domains(document_table(document, "domains"), out);
	print_remarks(digest, out);
	html_end(out->file);
}
