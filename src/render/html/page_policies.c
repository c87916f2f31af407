/* The policies that hold now, as senders saw them, and what follows from them. */
#include "page.h"

#include "tlsrpt/catalog.h"
#include "tlsrpt/day.h"
#include "tlsrpt/html.h"
#include "tlsrpt/policy_testing.h"
#include "tlsrpt/tlsa_changes.h"
#include "tlsrpt/view.h"

#include <string.h>

#define NAMES_SHOWN 3
#define RECORD_BYTES 24 /* of a TLSA record: its numbers, and some of its data */

/* --- sentences */

static void
begin_item(const Table *table, size_t row, const Output *out)
{
	fputs("<li><strong>", out->file);
	page_name(table_text(table, row, "policy_domain"), "(no domain)", out);
	fputs("</strong>: ", out->file);
}

/* "2026-11-01" of a cell with a day. */
static void
print_day(const char *before, const Table *table, size_t row, const char *key, const Output *out)
{
	fputs(before, out->file);
	page_day(table_number(table, row, key), out);
}

static void
print_invalid(const Table *table, size_t row, const Output *out)
{
	fputs(table_number(table, row, "validity") == POLICY_INVALID
			? "not a valid policy, so that senders deliver as if there were none: "
			: "quoted in part: ",
		out->file);
	page_names(table, row, "problems", out);
	print_day(", last on ", table, row, "last_seen", out);
}

static void
print_old(const Table *table, size_t row, const Output *out)
{
	page_name(table_text(table, row, "organization"), "?", out);
	print_day(" still had an old policy on ", table, row, "last_seen", out);
	print_day(", which it could keep until ", table, row, "due", out);
	fputs(" at most. Does every address of the policy host serve the new one?", out->file);
}

static void
print_uncovered(const Table *table, size_t row, const Output *out)
{
	fputs("no mx of the policy matches ", out->file);
	page_name(table_text(table, row, "receiving_mx_hostname"), "?", out);
	fprintf(out->file,
		", where %" G_GINT64_FORMAT " sessions failed; in enforce no mail goes there",
		table_number(table, row, "failed_sessions"));
}

/* Why a policy in testing is not ready for enforce. */
static const char *
obstacle(const Table *table, size_t row)
{
	switch ((TestingVerdict)table_number(table, row, "verdict")) {
	case TESTING_READY:
		return "ready for enforce";
	case TESTING_SILENT:
		return "not ready: nobody reported in the last days";
	case TESTING_OTHER_POLICY:
		return "not ready: somebody still saw another policy, or none";
	case TESTING_FAILURES:
		return "not ready: too few days without failures";
	case TESTING_FEW_DAYS:
		return "not ready: too few days with reports";
	case TESTING_NOT_VALID:
		return "not ready: the policy is not valid";
	case TESTING_UNKNOWN:
		break;
	}
	return "not ready: nobody quotes the policy whole";
}

/* How long it was so, and for how long it still has to be. */
static void
print_testing(const Table *table, size_t row, const Output *out)
{
	const char *last = table_text(table, row, "last_failure");
	const int64_t days = table_number(table, row, *last != '\0' ? "clean_days" : "days");
	const int64_t missing = table_number(table, row, "days_needed") - days;
	g_autofree char *clean = page_count(days, "day");
	g_autofree char *more = page_count(missing, "more day");

	print_day("in testing since ", table, row, "since", out);
	fprintf(out->file, ", %s: %s with reports and without failures", obstacle(table, row),
		clean);
	if (missing > 0)
		fprintf(out->file, ", %s needed", more);
	if (*last != '\0')
		fprintf(out->file, "; the last failure was on <time>%s</time>", last);
}

static void
print_cost(const Table *table, size_t row, const Output *out)
{
	const int64_t held = table_number(table, row, "held_sessions");
	const int64_t sessions = table_number(table, row, "sessions");
	g_autofree char *share = share_text(share_of(held, sessions));
	g_autofree char *safe = html_escape(share, 0);

	fprintf(out->file,
		"enforce would have held back %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
		" sessions (%s)",
		held, sessions, safe);
	print_day(" since ", table, row, "since", out);
}

static void
print_tlsa_change(const Table *table, size_t row, const Output *out)
{
	static const char *const texts[] = {
		[TLSA_ROLLOVER] = "TLSA rollover, as it should be",
		[TLSA_ADDED] = "a TLSA record came beside the old one",
		[TLSA_REPLACED] =
			"TLSA records were changed without overlap (RFC 7671 section 8.1)",
	};

	fputs(texts[table_number(table, row, "change")], out->file);
	print_day(": the new since ", table, row, "new_since", out);
	print_day(", the old until ", table, row, "old_until", out);
}

static void
print_weak(const Table *table, size_t row, const Output *out)
{
	fputs(table_number(table, row, "weakness") == WEAK_SINGLE_TLSA
			? "a single TLSA record: publish that of the next key beside it before you change "
			  "the key"
			: "enforce with a max_age of under a day: senders soon forget the policy",
		out->file);
}

