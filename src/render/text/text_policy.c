/* The policies of each domain, and below them what the operator should do. */
#include "text.h"

#include "tlsrpt/catalog.h"
#include "tlsrpt/day.h"
#include "tlsrpt/policy_testing.h"
#include "tlsrpt/tlsa_changes.h"
#include "tlsrpt/view.h"

#include <string.h>

#define NAMES_SHOWN 3
#define POLICIES_SHOWN 6 /* of a domain and type */
#define FINDINGS_SHOWN 20 /* of a kind */
#define RECORD_MAX_BYTES 24 /* of a record: its numbers, and some of its data */
#define INDENT 4
#define TERMS_INDENT 10
#define LINES_SHOWN 20 /* of a policy */

typedef struct {
	const Document *document;
	const Output *out;
} Page;

/* --- parts of sentences; the caller frees all of them */

/* "1 session", "2 sessions" */
static char *
plural(int64_t number, const char *noun)
{
	return g_strdup_printf("%" G_GINT64_FORMAT " %s%s", number, noun, number == 1 ? "" : "s");
}

/* The first lines of n as "a, b and 2 more".  Each of them is cut after limit bytes. */
static char *
join_lines(const Page *page, const char *lines, guint shown, size_t limit, int64_t n)
{
	g_auto(GStrv) all = g_strsplit(lines, "\n", -1);
	GString *text = g_string_new(NULL);
	guint i = 0;

	for (; *lines != '\0' && all[i] != NULL && i < shown; i++) {
		g_autofree char *name = text_name(all[i], limit, page->out);
		g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", name);
	}
	if (n > (int64_t)i)
		g_string_append_printf(
			text, "%s%" G_GINT64_FORMAT " more", i > 0 ? " and " : "", n - (int64_t)i);
	return g_string_free(text, FALSE);
}

static int64_t
count_lines(const char *lines)
{
	int64_t n = *lines != '\0';

	for (; *lines != '\0'; lines++)
		n += *lines == '\n';
	return n;
}

/* The organizations in seen_by. */
static char *
names_of(const Page *page, const Table *table, size_t row)
{
	return join_lines(page, table_text(table, row, "seen_by"), NAMES_SHOWN, TEXT_NAME_BYTES,
		table_number(table, row, "organizations"));
}

static char *
records_of(const Page *page, const Table *table, size_t row, const char *key)
{
	const char *lines = table_text(table, row, key);

	return join_lines(page, lines, NAMES_SHOWN, RECORD_MAX_BYTES, count_lines(lines));
}

/* The domain for a command, or DOMAIN if the name has any character that a shell might obey. */
static char *
domain_for_shell(const Table *table, size_t row)
{
	const char *domain = table_text(table, row, "policy_domain");
	const bool is_name = *domain != '\0' && *domain != '-'
		&& domain[strspn(domain, "abcdefghijklmnopqrstuvwxyz0123456789-._")] == '\0';

	return g_strdup(is_name ? domain : "DOMAIN");
}

/* --- the policies */

/* "604800 (7 days)" */
static char *
age_text(int64_t seconds)
{
	g_autofree char *days = plural(seconds / DAY_SECONDS, "day");

	if (seconds < 0)
		return g_strdup("?");
	return seconds % DAY_SECONDS == 0
		? g_strdup_printf("%" G_GINT64_FORMAT " (%s)", seconds, days)
		: g_strdup_printf("%" G_GINT64_FORMAT " seconds", seconds);
}

static bool
is_sts(const Table *table, size_t row)
{
	return strcmp(table_text(table, row, "policy_type"), POLICY_TYPE_STS) == 0;
}

