/* The last 90 days: whether it gets better, in two pictures and a table; and each domain. */
#include "page.h"

#include "tlsrpt/html.h"
#include "tlsrpt/report.h"

#define WEEK_DAYS 7

/* The rows of the days, as values of a picture; caller unrefs. */
static GArray *
values_of(const Table *days, bool is_share, double *largest, size_t *where)
{
	GArray *values = g_array_sized_new(FALSE, FALSE, sizeof(double), days->rows->len);

	*largest = 0;
	*where = 0;
	for (size_t row = 0; row < days->rows->len; row++) {
		const double value = is_share ? table_cell(days, row, "failed_share")->share
					      : (double)table_number(days, row, "sessions");
		g_array_append_val(values, value);
		if (value > *largest) {
			*largest = value;
			*where = row;
		}
	}
	return values;
}

static void
print_axis(const Table *days, const Output *out)
{
	const size_t last = days->rows->len - 1;

	fputs("<p class=\"axis\">", out->file);
	page_day(table_number(days, 0, "day"), out);
	fputc(' ', out->file);
	page_day(table_number(days, last / 2, "day"), out);
	fputc(' ', out->file);
	page_day(table_number(days, last, "day"), out);
	fputs("</p>\n", out->file);
}

static void
print_picture(const Table *days, bool is_share, const Output *out)
{
	double largest;
	size_t where;
	g_autoptr(GArray) values = values_of(days, is_share, &largest, &where);
	g_autofree char *most = is_share
		? share_text(largest)
		: g_strdup_printf("%" G_GINT64_FORMAT, table_number(days, where, "sessions"));
	g_autofree char *safe = html_escape(most, 0);

	fprintf(out->file, "<figure class=\"%s\">\n<figcaption>%s: ", is_share ? "failed" : "all",
		is_share ? "Share of the sessions that failed, by day" : "Sessions, by day");
	if (largest > 0) {
		fprintf(out->file, "at most %s, on ", safe);
		page_day(table_number(days, where, "day"), out);
	} else {
		fputs("none", out->file);
	}
	fputs("</figcaption>\n", out->file);
	if (largest > 0) {
		page_picture_bars(values, largest, out);
		print_axis(days, out);
	}
	fputs("</figure>\n", out->file);
}

/* The days of a week added up, which are the rows before one. */
static void
print_week(const Table *days, size_t before, const Output *out)
{
	const size_t first = before > WEEK_DAYS ? before - WEEK_DAYS : 0;
	int64_t sessions = 0, failed = 0;

	for (size_t row = first; row < before; row++) {
		sessions = count_add(sessions, table_number(days, row, "sessions"));
		failed = count_add(failed, table_number(days, row, "failed_sessions"));
	}
	g_autofree char *share = share_text(share_of(failed, sessions));
	g_autofree char *safe = html_escape(share, 0);
	fputs("<tr><th scope=\"row\">", out->file);
	page_day(table_number(days, first, "day"), out);
	fputs(" to ", out->file);
	page_day(table_number(days, before - 1, "day"), out);
	fprintf(out->file,
		"</th><td>%" G_GINT64_FORMAT "</td><td>%" G_GINT64_FORMAT "</td><td>%s</td></tr>\n",
		sessions, failed, safe);
}

static void
print_weeks(const Document *document, const Output *out)
{
	static const char *const titles[] = { "Days", "#Sessions", "#Failed", "#Share", NULL };
	const Table *days = document_table(document, "days");

	fputs("<details><summary>The same as a table, by week</summary>\n", out->file);
	page_table_begin("weeks", "The latest week first", titles, out);
	for (size_t before = days->rows->len; before > 0; before -= MIN(before, WEEK_DAYS))
		print_week(days, before, out);
	page_table_end(document, "days", out);
	fputs("<p>Day by day: <code>tlsrpt trend</code></p>\n</details>\n", out->file);
}

void
page_days(const Document *document, const Output *out)
{
	const Table *days = document_table(document, "days");

	print_picture(days, true, out);
	print_picture(days, false, out);
	print_weeks(document, out);
}

/* --- domains */

static void
print_domain(const Table *domains, size_t row, const Output *out)
{
	const int64_t failed = table_number(domains, row, "failed_sessions");
	const int64_t failed_days = table_number(domains, row, "failed_days");

	fprintf(out->file, "<tr%s><th scope=\"row\">", failed > 0 ? " class=\"bad\"" : "");
	page_name(table_text(domains, row, "policy_domain"), "(no domain)", out);
	fprintf(out->file, "%s</th><td>%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT "</td>",
		table_number(domains, row, "learning") != 0 ? " <em>learning</em>" : "", failed,
		table_number(domains, row, "sessions"));
	page_cell_share(domains, row, "failed_share", out);
	page_cell_share(domains, row, "failed_share_90", out);
	fprintf(out->file, "<td>%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT "</td><td>", failed_days,
		table_number(domains, row, "report_days"));
	page_picture_strip(table_cell(domains, row, "days")->bars, out);
	fputs("</td></tr>\n", out->file);
}

void
page_domains(const Document *document, const Output *out)
{
	static const char *const titles[] = { "Domain", "#Failed sessions", "#Share", "#In 90 days",
		"#Days with failures", "By day", NULL };
	const Table *domains = document_table(document, "domains");

	if (domains->rows->len == 0) {
		fputs("<p>No believed report about a domain in 90 days.</p>\n", out->file);
		return;
	}
	page_table_begin("domains",
		"What fails now first. By day: the line is a day with reports, a gap one without; the "
		"higher the step, the more failed.",
		titles, out);
	for (size_t row = 0; row < domains->rows->len; row++)
		print_domain(domains, row, out);
	page_table_end(document, "domains", out);
}
