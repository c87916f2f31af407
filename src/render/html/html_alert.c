/* An alert as HTML for mail programs; what is said of the digest's holds here, too. */
#include "tlsrpt/render_alert.h"

#include "tlsrpt/day.h"
#include "tlsrpt/failure.h"
#include "tlsrpt/html.h"
#include "tlsrpt/render_problem.h"

static const char *
color_of(const Table *changes, size_t row)
{
	if (table_number(changes, row, "change") == CHANGE_OVER)
		return "#3c9a3c";
	return table_number(changes, row, "level") == LEVEL_CRITICAL ? "#d33c3c" : "#d98e04";
}

static void
print_change(const Document *document, size_t row, const Output *out)
{
	const Table *changes = document_table(document, "changes");
	g_autofree char *heading = alert_heading(changes, row);
	g_autoptr(GPtrArray) facts = alert_facts(document, row);
	g_autoptr(GPtrArray) commands = alert_commands(document, row);
	const HtmlProblem problem = {
		.color = color_of(changes, row),
		.heading = heading,
		.lines = facts,
		.commands = commands,
	};

	html_problem(&problem, out->file);
}

static void
print_section(const Document *document, AlertChange section, size_t *shown, const Output *out)
{
	const Table *changes = document_table(document, "changes");
	bool first = true;

	for (size_t i = 0; i < changes->rows->len; i++) {
		if ((AlertChange)table_number(changes, i, "change") != section
			|| ++*shown > ALERT_CHANGES_SHOWN)
			continue;
		if (first)
			html_heading(alert_section_title(section), out->file);
		first = false;
		print_change(document, i, out);
	}
}

void
html_alert(const Document *document, const Output *out)
{
	const Table *head = document_table(document, "alert");
	g_autofree char *subject = alert_subject(document);
	g_autofree char *time = time_text(table_number(head, 0, "time"));
	size_t shown = 0;

	html_begin(subject, time, out->file);
	for (size_t i = 0; i < ALERT_SECTIONS; i++)
		print_section(document, alert_sections[i], &shown, out);
	if (shown > ALERT_CHANGES_SHOWN)
		fprintf(out->file, "<p>and %zu more: <code>tlsrpt failures</code></p>\n",
			shown - ALERT_CHANGES_SHOWN);
	html_end(out->file);
}