/* "mode testing, max_age 604800 (7 days), mx a, b" */
static char *
terms_text(const Page *page, const Table *table, size_t row)
{
	const char *mode = table_text(table, row, "mode");
	const char *mx = table_text(table, row, "mx_hosts");
	g_autofree char *age = age_text(table_number(table, row, "max_age"));
	g_autofree char *hosts = join_lines(page, mx, G_MAXUINT, TEXT_NAME_BYTES, 0);

	return g_strdup_printf("mode %s, max_age %s, mx %s", *mode != '\0' ? mode : "?", age,
		*hosts != '\0' ? hosts : "-");
}

/* Prints a policy with a label before its first line; prints nothing if there is no text. */
static void
print_terms(const Page *page, const Table *table, size_t row, const char *label)
{
	const char *text = table_text(table, row, "policy_text");

	if (is_sts(table, row) && *text == '\0') {
		fputs("  without its text\n", page->out->file);
	} else if (is_sts(table, row) && *table_text(table, row, "mode") != '\0') {
		g_autofree char *terms = terms_text(page, table, row);
		g_autofree char *line = g_strdup_printf("  %-7s %s", label, terms);
		text_paragraph(line, TERMS_INDENT, page->out);
	} else if (*text != '\0') {
		g_auto(GStrv) lines = g_strsplit(text, "\n", LINES_SHOWN);
		for (char **line = lines; *line != NULL; line++) {
			g_autofree char *safe = text_safe(*line, TEXT_NAME_BYTES, page->out);
			g_autofree char *whole = g_strdup_printf(
				"  %-7s %s", line == lines ? label : "", safe);
			text_paragraph(whole, TERMS_INDENT, page->out);
		}
	}
}

static void
print_policy(const Page *page, const Table *table, size_t row)
{
	g_autofree char *first = table_day(table, row, "first_seen");
	g_autofree char *last = table_day(table, row, "last_seen");
	g_autofree char *names = names_of(page, table, row);
	g_autofree char *seen = g_strdup_printf("%*sseen from %s to %s by %" G_GINT64_FORMAT "%s%s",
		TERMS_INDENT, "", first, last, table_number(table, row, "organizations"),
		*names != '\0' ? ": " : "", names);

	print_terms(
		page, table, row, table_number(table, row, "current") != 0 ? "now:" : "before:");
	text_paragraph(seen, TERMS_INDENT, page->out);
}

static const char *
type_title(const char *type)
{
	return strcmp(type, POLICY_TYPE_STS) == 0     ? "MTA-STS"
		: strcmp(type, POLICY_TYPE_TLSA) == 0 ? "TLSA records (DANE)"
		: strcmp(type, POLICY_TYPE_NONE) == 0 ? "no policy found"
						      : type;
}

static bool
is_same(const Table *table, size_t row, size_t other, const char *key)
{
	return strcmp(table_text(table, row, key), table_text(table, other, key)) == 0;
}

/* Prints the policies of one domain and type, which begin at a row; returns the row after them. */
static size_t
print_policies(const Page *page, const Table *table, size_t from)
{
	g_autofree char *domain = text_cell_name(table, from, "policy_domain", "?", page->out);
	const char *type = type_title(table_text(table, from, "policy_type"));
	g_autofree char *title = text_safe(*type != '\0' ? type : "?", TEXT_NAME_BYTES, page->out);
	g_autofree char *line = g_strdup_printf("%s: %s", domain, title);
	size_t row = from;

	fputs(from > 0 ? "\n" : "", page->out->file);
	text_paragraph(line, 2, page->out);
	for (; row < table->rows->len && is_same(table, row, from, "policy_domain")
		&& is_same(table, row, from, "policy_type");
		row++) {
		if (row < from + POLICIES_SHOWN)
			print_policy(page, table, row);
	}
	if (row > from + POLICIES_SHOWN)
		fprintf(page->out->file, "  and %zu more: tlsrpt policy -f json\n",
			row - from - POLICIES_SHOWN);
	return row;
}

/* --- what follows from them */

