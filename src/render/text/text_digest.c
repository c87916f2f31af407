/* The digest as the text of a mail. */
#include "text.h"

#include "tlsrpt/render_digest.h"
#include "tlsrpt/render_problem.h"

#include "tlsrpt/day.h"
#include "tlsrpt/layout.h"

#include <string.h>

#define NAME_COLUMNS 35 /* of a domain that is on the same line as its figures */

static void
heading(const char *title, const Output *out)
{
	g_autofree char *upper = g_ascii_strup(title, -1);

	fprintf(out->file, "\n%s\n", upper);
}

static void
print_lines(const GPtrArray *lines, const Output *out)
{
	for (size_t i = 0; i < lines->len; i++) {
		g_autofree char *safe = text_safe(g_ptr_array_index(lines, i), 0, out);
		text_say(out, 4, "  %s", safe);
	}
}

static void
print_part(const char *title, const GPtrArray *lines, const Output *out)
{
	if (lines->len == 0)
		return;
	heading(title, out);
	print_lines(lines, out);
}

static void
print_problems(const Document *document, DigestSection section, const Output *out)
{
	const Table *problems = document_table(document, "problems");
	g_autoptr(GArray) rows = digest_rows(document, section);
	g_autofree char *more = digest_more(rows->len, DIGEST_PROBLEMS_SHOWN);

	if (rows->len > 0)
		heading(digest_section_title(section), out);
	for (size_t i = 0; i < rows->len && i < DIGEST_PROBLEMS_SHOWN; i++)
		text_problem(document, problems, g_array_index(rows, size_t, i), out);
	if (more != NULL)
		fprintf(out->file, "%s\n", more);
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

/* The name with its figures on the same line, or below it if the name is too long or not ASCII. */
static void
print_domain(const Table *domains, size_t row, const Output *out)
{
	g_autofree char *name = text_name(
		table_text_or(domains, row, "policy_domain", "(no domain)"), DIGEST_NAME_BYTES,
		out);
	g_autofree char *share = share_text(table_cell(domains, row, "failed_share")->share);
	g_autofree char *before = share_text(
		table_cell(domains, row, "failed_share_before")->share);
	const bool fits = strlen(name) <= NAME_COLUMNS && g_str_is_ascii(name);

	if (!fits)
		text_say(out, 2, "%s", name);
	fprintf(out->file, "%-*s %10" G_GINT64_FORMAT " %8" G_GINT64_FORMAT " %7s %7s\n",
		NAME_COLUMNS, fits ? g_strdelimit(name, LAYOUT_BLANKS, ' ') : "",
		table_number(domains, row, "sessions"),
		table_number(domains, row, "failed_sessions"), share, before);
}

static void
print_domains(const Document *document, const Output *out)
{
	const Table *domains = document_table(document, "domains");
	const size_t shown = digest_domains_shown(document);
	g_autoptr(GPtrArray) others = digest_other_domains(document);

	if (domains->rows->len == 0)
		return;
	heading("Domains", out);
	if (shown > 0)
		fprintf(out->file, "%-*s %10s %8s %7s %7s\n", NAME_COLUMNS, "", "Sessions",
			"Failed", "Share", "Before");
	for (size_t i = 0; i < shown; i++)
		print_domain(domains, i, out);
	print_lines(others, out);
	if (shown > 0)
		text_say(out, 2, "  %s", DIGEST_TABLE_LEGEND);
}

void
text_digest(const Document *document, const Output *out)
{
	const Table *digest = document_table(document, "digest");
	g_autofree char *first = table_day(digest, 0, "first_day");
	g_autofree char *last = table_day(digest, 0, "last_day");
	g_autofree char *subject = digest_subject(document);
	g_autofree char *safe = text_safe(subject, 0, out);
	g_autofree char *sentence = digest_sentence(document);
	g_autoptr(GPtrArray) waiting = digest_quarantine(document);

	text_say(out, 0, "%s", safe);
	text_say(out, 0, "%s", sentence);
	text_say(out, 0, "%s to %s, UTC", first, last);
	print_problems(document, SECTION_BROKEN, out);
	print_over(document, out);
	print_problems(document, SECTION_MISSING, out);
	for (int section = SECTION_UNVERIFIED; section < SECTIONS; section++) {
		g_autoptr(GPtrArray) kinds = digest_kinds(document, (DigestSection)section);
		print_part(digest_section_title((DigestSection)section), kinds, out);
	}
	print_part("Quarantine", waiting, out);
	print_domains(document, out);
}
