/*
 * Records, with a caret below each place that is wrong, and how mail gets to their domain; or a line for
 * a zone file.
 */
#include "text.h"

#include "tlsrpt/layout.h"
#include "tlsrpt/mail_hosts.h"

#include <string.h>

#define INDENT 2
#define WIDTH_MIN 30
#define NAMES_SHOWN 4
#define DOTS "..."
#define ZONE_WIDTH 80

/* How many characters stand for the byte at a place: one, or more as in "\"" and "\034" (RFC 1035). */
static size_t
width_of(const char *at)
{
	if (*at != '\\')
		return 1;
	return g_ascii_isdigit(at[1]) ? 4 : 2;
}

/* Where in the text the byte begins that is in a column. */
static size_t
place_of(const char *text, int64_t column)
{
	const char *at = text;

	for (int64_t i = 1; i < column && *at != '\0'; i++)
		at += width_of(at);
	return (size_t)(at - text);
}

/* Prints the text, or as much of it as has room around a column, and a caret below that column. */
static void
print_excerpt(const char *text, int64_t column, const Output *out)
{
	const size_t full = (size_t)MAX(out->width - INDENT, WIDTH_MIN);
	const size_t length = strlen(text), place = place_of(text, column);
	/* The caret may be one place after the last byte. */
	const size_t width = length < full ? length : full - 2 * strlen(DOTS);
	const size_t start = place < width ? 0 : MIN(place - width / 2, length - width);
	const size_t shown = MIN(length - start, width);

	fprintf(out->file, "%*s%s%.*s%s\n", INDENT, "", start > 0 ? DOTS : "", (int)shown,
		text + start, start + shown < length ? DOTS : "");
	if (column > 0)
		fprintf(out->file, "%*s^\n",
			INDENT + (int)(place - start + (start > 0 ? strlen(DOTS) : 0)), "");
}

static void
print_problem(const Table *problems, size_t row, int indent, const char *before, const Output *out)
{
	const int64_t column = table_number(problems, row, "column");
	g_autofree char *message = text_safe(table_text(problems, row, "message"), 0, out);
	g_autofree char *place = column > 0
		? g_strdup_printf("column %" G_GINT64_FORMAT ": ", column)
		: g_strdup("");
	g_autofree char *line = g_strconcat(
		before, table_text(problems, row, "severity"), ": ", place, message, NULL);

	text_paragraph(line, indent, out);
}

static void
print_head(const Table *records, size_t row, const Output *out)
{
	g_autofree char *name = text_safe(table_text(records, row, "name"), 0, out);
	g_autofree char *alias = text_safe(table_text(records, row, "alias"), 0, out);

	fprintf(out->file, "%s: %s\n", name, table_text(records, row, "status"));
	if (*alias != '\0')
		fprintf(out->file, "%*sby CNAME from %s\n", INDENT, "", alias);
}

static void
print_record(const Document *document, size_t row, const Output *out)
{
	const Table *records = document_table(document, "records");
	const Table *problems = document_table(document, "problems");
	const char *text = table_text(records, row, "text");
	bool shown = *text == '\0';

	print_head(records, row, out);
	for (size_t i = 0; i < problems->rows->len; i++) {
		const int64_t column = table_number(problems, i, "column");
		if (table_number(problems, i, "record") != (int64_t)row + 1)
			continue;
		if (column > 0 || !shown)
			print_excerpt(text, column, out);
		shown = true;
		print_problem(problems, i, 2 * INDENT, "  ", out);
	}
	if (!shown)
		print_excerpt(text, 0, out);
}

/* Prints text that has only blanks to be folded at in lines that begin alike. */
static void
print_folded(const char *text, const char *before, const Output *out)
{
	const int width = ZONE_WIDTH - (int)strlen(before);

	while (*text != '\0') {
		const size_t length = layout_line(text, width);
		fprintf(out->file, "%s%.*s\n", before, (int)length, text);
		text += length;
		text += strspn(text, " ");
	}
}

/*
 * Prints the line for a zone file or, if it is long, its name and a record in parentheses of several strings
 * in a line each, which are one.  It is our own and consists of printable ASCII without quotes.
 */
static void
print_zone_line(const Table *records, const Output *out)
{
	const char *line = table_text(records, 0, "zone_line"),
		   *text = table_text(records, 0, "text");
	const char *data = strchr(line, '"');
	const size_t step = ZONE_WIDTH - strlen("    \"\" )");

	if (strlen(line) <= ZONE_WIDTH || data == NULL) {
		fprintf(out->file, "%s\n", line);
		return;
	}
	fprintf(out->file, "%.*s(\n", (int)(data - line), line);
	for (size_t at = 0, length = strlen(text); at < length; at += step)
		fprintf(out->file, "    \"%.*s\"%s\n", (int)step, text + at,
			at + step < length ? "" : " )");
}

/* That record, followed by the problems as comments. */
static void
print_made(const Document *document, const Output *out)
{
	const Table *records = document_table(document, "records");
	const Table *problems = document_table(document, "problems");

	print_zone_line(records, out);
	for (size_t i = 0; i < problems->rows->len; i++) {
		const int64_t column = table_number(problems, i, "column");
		g_autofree char *place = column > 0
			? g_strdup_printf("column %" G_GINT64_FORMAT ": ", column)
			: g_strdup("");
		g_autofree char *message = text_safe(table_text(problems, i, "message"), 0, out);
		g_autofree char *comment = g_strconcat(
			table_text(problems, i, "severity"), ": ", place, message, NULL);
		print_folded(comment, "; ", out);
	}
}

