/* An alert as the text of a mail. */
#include "text.h"

#include "tlsrpt/render_alert.h"

#include "tlsrpt/day.h"

static void
heading(const char *title, const Output *out)
{
	g_autofree char *upper = g_ascii_strup(title, -1);

	fprintf(out->file, "\n%s\n", upper);
}

static void
print_change(const Document *document, size_t row, const Output *out)
{
	g_autofree char *heading_text = alert_heading(document_table(document, "changes"), row);
	g_autofree char *title = text_words(heading_text, out);
	g_autoptr(GPtrArray) facts = alert_facts(document, row);
	g_autoptr(GPtrArray) commands = alert_commands(document, row);

	putc('\n', out->file);
	text_say(out, 4, "  %s", title);
	for (size_t i = 0; i < facts->len; i++) {
		g_autofree char *fact = text_words(g_ptr_array_index(facts, i), out);
		text_say(out, 6, "    %s", fact);
	}
	for (size_t i = 0; i < commands->len; i++)
		fprintf(out->file, "    %s\n", (const char *)g_ptr_array_index(commands, i));
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
			heading(alert_section_title(section), out);
		first = false;
		print_change(document, i, out);
	}
}

void
text_alert(const Document *document, const Output *out)
{
	const Table *head = document_table(document, "alert");
	g_autofree char *subject = alert_subject(document);
	g_autofree char *safe = text_safe(subject, 0, out);
	g_autofree char *time = time_text(table_number(head, 0, "time"));
	size_t shown = 0;

	text_say(out, 0, "%s", safe);
	text_say(out, 0, "%s", time);
	for (size_t i = 0; i < ALERT_SECTIONS; i++)
		print_section(document, alert_sections[i], &shown, out);
	if (shown > ALERT_CHANGES_SHOWN)
		fprintf(out->file, "\nand %zu more: tlsrpt failures\n",
			shown - ALERT_CHANGES_SHOWN);
}