static void
print_problem(const Page *page, const Table *table, size_t row)
{
	g_autofree char *line = table_number(table, row, "line") > 0
		? g_strdup_printf(", line %" G_GINT64_FORMAT, table_number(table, row, "line"))
		: g_strdup("");
	g_autofree char *key = text_safe(table_text(table, row, "key"), TEXT_NAME_BYTES, page->out);

	text_say(page->out, INDENT,
		"  - The expected policy%s: %s%s%s. Some senders may refuse that (RFC 8461 section "
		"3.2).",
		line, key, *key != '\0' ? " " : "", table_text(table, row, "problem"));
}

/* "mode testing instead of enforce", "no mx a", "mx b besides" */
static char *
difference_text(const Page *page, const Table *table, size_t row)
{
	const char *key = table_text(table, row, "key");
	const bool has_expected = *table_text(table, row, "expected") != '\0';
	const bool has_seen = *table_text(table, row, "seen") != '\0';
	g_autofree char *expected = text_cell_name(table, row, "expected", "?", page->out);
	g_autofree char *seen = text_cell_name(table, row, "seen", "?", page->out);

	if (table_number(table, row, "key") == DIFFERENCE_NO_POLICY)
		return g_strdup("no policy at all");
	if (!has_seen)
		return g_strdup_printf("no %s %s", key, expected);
	if (!has_expected)
		return g_strdup_printf("%s %s, which is not in the file", key, seen);
	return g_strdup_printf("%s %s instead of %s", key, seen, expected);
}

/* Prints how one policy differs, by the rows from one on; returns the row after them. */
static size_t
print_differences(const Page *page, const Table *table, size_t from)
{
	g_autofree char *domain = text_cell_name(table, from, "policy_domain", "?", page->out);
	g_autofree char *names = names_of(page, table, from);
	g_autofree char *last = table_day(table, from, "last_seen");
	g_autoptr(GString) all = g_string_new(NULL);
	size_t row = from;

	for (; row < table->rows->len && is_same(table, row, from, "policy_domain")
		&& is_same(table, row, from, "policy_text");
		row++) {
		g_autofree char *text = difference_text(page, table, row);
		g_string_append_printf(all, "%s%s", row > from ? "; " : "", text);
	}
	text_say(page->out, INDENT, "  - %s: %s saw another policy, last on %s: %s.", domain,
		*names != '\0' ? names : "?", last, all->str);
	return row;
}

static bool
is_any_quoted(const Table *policies)
{
	for (size_t row = 0; row < policies->rows->len; row++) {
		if (is_sts(policies, row) && table_number(policies, row, "current") != 0)
			return true;
	}
	return false;
}

static void
print_all_differences(const Page *page)
{
	const Table *table = document_table(page->document, "differences");
	size_t row = 0;

	for (guint shown = 0; row < table->rows->len && shown < FINDINGS_SHOWN; shown++)
		row = print_differences(page, table, row);
	if (row < table->rows->len)
		fputs("  - and more: tlsrpt policy -f json\n", page->out->file);
	if (table->rows->len > 0)
		text_say(page->out, INDENT,
			"    A sender looks for a new policy once the id in the TXT record of _mta-sts "
			"is another one, and may keep the old one for its max_age. If the id was not "
			"changed with the policy, change it; else wait.");
	else if (document_table(page->document, "expected")->rows->len > 0)
		text_say(page->out, INDENT, "  - %s",
			is_any_quoted(document_table(page->document, "policies"))
				? "Whoever quoted an MTA-STS policy saw the expected one last."
				: "Nobody quoted an MTA-STS policy.");
}

