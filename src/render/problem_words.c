#include "tlsrpt/render_problem.h"

#include "tlsrpt/day.h"
#include "tlsrpt/escape.h"
#include "tlsrpt/failure.h"
#include "tlsrpt/layout.h"
#include "tlsrpt/render.h"
#include "tlsrpt/report.h"
#include "tlsrpt/catalog.h"

#include <string.h>

#define DOMAINS_SHOWN 2
#define MX_SHOWN 2
#define REPORTERS_SHOWN 2
#define HOSTS_SHOWN 4
#define REPORTS_SHOWN 3

/* --- names */

/* A name that no line is broken in; caller frees. */
static char *
escape_name(const char *name)
{
	g_autofree char *safe = escape_terminal(name, PROBLEM_NAME_BYTES);

	return g_strdelimit(g_strdup(g_strstrip(safe)), " ", LAYOUT_BLANK);
}

/* "a, b and 3 more" of texts, of which there are some more that are not in the array; caller frees. */
static char *
some_of(char **names, guint shown, int64_t more)
{
	const guint n = g_strv_length(names);
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < n && i < shown; i++) {
		g_autofree char *safe = escape_name(names[i]);
		g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", *safe != '\0' ? safe : "?");
	}
	more += n > shown ? n - shown : 0;
	if (n > 0 && more > 0)
		g_string_append_printf(text, " and %" G_GINT64_FORMAT " more", more);
	return g_string_free(text, FALSE);
}

char *
problem_names(const Table *problems, size_t row, const char *key, guint shown)
{
	g_auto(GStrv) names = g_strsplit(table_text(problems, row, key), "\n", -1);

	return some_of(names, shown, 0);
}

static bool
has_name(const Table *problems, size_t row, const char *key, const char *name)
{
	g_auto(GStrv) names = g_strsplit(table_text(problems, row, key), "\n", -1);

	return g_strv_contains((const char *const *)names, name);
}

/* --- the first line */

/* How bad it is; of what is no alarm, why.  Caller frees. */
static char *
level_word(const Table *problems, size_t row)
{
	const FailureLevel level = (FailureLevel)table_number(problems, row, "level");
	const FailureWhy why = (FailureWhy)table_number(problems, row, "why");

	if (level == LEVEL_CRITICAL || level == LEVEL_WARNING)
		return g_ascii_strup(table_text(problems, row, "level"), -1);
	if (level != LEVEL_NONE)
		return g_strdup(table_text(problems, row, "level"));
	return g_strdup(why == WHY_OVER		? "over"
			: why == WHY_UNVERIFIED ? "unverified"
						: table_text(problems, row, "state"));
}

/* "certificate-expired at mx2.example.com: example.com"; caller frees. */
static char *
what_and_where(const Table *problems, size_t row)
{
	g_autofree char *kind = escape_name(table_text(problems, row, "kind"));
	g_autofree char *mx = problem_names(problems, row, "receiving_mx_hostnames", MX_SHOWN);
	g_autofree char *domains = problem_names(problems, row, "policy_domains", DOMAINS_SHOWN);

	return g_strdup_printf("%s%s%s: %s", kind, *mx != '\0' ? " at " : "", mx,
		*domains != '\0' ? domains : NO_DOMAIN);
}

char *
problem_heading(const Table *problems, size_t row)
{
	const char *number = table_text(problems, row, "problem");
	const char *title = table_text(problems, row, "title");
	g_autofree char *level = level_word(problems, row);
	g_autofree char *what = *table_text(problems, row, "kind") != '\0'
		? what_and_where(problems, row)
		: escape_terminal(title, PROBLEM_LINE_BYTES);

	return g_strconcat(*number != '\0' ? "#" : "", number, *number != '\0' ? " " : "", level,
		*level != '\0' ? " " : "", what, NULL);
}

/* --- the facts */

