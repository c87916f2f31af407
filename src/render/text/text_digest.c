/* The digest as the text of a mail: nothing in it needs more than the columns of its width. */
#include "tlsrpt/render_digest.h"

#include "tlsrpt/day.h"
#include "tlsrpt/layout.h"

#include <stdarg.h>
#include <string.h>

#define RESULT_BYTES 100 /* of a name that is no host's */
#define NAME_COLUMNS 26 /* of a domain that stands in the line of its figures */

/* A paragraph; what is below its first line is indented by that many columns. */
static void G_GNUC_PRINTF(3, 4) say(const Output *out, int indent, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	g_autofree char *text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	text_paragraph(text, indent, out);
}

static char *
safe_name(const Table *table, size_t row, const char *key, const char *unknown, const Output *out)
{
	const char *text = table_text(table, row, key);

	return text_name(*text != '\0' ? text : unknown, DIGEST_NAME_BYTES, out);
}

static void
heading(const char *title, const Output *out)
{
	g_autofree char *upper = g_ascii_strup(title, -1);

	fprintf(out->file, "\n%s\n", upper);
}

static void
print_note(const Table *notes, size_t row, const Output *out)
{
	g_autofree char *day = day_text(day_of(table_cell(notes, row, "time")->number));
	g_autofree char *author = safe_name(notes, row, "author", "?", out);
	g_auto(GStrv) lines = g_strsplit(table_text(notes, row, "text"), "\n", -1);

	say(out, 10, "        %s, %s by %s%s", day,
		digest_note_word(table_text(notes, row, "kind")), author,
		*table_text(notes, row, "text") != '\0' ? ":" : "");
	for (char **line = lines; *line != NULL; line++) {
		g_autofree char *safe = text_safe(*line, 0, out);
		if (*safe != '\0')
			say(out, 10, "          %s", safe);
	}
}

