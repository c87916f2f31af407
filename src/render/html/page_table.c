/* Sections, tables and cells of the page, and what strangers wrote in them. */
#include "page.h"

#include "tlsrpt/day.h"
#include "tlsrpt/html.h"

#include <string.h>

void
page_text(const char *text, const Output *out)
{
	g_autofree char *safe = html_escape(text, PAGE_TEXT_BYTES);

	fputs(safe, out->file);
}

/* A stranger may have a name of nothing but blanks, which nobody would see. */
static bool
is_blank(const char *name)
{
	while (*name != '\0' && g_unichar_isspace(g_utf8_get_char(name)))
		name = g_utf8_next_char(name);
	return *name == '\0';
}

void
page_name(const char *name, const char *unknown, const Output *out)
{
	const char *shown = *name == '\0' ? unknown : is_blank(name) ? "(blank)" : name;
	g_autofree char *safe = html_escape(shown, PAGE_NAME_BYTES);

	for (const char *at = safe; *at != '\0'; at++) {
		fputc(*at, out->file);
		if (*at == '.' && at[1] != '\0' && at[1] != '.')
			fputs("<wbr>", out->file);
	}
}

void
page_names(const Table *table, size_t row, const char *key, const Output *out)
{
	g_auto(GStrv) names = g_strsplit(table_text(table, row, key), "\n", -1);
	const guint n = g_strv_length(names);

	for (guint i = 0; i < n && i < PAGE_NAMES; i++) {
		fputs(i > 0 ? ", " : "", out->file);
		page_name(names[i], "?", out);
	}
	if (n > PAGE_NAMES)
		fprintf(out->file, " and %u more", n - PAGE_NAMES);
}

void
page_day(int64_t day, const Output *out)
{
	g_autofree char *text = day != DAY_NONE ? day_text(day) : NULL;

	if (text != NULL)
		fprintf(out->file, "<time>%s</time>", text);
}

void
page_time(int64_t at, const Output *out)
{
	g_autofree char *text = time_text(at);

	/* "2026-11-23T12:00:00Z" */
	fprintf(out->file, "<time datetime=\"%s\">%.10s %.5s UTC</time>", text, text, text + 11);
}

char *
page_count(int64_t n, const char *noun)
{
	return g_strdup_printf("%" G_GINT64_FORMAT " %s%s", n, noun, n == 1 ? "" : "s");
}

void
page_section(const char *id, const char *title, const Output *out)
{
	fprintf(out->file, "<section id=\"%s\">\n<h2>%s</h2>\n", id, title);
}

void
page_table_begin(
	const char *class, const char *caption, const char *const *titles, const Output *out)
{
	fprintf(out->file, "<table class=\"%s\">\n<caption>%s</caption>\n<thead><tr>", class,
		caption);
	for (; *titles != NULL; titles++) {
		const bool is_number = **titles == '#';
		fprintf(out->file, "<th scope=\"col\"%s>%s</th>", is_number ? " class=\"n\"" : "",
			*titles + is_number);
	}
	fputs("</tr></thead>\n<tbody>\n", out->file);
}

int64_t
page_left_out(const Document *document, const char *key)
{
	const Table *table = document_table(document, "left_out");
	int64_t rows = 0;

	for (size_t i = 0; i < table->rows->len; i++) {
		if (strcmp(table_text(table, i, "table"), key) == 0)
			rows += table_number(table, i, "rows");
	}
	return rows;
}

void
page_table_end(const Document *document, const char *key, const Output *out)
{
	const int64_t rows = page_left_out(document, key);

	fputs("</tbody>\n</table>\n", out->file);
	if (rows > 0)
		fprintf(out->file,
			"<p class=\"more\">Left out here: %" G_GINT64_FORMAT
			" more row%s, which fail less.</p>\n",
			rows, rows == 1 ? "" : "s");
}

void
page_cell_number(const Table *table, size_t row, const char *key, const Output *out)
{
	fprintf(out->file, "<td>%" G_GINT64_FORMAT "</td>", table_number(table, row, key));
}

void
page_cell_share(const Table *table, size_t row, const char *key, const Output *out)
{
	g_autofree char *share = share_text(table_cell(table, row, key)->share);
	g_autofree char *safe = html_escape(share, 0);

	fprintf(out->file, "<td>%s</td>", safe);
}

void
page_cell_day(const Table *table, size_t row, const char *key, const Output *out)
{
	fputs("<td>", out->file);
	page_day(table_number(table, row, key), out);
	fputs("</td>", out->file);
}
