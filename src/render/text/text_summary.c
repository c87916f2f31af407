#include "tlsrpt/render.h"

#include "tlsrpt/day.h"

#include <stdarg.h>
#include <string.h>

#define PROBLEMS_SHOWN 10
#define MX_SHOWN 5 /* of one problem */
#define NAME_MAX_BYTES 255 /* as long as a domain can be */
#define NOTE_MAX_BYTES 100

static char *
safe_text(const Table *table, size_t row, const char *key, const Output *out)
{
	return text_safe(table_text(table, row, key), NAME_MAX_BYTES, out);
}

static char *
safe_name(const Table *table, size_t row, const char *key, const Output *out)
{
	return text_name(table_text(table, row, key), NAME_MAX_BYTES, out);
}

/* A paragraph; what is below its first line is indented by that many columns. */
static void G_GNUC_PRINTF(3, 4) say(const Output *out, int indent, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	g_autofree char *text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	text_paragraph(text, indent, out);
}

static char *
safe_day(const Table *table, size_t row, const char *key)
{
	return day_text(table_cell(table, row, key)->number);
}

char *
incident_title(const Table *table, size_t row, const char *id, const Output *out)
{
	g_autofree char *domain = safe_name(table, row, "policy_domain", out);
	g_autofree char *type = safe_name(table, row, "result_type", out);
	g_autofree char *mx = safe_name(table, row, "receiving_mx_hostname", out);

	return g_strdup_printf("#%" G_GINT64_FORMAT " %s: %s%s%s",
		table_cell(table, row, id)->number, *domain != '\0' ? domain : "?", type,
		*mx != '\0' ? " at " : "", mx);
}

static bool
is_state(const Table *table, size_t row, const char *state)
{
	return strcmp(table_text(table, row, "state"), state) == 0;
}

/* Whether the operator has nothing more to do about it. */
static bool
is_done(const Table *table, size_t row)
{
	return is_state(table, row, "resolved");
}

/* "new, and late": what an incident is today. */
static char *
state_text(const Table *table, size_t row)
{
	const bool done = is_done(table, row) || is_state(table, row, "quiet");
	const bool glitch = !done && table_cell(table, row, "pattern")->number == 0;

	return g_strdup_printf("%s%s%s", table_text(table, row, "state"),
		table_cell(table, row, "late")->number != 0 ? ", reported late" : "",
		glitch ? ", perhaps a glitch" : "");
}

/* Rows of the same domain and result type come together: they are one problem. */
static bool
same_problem(const Table *table, size_t row, size_t other)
{
	return strcmp(table_text(table, row, "policy_domain"),
		       table_text(table, other, "policy_domain"))
		== 0
		&& strcmp(table_text(table, row, "result_type"),
			   table_text(table, other, "result_type"))
		== 0;
}

static void
print_incident(const Table *table, size_t row, const Output *out)
{
	g_autofree char *title = incident_title(table, row, "id", out);
	g_autofree char *state = state_text(table, row);
	g_autofree char *mode = safe_text(table, row, "mode", out);
	g_autofree char *note = text_safe(table_text(table, row, "note"), NOTE_MAX_BYTES, out);
	g_autofree char *first = safe_day(table, row, "first_seen");
	g_autofree char *last = safe_day(table, row, "last_seen");
	const int64_t failed = table_cell(table, row, "failed_sessions")->number;

	g_autofree char *when = g_strdup_printf("   %s, %s to %s, %" G_GINT64_FORMAT
						" failed session%s, reported by %" G_GINT64_FORMAT
						"%s%s",
		state, first, last, failed, failed == 1 ? "" : "s",
		table_cell(table, row, "organizations")->number, *mode != '\0' ? ", mode " : "",
		mode);
	text_paragraph(title, 5, out);
	text_paragraph(when, 5, out);
	if (*note != '\0')
		say(out, 9, "   Note: %s", note);
}

/* What a problem means, below its incidents, with the command that says more. */
static void
print_meaning(const Table *table, size_t row, const Output *out)
{
	g_autofree char *type = safe_name(table, row, "result_type", out);
	g_autofree char *meaning = safe_text(table, row, "meaning", out);

	if (*meaning == '\0')
		return;
	say(out, 5, "   %s.", meaning);
	say(out, 5, "   tlsrpt explain %s", type);
}

