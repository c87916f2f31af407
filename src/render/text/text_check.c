/* One line, as the Monitoring Plugins guidelines ask for: status, what is wrong, performance data. */
#include "tlsrpt/render.h"

#include "tlsrpt/layout.h"

#include <string.h>

#define PROBLEMS_NAMED 3
#define NAMES_NAMED 3 /* MX hosts, or domains, of one problem */
#define NAME_MAX_BYTES 80
#define NOTE_MAX_BYTES 100

/* What comes after a "|" is performance data. */
static char *
plugin_text(const char *text, size_t limit, const Output *out)
{
	return g_strdelimit(text_safe(text, limit, out), "|", '/');
}

static char *
problem_text(const Table *problems, size_t row, const char *key, const Output *out)
{
	return plugin_text(table_text(problems, row, key), NAME_MAX_BYTES, out);
}

static char *
join_lines(const char *lines, const Output *out)
{
	char *names = text_names(lines, NAMES_NAMED, NAME_MAX_BYTES, out);

	/* All is one line. */
	return g_strdelimit(g_strdelimit(names, "|", '/'), LAYOUT_BLANKS, ' ');
}

static void
append_failure(GString *line, const Table *problems, size_t row, const Output *out)
{
	g_autofree char *domain = problem_text(problems, row, "policy_domains", out);
	g_autofree char *type = problem_text(problems, row, "result_type", out);
	g_autofree char *mx = join_lines(table_text(problems, row, "receiving_mx_hostnames"), out);
	g_autofree char *state = problem_text(problems, row, "state", out);
	g_autofree char *note = plugin_text(table_text(problems, row, "note"), NOTE_MAX_BYTES, out);
	const int64_t failed = table_cell(problems, row, "failed_sessions")->number;

	g_string_append_printf(line, "%s: %s%s%s (%s, %" G_GINT64_FORMAT " failed session%s)",
		*domain != '\0' ? domain : "?", type, *mx != '\0' ? " at " : "", mx, state, failed,
		failed == 1 ? "" : "s");
	if (*note != '\0')
		g_string_append_printf(line, " [note: %s]", note);
}

static void
append_problem(GString *line, const Table *problems, size_t row, const Output *out)
{
	const char *kind = table_text(problems, row, "kind");
	g_autofree char *domains = join_lines(table_text(problems, row, "policy_domains"), out);
	g_autofree char *organization = problem_text(problems, row, "organization", out);
	g_autofree char *since = problem_text(problems, row, "since", out);

	if (strcmp(kind, "silent") == 0) {
		g_string_append_printf(
			line, "%s: no report from %s since %s", domains, organization, since);
	} else if (strcmp(kind, "stopped") == 0) {
		g_string_append_printf(line,
			"no report at all since %s: does their mail reach tlsrpt-ingest?", since);
	} else if (strcmp(kind, "no-reports") == 0 || strcmp(kind, "unauthenticated") == 0) {
		g_string_append_printf(line, "no report%s%s%s ever came",
			strcmp(kind, "no-reports") == 0 ? "" : " of an authenticated sender",
			*domains != '\0' ? " on " : "", domains);
	} else if (strcmp(kind, "share") == 0) {
		g_autofree char *share = share_text(
			table_cell(problems, row, "failed_share")->share);
		g_string_append_printf(line, "%s: %s of the sessions failed", domains, share);
	} else {
		append_failure(line, problems, row, out);
	}
}

/* 'label'=value[unit];[warn];[crit];[min];[max]; what is at the end and empty is left out. */
static void
append_perfdata(GString *line, const Table *perfdata, size_t row)
{
	static const char *const keys[] = { "warning", "critical", "minimum", "maximum" };
	GString *values = g_string_new(NULL);
	gsize used = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		g_string_append_printf(values, ";%s", table_text(perfdata, row, keys[i]));
		used = values->str[values->len - 1] != ';' ? values->len : used;
	}
	g_string_truncate(values, used);
	g_string_append_printf(line, " %s=%s%s%s", table_text(perfdata, row, "label"),
		table_text(perfdata, row, "value"), table_text(perfdata, row, "unit"), values->str);
	g_string_free(values, TRUE);
}

void
text_check(const Document *document, const Output *out)
{
	const Table *check = document_table(document, "check");
	const Table *problems = document_table(document, "problems");
	const Table *perfdata = document_table(document, "perfdata");
	const int64_t domains = table_cell(check, 0, "domains")->number;
	const int64_t learning = table_cell(check, 0, "learning")->number;
	g_autoptr(GString) line = g_string_new(NULL);

	g_string_append_printf(line, "TLSRPT %s - ", table_text(check, 0, "status"));
	for (size_t i = 0; i < problems->rows->len && i < PROBLEMS_NAMED; i++) {
		g_string_append(line, i > 0 ? "; " : "");
		append_problem(line, problems, i, out);
	}
	if (problems->rows->len == 0)
		g_string_append_printf(line, "%" G_GINT64_FORMAT " domain%s, nothing to be done",
			domains, domains == 1 ? "" : "s");
	if (problems->rows->len > PROBLEMS_NAMED)
		g_string_append_printf(line, "; and %u more", problems->rows->len - PROBLEMS_NAMED);
	if (learning > 0)
		g_string_append_printf(line, "; learning: %" G_GINT64_FORMAT " domain%s", learning,
			learning == 1 ? "" : "s");
	if (problems->rows->len > 0) {
		g_autofree char *command = plugin_text(table_text(problems, 0, "command"), 0, out);
		g_string_append_printf(line, "; see: %s", command);
	}
	for (size_t i = 0; i < perfdata->rows->len; i++) {
		g_string_append(line, i == 0 ? " |" : "");
		append_perfdata(line, perfdata, i);
	}
	fprintf(out->file, "%s\n", line->str);
}
