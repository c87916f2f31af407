/* The words that the text, the HTML and the subject of an alert share. */
#include "tlsrpt/render_alert.h"

#include "tlsrpt/escape.h"
#include "tlsrpt/render_problem.h"
#include "tlsrpt/text_table.h"

#include <string.h>

#define SUBJECT_NAME_BYTES 60
#define SUBJECT_TITLE_BYTES 90

const AlertChange alert_sections[ALERT_SECTIONS] = { CHANGE_STANDS, CHANGE_BEGAN, CHANGE_WORSE,
	CHANGE_OVER };

const char *
alert_section_title(AlertChange change)
{
	static const char *const titles[] = {
		[CHANGE_NONE] = "",
		[CHANGE_STANDS] = "As it stands",
		[CHANGE_BEGAN] = "Began",
		[CHANGE_WORSE] = "Got worse",
		[CHANGE_OVER] = "Over",
	};

	return titles[change];
}

static const Table *
changes_of(const Document *document)
{
	return document_table(document, "changes");
}

/* --- the subject */

/*
 * "example.com" or "3 domains"; NULL if not all of them are known, as of what is over and gone.  Caller
 * frees.
 */
static char *
where_text(const Table *changes)
{
	g_autoptr(GHashTable) domains = text_table_new(g_free, NULL);

	for (size_t i = 0; i < changes->rows->len; i++) {
		const char *lines = table_text(changes, i, "policy_domains");
		g_auto(GStrv) names = g_strsplit(lines, "\n", -1);
		if (names[0] == NULL)
			return NULL;
		for (char **name = names; *name != NULL; name++)
			g_hash_table_add(domains, g_strdup(*name));
	}
	const guint n = g_hash_table_size(domains);
	if (n != 1)
		return g_strdup_printf("%u domains", n);
	g_autofree const char **one = (const char **)g_hash_table_get_keys_as_array(domains, NULL);
	return escape_terminal(*one, SUBJECT_NAME_BYTES);
}

/*
 * "critical, certificate-expired at mx.example.com": the only change there is.  Without the domains in
 * parentheses if they stand before it.  Caller frees.
 */
static char *
one_change(const Table *changes, bool has_where)
{
	const AlertChange change = (AlertChange)table_number(changes, 0, "change");
	const char *title = table_text(changes, 0, "title");
	const char *end = has_where ? strstr(title, " (") : NULL;
	g_autofree char *what = g_strndup(
		title, end != NULL ? (size_t)(end - title) : strlen(title));
	g_autofree char *safe = escape_terminal(what, SUBJECT_TITLE_BYTES);

	return g_strdup_printf("%s%s, %s", change == CHANGE_WORSE ? "now " : "",
		change == CHANGE_OVER ? "over" : table_text(changes, 0, "level"), safe);
}

static void
add_count(GPtrArray *phrases, int64_t n, const char *one, const char *more)
{
	if (n > 0)
		g_ptr_array_add(phrases,
			g_strdup_printf("%" G_GINT64_FORMAT " %s", n, n == 1 ? one : more));
}

/* "2 critical, 1 warning, 1 over"; caller frees. */
static char *
all_changes(const Document *document)
{
	const Table *head = document_table(document, "alert");
	const int64_t critical = table_number(head, 0, "critical");
	const int64_t bad = table_number(head, 0, "began") + table_number(head, 0, "worse");
	g_autoptr(GPtrArray) phrases = g_ptr_array_new_with_free_func(g_free);

	add_count(phrases, critical, "critical", "critical");
	add_count(phrases, bad - critical, "warning", "warnings");
	add_count(phrases, table_number(head, 0, "over"), "over", "over");
	g_ptr_array_add(phrases, NULL);
	return g_strjoinv(", ", (char **)phrases->pdata);
}

char *
alert_subject(const Document *document)
{
	const Table *changes = changes_of(document);
	const bool is_first = table_number(document_table(document, "alert"), 0, "first") != 0;

	if (changes->rows->len == 0)
		return g_strdup("TLS alert: nothing to tell");
	g_autofree char *where = where_text(changes);
	g_autofree char *what = changes->rows->len == 1 ? one_change(changes, where != NULL)
							: all_changes(document);

	return g_strdup_printf("TLS alert%s%s%s: %s", where != NULL ? " " : "",
		where != NULL ? where : "", is_first ? ", as it stands" : "", what);
}

/* --- what is said of a change */

char *
alert_heading(const Table *changes, size_t row)
{
	const char *number = table_text(changes, row, "problem");

	if (table_number(changes, row, "change") != CHANGE_OVER)
		return problem_heading(changes, row);
	/* As it was told. */
	g_autofree char *title = escape_terminal(
		table_text(changes, row, "title"), PROBLEM_LINE_BYTES);
	return g_strconcat(
		*number != '\0' ? "#" : "", number, *number != '\0' ? " " : "", title, NULL);
}

/* A fact from a cell that no stranger wrote, if there is anything in it. */
static void
add_cell(GPtrArray *facts, const Table *changes, size_t row, const char *label, const char *key)
{
	const char *text = table_text(changes, row, key);

	if (*text != '\0')
		g_ptr_array_add(facts, g_strconcat(label, text, NULL));
}

GPtrArray *
alert_facts(const Document *document, size_t row)
{
	const Table *changes = changes_of(document);

	if (table_number(changes, row, "change") == CHANGE_OVER) {
		GPtrArray *facts = g_ptr_array_new_with_free_func(g_free);
		add_cell(facts, changes, row, "", "why_text");
		return facts;
	}
	GPtrArray *facts = problem_facts(document, changes, row);
	add_cell(facts, changes, row, "In enforce mode: ", "enforce");
	add_cell(facts, changes, row, "In testing mode: ", "testing");
	add_cell(facts, changes, row, "Under DANE: ", "dane");
	return facts;
}

GPtrArray *
alert_commands(const Document *document, size_t row)
{
	const Table *changes = changes_of(document);
	const char *number = table_text(changes, row, "problem");
	const bool is_over = table_number(changes, row, "change") == CHANGE_OVER;
	GPtrArray *commands = g_ptr_array_new_with_free_func(g_free);

	if (is_over || *number == '\0')
		return commands;
	g_ptr_array_add(commands, g_strdup_printf("tlsrpt explain %s", number));
	g_ptr_array_add(commands,
		g_strdup_printf("tlsrpt %s %s", *number == 's' ? "accept" : "resolve", number));
	return commands;
}
