/* In what reports are not as RFC 8460 says, folded, since it is of interest to few; and the quarantine. */
#include "page.h"

void
page_findings(const Document *document, const Output *out)
{
	static const char *const titles[] = { "Reporter", "Finding", "#Reports", NULL };
	const Table *findings = document_table(document, "findings");
	g_autofree char *n = page_count(
		findings->rows->len + page_left_out(document, "findings"), "finding");

	if (findings->rows->len == 0) {
		fputs("<p>All reports of the last days are as RFC 8460 says.</p>\n", out->file);
		return;
	}
	fprintf(out->file,
		"<p>These reports are not as RFC 8460 says. They count all the same; the senders are to "
		"repair it.</p>\n<details><summary>%s</summary>\n",
		n);
	page_table_begin("findings", "Reports of the last days with a finding, the commonest first",
		titles, out);
	for (size_t row = 0; row < findings->rows->len; row++) {
		fputs("<tr><th scope=\"row\">", out->file);
		page_name(table_text(findings, row, "reporter"), "?", out);
		fputs("</th><td class=\"t\"><code>", out->file);
		page_text(table_text(findings, row, "code"), out);
		fputs("</code></td>", out->file);
		page_cell_number(findings, row, "reports", out);
		fputs("</tr>\n", out->file);
	}
	page_table_end(document, "findings", out);
	fputs("</details>\n", out->file);
}

void
page_quarantine(const Document *document, const Output *out)
{
	static const char *const titles[] = { "Reason", "#Messages", "#Of the last days", NULL };
	const Table *quarantine = document_table(document, "quarantine");
	const Table *page = document_table(document, "page");

	if (quarantine->rows->len == 0) {
		fputs(table_number(page, 0, "selected") > 0
				? "<p>Not shown: messages in quarantine are of no domain.</p>\n"
				: "<p>Empty.</p>\n",
			out->file);
		return;
	}
	page_table_begin(
		"quarantine", "Messages that were not understood, or not wanted", titles, out);
	for (size_t row = 0; row < quarantine->rows->len; row++) {
		fputs("<tr><th scope=\"row\"><code>", out->file);
		page_text(table_text(quarantine, row, "reason"), out);
		fputs("</code></th>", out->file);
		page_cell_number(quarantine, row, "messages", out);
		page_cell_number(quarantine, row, "this_week", out);
		fputs("</tr>\n", out->file);
	}
	page_table_end(document, "quarantine", out);
	fputs("<p>Look at them with <code>tlsrpt quarantine</code>.</p>\n", out->file);
}
