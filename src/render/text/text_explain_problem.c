#include "text_steps.h"

#include "tlsrpt/failure.h"
#include "tlsrpt/day.h"

#include <string.h>

#define LABEL 13 /* columns of "Reported by:" and a blank */
#define MOST_NAMES 5
#define MOST_REPORTERS 5

static void
print_field(const char *label, const char *text, const Output *out)
{
	if (text != NULL && *text != '\0')
		text_say(out, LABEL, "%-*s%s", LABEL, label, text);
}

/* Why it has its level, and what that says about mail. */
static char *
verdict_text(const Table *problem, const Output *out)
{
	static const char *const texts[] = {
		[WHY_HELD] = "Senders hold mail back.",
		[WHY_POLICY] = "The policy itself fails, which stops no mail yet.",
		[WHY_ONE_REPORTER] = "",
		[WHY_SMALL_SHARE] = "It is under 0.5 % of the sessions.",
		[WHY_DELIVERED] = "The mail is delivered in spite of it.",
		[WHY_FIRST_TIMER] = "Only senders that have just begun to report see it.",
		[WHY_UNUSUAL] = "It is no pattern yet, but far more than usual at a sender.",
		[WHY_BACKGROUND] = "It is under 0.1 % of the sessions: no alarm.",
		[WHY_GLITCH] = "It is no pattern, and no more than usual: no alarm.",
		[WHY_STATE] = "",
		[WHY_OVER] = "Who saw it has reported on 3 days since without it.",
		[WHY_UNVERIFIED] = "Only senders that are not believed say so: no alarm.",
	};
	const FailureWhy why = (FailureWhy)table_number(problem, 0, "why");
	g_autofree char *only = text_cell_name(problem, 0, "only_reporter", "one sender", out);

	return why == WHY_ONE_REPORTER ? g_strdup_printf(
		       "Only %s sees it, while others report success: look there first.", only)
				       : g_strdup(texts[why]);
}

static void
print_title(const Table *problem, const Output *out)
{
	const int64_t level = table_number(problem, 0, "level");
	g_autofree char *verdict = verdict_text(problem, out);
	g_autofree char *kind = text_cell_name(problem, 0, "kind", "?", out);

	text_say(out, 0, "#%" G_GINT64_FORMAT " %s: %s.", table_number(problem, 0, "number"), kind,
		table_text(problem, 0, "meaning"));
	text_say(out, 0, "State: %s%s%s. %s%s%s", table_text(problem, 0, "state"),
		level == LEVEL_NONE ? "" : ", ",
		level == LEVEL_NONE ? "" : table_text(problem, 0, "level"), verdict,
		table_number(problem, 0, "late") != 0 ? " It was reported late." : "",
		table_number(problem, 0, "learning") != 0
			? " Of its domains too few days have reports to tell what is usual: learning."
			: "");
	putc('\n', out->file);
}

/* "example.com (enforce), example.net (testing) and 298 more" */
static char *
domains_text(const Table *domains, const Output *out)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (size_t i = 0; i < MIN(domains->rows->len, MOST_NAMES); i++) {
		g_autofree char *name = text_cell_name(domains, i, "domain", "?", out);
		const char *mode = table_text(domains, i, "mode");
		g_string_append_printf(text, "%s%s%s%s%s", i > 0 ? ", " : "", name,
			*mode != '\0' ? " (" : "", mode, *mode != '\0' ? ")" : "");
	}
	if (domains->rows->len > MOST_NAMES)
		g_string_append_printf(text, " and %u more", domains->rows->len - MOST_NAMES);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static char *
seen_text(const Table *problem)
{
	const char *first = table_text(problem, 0, "first_seen");
	const char *last = table_text(problem, 0, "last_seen");

	if (strcmp(first, last) == 0)
		return g_strdup(first);
	return g_strdup_printf("%s to %s", first, last);
}