/* What is shown of problems. */
typedef struct {
	bool done; /* also what is resolved */
	size_t max_mx; /* of one problem */
} Shown;

/* Where the problem after the one that begins at row does. */
static size_t
next_problem(const Table *table, size_t row)
{
	size_t next = row;

	while (next < table->rows->len && same_problem(table, row, next))
		next++;
	return next;
}

/* The incidents of one problem, which begin at row; returns where the next one begins. */
static size_t
print_problem(const Table *table, size_t row, const Shown *shown, const Output *out)
{
	const size_t next = next_problem(table, row);
	size_t printed = 0, left = 0;

	for (size_t i = row; i < next; i++) {
		if (is_done(table, i) && !shown->done)
			continue;
		if (printed < shown->max_mx) {
			print_incident(table, i, out);
			printed++;
		} else {
			left++;
		}
	}
	if (left > 0)
		say(out, 5, "   and %zu more at other MX: tlsrpt failures", left);
	if (printed > 0)
		print_meaning(table, row, out);
	return next;
}

/* How many incidents of the problem that begins at row are still to be worked on. */
static size_t
open_incidents(const Table *table, size_t row)
{
	const size_t next = next_problem(table, row);
	size_t n = 0;

	for (size_t i = row; i < next; i++)
		n += !is_done(table, i);
	return n;
}

static void
print_problems(const Table *incidents, const Output *out)
{
	static const Shown some = { false, MX_SHOWN };
	size_t problems = 0, resolved = 0;

	for (size_t row = 0; row < incidents->rows->len; row++)
		resolved += is_done(incidents, row);
	for (size_t row = 0; row < incidents->rows->len;) {
		const size_t n = open_incidents(incidents, row);
		problems += n > 0;
		row = n > 0 && problems <= PROBLEMS_SHOWN
			? print_problem(incidents, row, &some, out)
			: next_problem(incidents, row);
	}
	if (problems > PROBLEMS_SHOWN)
		say(out, 2, "and %zu more: tlsrpt failures", problems - PROBLEMS_SHOWN);
	if (problems == 0)
		say(out, 2, "All is well: no failures were reported%s.",
			resolved > 0 ? " that are not resolved" : "");
	if (resolved > 0)
		say(out, 2, "Resolved: %zu; tlsrpt failures shows them.", resolved);
}

/* A domain that is too new to be judged. */
static void
print_learning(const Table *domains, const Output *out)
{
	g_autoptr(GString) names = g_string_new("Still learning, for want of days with reports:");
	const gsize nothing = names->len;

	for (size_t i = 0; i < domains->rows->len; i++) {
		g_autofree char *name = safe_name(domains, i, "policy_domain", out);
		if (table_cell(domains, i, "learning")->number != 0)
			g_string_append_printf(names, "%s %s", names->len > nothing ? "," : "",
				*name != '\0' ? name : "?");
	}
	if (names->len > nothing)
		text_paragraph(names->str, 2, out);
}

void
text_failures(const Document *document, const Output *out)
{
	static const Shown all = { true, SIZE_MAX };
	const Table *failures = document_table(document, "failures");
	bool learning = false;

	if (failures->rows->len == 0)
		fputs("There is nothing in this time.\n", out->file);
	for (size_t row = 0; row < failures->rows->len;) {
		learning = learning || table_cell(failures, row, "learning")->number != 0;
		row = print_problem(failures, row, &all, out);
	}
	if (learning) {
		putc('\n', out->file);
		say(out, 2,
			"Of some of these domains too few days have reports to tell what is usual.");
	}
}

static void
print_first_steps(const Output *out)
{
	fputs("There are no reports in this time.\n"
	      "\n"
	      "To be sent reports, publish a record such as this one:\n"
	      "  _smtp._tls.example.com. TXT \"v=TLSRPTv1; rua=mailto:tls@example.com\"\n"
	      "and have the mail for that address piped into tlsrpt-ingest(1); the directory\n"
	      "contrib of the source has the settings for your mail system.\n"
	      "To look further back: tlsrpt --since 90d\n",
		out->file);
}

void
text_summary(const Document *document, const Output *out)
{
	const Table *domains = document_table(document, "domains");
	const Table *incidents = document_table(document, "incidents");

	if (domains->rows->len == 0) {
		print_first_steps(out);
		return;
	}
	text_table(domains, out);
	putc('\n', out->file);
	print_problems(incidents, out);
	print_learning(domains, out);
}
