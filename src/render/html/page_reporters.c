/* Who reports, and who went silent. */
#include "page.h"

#include "tlsrpt/html.h"
#include "tlsrpt/render_problem.h"

static void
print_silence(const Table *silences, size_t row, const Output *out)
{
	g_autofree char *command = problem_command(silences, row);

	fprintf(out->file, "<article class=\"card warn\" id=\"p%s\"><h3><span>▲ Silent</span> ",
		table_text(silences, row, "problem"));
	page_text(table_text(silences, row, "title"), out);
	fprintf(out->file, "</h3>\n<dl>\n<dt>Domains</dt><dd>");
	page_names(silences, row, "policy_domains", out);
	fprintf(out->file, "</dd>\n<dt>Last report received</dt><dd><time>%s</time></dd>\n",
		table_text(silences, row, "last_seen"));
	if (*table_text(silences, row, "note") != '\0') {
		fputs("<dt>Note</dt><dd>", out->file);
		page_text(table_text(silences, row, "note"), out);
		fputs("</dd>\n", out->file);
	}
	fprintf(out->file,
		"</dl>\n<p>Does its mail still arrive? If it is to be so: <code>%s</code></p>\n</article>\n",
		command != NULL ? command : "tlsrpt accept");
}

static void
print_silences(const Document *document, const Output *out)
{
	const Table *silences = document_table(document, "silences");
	const int64_t left_out = page_left_out(document, "silences");

	for (size_t row = 0; row < silences->rows->len; row++)
		print_silence(silences, row, out);
	if (left_out > 0)
		fprintf(out->file,
			"<p class=\"more\">Left out here: %" G_GINT64_FORMAT " more.</p>\n",
			left_out);
}

/* What is to be known of a reporter besides its figures. */
static const char *
remark_on(const Table *reporters, size_t row)
{
	if (table_number(reporters, row, "silent") != 0)
		return "silent";
	if (table_number(reporters, row, "believed") == 0)
		return "unverified";
	return table_number(reporters, row, "first_timer") != 0 ? "new here" : "";
}

static void
print_reporter(const Table *reporters, size_t row, const Output *out)
{
	const char *remark = remark_on(reporters, row);
	const char *contact = table_text(reporters, row, "contact_info");

	fprintf(out->file, "<tr%s><th scope=\"row\">",
		table_number(reporters, row, "silent") != 0 ? " class=\"warn\"" : "");
	page_name(table_text(reporters, row, "reporter"), "?", out);
	if (*remark != '\0')
		fprintf(out->file, " <em>%s</em>", remark);
	if (*contact != '\0') {
		fputs("<br>", out->file);
		page_name(contact, "", out);
	}
	fprintf(out->file, "</th><td>%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT "</td>",
		table_number(reporters, row, "failed_sessions"),
		table_number(reporters, row, "sessions"));
	page_cell_share(reporters, row, "failed_share", out);
	page_cell_number(reporters, row, "report_days", out);
	page_cell_day(reporters, row, "last_day", out);
	fputs("<td>", out->file);
	page_picture_strip(table_cell(reporters, row, "days")->bars, out);
	fputs("</td></tr>\n", out->file);
}

void
page_reporters(const Document *document, const Output *out)
{
	static const char *const titles[] = { "Reporter", "#Failed sessions", "#Share",
		"#Days with reports", "#Last day", "By day", NULL };
	const Table *reporters = document_table(document, "reporters");

	print_silences(document, out);
	if (reporters->rows->len == 0) {
		fputs("<p>Nobody reported in 90 days.</p>\n", out->file);
		return;
	}
	page_table_begin("reporters",
		"Who reported in 90 days: the silent first, then who sees most failures", titles,
		out);
	for (size_t row = 0; row < reporters->rows->len; row++)
		print_reporter(reporters, row, out);
	page_table_end(document, "reporters", out);
}