static void
print_old_policy(const Page *page, const Table *table, size_t row)
{
	g_autofree char *domain = text_cell_name(table, row, "policy_domain", "?", page->out);
	g_autofree char *name = text_cell_name(table, row, "organization", "?", page->out);
	g_autofree char *mode = text_cell_name(table, row, "mode", "?", page->out);
	g_autofree char *newer = table_day(table, row, "newer_since");
	g_autofree char *due = table_day(table, row, "due");
	g_autofree char *last = table_day(table, row, "last_seen");
	g_autofree char *age = age_text(table_number(table, row, "max_age"));
	g_autofree char *shell = domain_for_shell(table, row);

	text_say(page->out, INDENT,
		"  - %s: on %s %s still had an old policy, of mode %s. A newer one was there from %s "
		"on, so max_age %s let it keep the old one until %s at the most. Look whether every "
		"address of mta-sts.%s serves the new one (curl -sv "
		"https://mta-sts.%s/.well-known/mta-sts.txt); if so, it is the sender's fault.",
		domain, last, name, mode, newer, age, due, shell, shell);
}

static void
print_uncovered(const Page *page, const Table *table, size_t row)
{
	const char *types = table_text(table, row, "result_types");
	g_autofree char *domain = text_cell_name(table, row, "policy_domain", "?", page->out);
	g_autofree char *host = text_cell_name(table, row, "receiving_mx_hostname", "?", page->out);
	g_autofree char *results = join_lines(
		page, types, NAMES_SHOWN, TEXT_NAME_BYTES, count_lines(types));
	g_autofree char *names = names_of(page, table, row);
	g_autofree char *first = table_day(table, row, "first_seen");
	g_autofree char *last = table_day(table, row, "last_seen");
	g_autofree char *sessions = plural(table_number(table, row, "failed_sessions"), "session");
	g_autofree char *shell = domain_for_shell(table, row);

	text_say(page->out, INDENT,
		"  - %s: no mx of the policy matches %s, where %s failed from %s to %s (%s), reported "
		"by %s. In mode enforce no mail goes there. If it is an MX (dig +short MX %s), give "
		"the policy an mx for it and change the id in _mta-sts; if not, remove it from DNS.",
		domain, host, sessions, first, last, results, *names != '\0' ? names : "?", shell);
}

/* A policy that is not valid, or that is not quoted whole. */
static void
print_invalid(const Page *page, const Table *table, size_t row)
{
	const char *problems = table_text(table, row, "problems");
	g_autofree char *domain = text_cell_name(table, row, "policy_domain", "?", page->out);
	g_autofree char *what = join_lines(
		page, problems, NAMES_SHOWN, TEXT_NAME_BYTES, count_lines(problems));
	g_autofree char *names = names_of(page, table, row);
	g_autofree char *last = table_day(table, row, "last_seen");
	g_autofree char *shell = domain_for_shell(table, row);
	const char *by = *names != '\0' ? names : "?";

	if (table_number(table, row, "validity") == POLICY_INVALID)
		text_say(page->out, INDENT,
			"  - %s: not a valid policy: %s (seen by %s, last on %s). Senders report "
			"sts-policy-invalid, and deliver as if there were no MTA-STS; one that holds an "
			"older policy keeps to that until its max_age is over. Correct the file (curl -sv "
			"https://mta-sts.%s/.well-known/mta-sts.txt) and change the id in _mta-sts.",
			domain, what, by, last, shell);
	else
		text_say(page->out, INDENT,
			"  - %s: %s quoted the policy in part (%s), last on %s; others quote it whole, so "
			"that sender leaves it out.",
			domain, by, what, last);
}

static void
print_ready(const Page *page, const Table *table, size_t row)
{
	const char *last = table_text(table, row, "last_failure");
	g_autofree char *domain = text_cell_name(table, row, "policy_domain", "?", page->out);
	g_autofree char *days = plural(table_number(table, row, "clean_days"), "day");
	g_autofree char *reporters = plural(table_number(table, row, "reporters"), "organization");
	g_autofree char *sessions = plural(table_number(table, row, "sessions"), "session");
	g_autofree char *since = table_day(table, row, "since");

	text_say(page->out, INDENT,
		"  - %s: %s in testing without failures: ready for enforce. In testing since %s; %s "
		"reported %s on %" G_GINT64_FORMAT
		" days, and all that still report saw the policy in "
		"testing; %s%s. Set mode enforce, and change the id in _mta-sts.",
		domain, days, since, reporters, sessions, table_number(table, row, "days"),
		*last != '\0' ? "the last failure was on " : "nothing failed", last);
}