static void
print_unverified(const Table *table, size_t row, const Output *out)
{
	fputs("another policy is told by ", out->file);
	page_names(table, row, "seen_by", out);
	fputs(" alone: unverified, or new here, and it counts for nothing", out->file);
}

typedef struct {
	const char *key;
	void (*print)(const Table *table, size_t row, const Output *out);
} PolicyFinding;

static const PolicyFinding findings[] = {
	{ "invalid", print_invalid },
	{ "uncovered_mx", print_uncovered },
	{ "old_policies", print_old },
	{ "testing", print_testing },
	{ "cost", print_cost },
	{ "tlsa_changes", print_tlsa_change },
	{ "weak", print_weak },
	{ "unverified", print_unverified },
};

static void
print_finding(const Document *document, const PolicyFinding *finding, const Output *out)
{
	const Table *table = document_table(document, finding->key);
	const int64_t left_out = page_left_out(document, finding->key);

	for (size_t row = 0; row < table->rows->len; row++) {
		begin_item(table, row, out);
		finding->print(table, row, out);
		fputs(".</li>\n", out->file);
	}
	if (left_out > 0)
		fprintf(out->file,
			"<li>and %" G_GINT64_FORMAT
			" more of this kind: <code>tlsrpt policy</code></li>\n",
			left_out);
}

static void
print_findings(const Document *document, const Output *out)
{
	size_t n = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(findings); i++)
		n += document_table(document, findings[i].key)->rows->len;
	if (n == 0)
		return;
	fputs("<h3>What follows from them</h3>\n<ul>\n", out->file);
	for (size_t i = 0; i < G_N_ELEMENTS(findings); i++)
		print_finding(document, &findings[i], out);
	fputs("</ul>\n", out->file);
}

/* --- the table */

/* "MTA-STS enforce", "DANE"; what strangers call it else. */
static void
print_type(const Table *table, size_t row, const Output *out)
{
	const char *type = table_text(table, row, "policy_type");
	const char *mode = table_text(table, row, "mode");

	if (strcmp(type, POLICY_TYPE_STS) == 0) {
		fputs("MTA-STS ", out->file);
		page_text(*mode != '\0' ? mode : "(not quoted)", out);
	} else if (strcmp(type, POLICY_TYPE_TLSA) == 0) {
		fputs("DANE", out->file);
	} else if (strcmp(type, POLICY_TYPE_NONE) == 0) {
		fputs("none found", out->file);
	} else {
		page_name(type, "?", out);
	}
}

/* What it asks for: max_age and mx, or records. */
static void
print_terms(const Table *table, size_t row, const Output *out)
{
	const int64_t age = table_number(table, row, "max_age");
	g_auto(GStrv) records = g_strsplit(table_text(table, row, "policy_text"), "\n", -1);

	if (strcmp(table_text(table, row, "policy_type"), POLICY_TYPE_STS) == 0) {
		page_names(table, row, "mx_hosts", out);
		if (age >= 0 && age % DAY_SECONDS == 0)
			fprintf(out->file, "; for %" G_GINT64_FORMAT " day%s", age / DAY_SECONDS,
				age == DAY_SECONDS ? "" : "s");
		else if (age >= 0)
			fprintf(out->file, "; for %" G_GINT64_FORMAT " seconds", age);
		return;
	}
	for (guint i = 0; i < NAMES_SHOWN && records[i] != NULL; i++) {
		g_autofree char *safe = html_escape(records[i], RECORD_BYTES);
		fprintf(out->file, "%s<code>%s</code>", i > 0 ? ", " : "", safe);
	}
	if (g_strv_length(records) > NAMES_SHOWN)
		fprintf(out->file, " and %u more", g_strv_length(records) - NAMES_SHOWN);
}

static void
print_policy(const Table *table, size_t row, const Output *out)
{
	fputs("<tr><th scope=\"row\">", out->file);
	page_name(table_text(table, row, "policy_domain"), "(no domain)", out);
	fputs("</th><td class=\"t\">", out->file);
	print_type(table, row, out);
	fputs("</td><td class=\"t\">", out->file);
	print_terms(table, row, out);
	fputs("</td>", out->file);
	page_cell_day(table, row, "first_seen", out);
	page_cell_day(table, row, "last_seen", out);
	page_cell_number(table, row, "organizations", out);
	fputs("</tr>\n", out->file);
}

void
page_policies(const Document *document, const Output *out)
{
	static const char *const titles[] = { "Domain", "Policy", "What it says", "#Since",
		"#Last seen", "#Seen by", NULL };
	const Table *policies = document_table(document, "policies");

	if (policies->rows->len == 0)
		fputs("<p>No sender saw a policy in 90 days.</p>\n", out->file);
	print_findings(document, out);
	if (policies->rows->len == 0)
		return;
	page_table_begin("policies", "In force, as senders saw them", titles, out);
	for (size_t row = 0; row < policies->rows->len; row++)
		print_policy(policies, row, out);
	page_table_end(document, "policies", out);
}