static char *
sessions_text(const Table *problem)
{
	const int64_t unverified = table_number(problem, 0, "unverified_sessions");
	const double share = table_cell(problem, 0, "share")->share;
	g_autoptr(GString) text = g_string_new(NULL);

	g_string_printf(text, "%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " failed",
		table_number(problem, 0, "failed_sessions"), table_number(problem, 0, "sessions"));
	if (share >= 0) {
		g_autofree char *percent = share_text(share);
		g_string_append_printf(text, " (%s)", percent);
	}
	if (unverified > 0)
		g_string_append_printf(text, "; %" G_GINT64_FORMAT " unverified", unverified);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static void
print_reasons(const Table *reasons, const Output *out)
{
	for (size_t i = 0; i < reasons->rows->len; i++) {
		g_autofree char *code = text_cell_safe(reasons, i, "failure_reason_code", out);
		const char *meaning = table_text(reasons, i, "meaning");
		text_say(out, LABEL, "%-*s%s (%" G_GINT64_FORMAT ")%s%s", LABEL,
			i == 0 ? "Reason:" : "", code, table_number(reasons, i, "failed_sessions"),
			*meaning != '\0' ? ": " : "", meaning);
	}
}

static void
print_reporters(const Table *reporters, const Output *out)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (size_t i = 0; i < MIN(reporters->rows->len, MOST_REPORTERS); i++) {
		g_autofree char *name = text_cell_name(reporters, i, "reporter", "?", out);
		g_string_append_printf(text, "%s%s (%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT ")",
			i > 0 ? ", " : "", name, table_number(reporters, i, "failed_sessions"),
			table_number(reporters, i, "sessions"));
	}
	if (reporters->rows->len > MOST_REPORTERS)
		g_string_append_printf(text, " and %u more", reporters->rows->len - MOST_REPORTERS);
	print_field("Reported by:", text->str, out);
}

static void
print_evidence(const Document *document, const Output *out)
{
	const Table *problem = document_table(document, "problem");
	g_autofree char *domains = domains_text(document_table(document, "domains"), out);
	g_autofree char *mx = text_names(
		table_text(problem, 0, "mx_hosts"), MOST_NAMES, TEXT_NAME_BYTES, out);
	g_autofree char *types = text_names(
		table_text(problem, 0, "result_types"), MOST_NAMES, TEXT_NAME_BYTES, out);
	g_autofree char *seen = seen_text(problem), *sessions = sessions_text(problem);
	g_autofree char *note = text_cell_safe(problem, 0, "note", out);

	print_field("Domain:", domains, out);
	print_field("MX:", *mx != '\0' ? mx : "the senders name none", out);
	print_field("Reported as:", types, out);
	print_field("Seen:", seen, out);
	print_field("Sessions:", sessions, out);
	print_reasons(document_table(document, "reasons"), out);
	print_reporters(document_table(document, "reporters"), out);
	print_field("Note:", note, out);
}

void
text_explain_problem(const Document *document, const Output *out)
{
	const Table *problem = document_table(document, "problem");

	print_title(problem, out);
	print_evidence(document, out);
	text_step("What happened", table_text(problem, 0, "happened"), out);
	text_step_list("What it does to mail", table_text(problem, 0, "effect"), out);
	text_step_list("Usual causes, the likeliest first", table_text(problem, 0, "causes"), out);
	text_step_list("What to do", table_text(problem, 0, "fixes"), out);
	text_step_commands(table_text(problem, 0, "verify"), out);
	text_step_list("Who tells more", table_text(problem, 0, "checkers"), out);
	text_step("Source", table_text(problem, 0, "source"), out);
	fprintf(out->file, "\nWhen it is repaired: tlsrpt resolve %" G_GINT64_FORMAT "\n",
		table_number(problem, 0, "number"));
}

void
text_explain_silence(const Document *document, const Output *out)
{
	const Table *silence = document_table(document, "silence");
	const char *number = table_text(silence, 0, "number");
	g_autofree char *name = text_cell_name(silence, 0, "name", "?", out);
	g_autofree char *domains = text_names(
		table_text(silence, 0, "domains"), MOST_NAMES, TEXT_NAME_BYTES, out);
	g_autofree char *last = day_text(table_number(silence, 0, "last_received"));
	g_autofree char *note = text_cell_safe(silence, 0, "note", out);

	text_say(out, 0, "%s %s: %s.", number, name, table_text(silence, 0, "meaning"));
	putc('\n', out->file);
	print_field("Domains:", domains, out);
	print_field("Last report:", last, out);
	print_field("Note:", note, out);
	text_step_list("Usual causes", table_text(silence, 0, "causes"), out);
	text_step_list("What to do", table_text(silence, 0, "fixes"), out);
	text_step_commands(table_text(silence, 0, "verify"), out);
	fprintf(out->file, "\nIf it is right so: tlsrpt accept %s\n", number);
}