/* Why a policy in testing mode is not ready to be enforced. */
static char *
obstacle_text(const Page *page, const Table *table, size_t row)
{
	const char *others = table_text(table, row, "other_policy_seen_by");
	g_autofree char *names = join_lines(
		page, others, NAMES_SHOWN, TEXT_NAME_BYTES, count_lines(others));
	g_autofree char *clean = plural(table_number(table, row, "clean_days"), "day");
	g_autofree char *days = plural(table_number(table, row, "days"), "day");
	const int64_t needed = table_number(table, row, "days_needed");

	switch ((TestingVerdict)table_number(table, row, "verdict")) {
	case TESTING_SILENT:
		return g_strdup("nobody reported in the last days (tlsrpt status)");
	case TESTING_OTHER_POLICY:
		return g_strdup_printf("%s still reported, and last saw another policy or none",
			*names != '\0' ? names : "somebody");
	case TESTING_FAILURES:
		return g_strdup_printf("the last failure was on %s, with reports of %s after it, "
				       "where %" G_GINT64_FORMAT " are needed (tlsrpt failures)",
			table_text(table, row, "last_failure"), clean, needed);
	case TESTING_NOT_VALID:
		return g_strdup("the policy is not valid, so no sender tests against it");
	case TESTING_UNKNOWN:
		return g_strdup(
			"nobody who sees it quotes it whole, so it is not known whether it is "
			"valid");
	case TESTING_FEW_DAYS:
	case TESTING_READY:
		break;
	}
	return g_strdup_printf("there are reports of %s in testing, where %" G_GINT64_FORMAT
			       " are needed",
		days, needed);
}

static void
print_testing(const Page *page, const Table *table, size_t row)
{
	if (table_number(table, row, "verdict") == TESTING_READY) {
		print_ready(page, table, row);
		return;
	}
	g_autofree char *domain = text_cell_name(table, row, "policy_domain", "?", page->out);
	g_autofree char *since = table_day(table, row, "since");
	g_autofree char *obstacle = obstacle_text(page, table, row);
	text_say(page->out, INDENT, "  - %s: in testing since %s, not ready for enforce: %s.",
		domain, since, obstacle);
}

static void
print_tlsa_change(const Page *page, const Table *table, size_t row)
{
	g_autofree char *domain = text_cell_name(table, row, "policy_domain", "?", page->out);
	g_autofree char *new_records = records_of(page, table, row, "new_records");
	g_autofree char *old_records = records_of(page, table, row, "old_records");
	g_autofree char *since = table_day(table, row, "new_since");
	g_autofree char *until = table_day(table, row, "old_until");
	g_autofree char *names = names_of(page, table, row);
	const char *by = *names != '\0' ? names : "?";

	switch ((TlsaChangeKind)table_number(table, row, "change")) {
	case TLSA_ROLLOVER:
		text_say(page->out, INDENT,
			"  - %s: TLSA rollover, as it should be: %s came on %s next to %s, last seen "
			"on %s (%s).",
			domain, new_records, since, old_records, until, by);
		break;
	case TLSA_ADDED:
		text_say(page->out, INDENT,
			"  - %s: TLSA record %s came on %s next to %s, and both are there (%s). In a "
			"rollover, remove the old one once every server has the new key.",
			domain, new_records, since, old_records, by);
		break;
	case TLSA_REPLACED:
		text_say(page->out, INDENT,
			"  - %s: TLSA records were changed without overlap: %s, last seen on %s, then "
			"%s, first seen on %s; nobody saw both together (%s). Whoever still had the "
			"old ones in its cache could not verify the new key. Publish the new record "
			"next to the old one, wait for twice the TTL, and only then change the key "
			"(RFC 7671 section 8.1).",
			domain, old_records, until, new_records, since, by);
		break;
	}
}

