/*
 * The digest as HTML for mail programs.  Styles are only in attributes, since some programs drop all
 * others.  They set no color of the text or of its background, so that the digest can be read on a dark
 * background and without any style.
 */
#include "tlsrpt/render_digest.h"
#include "tlsrpt/render_problem.h"

#include "tlsrpt/day.h"
#include "tlsrpt/failure.h"
#include "tlsrpt/html.h"

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
print_lines(const GPtrArray *lines, const Output *out)
{
	fputs("<ul style=\"padding-left: 1.2em\">\n", out->file);
	for (size_t i = 0; i < lines->len; i++) {
		g_autofree char *safe = html_escape(g_ptr_array_index(lines, i), 0);
		fprintf(out->file, "<li>%s</li>\n", safe);
	}
	fputs("</ul>\n", out->file);
}

static void
print_part(const char *title, const GPtrArray *lines, const Output *out)
{
	if (lines->len == 0)
		return;
	html_heading(title, out->file);
	print_lines(lines, out);
}

static void
print_problem(const Document *document, size_t row, const Output *out)
{
	const Table *problems = document_table(document, "problems");
	g_autofree char *heading = problem_heading(problems, row);
	g_autoptr(GPtrArray) facts = problem_facts(document, problems, row);
	g_autoptr(GPtrArray) commands = g_ptr_array_new_with_free_func(g_free);
	char *command = problem_command(problems, row);
	const HtmlProblem problem = {
		.color = table_number(problems, row, "level") == LEVEL_CRITICAL ? "#d33c3c"
										: "#d98e04",
		.heading = heading,
		.lines = facts,
		.commands = commands,
	};

	if (command != NULL)
		g_ptr_array_add(commands, command);
	html_problem(&problem, out->file);
}

static void
print_problems(const Document *document, DigestSection section, const Output *out)
{
	g_autoptr(GArray) rows = digest_rows(document, section);
	g_autofree char *more = digest_more(rows->len, DIGEST_PROBLEMS_SHOWN);

	if (rows->len > 0)
		html_heading(digest_section_title(section), out->file);
	for (size_t i = 0; i < rows->len && i < DIGEST_PROBLEMS_SHOWN; i++)
		print_problem(document, g_array_index(rows, size_t, i), out);
	if (more != NULL)
		paragraph(more, out);
}

static void
print_over(const Document *document, const Output *out)
{
	g_autoptr(GArray) rows = digest_rows(document, SECTION_OVER);
	g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
	char *more = digest_more(rows->len, DIGEST_LINES_SHOWN);

	for (size_t i = 0; i < rows->len && i < DIGEST_LINES_SHOWN; i++)
		g_ptr_array_add(lines, digest_over(document, g_array_index(rows, size_t, i)));
	if (more != NULL)
		g_ptr_array_add(lines, more);
	print_part(digest_section_title(SECTION_OVER), lines, out);
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
	g_autofree char *name = html_cell(
		domains, row, "policy_domain", "(no domain)", DIGEST_NAME_BYTES);

	fprintf(out->file, "<tr>\n<th scope=\"row\"" NAME ">%s</th>\n", name);
	fprintf(out->file, "<td" FIGURE ">%" G_GINT64_FORMAT "</td>\n",
		table_number(domains, row, "sessions"));
	fprintf(out->file, "<td" FIGURE ">%" G_GINT64_FORMAT "</td>\n",
		table_number(domains, row, "failed_sessions"));
	print_share(domains, row, "failed_share", out);
	print_share(domains, row, "failed_share_before", out);
	fputs("</tr>\n", out->file);
}

static void
print_domain_table(const Table *domains, size_t shown, const Output *out)
{
	static const char *const titles[] = { "Sessions", "Failed", "Share", "Before" };

	fputs("<table style=\"border-collapse: collapse\">\n<thead>\n<tr>\n<th scope=\"col\"" NAME
	      ">Domain</th>\n",
		out->file);
	for (size_t i = 0; i < G_N_ELEMENTS(titles); i++)
		fprintf(out->file, "<th scope=\"col\"" FIGURE_TITLE ">%s</th>\n", titles[i]);
	fputs("</tr>\n</thead>\n<tbody>\n", out->file);
	for (size_t i = 0; i < shown; i++)
		print_domain(domains, i, out);
	fputs("</tbody>\n</table>\n", out->file);
}

static void
print_domains(const Document *document, const Output *out)
{
	const Table *domains = document_table(document, "domains");
	const size_t shown = digest_domains_shown(document);
	g_autoptr(GPtrArray) others = digest_other_domains(document);

	if (domains->rows->len == 0)
		return;
	html_heading("Domains", out->file);
	if (shown > 0)
		print_domain_table(domains, shown, out);
	if (others->len > 0)
		print_lines(others, out);
	if (shown > 0)
		paragraph(DIGEST_TABLE_LEGEND, out);
}

void
html_digest(const Document *document, const Output *out)
{
	const Table *digest = document_table(document, "digest");
	g_autofree char *first = table_day(digest, 0, "first_day");
	g_autofree char *last = table_day(digest, 0, "last_day");
	g_autofree char *subject = digest_subject(document);
	g_autofree char *sentence = digest_sentence(document);
	g_autofree char *days = g_strdup_printf("%s to %s, UTC", first, last);
	g_autoptr(GPtrArray) waiting = digest_quarantine(document);

	html_begin(subject, sentence, out->file);
	paragraph(days, out);
	print_problems(document, SECTION_BROKEN, out);
	print_over(document, out);
	print_problems(document, SECTION_MISSING, out);
	for (int section = SECTION_UNVERIFIED; section < SECTIONS; section++) {
		g_autoptr(GPtrArray) kinds = digest_kinds(document, (DigestSection)section);
		print_part(digest_section_title((DigestSection)section), kinds, out);
	}
	print_part("Quarantine", waiting, out);
	print_domains(document, out);
	html_end(out->file);
}