/* --- the domain as a whole */

static bool
is_of(const Table *table, size_t row, const char *domain)
{
	return strcmp(table_text(table, row, "domain"), domain) == 0;
}

/* "mx.example.com: 192.0.2.1, 2001:db8::1; DANE ready" */
static void
print_host(const Table *hosts, size_t row, const Output *out)
{
	const char *lines = table_text(hosts, row, "addresses");
	g_autofree char *host = text_safe(table_text(hosts, row, "host"), TEXT_NAME_BYTES, out);
	g_autofree char *alias = text_safe(table_text(hosts, row, "alias"), TEXT_NAME_BYTES, out);
	g_autofree char *addresses = text_names(lines, NAMES_SHOWN, TEXT_NAME_BYTES, out);
	g_autofree char *line = g_strdup_printf("%*s%s%s%s: %s; DANE %s", INDENT, "", host,
		*alias != '\0' ? " by CNAME from " : "", alias,
		*addresses != '\0' ? addresses : "no address", table_text(hosts, row, "dane"));

	text_paragraph(line, 2 * INDENT, out);
}

/* Who reported, as a proof that it works; nothing without a store. */
static void
print_proof(const Table *domains, size_t row, const Output *out)
{
	const char *since = table_text(domains, row, "since");
	const int64_t n = table_number(domains, row, "organizations");
	const int64_t unverified = table_number(domains, row, "unverified_organizations");

	if (*since == '\0')
		return;
	if (n == 0)
		text_say(out, 2 * INDENT, "  Nobody who is believed reported since %s.", since);
	else
		text_say(out, 2 * INDENT,
			"  %" G_GINT64_FORMAT " organization%s reported since %s, the last on %s.",
			n, n == 1 ? "" : "s", since, table_text(domains, row, "last_reported"));
	if (unverified > 0)
		text_say(out, 2 * INDENT,
			"  Reports of %" G_GINT64_FORMAT " more are unverified and prove nothing.",
			unverified);
}

static void
print_domain(const Document *document, size_t row, const Output *out)
{
	static const char *const ways[] = {
		[MAIL_TO_MX] = "mail goes to its MX",
		[MAIL_TO_DOMAIN] = "no MX",
		[MAIL_REFUSED] = "takes no mail",
		[MAIL_UNKNOWN] = "where mail goes is not known",
	};
	const Table *domains = document_table(document, "domains");
	const Table *hosts = document_table(document, "hosts");
	const Table *problems = document_table(document, "problems");
	const char *domain = table_text(domains, row, "domain");
	g_autofree char *name = text_safe(domain, 0, out);

	fprintf(out->file, "%s: %s\n", name, ways[table_number(domains, row, "mail")]);
	for (size_t i = 0; i < hosts->rows->len; i++) {
		if (is_of(hosts, i, domain))
			print_host(hosts, i, out);
	}
	for (size_t i = 0; i < problems->rows->len; i++) {
		if (table_number(problems, i, "record") == 0 && is_of(problems, i, domain))
			print_problem(problems, i, 2 * INDENT, "  ", out);
	}
	print_proof(domains, row, out);
}

/* --- many domains: what is wrong, and a line each for the rest */

static size_t
count_severe(const Table *problems, const char *domain)
{
	size_t n = 0;

	for (size_t i = 0; i < problems->rows->len; i++)
		n += is_of(problems, i, domain)
			&& strcmp(table_text(problems, i, "severity"), "note") != 0;
	return n;
}

static void
print_in_short(const Document *document, size_t row, const Output *out)
{
	const Table *domains = document_table(document, "domains");
	const Table *records = document_table(document, "records");
	const Table *problems = document_table(document, "problems");
	const char *domain = table_text(domains, row, "domain");
	const size_t severe = count_severe(problems, domain);
	const int64_t n = table_number(domains, row, "organizations");
	g_autofree char *name = text_safe(domain, 0, out);

	fprintf(out->file,
		"%s: %s (%" G_GINT64_FORMAT " organization%s reported, the last on %s)\n", name,
		severe == 0 ? "sound" : "look at this", n, n == 1 ? "" : "s",
		table_text(domains, row, "last_reported"));
	for (size_t i = 0; i < problems->rows->len && severe > 0; i++) {
		const int64_t record = table_number(problems, i, "record");
		if (!is_of(problems, i, domain)
			|| strcmp(table_text(problems, i, "severity"), "note") == 0)
			continue;
		g_autofree char *place = record > 0
			? text_safe(table_text(records, (size_t)record - 1, "name"), 0, out)
			: g_strdup("");
		g_autofree char *before = g_strconcat("  ", place, record > 0 ? ": " : "", NULL);
		print_problem(problems, i, 2 * INDENT, before, out);
	}
}

void
text_record(const Document *document, const Output *out)
{
	const Table *records = document_table(document, "records");
	const Table *domains = document_table(document, "domains");

	if (records->rows->len > 0 && *table_text(records, 0, "zone_line") != '\0') {
		print_made(document, out);
		return;
	}
	if (records->rows->len == 0)
		fputs("No believed report is about any domain.\n", out->file);
	for (size_t i = 0; i < domains->rows->len && domains->rows->len > 1; i++)
		print_in_short(document, i, out);
	for (size_t i = 0; i < records->rows->len && domains->rows->len <= 1; i++)
		print_record(document, i, out);
	if (domains->rows->len == 1)
		print_domain(document, 0, out);
}