/* Prints each row of a table as a paragraph. */
static void
print_rows(const Page *page, const char *key,
	void (*print)(const Page *page, const Table *table, size_t row))
{
	const Table *table = document_table(page->document, key);

	for (size_t row = 0; row < table->rows->len && row < FINDINGS_SHOWN; row++)
		print(page, table, row);
	if (table->rows->len > FINDINGS_SHOWN)
		fprintf(page->out->file, "  - and %u more: tlsrpt policy -f json\n",
			table->rows->len - FINDINGS_SHOWN);
}

/* --- what enforce would have cost */

/* The parts of one domain, as "100 certificate-expired at mx.example.com (resolved), 3 ..."; caller frees. */
static char *
parts_of(const Page *page, const char *key, const char *domain,
	char *(*part)(const Page *page, const Table *table, size_t row))
{
	const Table *table = document_table(page->document, key);
	GString *all = g_string_new(NULL);
	guint n = 0;

	for (size_t row = 0; row < table->rows->len; row++) {
		if (strcmp(table_text(table, row, "policy_domain"), domain) != 0
			|| n++ >= NAMES_SHOWN)
			continue;
		g_autofree char *text = part(page, table, row);
		g_string_append_printf(all, "%s%s", all->len > 0 ? ", " : "", text);
	}
	if (n > NAMES_SHOWN)
		g_string_append_printf(all, " and %u more", n - NAMES_SHOWN);
	return g_string_free(all, FALSE);
}

static char *
cause_part(const Page *page, const Table *table, size_t row)
{
	const char *mx = table_text(table, row, "mx_hosts");
	g_autofree char *kind = text_cell_name(table, row, "kind", "?", page->out);
	g_autofree char *hosts = join_lines(
		page, mx, NAMES_SHOWN, TEXT_NAME_BYTES, count_lines(mx));

	return g_strdup_printf("%" G_GINT64_FORMAT " %s%s%s%s",
		table_number(table, row, "held_sessions"), kind, *hosts != '\0' ? " at " : "",
		hosts, table_number(table, row, "resolved") != 0 ? " (resolved)" : "");
}

static char *
sender_part(const Page *page, const Table *table, size_t row)
{
	g_autofree char *name = text_cell_name(table, row, "organization", "?", page->out);

	return g_strdup_printf(
		"%s %" G_GINT64_FORMAT, name, table_number(table, row, "held_sessions"));
}

static void
print_cost(const Page *page, const Table *table, size_t row)
{
	const char *key = table_text(table, row, "policy_domain");
	const int64_t held = table_number(table, row, "held_sessions");
	const int64_t open = table_number(table, row, "open_sessions");
	const int64_t sessions = table_number(table, row, "sessions");
	g_autofree char *domain = text_cell_name(table, row, "policy_domain", "?", page->out);
	g_autofree char *since = table_day(table, row, "since");
	g_autofree char *all = plural(sessions, "session");

	if (held == 0) {
		text_say(page->out, INDENT,
			"  - %s: enforce would have held back none of %s since %s.", domain, all,
			since);
		return;
	}
	g_autofree char *share = share_text(share_of(held, sessions));
	g_autofree char *causes = parts_of(page, "cost_causes", key, cause_part);
	g_autofree char *senders = parts_of(page, "cost_senders", key, sender_part);
	g_autofree char *rest = open == held ? g_strdup("")
		: open == 0
		? g_strdup(" Without what is resolved, none.")
		: g_strdup_printf(" Without what is resolved, %" G_GINT64_FORMAT ".", open);
	text_say(page->out, INDENT,
		"  - %s: enforce would have held back %" G_GINT64_FORMAT
		" of %s since %s (%s): %s; mail of %s.%s",
		domain, held, all, since, share, causes, senders, rest);
}