/* The latest ones; those of an incident come together, the oldest first. */
static void
print_notes(const Document *document, int64_t incident, const Output *out)
{
	const Table *notes = document_table(document, "notes");
	size_t left = 0;

	for (size_t i = 0; i < notes->rows->len; i++)
		left += table_cell(notes, i, "incident")->number == incident;
	if (left > DIGEST_NOTES_SHOWN)
		say(out, 10, "        %zu older: tlsrpt note %" G_GINT64_FORMAT,
			left - DIGEST_NOTES_SHOWN, incident);
	for (size_t i = 0; i < notes->rows->len; i++) {
		if (table_cell(notes, i, "incident")->number != incident)
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

	for (size_t i = 0; i < incidents->rows->len; i++) {
		if (!digest_is_of_problem(document, i, problem))
			continue;
		if (shown == DIGEST_INCIDENTS_SHOWN) {
			left++;
			continue;
		}
		g_autofree char *mx = safe_name(
			incidents, i, "receiving_mx_hostname", "MX not named", out);
		g_autofree char *counts = digest_incident_counts(incidents, i);
		g_autofree char *safe = text_safe(counts, 0, out);
		const int64_t id = table_cell(incidents, i, "id")->number;
		say(out, 8, "    #%" G_GINT64_FORMAT " %s: %s", id, mx, safe);
		print_notes(document, id, out);
		shown++;
	}
	if (left > 0)
		fprintf(out->file, "    and %zu more: tlsrpt failures\n", left);
}

static void
print_effect(
	const Table *problems, size_t row, const char *key, const char *name, const Output *out)
{
	const char *effect = table_text(problems, row, key);

	if (*effect != '\0')
		say(out, 4, "    %s: %s", name, effect);
}

static void
print_problem(const Document *document, size_t row, const Output *out)
{
	const Table *problems = document_table(document, "problems");
	g_autofree char *domain = safe_name(problems, row, "policy_domain", "?", out);
	g_autofree char *type = text_safe(
		table_text(problems, row, "result_type"), RESULT_BYTES, out);
	g_autofree char *counts = digest_counts(problems, row);
	const char *meaning = table_text(problems, row, "meaning");

	putc('\n', out->file);
	say(out, 4, "  %s: %s", domain, type);
	if (*meaning != '\0')
		say(out, 4, "    %s.", meaning);
	say(out, 4, "    %s.", counts);
	print_effect(problems, row, "enforce", "In enforce mode", out);
	print_effect(problems, row, "testing", "In testing mode", out);
	print_effect(problems, row, "dane", "Under DANE", out);
	print_incidents(document, row, out);
	/* A type that is known is a word; nobody shall copy another one to a shell. */
	if (*meaning != '\0')
		fprintf(out->file, "    tlsrpt explain %s\n", type);
	say(out, 8, "    tlsrpt resolve %s", table_text(problems, row, "incidents"));
}

static void
print_problems(const Document *document, const Output *out)
{
	const Table *problems = document_table(document, "problems");
	size_t shown = 0;

	for (int section = 0; section < SECTIONS; section++) {
		bool first = true;
		for (size_t i = 0; i < problems->rows->len; i++) {
			if ((int)digest_section(problems, i) != section
				|| ++shown > DIGEST_PROBLEMS_SHOWN)
				continue;
			if (first)
				heading(digest_section_title((DigestSection)section), out);
			first = false;
			print_problem(document, i, out);
		}
	}
	if (shown > DIGEST_PROBLEMS_SHOWN)
		fprintf(out->file, "\nand %zu more: tlsrpt failures\n",
			shown - DIGEST_PROBLEMS_SHOWN);
}

static char *
join_names(const char *lines, const Output *out)
{
	return *lines == '\0' ? g_strdup("?")
			      : text_names(lines, DIGEST_NAMES_SHOWN, DIGEST_NAME_BYTES, out);
}

static void
print_silent(const Table *silent, const Output *out)
{
	if (silent->rows->len == 0)
		return;
	heading("No longer reporting", out);
	for (size_t i = 0; i < silent->rows->len && i < DIGEST_ROWS_SHOWN; i++) {
		g_autofree char *name = safe_name(silent, i, "organization", "?", out);
		g_autofree char *since = day_text(table_cell(silent, i, "since")->number);
		g_autofree char *domains = join_names(table_text(silent, i, "policy_domains"), out);
		say(out, 4, "  %s, about %s: the last report came on %s", name, domains, since);
	}
	if (silent->rows->len > DIGEST_ROWS_SHOWN)
		fprintf(out->file, "  and %u more\n", silent->rows->len - DIGEST_ROWS_SHOWN);
}

static void
print_resolved(const Table *resolved, const Output *out)
{
	if (resolved->rows->len == 0)
		return;
	heading("Resolved this week", out);
	for (size_t i = 0; i < resolved->rows->len && i < DIGEST_ROWS_SHOWN; i++) {
		g_autofree char *title = incident_title(resolved, i, "incident", out);
		say(out, 8, "  %s", title);
		print_note(resolved, i, out);
	}
	if (resolved->rows->len > DIGEST_ROWS_SHOWN)
		fprintf(out->file, "  and %u more: tlsrpt failures\n",
			resolved->rows->len - DIGEST_ROWS_SHOWN);
}

/* The figures in the line of the name or, where that is too long or of unknown width, below it. */
static void
print_domain(const Table *domains, size_t row, const Output *out)
{
	g_autofree char *safe = safe_name(domains, row, "policy_domain", "?", out);
	g_autofree char *name = g_strconcat(
		safe, table_cell(domains, row, "learning")->number != 0 ? " *" : "", NULL);
	g_autofree char *share = share_text(table_cell(domains, row, "failed_share")->share);
	g_autofree char *before = share_text(
		table_cell(domains, row, "failed_share_before")->share);
	g_autofree char *usual = share_text(table_cell(domains, row, "baseline")->share);
	const bool fits = strlen(name) <= NAME_COLUMNS && g_str_is_ascii(name);

	if (!fits)
		say(out, 2, "%s", name);
	fprintf(out->file,
		"%-*s %9" G_GINT64_FORMAT " %7" G_GINT64_FORMAT " %7s %7s %7s %3" G_GINT64_FORMAT
		"\n",
		NAME_COLUMNS, fits ? g_strdelimit(name, LAYOUT_BLANKS, ' ') : "",
		table_cell(domains, row, "sessions")->number,
		table_cell(domains, row, "failed_sessions")->number, share, before, usual,
		table_cell(domains, row, "reporters")->number);
}

static void
print_domains(const Table *domains, const Output *out)
{
	if (domains->rows->len == 0)
		return;
	heading("Domains", out);
	fprintf(out->file, "%-*s %9s %7s %7s %7s %7s %3s\n", NAME_COLUMNS, "", "Sessions", "Failed",
		"Share", "Before", "Usual", "By");
	for (size_t i = 0; i < domains->rows->len && i < DIGEST_DOMAINS_SHOWN; i++)
		print_domain(domains, i, out);
	if (domains->rows->len > DIGEST_DOMAINS_SHOWN)
		fprintf(out->file, "and %u more: tlsrpt summary\n",
			domains->rows->len - DIGEST_DOMAINS_SHOWN);
	putc('\n', out->file);
	say(out, 0,
		"Share is the part of the sessions that failed; Before, that of the week before; "
		"Usual, that of the weeks before this one; By, how many organizations reported.");
}

static void
print_remarks(const Table *digest, const Output *out)
{
	const int64_t learning = table_cell(digest, 0, "learning")->number;
	const int64_t quarantined = table_cell(digest, 0, "quarantined")->number;

	if (learning > 0 || quarantined > 0)
		putc('\n', out->file);
	if (learning > 0)
		say(out, 0,
			"* Still learning (%" G_GINT64_FORMAT
			" domain%s): too few days have reports to "
			"tell what is usual.",
			learning, learning == 1 ? "" : "s");
	if (quarantined > 0)
		say(out, 0,
			"%" G_GINT64_FORMAT
			" message%s came into quarantine: tlsrpt quarantine list",
			quarantined, quarantined == 1 ? "" : "s");
}

static void
print_help(const char *reception, const Output *out)
{
	putc('\n', out->file);
	say(out, 0, "%s", digest_reception_help(reception));
}

void
text_digest(const Document *document, const Output *out)
{
	const Table *digest = document_table(document, "digest");
	const char *reception = table_text(digest, 0, "reception");
	g_autofree char *first = day_text(table_cell(digest, 0, "first_day")->number);
	g_autofree char *last = day_text(table_cell(digest, 0, "last_day")->number);
	g_autofree char *subject = digest_subject(document);
	g_autofree char *safe = text_safe(subject, 0, out);

	say(out, 0, "%s", safe);
	say(out, 0, "%s to %s, UTC", first, last);
	if (strcmp(reception, "regular") != 0)
		print_help(reception, out);
	print_problems(document, out);
	print_silent(document_table(document, "silent"), out);
	print_resolved(document_table(document, "resolved"), out);
	print_domains(document_table(document, "domains"), out);
	print_remarks(digest, out);
}