static void add_fact(GPtrArray *facts, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void
add_fact(GPtrArray *facts, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	g_ptr_array_add(facts, g_strdup_vprintf(format, arguments));
	va_end(arguments);
}

static void append(GString *line, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Appends a part of a line that is separated by commas. */
static void
append(GString *line, const char *format, ...)
{
	va_list arguments;

	if (line->len > 0)
		g_string_append(line, ", ");
	va_start(arguments, format);
	g_string_append_vprintf(line, format, arguments);
	va_end(arguments);
}

/* What became of a problem that is no alarm because the operator says so. */
static void
append_decision(GString *line, const Table *problems, size_t row)
{
	const char *until = table_text(problems, row, "accepted_until");
	const int64_t resolved_at = table_number(problems, row, "resolved_at");
	const FailureState state = (FailureState)table_number(problems, row, "state");

	if (state == STATE_ACCEPTED && *until != '\0') {
		append(line, "accepted until %s", until);
	} else if (state == STATE_RESOLVED && resolved_at != 0) {
		g_autofree char *day = day_text(day_of(resolved_at));
		append(line, "resolved %s", day);
	} else {
		append(line, "%s", table_text(problems, row, "state"));
	}
}

/* "new, since 2026-11-14, seen by Google Inc., Microsoft Corporation and 1 more" */
static void
add_state(GPtrArray *facts, const Table *problems, size_t row)
{
	g_autofree char *by = problem_names(problems, row, "reporters", REPORTERS_SHOWN);
	const char *first = table_text(problems, row, "first_seen");
	const char *last = table_text(problems, row, "last_seen");
	g_autoptr(GString) line = g_string_new(NULL);

	if (*table_text(problems, row, "state") != '\0')
		append_decision(line, problems, row);
	if (table_number(problems, row, "late") != 0)
		append(line, "reported late");
	if (table_number(problems, row, "learning") != 0)
		append(line, "learning");
	if (table_number(problems, row, "unverified") != 0)
		append(line, "unverified");
	if (*table_text(problems, row, "problem") == 's')
		append(line, "the last report was received on %s", last);
	if (*first != '\0')
		append(line, strcmp(first, last) == 0 ? "on %s" : "since %s", first);
	if (*first != '\0' && *last != '\0' && strcmp(first, last) != 0)
		append(line, "last %s", last);
	if (*by != '\0')
		append(line, "seen by %s", by);
	if (line->len > 0)
		add_fact(facts, "%s", line->str);
}

char *
problem_figures(const Table *problems, size_t row)
{
	const int64_t sessions = table_number(problems, row, "sessions");
	g_autofree char *share = share_text(table_cell(problems, row, "failed_share")->share);

	return g_strdup_printf("%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " session%s (%s)",
		table_number(problems, row, "failed_sessions"), sessions, sessions == 1 ? "" : "s",
		share);
}

/* "enforce", "DANE": under which policies it was seen; caller frees. */
static char *
policies_text(const Table *problems, size_t row)
{
	const char *mode = table_text(problems, row, "mode");
	GString *text = g_string_new(NULL);

	if (has_name(problems, row, "policy_types", POLICY_TYPE_TLSA))
		append(text, "DANE");
	if (has_name(problems, row, "policy_types", POLICY_TYPE_STS))
		append(text, "%s", *mode != '\0' ? mode : "MTA-STS");
	if (text->len == 0 && *table_text(problems, row, "policy_types") != '\0')
		append(text, "no policy");
	return g_string_free(text, FALSE);
}

/* "26 of 292 sessions (8.9 %); enforce: senders keep the mail back" */
static void
add_figures(GPtrArray *facts, const Table *problems, size_t row)
{
	const int64_t others = table_number(problems, row, "unverified_sessions");
	const bool counts = table_number(problems, row, "failed_sessions") > 0;
	const bool is_by_state = table_number(problems, row, "why") == WHY_STATE;
	const char *why = is_by_state ? "" : table_text(problems, row, "why_text");
	g_autofree char *figures = problem_figures(problems, row);
	g_autofree char *policies = policies_text(problems, row);
	g_autofree char *safe = escape_terminal(why, PROBLEM_LINE_BYTES);
	g_autofree char *which = g_strconcat(
		policies, *policies != '\0' && *why != '\0' ? ": " : "", safe, NULL);

	if (counts || *which != '\0')
		add_fact(facts, "%s%s%s", counts ? figures : "",
			counts && *which != '\0' ? "; " : "", which);
	if (others > 0)
		add_fact(facts,
			"not counted: %" G_GINT64_FORMAT
			" failed sessions of which unverified reporters tell",
			others);
}

/* Whether there is such a row, and it is of the problem.  The rows of a problem are adjacent. */
static bool
is_of(const Table *table, size_t row, const char *number)
{
	return row < table->rows->len && strcmp(table_text(table, row, "problem"), number) == 0;
}

/* The commonest reasons; where none of them is known, what the kind of cause means. */
static void
add_reasons(GPtrArray *facts, const Document *document, const Table *problems, size_t row)
{
	const Table *reasons = document_table(document, "reasons");
	const char *number = table_text(problems, row, "problem");
	const char *meaning_of_kind = table_text(problems, row, "meaning");
	bool has_meaning = false;

	for (size_t i = table_find(reasons, number); is_of(reasons, i, number); i++) {
		const int64_t failed = table_number(reasons, i, "failed_sessions");
		const char *meaning = table_text(reasons, i, "meaning");
		g_autofree char *code = escape_terminal(
			table_text(reasons, i, "failure_reason_code"), PROBLEM_NAME_BYTES);
		add_fact(facts, "%s (%" G_GINT64_FORMAT " session%s)%s%s", code, failed,
			failed == 1 ? "" : "s", *meaning != '\0' ? ": " : "", meaning);
		has_meaning = has_meaning || *meaning != '\0';
	}
	if (!has_meaning && *meaning_of_kind != '\0')
		add_fact(facts, "%s", meaning_of_kind);
}

/* The texts, or numbers, in a column of the rows that are of a problem; caller frees. */
static char **
values_of(const Table *table, const char *number, const char *key)
{
	GPtrArray *values = g_ptr_array_new();

	for (size_t i = table_find(table, number); is_of(table, i, number); i++) {
		const char *text = table_text(table, i, key);
		g_ptr_array_add(values,
			*text != '\0' ? g_strdup(text)
				      : g_strdup_printf(
					      "%" G_GINT64_FORMAT, table_number(table, i, key)));
	}
	g_ptr_array_add(values, NULL);
	return (char **)g_ptr_array_free(values, FALSE);
}

/* Appends the newest reports, and the sender's own report-id to the first of them. */
static int64_t
append_reports(GString *line, const Table *reports, const char *number)
{
	int64_t named = 0;

	for (size_t i = table_find(reports, number);
		is_of(reports, i, number) && named < REPORTS_SHOWN; i++, named++) {
		g_autofree char *id = escape_name(table_text(reports, i, "report_id"));
		append(line, "%" G_GINT64_FORMAT, table_number(reports, i, "id"));
		if (named == 0 && *id != '\0')
			g_string_append_printf(line, " (%s)", id);
	}
	return named;
}

/*
 * "reports 17 (2026-11-14T00:00:00Z_example.com), 16, 15 and 4 more:", and on a line of its own the command
 * that lists them.  Of several domains nobody knows how many more: a report may have one, or all.
 */
static void
add_reports(GPtrArray *facts, const Document *document, const Table *problems, size_t row)
{
	const int64_t all = table_number(problems, row, "reports");
	const bool is_known = strchr(table_text(problems, row, "policy_domains"), '\n') == NULL;
	g_autoptr(GString) line = g_string_new(NULL);
	const int64_t named = append_reports(
		line, document_table(document, "reports"), table_text(problems, row, "problem"));

	if (named > 0 && all <= named)
		add_fact(facts, "report%s %s", named == 1 ? "" : "s", line->str);
	else if (named > 0 && is_known)
		add_fact(
			facts, "reports %s and %" G_GINT64_FORMAT " more:", line->str, all - named);
	else if (named > 0)
		add_fact(facts, "reports %s and more:", line->str);
	else if (all > 0 && is_known)
		add_fact(facts, "%" G_GINT64_FORMAT " report%s:", all, all == 1 ? "" : "s");
	else if (all > 0)
		add_fact(facts, "reports:");
	if (all > named)
		add_fact(facts, "%s", table_text(problems, row, "reports_command"));
}

/* "sending hosts 192.0.2.1, 192.0.2.2 and 4 more", where the document has them. */
static void
add_hosts(GPtrArray *facts, const Document *document, const Table *problems, size_t row)
{
	const char *number = table_text(problems, row, "problem");

	if (!document_has_table(document, "hosts"))
		return;
	g_auto(GStrv)
		hosts = values_of(document_table(document, "hosts"), number, "sending_mta_ip");
	g_autofree char *from = some_of(
		hosts, HOSTS_SHOWN, table_number(problems, row, "more_hosts"));
	if (*from != '\0')
		add_fact(facts, "sending hosts %s", from);
}

/* The note, each of its lines by itself: "Note (root, 2026-11-18): Renewed by hand". */
static void
add_note(GPtrArray *facts, const Table *problems, size_t row)
{
	const int64_t at = table_number(problems, row, "note_at");
	g_autofree char *by = escape_terminal(
		table_text(problems, row, "note_by"), PROBLEM_NAME_BYTES);
	g_autofree char *day = at != 0 ? day_text(day_of(at)) : NULL;
	g_auto(GStrv) lines = g_strsplit(table_text(problems, row, "note"), "\n", -1);
	bool is_first = true;

	for (char **line = lines; *line != NULL; line++) {
		if (**line == '\0')
			continue;
		g_autofree char *safe = escape_terminal(*line, PROBLEM_LINE_BYTES);
		if (is_first && day != NULL)
			add_fact(
				facts, "Note (%s%s%s): %s", by, *by != '\0' ? ", " : "", day, safe);
		else
			add_fact(facts, "%s%s", is_first ? "Note: " : "", safe);
		is_first = false;
	}
}

GPtrArray *
problem_facts(const Document *document, const Table *problems, size_t row)
{
	GPtrArray *facts = g_ptr_array_new_with_free_func(g_free);

	add_state(facts, problems, row);
	add_figures(facts, problems, row);
	add_reasons(facts, document, problems, row);
	add_reports(facts, document, problems, row);
	add_hosts(facts, document, problems, row);
	add_note(facts, problems, row);
	return facts;
}

/* --- many problems in a few lines */

/* The problems of a kind, added up. */
typedef struct {
	const char *kind;
	int64_t problems, failed_sessions;
} KindSum;

static int
compare_sums(gconstpointer a, gconstpointer b)
{
	const KindSum *one = a, *other = b;

	if (one->failed_sessions != other->failed_sessions)
		return one->failed_sessions < other->failed_sessions ? 1 : -1;
	return strcmp(one->kind, other->kind);
}

static KindSum *
find_sum(GArray *sums, const char *kind)
{
	const KindSum none = { kind, 0, 0 };

	for (guint i = 0; i < sums->len; i++) {
		KindSum *sum = &g_array_index(sums, KindSum, i);
		if (strcmp(sum->kind, kind) == 0)
			return sum;
	}
	g_array_append_val(sums, none);
	return &g_array_index(sums, KindSum, sums->len - 1);
}

GPtrArray *
problem_sums(const Table *problems, const char *key, int value, const char *prefix)
{
	GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GArray) sums = g_array_new(FALSE, FALSE, sizeof(KindSum));

	for (size_t i = 0; i < problems->rows->len; i++) {
		const char *kind = table_text(problems, i, "kind");
		if (table_number(problems, i, key) != value || *kind == '\0')
			continue;
		KindSum *sum = find_sum(sums, kind);
		sum->problems++;
		sum->failed_sessions = count_add(
			sum->failed_sessions, table_number(problems, i, "failed_sessions"));
	}
	g_array_sort(sums, compare_sums);
	for (guint i = 0; i < sums->len; i++) {
		const KindSum *sum = &g_array_index(sums, KindSum, i);
		g_autofree char *kind = escape_terminal(sum->kind, PROBLEM_NAME_BYTES);
		add_fact(lines,
			"%s%s: %" G_GINT64_FORMAT " problem%s, %" G_GINT64_FORMAT " session%s",
			prefix, kind, sum->problems, sum->problems == 1 ? "" : "s",
			sum->failed_sessions, sum->failed_sessions == 1 ? "" : "s");
	}
	return lines;
}

char *
problem_rest(const Table *problems)
{
	static const char *const names[] = { "over", "accepted", "resolved", "quiet",
		"unverified" };
	int64_t counts[G_N_ELEMENTS(names)] = { 0 };
	GString *text = g_string_new(NULL);

	for (size_t i = 0; i < problems->rows->len; i++) {
		g_autofree char *word = level_word(problems, i);
		for (size_t j = 0; j < G_N_ELEMENTS(names); j++)
			counts[j] += g_strcmp0(word, names[j]) == 0;
	}
	for (size_t j = 0; j < G_N_ELEMENTS(names); j++) {
		if (counts[j] > 0)
			append(text, "%" G_GINT64_FORMAT " %s", counts[j], names[j]);
	}
	return g_string_free(text, FALSE);
}

char *
problem_command(const Table *problems, size_t row)
{
	const char *number = table_text(problems, row, "problem");

	if (*number == '\0')
		return NULL;
	return g_strdup_printf("tlsrpt %s %s", *number == 's' ? "accept" : "explain", number);
}