static void
print_weak(const Page *page, const Table *table, size_t row)
{
	g_autofree char *domain = text_cell_name(table, row, "policy_domain", "?", page->out);
	g_autofree char *names = names_of(page, table, row);
	g_autofree char *last = table_day(table, row, "last_seen");
	const char *by = *names != '\0' ? names : "?";

	if ((PolicyWeakness)table_number(table, row, "weakness") == WEAK_SINGLE_TLSA) {
		g_autofree char *record = records_of(page, table, row, "policy_text");
		text_say(page->out, INDENT,
			"  - %s: a single TLSA record, %s (seen by %s, last on %s).", domain,
			record, by, last);
	} else {
		g_autofree char *age = age_text(table_number(table, row, "max_age"));
		text_say(page->out, INDENT,
			"  - %s: enforce with a max_age of %s (seen by %s, last on %s).", domain,
			age, by, last);
	}
}

static bool
has_weakness(const Table *table, PolicyWeakness weakness)
{
	for (size_t row = 0; row < table->rows->len; row++) {
		if (table_number(table, row, "weakness") == (int64_t)weakness)
			return true;
	}
	return false;
}

/* What to do is said once. */
static void
print_all_weak(const Page *page)
{
	const Table *table = document_table(page->document, "weak");

	print_rows(page, "weak", print_weak);
	if (has_weakness(table, WEAK_SINGLE_TLSA))
		text_say(page->out, INDENT,
			"    Once the key of a host with a single TLSA record changes, nothing matches any "
			"more, and DANE holds mail back. Publish the record of the next key beside it, and "
			"wait for twice the TTL before you change the key (RFC 7671 section 8.1).");
	if (has_weakness(table, WEAK_SHORT_MAX_AGE))
		text_say(page->out, INDENT,
			"    With a max_age of under a day senders soon forget the policy, so that whoever "
			"keeps them from fetching it has mail delivered without TLS. Take weeks (RFC 8461 "
			"section 3.2).");
}

/* A policy that only those saw who do not count. */
static void
print_unverified(const Page *page, const Table *table, size_t row)
{
	const char *type = type_title(table_text(table, row, "policy_type"));
	g_autofree char *title = text_safe(*type != '\0' ? type : "?", TEXT_NAME_BYTES, page->out);
	g_autofree char *domain = text_cell_name(table, row, "policy_domain", "?", page->out);
	g_autofree char *mode = text_cell_name(table, row, "mode", "", page->out);
	g_autofree char *names = names_of(page, table, row);
	g_autofree char *last = table_day(table, row, "last_seen");

	text_say(page->out, INDENT,
		"  - %s: another policy (%s%s%s) is told by %s alone, last on %s: unverified, or new "
		"here, and it counts for nothing above.",
		domain, title, *mode != '\0' ? ", mode " : "", mode, *names != '\0' ? names : "?",
		last);
}

/* --- what DNS says now */

static void
print_live(const Page *page, const Table *table, size_t row)
{
	const char *lines = table_text(table, row, "records");
	const char *last = table_text(table, row, "last_seen");
	g_autofree char *domain = text_cell_name(table, row, "policy_domain", "?", page->out);
	g_autofree char *host = text_cell_name(table, row, "host", "?", page->out);
	g_autofree char *mode = text_cell_name(table, row, "mode", "?", page->out);
	g_autofree char *records = join_lines(
		page, lines, NAMES_SHOWN, RECORD_MAX_BYTES, count_lines(lines));

	switch ((LiveFinding)table_number(table, row, "finding")) {
	case LIVE_MX_NOT_COVERED:
		text_say(page->out, INDENT,
			"  - %s: DNS has the MX %s, which no mx of the policy (mode %s) matches. In mode "
			"enforce senders keep back mail to it. Give the policy an mx for it and change the "
			"id in _mta-sts; or remove the MX.",
			domain, host, mode);
		break;
	case LIVE_NULL_MX:
		text_say(page->out, INDENT,
			"  - %s: by a null MX (RFC 7505) the domain takes no mail.", domain);
		break;
	case LIVE_DNS_UNKNOWN:
		text_say(page->out, INDENT,
			"  - %s: DNS does not say what it has now: no answer, or a failure.",
			domain);
		break;
	case LIVE_TLSA_GONE:
		text_say(page->out, INDENT,
			"  - %s: senders last saw the TLSA record %s on %s, and it is in DNS no more. After "
			"twice its TTL that is how a rollover ends; before, a sender may still have it.",
			domain, records, last);
		break;
	case LIVE_TLSA_NEW:
		text_say(page->out, INDENT,
			"  - %s: DNS has the TLSA record %s, which no sender saw yet. Their next reports will "
			"tell.",
			domain, records);
		break;
	case LIVE_TLSA_REPLACED:
		text_say(page->out, INDENT,
			"  - %s: of the TLSA records that senders last saw on %s, %s, none is in DNS any "
			"more. Where the new ones took their place without overlap, senders with the old "
			"ones in their cache keep back mail until the TTL is over (RFC 7671 section 8.1).",
			domain, last, records);
		break;
	}
}

/* --- the line for a monitoring system */

/* Safe text without "|", which would begin performance data. */
static char *
plugin_text(const Table *table, size_t row, const char *key, const Output *out)
{
	return g_strdelimit(text_safe(table_text(table, row, key), 0, out), "|", '/');
}

static void
print_verdict(const Table *verdict, const Output *out)
{
	const char *status = table_text(verdict, 0, "status");

	fprintf(out->file, "MTA-STS %s - ", status);
	for (size_t row = 0; row < verdict->rows->len && row < NAMES_SHOWN; row++) {
		g_autofree char *domain = plugin_text(verdict, row, "policy_domain", out);
		g_autofree char *message = plugin_text(verdict, row, "message", out);
		fprintf(out->file, "%s%s%s%s", row > 0 ? "; " : "", domain,
			*domain != '\0' ? ": " : "", message);
	}
	if (verdict->rows->len > NAMES_SHOWN)
		fprintf(out->file, "; and %u more domains", verdict->rows->len - NAMES_SHOWN);
	fputc('\n', out->file);
}

static bool
is_anything(const Document *document)
{
	static const char *const keys[] = { "expected", "invalid", "differences", "old_policies",
		"uncovered_mx", "testing", "tlsa_changes", "weak", "unverified", "live_findings" };

	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		if (document_table(document, keys[i])->rows->len > 0)
			return true;
	}
	return false;
}

void
text_policy(const Document *document, const Output *out)
{
	const Page page = { document, out };
	const Table *policies = document_table(document, "policies");
	const Table *verdict = document_table(document, "verdict");

	if (verdict->rows->len > 0) {
		print_verdict(verdict, out);
		return;
	}
	if (policies->rows->len == 0 && document_table(document, "unverified")->rows->len == 0) {
		fputs("No policies were last seen in this time.\n", out->file);
		return;
	}
	for (size_t row = 0; row < policies->rows->len;)
		row = print_policies(&page, policies, row);
	fputs(is_anything(document) ? "\nWhat follows:\n" : "", out->file);
	print_rows(&page, "problems", print_problem);
	print_rows(&page, "invalid", print_invalid);
	print_all_differences(&page);
	print_rows(&page, "old_policies", print_old_policy);
	print_rows(&page, "uncovered_mx", print_uncovered);
	print_rows(&page, "testing", print_testing);
	print_rows(&page, "cost", print_cost);
	print_all_weak(&page);
	print_rows(&page, "tlsa_changes", print_tlsa_change);
	print_rows(&page, "live_findings", print_live);
	print_rows(&page, "unverified", print_unverified);
}
